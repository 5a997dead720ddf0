"""Where `agentconv inspect` learns whose words an agent is held against: from the project that its file belongs to."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.cli import project, scope
from agentconv.cli.found_files import places
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError
from agentconv.lint.authors import Authors
from agentconv.sources import discovery, locations
from agentconv.sources.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        _lost(Path(root), known)
        known.take_packs(_of_packs(Path(root)), root)
        if root not in given:
            known.take(Loader(discovery.discover([root]).files), root)
    return known


def _lost(root: Path, known: Authors) -> None:
    """Take in of which sources that a project keeps in step nothing is known: what their agents may do in targets, nobody can judge."""
    from agentconv.install import lock as locks
    from agentconv.install import places as install_places
    from agentconv.sync import beside_agents, settings, source_files, sources, unsettled

    place, where = install_places.project(root), os.fspath(root)
    try:
        said = settings.read(root)
        lock = locks.read(place.lock) if said is not None else None
    except InputError as error:
        known.lose_source(where, str(error.diagnostic.span or "") + f": {error.diagnostic.message}")
        return
    if said is None:
        return
    found, _, unread = source_files.find(said, place)
    loaded, synced = sources.load(found, unsettled.Unsettled(root).unmerged), lock.synced if lock is not None else ()
    every = {(agent.name or "", path) for (path, _), agent in loaded.agents()} | {(one.name, one.source) for one in synced}
    loaded.of_project(root, (one.source for one in synced), unread, beside_agents.unknown_restraints(said, place))
    every |= {(PurePosixPath(path).name.partition(".")[0], path) for path in loaded.broken}
    for name, path in sorted(every):
        if (why := loaded.broken_by(path)) is not None:
            known.lose(where, name, said.source_format, why if loaded.unjudged else f"{path}: {why}")


def of_project(root: str, pieces: Sequence[Loaded]) -> Authors:
    """Return the authors of the agents of one project.

    Args:
        root: Its folder, by its real path.
        pieces: All files of its agents.
    """
    said = scope.source_of_project(Path(root))
    known = Authors({root: said} if said else {}, {piece.path: root for piece in pieces})
    known.take(pieces, root)
    known.take_packs(_of_packs(Path(root)), root)
    return known


def _of_packs(root: Path) -> Iterator[Loaded]:
    """Yield what the authors of a project's packs wrote of the agents that are deployed there, as far as those packs are here."""
    if not (root / project.LOCK).is_file():
        return
    from agentconv.cli import deploying
    from agentconv.install import places as install_places
    from agentconv.install import proof
    from agentconv.packs import environment

    with suppress(InputError):
        place = install_places.project(root)
        lock, where = deploying.locked(place), environment.choose(None, root)
        for locked in lock.deployed:
            pack = deploying.still_here(locked, place, where)
            there = {entry.agent for entry in lock.entries if locked.name in entry.packs} - {*locked.kept}
            there -= {agent.id for agent in locked.agents if agent.version}  # which are of an earlier version
            for piece in pack.pieces() if pack is not None and proof.is_of(pack, locked) else ():
                rows = [row for row in zip(piece.agents, piece.states, strict=False) if row[0].id in there]
                yield replace(piece, agents=tuple(agent for agent, _ in rows), states=tuple(state for _, state in rows))
