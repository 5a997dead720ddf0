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
    longest = len(word) * (2 - cutoff) / cutoff + 1
    possible = [one for one in known if len(one) <= longest and _may_be_near(word, one, cutoff)]
    if not possible:
        return None
    from difflib import get_close_matches

    return next((one for one in get_close_matches(word, possible, 3, cutoff) if not opposed(word, one)), None)


def _may_be_near(word: str, other: str, cutoff: float) -> bool:
    """Whether two words have letters enough in common to be near: difflib says the same, at ten times the cost."""
    both = len(word) + len(other)
    if 2 * min(len(word), len(other)) < cutoff * both:
        return False
    shared = len(word) - len(frozenset(word).difference(other))
    return 2 * shared >= cutoff * both


def opposed(one: str, other: str) -> bool:
    """Whether one of two words takes away what the other gives: `allowedTools` and `disallowedTools`, `read-only` and `read-write`."""
    first, second = folded(one), folded(other)
    if _is_against(first) != _is_against(second):
        return True
    return (_READS in first) != (_READS in second) and (_WRITES in first or _WRITES in second)


def _is_against(word: str) -> bool:
    """Whether a word takes away, with one letter wrong, too."""
    if any(one in word for one in _AGAINST):
        return True
    return any(
        _is_slip(word[start : start + length], one)
        for one in _AGAINST
        if len(one) >= _LONG
        for length in (len(one) - 1, len(one), len(one) + 1)
        for start in range(len(word) - length + 1)
    )


_LONG = 6
"""Shorter words are a letter away from too many others."""


def _is_slip(one: str, other: str) -> bool:
    """Whether a word is one letter, or two that changed places, from another."""
    start = next((at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), min(len(one), len(other)))
    mine, theirs = one[start:], other[start:]
    if len(one) != len(other):
        return mine[1:] == theirs if len(one) > len(other) else mine == theirs[1:]
    return mine[1:] == theirs[1:] or (mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:])


def folded(word: str) -> str:
    """Return a word without what people spell either way: case, hyphens, underscores."""
    return word.replace("-", "").replace("_", "").casefold()
