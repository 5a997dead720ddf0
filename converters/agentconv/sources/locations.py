"""Where a client looks for agents in a project, and which project such a place is in.

Those are the folders and files of its own, and what a list of them or its configuration names.
"""

from __future__ import annotations

import os
import stat
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import sniffing, user_places
from agentconv.sources.inputs import Found, read_bytes, strays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.sources.inputs import Discovery

PLUGIN_AGENTS = "agents"
"""The folder of a plugin's agents."""


@cache
def _parts(place: str) -> tuple[str, ...]:
    return PurePosixPath(place).parts


def project_root(path: Path) -> Path | None:
    """Return the folder that holds the client's location that a path is, or is in."""
    absolute = os.path.abspath(path)
    parts, whole = Path(absolute).parts, f"{absolute}/".replace(os.sep, "/")
    placed = registry.file_place(whole[:-1])
    for row in registry.FORMATS.values():
        if row.index:
            found = sniffing.index_root(row, str(path))
            if found:
                return found
            continue
        for place in row.folders:
            at = whole.rfind(f"/{place}/")
            if at >= 0:
                return Path(*parts[: whole.count("/", 0, at) + 1])
        if not row.bundle and placed is not None and placed[1] in row.files:
            return Path(*parts[: -len(_parts(placed[1]))])
    return None


def looking(place: str, client: str) -> frozenset[str]:
    """Return the clients that look for agents where a file of one of them lies; none where not even that one does."""
    return looking_where([(place, client)])[0]


