"""Where a target's client looks for agents in a project, and what lies there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.sources import discovery

if TYPE_CHECKING:
    from agentconv.sync.settings import Settings


def of(settings: Settings, target: str) -> list[str]:
    """Return the files that a target's client reads agents from, below the root."""
    root = os.fspath(settings.root)
    places = discovery.locations(settings.root, target)
    if not places:
        return []
    found = discovery.discover([os.fspath(place) for place in places], target).files
    relative = {below(root, file.location) for file in found if file.location}
    return sorted(path for path in relative if path is not None and not settings.excludes(path))


def below(root: str, place: str) -> str | None:
    """Return a place as it is seen from the root, POSIX; None where it is outside."""
    inside = place[len(root) + 1 :] if place.startswith(root + os.sep) else os.path.relpath(place, root)
    path = inside.replace(os.sep, "/")
    return None if path.startswith("../") else path
