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
    relative = sorted({os.path.relpath(file.location, root).replace(os.sep, "/") for file in found if file.location})
    return [path for path in relative if not path.startswith("../") and not settings.excludes(path)]
