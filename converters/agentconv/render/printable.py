r"""What is printed drives nothing: no terminal, log or CI runner obeys what a file, a name or a path says.

Every command prints through `guarded`, whatever it prints and whoever made the text; values that become part of a line go through
`shown` before that, by way of `text.safe`, and reports for programs through `in_json`.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Controls of terminals and of the direction of text, separators of lines, and what has no width; joiners have their use in a script."""
_COMMAND = r"##(?=[A-Za-z]{0,20}\[)"
"""What begins a command to a CI runner wherever it stands in a line: `##[group]`, `##vso[...]`, `##teamcity[...]`."""
_EITHER = f"[{_HIDDEN}]|{_COMMAND}"
_DRIVES = expression(_EITHER)
_HIDES = expression(f"[{_HIDDEN}]")
_LINE_END = expression(r"\r\n?|\n")
_OURS = r"\x1b\[(?:31;1|33;1|36|0)m|\r\x1b\[K"
"""The colours of `text.Style`, and what clears the line of progress."""
_UNLESS_OURS = expression(f"({_OURS})|{_EITHER}")
_LINE_COMMAND = "::"
"""What begins a command to a runner of GitHub, where only blanks stand before it in a line."""


def shown(text: str) -> str:
    r"""Return text with what drives a terminal, a log or a runner escaped: `\x1b`, `\u202e`."""
    return text if _is_plain(text) else _DRIVES.sub(_escaped, text)


def _is_plain(line: str) -> bool:
    """Whether a line has nothing to look for, as most have not: that is told without a pattern."""
    return line.isascii() and line.isprintable() and "##" not in line


def _escaped(match: re.Match[str]) -> str:
    if match[0] == "##":
        return "#\\x23"
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lines(text: str) -> list[str]:
    r"""Return the lines of a file as they are shown: what hides, or turns the direction of text around, is escaped, `\u202e`."""
    found = _LINE_END.split(text)
    return [_HIDES.sub(_escaped, line) for line in (found[:-1] if not found[-1] else found)]


def in_json(text: str) -> str:
    """Return a text of JSON in which such characters are escaped as JSON does, so that its values are read as the same."""
    return _DRIVES.sub(_escaped_in_json, text)


def _escaped_in_json(match: re.Match[str]) -> str:
    if match[0] == "##":
        return "#\\u0023"
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


class Lines:
    """A stream that lets no line through that drives anything. It waits for a line's end, or to be flushed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rest = ""
        self._begun = False
        """Whether a part of the line that is written is there already."""

    def write(self, text: str) -> int:
        """Write text."""
        *lines, self._rest = f"{self._rest}{text}".split("\n")
        for line in lines:
            self._stream.write(f"{self._safe(line)}\n")
            self._begun = False
        return len(text)

    def flush(self) -> None:
        """Write what there is, be it the beginning of a line."""
        rest, self._rest = self._rest, ""
        if rest:
            self._stream.write(self._safe(rest))
            self._begun = self._begun or bool(rest.strip())
        self._stream.flush()

    def _safe(self, line: str) -> str:
        safe = line if _is_plain(line) else _UNLESS_OURS.sub(lambda match: match[1] or _escaped(match), line)
        if not self._begun and safe.lstrip().startswith(_LINE_COMMAND):
            return safe.replace(":", "\\x3a", 1)
        return safe

    def __getattr__(self, name: str) -> object:
        """Be like the stream in everything else."""
        return getattr(self._stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Let everything that is printed, to standard output and standard error, go through `Lines`."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", Lines(stream)) for stream in streams)
    try:
        yield
    finally:
        guards = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = streams
        for guard in guards:
            guard.flush()


def data(content: bytes, stream: TextIO | None = None) -> None:
    """Write exactly these bytes, by default to standard output: an output that is asked for, a script, or commands that are meant."""
    stream = stream or sys.stdout
    stream.flush()
    rest = memoryview(content)
    while rest:  # with PYTHONUNBUFFERED nothing stands between this and the system, which may take a part of it
        rest = rest[stream.buffer.write(rest) :]
    stream.buffer.flush()
