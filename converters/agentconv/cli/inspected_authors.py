"""Where `agentconv inspect` learns whose words an agent is held against: from the project that its file belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import scope
from agentconv.cli.found_files import places
from agentconv.lint.authors import Authors
from agentconv.sources import discovery, locations
from agentconv.sources.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded


def authors(found: Discovery, pieces: Sequence[Loaded], sources: Sequence[str], *, whole: bool) -> Authors:
    """Return the authors of agents.

    Args:
        found: What was found.
        pieces: The files that were read of it.
        sources: The words that were given.
        whole: Whether the rest of a project counts, too, of which only some files were named.
    """
    where = places(found)
    places_of = ((piece.path, locations.project_root(Path(where.get(piece.path, piece.path)))) for piece in pieces)
    roots = {path: os.fspath(folder) for path, folder in places_of if folder is not None}
    every = [] if found.home is not None else [*dict.fromkeys(roots.values())]
    said = {root: named for root in every if (named := scope.source_of_project(Path(root)))}
    known = Authors(said, roots)
    given = {os.path.abspath(word) for word in sources}
    known.take(pieces)
    for root in every if whole else ():
        if root not in given:
            known.take(Loader(discovery.discover([root]).files), root)
    return known
