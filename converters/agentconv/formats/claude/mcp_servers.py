"""MCP servers as Claude Code and its relatives write them: names, or one-key maps of name to configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core import effects, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import McpServer, ToolGrant, escape_key, unescape_key
from agentconv.core.losses import listed
from agentconv.families.keys import Ignored
from agentconv.families.value_checks import is_bool, is_count, is_filled, is_text, is_text_map, is_texts, is_url
from agentconv.formats.claude import spelling
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.format import Projection
    from agentconv.core.ir import Json

Check: TypeAlias = "Callable[[Json], bool]"
_NEUTRAL = {"command": "command", "args": "args", "env": "env", "url": "url", "headers": "headers"}
_TRANSPORTS: dict[str, Any] = {
    "stdio": "stdio",
    "sdk": "stdio",
    "http": "http",
    "streamable-http": "http",
    "claudeai-proxy": "http",
    "sse": "sse",
    "sse-ide": "sse",
    "ws": "ws",
    "ws-ide": "ws",
}
"""What each `type` means; those that only Claude Code has keep their own word in `options`."""
_PERMISSIONS = ("always_allow", "always_ask", "always_deny")


def _is_address(value: Json) -> bool:
    return isinstance(value, str) and len(value.encode("utf-16-le", "surrogatepass")) // 2 <= 65_536


def _is_oauth(value: Json) -> bool:
    checks: dict[str, Check] = {
        "clientId": is_text,
        "callbackPort": is_count,
        "authServerMetadataUrl": lambda url: is_url(url) and str(url).startswith("https://"),
        "scopes": is_filled,
        "xaa": is_bool,
    }
    return isinstance(value, dict) and all(check(value[key]) for key, check in checks.items() if key in value)


def _is_tool(value: Json) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and ("permission_policy" not in value or value["permission_policy"] in _PERMISSIONS)
    )


def _is_tools(value: Json) -> bool:
    return isinstance(value, list) and all(_is_tool(item) for item in value)


def _is_permissions(value: Json) -> bool:
    return isinstance(value, dict) and all(item in ("allow", "ask", "blocked") for item in value.values())


def _is_identifier(value: Json) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Za-z0-9_-]+", value) is not None


def _is_map_or_null(value: Json) -> bool:
    return value is None or isinstance(value, dict)


_ANY: dict[str, Check] = {"timeout": is_count, "alwaysLoad": is_bool}
_REMOTE: dict[str, Check] = {"url": _is_address, "headers": is_text_map, "headersHelper": is_text, "bareElicitationCapability": is_bool}
_HTTP: dict[str, Check] = {
    **_REMOTE,
    "oauth": _is_oauth,
    "tools": _is_tools,
    "toolPermissions": _is_permissions,
    "discoveryCache": is_bool,
}
_CHECKS: dict[str, tuple[tuple[str, ...], dict[str, Check]]] = {
    "stdio": (("command",), {"command": is_filled, "args": is_texts, "env": is_text_map, "bareElicitationCapability": is_bool}),
    "sse": (("url",), _HTTP),
    "http": (("url",), _HTTP),
    "streamable-http": (("url",), _HTTP),
    "ws": (("url",), _REMOTE),
    "sse-ide": (("url", "ideName"), {"url": _is_address, "ideName": is_text, "ideRunningInWindows": is_bool}),
    "ws-ide": (("url", "ideName"), {"url": _is_address, "ideName": is_text, "authToken": is_text, "ideRunningInWindows": is_bool}),
    "sdk": (("name",), {"name": is_text}),
    "claudeai-proxy": (
        ("url", "id"),
        {
            "url": _is_address,
            "id": _is_identifier,
            **dict.fromkeys(("displayName", "iconUrl"), is_text),
            **dict.fromkeys(("urlReportable", "noDirectoryEntry", "stateless", "enterpriseManaged"), is_bool),
            "toolPermissions": _is_permissions,
            **dict.fromkeys(("cachedInitResponse", "cachedDiscoverResponse"), _is_map_or_null),
            "eligible": lambda value: value is None or is_bool(value),
            "ineligibleReason": lambda value: value is None or is_text(value),
        },
    ),
}
"""By `type`: the keys that a configuration needs, and what each key takes."""


def read(value: Json) -> tuple[McpServer, ...]:
    """Read `mcpServers`: a list of names and maps of name to configuration; a bad item is dropped alone.

    Raises:
        Ignored: It is no list, or an item was dropped (with those that were kept).
    """
    if not isinstance(value, list):
        raise Ignored("`mcpServers` is a list of names or of one-key maps")
    servers: list[McpServer] = []
    bad = 0
    for item in value:
        found = _read_item(item)
        if found is None:
            bad += 1
        else:
            servers.extend(found)
    if bad:
        raise Ignored(f"{bad} of its items are no server name or configuration", {"mcp_servers": tuple(servers)})
    return tuple(servers)


def _read_item(item: Json) -> list[McpServer] | None:
    if isinstance(item, str):
        return [McpServer(item)]
    if not isinstance(item, dict):
        return None
    found = [read_config(unescape_key(name), config) for name, config in item.items()]
    return None if None in found else [server for server in found if server]


def read_config(name: str, config: Json) -> McpServer | None:
    """Read one server's configuration; None when the client would not take it."""
    kind: Any = config.get("type", "stdio") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(kind, str) or kind not in _CHECKS:
        return None
    needed, checks = _CHECKS[kind]
    checks = {**_ANY, **checks}
    if not all(key in config for key in needed) or not all(check(config[key]) for key, check in checks.items() if key in config):
        return None
    transport = _TRANSPORTS[kind]
    known = {key: field for key, field in _NEUTRAL.items() if key in checks}
    values, options = mcp.read_config({key: value for key, value in config.items() if key != "type"}, known)
    if kind not in (transport, "streamable-http"):
        options = {"type": kind, **options}
    return McpServer(name, transport, **values, options=options or None)


