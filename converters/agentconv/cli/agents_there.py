"""The agents that assistants have in a project, whoever wrote them there: a server in a file for all of them is open to each.

A copy of another assistant's agent, and one that came with a pack, is held against the words of its author, as `inspect` does it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion.open_servers import chooses
from agentconv.conversion.servers_there import AgentThere
from agentconv.core import names
from agentconv.core.dataclass import replace
from agentconv.formats import registry
from agentconv.sources import discovery
from agentconv.sources.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.places import Scope
    from agentconv.lint.authors import Authors
    from agentconv.sources.loaded import Loaded


def of_scope(scope: Scope) -> Callable[[str], Sequence[AgentThere]]:
    """Return the same of a place that something is deployed to: a user's own agents are not looked at."""
    return (lambda _: ()) if scope.is_user else of_project(scope.root)


def of_project(root: str | os.PathLike[str]) -> Callable[[str], Sequence[AgentThere]]:
    """Return what gives the agents that an assistant has in a project; the project is read once, when one is asked about.

    Args:
        root: Its folder.
    """

    @cache
    def read() -> tuple[list[Loaded], Authors]:
        from agentconv.cli import inspected_authors

        pieces = list(Loader(discovery.discover([os.fspath(root)]).files))
        return pieces, inspected_authors.of_project(os.path.realpath(root), pieces)

    @cache
    def there(target: str) -> Sequence[AgentThere]:
        return (
            ()
            if chooses(target) or not os.path.isdir(root)
            else tuple(sorted(_there(target, *read()), key=lambda one: one.agent.name or ""))
        )

    return there


def _there(target: str, pieces: Sequence[Loaded], authors: Authors) -> Iterator[AgentThere]:
    """Yield the agents of a target: its own, and those that it reads in another one's files, where none of its own takes their place."""
    own = {names.alike(agent.name) for piece in pieces if piece.format == target for agent in piece.agents}
    hidden = own if registry.load(target).SPEC.own_first else set()
    for piece in pieces:
        if piece.format == target:
            rows = list(zip(piece.agents, piece.agents, piece.states, strict=False))
        elif piece.format in registry.also_reads(target) and piece.source is not None:
            result = registry.load(target).read(piece.source)
            same = len(result.set.agents) == len(piece.agents)
            rows = list(zip(piece.agents, result.set.agents, result.states, strict=True)) if same else []
            rows = [row for row in rows if names.alike(row[0].name) not in hidden]
        else:
            continue
        for author, agent, state in rows:
            if not state.dropped:
                found = authors.of(piece, agent.name)
                yield AgentThere(_named(found[1] if found else author), agent, piece.path)


def _named(author: Agent) -> Agent:
    """Return an author's agent with its name for an id: of those of several files that are all that tells people which is meant."""
    return replace(author, id=author.name or author.id)
