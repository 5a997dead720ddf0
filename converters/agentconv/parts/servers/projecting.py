"""A server on its way into another client's file: what it cannot hold is declared, and what would open more than was meant is refused."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import asks, effects, references, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.meant import Reference
from agentconv.core.part_format import difference
from agentconv.parts.servers import given_credentials, reading, spelling
from agentconv.projecting import by_hand, mcp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import McpServer, Rule
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Server
    from agentconv.core.references import Left
    from agentconv.parts.servers.spelling import Client

_TIMES = ("timeout_seconds", "startup_timeout_seconds")
_LIMITS = {"enabled_tools": "only {}", "disabled_tools": "all but {}"}
_NOT_OF = {True: ("url", "headers"), False: ("command", "args", "env", "cwd")}
"""What says nothing of a server that is a command, and of one that is not."""


def project(client: Client, projection: PartProjection[Server], *, at_home: bool, in_project: bool) -> None:
    """Turn a server into the most of it that a client can hold.

    Args:
        client: The client.
        projection: The server on its way.
        at_home: Whether it comes from a file like the one that it goes to.
        in_project: Whether the client has servers of a project.
    """
    server = projection.source.definition
    if server.transport is None and not at_home:
        projection.remark("server-undefined", "definition.transport", quoted(server.name))
        return
    if not in_project and projection.scope == "project":
        projection.remark("server-elsewhere", "definition", quoted(server.name), hint=_line(client, server))
        return
    if not at_home or not spelling.holds(client.schema, "definition.enabled"):
        _keep_off(client, projection)
    if not at_home:
        if server.transport not in client.transports:
            projection.remark("server-transport", "definition.transport", quoted(server.transport))
            return
        _drop_other_transport(projection)
        if server.transport in client.tried:
            projection.change("definition.transport", "http", "server-transport-tried", quoted(server.transport))
        for step in (_rename, _close_tools, _drop_keys, _drop_grants, _keep_limits, _place, _time, _hide_credentials, _refer):
            step(client, projection)
    if not projection.is_refused():
        _settle(client, projection, at_home=at_home)
    if not projection.is_refused() and not at_home:
        _keep_asking(client, projection)


def _line(client: Client, server: McpServer) -> str | None:
    """Say where a server goes by hand, with the line, in which no credential stands."""
    return by_hand.hint(client.format, [given_credentials.referred(server)[0]])


def _rename(client: Client, projection: PartProjection[Server]) -> None:
    """Give it a name that the client takes."""
    name, legal = projection.source.name, client.legal_name(projection.source.name)
    if legal != name:
        projection.change("definition.name", legal, "server-renamed", becomes(name, legal))


def _drop_other_transport(projection: PartProjection[Server]) -> None:
    """Leave out what says nothing of a server that is reached in its way."""
    server = projection.source.definition
    for name in _NOT_OF[server.transport == "stdio"]:
        if getattr(server, name):
            projection.change(f"definition.{name}", None, "server-key-ignored", listed([name]))


def _close_tools(_client: Client, projection: PartProjection[Server]) -> None:
    """Close the tools that a key of the source client's own closes, whether that client heeds it there or not."""
    held = ((format_id, *pair) for format_id, keys in projection.source.extras.items() for pair in keys.items())
    closed = [name for one in held for name in spelling.closed_by(*one)]
    if closed:
        before = projection.part.definition.disabled_tools or ()
        _define(projection, disabled_tools=tuple(dict.fromkeys((*before, *closed))))
        projection.remark("server-limit-moved", "definition.disabled_tools", listed(closed))


def _drop_keys(client: Client, projection: PartProjection[Server]) -> None:
    """Leave out what only another client knows of it."""
    own = None if projection.at_home else client.format  # what stands in another of its files is another one's
    kept = {format_id: held for format_id, held in projection.source.extras.items() if format_id == own}
    for format_id, held in projection.source.extras.items():
        found: dict[str, list[str]] = {}
        for key, value in held.items() if format_id not in kept else ():
            code = spelling.code_without(format_id, key, value)
            asks = code == "server-restraint" and vocabulary.fact(client.format, "asks_by_default")
            found.setdefault("server-asks" if asks else code, []).append(key)
        for code, names in found.items():
            if code == "server-restraint":
                projection.loosen("extras", code, listed(names), extras=kept)
            else:
                projection.change("extras", kept, code, listed(names))
    if projection.source.description is not None and not spelling.holds(client.schema, "description"):
        projection.change("description", None, "server-key-ignored", listed(["description"]))


