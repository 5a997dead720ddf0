"""What is there of agents that are refused: an earlier conversion's, or somebody's own, from which the client goes on having them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.diagnostics import BroughtError
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.conversion.converted import Converted


def is_there(done: Converted, read: Callable[[str], bytes | None]) -> str | None:
    """Return the file by which a client has a refused agent; None where there is none, or it is not refused.

    Args:
        done: What became of an agent.
        read: Returns the bytes of a file below where the conversion goes, by its path; None where there is none.
    """
    if done.instead_of is None or not done.refused or registry.FORMATS[done.target].bundle:
        return None
    path, name = done.instead_of
    data = read(path)
    if data is None:
        return None
    try:
        found = registry.load(done.target).read(SourceText(path, data))
    except BroughtError:  # of which its reader complains, wherever it is read for its own sake
        return None
    loaded = (agent for agent, state in zip(found.set.agents, found.states, strict=True) if not state.dropped)
    return path if any(names.alike(agent.name) == names.alike(name) for agent in loaded) else None
