"""Whether a value looks as if it was drawn, rather than made of words."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 16
"""Characters that a random value has at least."""
LONG = 15
"""Characters that a word has at least which is or holds a credential, or something that was made of one."""


@lru_cache(maxsize=8)
def long_words(text: str) -> tuple[str, ...]:
    """Return the long words of a text, which is most often all that has to be looked at: several look for something in one text."""
    return tuple([word for word in text.split() if len(word) >= LONG])


@lru_cache(maxsize=4096)
def is_random(value: str) -> bool:
    """Whether a value looks as if it was drawn: long, of many characters, its digits and capitals in no order.

    Words that are joined have their digits at the end and their capitals at the beginning.
    """
    if len(value) < SHORTEST or entropy(value) < 3.0:
        return False
    pairs = _pairs(value)
    if len(pairs) < SHORTEST // 2:
        return False
    return _changes(pairs) >= (0.3 if any("digit" in pair for pair in pairs) else _JOINED) or _numbered(pairs) >= 3


_RUN = expression(r"[A-Za-z0-9]{32,}")
_MIXED, _MADE_LEGAL = {"digit", "upper", "lower"}, {"digit", "lower"}
_BEYOND = expression(r"[g-z]")
"""Letters that no hexadecimal number has."""
_JOINED = 0.45
"""How much of what is made of words begins a word or ends one, at the most."""


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where long runs of capitals, small letters and digits are, in no order: keys of any maker, but no checksums.

    A run of small letters and digits may be such a key, too, of which a legal name was made.
    """
    if max(map(len, long_words(text)), default=0) >= 32:
        for match in _RUN.finditer(text):
            pairs = _pairs(match[0])
            kinds = {kind for pair in pairs for kind in pair}
            if (kinds == _MIXED and _changes(pairs) >= _JOINED) or (
                kinds == _MADE_LEGAL and _BEYOND.search(match[0]) and _numbered(pairs) >= 4
            ):
                yield match.span()


def _pairs(value: str) -> list[tuple[str, str]]:
    """Return what stands beside what: capitals, small letters and digits."""
    return [(one, other) for one, other in pairwise(map(_kind, value)) if one and other]


def _numbered(pairs: list[tuple[str, str]]) -> int:
    """Return how often a digit stands beside what is none."""
    return sum((one == "digit") != (other == "digit") for one, other in pairs)


def _changes(pairs: list[tuple[str, str]]) -> float:
    return sum(one != other for one, other in pairs) / len(pairs)


def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "upper" if char.isupper() else "lower" if char.isalpha() else ""


def entropy(value: str) -> float:
    """Return Shannon's entropy of a value, in bits a character."""
    return -sum(times / len(value) * math.log2(times / len(value)) for times in Counter(value).values())
