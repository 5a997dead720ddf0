"""Servers that go along and would be open to agents that may not use them: such a server stays, and the agents go without it.

Where no file of a target's agent chooses among MCP servers (Cursor's `.cursor/mcp.json`), what is written for one agent is there for
all. The answer is one for all commands, whatever the order of the agents: each agent is judged without the servers that go along, and
a server goes where all agents that the target has then may use what it opens to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare, servers_there
from agentconv.conversion.servers_there import Standing
from agentconv.core import losses, names, vocabulary
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.losses import listed
from agentconv.core.restraints import SERVERS
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.along import With
    from agentconv.conversion.options import Options
    from agentconv.conversion.servers_there import AgentThere
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.core.widening import Widening
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart

CODE = "server-open-to-all"
_SERVERS: Kind = "servers"
_CHOOSES = frozenset({"mcp_servers", "tools.allow", "tools.deny", "permissions.rules"})
"""Fields by which an agent has some of its project's MCP servers, and not others."""


def chooses(target: str) -> bool:
    """Whether a file of an agent may say which of its project's MCP servers it has."""
    return bool(_CHOOSES & registry.load(target).SPEC.holds) and not vocabulary.fact(target, "lists_unwritten")


def with_those_in_place(options: Options, target: str, parts: Parts | None) -> With:
    """Return what goes along, with the servers that a target has where they are, and all agents there, whatever is to go along.

    Agents are judged by these in each conversion alike; nothing is written of them.
    """
    wanted = options.along
    if parts is None or options.root is None or SERVERS in wanted.kinds or chooses(target):
        return wanted
    from agentconv.conversion.in_place import is_there_already

    there = [one.part.name or "" for one in parts.of(_SERVERS) if one.meant and is_there_already(one, target, options)]
    named = tuple(dict.fromkeys((*wanted.named, *((_SERVERS, name) for name in there))))
    return replace(wanted, named=named, only=wanted.only if wanted else frozenset({_SERVERS})) if there else wanted


@dataclass(slots=True)
class OpenServers:
    """The servers that go along into a target, and the agents there that may not use them."""

    target: str
    options: Options
    going: Mapping[str, LoadedPart]
    """By what tools of theirs are called by in the target (`effects.server_key`)."""
    _strangers: dict[str, dict[str, None]] = field(default_factory=dict)
    """By the ids of servers the names of these agents."""
    _others: Sequence[AgentThere] = ()
    """The agents of others in the target."""

    def opened(self, author: Agent, result: Agent, wider: Collection[Widening], *, trusted: bool = True) -> list[Widening]:
        """Return what an agent may do beyond its author's words with these servers, and not without them."""
        if not self.going:
            return []
        return [one for one in compare.widenings(author, result, self.target, self.going, trusted=trusted) if one not in wider]

    def wanted(self, author: Agent, opened: Iterable[Widening]) -> list[Widening]:
        """Return what of it is wanted: the user insists on the agent, or on the server, or a configuration keeps it."""
        if self.options.insists_on(author.name, author.id):
            return [*opened]
        kept = self.options.keeps_wider(author) if self.options.keeps_wider is not None else ()
        return [one for one in opened if one.name in kept or self.insists(one)]

    def insists(self, wider: Widening) -> bool:
        """Whether what is beyond an author's words is a server that the user insists on."""
        server = self.going.get(wider.server or "")
        return server is not None and self.options.insists_on(f"{SERVERS}/{server.part.name}")

    def meet(self, author: Agent, opened: Iterable[Widening]) -> None:
        """Take in what these servers would open to an agent that is in the target, and that its author closed."""
        unwanted = [*opened]
        wanted = self.wanted(author, unwanted) if unwanted else []
        for one in (one for one in unwanted if one not in wanted):
            its_own = self.going.get(one.server or "")
            for server in self.going.values() if its_own is None else [its_own]:
                self._strangers.setdefault(server.part.id, {})[author.name or author.id] = None

    def meet_there(self, author: Agent, there: Agent | None) -> None:
        """Take in the same of an agent as the target has it by a file that is not written now."""
        if there is not None:
            self.meet(author, self.opened(author, there, compare.widenings(author, there, self.target)))

    def meet_others(self, written: Collection[str]) -> None:
        """Take in the same of agents that the target has by files of others.

        Args:
            written: The names of the agents that are written now, and judged as such.
        """
        asked, mine = self.options.agents_there, {names.alike(name) for name in written}
        there = asked(self.target) if asked is not None and self.going and not chooses(self.target) else ()
        self._others = [one for one in there if names.alike(one.agent.name) not in mine]
        for one in self._others:
            self.meet_there(one.author, one.agent)

    def told_of_others(self) -> Iterator[Loss]:
        """Say which of these have a server all the same, since somebody insists on it."""
        going = [Standing(one.part.name or "", "", one) for one in self.going.values()]
        for one in self._others:
            yield from servers_there.told(one.author, one.agent, self.target, going)

    @property
    def are_at_home(self) -> bool:
        """Whether they go into the project that they come from: the target may read that one's agents, too."""
        return any(self.options.into_root(one.root) for one in self.going.values())

    def staying(self) -> dict[str, Loss]:
        """Return by their ids why servers stay."""
        return {one.part.id: self._loss(one) for one in self.going.values() if one.part.id in self._strangers}

    def _loss(self, server: LoadedPart) -> Loss:
        """Say of a server which agents may not use it, and how it is written all the same."""
        agents = listed(sorted(self._strangers[server.part.id]))
        flag, then = f"--allow-widening={SERVERS}/{server.part.name}", "writes it all the same; every agent there can use it then"
        told = losses.loss(CODE, server.part.id, "name", self.target, agents, hint=f"{flag} {then}", part=SERVERS)
        return replace(told, option=f"`allow_widening=True` {then}")
