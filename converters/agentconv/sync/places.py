"""Where a target's client looks for agents in a project, and what lies there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.install import places as installed
from agentconv.sources import discovery, locations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings


def of(settings: Settings, target: str, scope: Scope) -> list[str]:
    """Return the files that a target's client reads agents from, below the root, but for those that the configuration leaves out."""
    return [path for path in every(target, scope) if not settings.excludes(path)]


def every(target: str, scope: Scope) -> list[str]:
    """Return the files that a target's client reads agents from, below the root."""
    folders = folders_of(target, scope)
    if not folders:
        return []
    found = discovery.discover(folders, target).files
    relative = {below(scope, file.location) for file in found if file.location}
    return sorted(path for path in relative if path is not None)


def others(settings: Settings, scope: Scope, own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of every assistant but the source's, whatever the configuration leaves out, each with the assistant.

    Args:
        settings: What the configuration says.
        scope: Where to look; of the user's own there are none.
        own: The files that are known: the source's, which others may read, too.
    """
    known = frozenset(own)
    for target in installed.targets() if not scope.is_user else ():
        if target != settings.source_format:
            yield from ((target, path) for path in every(target, scope) if path not in known)


def folders_of(target: str, scope: Scope) -> list[str]:
    """Return where a client's agents lie: in a project, or of the user's own."""
    if not scope.is_user:
        return [os.fspath(place) for place in locations.of(scope.root, target)]
    known = installed.targets().get(target)
    folder = scope.root / scope.folder(known) if known is not None and not known.no_user else None
    return [os.fspath(folder)] if folder is not None and folder.is_dir() else []


def below(scope: Scope, place: str) -> str | None:
    """Return a place as it is seen from the root, POSIX; of what is outside None, or, of the user's own, the place."""
    root = os.fspath(scope.root)
    inside = place[len(root) + 1 :] if place.startswith(root + os.sep) else os.path.relpath(place, root)
    path = inside.replace(os.sep, "/")
    if path.startswith("../"):
        return place.replace(os.sep, "/") if scope.is_user else None
    return path
