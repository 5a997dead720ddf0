r"""Which lines of a header have a key to Letta Code, and what their values are.

A line that is not indented is cut at its first colon, and is passed over where it has none, or nothing before it. A value that is `|` or
`>`, with `-` or `+`, stands in the lines below, up to the next one that is not indented; a key without a value is a list, where lines
with a dash follow that are indented by two blanks at most, and else empty. All other indented lines are passed over. The file has one
byte order mark less, and any line end is a line feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import line_header, reading
from agentconv.families.javascript import SPACE
from agentconv.families.line_header import Line, LineHeader

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from agentconv.core.ir import Json

_BREAK = r"(?:\r\n|\r|\n)"
_OPEN = expression(rf"\ufeff?---{_BREAK}")
_CLOSE = expression(rf"{_BREAK}---(?={_BREAK}|\Z)")
_LINE = expression(rf"([^\r\n]*)({_BREAK}|\Z)")
_BLOCK = expression(r"([|>])([+-]?)")
_ITEM_INDENT = 2


def find(source: SourceText) -> LineHeader | Complaint:
    """Find the header, or say why there is none."""
    opened = _OPEN.match(source.text)
    if opened is None:
        return reading.UNOPENED
    closed = _CLOSE.search(source.text, opened.end())
    if closed is None:
        return Complaint("the header is never closed by a line `---`")
    return _parsed(LineHeader(source, 0, opened.end(), closed.start(), closed.end()))


def parse(source: SourceText) -> LineHeader:
    """Read the lines of a header without its fences."""
    return _parsed(LineHeader(source, 0, 0, len(source.text), len(source.text)))


def _parsed(header: LineHeader) -> LineHeader:
    """Fill in the lines."""
    lines = [found for found in _LINE.finditer(header.source.text, header.start, header.end) if found[0]]
    row = 0
    while row < len(lines):
        raw = lines[row][1]
        if raw[:1].strip(SPACE) and raw.find(":") > 0:
            row = _read_key(header, lines, row)
        else:
            if raw.strip(SPACE):
                header.passed_over.append(lines[row].start())
            row += 1
    return header


def _read_key(header: LineHeader, lines: Sequence[re.Match[str]], row: int) -> int:
    """Read the line of a key and those below that belong to it; return the row behind them."""
    found = lines[row]
    key, _, rest = found[1].partition(":")
    text = rest.strip(SPACE)
    start = found.start() + len(key) + 1 + (len(rest) - len(rest.lstrip(SPACE)) if text else 0)
    block = _BLOCK.fullmatch(text)
    value: Json = client_text(text)
    end, behind = start + len(text), row + 1
    if block or not text:
        below = _below(lines, row + 1, indented=not block)
        kept = [one[1] for one in below]
        value = _folded(kept, block[1], block[2]) if block else [client_text(item) for item in map(_item, kept) if item is not None] or ""
        filled = [one for one in below if (one[1].strip(SPACE) if block else _item(one[1]) is not None)]
        end = filled[-1].end(1) if filled else end
        behind = row + 1 + len(below)
    after = lines[behind - 1].end()
    header.lines.append(Line(client_text(key).strip(SPACE), value, found.start(), min(after, header.end), start, end))
    return behind


def _below(lines: Sequence[re.Match[str]], row: int, *, indented: bool) -> Sequence[re.Match[str]]:
    """Return the lines below a key up to the next one that is not indented, or, where all are to be `indented`, that is blank."""
    end = row
    while end < len(lines) and (lines[end][1][:1] in SPACE if lines[end][1] else not indented):
        end += 1
    return lines[row:end]


def _item(line: str) -> str | None:
    """Return the item of a list that a line is; nothing, where it is none."""
    bare = line.strip(SPACE)
    indent = len(line) - len(line.lstrip(SPACE))
    return bare[1:].strip(SPACE) if bare.startswith("-") and 0 < indent <= _ITEM_INDENT else None


def _folded(lines: Sequence[str], style: str, chomping: str) -> str:
    """Return what a block of lines comes to, as the client's own reader has it."""
    indents = [len(line) - len(line.lstrip(SPACE)) for line in lines if line.strip(SPACE)]
    bare = [client_text(line[min(indents) :]) if line.strip(SPACE) else "" for line in lines]
    text = "\n".join(bare) if style == "|" else _joined(bare)
    if chomping == "+":
        return f"{text}\n"
    return text.rstrip("\n") + ("" if chomping == "-" else "\n")


def _joined(lines: Sequence[str]) -> str:
    """Join lines by blanks; empty ones between them are line feeds."""
    text, breaks = "", 0
    for line in lines:
        if not line:
            breaks += 1
            continue
        text += ("\n" * breaks if breaks else " " if text else "") + line
        breaks = 0
    return text + "\n" * breaks


def spelled(value: Json) -> str:
    """Write a value: on one line, or, where it has several, as a block, which `|` ends with a line feed; a list in lines of its own."""
    if isinstance(value, list):
        return "".join(f"\n  - {line_header.spelled(item)}" for item in value)
    if not isinstance(value, str) or "\n" not in value:
        return line_header.spelled(value)
    style = "|" if value.endswith("\n") else "|-"
    return "\n".join([style, *(f"  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))])


def read_back(text: str) -> str:
    """Return what the client makes of a text, once it is written behind a key."""
    return str(parse(SourceText("", encode(line_header.entries({"key": text}, spelled)))).values["key"])
