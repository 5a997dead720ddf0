"""Servers of a pack that would be open to agents of others where they come: asked for with the server, and told with their names.

In a target none of whose agents' files chooses among servers, an entry that comes is for all agents there. Those of the pack are judged
when it is converted; the others have authors of their own, who may not have given them that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.conversion.open_servers import chooses
from agentconv.conversion.servers_there import Standing
from agentconv.core import effects, names, plain_words
from agentconv.core.losses import listed
from agentconv.core.restraints import SERVERS
from agentconv.formats import registry
from agentconv.install import deployment
from agentconv.install.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.servers_there import AgentThere
    from agentconv.core.diagnostics import Loss
    from agentconv.install.deployment import Deployment
    from agentconv.install.places import Scope
    from agentconv.install.units import Units

    Others = Callable[[str], Sequence[AgentThere]]


def nobody(_: str) -> Sequence[AgentThere]:
    """Return no agents, where nobody looks at those that are there."""
    return ()


def told(one: Deployment, others: Others, units: Units, scope: Scope) -> Iterator[Loss]:
    """Say which agents of others have a server of a pack beyond their authors' words once it comes."""
    coming = [Standing(name, scope.shown(path), units.loaded[id_]) for id_, name, path in _servers(one)]
    if not coming or chooses(one.target):
        return
    mine = {names.alike(agent.name) for (target, _), agent in deployment.agents_there(one, scope).items() if target == one.target}
    for other in others(one.target):
        if names.alike(other.agent.name) not in mine:
            yield from servers_there.told(other.author, other.agent, one.target, coming)


def grants(deployments: Iterable[Deployment], others: Others, units: Units, scope: Scope) -> Mapping[str, tuple[Grant, ...]]:
    """Return by the ids of servers what they ask for besides: to be open to these agents, too."""
    found: dict[str, tuple[Grant, ...]] = {}
    for one in deployments:
        whose: dict[str, list[str]] = {}
        for loss in told(one, others, units, scope):
            for key in loss.beyond or ():
                whose.setdefault(key, []).append(loss.agent)
        for id_, name, _ in _servers(one):
            if agents := whose.get(plain_words.server(effects.server_key(name))):
                what = f"MCP server {name} in {registry.FORMATS[one.target].title}, open to agents there that may not use it"
                found[id_] = (*found.get(id_, ()), Grant(plain_words.server(name), f"{what} ({listed(sorted(agents))})"))
    return found


def _servers(one: Deployment) -> Iterator[tuple[str, str, str]]:
    """Yield the servers that come: their ids, their names and where they go."""
    for want in one.wanted:
        if want.part == SERVERS and want.shared is not None and not want.beside:
            yield want.agent, want.shared.name or "", want.path
