"""The order in which rules that come to a user's own stand among them, where they are a list: none of theirs is opened by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.parts.permissions import projecting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.ir import Rule


def joined(there: Sequence[Rule], more: Sequence[Rule], resolution: str | None) -> tuple[Rule, ...]:
    """Return the rules of a file with others that come to them.

    Args:
        there: The rules that the file has.
        more: Those that come.
        resolution: Which of several matching rules decides there. Where it is the first, what denies stands before all that could open
            it, what asks behind all that denies, and what allows behind everything; the user's own keep their order as far as that goes.
            Where it is the strictest, the order says nothing, and is that by which people read it.
    """
    if resolution != "first":
        return tuple(sorted((*there, *more), key=lambda rule: projecting.STRICTNESS[rule.effect]))
    denying, asking, allowing = ([rule for rule in more if rule.effect == effect] for effect in ("deny", "ask", "allow"))
    closed = [rule for rule in there if rule.effect == "deny"] if asking else []
    return (*denying, *closed, *asking, *(rule for rule in there if rule not in closed), *allowing)