def looking_where(places: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """Return the same for each of several files; where users have their own agents is found once."""
    beginnings = user_places.beginnings()
    return [_looking(place, client, beginnings) for place, client in places]


def _looking(place: str, client: str, beginnings: Iterable[tuple[str, str]]) -> frozenset[str]:
    path = os.path.abspath(place)
    whole = path.replace(os.sep, "/")
    users = user_places.looking(path, beginnings)
    if client in users:
        return users
    if registry.FORMATS[client].index:
        return frozenset({client}) if sniffing.index_root(registry.FORMATS[client], path) else frozenset()
    folder, _, name = whole.rpartition("/")
    return _looking_in(folder, name if name in _told_by_name() else "", client)


@cache
def _told_by_name() -> frozenset[str]:
    """Return the names of files for which some client looks wherever a project's root is."""
    return frozenset(PurePosixPath(name).name for row in registry.FORMATS.values() for name in (*row.files, *row.others))


@lru_cache(maxsize=256)
def _looking_in(folder: str, name: str, client: str) -> frozenset[str]:
    """Return the clients that look into a folder of a project: asked for one file after the other of it, which need no name."""
    whole = f"{folder}/{name}"
    here = {one for one in registry.CLIENTS if not registry.FORMATS[one].index and registry.FORMATS[one].is_place(whole)}
    if client not in here:
        return frozenset()
    at_root = not folder.endswith(tuple(f"/{one.partition('/')[0]}" for one in registry.FORMATS[client].folders))
    others = {one for one in registry.CLIENTS if at_root and name in registry.FORMATS[one].others}
    return frozenset(here | others | {one for one in registry.CLIENTS if here.intersection(registry.also_reads(one))})


def looking_at(found: Discovery) -> dict[str, frozenset[str]]:
    """Return by path the clients that look for agents where each of the files lies that were found."""
    places = {file.path: (file.location or found.stdin_name, file.format) for file in found.files}
    placed = {path: (place, client) for path, (place, client) in places.items() if place and client in registry.CLIENTS}
    return dict(zip(placed, looking_where(placed.values()), strict=True))


def of(folder: Path, client: str) -> list[Path]:
    """Return a client's locations directly below a folder: the folders and the files that it reads there."""
    row = registry.FORMATS[client]
    if row.index:
        there = (folder / row.index).is_file() and (row.has_agents or _is_container(folder, client))
        return [*(_listed(folder, client) if there else []), *_offered(folder, client)]
    found = [folder / place for place in row.folders if _is_there(folder / place, stat.S_ISDIR)]
    found += [folder / name for name in row.files if _is_there(folder / name, stat.S_ISREG)]
    if made_by(folder, client):
        found += [folder / PLUGIN_AGENTS] if _is_there(folder / PLUGIN_AGENTS, stat.S_ISDIR) else []
    return found + (declared(folder, client, found) if row.settings else [])


def _is_container(folder: Path, client: str) -> bool:
    """Whether a file that is called as a client's plugins have it really makes a folder one."""
    from agentconv.sources import contents

    return contents.of_folder(folder, client) is not None


def _is_there(place: Path, kind: Callable[[int], bool]) -> bool:
    """Whether something of a kind is in a place. What nobody may look at counts as there: reading it says why, and it is not gone."""
    try:
        return kind(os.stat(place).st_mode)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False


def settings(folder: Path, client: str) -> SourceText | None:
    """Return the file of a client's configuration that may name agents, where a project has one that can be read."""
    name = registry.FORMATS[client].settings
    place = folder / name
    if not name or not os.path.isfile(place) or strays(place, folder):
        return None
    try:
        return SourceText(name, read_bytes(Found(name, os.fspath(place), client)))
    except InputError:
        return None


def declared(folder: Path, client: str, known: list[Path]) -> list[Path]:
    """Return the agents' files that a configuration names, and that are in none of the places where the client looks anyway."""
    text = settings(folder, client)
    if text is None or b"agents" not in text.data:
        return []
    from agentconv.sources import configured

    files = [folder / one.path for one in configured.declared(client, text)]
    inside = [file for file in files if file.is_file() and not any(place in file.parents for place in known)]
    return [file for file in inside if not strays(file, folder)]


def _listed(folder: Path, client: str) -> list[Path]:
    """Return the file that lists a client's agents, and the files that it lists or else the client's folders."""
    row, index = registry.FORMATS[client], registry.index_of(client)
    place = folder / row.index
    if strays(place, folder):
        return [place]  # which is told when it is to be read
    try:
        text = SourceText(row.index, read_bytes(Found(row.index, os.fspath(place), client)))
    except InputError:
        return [place]  # reading it again says why
    paths = index.read(text).paths if index else None
    if paths is None:
        return [place, *(folder / name for name in row.folders if (folder / name).is_dir())]
    own = [folder / path for path in paths if ".." not in PurePosixPath(path).parts and not os.path.isabs(path)]
    own = [file for file in own if os.path.lexists(file)]  # what is not there is told when the list is read
    return [place, *(file for file in own if not strays(file, folder))]


def _offered(folder: Path, client: str) -> list[Path]:
    """Return the file that lists the plugins of a repository, and what each of them holds."""
    row = registry.FORMATS[client]
    catalog = folder / row.catalog
    if not catalog.is_file() or strays(catalog, folder):
        return []
    try:
        text = SourceText(row.catalog, read_bytes(Found(row.catalog, os.fspath(catalog), client)))
    except InputError:
        return [catalog]
    found = [catalog]
    for one in registry.catalog_of(client)(text):
        place = folder / one.path
        if not place.is_dir() or strays(place, folder):
            continue
        if (place / row.index).is_file():
            found += [] if place == folder else _listed(place, client)
        elif one.agents is not None:
            found += [place / path for path in one.agents if ".." not in PurePosixPath(path).parts and (place / path).is_file()]
        else:
            found += [place / name for name in row.folders if (place / name).is_dir()]
    return found


def made_by(folder: Path, client: str) -> list[str]:
    """Return the file that makes a folder a plugin of a client; none where it is none."""
    names = [name for name in registry.FORMATS[client].plugins if (folder / name).is_file()]
    return names[:1] if names and _is_container(folder, client) else []


def is_plugin_of(folder: Path, client: str) -> bool:
    """Whether a file of a client's own makes a folder one of its plugins, be there agents in it or not."""
    from agentconv.sources import contents

    found = contents.of_folder(folder, client)
    return found is not None and found.is_own


def project_of(folder: Path, client: str) -> Path | None:
    """Return the project that a folder is a client's settings folder of (`.claude`); None where it is none with agents."""
    name = os.path.basename(os.path.abspath(folder))
    for place in (*registry.FORMATS[client].folders, *registry.FORMATS[client].files):
        top, *rest = _parts(place)
        if rest and name == top and folder.joinpath(*rest).exists():
            return Path(os.path.normpath(folder / ".."))
    return None
