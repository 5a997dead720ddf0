"""A header that is no YAML: one `key: value` a line, split at the first colon, kept as it stands.

What ends it, which lines have a key, and whether a value may go on below is each client's own; here is what follows once that is known.
A value is never unquoted, and a `#` inside it is no comment. So any text of one line can be written as it is, and needs no quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.ir import escape_key, unescape_key
from agentconv.families.javascript import SPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.frontmatter import Edit


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a header that has a key, by offsets in the file's text."""

    key: str
    """As it counts."""
    value: Json
    """Text, or a list where the client reads one."""
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


def folded(text: str) -> str:
    """Return a text as one line, without blanks at its ends."""
    return " ".join(filter(None, (line.strip(SPACE) for line in text.split("\n"))))


def spelled(value: Json) -> str:
    """Write a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return folded(str(value))


def entries(values: Mapping[str, Json], spell: Callable[[Json], str] = spelled) -> str:
    """Write a header: one line per key."""
    return "".join(f"{entry(key, value, spell)}\n" for key, value in values.items())


def entry(key: str, value: Json, spell: Callable[[Json], str] = spelled) -> str:
    """Write one line."""
    text = spell(value)
    gap = " " if text and text[0] != "\n" else ""
    return f"{folded(unescape_key(key))}:{gap}{text}"


def patch(header: LineHeader, changes: Mapping[str, Json | None], spell: Callable[[Json], str] = spelled) -> list[Edit]:
    """Return the edits that set these keys (None removes), as `spell` writes values; everything else keeps its bytes."""
    carriage = "\r" if header.source.text[header.start - 2 : header.start] == "\r\n" else ""
    edits: list[Edit] = []
    gone: list[Line] = []
    for key, value in changes.items():
        lines = [line for line in header.lines if escape_key(line.key) == key]
        gone += lines if value is None else lines[:-1]
        if value is None:
            continue
        if lines:
            gap = " " if lines[-1].value_start == lines[-1].value_end or isinstance(lines[-1].value, list) else ""
            edits.append((lines[-1].value_start, lines[-1].value_end, gap + spell(value)))
        else:
            edits.append((header.end, header.end, f"\n{entry(key, value, spell)}{carriage}"))
    return [*edits, *_removals(header, sorted(gone, key=lambda line: line.start))]


def _removals(header: LineHeader, lines: list[Line]) -> Iterator[Edit]:
    """Take lines out, each with the line break before it: the one behind the last line belongs to the closing fence."""
    done = header.start
    for line in lines:
        end = line.end if line.end == header.end or line.start == done else line.end - 1
        yield max(line.start - 1, done), end, ""
        done = end
