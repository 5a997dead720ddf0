"""Kiro IDE 1 and Kiro CLI 3: markdown files in `.kiro/agents`, nested ones too, one agent a file.

https://kiro.dev/docs/custom-agents/

By its documentation: the header is YAML, the body is the prompt, and a file has the name of its path below the folder unless it gives
one. `tools` has tags, each for all tools of a kind; what there is without it the documentation does not say, so that nothing is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.families import keys, markdown, model_words, plain_fences
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.value_checks import is_texts
from agentconv.formats.kiro import hook_lists, mcp_servers, tool_words
from agentconv.projecting import hooks, mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json, ToolGrant
    from agentconv.families.keys import Absent

ID = "kiro-ide"
HINT = "define {} in .kiro/settings/mcp.json, and set includeMcpJson"
_NAME = expression(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*")


def _name_of(path: str) -> str:
    """Return the way from the folder of agents to a file, without its suffix."""
    return path.rpartition("/.kiro/agents/")[2].removeprefix(".kiro/agents/").removesuffix(".md")


def _denied(value: Json) -> Mapping[str, object]:
    if not is_texts(value):
        raise Refused("`excludedTools` is a list of names")
    return {"tools.deny": tuple(dict.fromkeys(grant for word in value for grant in tool_words.grants(ID, word)))}  # type: ignore[union-attr, arg-type]


def _write_denied(agent: Agent) -> Json | Absent:
    return [grant.native for grant in agent.tools.deny] or ABSENT


KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": tool_words.key(ID),
    "excludedTools": Key(("tools.deny",), _denied, _write_denied),
    "mcpServers": mcp_servers.key(ID),
    "hooks": hook_lists.key(ID),
}
SPEC = FormatSpec(
    id=ID,
    client="Kiro IDE",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name if _NAME.fullmatch(name) else names.slug(name),
    duplicates="the one in the workspace",
)
DIALECT = markdown.Dialect(
    SPEC, KEYS, plain_fences.find, required=(), lift=tool_words.lift, name_of=_name_of, says_name=True, grammar=JS_YAML_4, least_prompt=1
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a markdown file can hold."""
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, tool_words.spell_server, _reads_back, denies=projection.at_home)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.project_servers(projection, partial(mcp_servers.reads_back, ID), HINT, mcp_servers.without_on)
    hooks.keep_own(projection)


def _reads_back(grant: ToolGrant) -> bool:
    return tool_words.reads_back(ID, grant)
