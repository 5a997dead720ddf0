"""Values that are of the right type, and that no file of any client holds: readers never give one, and a program may."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = (bool, int, float, str, list, dict, type(None))
"""What a JSON value can be."""
_DEEPEST = 100
"""How deep values may nest that no reader gave: no deeper than files do."""
_DEEPEST_READ = 400
_LARGEST = 10**300
_LARGEST_READ = 10**4300
"""Above it Python itself has no text of a number."""
_EXTRAS = ".extras"
"""Where keys are that are in no field, as a file has them."""
Fault: TypeAlias = "tuple[str, str | None]"
"""What is wrong with a value, and what to do about it."""


def fault(value: object, largest: int = _LARGEST) -> Fault | None:
    """Say why no file can hold a text or a number; nothing of any other value, or of what is in it."""
    if isinstance(value, str):
        return None if value.isascii() else _half(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}: no file has such a number", "leave out what there is none of: None"
    if isinstance(value, int) and abs(value) >= largest:
        return "is a larger number than any file holds", None
    return None


def _half(text: str) -> Fault | None:
    half = next((char for char in text if "\ud800" <= char <= "\udfff"), None)
    if half is None:
        return None
    return (
        f"has half a character in it (U+{ord(half):04X}), which no file holds",
        'decode bytes so that each is a character: errors="replace"',
    )


def _key(value: dict[Any, Any]) -> Fault | None:
    found = next(filter(None, map(fault, value)), None)
    return (f"has a key that {found[0]}", found[1]) if found else None


def faults(path: str, value: object) -> Iterator[tuple[str, object, Fault | None]]:
    """Yield what is no JSON value in one, and what no file can hold, each with its path; with what is wrong, where its type is not."""
    deepest, largest = (_DEEPEST_READ, _LARGEST_READ) if _EXTRAS in path else (_DEEPEST, _LARGEST)
    left: list[tuple[str, object, int]] = [(path, value, 0)]
    while left:
        where, one, depth = left.pop()
        wrong = _key(one) if isinstance(one, dict) else fault(one, largest)
        if depth > deepest:
            yield path, value, (f"is nested deeper than {deepest} levels, or has itself in it", None)
            return
        if wrong or not isinstance(one, JSON) or (isinstance(one, dict) and not all(isinstance(key, str) for key in one)):
            yield where, one, wrong
        elif isinstance(one, dict):
            left += ((f"{where}[{key!r}]", item, depth + 1) for key, item in reversed(one.items()))
        elif isinstance(one, list):
            left += ((f"{where}[{number}]", one[number], depth + 1) for number in reversed(range(len(one))))
