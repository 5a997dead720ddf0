"""Typographic characters made plain, as Roo Code's `cleanInvisibleCharacters` makes them in a whole file before it is parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.source import BOM
from agentconv.families.record_file import ClientText

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

REWRITTEN = expression("[\u00a0\u200b-\u200d\u2010-\u2015\u2212\u2018\u2019\u201c\u201d]")
_PLAIN = {"\u00a0": " ", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', **dict.fromkeys("\u200b\u200c\u200d", "")}
"""No-break spaces become blanks, quotes plain ones, zero-width characters nothing; the rest are dashes."""


def plain(text: str) -> str:
    """Return a text as the client rewrites it."""
    return REWRITTEN.sub(lambda match: _PLAIN.get(match[0], "-"), text)


def excerpt(text: str) -> str:
    """Return the neighbourhood of the first character that the client rewrites, as it rewrites it."""
    match = REWRITTEN.search(text)
    start = match.start() if match else 0
    return " ".join(plain(text[max(start - 20, 0) : start + 20]).split())


def client_text(source: SourceText) -> ClientText:
    """Return a file's text without a byte order mark, rewritten."""
    bom = source.text.startswith(BOM)
    gone = [match.start() for match in re.finditer("[\u200b-\u200d]", source.text)]
    removed = [0] if bom else []
    removed += [place - number - bom for number, place in enumerate(gone)]
    return ClientText(plain(source.text.removeprefix(BOM)), tuple(removed))
