"""The MCP servers of a project or user of Cursor (the code of its SDK 1.0.32), `.cursor/mcp.json`: strict JSON.

https://cursor.com/docs/context/mcp

A server is a command or an address, whose protocol the client finds out by itself. `${env:X}`, `${workspaceFolder}` and their like are
filled in. An entry can be switched off in the client alone.
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

_TYPED = Typed("cursor", {"http": "http"}, named=False, effect=Effect.DROPS)
_CLIENT = Client(
    "cursor",
    "Cursor",
    _TYPED.read,
    _TYPED.write,
    tried=("sse",),
    switches_off="switch it off in the client, once it is defined by hand",
    limits="switch its other tools off in the client, once it is defined by hand",
)
BY_FORMAT: dict[str, PartFormat[Server]] = {
    "cursor": ServerFormat(_CLIENT, json_servers("/mcpServers"), (Place(".cursor/mcp.json"),), (Place(".cursor/mcp.json"),))
}
