"""Where parts are deployed: which of a client's formats has the file of a path, and the place that it is in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.conversion import linked_folders
from agentconv.core.dataclass import replace
from agentconv.core.kinds import KINDS
from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, PartsRead, Place
    from agentconv.core.parts import FolderFile

_FILE = "SKILL.md"


def module_of(target: str, kind: str) -> PartFormat[Any] | None:
    """Return a client's format of a kind of part."""
    known = next((one for one in KINDS if one == kind), None)
    return registry.part_format(target, known) if known else None


def kind_at(target: str, path: str, first: Kind) -> Kind:
    """Return the kind of part whose file is written to a path: one may be turned into another (a skill into a command)."""
    ordered = (first, *(kind for kind in KINDS if kind != first))
    modules = ((kind, registry.part_format(target, kind)) for kind in ordered)
    return next((kind for kind, module in modules if module and any(matches(one, path) for one in _places(module))), first)


def place_of(target: str, kind: str, path: str) -> Place | None:
    """Return the place that a deployed file is in; where the user put the client's folder elsewhere, it is that one."""
    module = module_of(target, kind)
    if module is None:
        return None
    exact = next((place for place in _places(module) if matches(place, path)), None)
    return exact or next(_moved(module, path), None)


def _places(module: PartFormat[Any]) -> tuple[Place, ...]:
    return (*module.project, *module.user)


def _moved(module: PartFormat[Any], path: str) -> Iterator[Place]:
    """Yield the places that a path is in once their own folder is another one."""
    for place in module.user:
        name = place.path.rpartition("/")[2]
        if not place.pattern and os.path.basename(path) == name:
            yield replace(place, path=path)
        head, mark, _ = path.rpartition(f"/{name}/")
        if place.pattern and mark:
            moved = replace(place, path=f"{head}/{name}")
            if matches(moved, path):
                yield moved


def read(target: str, kind: str, path: str, data: bytes, files: Iterable[FolderFile] = ()) -> PartsRead[Any] | None:
    """Return what a client reads from the file of a path; None where it is in no place of its."""
    module, place = module_of(target, kind), place_of(target, kind, path)
    if module is None or place is None:
        return None
    return module.read(PartSource(SourceText(path, data), place, tuple(files)))


def reads(target: str, kind: str, path: str, folder: Callable[[str], str] | None = None) -> bool:
    """Whether a client finds the file of a path in a project, whoever's it is.

    Args:
        target: The client.
        kind: The kind of part.
        path: The path.
        folder: Returns where the folder of a path really is, where a link counts that leads the client there.
    """
    module = module_of(target, kind)
    if module is None or any(matches(place, path) for place in module.project):
        return module is not None
    homes = [place for place in module.project if place.pattern] if folder else []
    return any((there := linked_folders.alias(path, place.path, folder)) and matches(place, there) for place in homes if folder)


def is_place(target: str, kind: str, path: str) -> bool:
    """Whether a client has parts in the file of a path, or a skill what is beside its SKILL.md."""
    module = module_of(target, kind)
    if module is None:
        return False
    if reads(target, kind, path):
        return True
    folders = [place.path for place in module.project if place.pattern.endswith(_FILE)]
    return any(path.startswith(f"{folder}/") and "/" in path[len(folder) + 1 :] for folder in folders)


def is_folder(target: str, folder: str) -> bool:
    """Whether a folder is one in which a client looks for parts, or is below or above it."""
    modules = (registry.part_format(target, kind) for kind in KINDS)
    for place in (place for module in modules if module for place in module.project):
        base = place.path if place.pattern else place.path.rpartition("/")[0]
        if f"{base}/".startswith(f"{folder}/") or (place.pattern and folder.startswith(f"{base}/")):
            return True
    return False
