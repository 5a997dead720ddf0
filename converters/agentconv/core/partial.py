"""Restrictions on a part of what a capability reaches: some paths or commands only, or all but some. In globs, where they are that."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import patterns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.ir import Rule, ToolGrant

Part: TypeAlias = "tuple[str, str, str]"
"""Capability, pattern, what happens: `deny` or `ask` for what it matches, or `only`, with a line for each pattern and its effect."""
Rows: TypeAlias = "tuple[tuple[str, str], ...]"
"""Patterns with their effects, in their order: the last one that matches decides."""
Ordered: TypeAlias = "tuple[str, Rows]"
"""Capability, and its patterns."""
INHERITED = "inherit"
"""The effect of a pattern that a list of tools opens: as the user's own settings say."""
_LEVELS = {"ask": 1, INHERITED: 2, "allow": 3}


def texts(entry: ToolGrant | Rule, *, denies: bool = False) -> tuple[str, ...]:
    """Return what the pattern of a grant or rule matches, as the same text for the same meaning."""
    return () if entry.pattern is None else patterns.meaning(entry.format, entry.native, entry.pattern, denies=denies)


def only(effects: Mapping[str, str]) -> str:
    """Return the text of a part that is open for some patterns only; their order counts where some of them deny."""
    lines = [f"{pattern} {effect}" for pattern, effect in effects.items()]
    return "\n".join(lines if "deny" in effects.values() else sorted(lines))


def shown(text: str) -> str:
    """Return such a text for people."""
    return ", ".join(line.removesuffix(f" {INHERITED}") for line in text.split("\n"))


def opened_by(text: str) -> str:
    """Return the patterns of such a text alone, for people."""
    return ", ".join(line.rpartition(" ")[0] for line in text.split("\n"))


def reopens(rows: Rows) -> bool:
    """Whether a pattern opens more freely what may be some of what one before it closes, or asks for."""
    lowest = _LEVELS["allow"]
    for _, effect in rows:
        level = _LEVELS.get(effect, 0)
        if level > lowest:
            return True
        lowest = min(lowest, level)
    return False


def reopened(rows: Rows, closed: Collection[str], known: Collection[Rows]) -> Iterator[tuple[str, str]]:
    """Yield each of some closed patterns with one behind it that opens some of that more freely again, and does so in none of others.

    The lists of an agent are as long as somebody makes them, and most are in the order of their source: only what is not is compared
    with all that stands before it.
    """
    if rows in known:
        return
    others = [_Places(one, rows) for one in known]
    opening = [at for at, (_, effect) in enumerate(rows) if _LEVELS.get(effect, 0)]
    for at, (pattern, effect) in enumerate(rows):
        if pattern not in closed:
            continue
        level = _LEVELS.get(effect, 0)
        moved = min((one.moved for one in others if one.is_as_closed(pattern, level)), key=len, default=opening)
        for other, said in (rows[place] for place in moved[bisect_right(moved, at) :]):
            if _LEVELS.get(said, 0) > level and not any(one.reopens(pattern, other) for one in others) and may_meet(pattern, other):
                yield pattern, other


class _Places:
    """Where patterns stand in other rows, and how freely they open something there."""

    def __init__(self, known: Rows, rows: Rows) -> None:
        self._at = {pattern: (at, _LEVELS.get(effect, 0)) for at, (pattern, effect) in enumerate(known)}
        self.moved = [*self._moved(rows)]
        """The places in the rows of what is less free in the others, or before something that it is behind here."""

    def _moved(self, rows: Rows) -> Iterator[int]:
        last = -1
        for place, (pattern, effect) in enumerate(rows):
            at, level = self._at.get(pattern, (-1, 0))
            if at < last or level < _LEVELS.get(effect, 0):
                yield place
            last = max(last, at)

    def is_as_closed(self, pattern: str, level: int) -> bool:
        """Whether a pattern is closed no less here, so that what did not move is behind it here, too."""
        return pattern in self._at and self._at[pattern][1] <= level

    def reopens(self, pattern: str, other: str) -> bool:
        """Whether another pattern is behind one and more freely open than that."""
        absent = (-1, 0)
        return pattern in self._at and all(one < behind for one, behind in zip(self._at[pattern], self._at.get(other, absent), strict=True))


