"""The MCP servers of Cline 3.0.65 (the schema in @cline/core 0.0.86): those of the user alone, in `cline_mcp_settings.json`.

https://docs.cline.bot/mcp/mcp-overview

One wrong entry costs the whole file. An address without a type is spoken to with server-sent events; `transport` may hold what else
stands in the entry itself. Nothing is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Effect
from agentconv.core.part_format import Place
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed("cline", {"stdio": "stdio", "streamableHttp": "http", "sse": "sse", "http": "http"}, url="sse", effect=Effect.DROPS_ALL)


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    nested: Any = config.get("transport")
    given = {key: value for key, value in config.items() if key not in ("transport", "transportType")}
    if isinstance(nested, dict):
        given.update(nested)
    elif "transportType" in config:
        given.setdefault("type", config["transportType"])
    return _TYPED.read(name, given)


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "cline": ServerFormat(
        Client("cline", "Cline", _read, _TYPED.write),
        json_servers("/mcpServers"),
        user=(Place(".cline/data/settings/cline_mcp_settings.json"),),
    )
}
