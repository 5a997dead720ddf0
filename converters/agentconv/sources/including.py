"""The files that a file includes, out of its project or its bundle: a text gets them beside it before it is read."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import includes
from agentconv.core.diagnostics import InputError
from agentconv.core.includes import Included
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk, Present
from agentconv.formats import registry
from agentconv.sources import discovery, inputs, locations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.sources.inputs import Found

FORMAT = "text"
"""What a bundle calls the format of a file that is no agent's, and that another one includes."""


def from_project(file: Found, text: SourceText) -> SourceText:
    """Return a file's text with the files beside it that it includes, none of them out of its project."""
    if file.location is None:
        return text
    location, within = file.location, file.within
    return _with(file.format, text, lambda place: _on_disk(location, within, place))


def _on_disk(location: str, within: str, place: str) -> Included:
    """Read what a file includes: most files include none, so the disk is looked at for those that do."""
    folder = os.path.dirname(os.path.abspath(location))
    disk = Disk(Path(folder), within=Path(within or folder), limit=includes.MOST_BYTES)
    found = disk.look(place)
    if isinstance(found, Present):
        return Included("", found.data)
    if found is None:
        return Included("", problem="there is no such file", missing=True)
    return Included("", problem=found.reason, missing=disk.is_folder(place))


def is_text_of_another(file: Found) -> bool:
    """Whether an agent has a file for its text that another format has in the folder where that file lies, too (Kiro CLI and Kiro IDE)."""
    root = locations.project_root(Path(file.location)) if file.location else None
    if root is None or file.location is None:
        return False
    place = os.path.abspath(file.location)
    others = (one for one in registry.sharing(file.format) if one != file.format and registry.FORMATS[one].includes)
    return any(place in _texts_of(os.fspath(root), other) for other in others)


def _texts_of(root: str, format_id: str) -> set[str]:
    """Return where the files are that a project's agents of a format include."""
    found: set[str] = set()
    for file in discovery.discover([root], format_id).files:
        try:
            text = from_project(file, SourceText(file.path, inputs.read_bytes(file)))
        except InputError:
            continue  # reading it again says why
        folder = os.path.dirname(os.path.abspath(file.location or ""))
        found.update(os.path.normpath(os.path.join(folder, path)) for path, one in (text.included or {}).items() if one.data is not None)
    return found


def from_bundle(format_id: str, text: SourceText, stored: Mapping[str, bytes]) -> SourceText:
    """Return the text of a bundle's source with those of its other sources beside it that it includes."""

    def read(place: str) -> Included:
        data = stored.get(str(PurePosixPath(text.path).parent / place))
        return Included("", problem="the bundle does not hold it", missing=True) if data is None else Included("", data)

    return _with(format_id, text, read)


def _with(format_id: str, text: SourceText, read: Callable[[str], Included]) -> SourceText:
    """Return a text with what is read for each path that it names, relative to its folder."""
    if format_id not in registry.FORMATS:
        return text
    names, found = registry.includes_of(format_id), dict[str, Included]()
    while new := {one.path: None for one in names(text) if one.path not in found}:  # what was read may name others
        for named in new:
            found[named] = _included(text.path, named, read)
        text = SourceText(text.path, text.data, dict(found))
    return text


def _included(path: str, named: str, read: Callable[[str], Included]) -> Included:
    place, whole = includes.beside("", named), includes.beside(path, named)
    if place is None or whole is None:
        return Included("", problem=includes.why_elsewhere(named))
    seen = read(place)
    return Included(whole, seen.data, seen.problem, seen.missing)


def files(format_id: str, text: SourceText) -> Iterator[Included]:
    """Yield the files that a text includes and that were read, each once."""
    found = text.included or {}
    named = dict.fromkeys(one.path for one in registry.includes_of(format_id)(text)) if found else {}
    known = {found[path].path: found[path] for path in named if path in found}
    yield from (one for one in known.values() if one.data is not None)
