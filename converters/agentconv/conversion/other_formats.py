"""Agents that come from another format, or that are deployed anew in their own: each goes into a file of the target's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.converted import Converted, with_cause
from agentconv.conversion.law import Case
from agentconv.core import losses
from agentconv.core.losses import quoted
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.files import Files
    from agentconv.conversion.naming import Name
    from agentconv.conversion.options import Options
    from agentconv.conversion.renaming import Names
    from agentconv.conversion.shared_files import Collected
    from agentconv.conversion.whole_set import SetServers
    from agentconv.core.format import State
    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded


class OtherFormats:
    """Writes agents one after the other, each into a file of its own, or all into one where the target has no other."""

    def __init__(self, target: str, options: Options, names: Names, servers: SetServers, files: Files) -> None:
        self.target = target
        self.options = options
        self.names = names
        self.servers = servers
        self.files = files
        row = registry.FORMATS[target]
        path = options.into or (None if row.folders else row.files[0])
        self._together = None if path is None else _collected(target, path)
        """The one file that takes all of them."""

    def convert(self, piece: Loaded) -> Iterator[Converted]:
        """Write the agents of a file."""
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if not (self.options.only_loaded and state.dropped):
                yield from self._one(agent, state, piece)

    def places(self, pieces: Iterable[Loaded]) -> Iterator[tuple[str, str]]:
        """Yield the ids of agents that get files of their own, and the paths of these, as they get them file by file."""
        for piece in pieces:
            for agent, state in zip(piece.agents, piece.states, strict=True):
                if not (self.options.only_loaded and state.dropped) and not self._gives_way(self.names.by_id[agent.id]):
                    yield agent.id, self._place(agent)

    def _gives_way(self, name: Name) -> bool:
        """Whether an agent is left out, for another one of its name."""
        return name.code == "name-duplicate" and self.options.on_duplicate == "first"

    def _place(self, agent: Agent) -> str:
        """Return the path of an agent's own file."""
        return self.names.paths.get(agent.id) or self.files.named(self.names.by_id[agent.id].name)

    def _one(self, agent: Agent, state: State, piece: Loaded) -> Iterator[Converted]:
        """Write an agent, unless it is to give way to another of its name."""
        name = self.names.by_id[agent.id]
        if self._gives_way(name):
            loss = losses.loss("duplicate-left-out", agent.id, "name", self.target, quoted(agent.name))
            yield Converted(self.target, (agent.id,), losses=(loss,), not_loaded=state.dropped)
            return
        complete = self.servers.in_place(agent)
        for done in self._into_a_file(complete, state, piece, name, as_read=complete is agent):
            if done.agents and (done.file or done.path):
                self.servers.written(complete)
            yield with_cause(done, piece, state)

    def _into_a_file(self, agent: Agent, state: State, piece: Loaded, name: Name, *, as_read: bool) -> Iterator[Converted]:
        """Write an agent into the file of all of them, or into one of its own."""
        if self._together is not None:
            yield self.files.among(Case(agent, piece, name, self._together.path), self._together, not_loaded=state.dropped)
            return
        path = self._place(agent)
        text = _own_text(piece, state, self.target)
        original = text.put(text.data, path) if text else None
        exact = piece.result is not None and as_read and not registry.load(self.target).SPEC.named_by_stem
        yield from self.files.alone(Case(agent, piece, name, path, original, exact=exact), not_loaded=state.dropped)

    def together(self) -> Iterator[Converted]:
        """Write the file that took all of them."""
        if self._together is not None:
            yield from self._together.written()


def _own_text(piece: Loaded, state: State, target: str) -> SourceText | None:
    """Return the text that an agent is deployed with but for its name: its file's, where the client takes that as it stands."""
    alone = piece.format == target and len(piece.agents) == 1 and not registry.FORMATS[target].holds_several(piece.path)
    return piece.source if alone and not state.dropped else None


def _collected(target: str, path: str) -> Collected:
    """Return the file that takes all agents."""
    from agentconv.conversion.shared_files import Collected

    return Collected(target, path, SourceText(path, b""))
