"""What a pattern matches, in no client's words: branches of which one matches the whole text."""

from __future__ import annotations

from enum import Enum
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_BRANCHES = 32


class Wild(Enum):
    """What stands for text that is not known."""

    ANY = "any text, or none"
    ONE = "one character"
    NAME = "any text without a slash, or none"
    REST = "nothing, or a blank and any text; only at the end"


ANY, ONE, NAME, REST = Wild
Branch: TypeAlias = "tuple[str | Wild, ...]"
Form: TypeAlias = "tuple[Branch, ...]"


def joined(items: Iterable[str | Wild]) -> Branch:
    """Return a branch without what is said twice: texts side by side are one, and any text takes in its like beside it."""
    found: list[str | Wild] = []
    for item in items:
        last = found[-1] if found else None
        if item == "" or (last is ANY and item in (ANY, NAME)):
            continue
        if isinstance(item, str) and isinstance(last, str):
            found[-1] = last + item
        elif item is ANY and last is NAME:
            found[-1] = ANY
        else:
            found.append(item)
    return tuple(found)


def combined(*steps: Sequence[Branch]) -> list[Branch] | None:
    """Return each way of taking one branch of every step; None where there are too many."""
    number = 1
    for step in steps:
        number *= len(step)
    if number > MOST_BRANCHES:
        return None
    return [joined(item for branch in way for item in branch) for way in product(*steps)]


def distinct(branches: Iterable[Branch]) -> Form:
    """Return the branches without repeats; any text alone where one of them is that."""
    found = tuple(dict.fromkeys(branches))
    return ((ANY,),) if (ANY,) in found else found
