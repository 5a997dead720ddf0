"""Headers as the rules need them: where they do not parse, what other libraries read, and values spelled anew."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Complaint
from agentconv.core.expressions import expression
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter, markdown
from agentconv.formats import registry
from agentconv.lint import fixing
from agentconv.lint.rule import Fix
from agentconv.yaml import emitter, nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.core.ir import Json
    from agentconv.families.frontmatter import Header
    from agentconv.families.markdown import Dialect
    from agentconv.lint.rule import Edit
    from agentconv.lint.subject import Subject
    from agentconv.yaml.grammar import Grammar
    from agentconv.yaml.slips import Fault

_LINE = expression(r"(?P<key>[A-Za-z_][\w-]*)[ \t]*:[ \t]+(?P<value>\S[^\r\n]*?)[ \t]*$")
_MOST_VALUES = 30
QUOTE = "put the value in double quotes"


def dialect_of(client: str) -> Dialect | None:
    """Return how a client reads markdown with a header; None where it does not."""
    found = getattr(registry.load(client), "DIALECT", None)
    return found if isinstance(found, markdown.Dialect) else None


def lacks(subject: Subject) -> str:
    """Return the key for whose lack a file in its client's own folder is no agent at all; empty where it says too little to be one."""
    header = subject.header
    if subject.result.set.agents or header is None or header.error or not subject.at_home:
        return ""
    required = _required(subject)
    return next((key for key in required if key not in header.values), "") if any(key in header.values for key in required) else ""


def _required(subject: Subject) -> tuple[str, ...]:
    return tuple(schema_files.load(subject.format).get("required", ()))


def error_place(subject: Subject, header: Header) -> tuple[int, int]:
    """Return the value in which a header does not parse, else the line; of what is never closed, all that it would hold."""
    fault = header.fault()
    if fault.closing:
        return unclosed_place(subject, fault)
    at = fault.offset
    for key in header.values:
        start, end = header.extent(key) or (0, 0)
        if start <= at <= end and end:
            return start, end
    text = subject.text
    return text.rfind("\n", 0, at) + 1, _line_end(text, at)


def unclosed_place(subject: Subject, fault: Fault) -> tuple[int, int]:
    """Return what something would hold that is never closed, as far as its first line goes."""
    end = fault.closing[0] if fault.closing else fault.offset
    return fault.offset, max(fault.offset + 1, min(end, _line_end(subject.text, fault.offset)))


def unclosed(subject: Subject) -> list[Fault]:
    """Return what is never closed in a header that does not parse, be it for something else."""
    return header.unclosed() if (header := unsound(subject)) is not None else []


def unsound(subject: Subject) -> Header | None:
    """Return a header that does not parse, be it that its client repairs it; None where it does.

    Of a file that is dropped for another reason, its client's reader says only that one.
    """
    said = any(remark.cause is Cause.SYNTAX for remark in subject.result.diagnostics)
    if not said and not any(state.dropped for state in subject.result.states):
        return None  # the header need not be read once more to know
    return subject.header if subject.header is not None and subject.header.error is not None else None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def fields_of(subject: Subject, key: str) -> tuple[str, ...]:
    """Return the field paths that a key of the file's format holds."""
    keys = getattr(registry.load(subject.format), "KEYS", {})
    return keys[key].fields if key in keys else ()


def fields_at(subject: Subject, header: Header, edits: Iterable[Edit]) -> frozenset[str]:
    """Return the field paths of the values that edits are in."""
    places = {key: header.extent(key) or (-1, -1) for key in header.values}
    starts = [start for start, _, _ in edits]
    touched = [key for key, (first, last) in places.items() if any(first <= start <= last for start in starts)]
    return frozenset(path for key in touched for path in (f"extras.{key}", *fields_of(subject, key)))


def differing(header: Header, other: Dialect) -> list[str]:
    """Return the keys whose values another client's YAML library reads otherwise; none where it does not read the header at all."""
    again = _values(header, other.grammar)
    return [key for key, value in header.values.items() if key in again and not _same(value, again[key])]


_LONGEST = 2_000
"""Characters of what headers say besides their texts that is remembered."""


def _values(header: Header, grammar: Grammar) -> dict[str, Json]:
    """Return the values that a YAML library reads in a header; none where it does not read it."""
    apart = nodes.texts_apart(header.text, grammar) if header.source.decodable else None
    if apart is not None and apart[1] and len(apart[0]) <= _LONGEST:
        rest = _of_rest(apart[0], grammar)
        if rest is not None:
            return {**rest, **apart[1]}
    again = frontmatter.parse(_unread(header), None, grammar)
    return {} if again.error else again.values


@lru_cache(maxsize=256)
def _of_rest(rest: str, grammar: Grammar) -> dict[str, Json] | None:
    """Return the values of a header but for its texts, in which many of a set are alike; None where it is to be read as a whole."""
    if not nodes.is_simple(rest, grammar):
        return None
    again = frontmatter.parse(frontmatter.Header(SourceText("", encode(rest)), 0, len(rest), len(rest)), None, grammar)
    return None if again.error else again.values


def _unread(header: Header) -> frontmatter.Header:
    """Return the same header, not yet read."""
    return frontmatter.Header(header.source, header.start, header.end, header.body)