def _drop_grants(_client: Client, projection: PartProjection[Server]) -> None:
    """Carry no trust from one client to another."""
    if projection.source.trusted:
        projection.change("trusted", None, "server-grant-dropped", "none of its tools asks")
    elif projection.source.trusted is not None:
        projection.translate(trusted=None)
    if projection.source.unasked_tools:
        projection.change("unasked_tools", None, "server-grant-dropped", listed(projection.source.unasked_tools))
    elif projection.source.unasked_tools is not None:
        projection.translate(unasked_tools=None)


def _keep_off(client: Client, projection: PartProjection[Server]) -> None:
    """Keep a server switched off that is."""
    if client.restrains("definition.enabled", projection.scope):
        return
    if projection.source.definition.enabled is False:
        projection.loosen("definition.enabled", "server-disabled", quoted(projection.source.name), hint=client.switches_off)
    if projection.insists and projection.source.definition.enabled is False:
        projection.declared.add("definition.enabled")
    _define(projection, enabled=None)


def _keep_limits(client: Client, projection: PartProjection[Server]) -> None:
    """Keep tools closed that are."""
    held = [name for name in _LIMITS if client.restrains(f"definition.{name}", projection.scope)]
    server = projection.part.definition
    if held == ["enabled_tools"] and server.enabled_tools is not None:
        server = mcp.without_denied(server)
    if not server.disabled_tools and "disabled_tools" not in held:
        server = replace(server, disabled_tools=None)
    if (projection.part.definition.disabled_tools or None) != (server.disabled_tools or None):
        projection.remark("server-limit-moved", "definition.enabled_tools", listed(server.enabled_tools or (), nothing="none of its tools"))
    values = {name: getattr(server, name) for name in _LIMITS}
    _define(projection, **values)
    unheld = {name: tools for name, tools in values.items() if tools is not None and name not in held}
    if unheld and not _closed_by_rules(client, projection, server):
        for name, tools in unheld.items():
            detail = listed(tools, _LIMITS[name], nothing="none of its tools")
            nothing: dict[str, Any] = {name: None}
            left = replace(projection.part.definition, **nothing)
            projection.loosen(f"definition.{name}", "server-limit", detail, hint=client.limits, definition=left)
    _declare_limits(projection)


def _declare_limits(projection: PartProjection[Server]) -> None:
    """Declare what became of limits, whoever said them: no tool is closed by an empty list of closed ones, and by none."""
    before, after = projection.source.definition, projection.part.definition
    differ = {"enabled_tools": before.enabled_tools != after.enabled_tools}
    differ["disabled_tools"] = (before.disabled_tools or None) != (after.disabled_tools or None)
    for name, differs in differ.items():
        (projection.declared.add if differs else projection.declared.discard)(f"definition.{name}")


def _closed_by_rules(client: Client, projection: PartProjection[Server], server: McpServer) -> bool:
    """Have rules of the whole set close what the client's entry cannot, where there are such; return whether they do."""
    rules = client.closing(server) if projection.takes_rules else None
    if not rules:
        return False
    projection.rules = rules
    limited = [name for name in _LIMITS if getattr(server, name) is not None]
    _define(projection, **dict.fromkeys(limited))
    projection.remark("server-limit-as-rules", f"definition.{limited[0]}", listed(f"{rule.effect} {rule.native}" for rule in rules))
    return True


def _keep_asking(client: Client, projection: PartProjection[Server]) -> None:
    """Have the tools of a server ask that do so in the source's client, where nobody says otherwise, and not in the target."""
    origin, server = projection.source.origin, projection.part.definition
    asked = asks.are_lost(origin.format if origin else None, client.format, asks.SERVERS) and not projection.source.trusted
    if not asked or vocabulary.unenforced(client.format).servers or any(rule.effect == "ask" for rule in projection.rules):
        return
    rules = _asking(client, server) if projection.takes_rules else ()
    if rules:
        projection.rules = (*rules, *projection.rules)
        projection.remark("server-asks-as-rules", "definition", listed(dict.fromkeys(f"{rule.effect} {rule.native}" for rule in rules)))
    else:
        projection.remark("server-unasked", "definition", quoted(server.name))


def _asking(client: Client, server: McpServer) -> tuple[Rule, ...]:
    """Return the rules of the whole set by which a client asks for each tool of a server; none where it has no such rules."""
    from agentconv.parts import registry

    module: Any = registry.part_format(client.format, "permissions")
    if module is None or not module.project or "ask" not in module.client.effects:
        return ()
    word = module.client.server(effects.server_key(server.name or ""), None)
    rules: tuple[Rule, ...] = module.client.rule("ask", word, None) if word else ()
    return rules


def _define(projection: PartProjection[Server], **values: Any) -> None:
    projection.translate(definition=replace(projection.part.definition, **values))


def _place(client: Client, projection: PartProjection[Server]) -> None:
    """Leave out the folder that it starts in, where the client starts all of them in the project's."""
    cwd = projection.source.definition.cwd
    if cwd is not None and not spelling.holds(client.schema, "definition.cwd"):
        projection.change("definition.cwd", None, "server-folder-dropped", quoted(cwd))


