"""MCP servers as Amazon Q and Kiro write them: a map from name to what is started, or an address over HTTP."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.ir import McpServer, escape_key, unescape_key
from agentconv.families import keys
from agentconv.families.keys import Key, Refused, simple
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_STDIO = {"command": "command", "args": "args", "env": "env"}
_HTTP = {"url": "url", "headers": "headers"}


_TYPED = frozenset({"amazon-q"})
"""Formats in which an address alone is none, without the type beside it."""


def key(format_id: str) -> Key:
    """Return the key of servers by name."""

    def read(value: Json) -> tuple[McpServer, ...]:
        table = keys.checked_table(format_id, "mcpServers", value)
        return tuple(_read_server(format_id, unescape_key(name), config) for name, config in table.items())

    return simple("mcp_servers", read, partial(write, format_id))


def _read_server(format_id: str, name: str, config: Any) -> McpServer:
    http = config.get("type") == "http" or (
        format_id not in _TYPED and "type" not in config and "url" in config and "command" not in config
    )
    values, rest = mcp.read_config(config, _HTTP if http else _STDIO)
    options = {name: value for name, value in rest.items() if name not in ("type", "disabled")}
    enabled = False if rest.get("disabled") else None
    return McpServer(name, "http" if http else "stdio", **values, enabled=enabled, options=options or None)


def write(format_id: str, servers: tuple[McpServer, ...]) -> Json:
    """Write a map of servers."""
    return {escape_key(server.name): _write_server(format_id, server) for server in servers}


def _write_server(format_id: str, server: McpServer) -> dict[str, Json]:
    http = server.transport == "http"
    off: dict[str, Json] = {"disabled": True} if server.enabled is False else {}
    return {**({"type": "http"} if http and format_id in _TYPED else {}), **mcp.write_config(server, _HTTP if http else _STDIO), **off}


def reads_back(format_id: str, server: McpServer) -> bool:
    """Whether a server, written, is read as itself; one that is on need not say so."""
    try:
        return _read_server(format_id, server.name, _write_server(format_id, server)) == server and server.transport in ("stdio", "http")
    except Refused:
        return False


def without_on(server: McpServer) -> McpServer:
    """Return a server without the word that it is on, which each is."""
    return replace(server, enabled=None) if server.enabled else server
