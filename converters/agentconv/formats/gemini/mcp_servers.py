"""MCP servers as Gemini CLI and Qwen Code, which comes from it, write them: a map from name to configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.ir import McpServer, escape_key, unescape_key
from agentconv.families.keys import Ignored
from agentconv.families.value_checks import is_text, is_text_map, is_texts
from agentconv.projecting import mcp
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Json

_SHAPES: dict[str, Callable[[Json], bool]] = {
    "command": is_text,
    "args": is_texts,
    "env": is_text_map,
    "cwd": is_text,
    "url": is_text,
    "headers": is_text_map,
    "enabled_tools": is_texts,
    "disabled_tools": is_texts,
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one client spells a server."""

    http_url: str
    """The key of an address over HTTP, which goes before `url`."""
    include: str
    exclude: str
    url: Literal["http", "sse"]
    """What `url` alone means."""
    typed: bool
    """Whether `type` beside `url` says otherwise."""

    def keys_for(self, transport: str | None, *, http_url: bool) -> dict[str, str]:
        """Return the keys that count for a transport, with their fields."""
        own = {"command": "command", "args": "args", "env": "env", "cwd": "cwd"}
        if transport != "stdio":
            own = {self.http_url if http_url else "url": "url", "headers": "headers"}
        return {**own, self.include: "enabled_tools", self.exclude: "disabled_tools"}


def read(spelling: Spelling, value: Mapping[str, Json]) -> tuple[McpServer, ...]:
    """Read a map of servers.

    Raises:
        Ignored: One of them cannot be started (with the others).
    """
    found = {unescape_key(name): read_server(spelling, unescape_key(name), config) for name, config in value.items()}
    lost = [name for name, server in found.items() if server is None]
    kept = tuple(server for server in found.values() if server)
    if lost:
        raise Ignored(f"{', '.join(lost)} has no command and no address that could be used", {"mcp_servers": kept or None})
    return kept


def read_server(spelling: Spelling, name: str, config: Any) -> McpServer | None:
    """Read one server; None where it cannot be started."""
    if not isinstance(config, dict):
        return None
    rest = {key: value for key, value in config.items() if value is not None}
    over_http = bool(rest.get(spelling.http_url))
    transport: Any = "http" if over_http else "stdio" if rest.get("command") else None
    if rest.get("url") and not over_http:
        transport = rest.pop("type", spelling.url) if spelling.typed else spelling.url
    if transport is None or (rest.get("type") == "sdk" and not spelling.typed):
        return None
    if isinstance(rest.get("env"), dict):
        rest["env"] = {key: value if isinstance(value, str) else js_text(value) for key, value in rest["env"].items()}
    values, options = mcp.read_config(rest, spelling.keys_for(transport, http_url=over_http))
    plain = {field: list(value) if isinstance(value, tuple) else value for field, value in values.items()}
    if not all(_SHAPES[field](value) for field, value in plain.items()):
        return None
    return McpServer(name, transport, **values, options=options or None)


def write(spelling: Spelling, servers: tuple[McpServer, ...]) -> Json:
    """Write a map of servers."""
    return {escape_key(server.name): write_server(spelling, server) for server in servers}


def write_server(spelling: Spelling, server: McpServer) -> dict[str, Json]:
    """Write one server."""
    http = server.transport == "http" and (not spelling.typed or "url" in (server.options or {}))
    config = mcp.write_config(replace(server, options=None), spelling.keys_for(server.transport, http_url=http))
    if spelling.typed and server.transport not in ("stdio", spelling.url):
        config["type"] = server.transport
    return {**config, **(server.options or {})}


def reads_back(spelling: Spelling, server: McpServer) -> bool:
    """Whether a server, written, is read as itself."""
    try:
        return read(spelling, {escape_key(server.name): write_server(spelling, server)}) == (server,)
    except Ignored:
        return False
