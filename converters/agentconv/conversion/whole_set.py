"""What a set says of all its agents together, its words and its MCP servers, which files of single agents cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, losses
from agentconv.core.dataclass import replace
from agentconv.core.losses import becomes, listed
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent, AgentSet, McpServer
    from agentconv.sources.parts_on_disk import LoadedPart

_WORDS = ("name", "version", "description", "license", "authors", "extras")


def words_lost(about: AgentSet, held: AgentSet, target: str) -> Iterator[Loss]:
    """Say which words of a set its files do not hold.

    Args:
        about: The set.
        held: What the file that lists its agents holds of it.
        target: The target's format id.
    """
    if about.name and held.name and held.name != about.name:
        yield losses.loss("name-illegal", losses.WHOLE_SET, "set.name", target, becomes(about.name, held.name))
        about = replace(about, name=None)
    words = [name for name in _WORDS if getattr(about, name) and getattr(held, name) != getattr(about, name)]
    words += about.further
    if words:
        yield losses.loss("set-dropped", losses.WHOLE_SET, "set", target, listed(words))


class SetServers:
    """The MCP servers that a set defines for all its agents, on their way into the files of those that name them."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.held = "mcp_servers" in registry.load(target).SPEC.holds
        """Whether a file of an agent can hold them."""
        self.defined: dict[str, McpServer] = {}
        """All of them by name."""
        self._resolved: set[str] = set()
        """Those that the files of agents hold: of an agent that is refused, or left out, none."""
        self._used: set[str] = set()
        """Those that an agent may use by its author's words: the others are nobody's loss."""
        self._met = False
        """Whether there is an agent at all."""

    def define(self, parts: Iterable[LoadedPart], carried: Collection[str]) -> None:
        """Take in what a set defines, but for those that go into the target's configuration."""
        servers = (one.part for one in parts if one.kind == "servers" and one.part.name not in carried)
        self.defined.update({server.name: server.definition for server in servers})  # type: ignore[union-attr, misc]

    def meet(self, agents: Iterable[Agent]) -> None:
        """Take in which of them the agents of a file may use."""
        for agent in agents if self.defined else ():
            self._met = True
            self._used.update(name for name in self.defined.keys() - self._used if _may_use(agent, name))

    def in_place(self, agent: Agent) -> Agent:
        """Return an agent with the servers that its set defines in place of their names, where its file can hold them."""
        if not self.defined or not self.held:
            return agent
        named = {server.name for server in agent.mcp_servers or () if server.transport is None} & self.defined.keys()
        servers = tuple(self.defined[server.name] if server.name in named else server for server in agent.mcp_servers or ())
        return replace(agent, mcp_servers=servers) if named else agent

    def written(self, agent: Agent) -> None:
        """Take in that an agent is in a file, with the servers that were put in place."""
        self._resolved.update(server.name for server in agent.mcp_servers or () if self.defined.get(server.name) == server)

    def left(self) -> Iterator[Loss]:
        """Say which of them no file holds, and what to paste into the target's configuration."""
        meant = self._used if self._met else self.defined
        left = {name: server for name, server in self.defined.items() if name in meant and name not in self._resolved}
        if left:
            from agentconv.projecting import by_hand

            said = [server for server in left.values() if by_hand.can_be_said(self.target, server)]
            where = f"define them in {registry.FORMATS[self.target].title}'s configuration"
            hint = f"{where}: {by_hand.snippet(self.target, said)}" if said else None
            yield losses.loss("set-servers-dropped", losses.WHOLE_SET, "set.servers", self.target, listed(left), hint=hint)


def _may_use(agent: Agent, name: str) -> bool:
    """Whether an agent may use a server, where a client may spell that and the tool in one word, too."""
    may, key = effects.effects(agent), effects.server_key(name)
    if {name, key, effects.EVERY_SERVER} & may.denied_servers:
        return False
    if may.every_server or any(server.name == name for server in agent.mcp_servers or ()):
        return True
    named = [effects.server_key(one) for one, tools in may.servers.items() if tools]
    return any(one in (key, effects.EVERY_SERVER) or key.startswith(f"{one}_") for one in named)
