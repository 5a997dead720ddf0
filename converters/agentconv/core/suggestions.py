"""The nearest of the words that are known, for `did you mean`: never one that says the opposite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_AGAINST = ("disallow", "disable", "deny", "denied", "exclude", "forbid", "block")
_READS, _WRITES = "readonly", "write"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that is nearest to one; None where none is near.

    Args:
        word: What somebody wrote.
        known: What it may have been meant for.
        cutoff: How near it has to be, from 0 to 1 (`difflib.get_close_matches`).
    """
    from difflib import get_close_matches

    return next((one for one in get_close_matches(word, list(known), 3, cutoff) if not opposed(word, one)), None)


def opposed(one: str, other: str) -> bool:
    """Whether one of two words takes away what the other gives: `allowedTools` and `disallowedTools`, `read-only` and `read-write`."""
    first, second = folded(one), folded(other)
    if any(word in first for word in _AGAINST) != any(word in second for word in _AGAINST):
        return True
    return (_READS in first) != (_READS in second) and (_WRITES in first or _WRITES in second)


def folded(word: str) -> str:
    """Return a word without what people spell either way: case, hyphens, underscores."""
    return word.replace("-", "").replace("_", "").casefold()
