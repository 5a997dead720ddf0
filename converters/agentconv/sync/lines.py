"""Two edits of one text, put together by lines: what touches is a conflict, and no marker is ever written.

Both are compared with the text that they come from; an edit of one side alone wins, the same edit of both counts once.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Edit: TypeAlias = tuple[int, int, tuple[str, ...]]
"""From which line to which something is another text, and the lines that are there instead."""
_WORD = expression(r"(\s*)(\S+)")


def merged(base: str, one: str, other: str) -> str | None:
    """Return a text with the edits of both sides; None where they touch one another."""
    base = _nearer(base, one, other)
    if other in (one, base):
        return one
    if one == base:
        return other
    old = base.splitlines(keepends=True)
    edits = sorted({*_edits(old, one.splitlines(keepends=True)), *_edits(old, other.splitlines(keepends=True))})
    if any(start <= end for (_, end, _), (start, _, _) in pairwise(edits)):
        return None
    done = _done(old, edits)
    return None if _is_doubled(done, one, other) else "".join(done)


def decided(base: str, first: str, second: str) -> str:
    """Return a text with the edits of both sides; where they touch one another, with those of the first alone."""
    done = merged(base, first, second)
    if done is not None:
        return done
    base = _nearer(base, first, second)
    old, mine, theirs = map(_closed, (base, first, second))
    kept = list(_edits(old, mine))
    apart = [one for one in _edits(old, theirs) if not any(_touch(one, each) for each in kept)]
    found = _done(old, sorted([*kept, *apart]))
    if _is_doubled(found, "".join(mine), "".join(theirs)):
        return first
    return "".join(found) if first.endswith("\n") else "".join(found).rstrip("\r\n")


def shared(one: str, other: str) -> str:
    """Return what two texts may come from, where nobody knows: what both have, and of what either has otherwise the first one's.

    So what either has alone was added there, and nothing was deleted. Blank lines belong to the line that they follow: they are all alike,
    and say nothing of what stands where.
    """
    old, new = ([*_with_blanks(_closed(text))] for text in (one, other))
    matcher = SequenceMatcher(None, [unit[0].rstrip() for unit in old], [unit[0].rstrip() for unit in new], autojunk=False)
    left = [unit for word, start, end, _, _ in matcher.get_opcodes() if word != "delete" for unit in old[start:end]]
    return "".join(line for unit in left for line in unit).rstrip("\r\n") if left != old else one


def _with_blanks(found: Iterable[str]) -> Iterator[list[str]]:
    """Yield each line that says something with the blank ones that follow it."""
    unit: list[str] = []
    for line in found:
        if line.strip() and unit:
            yield unit
            unit = []
        unit.append(line)
    yield from [unit] if unit else []


def _closed(text: str) -> list[str]:
    """Return the lines of a text, the last one closed as the others are: what follows it somewhere else is no edit of it."""
    return f"{text}\n".splitlines(keepends=True) if text and not text.endswith("\n") else text.splitlines(keepends=True)


def clash(base: str, one: str, other: str) -> tuple[int, str, str]:
    """Return where two edits of a text touch first: the number of the line in the second text, and what either made of it."""
    old, first, second = (text.splitlines(keepends=True) for text in (_nearer(base, one, other), one, other))
    for at, mine in enumerate(_edits(old, second)):
        for theirs in _edits(old, first):
            if _touch(mine, theirs) and mine != theirs:
                shift = sum(len(lines) - (end - start) for start, end, lines in list(_edits(old, second))[:at])
                return mine[0] + shift + 1, _first(theirs), _first(mine)
    return differing(one, other)


def differing(one: str, other: str) -> tuple[int, str, str]:
    """Return the number of the first line that two texts do not share, and what it is in either; empty where a text has ended."""
    rows = zip_longest(one.split("\n"), other.split("\n"), fillvalue="")
    return next(((at, mine, theirs) for at, (mine, theirs) in enumerate(rows, 1) if mine != theirs), (1, "", ""))


def _nearer(base: str, one: str, other: str) -> str:
    """Return the text that two come from with the lines that both have otherwise, and alike, as they have them: that is no edit of either.

    An edit of one side may go on where the other's ends, and is no other one for that in the lines that they share.
    """
    old, *sides = (text.splitlines(keepends=True) for text in (base, one, other))
    mine, theirs = ({piece for edit in _edits(old, side) for piece in _by_line(edit)} for side in sides)
    return "".join(_done(old, sorted(mine & theirs)))


def _by_line(edit: Edit) -> Iterator[Edit]:
    """Yield an edit as one for each line that has another in its place, and one for what is left of either."""
    start, end, lines = edit
    number = min(end - start, len(lines))
    yield from ((start + at, start + at + 1, (lines[at],)) for at in range(number))
    if number < max(end - start, len(lines)):
        yield start + number, end, lines[number:]


def _first(edit: Edit) -> str:
    """Return the first line of an edit that says something; empty where it took lines away."""
    return next((line.rstrip("\n") for line in edit[2] if line.strip()), "")


def _touch(one: Edit, other: Edit) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _done(old: Sequence[str], edits: Iterable[Edit]) -> list[str]:
    """Return lines with edits of them, which are in order and apart."""
    done: list[str] = []
    at = 0
    for start, end, lines in edits:
        done += [*old[at:start], *lines]
        at = end
    return [*done, *old[at:]]


def _is_doubled(done: Sequence[str], one: str, other: str) -> bool:
    """Whether a line is there more often than on either side: between lines that are alike, blank ones mostly, one edit looks like two."""
    sides = Counter(one.splitlines(keepends=True)) | Counter(other.splitlines(keepends=True))
    return any(line.strip() and number > sides[line] for line, number in Counter(done).items())


def _edits(old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    """Yield what was changed."""
    for word, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word != "equal":
            yield start, end, tuple(new[first:last])


def changed(old: str, new: str) -> int:
    """Return how many lines of a text are not what they were."""
    edits = _edits(old.splitlines(), new.splitlines())
    return sum(max(end - start, len(lines)) for start, end, lines in edits)


def apart(old: str, new: str) -> int:
    """Return how many lines either of two texts has that the other one has not."""
    return sum(more_and_less(old, new))


def more_and_less(old: str, new: str) -> tuple[int, int]:
    """Return how many lines a text has that another one has not, and how many it has not that are there; blank ones say nothing."""
    was, now = (Counter(line.strip() for line in text.splitlines() if line.strip()) for text in (old, new))
    return (now - was).total(), (was - now).total()


def gone(old: str, new: str) -> tuple[str, ...]:
    """Return the lines of a text, but for blank ones, that are not in what became of it."""
    left = Counter(new.splitlines())
    found = []
    for line in old.splitlines():
        left[line] -= 1
        if line.strip() and left[line] < 0:
            found.append(line)
    return tuple(found)


def reworded(old: str, new: str, spaced: str) -> str | None:
    """Return a text of the same words as `old`, edited, with its own blanks and line ends; None where its words are others."""
    was, now, there = (_WORD.findall(text) for text in (old, new, spaced))
    if [word for _, word in was] != [word for _, word in there]:
        return None
    matcher = SequenceMatcher(None, [word for _, word in was], [word for _, word in now], autojunk=False)
    done: list[str] = []
    for action, start, end, first, last in matcher.get_opcodes():
        tokens = there[start:end] if action == "equal" else now[first:last]
        done += (blanks + word for blanks, word in tokens)
    return "".join([*done, spaced[len(spaced.rstrip()) :]])
