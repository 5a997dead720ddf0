"""Letta Code 0.32.18: markdown files in `.letta/agents`, not nested, one agent a file.

https://docs.letta.com/letta-code/subagents

The header is no YAML (`lines`): quotes are part of a value. A name of small letters, digits and dashes and a description are wanted; a file
without a prompt only changes an agent that is there. Tools are names with commas; nothing, `all`, or a list in lines below is all of them.
Whatever the list says, an agent that the client makes searches the web and fetches pages, since its server has these tools; it asks for
nothing, since a sub-agent is started unrestricted (by the code of both).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.losses import listed
from agentconv.families import javascript, line_file, model_words, tool_tokens
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key, Refused, simple
from agentconv.formats.letta import lines
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json, ToolGrant
    from agentconv.families.keys import Absent

ID = "letta"
ALL = "all"
OF_ITS_SERVER = ("web_search", "fetch_webpage")
"""Tools that every agent has."""
_NAME = expression(r"[a-z][a-z0-9-]*")


def _words(value: Any) -> list[str]:
    return [word for part in value.split(",") if (word := part.strip(SPACE))] if isinstance(value, str) else []


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Refused("`name` is small letters, digits and dashes, a letter first")
    return value


def _description(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text")
    return value


def _with_servers_own(words: Iterable[str]) -> tuple[ToolGrant, ...]:
    """Return the grants of a list, and behind them what every agent has."""
    given = dict.fromkeys(word for word in words if word not in OF_ITS_SERVER)
    return tuple(tool_tokens.own(ID, word) for word in (*given, *OF_ITS_SERVER))


def _tools(value: Any) -> Mapping[str, object]:
    if isinstance(value, list):
        raise Ignored("`tools` is names with commas in one line, and limits nothing otherwise", {"tools.mode": "inherit"})
    words = _words(value)
    if not words or value.strip(SPACE).lower() == ALL:
        return {"tools.mode": "inherit"}
    return {"tools.mode": "list", "tools.allow": _with_servers_own(words)}


def _write_tools(agent: Agent) -> Json | Absent:
    if agent.tools.mode == "inherit":
        return ABSENT
    words = [one.native for one in agent.tools.allow]
    return ", ".join([word for word in words if word not in OF_ITS_SERVER] or words)


def _skills(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        raise Ignored("`skills` is names with commas in one line")
    return tuple(_words(value))


def _model(value: Any) -> object:
    if isinstance(value, list):
        raise Ignored("a model is a word")
    return model_words.read(ID, value or "inherit")


def _legal_name(name: str) -> str:
    slug = names.slug(name)
    return slug if not slug or slug[0].isalpha() else f"agent-{slug}"


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", _description),
    "tools": Key(("tools.mode", "tools.allow"), _tools, _write_tools),
    "model": simple("model", _model, model_words.write),
    "skills": simple("skills", _skills, ", ".join),
}
SPEC = FormatSpec(
    id=ID,
    client="Letta Code",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    duplicates="one of them",
)
DIALECT = line_file.Dialect(
    SPEC,
    KEYS,
    lines.find,
    lines.parse,
    partial(names.stem_of, suffixes=(".md",)),
    required=("name", "description"),
    body=lambda _text, prompt: javascript.line_feeds(prompt),
    spell=lines.spelled,
    says_name=True,
)
read = partial(line_file.read, DIALECT)
write = partial(line_file.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Letta Code file can hold."""
    if not projection.at_home:
        texts.trim(projection, "description", SPACE)
    texts.require(projection, "name", "description")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.line_feeds(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=False)
    tool_lists.refuse_none(projection, surely=True)
    _list_servers_own(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, "add it with the client's command /mcp")


def _list_servers_own(projection: Projection) -> None:
    """Add the tools that every agent has, whatever its file says."""
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow")
    after = _with_servers_own(one.native for one in allow)
    if projection.get("tools.mode") == "list" and after != allow:
        added = [one.native for one in after if one not in allow]
        if added:
            projection.change("tools.allow", after, "tools-joined", listed(added, "{} too, which every agent has"))
        else:
            projection.translate("tools.allow", after)


def _reads_back(grant: ToolGrant) -> bool:
    native = grant.native
    return _words(native) == [native] and native.lower() != ALL and tool_tokens.own(ID, native) == grant