def _same(one: Json, other: Json) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()  # who keeps the last line break of a block is no other reading
    return type(one) is type(other) and one == other


def quoted_as_read(subject: Subject, header: Header, key: str) -> Fix | None:
    """Spell a text so that each library reads the text that the file's own client reads."""
    value = header.values[key]
    if not isinstance(value, str) or "\n" in value:
        return None
    edits = frontmatter.patch(header, {key: value})
    if not edits:
        return None
    start, end, _ = edits[-1]
    edits[-1] = (start, end, emitter.quoted(value))
    fields = frozenset({f"extras.{key}", *fields_of(subject, key)})
    return Fix(QUOTE, tuple(edits), respelled=fields)


def mended(subject: Subject) -> Fix | None:
    """Put the values in quotes that keep a header from parsing; None where that does not do.

    The result must read as a person reads the file: the client has no reading of its own yet. Where a value goes over
    several lines, how far it goes is a guess, and the fix is not safe.
    """
    header, dialect = subject.header, subject.dialect
    if not subject.settings.fixes or header is None or dialect is None or header.error is None:
        return None
    if header.fallback or markdown.is_mapping(header):
        return None
    fault = header.fault()
    if fault.closing or not fault.quoting:
        return closed(subject, fault)
    edits = _quoting(subject, dialect, lambda row: _line_quoted(header, row))
    if edits:
        return told_if_unsafe(subject, Fix(QUOTE, tuple(edits), heals=True))
    person = _unread(header)
    frontmatter.recover(person, dialect.keys)
    edits = _quoting(subject, dialect, lambda row: _value_quoted(person, row))
    return Fix(f"{QUOTE}, as far as it seems to go", tuple(edits), heals=True, safe=False) if edits else None


def closed(subject: Subject, fault: Fault) -> Fix | None:
    """Close what a person has never closed, where it seems to end; None where that is not what is wrong."""
    if fault.closing is None or fault.remedy is None or not subject.settings.fixes:
        return None
    at, mark = fault.closing
    change = Fix(fault.remedy, ((at, at, mark),), heals=True)
    return replace(change, safe=fixing.disproof(subject, change) is None)


def told_if_unsafe(subject: Subject, change: Fix) -> Fix:
    """Return a fix, with the reason in its title where it cannot be proven to change nothing else, and so is not safe."""
    problem = fixing.disproof(subject, change)
    return replace(change, title=f"{change.title}, but {problem}", safe=False) if problem else change


def reparsed(dialect: Dialect, path: str, text: str) -> Header | None:
    """Return the header of a text as strict YAML, without any repair; None where the client finds none."""
    found = dialect.find(SourceText(path, encode(text)))
    return None if isinstance(found, Complaint) else frontmatter.parse(found, None, dialect.grammar)


def _quoting(subject: Subject, dialect: Dialect, quote: Callable[[int], Edit | None]) -> list[Edit]:
    """Quote one value after the other, each in the line where the header does not parse; nothing where that does not do."""
    edits: dict[int, Edit] = {}
    for _ in range(_MOST_VALUES):
        now = reparsed(dialect, subject.path, fixing.apply(subject.text, edits.values()))
        if now is None:
            return []
        if now.error is None:
            return list(edits.values()) if edits and markdown.is_mapping(now) else []
        row = now.text.count("\n", 0, now.error.offset)
        edit = quote(_row_before(subject.text, now.start, row, edits.values()))
        if edit is None or edit[0] in edits:
            return []
        edits[edit[0]] = edit
    return []


def _row_before(text: str, start: int, row: int, edits: Iterable[Edit]) -> int:
    """Return the number that a header's line had before edits that may have made one line of several."""
    for first, last, new in sorted(edits):
        if text.count("\n", start, first) < row:
            row += text.count("\n", first, last) - new.count("\n")
    return row


def _line_quoted(header: Header, row: int) -> Edit | None:
    """Put the value of the line in quotes, or of the one before it, where the parser noticed only on the next."""
    lines = header.text.split("\n")
    for number in (row, row - 1):
        match = _LINE.match(lines[number].rstrip("\r")) if 0 <= number < len(lines) else None
        follows = lines[number + 1] if number + 1 < len(lines) else ""
        if match is None or match["value"][0] in "\"'|>[{" or (follows[:1].isspace() and follows.strip()):
            continue
        start = header.start + sum(len(line) + 1 for line in lines[:number]) + match.start("value")
        return start, start + len(match["value"]), emitter.quoted(match["value"])
    return None


def key_place(subject: Subject, key: str) -> tuple[int, int] | None:
    """Return where a key itself stands in a header; None where it has none, or the key comes from elsewhere."""
    found = subject.key_nodes.get(key)
    return (subject.header.place(found.start), subject.header.place(found.end)) if found and subject.header else None


def _value_quoted(person: Header, row: int) -> Edit | None:
    """Put the value that a person sees around a line in quotes, over all of its lines."""
    at = person.start + sum(len(line) + 1 for line in person.text.split("\n")[:row])
    for key, (start, end) in person.recovered.items():
        value = person.values[key]
        if start <= at + len(person.text.split("\n")[min(row, person.text.count("\n"))]) and at <= end and isinstance(value, str):
            return start, end, emitter.quoted(value)
    return None
