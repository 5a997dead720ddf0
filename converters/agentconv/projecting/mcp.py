"""MCP servers whatever their spelling: configurations to neutral fields and back, and what a tool list leaves of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects, enforcement, fields, references, server_variables, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.format import Projection
    from agentconv.core.ir import Json, McpServer


def read_config(config: Mapping[str, Json], keys: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Json]]:
    """Sort a server's configuration into neutral fields and what only the client knows.

    Args:
        config: The configuration.
        keys: The client's key for each field of `McpServer`.
    """
    values: dict[str, Any] = {}
    options: dict[str, Json] = {}
    for key, value in config.items():
        if key in keys:
            values[keys[key]] = tuple(value) if isinstance(value, list) else value
        else:
            options[key] = value
    return values, options


def write_config(server: McpServer, keys: Mapping[str, str]) -> dict[str, Json]:
    """Write a server's configuration in a client's keys."""
    config = {key: _plain(value) for key, field in keys.items() if (value := getattr(server, field)) is not None}
    return {**config, **(server.options or {})}


def _plain(value: Any) -> Json:
    """Return a value of a server as its file has it: in its spelling."""
    if isinstance(value, tuple):
        return list(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, str) else value


def with_tools(server: McpServer, projection: Projection) -> McpServer:
    """Return a server with the tools that the agent's own list leaves of it, for a target without such a list."""
    tools = projection.source.tools
    if server.transport is None or vocabulary.fact(fields.client_of(projection.source), "own_servers_open"):
        return server
    if tools.mode != "inherit":
        listed = tools.allow if tools.mode == "list" else ()
        granted = [grant.tool for grant in listed if effects.covers(grant, server.name) or grant.server == effects.EVERY_SERVER]
        if None not in granted:
            allowed = [tool for tool in granted if tool and (server.enabled_tools is None or tool in server.enabled_tools)]
            server = replace(server, enabled_tools=tuple(dict.fromkeys(allowed)))
    denied = [grant.tool for grant in tools.deny if effects.covers(grant, server.name, deny=True)]
    if any(tool is None or effects.ALL_TOOLS in tool for tool in denied):
        return replace(server, enabled_tools=())
    added = [tool for tool in dict.fromkeys(denied) if tool and tool not in (server.disabled_tools or ())]
    return replace(server, disabled_tools=(*(server.disabled_tools or ()), *added)) if added else server


def _open_all_the_same(projection: Projection, servers: tuple[McpServer, ...] = ()) -> tuple[str, ...]:
    """Return the servers that the agent is denied, and that the target can only close where the agent defines them."""
    defined = {effects.server_key(server.name) for server in servers if server.transport}
    dropped = [grant for grant in projection.source.tools.deny if grant.server and grant not in projection.get("tools.deny")]
    return tuple(dict.fromkeys(grant.native for grant in dropped if effects.server_key(grant.server or "") not in defined))


def _tell_unheld(projection: Projection, denied: tuple[str, ...]) -> None:
    """Say that the target holds the agent to no choice of servers, and which of those that it is denied stay open."""
    projection.losses.append(enforcement.loss_of_servers(projection.source.id, projection.target.id, denied))


def project_with_tools(
    projection: Projection, reads_back: Callable[[McpServer], bool], hint: str, *, narrows: bool = True, closes: bool = False
) -> None:
    """Keep the servers that the target can define, each with the tools that the agent may use.

    Args:
        projection: The agent on its way.
        reads_back: Whether a server, written, is read as itself.
        hint: What to do about a server that is only named; `{}` is its name.
        narrows: Whether the agent's own list of tools has no say about them, so that each server says what is open.
        closes: Whether the agent's own tools can close a server that the user has configured.
    """
    if not closes and (denied := _open_all_the_same(projection, projection.get("mcp_servers") or ())):
        _tell_unheld(projection, denied)
    project_servers(projection, reads_back, hint, lambda server: with_tools(server, projection) if narrows else server)


def without_denied(server: McpServer) -> McpServer:
    """Return a server that lists the tools that are left of its list, for a target that cannot deny any; it always has arguments."""
    server = replace(server, args=server.args or ()) if server.transport == "stdio" else server
    if server.enabled_tools is None or not server.disabled_tools:
        return server
    left = tuple(tool for tool in server.enabled_tools if tool not in server.disabled_tools)
    return replace(server, enabled_tools=left, disabled_tools=None)


