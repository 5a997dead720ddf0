"""What a pack asks about, and a user's own rules allow in words for less: that stays the user's word, and is told."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core.parts import PermissionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.core.ir import Rule
    from agentconv.install.steps import Wanted


def of(theirs: Sequence[Rule], wanted: Iterable[Wanted]) -> tuple[str, ...]:
    """Return what a user's own rules let run unasked of what the rules of a pack ask about, in a few words each.

    Args:
        theirs: The user's rules, of which the last that matches decides.
        wanted: What comes of the pack.
    """
    coming = [rule for want in wanted if isinstance(want.shared, PermissionSet) for rule in want.shared.rules]
    last = {(rule.native, _pattern(rule)): rule for rule in theirs}
    allowed = [
        rule
        for rule in last.values()
        if rule.effect == "allow"
        and any(_is_less(rule, one) for one in coming if one.effect == "ask")
        and not any(_is_within(rule, one) for one in coming if one.effect == "deny")
    ]
    return tuple(rule.native if rule.pattern is None else f'{rule.native} "{rule.pattern}"' for rule in allowed)


def _is_less(rule: Rule, wider: Rule) -> bool:
    """Whether a rule is about less than another one."""
    return (rule.native, _pattern(rule)) != (wider.native, _pattern(wider)) and _is_within(rule, wider)


def _is_within(rule: Rule, wider: Rule) -> bool:
    """Whether all that a rule is about is what another one is about."""
    return fnmatchcase(rule.native, wider.native) and fnmatchcase(_pattern(rule), _pattern(wider))


def _pattern(rule: Rule) -> str:
    return "*" if rule.pattern is None else str(rule.pattern)
