"""Mistral Vibe 3.0.3: TOML files in `.vibe/agents`, one agent a file, whose stem is its name.

https://github.com/mistralai/mistral-vibe

By the code of its package: `safety` and `agent_type` must be one of their words, and any other key is the agent's own value of a key of
the configuration; one of a wrong type is told when the agent is chosen, which is taken for a file that is dropped. `enabled_tools` leaves
what a name, a glob or a regular expression (`re:`) of it matches, in any case; an empty list is no limit. `disabled_tools` takes away
what is left. The tools of a server are called `server_tool`. Only an agent of the type `subagent` is handed work by others.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import effects, names, vocabulary
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import ToolGrant
from agentconv.families import keys, model_words, toml_file, tool_tokens
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.value_checks import is_texts
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

ID = "vibe"
HINT = "define it in .vibe/config.toml, for all agents"
TYPES = {"subagent": "agents", "agent": "user"}
"""By the type of an agent, who calls it."""
_SERVER = expression(r"([A-Za-z0-9-]+)_\*")
_PATTERN = expression(r"[*?\[]|\Are:")


def grants(word: str, *, denies: bool) -> Iterator[ToolGrant]:
    """Yield what a word of a list matches: one tool, all of a server, or, by a glob, several of the client's own.

    `web_*` is both: it closes all that it matches, and is taken to open the server's alone.

    What a glob matches of servers is not known, and what a regular expression does is not tried: these open none, and deny all.
    """
    server = _SERVER.fullmatch(word)
    if server:
        yield ToolGrant(word, ID, "mcp", None, server[1], None)
    if not _PATTERN.search(word):
        yield tool_tokens.own(ID, word)
    elif denies or not server:
        tried = not word.startswith("re:")
        yield from (tool_tokens.own(ID, one) for one in vocabulary.tool_words(ID) if (fnmatchcase(one, word.lower()) if tried else denies))
        if denies and not server:
            yield ToolGrant("*", ID, "mcp", None, effects.EVERY_SERVER, None)


def _words(name: str, value: Any) -> list[str]:
    if not is_texts(value):
        raise Refused(f"`{name}` is a list of names")
    return [word for one in value if (word := one.strip())]


def _has_patterns(value: Any) -> bool:
    """Whether a list says more than the tools that it stands for."""
    return any(_PATTERN.search(word) and not _SERVER.fullmatch(word) for word in _words("tools", value))


def _denies_patterns(value: Any) -> bool:
    """Whether a list says more than the tools that it closes: a word of it closes a server, and some of the client's own tools."""
    return _has_patterns(value) or any(len(list(grants(word, denies=True))) > 1 for word in _words("tools", value))


def _allowed(value: Any) -> Mapping[str, object]:
    words = _words("enabled_tools", value)
    if not value or "*" in words:  # one of blanks is a limit
        return {"tools.mode": "inherit"}
    return tool_tokens.listed(dict.fromkeys(grant for word in words for grant in grants(word, denies=False)))


def _denied(value: Any) -> Mapping[str, object]:
    found = dict.fromkeys(grant for word in _words("disabled_tools", value) for grant in grants(word, denies=True))
    return {"tools.deny": tuple(found)}


def _write_denied(agent: Agent) -> Json | Absent:
    return [one.native for one in agent.tools.deny] or ABSENT


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Say who calls the agent: without a type, the user."""
    word = header.get("agent_type", "agent")
    if not isinstance(word, str) or word not in TYPES:
        raise Refused("`agent_type` is agent or subagent", key="agent_type")
    header.pop("agent_type", None)
    return {"invocation.by": TYPES[word]}


def _lower(agent: Agent) -> Mapping[str, Json]:
    return {} if agent.invocation and agent.invocation.by == "user" else {"agent_type": "subagent"}


KEYS: dict[str, Key] = {
    "display_name": simple("display_name", keys.text("display_name")),
    "description": simple("description", keys.text("description")),
    "active_model": simple("model", lambda value: model_words.read(ID, keys.text("active_model")(value)), model_words.write),
    "enabled_tools": Key(("tools.mode", "tools.allow"), _allowed, tool_tokens.write, _has_patterns),
    "disabled_tools": Key(("tools.deny",), _denied, _write_denied, _denies_patterns),
    "instructions": simple("prompt.text", keys.text("instructions")),
}


def _legal_name(name: str) -> str:
    """Return a slug that can be the stem of a file on any system."""
    slug = names.slug(name)
    return names.stem(slug) if slug else ""


SWITCHES = {"agent_type": "invocation.by"}
"""Keys whose absence means something, too: `_lift` reads them, `_lower` writes them."""
SPEC = FormatSpec(
    id=ID,
    client="Mistral Vibe",
    holds=frozenset({"name", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    named_by_stem=True,
    reserved=frozenset({"main", "ask", "accept-edits", "smart-approve", "auto-approve", "explore", "lean"}),
    duplicates="the first in path order",
)
DIALECT = toml_file.Dialect(SPEC, KEYS, (), _lift, _lower, name_of=partial(names.stem_of, suffixes=(".toml",)))
read = partial(toml_file.read, DIALECT)
write = partial(toml_file.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Vibe file can hold."""
    texts.require(projection, "name", *(() if projection.at_home else ("prompt.text",)))
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    permissions.callers(projection, ("agents", "user"))
    tool_lists.tool_list(projection, _spell_server, _reads_back)
    tool_lists.refuse_none(projection, surely=True)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, HINT)


def _spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, but none whose word opens a tool of the client; a single tool could be one of a server of a longer name."""
    word = f"{server}_*"
    return word if tool is None and _SERVER.fullmatch(word) and len(list(grants(word, denies=True))) == 1 else ""


def _reads_back(grant: ToolGrant) -> bool:
    return grant.native.strip() == grant.native != "" and list(grants(grant.native, denies=False)) == [grant]
