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

    from agentconv.core.ir import Rule
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
    coming = [one for one in limited if _decided(draft, several, one).action not in NOT_OURS]
    staying = [one for one in limited if one not in coming]
    closers = [one for group in several.values() for one in group if isinstance(one.shared, PermissionSet)]
    for target in dict.fromkeys(one.target for one in (*limited, *(one for one in closers if one.beside))):
        mine = [one for one in coming if one.target == target]
        closing = next((one for one in closers if one.target == target), None)
        if closing is not None:
            closing = _about(closing, several, mine or coming, staying)
        if closing is None or _decided(draft, several, closing).action not in SETTLES:
            _keep_out(draft, several, mine)


def _decided(draft: Draft, several: Several, one: Wanted) -> Decision:
    """Return what would become of an entry, were nothing else decided."""
    return next(decision for decision in several_files.decided(draft, several[one.path, one.part]) if decision.wanted is one)


def _about(closing: Wanted, several: Several, coming: Sequence[Wanted], others: Iterable[Wanted]) -> Wanted | None:
    """Leave of rules that are made for servers those of servers that come: a user's own server stays open as it is.

    An assistant may have that one by the file of another, in whose words the rules were made, too.
    """
    gone = {_said(rule) for one in others for rule in one.rules} - {_said(rule) for one in coming for rule in one.rules}
    if not closing.beside or not isinstance(closing.shared, PermissionSet):
        return closing
    rules = tuple(rule for rule in closing.shared.rules if _said(rule) not in gone)
    owner = next((one for one in coming if one.agent == closing.agent), next(iter(coming), None))
    if rules == closing.shared.rules and (owner is None or owner.agent == closing.agent):
        return closing
    now = None
    if rules and owner is not None:
        part = replace(closing.shared, rules=rules)
        now = replace(closing, shared=part, agent=owner.agent, source_sha256=owner.source_sha256, losses=owner.losses)
    _change(several, closing, now)
    return now


def _said(rule: Rule) -> tuple[str, str, str]:
    """Return what a rule says, in whichever file."""
    return rule.effect, rule.native, str(rule.pattern or "")


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
