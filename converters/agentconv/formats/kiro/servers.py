"""The MCP servers of Kiro (documented), `.kiro/settings/mcp.json`, and of Amazon Q (15cc8f3, its code), `.amazonq/mcp.json`.

https://kiro.dev/docs/mcp/configuration/

Amazon Q takes an address for one only beside `"type": "http"`, one wrong value costs it all servers, and they are those of agents that ask
for them (`useLegacyMcpJson`), among them the one that is there without any. Neither speaks to a server with server-sent events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Effect
from agentconv.core.part_format import Place
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_SPOKEN = ("stdio", "http")
_AMAZON_Q = Typed("amazon-q", {"stdio": "stdio", "http": "http"}, url="stdio", effect=Effect.DROPS_ALL)


def _kiro(format_id: str, title: str) -> ServerFormat:
    typed = Typed(format_id, {"http": "http"}, named=False)
    place = (Place(".kiro/settings/mcp.json"),)
    return ServerFormat(Client(format_id, title, typed.read, typed.write, transports=_SPOKEN), json_servers("/mcpServers"), place, place)


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "kiro": _kiro("kiro", "Kiro CLI"),
    "kiro-ide": _kiro("kiro-ide", "Kiro IDE"),
    "amazon-q": ServerFormat(
        Client("amazon-q", "Amazon Q", _AMAZON_Q.read, _AMAZON_Q.write, transports=_SPOKEN),
        json_servers("/mcpServers"),
        (Place(".amazonq/mcp.json"),),
        (Place(".aws/amazonq/mcp.json"),),
    ),
}
