"""Which key of which agent stands where in a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass
from agentconv.core.format import ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.format import ReadResult
    from agentconv.editors.positions import Positions
    from agentconv.lint.subject import Subject

PROMPT = ""
"""What stands for the key of the prompt where it is the rest of the file."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key of an agent, and where its value stands."""

    agent: int
    key: str
    start: int
    end: int


def at(subject: Subject, positions: Positions, offset: int) -> Place | None:
    """Return the key in whose lines a character is."""
    line = positions.line_of(offset)
    found = [
        one for one in of(subject.result, subject.format) if _first(subject.text, one, positions) <= line <= positions.line_of(one.end)
    ]
    return min(found, key=lambda one: (not one.start <= offset <= one.end, one.end - one.start), default=None)


def of(result: ReadResult, format_id: str) -> Iterator[Place]:
    """Yield the keys of all agents of a file."""
    if result.place is None:
        return
    known = (*schema_files.load(format_id)["properties"], PROMPT)
    for number, agent in enumerate(result.set.agents):
        for key in dict.fromkeys((*known, *agent.extras.get(format_id, {}))):
            span = result.place(number, key)
            if span is not None and key != ENTRY:
                yield Place(number, key, *span)


def _first(text: str, place: Place, positions: Positions) -> int:
    """Return the line in which a key begins, which may be another one than that in which its value does."""
    above = re.search(
        rf"(?:\A|[\r\n])[^\S\r\n]*(?:-[ \t]+)?[\"']?{re.escape(place.key)}[\"']?[ \t]*[:=]\s*\Z",
        text[max(0, place.start - 500) : place.start],
    )
    if not place.key or above is None:
        return positions.line_of(place.start)
    return positions.line_of(place.start - len(above[0].lstrip("\r\n")))
