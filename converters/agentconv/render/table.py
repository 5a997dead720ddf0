"""Rows as columns that line up."""

from __future__ import annotations

import os
import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from agentconv.render import cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

_LAST, _NARROWEST = 30, 20
"""How much the last column gets, where it is that wide: what the first one gives up for it, and at least."""


def width() -> int:
    """Return how wide a line may be."""
    return columns(100)


def columns(most: int = 80) -> int:
    """Return how many columns the terminal has, or else `most`: as `shutil` finds out, which loads what reads archives."""
    said = os.environ.get("COLUMNS", "")
    found = int(said) if said.isdecimal() else 0
    return min(found or _of_terminal() or most, 120)


@cache
def _of_terminal() -> int:
    """Return how many columns the terminal has, which is asked once; 0 where there is none."""
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # there is none, it is closed, or it is no terminal
        return 0


def wrapped(line: str, most: int = 80) -> str:
    """Return a line in as many as its terminal, or else `most`, has columns for; a word that is longer stays whole."""
    columns_ = columns(most)
    return line if cells.width(line) <= columns_ else _wrapped(line, columns_)


def fitted(told: str, stream: TextIO) -> str:
    """Return lines wrapped where it is known how wide they may be: on a terminal, or where `COLUMNS` says it; whole for a program."""
    if not (stream.isatty() or os.environ.get("COLUMNS", "").isdecimal()):
        return told
    return "\n".join(map(wrapped, told.split("\n")))


@lru_cache(maxsize=64)
def _wrapped(line: str, columns_: int) -> str:
    """Return a line in several; one that is said of many files is cut once."""
    words = line.strip()
    if "  " not in line and line.isprintable() and line == words:
        return "\n".join(_at_blanks(line, columns_))
    indent = line[: len(line) - len(line.lstrip())]
    if cells.width(line) != len(line):
        return "\n".join(indent + part for part in _at_blanks(_single(words), columns_ - len(indent)))
    from textwrap import wrap

    parts = wrap(line, columns_, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(parts)


def _at_blanks(line: str, columns_: int, more: str = "  ", *, within: bool = False) -> list[str]:
    """Return what `textwrap` makes of words with a blank between them, in a tenth of the time: a run prints thousands of such lines.

    It counts columns where `textwrap` counts characters.

    Args:
        line: The words.
        columns_: How many columns there are.
        more: What stands before each line but the first.
        within: Whether a word is cut that has more of them, as words are that no blanks stand between.
    """
    lines, indent, room = [], "", columns_
    while cells.width(line) > room:
        fits = max(cells.fitting(line, room), 0)
        cut = line.rfind(" ", 0, fits + 1)
        if cut < 0 and within:
            cut = max(fits, 1)
        cut = line.find(" ") if cut < 0 else cut  # a word that is longer stays whole
        if cut < 0:
            break
        lines.append(f"{indent}{line[:cut]}")
        line, indent, room = line[cut:].removeprefix(" "), more, columns_ - len(more)
    return [*lines, f"{indent}{line}"]


def _single(words: str) -> str:
    """Return words with one blank between them."""
    return " ".join(filter(None, words.split(" ")))


def _filled(words: str, room: int) -> list[str]:
    """Return words in lines that have so many columns."""
    if cells.width(words) != len(words):
        return _at_blanks(_single(words), room, "", within=True)
    from textwrap import wrap

    return wrap(words, room, break_on_hyphens=False) or [""]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines, the last column wrapped; where a first cell would leave it no room, it has a line of its own."""
    if not rows:
        return []
    widths = [max(map(cells.width, column)) for column in list(zip(*rows, strict=True))[:-1]]
    least = min(_LAST, max(cells.width(row[-1]) for row in rows))
    spare = width() - least - sum(widths[1:]) - 2 * len(widths)
    widths[0] = min(widths[0], max(spare, cells.width(rows[0][0])))
    return _laid_out(rows, widths, least)


def in_fewest_lines(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return rows of two cells as that table which has the fewest lines: its first column is as wide as one of its cells."""
    sizes = sorted({size for first, _ in rows if (size := cells.width(first)) < width() - _NARROWEST}, reverse=True) or [0]
    return min((_laid_out(rows, [size], _NARROWEST) for size in sizes), key=len)


def _laid_out(rows: Sequence[Sequence[str]], widths: Sequence[int], least: int) -> list[str]:
    """Return rows as lines, in columns of these widths, the last as wide as there is room for."""
    indent = sum(widths) + 2 * len(widths)
    lines = []
    for *row, last in rows:
        if cells.width(row[0]) > widths[0]:
            lines.append(row[0])
            row[0] = ""
        head = "".join(f"{cells.padded(cell, size)}  " for cell, size in zip(row, widths, strict=True))
        parts = _filled(last, max(width() - indent, min(least, _NARROWEST)))
        lines += [f"{head}{parts[0]}".rstrip(), *(" " * indent + part for part in parts[1:])]
    return lines
