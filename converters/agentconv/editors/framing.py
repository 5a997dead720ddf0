"""What an editor sends, in which a message whose length is said wrong costs nothing but itself.

The SDK takes the length at its word: one that is too great swallows the beginning of the next message, and one that is too small leaves an
end before which the next header is none. No JSON holds a header with its line end, so that each message is seen to begin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from typing import BinaryIO

_NAME = b"Content-Length: "
_HEADER = expression(rb"Content-Length: \d{1,18}\r\n")
_BEGUN = expression(rb"Content-Length: \d*\r?")


class Framed:
    """A stream of messages as the SDK reads it: lines of a header, then as many bytes as that says, or up to the next header."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._begun = b""
        """What was read already of the next header."""

    def readline(self) -> bytes:
        """Return a line of a header, without what is left before it of a message that was longer than it said."""
        begun, self._begun = self._begun, b""
        line = begun if begun.endswith(b"\n") else begun + self._stream.readline()
        header = _HEADER.search(line)
        return line[header.start() :] if header else line[: len(_NAME)]  # so that the SDK sees no length that is none

    def read(self, size: int) -> bytes:
        """Return a message of so many bytes, or what there is of it where the next one begins before; nothing at the end of the stream."""
        read = bytearray()
        while size > len(read) and not self._begun and (line := self._stream.readline(size - len(read))):
            start = _next(line, ends=size == len(read) + len(line))
            self._begun = line[start:]
            read += line[:start]
        return bytes(read) or (b" " if self._begun else b"")


def _next(line: bytes, *, ends: bool) -> int:
    """Return where in a line the next message begins, or the line's end; where the length ends there, the header may be cut."""
    header = _HEADER.search(line)
    if header:
        return header.start()
    last = line.rfind(b"}") + 1
    return last if ends and (_NAME.startswith(line[last:]) or _BEGUN.fullmatch(line, last)) else len(line)
