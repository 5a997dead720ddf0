"""How Cursor (SDK 1.0.32) tells the encoding of a file: `utils/dist/encoding.js` in the package @cursor/sdk, tried on its loader.

UTF-16 and UTF-32 are told from a byte order mark, or from the zeros between the first ASCII characters. What else holds a NUL,
or many control characters, is no text. Of the rest UTF-8 is read as such; for other bytes, and where there is an escape character,
the client guesses by statistics, which is not done here.
"""

from __future__ import annotations

from agentconv.core.source import SourceText

_LOOKED_AT = 4096
"""Bytes from which the client tells whether a file is text."""
_UNITS = 50
"""Code units from which it tells a wide encoding without a mark."""
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_PLAIN = frozenset({9, 10, 13, *range(0x20, 0x7F)})


def no_text(data: bytes) -> str | None:
    """Say why the client takes bytes for something else than text."""
    head = data[:_LOOKED_AT]
    if b"\0" in head:
        return "it holds a NUL"
    if head and (len(head) - len(head.translate(None, _CONTROLS))) / len(head) * 100 >= 5:
        return "5 % of it are control characters"
    return None


def guessed(data: bytes) -> bool:
    """Whether an escape character makes the client guess the encoding of what is UTF-8."""
    return b"\x1b" in data and not data.isascii()


def has_crlf(text: str) -> bool:
    """Whether the client turns CRLF into LF: as soon as it ends every twentieth line."""
    pairs = text.count("\r\n")
    return pairs > 0 and pairs / text.count("\n") * 100 >= 5


def wide(data: bytes) -> str | None:
    """Return the encoding of a file in UTF-16 or UTF-32, as the client tells it."""
    if len(data) >= 4:
        if data.startswith(b"\xff\xfe") and data[2:4] != b"\0\0":
            return "utf-16-le"
        if data.startswith(b"\xfe\xff"):
            return "utf-16-be"
        found = _by_zeros(data, 2)
        if found:
            return found
    if len(data) >= 8:
        marks = {b"\0\0\xfe\xff": "utf-32-be", b"\xff\xfe\0\0": "utf-32-le"}
        return marks.get(data[:4]) or _by_zeros(data, 4)
    return None


def _by_zeros(data: bytes, size: int) -> str | None:
    """Tell an encoding from its first units: more than four of five are ASCII behind zeros, or before them."""
    count = min(_UNITS, len(data) // size)
    units = [data[start : start + size] for start in range(0, count * size, size)]
    zeros = b"\0" * (size - 1)
    ends = {
        "le": sum(unit[1:] == zeros and unit[0] in _PLAIN for unit in units),
        "be": sum(unit[:-1] == zeros and unit[-1] in _PLAIN for unit in units),
    }
    return next((f"utf-{size * 8}-{end}" for end, plain in ends.items() if plain > 0.8 * count), None)


def decoded(source: SourceText) -> SourceText | None:
    """Return the text of a file in UTF-16 or UTF-32, half a character at its end left out; None for any other file."""
    if source.decodable and "\0" not in source.text[:_LOOKED_AT]:
        return None
    data = source.data
    encoding = wide(data)
    if encoding is None:
        return None
    size = 2 if "16" in encoding else 4
    return SourceText(source.path, data[: len(data) // size * size].decode(encoding, "replace").encode())
