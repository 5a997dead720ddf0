"""Lists of tools that many clients take from Claude Code: names in a list or with commas; `mcp__server__tool` is one of a server's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects
from agentconv.core.ir import ToolGrant
from agentconv.families import tool_tokens
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.families.value_checks import is_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent


def words(name: str, value: Any) -> list[str] | None:
    """Return the words of a list, or of names with commas; nothing for null.

    Raises:
        Refused: It is neither.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return [word for part in value.split(",") if (word := part.strip(SPACE))]
    if not is_texts(value) or not all(word.strip(SPACE) for word in value):
        raise Refused(f"`{name}` is a list of names, or names with commas")
    return [word.strip(SPACE) for word in value]


def grant(format_id: str, word: str) -> ToolGrant:
    """Read one word."""
    if not word.startswith("mcp__"):
        return tool_tokens.own(format_id, word)
    server, _, tool = word[5:].partition("__")
    return ToolGrant(word, format_id, "mcp", None, server, None if tool in ("", "*") else tool)


def allowed(format_id: str, *, empty: bool, write: Callable[[Agent], Json | Absent] = tool_tokens.write) -> Key:
    """Make the key that lists the tools which an agent has; `*` alone is all of them.

    Args:
        format_id: The client's format.
        empty: Whether an empty list is none; else it is no limit.
        write: Writes the list, where not as one.
    """

    def read(value: Any) -> Mapping[str, object]:
        found = words("tools", value)
        if found is None or found == ["*"] or (not found and not empty):
            return {"tools.mode": "inherit"}
        return tool_tokens.listed(dict.fromkeys(grant(format_id, word) for word in found))

    return Key(("tools.mode", "tools.allow"), read, write)


def denied(format_id: str, name: str = "disallowedTools", *, commas: bool = False) -> Key:
    """Make the key that lists the tools which are taken away."""

    def read(value: Any) -> Mapping[str, object]:
        return {"tools.deny": tuple(dict.fromkeys(grant(format_id, word) for word in words(name, value) or ()))}

    def write(agent: Agent) -> Json | Absent:
        found = [one.native for one in agent.tools.deny]
        return ABSENT if not found else ", ".join(found) if commas else list(found)

    return Key(("tools.deny",), read, write)


def with_commas(agent: Agent) -> Json | Absent:
    """Write the list as names with commas."""
    found = tool_tokens.write(agent)
    return ", ".join(map(str, found)) if isinstance(found, list) else found


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools."""
    return "mcp__*" if server == effects.EVERY_SERVER else f"mcp__{server}__{tool or '*'}"


def spell_whole_server(server: str, tool: str | None) -> str:
    """Write an MCP server by its bare name, or one of its tools; there is no word for all servers."""
    return "" if server == effects.EVERY_SERVER else f"mcp__{server}__{tool}" if tool else f"mcp__{server}"


def reads_back(format_id: str, value: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    native = value.native
    return "," not in native and words("tools", [native or " x"]) == [native] and grant(format_id, native) == value