def write(servers: tuple[McpServer, ...]) -> Json:
    """Write `mcpServers` as a list of names and one-key maps."""
    return [{escape_key(server.name): write_config(server)} if server.transport else server.name for server in servers]


def write_config(server: McpServer) -> dict[str, Json]:
    """Write one server's configuration; `type` is left out for a command."""
    config: dict[str, Json] = {} if server.transport == "stdio" else {"type": server.transport}
    return {**config, **mcp.write_config(server, _NEUTRAL)}


def _list_tools(projection: Projection, server: McpServer) -> bool:
    """Move what a server opens of its tools into the agent's own lists; False where they cannot say it."""
    allow, deny = projection.get("tools.allow"), projection.get("tools.deny")
    if server.enabled_tools is not None:
        if projection.get("tools.mode") == "inherit":
            return False  # without a list of tools, all of the server's would be open
        named = [_grant(projection, server, tool) for tool in server.enabled_tools]
        whole = [grant for grant in allow if effects.covers(grant, server.name) and grant.tool is None]
        if whole and named and all(map(spelling.reads_back, named)):
            after = tuple(dict.fromkeys([*(grant for grant in allow if grant not in whole), *named]))
            projection.change("tools.allow", after, "mcp-tools-listed", listed([server.name]))
    closed = [_grant(projection, server, tool) for tool in server.disabled_tools or ()]
    if not all(map(spelling.reads_back, closed)):
        return False
    if not set(closed) <= set(deny):
        projection.change("tools.deny", tuple(dict.fromkeys([*deny, *closed])), "mcp-tools-listed", listed([server.name]))
    return True


def _grant(projection: Projection, server: McpServer, tool: str) -> ToolGrant:
    name = effects.server_key(server.name)
    return ToolGrant(spelling.spell_server(name, tool), vocabulary.words_of(projection.target.id), "mcp", None, name, tool)


def project(projection: Projection) -> None:
    """Keep servers as Claude Code spells them: no working folder, no tool selection, no other client's keys."""
    servers: tuple[McpServer, ...] | None = projection.get("mcp_servers")
    if servers is None:
        return
    changed: list[str] = []
    lost: dict[str, list[str]] = {}
    kept = []
    told = mcp.Told(projection)
    for server in servers:
        plain = (
            server if projection.at_home else replace(server, cwd=None, enabled_tools=None, disabled_tools=None, enabled=None, options=None)
        )
        if plain != server and not _list_tools(projection, server):
            lost.setdefault("the tools that it opens or closes cannot be said there", []).append(server.name)
            continue
        said = told.of(plain)
        reason = "it is switched off, which cannot be said there" if server.enabled is False else told.why_not(said, _reads_back)
        if reason:
            lost.setdefault(reason, []).append(server.name)
            continue
        kept.append(said)
        if plain != server:
            changed.append(server.name)
    after = tuple(kept) if kept or not servers else None
    projection.translate("mcp_servers", after)
    told.declare(after)
    if changed:
        projection.change("mcp_servers", after, "mcp-approximated", listed(changed))
    told.lose(lost, servers, after)


def _reads_back(server: McpServer) -> bool:
    return not server.transport or read_config(server.name, write_config(server)) == server
