"""Files that several agents share: collected while one agent after the other is converted, and put into one that is there.

Not a byte changes that is not theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.converted import Converted, bug_in_file, respelled, taken_in
from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.ir import Agent, AgentSet, Prompt
from agentconv.core.source import SourceText
from agentconv.disk.output import Merged, OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from agentconv.core.format import Format, ReadResult, WriteResult


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file of several agents, with other agents in it."""

    data: bytes
    agents: tuple[Agent, ...]
    """The agents as they are read back."""
    problem: str | None = None
    """Why the file, as it is, cannot be changed so; the rest is what was there then."""


def rewrite(module: Format, original: SourceText, wanted: Sequence[Agent], ours: Collection[str | None]) -> Rewritten:
    """Give a file its complete wanted agents. It is read back, and where the client would not take it, nothing changes.

    Args:
        module: The file's format.
        original: The file as it stands; without a byte where there is none.
        wanted: All that is to be in it, in order.
        ours: Names of the agents that the client has to load afterwards.
    """
    written = module.write(AgentSet(tuple(wanted)), original)
    again = module.read(written.over(original))
    found = again.set.agents
    bad = any(state.dropped and agent.name in ours for agent, state in zip(found, again.states, strict=True))
    exact = len(found) == len(wanted) and all(map(fields.same, found, wanted))
    if not bad and exact and not (original.size and written.whole):
        return Rewritten(written.data, found)
    before = module.read(original)
    remarks = again.diagnostics if bad else before.diagnostics
    problem = remarks[0].message if remarks else "it cannot be changed without changing what else is in it"
    return Rewritten(original.text.encode("utf-8", "surrogateescape"), before.set.agents, problem)


def is_bare(module: Format, path: str, data: bytes) -> bool:
    """Whether a file is what is left of one that we made when the last agent went."""
    probe = Agent("a", "a", description="a", prompt=Prompt("a"))
    fresh = module.write(AgentSet((probe,)), SourceText(path, b"")).data
    return data == module.write(AgentSet(()), SourceText(path, fresh)).data


def pointer(agent: Agent) -> str:
    """Return the place of the agents of a file and the agent's name there: what stays the same when others come or go."""
    where = agent.origin.pointer.rpartition("/")[0] if agent.origin else ""
    return f"{where}/{(agent.name or '').replace('~', '~0').replace('/', '~1')}"


@dataclass(frozen=True, slots=True)
class Shared:
    """The agents of one file that holds several, ready to be put into one that is there."""

    module: Format
    path: str
    agents: tuple[Agent, ...]
    source: SourceText | None = None
    """What the agents stand in; None where that is nothing but they."""

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put the agents into a file: new ones are added, the same ones left, others of one name kept unless forced.

        Not a byte changes that is not theirs; the result is read back, and where the client would not take it, nothing changes.
        """
        original = self.source.put(present, self.path) if self.source else SourceText(self.path, present)
        before = self.module.read(original)
        wanted = list(before.set.agents)
        places = {agent.name: place for place, agent in enumerate(wanted)}
        kept: list[str] = []
        replaced = False
        for agent in self.agents:
            place = places.get(agent.name)
            if place is None:
                wanted.append(agent)
            elif not fields.same(wanted[place], agent):
                replaced = replaced or force
                wanted[place] = replace(agent, origin=wanted[place].origin) if force else wanted[place]
                kept += [] if force else [agent.name or ""]
        done = rewrite(self.module, original, wanted, {agent.name for agent in self.agents})
        if done.problem:
            return Merged(present, tuple(agent.name or "" for agent in self.agents), problem=done.problem)
        return Merged(done.data, tuple(kept), replaced)


@dataclass(slots=True)
class Collected:
    """A file of several agents, while it is collected: each was held to the law alone before."""

    target: str
    path: str
    original: SourceText
    """The file as it is, where it is of the target's own format; else without a byte."""
    agents: list[Agent] = field(default_factory=list)
    """The agents as projected, and those that stand in it as they were."""
    ids: list[str] = field(default_factory=list)
    """Ids of those that are not in it as they were."""
    result: SourceText | None = None
    """The file as it was written, with what it includes."""

    def add(self, agent: Agent, agent_id: str) -> None:
        """Take in an agent that the law found to be what it was projected to."""
        self.ids.append(agent_id)
        self.agents.append(agent)

    def leave(self, agent: Agent) -> None:
        """Let an agent stand as it is in the file."""
        self.agents.append(agent)

    def written(self) -> Iterator[Converted]:
        """Write all agents into one file, if there are any, and check that all are in it."""
        module, agents = registry.load(self.target), tuple(self.agents)
        if not agents:
            return
        try:
            written = self._checked(AgentSet(agents))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other files
            yield Converted(self.target, tuple(self.ids), diagnostics=(bug_in_file(self.path, self.target, error),))
            return
        notes = (*respelled(agents[0], self.original.path, written, quote="`"), *taken_in(self.original, written))
        notes = notes if self.original.size else ()
        self.result = written.over(self.original)
        file = OutputFile(self.path, written.data, Shared(module, self.path, agents, self.result))
        yield Converted(self.target, (), file, diagnostics=notes)

    def _checked(self, agents: AgentSet) -> WriteResult:
        module = registry.load(self.target)
        written = module.write(agents, self.original)
        dropped = {state.dropped for state in module.read(self.original).states}
        if not self._come_back(module.read(written.over(self.original)), whole=True not in dropped):
            raise InternalError("the agents of one file do not come back from it")
        return written

    def _come_back(self, again: ReadResult, *, whole: bool) -> bool:
        """Whether what was written gives each agent as it was meant; `whole`: the client has to load all of them, as it did before."""
        found = again.set.agents
        lost = whole and any(state.dropped for state in again.states)
        return len(found) == len(self.agents) and all(map(fields.same, found, self.agents)) and not lost
