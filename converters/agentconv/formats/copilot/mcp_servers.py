"""MCP servers as GitHub Copilot writes them: a map of name to configuration, in which the tools that are offered are always named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.ir import McpServer, escape_key, unescape_key
from agentconv.families import keys
from agentconv.families.keys import Refused
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_LOCAL = {"command": "command", "args": "args", "env": "env", "cwd": "cwd", "tools": "enabled_tools"}
_REMOTE = {"url": "url", "headers": "headers", "tools": "enabled_tools"}


def read(value: Json) -> tuple[McpServer, ...] | None:
    """Read the map; null is none at all.

    Raises:
        Refused: The client drops the agent for it.
    """
    if value is None:
        return None
    return tuple(read_server(name, config) for name, config in keys.checked_table("copilot", "mcp-servers", value).items())


def read_server(name: str, config: Any) -> McpServer:
    """Read one server; the name is as a canonical map has it."""
    remote = "url" in config or config.get("type") in ("http", "sse")
    values, options = mcp.read_config({key: item for key, item in config.items() if key != "type"}, _REMOTE if remote else _LOCAL)
    if "*" in values.get("enabled_tools", ()):
        del values["enabled_tools"]
    if isinstance(options.get("disabled"), bool):
        values["enabled"] = not options.pop("disabled")
    return McpServer(unescape_key(name), config.get("type", "http") if remote else "stdio", **values, options=options or None)


def write_server(server: McpServer) -> dict[str, Json]:
    """Write one server."""
    config: dict[str, Json] = {"type": "local" if server.transport == "stdio" else server.transport}
    whole = replace(server, args=server.args or (), enabled_tools=("*",) if server.enabled_tools is None else server.enabled_tools)
    config.update(mcp.write_config(whole, _LOCAL if server.transport == "stdio" else _REMOTE))
    return config if server.enabled is None else {**config, "disabled": not server.enabled}


def write(servers: tuple[McpServer, ...]) -> Json:
    """Write the map."""
    return {escape_key(server.name): write_server(server) for server in servers}


def reads_back(server: McpServer) -> bool:
    """Whether a server, written, is read as itself."""
    try:
        return read(write((server,))) == (server,)
    except (Refused, KeyError):
        return False
