"""Rules of the whole set that close tools of servers whose own entries cannot: such a server comes with its rules, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.parts import PermissionSet
from agentconv.install import several_files
from agentconv.install.draft import SETTLES
from agentconv.install.steps import Action, Step
from agentconv.install.whole_files import NOT_OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.install.draft import Draft
    from agentconv.install.several_files import Decision
    from agentconv.install.steps import Wanted

    Several = dict[tuple[str, str], list[Wanted]]


def settle(draft: Draft, several: Several) -> None:
    """Take out rules for servers that do not come, and servers that would come without theirs.

    Args:
        draft: The plan in the making.
        several: What is wanted, by the shared file and the kind of part.
    """
    limited = [one for group in several.values() for one in group if one.rules]
    for target in dict.fromkeys(one.target for one in limited):
        mine = [one for one in limited if one.target == target]
        coming = [one for one in mine if _decided(draft, several, one).action not in NOT_OURS]
        closing = next((one for group in several.values() for one in group if _closes(one, target)), None)
        if closing is not None:
            closing = _about(closing, several, coming, (one for one in mine if one not in coming))
        if closing is None or _decided(draft, several, closing).action not in SETTLES:
            _keep_out(draft, several, coming)


def _closes(one: Wanted, target: str) -> bool:
    return one.target == target and isinstance(one.shared, PermissionSet)


def _decided(draft: Draft, several: Several, one: Wanted) -> Decision:
    """Return what would become of an entry, were nothing else decided."""
    return next(decision for decision in several_files.decided(draft, several[one.path, one.part]) if decision.wanted is one)


def _about(closing: Wanted, several: Several, coming: Sequence[Wanted], others: Iterable[Wanted]) -> Wanted | None:
    """Leave of rules that are made for servers those of servers that come: a user's own server stays open as it is."""
    left = {rule for one in coming for rule in one.rules}
    gone = {rule for one in others for rule in one.rules} - left
    if not closing.beside or not gone or not isinstance(closing.shared, PermissionSet):
        return closing
    rules = tuple(rule for rule in closing.shared.rules if rule not in gone)
    now = replace(closing, shared=replace(closing.shared, rules=rules)) if rules else None
    _change(several, closing, now)
    return now


def _keep_out(draft: Draft, several: Several, coming: Iterable[Wanted]) -> None:
    """Let no server come whose rules do not. One that is there already stays: what became of its rules is told."""
    for one in coming:
        old = _decided(draft, several, one).old
        if old is None or draft.pack not in old.packs:
            reason = "the rules that close tools of it do not come to stand in the project"
            draft.steps.append(Step(Action.BLOCKED, one.path, "", one.target, one.agent, reason, part=one.part))
            _change(several, one, None)


def _change(several: Several, one: Wanted, now: Wanted | None) -> None:
    """Let something else be wanted, or nothing."""
    key = (one.path, one.part)
    group = [now if other is one else other for other in several.pop(key)]
    if left := [other for other in group if other is not None]:
        several[key] = left
