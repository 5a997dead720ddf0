"""The order of rules, as far as it means nothing: people and programs write the same map of permissions in many orders."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from agentconv.core import access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Rule


def settled(rules: Sequence[Rule], resolution: str | None) -> tuple[Rule, ...]:
    """Return rules in one order for all orders that mean the same.

    Where the first or the last rule that matches decides, rules that stand beside each other change places only where each is about a tool
    that no other one of them is about, by its word or by what it does.

    Args:
        rules: The rules, as they are written.
        resolution: Which of them decides (`Permissions.resolution`).
    """
    if resolution not in ("first", "last"):
        return tuple(rules)
    runs = (tuple(run) for _, run in groupby(rules, _is_of_one_tool))
    return tuple(rule for run in runs for rule in _sorted(run))


def _is_of_one_tool(rule: Rule) -> bool:
    """Whether a rule is about one tool, and its word matches no other one."""
    return rule.capability != access.EVERY_CAPABILITY and not rule.server and "*" not in rule.native and bool(access.granted(rule))


def _sorted(run: Sequence[Rule]) -> Iterator[Rule]:
    """Yield rules of single tools in the order of their words, those of one word as they stand; others as they are."""
    by_word: dict[str, list[Rule]] = {}
    for rule in run:
        by_word.setdefault(rule.native, []).append(rule)
    meant = [capability for rules in by_word.values() for capability in {one for rule in rules for one in access.granted(rule)}]
    is_free = _is_of_one_tool(run[0]) and len(meant) == len(set(meant))
    yield from (rule for word in sorted(by_word) for rule in by_word[word]) if is_free else run
