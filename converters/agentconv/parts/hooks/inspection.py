"""What is to be said of a hook, where a whole project is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import SetHook
from agentconv.parts.hooks import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import Part


def remarks(part: Part, source: PartSource, _client: str) -> Iterator[tuple[str, str, int]]:
    """Yield what keeps a hook from doing what its author meant: the topic that it belongs to, words, and the line of the file."""
    if isinstance(part, SetHook):
        for fault in faults.of(part):
            yield "hook", fault.message, source.text.span(faults.place(part, fault, source.text)[0]).line
