"""Whether a value looks as if it was drawn, rather than made of words."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 16
"""Characters that a random value has at least."""


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
    numbered = sum((one == "digit") != (other == "digit") for one, other in pairs)
    return _changes(pairs) >= (0.3 if any("digit" in pair for pair in pairs) else _JOINED) or numbered >= 3


_RUN = re.compile(r"[A-Za-z0-9]{32,}")
_JOINED = 0.45
"""How much of what is made of words begins a word or ends one, at the most."""


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where long runs of capitals, small letters and digits are, in no order: keys of any maker, but no checksums."""
    if any(len(word) >= 32 for word in text.split()):
        for match in _RUN.finditer(text):
            pairs = _pairs(match[0])
            if len({kind for pair in pairs for kind in pair}) == 3 and _changes(pairs) >= _JOINED:
                yield match.span()


def _pairs(value: str) -> list[tuple[str, str]]:
    """Return what stands beside what: capitals, small letters and digits."""
    return [(one, other) for one, other in pairwise(map(_kind, value)) if one and other]


def _changes(pairs: list[tuple[str, str]]) -> float:
    return sum(one != other for one, other in pairs) / len(pairs)


def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "upper" if char.isupper() else "lower" if char.isalpha() else ""


def entropy(value: str) -> float:
    """Return Shannon's entropy of a value, in bits a character."""
    return -sum(times / len(value) * math.log2(times / len(value)) for times in Counter(value).values())
