"""Whether one form matches all that another one matches.

The answer is for sure where it is yes. A no may also be a yes that takes several branches together to see.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.patterns.form import ANY, NAME, ONE, REST

if TYPE_CHECKING:
    from agentconv.core.patterns.form import Branch, Form

_LETTERS = {ANY: "\ufdd0", NAME: "\ufdd1", ONE: "\ufdd2"}
"""What stands for a wildcard in a text that is to be covered: characters that no text has."""
_ONE = f"[^{_LETTERS[ANY]}{_LETTERS[NAME]}]"
_Piece: TypeAlias = "tuple[re.Pattern[str], int]"
"""What stands between two wildcards, and its length."""


def covers(wide: Form, narrow: Form) -> bool:
    """Whether each way in which the narrow form matches a text is one in which the wide one does."""
    wides = [pieces for branch in wide for pieces in _pieces(branch)]
    return all(any(_covers(pieces, text) for pieces in wides) for branch in narrow for text in _texts(branch))


def _ways(branch: Branch) -> list[Branch]:
    """Return a branch without, and with what may follow at its end."""
    return [branch[:-1], (*branch[:-1], " ", ANY)] if branch[-1:] == (REST,) else [branch]


@lru_cache(maxsize=1024)
def _texts(branch: Branch) -> list[str]:
    """Return a branch as texts, in which a letter that no text has stands for each wildcard."""
    return ["".join(item if isinstance(item, str) else _LETTERS[item] for item in way) for way in _ways(branch)]


@lru_cache(maxsize=1024)
def _pieces(branch: Branch) -> list[list[_Piece]]:
    """Return what must follow each other in a text that a branch covers; nothing for one that names are left out of."""
    found = []
    for way in _ways(branch):
        pieces, length = [""], [0]
        for item in way:
            if item is ANY:
                pieces.append("")
                length.append(0)
            else:
                pieces[-1] += re.escape(item) if isinstance(item, str) else _ONE
                length[-1] += len(item) if isinstance(item, str) else 1
        if NAME not in way:
            found.append([(re.compile(piece, re.DOTALL), size) for piece, size in zip(pieces, length, strict=True)])
    return found


def _covers(pieces: list[_Piece], text: str) -> bool:
    """Find each piece behind the one before it: the first one at the start, the last one at the end."""
    (first, at), *more = pieces
    if not more:
        return first.fullmatch(text) is not None
    if first.match(text) is None:
        return False
    *between, (last, size) = more
    for piece, _ in between:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    return len(text) - size >= at and last.match(text, len(text) - size) is not None
