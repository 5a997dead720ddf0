"""The MCP servers of Antigravity, `.agents/mcp_config.json` and `~/.gemini/config/mcp_config.json`, as others quote its documentation.

https://antigravity.google/docs/mcp

The key of an address is `serverUrl`, which goes before a command; `url` is taken as well. That one wrong value costs its server, and that a
file which does not parse keeps `agy` from starting, is what skillsaw 0.20 tells of `agy` 1.1.25. How values refer to variables is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.ir import McpServer
from agentconv.core.part_format import Place
from agentconv.formats.agents_dir.antigravity import ID
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import NOTHING, Client
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_URLS = ("serverUrl", "url")
_STARTED = {"command": "command", "args": "args", "env": "env", "disabledTools": "disabled_tools"}


def _keys(url: str) -> dict[str, str]:
    """Return the keys of a definition with their fields, by the key of its address."""
    return {**_STARTED, url: "url", "headers": "headers"}


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    url = next((key for key in _URLS if key in config), None)
    if url is None and "command" not in config:
        return NOTHING
    given = {key: value for key, value in config.items() if key != "type"}
    values, options = mcp.read_config(given, _keys(url) if url else _STARTED)
    transport: Any = "stdio" if url is None else "sse" if url == _URLS[1] and config.get("type") == "sse" else "http"
    return McpServer(name, transport, **values, options=options or None)


def _write(server: McpServer) -> dict[str, Json]:
    typed: dict[str, Json] = {"type": "sse"} if server.transport == "sse" else {}
    return {**typed, **mcp.write_config(replace(server, options=None), _keys(_URLS[bool(typed)]))}


BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "Antigravity", _read, _write, transports=("stdio", "http")),
        json_servers("/mcpServers", stops=True, marked=False),
        (Place(".agents/mcp_config.json"),),
        (Place(".gemini/config/mcp_config.json"),),
    )
}
