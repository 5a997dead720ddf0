"""Bytes to text and back, exactly, and offsets to lines and columns.

Text is decoded so that no byte is lost: what is not UTF-8 becomes lone surrogates (PEP 383), one per byte, so that
slices can be patched and encoded back to the same bytes. `client_text` gives what a client sees: each maximal invalid
part is one U+FFFD, as the WHATWG decoder (and so JavaScript) does it.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Span
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.includes import Included

BOM = "\ufeff"
_BREAKS = expression(r"\r\n|\n|\r")
_FIRST_LINES = 20
_ESCAPED_BYTE = expression("[\udc80-\udcff]")


def decode(data: bytes) -> str:
    """Decode bytes as UTF-8, keeping undecodable bytes as lone surrogates. Never raises."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Encode text from `decode` back to the bytes that it came from."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def client_text(text: str) -> str:
    """Return the text as a client sees it: undecodable bytes as U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text


class SourceText:
    """One file's text, with a path for people (relative, POSIX). The bytes come back from the text, exactly."""

    __slots__ = ("_near", "_starts", "decodable", "included", "path", "size", "text")

    def __init__(self, path: str, data: bytes, included: Mapping[str, Included] | None = None) -> None:
        self.path = path
        self.included = included
        """The files that its client puts into it, by the paths that it names; None where nobody has looked for any."""
        self.size = len(data)
        """Length in bytes."""
        self.decodable = True
        """Whether the bytes are valid UTF-8."""
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.text = decode(data)
            self.decodable = False
        self._near = (1, 0, 0)
        """The line that was last asked about, its start and its end: thousands of remarks on one file ask nearly in order."""
        self._starts: list[int] = []
        """Where each line starts; filled in when a remark asks about an earlier line than the one before."""

    def __repr__(self) -> str:
        return f"SourceText({self.path!r}, {self.size} bytes)"

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return encode(self.text)

    def put(self, data: bytes, path: str | None = None) -> SourceText:
        """Return other bytes in this file's place, or in another one, with the same files beside them."""
        return SourceText(self.path if path is None else path, data, self.included)

    @property
    def undecodable(self) -> int | None:
        """Offset of the first byte that is not UTF-8."""
        if self.decodable:
            return None
        found = _ESCAPED_BYTE.search(self.text)
        return found.start() if found else None

    def offset(self, line: int, column: int) -> int:
        """Return the character offset of a 1-based line and column, as `position` gives them."""
        if 0 < line <= _FIRST_LINES and not self._starts:  # most remarks are about a header, and need no other line
            start = 0
            for match in islice(_BREAKS.finditer(self.text), line - 1):
                start = match.end()
        else:
            self._starts = self._starts or [0, *(match.end() for match in _BREAKS.finditer(self.text))]
            start = self._starts[min(line, len(self._starts)) - 1]
        column += line == 1 and column > 1 and self.text.startswith(BOM)
        return min(start + column - 1, len(self.text))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character offset. LF, CRLF and lone CR end a line."""
        line, start, end = self._near
        if offset < start:
            self._starts = self._starts or [0, *(match.end() for match in _BREAKS.finditer(self.text))]
            line = bisect_right(self._starts, offset)
            start, end = ([*self._starts[line - 1 : line + 1], len(self.text) + 1])[:2]
            self._near = line, start, end
        elif offset >= end:
            end = len(self.text) + 1
            for match in _BREAKS.finditer(self.text, start):
                if match.end() > offset:
                    end = match.end()
                    break
                line, start = line + 1, match.end()
            self._near = line, start, end
        column = offset - start + 1
        if line == 1 and self.text.startswith(BOM) and column > 1:
            column -= 1
        return line, column

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Return the place of the characters from `start` to `end`."""
        line, column = self.position(start)
        if end is None:
            return Span(self.path, line, column)
        return Span(self.path, line, column, *self.position(end))
