"""Whether two agents are likely to be the same one, by what they say: one of them was edited, or has another name."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from agentconv.core.ir import Agent

    One = TypeVar("One", bound=Hashable)
    Other = TypeVar("Other", bound=Hashable)

ALIKE = 0.6
"""Which part of two texts is the same where one is the other, edited: git takes files for one from half of them on."""
ENOUGH = 8
"""How many words a text has that says enough to be known again."""
Words = Counter[tuple[str, str]]
"""Each two words that follow one another."""


def words(agent: Agent) -> Words:
    """Return what an agent is known again by."""
    return Counter(pairwise(f"{agent.description or ''} {agent.prompt.text if agent.prompt else ''}".split()))


def likeness(one: Words, other: Words) -> float:
    """Return which part of two texts is the same."""
    both = one.total() + other.total()
    most = 2 * min(one.total(), other.total())
    return 2 * (one & other).total() / both if both and most >= ALIKE * both else 0.0


def only(pairs: Sequence[tuple[One, Other]]) -> dict[One, Other]:
    """Return the pairs of which neither side is in another one."""
    olds, news = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {old: new for old, new in pairs if olds[old] == news[new] == 1}


def closest(pairs: Sequence[tuple[One, Other, float]]) -> dict[One, Other]:
    """Return the pairs of which the one is in no other pair, and the other one is more like it than like any that it is in a pair with.

    Several that are gone may be like a new one, which was one of them; of several that are new, none is the one that is gone.
    """
    ones = Counter(one for one, _, _ in pairs)
    best: dict[Other, float] = {}
    for _, other, likeness in pairs:
        best[other] = max(likeness, best.get(other, 0.0))
    as_much = Counter(other for _, other, likeness in pairs if likeness == best[other])
    return {one: other for one, other, likeness in pairs if ones[one] == 1 and likeness == best[other] and as_much[other] == 1}
