"""Lists of tools as Amazon Q and Kiro write them: words, `*` for all, `@builtin`, `@server`, `@server/tool`; without a list, none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects, vocabulary
from agentconv.core.ir import ToolGrant
from agentconv.families import tool_tokens
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.families.value_checks import is_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

EVERYTHING = "*"
BUILT_IN = "@builtin"


def key(format_id: str) -> Key:
    """Return the key that lists tools; without it there are none, which `lift` says."""

    def read(value: Any) -> Mapping[str, object]:
        if not is_texts(value):
            raise Refused("`tools` is a list of names")
        if EVERYTHING in value:
            return {"tools.mode": "inherit"}
        return tool_tokens.listed(dict.fromkeys(grant for word in value for grant in grants(format_id, word)))

    return Key(("tools.mode", "tools.allow"), read, _write)


def lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Say that there is no tool where no list is."""
    return {} if "tools" in header else {"tools.mode": "none"}


def grants(format_id: str, word: str) -> list[ToolGrant]:
    """Read one word of a list: `@builtin` stands for all tools of the client's own."""
    if word == BUILT_IN:
        return [tool_tokens.own(format_id, own) for own in vocabulary.tool_words(format_id)]
    if not word.startswith("@"):
        return [tool_tokens.own(format_id, word)]
    server, _, tool = word[1:].partition("/")
    return [ToolGrant(word, format_id, "mcp", None, server, None if tool in ("", EVERYTHING) else tool)]


def _write(agent: Agent) -> Json | Absent:
    """Write the list; of an agent without tools there is none."""
    if agent.tools.mode == "inherit":
        return [EVERYTHING]
    return [one.native for one in agent.tools.allow] if agent.tools.allow else ABSENT


def reads_back(format_id: str, grant: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    return grant.native != EVERYTHING and grants(format_id, grant.native) == [grant]


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools; no word stands for all servers and no tool besides."""
    return "" if server == effects.EVERY_SERVER else f"@{server}" if tool is None else f"@{server}/{tool}"
