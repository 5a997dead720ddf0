"""MCP servers as Claude Code and its relatives write them: names, or one-key maps of name to configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentconv.families.keys import Ignored
from agentconv.ir import McpServer

if TYPE_CHECKING:
    from agentconv.format_base import Projection
    from agentconv.ir import Json

_NEUTRAL = {"command": "command", "args": "args", "env": "env", "url": "url", "headers": "headers"}
_REQUIRED = {"stdio": "command", "http": "url", "streamable-http": "url", "sse": "url", "ws": "url"}


def read_claude_list(value: Json) -> tuple[McpServer, ...]:
    """Read `mcpServers`: a list of names and one-key maps; a bad item is dropped alone.

    Raises:
        Ignored: It is no list, or an item was dropped (with those that were kept).
    """
    if not isinstance(value, list):
        raise Ignored("`mcpServers` is a list of names or of one-key maps")
    servers, bad = [], 0
    for item in value:
        server = _read_item(item)
        if server is None:
            bad += 1
        else:
            servers.append(server)
    if bad:
        raise Ignored(f"{bad} of its items are no server name or configuration", {"mcp_servers": tuple(servers)})
    return tuple(servers)


def _read_item(item: Json) -> McpServer | None:
    if isinstance(item, str):
        return McpServer(item)
    if isinstance(item, dict) and len(item) == 1:
        ((name, config),) = item.items()
        return read_config(name, config) if isinstance(config, dict) else None
    return None


def read_config(name: str, config: dict[str, Json]) -> McpServer | None:
    """Read one server's configuration; None when the client would not take it."""
    transport: Any = config.get("type", "stdio")
    required = _REQUIRED.get(transport) if isinstance(transport, str) else None
    if required is None or not isinstance(config.get(required), str) or (required == "command" and not config[required]):
        return None
    values: dict[str, Any] = {}
    options: dict[str, Json] = {}
    for key, value in config.items():
        if key == "type":
            continue
        field = _NEUTRAL.get(key)
        if field is None or (required == "command") == (field in ("url", "headers")):
            options[key] = value
        elif not _fits(field, value):
            return None
        else:
            values[field] = tuple(value) if isinstance(value, list) else value
    if transport == "streamable-http":
        transport = "http"
    return McpServer(name, transport, **values, options=options or None)


def _fits(field: str, value: Json) -> bool:
    if field == "args":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if field in ("env", "headers"):
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return isinstance(value, str)


def write_claude_list(servers: tuple[McpServer, ...]) -> Json:
    """Write `mcpServers` as a list of names and one-key maps."""
    return [{server.name: write_config(server)} if server.transport else server.name for server in servers]


def write_config(server: McpServer) -> dict[str, Json]:
    """Write one server's configuration; `type` is left out for a command."""
    config: dict[str, Json] = {} if server.transport == "stdio" else {"type": server.transport}
    for key, field in _NEUTRAL.items():
        value = getattr(server, field)
        if value is not None:
            config[key] = list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, dict) else value
    return {**config, **(server.options or {})}


def project_claude(projection: Projection) -> None:
    """Keep servers as Claude Code spells them: no working folder, no tool selection, no other client's keys."""
    servers: tuple[McpServer, ...] | None = projection.get("mcp_servers")
    if servers is None or projection.at_home:
        return
    lost: list[str] = []
    kept = []
    for server in servers:
        plain = replace(server, cwd=None, enabled_tools=None, disabled_tools=None, options=None)
        if plain != server:
            lost.append(server.name)
        kept.append(plain)
    if lost:
        projection.change("mcp_servers", tuple(kept), "mcp-approximated", ", ".join(lost))
