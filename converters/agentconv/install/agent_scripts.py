"""What the guards of a pack's own agents run: files of the project, which come and go with the agents that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import FolderFile
from agentconv.install import part_consent, reading_back
from agentconv.install.steps import Wanted
from agentconv.parts.hooks import scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.disk.reader import Reader
    from agentconv.install.grant import Grant
    from agentconv.install.units import Units

_PART = "hooks"
"""The kind of part by which a lock knows what hooks run."""


def wanted(agents: Iterable[Wanted], units: Units) -> Iterator[Wanted]:
    """Yield the scripts of agents as their client will read them: at the same path in every project.

    Args:
        agents: What is to be there for one client.
        units: What is in the pack.
    """
    for one in agents:
        there = () if one.part else units.scripts.get(one.agent, ())
        agent = reading_back.coming(one)[1] if there else None
        named = scripts.going_along(agent) if agent is not None else ()
        for file in scripts.of_paths(named, there):
            known = (file.path, one.target, one.agent, one.source_sha256, file.data)
            yield Wanted(*known, part=_PART, executable=file.executable, beside=True)


def is_one(one: Wanted, units: Units) -> bool:
    """Whether it is a script of an agent, not of a hook of the set."""
    return one.script and one.agent in units.agents


def grant(one: Wanted) -> Grant:
    """Return what a script asks for: its very text is run."""
    return part_consent.of_script(FolderFile(one.path, one.data, one.executable))


def more(reader: Reader, several: Iterable[Wanted]) -> Iterator[tuple[str, Grant]]:
    """Yield what agents ask for with scripts that are not there as they come, each with its agent."""
    yield from ((one.agent, grant(one)) for one in several if reader.read(one.path) != one.data)
