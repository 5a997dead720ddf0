"""Who of a pack stays away from an assistant, or is not held where that reads it: found once, and kept in the lock for `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.install import deployment
from agentconv.install.lock import Fates
from agentconv.install.read_elsewhere import UNHELD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.diagnostics import Loss
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import LockedPack


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
        {target: tuple(sorted(words)) for target, words in servers.items()},
    )


def is_read_by_others(locked: LockedPack, present: Iterable[str]) -> bool:
    """Whether an assistant that a pack is not for, and of which its lock says nothing, may read what is there for others."""
    known = locked.targets.keys() | (locked.fates.unheld.keys() if locked.fates else ())
    return any(one not in known and not {*registry.also_reads(one)}.isdisjoint(locked.targets) for one in present)
