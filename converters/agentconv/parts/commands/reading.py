"""Reading commands as their client does; what the client drops is recovered as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Complaint, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import Body, Command, ShellOutput
from agentconv.core.source import client_text
from agentconv.families import keys
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Refused
from agentconv.parts.commands.shapes import Opened
from agentconv.parts.placeholders import is_unclosed, parse
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartSource
    from agentconv.families.keys import Decoded
    from agentconv.parts.commands.client import Client
    from agentconv.parts.commands.shapes import Entry

LARGEST = 1_048_576
"""Bytes of a file that is read."""
SCRIPT = "#!"
_WORST = (Effect.STOPS, Effect.DROPS_ALL)
"""What one command does to all of its file, the worst first."""


def read(client: Client, source: PartSource) -> PartsRead[Command]:
    """Read the commands of a file. Raises nothing, and runs nothing."""
    problem = client.judge(source)
    if source.text.size > LARGEST:
        problem = Complaint(f"the file is larger than {LARGEST:,} bytes", remedy="make it smaller; nothing of it was read")
    if problem is None and source.text.text.startswith(SCRIPT) and client.runs_files:
        return PartsRead((_script(client, source),), (State.LOADS,))
    shape = client.shape(source.text)
    opened = shape.open(source.text, client.client) if problem is None else Opened(problem=(problem, source.text.span()))
    found = [_taken(client, source, entry) for entry in opened.entries]
    if opened.problem and not found and source.place.pattern:
        found = [_Taken(_bare(client, source), (), source.text.span)]
    return _result(client, found, opened)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a client makes of one entry."""

    command: Command
    """Where the client does not load it, what a person reads."""
    refused: tuple[Complaint, ...]
    span: Any
    ignored: tuple[tuple[str, Complaint], ...] = ()


def _bare(client: Client, source: PartSource) -> Command:
    """Return what is known of a command by its path."""
    return Command(name=name_of(client, source), origin=Origin(client.format, source.text.path))


def name_of(client: Client, source: PartSource) -> str:
    """Return what a client calls the command of a file."""
    if source.place.name:
        return client.spelled(client_text(source.place.name))
    below = source.text.path.removeprefix(source.place.path).strip("/")
    ends = (*sorted(client.shapes, key=len, reverse=True), "")
    end = next(end for end in ends if below.lower().endswith(end))
    return client.spelled(client_text(below[: len(below) - len(end)]))


def script_of(command: Command) -> str | None:
    """Return the program that a command is, whose output is sent."""
    first = command.body.parts[0] if command.body and len(command.body.parts) == 1 else None
    text = first.command[0] if isinstance(first, ShellOutput) and len(first.command) == 1 else None
    return text if isinstance(text, str) and text.startswith(SCRIPT) else None


def _script(client: Client, source: PartSource) -> Command:
    """Read a file that the client runs: what it prints is the text."""
    body = Body((ShellOutput((source.text.text,), block=True),))
    return replace(_bare(client, source), body=body, invoked_by="user")


def _taken(client: Client, source: PartSource, entry: Entry) -> _Taken:
    """Return what a client makes of an entry."""
    rest = {**entry.values, **dict(source.place.given)}
    named = rest.pop(client.name_key, None) if client.name_key and entry.name is None else None
    if client.name_as_text and isinstance(named, (int, float)):
        named = js_text(named)
    lifted, problem = _lifted(client, rest)
    decoded = keys.decode(client.rows, client.keys, rest)
    whole = getattr(client.shape(source.text), "effect", None)
    refused = [_weighed(client, key, rest, one) for key, one in decoded.refused.items()]
    refused = [replace(one, effect=whole) if whole in _WORST and one.effect.drops else one for one in refused]
    refused += filter(None, (problem, entry.problem))
    if refused:
        decoded = keys.decode(client.rows, client.keys, rest, lenient=True)
    if isinstance(named, str) and named.strip():
        lifted["name"] = named.strip()
    elif named is not None and client.name_key:
        decoded.extras[client.name_key] = named
        wrong = schema_files.complaint(client.rows, client.name_key, named)
        refused += [wrong] if wrong and wrong.effect.drops else []
    command = _command(client, source, entry, decoded, lifted)
    why = client.bad_name(command.name or "")
    if why:
        refused.append(Complaint(why, "name"))
    if client.needs_body and not entry.body and not entry.problem:
        refused.append(Complaint("there is no text", remedy="write what is to be sent"))
    return _Taken(command, tuple(refused), entry.span, tuple(decoded.ignored.items()))


