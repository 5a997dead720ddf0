"""What is to be said of the rules of a project, where the whole of it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import PermissionSet
from agentconv.parts.permissions import deciding, faults, restraints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Rule
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import Part


def remarks(part: Part, source: PartSource, client: str) -> Iterator[tuple[str, str, int]]:
    """Yield which rules hold nothing back: the topic that they belong to, words, and the line of the file."""
    if not isinstance(part, PermissionSet):
        return
    for one in part.rules:
        if faults.matches_nothing(one, client):
            yield "rule", f"`{deciding.text_of(one)}` matches no call of a tool", _line(one, source)
    for found in faults.hidden(part.rules):
        words = f"`{deciding.text_of(found.rule)}` never counts: `{deciding.text_of(found.by)}` matches all of it, and decides"
        yield "rule", words, _line(found.rule, source)


def _line(one: Rule, source: PartSource) -> int:
    return restraints.place(deciding.text_of(one), source).line
