"""What keeps rules of a whole project from holding, though their client takes them: seen in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import patterns, vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Rule

_STRICT = {"allow": 0, "ask": 1, "deny": 2}


def is_unknown(one: Rule, client: str) -> bool:
    """Return whether a rule is about a word that is no tool of the client."""
    return not deciding.is_known(one) and bool(vocabulary.tool_words(client)) and "*" not in one.native


def matches_nothing(one: Rule, client: str) -> bool:
    """Return whether a rule is about nothing that the client does."""
    if one.pattern is None or not deciding.is_known(one):
        return is_unknown(one, client)
    return patterns.matches_nothing(one.pattern) or (not deciding.about(one) and one.effect != "allow")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A rule that never decides."""

    rule: Rule
    by: Rule
    """What matches all of it, and decides."""

    @property
    def freed(self) -> bool:
        """Whether what it holds back is open then."""
        return _STRICT[self.by.effect] < _STRICT[self.rule.effect]


def hidden(rules: Sequence[Rule]) -> Iterator[Hidden]:
    """Yield the rules that never decide."""
    for one, other in zip(rules, deciding.hiding(rules), strict=True):
        if other is not None:
            yield Hidden(one, other)
