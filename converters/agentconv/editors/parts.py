"""What an editor shows and offers in files of parts: skills, commands, MCP servers, hooks, permissions and instructions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.conversion.part_law import PartLaw
from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.core.kinds import NOUNS
from agentconv.editors import cursor, hover, plain
from agentconv.families.record_file import Record
from agentconv.formats import registry
from agentconv.lint import part_findings
from agentconv.parts.registry import part_format
from agentconv.sources.parts_on_disk import LoadedPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.conversion.part_law import PartVerdict
    from agentconv.core.kinds import Kind
    from agentconv.core.parts import Part
    from agentconv.editors.cursor import Cursor
    from agentconv.editors.document import Document
    from agentconv.editors.looked import Looked
    from agentconv.lint.subject import Subject

_KEY = expression(r"""(?<![\w$.-])["']?(?P<key>[\w$.-]++)["']?[ \t]*+[:=]""")
_EVENTS = ("hooks",)
_FIRST = ("name", "description")
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """Where in a file something is typed: among which keys, and of which part."""

    subject: Subject
    rows: Mapping[str, Any]
    """What the client's schema says of each key that may stand there."""
    part: int | None
    """The number of the part that it is in; None where that cannot be told."""


def entry(looked: Looked, found: Cursor) -> Entry | None:
    """Return the part that something is typed in; None where it is in none, or further in than its keys."""
    for subject in looked.parts:
        rows, parts = part_findings.rows(subject), subject.parts.parts
        way = found.table
        if subject.part is None or not rows:
            continue
        if subject.part.kind == "hooks":
            if way[:1] == _EVENTS and len(way) > 1:
                return Entry(subject, rows, None)
            continue
        ways = [_way(part) for part in parts]
        if way in ways and way:
            return Entry(subject, rows, ways.index(way))
        if way and way[:-1] in {*(one[:-1] for one in ways if one), *_of_servers(subject)}:
            return Entry(subject, rows, None)  # one that is being typed
        if not way and not any(ways) and not found.nested:
            return Entry(subject, rows, 0 if parts else None)
    return None


def _of_servers(subject: Subject) -> Iterator[tuple[str, ...]]:
    """Yield the keys that lead to the map of a file's servers, whether or not the file parses."""
    if subject.part is not None and subject.part.kind == "servers":
        module: Any = part_format(subject.format, "servers")
        yield _steps(module.file(subject.part.source).pointer_to(Record("", "", {}, (0, 0))))[:-1]


def _way(part: Part) -> tuple[str, ...]:
    """Return the keys that lead to a part in its file; none, where all of the file is it."""
    return _steps(part.origin.pointer if part.origin else "")


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def is_of_rules(looked: Looked, found: Cursor) -> Subject | None:
    """Return the file's rules, where one of these is typed, or the word that a hook waits for; None elsewhere."""
    for subject in looked.parts:
        if subject.part is None:
            continue
        is_rule = subject.part.kind == "permissions" and any("permission" in key for key in (*found.table, found.key or ""))
        is_matcher = subject.part.kind == "hooks" and found.key == "matcher"
        if is_rule or is_matcher:
            return subject
    return None


def is_of_events(looked: Looked, found: Cursor) -> Subject | None:
    """Return the file's hooks, where the name of an event is typed; None elsewhere."""
    own = (one for one in looked.parts if one.part is not None and one.part.kind == "hooks")
    return next(own, None) if found.key is None and found.table == _EVENTS else None


def shown(document: Document, offset: int) -> str | None:
    """Return what there is to say about a character's line, as Markdown; None for nothing."""
    looked = document.looked
    if looked is None or not looked.parts:
        return None
    found = _at(document, offset)
    if found is None:
        return None
    if found.key is None:
        return None
    named = _named(looked, found)
    if named is not None:
        return "\n\n".join(_elsewhere(looked, named[0], named[1], None))
    at = entry(looked, found)
    if at is None or found.key not in at.rows:
        return None
    schema = part_findings.schema(at.subject)
    noun = NOUNS[at.subject.part.kind] if at.subject.part else ""
    head = f"{plain.code(found.key)}: a key of each {noun} of {registry.FORMATS[at.subject.format].title}"
    pieces = [head, hover.told(schema, found.key, at.subject.format, noun)]
    if at.part is not None:
        pieces += _elsewhere(looked, at.subject, at.part, found.key)
    return "\n\n".join(piece for piece in pieces if piece)


def _at(document: Document, offset: int) -> Cursor | None:
    """Return the place behind the colon of the key in whose value, or on which, a character is."""
    start, end = document.positions.line(document.positions.line_of(offset))
    keys = [match for match in _KEY.finditer(document.text, start, end) if match.start() <= offset]
    first = _KEY.search(document.text, start, end)
    own = keys[-1] if keys else first
    return cursor.of(document, own.end() if own is not None else offset)


def _named(looked: Looked, found: Cursor) -> tuple[Subject, int] | None:
    """Return the part that a key is the name of: a server in a map of servers."""
    for subject in looked.parts:
        for number, part in enumerate(subject.parts.parts):
            if _way(part) == (*found.table, found.key):
                return subject, number
    return None


def _elsewhere(looked: Looked, subject: Subject, number: int, key: str | None) -> Iterator[str]:
    """Yield what becomes of a key, or of all of a part, in each of the project's other assistants."""
    if subject.part is None:
        return
    source = subject.part.source
    part, state = subject.parts.parts[number], subject.parts.states[number]
    loaded = LoadedPart(subject.part.kind, part, state, subject.format, source, root=os.fspath(subject.part.project.folder))
    for target in looked.targets:
        verdict = PartLaw(target, "project", {}).judge(loaded)
        yield _of_target(subject, target, verdict, key)


def _of_target(subject: Subject, target: str, verdict: PartVerdict, key: str | None) -> str:
    field = part_findings.rows(subject).get(key or "", {}).get("x-field", "")
    whole = key is None or key in _FIRST
    own = {loss for loss in verdict.losses if whole or loss.field in (field, f"extras.{key}") or loss.field.partition(".")[0] == field}
    told = [f"- {hover.loss(loss)}" for loss in verdict.losses if loss in own]
    line = None if whole or verdict.part is None else _line(verdict, target, field, key or "")
    fate = "" if verdict.part is not None else ": it needs no file there" if verdict.omitted else ": it is not written"
    if whole and verdict.part is not None and verdict.path:
        fate = f": {plain.code(verdict.path)}"
    elif not told and line is None and verdict.part is not None:
        fate = ": nothing of it"
    block = [f"\n{plain.block(line)}\n"] if line else [""]
    return "\n".join([f"**{registry.FORMATS[target].title}**{fate}", *block, *told]).rstrip()


def _line(verdict: PartVerdict, target: str, field: str, key: str) -> str | None:
    """Return the line of what is written that holds what a key says."""
    if not verdict.files or verdict.module is None:
        return None
    kind: Kind = verdict.module.kind
    rows = schema_files.part_rows(kind, verdict.module.client.schema if kind == "servers" else target)  # type: ignore[attr-defined]
    names = {name for name, row in rows.items() if row.get("x-field") == field and field != "extras"} or {key}
    lines = verdict.files[0].data.decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines):
        match = _KEY.match(line.strip())
        if match and match["key"] in names:
            return "\n".join(_with_what_is_in_it(lines[number:]))
    return None


def _with_what_is_in_it(lines: list[str]) -> Iterator[str]:
    """Yield a key's line, and those below it that are further in, up to the bracket that closes them."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    yield lines[0].strip()
    for line in lines[1:_MOST_LINES]:
        further = len(line) - len(line.lstrip()) > indent
        if further or line.strip(" ,") in ("]", "}", "})"):
            yield line[indent:]
        if not further:
            return
