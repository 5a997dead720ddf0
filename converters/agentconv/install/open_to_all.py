"""Servers that an assistant has for all of its agents, since none of their files chooses: a pack's are open to agents of others there.

Those of the pack are judged when it is converted; the others have authors of their own, who may not have given them that. So such a
server asks for that, too, and it is told with their names. Servers of others, which a pack's agents have there, are told as well.
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
from agentconv.install import deployment, servers_after
from agentconv.install.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.servers_there import AgentThere
    from agentconv.core.diagnostics import Loss
    from agentconv.install.deployment import Deployment
    from agentconv.install.places import Scope
    from agentconv.install.steps import Step
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


def to_its_own(one: Deployment, units: Units, scope: Scope, steps: Iterable[Step] = ()) -> Iterator[Loss]:
    """Say which agents of a pack have servers of others beyond their authors' words; `steps`: what becomes of what is there."""
    agents = deployment.agents_there(one, scope)
    for target in dict.fromkeys(target for target, _ in agents):
        there = servers_after.of(target, scope, steps, one.wanted)
        for id_, agent in [(id_, agent) for (whose, id_), agent in agents.items() if whose == target] if there else ():
            yield from servers_there.told(units.agents[id_], agent, target, there)


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
