"""Places in a text as editors count them: lines from 0, and in a line units of the encoding that both sides agreed on, mostly UTF-16."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol import types

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable

UTF8, UTF16, UTF32 = (
    kind.value for kind in (types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16, types.PositionEncodingKind.Utf32)
)
_BREAKS = expression(r"\r\n|\n|\r")
"""What ends a line to the protocol; to Python's `splitlines`, much else does."""
_UNITS: dict[str, Callable[[str], int]] = {
    UTF8: lambda text: len(text.encode("utf-8", "surrogatepass")),
    UTF16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    UTF32: len,
}


class Positions:
    """Where each character of a text is, and what is where."""

    def __init__(self, text: str, encoding: str = UTF16) -> None:
        self._text = text
        self._units = _UNITS[encoding]
        self._starts = [0, *(match.end() for match in _BREAKS.finditer(text))]

    def at(self, offset: int) -> types.Position:
        """Return where a character is, by its number."""
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, self._units(self._text[self._starts[line] : offset]))

    def between(self, start: int, end: int) -> types.Range:
        """Return where the characters from `start` to `end` are."""
        return types.Range(self.at(start), self.at(end))

    def offset(self, place: types.Position) -> int:
        """Return the number of the character in a place; a place behind the end of its line, or of the text, is that end."""
        if place.line >= len(self._starts):
            return len(self._text)
        start, end = self.line(place.line)
        low, high = start, end
        while low < high:  # the units up to a character grow with it
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._units(self._text[start:middle]) <= place.character else (low, middle - 1)
        return low

    def line(self, number: int) -> tuple[int, int]:
        """Return where a line begins and ends, without what ends it."""
        start, after = ([*self._starts[number : number + 2], len(self._text)])[:2]
        return start, start + len(self._text[start:after].rstrip("\r\n"))

    def line_of(self, offset: int) -> int:
        """Return the number of the line that a character is in."""
        return bisect_right(self._starts, offset) - 1
