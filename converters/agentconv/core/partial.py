"""Restrictions on a part of what a capability reaches: some paths or commands only, or all but some. In globs, where they are that."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import patterns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Rule, ToolGrant

Part: TypeAlias = "tuple[str, str, str]"
"""Capability, pattern, what happens: `deny` or `ask` for what it matches, or `only`, with a line for each pattern and its effect."""
Freer: TypeAlias = "tuple[str, str]"
"""Capability, and a line for each pattern and its effect, in their order: some of them are open more freely than all of it."""
Reopened: TypeAlias = "tuple[str, str, str]"
"""Capability, a pattern that closes some of it, and a later one that opens some of that again."""
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
    return ", ".join(pattern for pattern, _ in _lines(text))


def freer(effects: Mapping[str, str]) -> str:
    """Return the text of patterns some of which are open more freely than all that a capability reaches; the last that matches decides."""
    return "\n".join(f"{pattern} {effect}" for pattern, effect in effects.items())


def reopened(effects: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each pattern that closes something, or asks for it, with one behind it that opens some of that more freely again."""
    rows = list(effects.items())
    for at, (pattern, effect) in enumerate(rows):
        level = _LEVELS.get(effect, 0)
        yield from ((pattern, other) for other, said in rows[at + 1 :] if _LEVELS.get(said, 0) > level and may_meet(pattern, other))


def unasked(text: str) -> list[str]:
    """Return the patterns of such a text that are open without being asked."""
    return [pattern for pattern, effect in _lines(text) if effect == "allow"]


def beyond(text: str, ceilings: Collection[str]) -> list[str]:
    """Return the patterns that such a text opens without being asked, and none of some others does, with what it closes again."""
    lines, allowed = _lines(text), [_lines(one) for one in ceilings]
    return [
        pattern
        for at, (pattern, effect) in enumerate(lines)
        if effect == "allow" and not any(_is_as_closed(pattern, lines[at:], one) for one in allowed)
    ]


def _is_as_closed(pattern: str, rest: Sequence[tuple[str, str]], ceiling: Sequence[tuple[str, str]]) -> bool:
    """Whether a ceiling opens a pattern, too, and closes nothing of it after that which is not closed in the lines behind it here."""
    if (pattern, "allow") not in ceiling:
        return False
    behind = ceiling[ceiling.index((pattern, "allow")) :]
    closed = [(one, _LEVELS.get(effect, 0)) for one, effect in behind if effect != "allow" and may_meet(pattern, one)]
    here = {one: _LEVELS.get(effect, 0) for one, effect in rest}
    return all(here.get(one, _LEVELS["allow"]) <= level for one, level in closed)


def may_meet(one: str, other: str) -> bool:
    """Whether two globs may match the same: they do not where one begins as the other surely does not."""
    starts = [one[: next((at for at, sign in enumerate(one) if sign in "*?[("), len(one))].rstrip() for one in (one, other)]
    return starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])


def _lines(text: str) -> list[tuple[str, str]]:
    rows = (line.rpartition(" ") for line in text.split("\n"))
    return [(pattern, effect) for pattern, _, effect in rows]


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
