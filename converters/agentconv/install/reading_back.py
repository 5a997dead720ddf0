"""Agents as the client of a target reads them: from the files that are there, and from those that are to be there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.conversion import shared_files
from agentconv.core.dataclass import replace
from agentconv.core.ir import Agent, AgentSet
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install.places import entry_name

if TYPE_CHECKING:
    from agentconv.disk.reader import Reader
    from agentconv.install.steps import Wanted


_AT_ONCE = 4096
"""How many agents are known at a time: what a pack asks for, what its clients hold and what comes new are asked of each in turn."""


@lru_cache(maxsize=_AT_ONCE)
def read(target: str, path: str, pointer: str, data: bytes) -> Agent | None:
    """Return the agent that a file holds, or the one that a pointer names in it; None where its client finds none."""
    agents = registry.load(target).read(SourceText(path, data)).set.agents
    if pointer:
        return next((agent for agent in agents if agent.name == entry_name(pointer)), None)
    return agents[0] if len(agents) == 1 else None


def there(reader: Reader, target: str, path: str, pointer: str) -> Agent | None:
    """Return the agent that is there; None where there is none."""
    data = reader.read(path)
    return read(target, path, pointer, data) if isinstance(data, bytes) else None


def coming(wanted: Wanted) -> tuple[str, Agent | None]:
    """Return an agent as it will be read once it is deployed, and its pointer in a file that holds several."""
    if not isinstance(wanted.shared, Agent):
        return "", read(wanted.target, wanted.path, "", wanted.data)
    module, source = registry.load(wanted.target), SourceText(wanted.path, b"")
    data = module.write(AgentSet((replace(wanted.shared, origin=None),)), source).data
    found = module.read(SourceText(wanted.path, data)).set.agents
    return (shared_files.pointer(found[0]), found[0]) if len(found) == 1 else ("", None)