def project_servers(
    projection: Projection, reads_back: Callable[[McpServer], bool], hint: str, select: Callable[[McpServer], McpServer]
) -> None:
    """Keep the servers that the target can define, as `select` makes them; the other arguments are those of `project_with_tools`."""
    servers: tuple[McpServer, ...] | None = projection.get("mcp_servers")
    if servers is None:
        return
    kept: dict[str, McpServer] = {}
    lost: dict[str, list[str]] = {}
    named, moved = [], []
    told = Told(projection)
    for given in servers:
        server = select(given)
        if fields.portable((server,)) != fields.portable((given,)):
            moved.append(server.name)
        server = told.of(server)
        if server.transport is None:
            named.append(server.name)
        elif reason := "its name is another one's" if server.name in kept else told.why_not(server, reads_back):
            lost.setdefault(reason, []).append(server.name)
        else:
            kept[server.name] = server
    after = tuple(kept.values()) if kept or not servers else None
    projection.translate("mcp_servers", after)
    if moved:
        projection.change("mcp_servers", after, "mcp-tools", listed(moved))
    told.declare(after)
    told.lose(lost, servers, after)
    if named:
        projection.change("mcp_servers", after, "mcp-undefined", listed(named), hint=hint.format(named[0]))


class Told:
    """What a target's agents can say of the values of their servers, and what is left to be written by hand."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._target = projection.target.id
        self._inherited: list[str] = []
        self._left: list[str] = []
        self._by_hand: list[McpServer] = []

    def of(self, server: McpServer) -> McpServer:
        """Return a server as the target reads the same of it, without the variables and headers that it cannot be told."""
        if self._projection.at_home or server.transport is None:
            return server
        told, left = references.carried(server, server_variables.variables(self._target))
        if not left:
            return told
        if any(one.place not in ("env", "headers") for one in left):
            return server  # it would not read back as itself
        before = len(self._left)
        for one in left:
            inherited = server_variables.variables(self._target).inherits and references.has_key("env", one.key, one.parts)
            words = self._inherited if inherited and one.place == "env" else self._left
            words.append(f"{server.name}.{one.place}.{one.key}")
        if len(self._left) > before:
            self._by_hand.append(server)
        return references.without(told, left)

    def declare(self, after: tuple[McpServer, ...] | None) -> None:
        """Say what was left out."""
        if self._inherited:
            self._projection.change("mcp_servers", after, "reference-inherited", listed(self._inherited))
        if self._left:
            hint = _by_hand(self._target, self._by_hand)
            self._projection.change("mcp_servers", after, "reference-dropped", listed(self._left), hint=hint)

    def holds(self, server: McpServer) -> bool:
        """Whether the target reads all values of a server as they were meant."""
        return self._projection.at_home or not references.carried(server, server_variables.variables(self._target))[1]

    def why_not(self, server: McpServer, reads_back: Callable[[McpServer], bool]) -> str:
        """Return why the target cannot hold a server: what of it can't be said there; empty where it can."""
        if server.options and not self._projection.at_home:
            return f"nothing stands there for its {', '.join(f'`{key}`' for key in server.options)}"
        if not self.holds(server):
            return "a value of it comes from the environment, which cannot be said there"
        if reads_back(server):
            return ""
        optional = ("headers", "env", "cwd", "enabled_tools", "disabled_tools", "enabled")
        said = (key for key in optional if getattr(server, key) is not None)
        without: Iterator[tuple[str, dict[str, Any]]] = ((key, {key: None}) for key in said)
        one = next((key for key, change in without if reads_back(replace(server, **change))), None)
        return f"its `{one}` cannot be said there" if one else f"nothing there takes a server over {server.transport}"

    def lose(self, lost: Mapping[str, Sequence[str]], servers: Iterable[McpServer], after: tuple[McpServer, ...] | None) -> None:
        """Declare the servers that are lost, by the reason."""
        given = tuple(servers)
        for reason, names in lost.items():
            self._projection.change("mcp_servers", after, "mcp-dropped", listed(names, f"{{}}: {reason}"), hint=self.hint(names, given))

    def hint(self, names: Iterable[str], servers: Iterable[McpServer]) -> str | None:
        """Say how to write servers by hand that were lost with their references; nothing where they refer to nothing."""
        lost = [server for server in servers if server.name in names and not self.holds(server)]
        return _by_hand(self._target, lost) if lost else None


def _by_hand(target: str, servers: Iterable[McpServer]) -> str | None:
    from agentconv.projecting import by_hand

    return by_hand.hint(target, servers)


def drop_unheld(projection: Projection, hint: str) -> None:
    """Drop all servers, and what limits them, for a target whose agents have those of their session; `hint` says where they are defined."""
    drop(projection, hint)
    if not projection.at_home and effects.limits_servers(projection.source):
        _tell_unheld(projection, _open_all_the_same(projection))


def drop(projection: Projection, hint: str) -> None:
    """Drop all servers, for a target that has them in its configuration only; `hint` says where."""
    servers: tuple[McpServer, ...] | None = projection.get("mcp_servers")
    if servers is None:
        return
    for code, kind in (("mcp-dropped", True), ("mcp-undefined", False)):
        found = [server.name for server in servers if (server.transport is not None) is kind]
        if found:
            defined = [server for server in servers if kind and server.transport is not None]
            lines = _by_hand(projection.target.id, defined)
            projection.change("mcp_servers", None, code, listed(found), hint=lines or hint)
    if not servers:
        projection.change("mcp_servers", None, "default-dropped", "none")
