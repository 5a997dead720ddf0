"""Targets whose client reads the source's own folder: nothing is written for them, and what agents may do there is looked at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import losses, schema_files
from agentconv.core.dataclass import dataclass, field
from agentconv.formats import registry
from agentconv.sync import digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Loss
    from agentconv.sync.sources import Sources


@dataclass(frozen=True, slots=True)
class Served:
    """One such target."""

    target: str
    agents: int
    """How many agents it loads from there."""
    losses: tuple[Loss, ...]
    """What an agent may do there beyond what its source says."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Fields that its client has nothing of, with how many agents say something there."""
    dropped: tuple[str, ...] = ()
    """The agents that it does not load."""


def of(sources: Sources, target: str) -> Served:
    """Return what a target's client makes of the source's files."""
    module = registry.load(target)
    number, found, dropped = 0, [], []
    lost: Counter[str] = Counter()
    for piece in sources.pieces:
        result = module.read(piece.source) if piece.source is not None else None
        if result is None or len(result.set.agents) != len(piece.agents):
            continue
        for agent, seen, state in zip(piece.agents, result.set.agents, result.states, strict=True):
            if state.dropped:
                dropped.append(agent.name or piece.path)
                continue
            number += 1
            lost.update(path for path in digests.of(agent).keys() - digests.of(seen).keys() if not _is_idle(path, piece.format))
            wider = compare.widenings(agent, seen, target)
            if wider:
                found.append(losses.loss("widened-elsewhere", agent.id, "tools", target, losses.listed(map(str, wider))))
    return Served(target, number, tuple(found), dict(sorted(lost.items())), tuple(dropped))


def _is_idle(path: str, client: str) -> bool:
    """Whether a field is a key that the source's own client makes nothing of either."""
    key = path.removeprefix(f"extras.{client}.")
    return key != path and not schema_files.uses_key(client, key)
