"""Reading a file of instructions as its client does; what the client drops is recovered as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Code, Complaint, Diagnostic, Severity
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.meant import Pattern
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import Instruction
from agentconv.core.source import client_text
from agentconv.families import keys
from agentconv.families.javascript import SPACE
from agentconv.parts.instructions import imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import When
    from agentconv.families.keys import Decoded
    from agentconv.parts.commands.shapes import Opened
    from agentconv.parts.instructions.client import Client, Files

LARGEST = 1_048_576
"""Bytes of a file that is read."""


def read(client: Client, source: PartSource) -> PartsRead[Instruction]:
    """Read a file. Raises nothing."""
    files = client.files_at(source.place)
    problem = files.judge(source)
    if source.text.size > LARGEST:
        problem = Complaint(f"the file is larger than {LARGEST:,} bytes")
    opened = files.shape.open(source.text, client.client)
    entry = opened.entries[0]
    decoded = keys.decode(client.rows, files.keys, entry.values) if files.keys or entry.values else keys.Decoded({}, {}, {}, {})
    part = _part(client, files, source, decoded, entry.body or "")
    if problem is None and client.needs_text and part.body is None:
        problem = Complaint("there is no text", remedy="write what is to be known")
    refused = [(one, entry.span(one.key or "")) for one in decoded.refused.values()]
    refused += [opened.problem] if opened.problem else []
    refused += [(problem, source.text.span())] if problem else []
    told = [*_said(client, part, opened), *(_not_loaded(client, part, *one) for one in refused)]
    told += _ignored(client, part, decoded, entry.span)
    return PartsRead((part,), (_state(told, dropped=bool(refused)),), tuple(told))


def _state(told: list[Diagnostic], *, dropped: bool) -> State:
    worse = any(one.severity is not Severity.NOTE for one in told)
    return State.NOT_LOADED if dropped else State.DEGRADED if worse else State.LOADS


def _part(client: Client, files: Files, source: PartSource, decoded: Decoded, body: str) -> Instruction:
    values: dict[str, Any] = dict(decoded.values)
    paths = tuple(Pattern(text, client.language) for text in values.pop("paths", None) or ()) or None
    folder = source.text.path.rpartition("/")[0]
    nested = files.place.pattern.startswith("*/")
    return Instruction(
        name=name_of(source),
        body=imports.parse(client_text(body).strip(SPACE), folder, files.imports, source.text.included or ()),
        when=values.pop("when", None) or _when(files, values, scoped=bool(paths)),
        paths=paths,
        folder=folder if nested else None,
        main=files.main,
        personal=files.personal,
        extras={client.format: decoded.extras} if decoded.extras else {},
        origin=Origin(client.format, source.text.path),
        **values,
    )


def _when(files: Files, values: dict[str, Any], *, scoped: bool) -> When:
    """Return when a file is read whose header does not say it outright."""
    if scoped:
        return "scoped"
    return "asked" if files.asks and (values.get("description") or "").strip() else files.silent


def name_of(source: PartSource) -> str:
    """Return the path of a file below its place, without what all files there end with."""
    below = client_text(source.text.path.removeprefix(source.place.path).strip("/"))
    end = source.place.pattern.rpartition("/")[2].rpartition("*")[2] if "*" in source.place.pattern.rpartition("/")[2] else ""
    return (below.removesuffix(end) if end else "") or source.stem


def _said(client: Client, part: Instruction, opened: Opened) -> Iterator[Diagnostic]:
    for said in opened.told:
        yield Diagnostic(said.code, said.severity, said.words, said.span, said.hint, part.name, client.format, said.key)


def _not_loaded(client: Client, part: Instruction, complaint: Complaint, span: Span) -> Diagnostic:
    words = f"{client.client} does not load this instruction: {complaint.reason}"
    hint = complaint.remedy or "mend the file; its values were recovered as a person reads them"
    return Diagnostic(
        Code.NOT_LOADED,
        Severity.WARNING,
        words,
        span,
        hint,
        part.name,
        client.format,
        complaint.key,
        cause=complaint.cause,
        reason=complaint.reason,
    )


def _ignored(client: Client, part: Instruction, decoded: Decoded, span: Any) -> Iterator[Diagnostic]:
    for key, complaint in decoded.ignored.items():
        words = f"{client.client} does not take `{key}` as it is written: {complaint.reason}"
        yield Diagnostic(Code.INVALID_VALUE, Severity.WARNING, words, span(key), complaint.remedy, part.name, client.format, key)