def unasked(rows: Rows) -> list[str]:
    """Return the patterns that are open without being asked."""
    return [pattern for pattern, effect in rows if effect == "allow"]


def beyond(rows: Rows, ceilings: Collection[Rows]) -> list[str]:
    """Return the patterns that rows open without being asked, and none of some others does, with what it closes again."""
    if rows in ceilings:
        return []
    here = {pattern: (at, _LEVELS.get(effect, 0)) for at, (pattern, effect) in enumerate(rows)}
    allowed = [_allowed(one, here) for one in ceilings]
    return [pattern for pattern in unasked(rows) if not any(_is_as_closed(pattern, here, *one) for one in allowed)]


def _allowed(ceiling: Rows, here: Mapping[str, tuple[int, int]]) -> tuple[dict[str, int], list[tuple[int, str, int]]]:
    """Return where a ceiling opens patterns, and what it closes that is not, or not behind all of these, closed as much here."""
    opened: dict[str, int] = {}
    closed: list[tuple[int, str, int]] = []
    last = -1
    for place, (pattern, effect) in enumerate(ceiling):
        at, level = here.get(pattern, (-1, _LEVELS["allow"]))
        if effect == "allow":
            opened[pattern], last = place, max(last, at)
        elif at < last or level > _LEVELS.get(effect, 0):
            closed.append((place, pattern, _LEVELS.get(effect, 0)))
    return opened, closed


def _is_as_closed(
    pattern: str, here: Mapping[str, tuple[int, int]], opened: Mapping[str, int], closed: Iterable[tuple[int, str, int]]
) -> bool:
    """Whether a ceiling opens a pattern, too, and closes nothing of it after that which is not closed behind it here."""
    if pattern not in opened:
        return False
    left = ((one, ceiling) for place, one, ceiling in closed if place > opened[pattern] and may_meet(pattern, one))
    return all(one in here and here[one][0] > here[pattern][0] and here[one][1] <= ceiling for one, ceiling in left)


@lru_cache(maxsize=4096)
def _start(text: str) -> str:
    """Return how all that such a text matches begins, as far as that is sure: of what is no glob, nothing is."""
    if any(mark in text for mark in _UNREAD):
        return ""
    return text[: next((at for at, sign in enumerate(text) if sign in "*?[("), len(text))].rstrip()


_UNREAD = tuple(patterns.unread("", language) for language in patterns.LANGUAGES)


def may_meet(one: str, other: str) -> bool:
    """Whether two patterns, as their meanings' texts, may match the same: they do not where one begins as the other surely does not."""
    starts = _start(one), _start(other)
    return starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])


def lost(ceiling: Collection[Part], result: Collection[Part], *, asks: bool) -> Iterable[Part]:
    """Yield the restrictions of a ceiling that a result does not keep.

    Args:
        ceiling: What the author restricts.
        result: What is restricted now.
        asks: Whether inheriting the user's settings is asking in the result's client.
    """
    held = [(part[0], opened) for part in result if part[2] == "only" and (opened := _opened(part)) is not None]
    for part in set(ceiling).difference(result):
        allowed = _opened(part) if part[2] == "only" else None
        if allowed is None or not any(capability == part[0] and _within(one, allowed, asks=asks) for capability, one in held):
            yield part


def _opened(part: Part) -> Mapping[str, int] | None:
    """Return what a part opens, and how freely; None where patterns in it deny as well, or are no single lines."""
    found = {}
    for line in part[1].split("\n"):
        pattern, _, effect = line.rpartition(" ")
        if effect not in _LEVELS:
            return None
        found[pattern] = _LEVELS[effect]
    return found


def _within(opened: Mapping[str, int], allowed: Mapping[str, int], *, asks: bool) -> bool:
    """Whether each pattern is allowed, and no more freely than the author says."""
    inherited = _LEVELS["ask"] if asks else _LEVELS[INHERITED]
    return all((inherited if level == _LEVELS[INHERITED] else level) <= allowed.get(pattern, 0) for pattern, level in opened.items())
