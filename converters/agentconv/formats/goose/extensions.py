"""The `extensions` of a goose recipe: which of the client's own tools there are, and which MCP servers; without the key, the user's.

https://goose-docs.ai/docs/guides/recipes/recipe-reference

`available_tools` leaves some of an extension's tools; an empty list leaves all. One that is called as none of the client's own gives no
tool. `developer` of the type `builtin`, without such a list or with one, brings `analyze` along; of the type `platform`, it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.ir import McpServer, ToolGrant
from agentconv.families import tool_tokens
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

ID = "goose-recipe"
_STDIO = {"cmd": "command", "args": "args", "envs": "env"}
_HTTP = {"uri": "url", "headers": "headers"}
_KEYS = {"stdio": _STDIO, "streamable_http": _HTTP}
_TYPES = {"stdio": "stdio", "http": "streamable_http"}
_BUILT_IN = frozenset(("autovisualiser", "computercontroller", "memory", "tutorial"))
"""Extensions of the client that are programs of their own; all others are `platform` ones."""


def _grants(extension: Mapping[str, Json]) -> Iterator[ToolGrant]:
    """Yield what an extension opens: all of it, or the tools that it lists."""
    name = str(extension["name"])
    listed = extension.get("available_tools")
    words = [str(word) for word in listed] if isinstance(listed, list) else []
    if extension["type"] in _KEYS:
        yield from (ToolGrant(f"{name}/{word}", ID, "mcp", None, name, word) for word in words)
        if not words:
            yield ToolGrant(name, ID, "mcp", None, name, None)
        return
    yield from (tool_tokens.own(ID, f"{name}/{word}") for word in words)
    if not words:
        yield tool_tokens.own(ID, name)
    if _brings(extension):
        yield from (tool_tokens.own(ID, word) for word in _BRINGS)


_BRINGS = ("analyze",)


def _brings(extension: Mapping[str, Json]) -> bool:
    """Whether an extension brings another one along."""
    return (extension["type"], extension["name"]) == ("builtin", "developer")


def _server(extension: Mapping[str, Json]) -> McpServer | None:
    kind = str(extension["type"])
    if kind not in _KEYS:
        return None
    given = {key: value for key, value in extension.items() if key not in ("type", "name", "available_tools")}
    values, options = mcp.read_config(given, _KEYS[kind])
    transport: Any = "stdio" if kind == "stdio" else "http"
    for key in ("env", "headers"):
        if not values.get(key):
            values.pop(key, None)
    return McpServer(str(extension["name"]), transport, **values, options=options or None)


def _read(value: Any) -> Mapping[str, object]:
    if value is None:
        return {"tools.mode": "inherit"}
    complaint = schema_files.complaint(ID, "extensions", value)
    if complaint:
        raise Refused(complaint.reason, within=complaint.within, remedy=complaint.remedy)
    servers = tuple(server for extension in value if (server := _server(extension)))
    fields = tool_tokens.listed(dict.fromkeys(grant for extension in value for grant in _grants(extension)))
    return {**fields, **({"mcp_servers": servers} if servers else {})}


def _says_more(value: Any) -> bool:
    """Whether extensions say more than their tools and servers: a type that the writer would not choose, a time limit, a title."""
    return value is None or value != _written(*_fields(value), [])


def _fields(value: Any) -> tuple[tuple[ToolGrant, ...], tuple[McpServer, ...]]:
    found: Mapping[str, Any] = _read(value)
    return found.get("tools.allow", ()), found.get("mcp_servers", ())


def _own(agent: Agent) -> list[dict[str, Json]]:
    """Return the extensions as an agent's own file spells them; none, where it has no such file."""
    kept = agent.extras.get(ID, {}).get("extensions")
    valid = isinstance(kept, list) and not schema_files.complaint(ID, "extensions", kept)
    return [one for one in kept if isinstance(one, dict)] if valid and isinstance(kept, list) else []


def _write(agent: Agent) -> Json | Absent:
    if agent.tools.mode == "inherit":
        return ABSENT
    return list(_written(agent.tools.allow, agent.mcp_servers or (), _own(agent)))


def _written(allow: tuple[ToolGrant, ...], servers: tuple[McpServer, ...], kept: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """Write the extensions: each once, those of an own file as they are spelled there but for their tools."""
    found: dict[tuple[str, bool], dict[str, Json]] = {}
    brought = _BRINGS if any(map(_brings, kept)) and any(place_of(grant)[0] == "developer" for grant in allow) else ()
    for grant in allow:
        name, partly = place_of(grant)
        if name in brought and not any(one["name"] == name for one in kept):
            continue
        extension = found.setdefault((name, partly), _extension(name, servers, kept, server=bool(grant.server)))
        words = extension.setdefault("available_tools", []) if partly else None
        if isinstance(words, list):
            words.append(grant.tool if grant.server else grant.native.partition("/")[2])
    return list(found.values())


def place_of(grant: ToolGrant) -> tuple[str, bool]:
    """Return the extension that a grant is written in, and whether that lists its tools."""
    name, _, word = grant.native.partition("/")
    return (grant.server, bool(grant.tool)) if grant.server else (name, bool(word))


def _extension(name: str, servers: tuple[McpServer, ...], kept: list[dict[str, Json]], *, server: bool) -> dict[str, Json]:
    """Write an extension without its tools."""
    own = next((one for one in kept if one["name"] == name and (one["type"] in _KEYS) == server), None)
    defined = next((one for one in servers if one.name == name), None) if server else None
    if defined is not None and defined.transport:
        kind = _TYPES[defined.transport]
        return {"type": kind, "name": name, **mcp.write_config(defined, _KEYS[kind])}
    if own is not None:
        return {key: value for key, value in own.items() if key != "available_tools"}
    return {"type": "builtin" if name in _BUILT_IN else "platform", "name": name}


KEY = Key(("tools.mode", "tools.allow", "mcp_servers"), _read, _write, _says_more)


def reads_back(servers: tuple[McpServer, ...], grant: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself: a server must be one that is defined."""
    if grant.server:
        return any(server.name == grant.server and server.transport for server in servers) and (grant.tool is None or bool(grant.tool))
    name, slash, word = grant.native.partition("/")
    return bool(name) and bool(word) == bool(slash) and tool_tokens.own(ID, grant.native) == grant


def server_reads_back(server: McpServer) -> bool:
    """Whether a server, written, is read as itself."""
    if server.transport not in _TYPES or server.enabled_tools is not None or server.disabled_tools is not None:
        return False
    extension = _extension(server.name, (server,), [], server=True)
    try:
        return _fields([extension])[1] == (server,)
    except Refused:
        return False
