"""Who of a pack stays away from an assistant, or is not held where that reads it: found once, and kept in the lock for `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.formats import registry
from agentconv.install import deployment
from agentconv.install.lock import Fates
from agentconv.install.read_elsewhere import UNHELD
from agentconv.install.steps import Action

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.diagnostics import Loss
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Lock, LockedPack
    from agentconv.install.steps import Plan, Step

_TAKEN = frozenset({Action.FOREIGN, Action.OTHER_PACK, Action.BLOCKED})


def of(every: Iterable[Deployment], coming: Iterable[Deployment], deployed: Collection[str], opened: Iterable[Loss] = ()) -> Fates:
    """Return who of a pack does not come, or is not held.

    Args:
        every: What its targets would get.
        coming: What of that comes.
        deployed: Ids of the agents and parts that are there then, in one target at least.
        opened: What is told of servers of others that its agents have there.
    """
    several = tuple(every)
    unheld: dict[str, dict[str, None]] = {}
    for loss in (loss for one in coming for loss in one.losses if loss.code in UNHELD):
        unheld.setdefault(loss.target, {})[deployment.owner(loss)] = None
    away = {one.target: tuple(dict.fromkeys(want.agent for want in one.wanted if want.agent not in deployed)) for one in several}
    servers: dict[str, dict[str, None]] = {}
    for loss in opened:
        servers.setdefault(loss.target, {}).update(dict.fromkeys(loss.beyond or ()))
    return Fates(
        {one.target: tuple(dict.fromkeys(one.refused)) for one in several if one.refused},
        {target: ids for target, ids in away.items() if ids},
        {target: tuple(ids) for target, ids in unheld.items()},
        opened={target: tuple(sorted(words)) for target, words in servers.items()},
    )


def taken(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    """Return by target what does not get to where it was to be, whatever is accepted."""
    found: dict[str, set[str]] = {}
    for step in (step for step in steps if step.action in _TAKEN):
        found.setdefault(step.target, set()).add(step.agent)
    return {target: tuple(sorted(ids)) for target, ids in found.items()}


def noted(planned: Plan, pack: str, found: Fates) -> Plan:
    """Return a plan after which the lock says that of a pack."""
    pending, after = (_noted(one, pack, found) for one in (planned.lock_pending, planned.lock_after))
    return replace(planned, lock_pending=pending, lock_after=after)


def _noted(lock: Lock, pack: str, found: Fates) -> Lock:
    return replace(lock, packs=tuple(replace(one, fates=found) if one.name == pack else one for one in lock.packs))


def is_read_by_others(locked: LockedPack, present: Iterable[str]) -> bool:
    """Whether an assistant that a pack is not for, and of which its lock says nothing, may read what is there for others."""
    known = locked.targets.keys() | (locked.fates.unheld.keys() if locked.fates else ())
    return any(one not in known and not {*registry.also_reads(one)}.isdisjoint(locked.targets) for one in present)
