"""Targets whose client reads the source's own folder: nothing is written for them, and what agents may do there is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import losses
from agentconv.formats import registry

if TYPE_CHECKING:
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


def of(sources: Sources, target: str) -> Served:
    """Return what a target's client makes of the source's files."""
    module = registry.load(target)
    number, found = 0, []
    for piece in sources.pieces:
        result = module.read(piece.source) if piece.source is not None else None
        if result is None or len(result.set.agents) != len(piece.agents):
            continue
        for agent, seen, state in zip(piece.agents, result.set.agents, result.states, strict=True):
            if state.dropped:
                continue
            number += 1
            wider = compare.widenings(agent, seen, target)
            if wider:
                found.append(losses.loss("widened-elsewhere", agent.id, "tools", target, losses.listed(map(str, wider))))
    return Served(target, number, tuple(found))