def _weighed(client: Client, key: str, header: dict[str, Json], complaint: Complaint) -> Complaint:
    """Return a complaint with what the client's schema says that such a value costs."""
    found = schema_files.complaint(client.rows, key, header.get(key))
    return replace(complaint, effect=found.effect) if found and found.effect.drops else complaint


def _lifted(client: Client, header: dict[str, Json]) -> tuple[dict[str, object], Complaint | None]:
    """Take the keys out of a header that only mean something together; where the client refuses one, what restrains is still taken."""
    problem = None
    found: dict[str, object] = {}
    try:
        found.update(client.lift(header))
    except Refused as reason:
        problem = reason.complaint(None, client.rows)
    found.update(client.starters.lift(header) if client.starters else {"invoked_by": "user"})
    return found, problem


def _command(client: Client, source: PartSource, entry: Entry, decoded: Decoded, lifted: dict[str, object]) -> Command:
    values: dict[str, Any] = {**decoded.values, **lifted}
    body = None if entry.body is None else parse(entry.body.strip(SPACE), client.language, values.get("arguments") or ())
    origin = Origin(client.format, source.text.path, entry.pointer)
    extras = {client.format: decoded.extras} if decoded.extras else {}
    name = values.pop("name", None) or entry.name or name_of(client, source)
    return Command(name=name, body=body, extras=extras, origin=origin, **values)


def _result(client: Client, found: list[_Taken], opened: Opened) -> PartsRead[Command]:
    problem = opened.problem
    effects = {one.effect for taken in found for one in taken.refused} | ({problem[0].effect} if problem else set())
    whole = next((effect for effect in _WORST if effect in effects), Effect.DROPS_ALL if problem else None)
    told = [one for said in opened.told for one in _said(client, found, said)]
    if problem:
        told.append(_not_loaded(client, found[0].command if len(found) == 1 else None, *problem))
    of_each = [tuple(_remarks(client, taken)) for taken in found]
    states = tuple(_state(whole, taken, worse=_is_worse((*told, *own))) for taken, own in zip(found, of_each, strict=True))
    return PartsRead(tuple(taken.command for taken in found), states, (*told, *(one for own in of_each for one in own)))


def _is_worse(told: Iterable[Diagnostic]) -> bool:
    return any(one.severity is Severity.WARNING for one in told)


def _state(whole: Effect | None, taken: _Taken, *, worse: bool) -> State:
    effects = {one.effect for one in taken.refused} | ({whole} if whole else set())
    if Effect.STOPS in effects:
        return State.STOPS
    if effects:
        return State.NOT_LOADED
    return State.DEGRADED if worse or taken.ignored else State.LOADS


def _remarks(client: Client, taken: _Taken) -> Iterator[Diagnostic]:
    for complaint in taken.refused:
        at = taken.span(complaint.key, *complaint.within) if complaint.key else taken.span("")
        yield _not_loaded(client, taken.command, complaint, at)
    unclosed = [part for part in (taken.command.body.parts if taken.command.body else ()) if is_unclosed(part)]
    if unclosed:
        words = f"{client.client} loads the command, but every call fails: a brace is never closed"
        yield Diagnostic(Code.CALL_FAILS, Severity.WARNING, words, taken.span(""), "close it", taken.command.name, client.format)
    for key, complaint in taken.ignored:
        words = f"{client.client} does not take `{key}` as it is written: {complaint.reason}"
        at = taken.span(key, *complaint.within)
        found = Diagnostic(Code.INVALID_VALUE, Severity.WARNING, words, at, complaint.remedy, taken.command.name, client.format, key)
        yield replace(found, effect=complaint.effect)


def _said(client: Client, found: list[_Taken], said: Any) -> Iterator[Diagnostic]:
    name = found[0].command.name if len(found) == 1 else None
    yield Diagnostic(said.code, said.severity, said.words, said.span, said.hint, name, client.format, said.key)


def _not_loaded(client: Client, command: Command | None, complaint: Complaint, span: Span) -> Diagnostic:
    does = "does not load this command" if command else "loads none of the commands of this file"
    does = "does not start with this file" if complaint.effect is Effect.STOPS else does
    hint = complaint.remedy or "mend the file; its values were recovered as a person reads them"
    name = command.name if command else None
    words = f"{client.client} {does}: {complaint.reason}"
    found = Diagnostic(Code.NOT_LOADED, Severity.WARNING, words, span, hint, name, client.format, complaint.key, cause=complaint.cause)
    return replace(found, effect=complaint.effect, reason=complaint.reason)
