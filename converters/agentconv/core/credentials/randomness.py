"""Whether a value looks as if it was drawn, rather than made of words."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import pairwise

SHORTEST = 16
"""Characters that a random value has at least."""


@lru_cache(maxsize=4096)
def is_random(value: str) -> bool:
    """Whether a value looks as if it was drawn: long, of many characters, its digits and capitals in no order.

    Words that are joined have their digits at the end and their capitals at the beginning.
    """
    if len(value) < SHORTEST or entropy(value) < 3.0:
        return False
    kinds = [_kind(char) for char in value]
    pairs = [(one, other) for one, other in pairwise(kinds) if one and other]
    if len(pairs) < SHORTEST // 2:
        return False
    changes = sum(one != other for one, other in pairs) / len(pairs)
    numbered = sum((one == "digit") != (other == "digit") for one, other in pairs)
    return changes >= (0.3 if "digit" in kinds else 0.45) or numbered >= 3


def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "upper" if char.isupper() else "lower" if char.isalpha() else ""


def entropy(value: str) -> float:
    """Return Shannon's entropy of a value, in bits a character."""
    return -sum(times / len(value) * math.log2(times / len(value)) for times in Counter(value).values())
