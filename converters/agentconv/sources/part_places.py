"""Of which project a file would be a part's, by its path alone."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.kinds import KINDS
from agentconv.core.part_format import Place
from agentconv.parts import registry
from agentconv.parts.places import recorded
from agentconv.sources import locations, sniffing
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.kinds import Kind


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a file is, if it is a part's."""

    root: str
    """The project's folder."""
    kinds: tuple[Kind, ...]
    """The kinds of parts that may be in it."""
    clients: tuple[str, ...]
    """The clients in whose own place it lies."""


@lru_cache(maxsize=256)
def of(location: str) -> PartPlace | None:
    """Return where a file is, by its absolute path; None for one in which no client looks for a part."""
    found: dict[str, list[tuple[str, Kind]]] = {}
    longest: dict[str, int] = {}
    for client, kinds in recorded().items():
        for kind, scopes in kinds.items():
            for path, pattern in scopes.get("project", ()):
                for root in _roots(location, Place(path, pattern)):
                    found.setdefault(root, []).append((client, kind))
                    longest[root] = max(longest.get(root, 0), len(path))
    if not found:
        return None
    own = os.fspath(locations.project_root(Path(location)) or "")
    root = own if own in found else max(found, key=lambda one: (longest[one], len(one)))  # `.claude/skills` says more than `skills`
    below = Path(location).relative_to(root).as_posix()
    native = dict.fromkeys(client for client, kind in found[root] if _is_own(client, kind, below))
    return PartPlace(root, tuple(kind for kind in KINDS if any(kind == one for _, one in found[root])), tuple(native))


def is_part_alone(word: str) -> bool:
    """Whether a file lies in a client's own place for parts, and in none for agents, so that it is looked at as a part."""
    location = os.path.abspath(word)
    if sniffing.by_place(PurePosixPath(location.replace(os.sep, "/")), os.sep) is not None:
        return False
    place = of(location)
    return place is not None and bool(place.clients)


def _is_own(client: str, kind: Kind, path: str) -> bool:
    module = registry.part_format(client, kind)
    return any(place.native and matches(place, path) for place in (module.project if module else ()))


def _roots(location: str, place: Place) -> Iterator[str]:
    """Yield the folders from which a place leads to a file; where it may be anywhere, the project that the file is in."""
    posix = location.replace(os.sep, "/")
    if not place.path:
        folder = locations.project_root(Path(location)) if "*" in place.pattern else Path(location).parent
        if folder is not None and matches(place, Path(location).relative_to(folder).as_posix()):
            yield os.fspath(folder)
        return
    at = posix.rfind(f"/{place.path}/" if place.pattern else f"/{place.path}")
    if at >= 0 and matches(place, posix[at + 1 :]):
        yield location[:at] or os.sep