def _time(client: Client, projection: PartProjection[Server]) -> None:
    """Count times in the client's unit."""
    for name in _TIMES:
        seconds = getattr(projection.source, name)
        if seconds is None:
            continue
        row = spelling.row_for(client.schema, name)
        if row is None:
            projection.change(name, None, "server-timeout-dropped", Detail("{:g} s", (seconds,)))
            continue
        held = spelling.nearest(client.schema, row, seconds)
        if held is None:
            projection.change(name, None, "server-timeout-dropped", Detail("{:g} s", (seconds,)))
        elif held != seconds:
            projection.change(name, held, "server-timeout-approximated", Detail("{:g} s becomes {:g} s", (seconds, held)))


def _hide_credentials(_client: Client, projection: PartProjection[Server]) -> None:
    """Put references in the place of credentials, which no file of another client gets."""
    server, hidden = given_credentials.referred(projection.part.definition)
    for one in hidden:
        projection.remark("server-credential", f"definition.{one.place}", one.detail, hint=one.hint)
    projection.translate(definition=server)
    projection.declared.update(f"definition.{one.place}" for one in hidden)


def _refer(client: Client, projection: PartProjection[Server]) -> None:
    """Spell references as the client does, and leave out what it cannot be told."""
    known = client.variables(projection.scope)
    server = projection.part.definition
    carried, left = references.carried(server, known)
    if left and not known.refused:
        carried, still = references.carried(_without_defaults(server, left), known)
        places = {(one.place, one.key) for one in still}
        _report(projection, "server-default-dropped", [one for one in left if (one.place, one.key) not in places], None)
        left = tuple(one for one in left if (one.place, one.key) in places)
    projection.translate(definition=carried)
    if not left:
        return
    bare = given_credentials.referred(_without_defaults(server, left))[0]
    whole = [one for one in left if one.place not in ("env", "headers")]
    if whole:
        projection.remark("server-reference", f"definition.{whole[0].place}", listed(map(_named, whole)), hint=_line(client, bare))
        return
    inherited = [one for one in left if one.place == "env" and known.inherits and references.has_key("env", one.key, one.parts)]
    projection.translate(definition=references.without(carried, left))
    _report(projection, "server-reference-inherited", inherited, None)
    dropped = [one for one in left if one not in inherited]
    line = by_hand.hint_within(client.format, bare, [(one.place, one.key) for one in dropped], partial(_said_at, projection))
    _report(projection, "server-reference-dropped", dropped, line)


def _said_at(projection: PartProjection[Server], key: str) -> Span | None:
    """Return where a server's file says a key: the first time that it stands behind the server's name."""
    text = projection.text
    if text is None:
        return None
    start = max(text.text.find(projection.source.definition.name or ""), 0)
    found = next((at for word in (f'"{key}"', key) if (at := text.text.find(word, start)) >= 0), 0)
    return text.span(found)


def _report(projection: PartProjection[Server], code: str, left: Iterable[Left], hint: str | None) -> None:
    for place in dict.fromkeys(one.place for one in left):
        names = [_named(one) for one in left if one.place == place]
        projection.remark(code, f"definition.{place}", listed(names), hint=hint)
        projection.declared.add(f"definition.{place}")


def _named(one: Left) -> str:
    return f"{one.place}: {references.common(one.parts)}" if one.key is None else f"{one.place}.{one.key}: {references.common(one.parts)}"


def _without_defaults(server: McpServer, left: Iterable[Left]) -> McpServer:
    """Return a server some of whose values refer to variables and say no more what stands there without them."""
    return references.with_parts(server, {(one.place, one.key): tuple(map(_bare, one.parts)) for one in left})


def _bare(part: references.Part) -> references.Part:
    return Reference(part.env) if isinstance(part, Reference) else part


def _settle(client: Client, projection: PartProjection[Server], *, at_home: bool) -> None:
    """Spell nothing as the client does, and refuse what it would not read as it was written."""
    if not at_home:
        found = projection.part.definition
        _define(projection, args=found.args or None, env=found.env or None, headers=found.headers or None)
        projection.translate(definition=client.settled(projection.part.definition))
    server = projection.part
    again = reading.taken(client, server.name, spelling.lowered(client, server))
    if again.effect is not None and server.definition.transport is None:
        projection.remark("server-undefined", "definition.transport", quoted(server.name))
    elif again.effect is not None or (not at_home and difference(again.server, server)):
        reason = again.complaints[0].reason if again.complaints else "it would be read as another one"
        projection.remark("server-unheld", "definition", quoted(reason), hint=_line(client, server.definition))
