"""Copies of what gave way to a run, which lie beside agents: which there are, which may come back, and what that would open.

A copy holds what somebody wrote before the source was written there. That may be an agent that may do more than its namesake in the
source: a person who rejected that does not get it back by typing a command that speaks of the way out only.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.dataclass import dataclass
from agentconv.disk.placing import BACKUP
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconv.core.ir import Agent


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy whose file is gone: nothing else has what a person wrote there."""

    path: str
    place: str
    """The file that it is of."""
    more: tuple[str, ...] = ()
    """What an agent in it may do beyond its namesake in the source."""
    name: str = ""
    """The name of the first such agent."""
    problem: str | None = None
    """Why nothing can be told of what is in it."""


def found(root: Path) -> tuple[str, ...]:
    """Return the copies that lie where assistants look for agents, and beside files that hold several."""
    rows = [registry.FORMATS[client] for client in registry.CLIENTS]
    pattern = f"*{BACKUP}*"
    below = {path for row in rows for place in row.folders if not row.index for path in (root / place).rglob(pattern)}
    beside = {path for row in rows for name in row.files for path in root.glob(f"{name}{BACKUP}*")}
    return tuple(sorted(path.relative_to(root).as_posix() for path in below | beside if path.is_file()))


def last(root: Path, paths: Sequence[str], source: Callable[[], Iterable[Agent]]) -> list[Copy]:
    """Return those copies whose file is gone, with what they hold beyond the source.

    Args:
        root: The project.
        paths: The copies that there are.
        source: Reads the agents of the source, where it takes them to tell.
    """
    gone: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: (len(path), path)):  # the first one of each file is what was there before
        place = path.rpartition(BACKUP)[0]
        if not (root / place).exists():
            gone.setdefault(place, path)
    authors: dict[str, list[Agent]] = {}
    for agent in source() if gone else ():
        authors.setdefault(names.alike(agent.name), []).append(agent)
    return [_judged(root, path, place, authors) for place, path in gone.items()]


def agents_of(root: Path, client: str) -> Iterator[Agent]:
    """Yield the agents of an assistant in a project that has no configuration yet."""
    from agentconv.sources import discovery
    from agentconv.sources.loading import Loader

    files = [file for file in discovery.discover([os.path.relpath(root)]).files if file.format == client]
    for piece in Loader(files, keep=False):
        yield from piece.agents


def _judged(root: Path, path: str, place: str, authors: Mapping[str, list[Agent]]) -> Copy:
    """Hold a copy, read as its client would read it in its place, against the source."""
    from agentconv.conversion import compare
    from agentconv.disk.files import Disk
    from agentconv.sync import present

    data = Disk(root).read(path)
    client = next(_clients(place), None)
    if client is None or not isinstance(data, bytes):
        return Copy(path, place, problem="it cannot be read")
    file = present.parsed(place, client, data)
    for agent in file.found:
        for author in authors.get(names.alike(agent.name), ()):
            if wider := compare.widenings(author, agent, client):
                return Copy(path, place, tuple(map(str, wider)), agent.name or "")
    return Copy(path, place, problem=file.problem)


def _clients(place: str) -> Iterator[str]:
    """Yield the assistants that look for agents at a place."""
    for client in registry.CLIENTS:
        row = registry.FORMATS[client]
        if place in row.files or any(place.startswith(f"{folder}/") for folder in row.folders):
            yield client
