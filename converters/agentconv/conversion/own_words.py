"""What the file of an agent says itself, rather than a bundle that holds it: in a bundle it may have been edited since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import restrictions
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded


def written(agent: Agent, piece: Loaded) -> bool:
    """Whether a file says itself what an agent has outside of its fields, rather than a bundle."""
    written = registry.load(piece.format).read(piece.source).as_meant.set.agents if piece.source else ()
    return any(one.extras == agent.extras for one in written)


def granted(agent: Agent, piece: Loaded) -> bool:
    """Whether a file says itself what the keys of an agent grant beside its fields, rather than a bundle in which it was edited."""
    if piece.source is None or not any(any(restrictions.grants(agent, format_id)) for format_id in agent.extras):
        return False
    written = registry.load(piece.format).read(piece.source).as_meant.set.agents
    return any((one.tools, one.permissions, one.extras) == (agent.tools, agent.permissions, agent.extras) for one in written)
