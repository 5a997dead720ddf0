"""Agents that no run writes, and that have the name of one of the source: what they may do is held against that one all the same.

A configuration may leave an assistant out of `targets`, an agent out of one, or a file out of all that is looked at. Each of these
says that nothing is written there; none says that an agent may do more there than people read in the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import names
from agentconv.core.dataclass import dataclass
from agentconv.formats import registry
from agentconv.sync import overriding, places, present
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening
    from agentconv.disk.reader import Reader
    from agentconv.install.places import Scope
    from agentconv.sync.planning import Outcome
    from agentconv.sync.present import File


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One such agent that may do more than the source's."""

    target: str
    path: str
    pointer: str
    name: str
    """The name of the source's."""
    wider: tuple[Widening, ...]


def of(outcome: Outcome, scope: Scope, reader: Reader, *, accepts: bool) -> list[Elsewhere]:
    """Return the agents in a project, of every assistant that could be kept in step, that may do more than their namesake in the source.

    Those that a run judges anyway are not among them.

    Args:
        outcome: What the run found.
        scope: Where it looks.
        reader: Reads what is there.
        accepts: Whether what `keep-wider` names is accepted: a person named the configuration, and it is not just the project's own.
    """
    if outcome.sources is None or scope.is_user:
        return []
    settings = outcome.settings
    authors: dict[str, list[Agent]] = {}
    for _, agent in outcome.sources.agents():
        authors.setdefault(names.alike(agent.name), []).append(agent)

    def kept(target: str, name: str) -> frozenset[str]:
        return overriding.kept_wider(settings, target, name) if accepts else frozenset()

    found = (one for one in outcome.candidates if one.view is not None or one.wider or one.allowed or one.entry is Entry.DELETE)
    judged = {(one.target, *one.place) for one in found}
    return [
        Elsewhere(file.target, file.path, pointer, author.name or "", tuple(wider))
        for file in _files(outcome, scope, reader)
        for pointer, agent in file.agents.items()
        if (file.target, file.path, pointer) not in judged
        for author in authors.get(names.alike(agent.name), ())
        if (wider := _beyond(author, agent, file.target, kept(file.target, author.name or "")))
    ]


def _beyond(author: Agent, agent: Agent, target: str, kept: frozenset[str]) -> list[Widening]:
    found = compare.widenings(author, agent, target)
    return found if any(one.name not in kept for one in found) else []


def _files(outcome: Outcome, scope: Scope, reader: Reader) -> Iterator[File]:
    """Yield the files of every assistant but the source's as the run leaves them, whatever the configuration leaves out."""
    own = outcome.sources.files if outcome.sources is not None else ()
    changes = {change.path: change.after for change in outcome.plan.changes} if outcome.plan is not None else {}
    for target, path in places.others(outcome.settings, scope, own):
        if not registry.is_loadable(target):
            continue  # which is told, and loses nothing of the others
        if path not in changes:
            yield present.read(reader, path, target)
        elif (data := changes[path]) is not None:
            yield present.parsed(path, target, data)
