"""Targets whose client reads the source's own folder, and what agents may do there.

Nothing is written for them; or, where they are to have files of their own, the source's are read of agents that have none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import limits, losses, schema_files
from agentconv.core.dataclass import dataclass, field
from agentconv.formats import registry
from agentconv.sync import digests
from agentconv.sync.decisions import PUTS, Entry
from agentconv.sync.sources import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.sources import Key, Sources


@dataclass(frozen=True, slots=True)
class Served:
    """One such target."""

    target: str
    agents: int
    """How many agents it loads from there."""
    losses: tuple[Loss, ...]
    """What an agent may do there beyond what its source says."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Keys of the source's files that its client has nothing of, with how many agents say something there."""
    dropped: tuple[str, ...] = ()
    """The agents that it does not load."""
    beside: bool = False
    """Whether it is files of other assistants that it reads, and not the source's."""
    without: tuple[str, ...] | None = None
    """Where it has files of its own: the agents of which it has none, and reads the source's."""


def of(sources: Sources, target: str) -> Served:
    """Return what a target's client makes of the source's files."""
    number = 0
    found: list[Loss] = []
    dropped: list[str] = []
    lost: Counter[str] = Counter()
    for piece, agent, seen in _read(sources, target):
        if seen is None:
            dropped.append(agent.name or piece.path)
            continue
        number += 1
        gone = digests.of(agent).keys() - digests.of(seen).keys()
        lost.update({limits.written(piece.format, path) for path in gone if not _is_idle(path, piece.format)})
        found += _wider(agent, seen, target)
    return Served(target, number, tuple(found), dict(sorted(lost.items())), tuple(dropped))


def without_copy(sources: Sources, target: str, candidates: Iterable[Candidate], strangers: Collection[str]) -> Served:
    """Return what a target's client makes of the source's files of those agents of which it has no file of its own.

    Args:
        sources: The agents of the source.
        target: The target.
        candidates: What becomes of the target's files.
        strangers: The names of agents that the target has besides.
    """
    counts = registry.load(target).SPEC.own_first  # else the source's file is what it reads, whatever else is there
    has = {one.key for one in candidates if counts and one.target == target and is_there(one)}
    names = strangers if counts else ()
    rest = [(agent, seen) for piece, agent, seen in _read(sources, target) if key(piece, agent) not in has and agent.name not in names]
    found = [(agent, loss) for agent, seen in rest if seen is not None for loss in _wider(agent, seen, target)]
    return Served(target, len(rest), tuple(loss for _, loss in found), without=tuple(agent.name or agent.id for agent, _ in found))


def by_others(sources: Sources, target: str, candidates: Iterable[Candidate], found: Mapping[str, Sequence[Agent]]) -> Served:
    """Return what a target's client makes of other assistants' files of those agents of which it has no file of its own.

    Args:
        sources: The agents of the source.
        target: The target.
        candidates: What becomes of the target's files.
        found: What the client has by such files, by name.
    """
    has = {one.key for one in candidates if one.target == target and is_there(one)}
    rest = [(agent, seen) for at, agent in sources.agents() if at not in has for seen in found.get(agent.name or "", ())]
    wider = [(agent, loss) for agent, seen in rest for loss in _wider(agent, seen, target)]
    names = dict.fromkeys(agent.name or agent.id for agent, _ in wider)
    return Served(target, len(rest), tuple(loss for _, loss in wider), without=tuple(names), beside=True)


def instead(sources: Sources, target: str) -> dict[Key, Agent]:
    """Return the agents of the source as a target's client has them that reads its folder."""
    return {key(piece, agent): seen for piece, agent, seen in _read(sources, target) if seen is not None}


def _read(sources: Sources, target: str) -> Iterator[tuple[Loaded, Agent, Agent | None]]:
    """Yield the agents of the source, each with what a client makes of its file: None where it does not load it."""
    module = registry.load(target)
    for piece in sources.pieces:
        result = module.read(piece.source) if piece.source is not None else None
        if result is not None and len(result.set.agents) == len(piece.agents):
            for agent, seen, state in zip(piece.agents, result.set.agents, result.states, strict=True):
                yield piece, agent, None if state.dropped else seen


def _wider(agent: Agent, seen: Agent, target: str) -> Iterator[Loss]:
    """Say what an agent may do in a client that reads the source's file, beyond what that says."""
    wider = compare.widenings(agent, seen, target)
    if wider:
        yield losses.loss("widened-elsewhere", agent.id, "tools", target, losses.listed(map(str, wider)))


def is_there(one: Candidate) -> bool:
    """Whether a target has a file of an agent after the run."""
    return one.entry in PUTS or (one.there is not None and one.entry not in (Entry.DELETE, Entry.FORGET, Entry.NOTHING))


def _is_idle(path: str, client: str) -> bool:
    """Whether a field is a key that the source's own client makes nothing of either."""
    key = path.removeprefix(f"extras.{client}.")
    return key != path and not schema_files.uses_key(client, key)
