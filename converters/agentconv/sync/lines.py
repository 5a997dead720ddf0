"""Two edits of one text, put together by lines: what touches is a conflict, and no marker is ever written.

Both are compared with the text that they come from; an edit of one side alone wins, the same edit of both counts once.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"(\s*)(\S+)")


def merged(base: str, one: str, other: str) -> str | None:
    """Return a text with the edits of both sides; None where they touch one another."""
    if other in (one, base):
        return one
    if one == base:
        return other
    old = base.splitlines(keepends=True)
    edits = sorted({*_edits(old, one.splitlines(keepends=True)), *_edits(old, other.splitlines(keepends=True))})
    done: list[str] = []
    at = 0
    for number, (start, end, lines) in enumerate(edits):
        if number and start <= at:
            return None
        done += [*old[at:start], *lines]
        at = end
    done += old[at:]
    return None if _is_doubled(done, one, other) else "".join(done)


def _is_doubled(done: Sequence[str], one: str, other: str) -> bool:
    """Whether a line is there more often than on either side: between lines that are alike, blank ones mostly, one edit looks like two."""
    sides = Counter(one.splitlines(keepends=True)) | Counter(other.splitlines(keepends=True))
    return any(line.strip() and number > sides[line] for line, number in Counter(done).items())


def _edits(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield what was changed: from which line to which, and the lines that are there instead."""
    for word, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word != "equal":
            yield start, end, tuple(new[first:last])


def changed(old: str, new: str) -> int:
    """Return how many lines of a text are not what they were."""
    edits = _edits(old.splitlines(), new.splitlines())
    return sum(max(end - start, len(lines)) for start, end, lines in edits)


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
