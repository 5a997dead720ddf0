"""Permission rules that never decide, since a later one matches all that they match and says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, patterns
from agentconv.core.dataclass import dataclass
from agentconv.core.meant import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Permissions, Rule

_FREEDOM = ("deny", "ask", "allow")
MOST_RULES = 100
"""Of more rules, the first ones are not looked at: each is compared with all that follow."""
_KEYS = "glob"
"""The language of the keys themselves, in the clients whose rules have an order."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A rule, and the one that decides in its place."""

    rule: Rule
    by: Rule

    @property
    def opens(self) -> bool:
        """Whether more is let through than the hidden rule says."""
        return _FREEDOM.index(self.by.effect) > _FREEDOM.index(self.rule.effect)


def find(permissions: Permissions) -> Iterator[Hidden]:
    """Yield each rule that a later one hides, where the order of the rules decides; what says the same hides nothing."""
    if permissions.resolution not in ("first", "last"):
        return
    told = {(rule.native, rule.pattern, rule.effect): rule for rule in access.in_order(permissions)}  # a key may be several rules
    rules = list(told.values())[-MOST_RULES:]
    for number, rule in enumerate(rules):
        over = next((later for later in reversed(rules[number + 1 :]) if _covers(later, rule)), None)
        if over is not None and over.effect != rule.effect:
            yield Hidden(rule, over)


def _covers(wide: Rule, narrow: Rule) -> bool:
    if wide.native != narrow.native and not patterns.covers(Pattern(wide.native, _KEYS), Pattern(narrow.native, _KEYS)):
        return False
    if wide.pattern is None or narrow.pattern is None:
        return wide.pattern is None or patterns.is_everything(wide.pattern)
    return patterns.covers(wide.pattern, narrow.pattern)
