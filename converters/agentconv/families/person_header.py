"""The header that a person sees in a markdown file that its client drops, and what its values say to a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.source import client_text, encode
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.yaml.nodes import Scalar

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_FENCE = expression(r"[ \t]*---[ \t]*")
_RULE = expression(r"[ \t]*(?:\*{3}|_{3}|[–—]-?|[–—]{3})[ \t]*")
"""What editors make of `---`: another ruler of markdown, or dashes that are one character."""

_PREAMBLE = expression(
    rf"(?:[{SPACE}]*(?:<!--(?:(?!-->).)*-->|^\#{{1,6}}[ ][^\r\n]*+))*[{SPACE}]*(?=^[ \t]*---[ \t]*$)|[{SPACE}]*", re.DOTALL | re.MULTILINE
)
_WRAPPED = expression(rf"[{SPACE}]*(`{{3,}}|~{{3,}})[^\r\n`]*(?:\r\n|\n|\r)(?=[ \t]*---[ \t]*[\r\n])")


def code_fence(text: str) -> tuple[int, int] | None:
    """Return where a file begins and ends that stands in a code fence as a whole, as assistants that chat hand files out."""
    opened = _WRAPPED.match(text)
    if opened is None:
        return None
    whole = text.rstrip()
    last = max(whole.rfind("\n"), whole.rfind("\r")) + 1
    is_closed = last > opened.end() and whole[last:].strip() == opened[1]
    return (opened.end(), last) if is_closed else None


def find(source: SourceText) -> Header | None:
    """Find the header: from a first line `---` to the next one, or to an empty line.

    Blank lines, HTML comments and headings may stand before it; it may be indented as a whole, and all of it in a code fence.
    """
    text = source.text
    if fenced := code_fence(text):
        return _between(source.put(encode(text[: fenced[1]])), fenced[0])
    preamble = _PREAMBLE.match(text)
    start = preamble.end() if preamble else 0
    return _between(source, start - (len(text[:start]) - len(text[:start].rstrip(" \t"))))


def _between(source: SourceText, start: int) -> Header | None:
    """Find the header that starts at a line, its first fence."""
    text = source.text
    lines = re.split(r"(\r\n|\n|\r)", text[start:])
    fence = next((one for one in (_FENCE, _RULE) if one.fullmatch(lines[0])), None)
    if fence is None or len(lines) < 3:
        return None
    position = begin = start + len(lines[0]) + len(lines[1])
    blank = None
    for index in range(2, len(lines), 2):
        if fence.fullmatch(lines[index]):
            return Header(source, begin, position, position + len(lines[index]))
        if blank is None and not lines[index].strip():
            blank = position
        position += sum(len(part) for part in lines[index : index + 2])
    position = position if blank is None else blank
    return Header(source, begin, position, position)


def values(header: Header) -> dict[str, Json]:
    """Return the values with numbers, dates and the like as the text that stands in the file."""
    found = dict(header.values)
    for key in ("name", "description"):
        node = header.nodes.get(key)
        if isinstance(node, Scalar) and node.text:
            found[key] = client_text(node.text)
    return found
