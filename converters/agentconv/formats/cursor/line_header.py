r"""Which lines of a header have a key to Cursor.

The client splits the header into lines, trims each, skips blank ones and those that start with `#`, and cuts the rest at the
first `:`; keys count in lower case, the last of several counts. Nothing goes on in the next line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.source import client_text
from agentconv.families.javascript import SPACE
from agentconv.families.line_header import Line, LineHeader

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_OPEN = expression(rf"(?:\A\ufeff{{0,2}}|(?<=[\n\r\u2028\u2029]))(?P<fence>---)(?P<blank>[{SPACE}]*)")
r"""What JavaScript's `/^---\s*/m` matches: its `^` also holds after a lone carriage return and U+2028. Of byte order marks, the
decoder takes one and the client another."""
_CLOSE = "\n---"
_BLANK_LINE = expression(r"\n[ \t\r]*\n")


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


def parse(source: SourceText) -> LineHeader:
    """Read the lines of a header without its fences."""
    return _parsed(LineHeader(source, 0, 0, len(source.text), len(source.text)))
