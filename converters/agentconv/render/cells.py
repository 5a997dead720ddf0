"""How many columns a text takes where it is printed: a letter of Chinese, and most pictures, take two, an accent none."""

from __future__ import annotations

from functools import lru_cache


def width(text: str) -> int:
    """Return how many columns a terminal gives a text."""
    return len(text) if text.isascii() else sum(map(_of, text))


@lru_cache(maxsize=4096)
def _of(char: str) -> int:
    """Return how many columns one character takes, as `wcwidth` says it; a vowel of Korean stands with the consonant before it."""
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in {"Mn", "Me"} or char in "\u200c\u200d" or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def fitting(text: str, room: int) -> int:
    """Return how many characters of a text have room in so many columns."""
    if text.isascii():
        return max(min(room, len(text)), 0)
    for number, char in enumerate(text):
        room -= _of(char)
        if room < 0:
            return number
    return len(text)


def padded(text: str, columns: int) -> str:
    """Return a text with blanks behind it, so that it takes so many columns."""
    return text + " " * (columns - width(text))
