"""What the rules of a set hold everything back from, each rule with its line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.parts import PermissionSet
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import Part
    from agentconv.core.restraints import Restraint


def of(part: Part, source: PartSource | None) -> Iterator[Restraint]:
    """Yield what the rules of a file hold everything back from."""
    if not isinstance(part, PermissionSet):
        return
    beside = {one.text for one in deciding.beside(part)}
    for one in deciding.restraints(part):
        yield replace(one, span=(_beside if one.text in beside else place)(one.text, source)) if source else one


def _beside(text: str, source: PartSource) -> Span:
    """Return where a file says what stands beside its rules: there as it is told, or at its key."""
    key, _, said = text.partition(": ")
    found = (source.text.text.find(one) for one in (said.partition("; ")[0], key))
    return source.text.span(next((at for at in found if at >= 0), 0))


def place(text: str, source: PartSource) -> Span:
    """Return where a rule stands in its file, by its words in a few words (`deciding.text_of`)."""
    whole = source.text.text
    effect, _, said = text.partition(" ")
    word, _, pattern = said.partition("(")
    start = max(whole.find(f'"{effect}"'), 0)
    wanted = [said, pattern.removesuffix(")"), pattern.removesuffix(")").removesuffix("*"), word]
    for one in filter(None, wanted):
        shown = json.dumps(one, ensure_ascii=False)
        for begin in (start, 0):
            at = whole.find(shown, begin)
            if at >= 0:
                return source.text.span(at)
    said = pattern.removesuffix(")").removesuffix(":*")
    line = _line(said) if source.text.path.endswith("ignore") else re.escape(f'"{said.split(" ")[-1]}"')
    found = re.search(line, whole) if said else None
    return source.text.span(found.start() if found else max(whole.find(word), 0))


def _line(pattern: str) -> str:
    """Return an expression for a line of an ignore file, whose stars and slashes its client may have rewritten."""
    pieces = "[*/]*".join(map(re.escape, pattern.split("*")))
    return rf"(?m)^[ \t*/]*{pieces}[*/]*\s*$"
