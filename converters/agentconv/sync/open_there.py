"""What agents may do in a target, beyond what their source says, with servers that stand in its client's own files: said in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.formats import registry
from agentconv.install import servers_after
from agentconv.sync import serving, unchanged
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.install.places import Scope
    from agentconv.sync.parts import PartsOutcome
    from agentconv.sync.planning import Outcome
    from agentconv.sync.sources import Key, Sources


def of(outcome: Outcome, beside: PartsOutcome | None, scope: Scope) -> Iterator[Loss]:
    """Yield what is to be said of agents, as the targets have them after a run.

    Args:
        outcome: What becomes of agents.
        beside: What becomes of parts, where some are kept in step.
        scope: Where it all is.
    """
    steps = beside.plan.steps if beside is not None else ()
    for target in outcome.settings.targets if outcome.sources is not None else ():
        wanted = [want for one in (beside.deployments if beside else ()) if one.target == target for want in one.wanted]
        judged = unchanged.open_in_place(outcome.settings, target)  # by which agents are refused
        there = [one for one in servers_after.of(target, scope, steps, wanted) if one.part.path not in judged]
        for author, agent in _agents(outcome, target, scope) if there else ():
            yield from servers_there.told(author, agent, target, there)


def _agents(outcome: Outcome, target: str, scope: Scope) -> Iterator[tuple[Agent, Agent]]:
    """Yield the agents of the source, each as the target's client has it after the run: those that are not ours left out."""
    found = [one for one in outcome.candidates if one.target == target and serving.is_there(one)]
    for one in found:
        author = one.view.source if one.view is not None else one.author
        agent = one.after
        if author is not None and agent is not None and one.entry is not Entry.FOREIGN:
            yield author, agent
    if outcome.sources is not None and unchanged.is_read(outcome.settings, target, scope):
        yield from _read(outcome.sources, target, {one.key for one in found})


def _read(sources: Sources, target: str, has: Collection[Key]) -> Iterator[tuple[Agent, Agent]]:
    """Yield those that the target's client reads in the source's own files, since it has no other of them."""
    seen = serving.instead(sources, target)
    own_first = registry.load(target).SPEC.own_first  # else the source's file is what it reads, whatever else is there
    yield from ((agent, seen[at]) for at, agent in sources.agents() if at in seen and not (own_first and at in has))
