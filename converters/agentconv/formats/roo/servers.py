"""The MCP servers of a project of Roo Code 3.54 (its source), `.roo/mcp.json`: strict JSON, and one wrong entry costs the whole file.

https://docs.roocode.com/features/mcp/using-mcp-in-roo

An address without a type is spoken to with server-sent events. `${env:X}` and `${workspaceFolder}` are filled in everywhere, and stay
where there is no such variable. The user's own servers are in the storage of the editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed("roo", {"stdio": "stdio", "streamable-http": "http", "sse": "sse"}, url="sse", effect=Effect.DROPS_ALL)


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    strange = next((key for key in ("url", "headers") if key in config and "command" in config), None)
    if strange:
        return Complaint(f"`{strange}` cannot stand beside `command`", strange, Effect.DROPS_ALL)
    return _TYPED.read(name, config)


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "roo": ServerFormat(Client("roo", "Roo Code", _read, _TYPED.write), json_servers("/mcpServers"), (Place(".roo/mcp.json"),))
}
