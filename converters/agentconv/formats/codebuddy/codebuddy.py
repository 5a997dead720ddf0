"""CodeBuddy Code and CodeBuddy IDE: markdown files in `.codebuddy/agents`, nested ones too, one agent a file.

https://www.codebuddy.ai/docs/cli/sub-agents, https://www.codebuddy.ai/docs/ide/Features/Subagents

By its documentation: a file has the name of its stem unless it gives one; `tools` are names with commas, none of which is no limit. The
terminal's tools have Claude Code's names, and those of the editor others; a file may have both. The tool for calling agents is always
taken away. What a value of a wrong type costs is not said: it is taken for one that the client drops the file for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.format import FormatSpec
from agentconv.families import keys, markdown, model_words, name_lists, plain_fences
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.format import Projection

ID = "codebuddy"
HINT = "define it in .mcp.json, for all agents"

KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": name_lists.allowed(ID, empty=False, write=name_lists.with_commas),
}
SPEC = FormatSpec(
    id=ID,
    client="CodeBuddy",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the one in the project",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    plain_fences.find,
    required=(),
    name_of=partial(names.stem_of, suffixes=(".md",)),
    says_name=True,
    grammar=JS_YAML_4,
    least_prompt=1,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a CodeBuddy file can hold."""
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, name_lists.spell_whole_server, partial(name_lists.reads_back, ID), denies=False)
    tool_lists.refuse_none(projection, surely=True)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.drop(projection, HINT)
