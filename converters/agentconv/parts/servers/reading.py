"""What a client makes of a file with servers: each with its state, those that it does not load as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import references, schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Complaint, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.core.ir import McpServer, Origin
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import Server
from agentconv.parts.servers import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Record
    from agentconv.parts.servers.files import ServerFile
    from agentconv.parts.servers.spelling import Client

_WORST = (Effect.STOPS, Effect.DROPS_ALL)
"""What one server does to all of its file, the worst first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a client makes of one configuration."""

    server: Server
    """Where the client does not load it, what a person reads."""
    complaints: tuple[Complaint, ...] = ()

    @property
    def effect(self) -> Effect | None:
        """What becomes of the server, where the client does not load it."""
        return next((one.effect for one in self.complaints if one.effect is not Effect.IGNORES), None)


def taken(client: Client, name: str, config: Json) -> Taken:
    """Return what a client makes of a name and a configuration."""
    if not isinstance(config, dict):
        return Taken(Server(definition=McpServer(name)), (Complaint("it is no map", client=client.format),))
    counting = {key: value for key, value in config.items() if key not in client.passed_over(config)}
    found = {key: _complaint(client, key, value) for key, value in counting.items()}
    complaints = [one for one in (client.bad_name(name), *found.values()) if one]
    kept = {key: value for key, value in counting.items() if found[key] is None}
    definition = client.read(name, kept)
    if isinstance(definition, Complaint):
        if all(one.effect is Effect.IGNORES for one in complaints):
            complaints.append(replace(definition, client=client.format))
        definition = _meant(client, name, kept)
    (spoken,) = references.spoken((definition,), client.variables())
    return Taken(spelling.lifted(client, spoken), tuple(complaints))


_MEANT: tuple[dict[str, Json], ...] = ({"type": "http"}, {"type": "streamable-http"}, {"type": "remote"}, {"type": "local"})


def _meant(client: Client, name: str, config: dict[str, Json]) -> McpServer:
    """Return what a person reads of a configuration of which its client makes nothing: mostly, its type was forgotten."""
    address = config.get("url")
    first: dict[str, Json] = {"type": "sse"} if isinstance(address, str) and address.rstrip("/").endswith("/sse") else {}
    found = (client.read(name, {**config, **guess}) for guess in (first, *_MEANT) if "type" not in config)
    return next((one for one in found if isinstance(one, McpServer)), McpServer(name, options=config or None))


def _complaint(client: Client, key: str, value: Json) -> Complaint | None:
    found = schema_files.complaint(schema_files.part_schema(spelling.KIND, client.schema), key, value)
    return found and replace(found, client=client.format)


def read(client: Client, file: ServerFile, source: SourceText) -> PartsRead[Server]:
    """Read all servers of a file, and say what the client does not take."""
    found = [taken(client, record.name or "", record.value) for record in file.records]
    effects = {one.effect for one in found} | ({file.problem[0].effect} if file.problem else set())
    whole = next((effect for effect in _WORST if effect in effects), Effect.DROPS_ALL if file.problem else None)
    states = [_state(whole or one.effect, one) for one in found]
    servers = [_placed(client, file, source, *both) for both in zip(file.records, found, strict=True)]
    return PartsRead(tuple(servers), tuple(states), tuple(_told(client, file, source, found)))


def _state(effect: Effect | None, one: Taken) -> State:
    if effect is None:
        return State.DEGRADED if one.complaints else State.LOADS
    return State.STOPS if effect is Effect.STOPS else State.NOT_LOADED


def _placed(client: Client, file: ServerFile, source: SourceText, record: Record, one: Taken) -> Server:
    server = one.server
    if client.is_off(file, server.name):
        server = replace(server, definition=replace(server.definition, enabled=False))
    return replace(server, id=server.name, origin=Origin(client.format, source.path, file.pointer_to(record)))


def _told(client: Client, file: ServerFile, source: SourceText, found: list[Taken]) -> Iterator[Diagnostic]:
    if file.problem:
        complaint, offset = file.problem
        yield _not_loaded(client, None, complaint, source.span(offset))
    for name, place in file.repeated:
        message = f"`{name}` is given twice; {client.title} uses the last one"
        yield Diagnostic(
            Code.DUPLICATE_KEY, Severity.WARNING, message, source.span(*place), "delete one of them", name, client.format, name
        )
    for record, one in zip(file.records, found, strict=True):
        for name, place in record.repeated:
            message = f"`{name}` is given twice; {client.title} uses the last one"
            span = source.span(*place)
            yield Diagnostic(Code.DUPLICATE_KEY, Severity.WARNING, message, span, "delete one of them", record.name, client.format, name)
        for complaint in one.complaints:
            span = file.span(record, complaint.key, *complaint.within)
            if complaint.effect is Effect.IGNORES:
                yield _ignored(client, record.name, complaint, span)
            else:
                yield _not_loaded(client, record.name, complaint, span)


def _ignored(client: Client, name: str | None, complaint: Complaint, span: Span) -> Diagnostic:
    message = f"{client.title} does not take `{complaint.key}` as it is written: {complaint.reason}"
    return replace(_diagnostic(client, message, name, complaint, span), code=Code.INVALID_VALUE, hint=complaint.remedy)


def _not_loaded(client: Client, name: str | None, complaint: Complaint, span: Span) -> Diagnostic:
    whole = name is None or complaint.effect is Effect.DROPS_ALL
    does = "loads none of the servers of this file" if whole else f"does not load the server `{name}`"
    does = "does not start with this file" if complaint.effect is Effect.STOPS else does
    return _diagnostic(client, f"{client.title} {does}: {complaint.reason}", name, complaint, span)


def _diagnostic(client: Client, message: str, name: str | None, complaint: Complaint, span: Span) -> Diagnostic:
    hint = complaint.remedy or "mend the file so that the client takes it"
    found = Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, span, hint, name, client.format)
    found = replace(found, key=complaint.key, effect=complaint.effect, cause=complaint.cause, names=complaint.names)
    return replace(found, reason=complaint.reason, remedy=complaint.remedy)
