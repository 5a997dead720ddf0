"""The files of a project that the guards of its agents run: they go where the agents go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.packs import paths
from agentconv.parts.hooks import scripts
from agentconv.sources import locations
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.sources.loaded import Loaded


_FETCHED = frozenset(("node_modules", ".venv", "venv"))
"""Folders of what others made, which means nothing without the rest of it."""


def is_ones_own(path: str) -> bool:
    """Whether a file of a project may go elsewhere: its path is one for any machine, and nobody fetched it."""
    return not paths.problem(path) and _FETCHED.isdisjoint(path.split("/"))


def with_scripts(pieces: Iterable[Loaded], where: Mapping[str, str | None]) -> Iterator[Loaded]:
    """Yield files of agents, each with what the guards in it run.

    Args:
        pieces: The files, as they were read.
        where: By path, where each is on the disk.
    """
    for piece in pieces:
        found = (path for agent in piece.agents for path in scripts.going_along(agent) if is_ones_own(path))
        named = list(dict.fromkeys(found))
        place = where.get(piece.path) if named else None
        root = locations.project_root(Path(place)) if place else None
        if root is None or root == Path.home():  # a user's own run in any project what that has
            yield piece
        else:
            there = PartsOnDisk(root).named(piece.format, named)
            yield replace(piece, scripts=tuple(file for file in there if is_ones_own(file.path)))
