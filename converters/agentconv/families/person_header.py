"""The header that a person sees in a markdown file that its client drops, and what its values say to a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.source import client_text
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.yaml.nodes import Scalar

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_FENCE = expression(r"[ \t]*---[ \t]*")


_PREAMBLE = expression(rf"(?:[{SPACE}]*<!--(?:(?!-->).)*-->)*[{SPACE}]*(?=^[ \t]*---)|[{SPACE}]*", re.DOTALL | re.MULTILINE)


def find(source: SourceText) -> Header | None:
    """Find the header: from a first line `---` to the next one, or to an empty line.

    Blank lines and HTML comments may stand before it; it may be indented as a whole.
    """
    text = source.text
    preamble = _PREAMBLE.match(text)
    start = preamble.end() if preamble else 0
    start -= len(text[:start]) - len(text[:start].rstrip(" \t"))
    lines = re.split(r"(\r\n|\n|\r)", text[start:])
    if not _FENCE.fullmatch(lines[0]) or len(lines) < 3:
        return None
    position = begin = start + len(lines[0]) + len(lines[1])
    blank = None
    for index in range(2, len(lines), 2):
        if _FENCE.fullmatch(lines[index]):
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
