"""The MCP servers of OpenCode 1.18.33 and of Kilo 7.7.9 (asked), in the map `mcp` of their configuration, which is JSON with comments.

https://opencode.ai/docs/mcp-servers

`local` with its command in one list, or `remote`; SSE is tried where an address speaks nothing newer. An entry with `enabled` alone
switches one of another file on or off. No entry closes a tool. Rules of the configuration do (`permission`), of which the last that
fits counts (asked: `deny` takes a tool from the model); those of an agent come after them, so that one for all tools of the server opens it
again (asked). One wrong value costs the whole file: OpenCode does not start, Kilo passes over the file.
Kilo passes over a project's file with `{env:X}`, too. It also reads the older `.kilocode/mcp.json` and `.kilo/mcp.json`, where it fills
nothing in (its code).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.ir import McpServer
from agentconv.core.part_format import Place
from agentconv.core.server_variables import Variables
from agentconv.formats.opencode import configurations, permission_maps
from agentconv.json import jsonc
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed
from agentconv.projecting import by_hand, mcp

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.ir import Json, Rule
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.core.source import SourceText
    from agentconv.parts.servers.files import ServerFile

_LOCAL = {"environment": "env", "cwd": "cwd", "enabled": "enabled"}
_REMOTE = {"url": "url", "headers": "headers", "enabled": "enabled"}


def _reader(effect: Effect) -> Callable[[str, dict[str, Json]], McpServer | Complaint]:
    def read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
        rest: dict[str, Any] = dict(config)
        kind = rest.pop("type", None)
        if kind is None and rest.keys() == {"enabled"}:
            return McpServer(name, enabled=rest["enabled"])
        if kind is None:
            return Complaint("`type` must say `local` or `remote`", "type", effect)
        needed = "command" if kind == "local" else "url"
        if needed not in rest:
            return Complaint(f"it is `{kind}`, and has no `{needed}`", needed, effect)
        command = rest.pop("command", [])
        values, options = mcp.read_config(rest, _LOCAL if kind == "local" else _REMOTE)
        if kind == "remote":
            return McpServer(name, "http", **values, options=options or None)
        program, *args = command or [""]
        if not program:
            return Complaint("its `command` names no program", "command")
        return McpServer(name, "stdio", program, tuple(args) or None, **values, options=options or None)

    return read


def _write(server: McpServer) -> dict[str, Json]:
    found = by_hand.local_or_remote(server) if server.transport else {}
    return found if server.enabled is None else {**found, "enabled": server.enabled}


def _closing(format_id: str, server: McpServer) -> tuple[Rule, ...] | None:
    """Return rules that close tools of a server: those that are open stand behind the one for all of them, and ask."""
    closed = () if server.enabled_tools is not None else server.disabled_tools or ()
    opened = [tool for tool in server.enabled_tools or () if tool not in (server.disabled_tools or ())]
    if any(set(tool) & set("*?") for tool in (*closed, *opened)):
        return None
    words = [("deny", permission_maps.spell_server(server.name, tool)) for tool in closed]
    if server.enabled_tools is not None:
        words = [("deny", permission_maps.spell_server(server.name, None))]
        words += [("ask", permission_maps.spell_server(server.name, tool)) for tool in opened]
    return tuple(rule for effect, word in dict.fromkeys(words) for rule in permission_maps.rules_of(format_id, word, effect, None))


def _client(format_id: str, title: str, effect: Effect) -> Client:
    return Client(
        format_id,
        title,
        _reader(effect),
        _write,
        tried=("sse",),
        closing=partial(_closing, format_id),
        limits="close its tools (`SERVER_TOOL`: `deny`) last under `permission`, in the configuration and in each agent that has rules "
        "of its own, and define it by hand",
    )


_OLDER = (".kilocode/mcp.json", ".kilo/mcp.json")
_TYPED = Typed("kilocode", {"stdio": "stdio", "streamable-http": "http", "sse": "sse"}, url=None)
_OLDER_CLIENT = Client("kilo", "Kilo", _TYPED.read, _TYPED.write, words="kilocode", spoken=Variables(), tried=("sse",))
_FILE = json_servers("/mcp", jsonc.JSONC)
_USER = ".config/"
_VARIABLE = expression(r"\{env:[^}]+\}")


def _of_kilo(source: SourceText) -> ServerFile:
    """Read a file of Kilo, which passes over a project's where a variable is referred to."""
    file = _FILE(source)
    found = None if source.path.startswith(_USER) else _VARIABLE.search(source.text)
    if found and not file.problem:
        file.problem = Complaint("a project's configuration must not have `{env:NAME}`", effect=Effect.DROPS_ALL), found.start()
    return file


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "opencode": ServerFormat(
        _client("opencode", "OpenCode", Effect.STOPS),
        json_servers("/mcp", jsonc.JSONC, stops=True),
        tuple(configurations.winning(configurations.OPENCODE)),
        tuple(Place(f".config/opencode/{name}", mixed=True) for name in configurations.OPENCODE[:2]),
    ),
    "kilo": ServerFormat(
        _client("kilo", "Kilo", Effect.DROPS_ALL),
        _of_kilo,
        (*configurations.winning(configurations.KILO), *(Place(folder) for folder in _OLDER)),
        tuple(Place(f".config/kilo/{name}", mixed=True) for name in configurations.KILO[:2]),
        elsewhere=tuple((file, ServerFormat(_OLDER_CLIENT, json_servers("/mcpServers"))) for file in _OLDER),
    ),
}
