"""Help that fits the terminal: rows of what to type and what it does in two columns, everything else as paragraphs."""

from __future__ import annotations

import re
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.render.table import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROW = expression(r"  (?P<typed>\S.*?)(?:  +(?P<does>\S.*))?")
"""A line that is indented by two; by more, it goes on with the one before it."""
_LEAST = 28
"""How much room is left for what something does."""


def laid_out(text: str) -> str:
    """Fit a text into the width of the terminal."""
    return "\n\n".join("\n".join(_block(block)) for block in text.strip("\n").split("\n\n"))


def usage(words: str) -> str:
    """Fit a line of usage, whose words in brackets stay together."""
    whole = re.sub(r"\[[^\]]*\]", lambda match: match[0].replace(" ", "\0"), words)
    start = "usage: "
    indent = " " * (len(start) + len(" ".join(words.split()[:2])) + 1)
    lines = wrap(whole, width(), initial_indent=start, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines).replace("\0", " ")


def _block(block: str) -> Iterator[str]:
    for is_row, lines in groupby(block.split("\n"), lambda line: line.startswith("  ")):
        if is_row:
            yield from _rows(list(_read(lines)))
        else:
            yield from wrap(" ".join(lines), width(), break_on_hyphens=False)


def _read(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield what is typed, and what it does."""
    row = ("", "")
    for line in lines:
        match = _ROW.fullmatch(line)
        if match is None:
            row = (row[0], f"{row[1]} {line.strip()}")
            continue
        if row[0]:
            yield row
        row = (match["typed"], match["does"] or "")
    yield row


def _rows(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield rows; what is too long to have anything beside it has a line of its own."""
    most = width() - _LEAST
    first = max((len(typed) + 4 for typed, does in rows if does and len(typed) + 4 <= most), default=4)
    for typed, does in rows:
        head = f"  {typed}"
        parts = wrap(does, width() - first, break_on_hyphens=False)
        if len(head) + 2 > first or not parts:
            yield head
            yield from (" " * first + part for part in parts)
            continue
        yield f"{head:{first}}{parts[0]}"
        yield from (" " * first + part for part in parts[1:])
