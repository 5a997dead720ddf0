r"""A header that is no YAML: one `key: value` a line, split at the first colon, kept as it stands.

The client splits the header into lines, trims each, skips blank ones and those that start with `#`, and cuts the rest at the
first `:`; keys count in lower case, the last of several counts. A value is never unquoted, a `#` inside it is no comment,
and nothing goes on in the next line. So any text of one line can be written as it is, and needs no quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, unescape_key
from agentconv.core.source import client_text
from agentconv.families.javascript import SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.frontmatter import Edit

_OPEN = expression(rf"(?:\A\ufeff{{0,2}}|(?<=[\n\r\u2028\u2029]))(?P<fence>---)(?P<blank>[{SPACE}]*)")
r"""What JavaScript's `/^---\s*/m` matches: its `^` also holds after a lone carriage return and U+2028. Of byte order marks, the
decoder takes one and the client another."""
_CLOSE = "\n---"
_BLANK_LINE = expression(r"\n[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a header that has a key, by offsets in the file's text."""

    key: str
    """In lower case, as it counts."""
    value: str
    start: int
    end: int
    """Behind the line's own end of line, where it has one."""
    value_start: int
    value_end: int


@dataclass(slots=True)
class LineHeader:
    """The header of a file: where it is and what it holds."""

    source: SourceText
    fence: int
    """Offset of the opening fence; what stands before it is no part of the agent."""
    start: int
    end: int
    """Offset of the line break before the closing fence."""
    body: int
    """Offset behind the closing fence."""
    lines: list[Line] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)
    """Offsets of lines without a key that are no comments."""

    @property
    def values(self) -> dict[str, Json]:
        """The values by key; the last of several counts."""
        return {escape_key(line.key): line.value for line in self.lines}

    def span(self, key: str) -> Span:
        """Return where a key's value stands; the header's first line when the key is not there."""
        place = self.extent(key)
        return self.source.span(self.start) if place is None else self.source.span(*place)

    def extent(self, key: str) -> tuple[int, int] | None:
        """Return where a key's value stands, in the file's text; None when the key is not there."""
        line = next((line for line in reversed(self.lines) if escape_key(line.key) == key), None)
        return None if line is None else (line.value_start, line.value_end)

    def duplicates(self) -> Iterator[Line]:
        """Yield the lines whose key was given before."""
        seen: set[str] = set()
        for line in self.lines:
            if line.key in seen:
                yield line
            seen.add(line.key)


def find(source: SourceText) -> LineHeader | Complaint:
    r"""Find the header as `/^---\s*\n([\s\S]*?)\n---/m` does, or say why there is none.

    The opening fence may stand anywhere in the file, blank lines behind it are skipped as long as a closing fence is left,
    and the closing one only has to start a line. (By hand, because backtracking takes quadratic time.)
    """
    text = source.text
    last = text.rfind(_CLOSE)
    problem = "there is no line `---`"
    for match in _OPEN.finditer(text):
        start = text.rfind("\n", match.start("blank"), match.end()) + 1
        if start > last:  # then blank lines are left to the header, as many as it takes
            start = text.rfind("\n", match.start("blank"), max(last, match.start("blank"))) + 1
        if start <= match.start("blank"):
            problem = "the header is never closed by a line `---`" if "\n" in match["blank"] else problem
            continue
        end = text.find(_CLOSE, start)
        return _parsed(LineHeader(source, match.start("fence"), start, end, end + len(_CLOSE)))
    return Complaint(problem)


def never_closed(source: SourceText) -> LineHeader | None:
    """Find the header that a person sees in a file that starts with a fence and has no other: up to the first blank line."""
    match = _OPEN.match(source.text)
    start = source.text.find("\n", match.start("blank"), match.end()) + 1 if match else 0
    if match is None or not start:
        return None
    blank = _BLANK_LINE.search(source.text, match.end())
    end = blank.start() if blank else len(source.text)
    return _parsed(LineHeader(source, match.start("fence"), start, end, end))


def _parsed(header: LineHeader) -> LineHeader:
    """Fill in the lines."""
    position = header.start
    for raw in header.source.text[header.start : header.end].split("\n"):
        end = min(position + len(raw) + 1, header.end)
        _read_line(header, raw, position, end)
        position = end
    return header


def _read_line(header: LineHeader, raw: str, start: int, end: int) -> None:
    bare = raw.strip(SPACE)
    if not bare or bare.startswith("#"):
        return
    key, colon, _ = raw.partition(":")
    name = client_text(key).strip(SPACE).lower()
    if not colon or not name:
        header.passed_over.append(start)
        return
    rest = raw[len(key) + 1 :]
    value_start = start + len(key) + 1 + len(rest) - len(rest.lstrip(SPACE))
    value = rest.strip(SPACE)
    if not value:
        value_start = start + len(key) + 1
    header.lines.append(Line(name, client_text(value), start, end, value_start, value_start + len(value)))


def parse(text: str, source: SourceText) -> LineHeader:
    """Read the lines of a header without its fences."""
    return _parsed(LineHeader(source, 0, 0, len(text), len(text)))


def folded(text: str) -> str:
    """Return a text as one line, without blanks at its ends."""
    return " ".join(filter(None, (line.strip(SPACE) for line in text.split("\n"))))


def spelled(value: Json) -> str:
    """Write a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return folded(str(value))


def entries(values: Mapping[str, Json]) -> str:
    """Write a header: one line per key."""
    return "".join(f"{entry(key, value)}\n" for key, value in values.items())


def entry(key: str, value: Json) -> str:
    """Write one line."""
    text = spelled(value)
    return f"{folded(unescape_key(key))}: {text}" if text else f"{folded(unescape_key(key))}:"


def patch(header: LineHeader, changes: Mapping[str, Json | None]) -> list[Edit]:
    """Return the edits that set these keys (None removes); everything else keeps its bytes."""
    carriage = "\r" if header.source.text[header.start - 2 : header.start] == "\r\n" else ""
    edits: list[Edit] = []
    gone: list[Line] = []
    for key, value in changes.items():
        lines = [line for line in header.lines if escape_key(line.key) == key]
        gone += lines if value is None else lines[:-1]
        if value is None:
            continue
        if lines:
            gap = " " if lines[-1].value_start == lines[-1].value_end else ""
            edits.append((lines[-1].value_start, lines[-1].value_end, gap + spelled(value)))
        else:
            edits.append((header.end, header.end, f"\n{entry(key, value)}{carriage}"))
    return [*edits, *_removals(header, sorted(gone, key=lambda line: line.start))]


def _removals(header: LineHeader, lines: list[Line]) -> Iterator[Edit]:
    """Take lines out, each with the line break before it: the one behind the last line belongs to the closing fence."""
    done = header.start
    for line in lines:
        end = line.end if line.end == header.end or line.start == done else line.end - 1
        yield max(line.start - 1, done), end, ""
        done = end
