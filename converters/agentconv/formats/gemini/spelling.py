"""Tools as Gemini CLI names them: its own ids, and `mcp_server_tool`, which it splits at the second underscore.

So a server whose name has an underscore cannot be granted by name. `mcp_server_*` is all of a server, `mcp_*` every server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, vocabulary
from agentconv.core.expressions import expression
from agentconv.core.ir import ToolGrant
from agentconv.core.losses import listed
from agentconv.families import tool_tokens
from agentconv.families.keys import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Json

ID = "gemini-cli"
_MCP_TOOL = expression(r"mcp_([A-Za-z0-9.:-]+)_(\*|(?!_*$)[A-Za-z0-9_.:-]+)")


def grant(word: str) -> ToolGrant:
    """Read one name."""
    if word == "mcp_*":
        return ToolGrant(word, ID, "mcp", None, effects.EVERY_SERVER)
    found = _MCP_TOOL.fullmatch(word)
    if found:
        return ToolGrant(word, ID, "mcp", None, found[1], None if found[2] == "*" else found[2])
    return tool_tokens.own(ID, word)


def _is_known(value: ToolGrant) -> bool:
    word = vocabulary.tool_word(ID, value.native)
    return value.server is not None or (word is not None and word.how in ("exact", "alias"))


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, one of its tools, or every server."""
    return "mcp_*" if server == effects.EVERY_SERVER and not tool else f"mcp_{server}_{tool or '*'}"


def reads_back(value: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    return grant(value.native) == value and _is_known(value)


def read_tools(value: Json) -> Mapping[str, object]:
    """Read the tools that are granted; `*` is all of them.

    Raises:
        Refused: The client drops the agent for it (with the tools that a person would read).
    """
    words = value if isinstance(value, list) else [word.strip() for word in value.split(",")] if isinstance(value, str) else []
    grants = tuple(grant(word) for word in words if isinstance(word, str))
    found = {} if any(one.native == "*" for one in grants) else tool_tokens.listed(grants)
    if not isinstance(value, list) or len(grants) < len(value):
        raise Refused("`tools` must be a list of names", found)
    unknown = [one.native for one in grants if one.native != "*" and not _is_known(one)]
    if unknown:
        reason, general = (
            f"`tools` names what is no tool of {client}: {', '.join(unknown[:5])}" for client in ("Gemini CLI", "the client")
        )
        raise Refused(reason, found, names=tuple(unknown), general=general)
    return found


def move_own_servers(projection: Projection) -> None:
    """Leave grants that cannot be spelled to the servers of the agent's own that they are for: each says what it opens."""
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow")
    own = [server.name for server in projection.get("mcp_servers") or () if server.transport]
    moved = [
        one
        for one in allow
        if any(effects.covers(one, name) for name in own) and not _MCP_TOOL.fullmatch(spell_server(one.server or "", one.tool))
    ]
    if moved:
        kept = tuple(one for one in allow if one not in moved)
        projection.change("tools.allow", kept, "mcp-tools", listed(one.native for one in moved))
