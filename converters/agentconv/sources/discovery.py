"""From what a user names to the files to read and their formats.

A project root is a folder with a client's location directly below it: of it, only those locations are read. Any other
folder is walked.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import includes
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError
from agentconv.core.source import SourceText
from agentconv.core.suggestions import nearest
from agentconv.formats import registry
from agentconv.parts.places import recorded
from agentconv.sources import locations, sniffing, user_places
from agentconv.sources.inputs import HOME, STDIN, Discovery, Found, followed, problem, read_bytes, reason, strays, unread, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.sources.user_places import Home

_SKILL = "SKILL.md"
"""What is a skill's file wherever it lies, and no agent's because of its looks."""
_ODD = frozenset("\\:")
"""What stands for something else in a path of some system."""


@dataclass(frozen=True, slots=True)
class _Search:
    """One folder that is searched, and for what."""

    folder: Path
    root: Path
    """What the paths of its files are relative to."""
    format_id: str | None
    exclude: tuple[str, ...]
    """Formats whose own locations are no source."""
    like: str = ""
    """The place in a project that the folder is like, which the paths of its files begin with; empty where it is in one."""
    top: Path | None = None
    """The folder out of which no link may lead; None for the project, or else the folder itself."""


def discover(arguments: Sequence[str], format_id: str | None = None, *, exclude: Sequence[str] = (), stdin_name: str = "") -> Discovery:
    """Find the files that the SRC arguments name.

    Args:
        arguments: Files, folders, globs, or `-`.
        format_id: The format that the user says they have.
        exclude: Formats whose own locations in a project are no source (the targets).
        stdin_name: A file name to tell the format of standard input from.

    Raises:
        InputError: An argument names nothing.
    """
    found = Discovery(stdin_name=stdin_name)
    paths = [path for argument in arguments for path in _expand(argument, format_id)]
    several = len(paths) > 1
    root = _common_root([path for path in paths if path is not None])
    for path in paths:
        if path is None:
            found.files.append(_standard_input(stdin_name, format_id))
        elif denied := _denied(path):
            raise InputError(denied)
        elif indexed := _indexed(path, format_id):
            client, project = indexed
            _add_folder(found, _Search(project, root if several else project, client, ()))
        elif path.is_dir():
            _add_folder(found, _Search(path, root if several else path, format_id, tuple(exclude)))
        else:
            _add_file(found, path, root if several else path.parent, format_id)
    found.files = _unique(_once(found.files))
    return found


def _denied(path: Path) -> Diagnostic | None:
    """Say that a folder above a path lets nobody in; what is not there at all is told with what is like it."""
    try:
        path.stat()
    except PermissionError as error:
        return unread(os.fspath(path), f"cannot be read: {reason(error)}")
    except OSError:
        pass
    return None


def _has_parts(home: Home, client: str) -> bool:
    """Whether there is a file or folder in which a client looks for parts of its user's own."""
    kinds = recorded().get(client, {}).values()
    return any((home.root / path).exists() for places in kinds for path, _ in places.get("user", ()))


def discover_user(home: Home, format_id: str | None = None, *, exclude: Sequence[str] = ()) -> Discovery:
    """Find the files of the user's own agents.

    Args:
        home: The user's home.
        format_id: The one client whose agents are meant.
        exclude: Formats whose own locations are no source (the targets).

    Raises:
        InputError: That client has nothing of the user's own.
    """
    if format_id is not None and home.folder(format_id) is None and not _has_parts(home, format_id):
        raise user_places.refusal(format_id, "name a project's agents, or another assistant's")
    found = Discovery(home=home)
    for client in home.folders() if format_id is None else [format_id]:
        places = [(place, like) for place, like in home.locations(client) if place.exists()]
        if client in exclude:
            found.passed_over += [home.shown(place) for place, _ in places]
            continue
        for place, like in places:
            top = home.root if place.is_relative_to(home.root) else None
            found.looked.append(home.shown(place))
            _add_location(found, _Search(place, place, client, (), like, top), place, client)
        _add_declared(found, home, client, [place for place, _ in places])
    found.files = _unique(_once(found.files))
    folders = (folder for client, folder in home.folders().items() if format_id in (None, client))
    found.looked = found.looked or list(dict.fromkeys(map(home.shown, folders)))
    return found


def _add_declared(found: Discovery, home: Home, client: str, known: list[Path]) -> None:
    """Take in what the user's own configuration of a client names outside of its folder."""
    name, folder = registry.FORMATS[client].settings, home.folder(client)
    if name and folder and (home.root / name).parent == folder.parent:
        search = _Search(home.root, home.root, client, ())
        found.diagnostics.extend(_of_settings(search))
        for file in locations.declared(home.root, client, known):
            _add_location(found, search, file, client)


def _indexed(path: Path, format_id: str | None) -> tuple[str, Path] | None:
    """Return the client and the root, where a path is a file that names a client's agents, or its folder: it stands for all of them."""
    for client in [client for client in registry.CLIENTS if format_id in (None, client)]:
        row = registry.FORMATS[client]
        for name in filter(None, (row.index, row.catalog, "" if path.is_dir() else row.settings)):
            parts = PurePosixPath(name).parts
            if path.is_dir() and len(parts) == 1:
                continue  # the folder is named, with all that it is besides
            file = Path(os.path.abspath(path if not path.is_dir() else path / parts[-1]))
            if file.parts[-len(parts) :] == parts and file.is_file():
                root = file.parents[len(parts) - 1]
                return client, root if path.is_absolute() else Path(os.path.relpath(root))
    return None


def _standard_input(name: str, format_id: str | None) -> Found:
    told = format_id or (sniffing.by_path(PurePosixPath(name)) if name else None)
    if told is None:
        raise problem("the format of standard input is not known", "say it with -f FORMAT, or with --stdin-filename NAME", code=Code.USAGE)
    return Found(below(name) or "stdin", None, told)


def below(name: str) -> str:
    """Return a file's name as a path that a bundle can hold and that stays below any folder; empty where nothing is left of it."""
    folder, _, last = name.rpartition("/")
    if folder and last.isascii() and last.strip(".") and not _ODD.intersection(last) and _below(folder) == folder:
        return name
    return _below(name)


@lru_cache(maxsize=1024)
def _below(name: str) -> str:
    """Return the same of any name: of a folder once for all its files."""
    pure = PurePosixPath(name.replace("\\", "/"))
    return _storable("" if pure.name == ".." else pure.name if pure.is_absolute() or ".." in pure.parts else str(pure) if pure.name else "")


def _expand(argument: str, format_id: str | None) -> Iterator[Path | None]:
    if argument == STDIN:
        yield None
        return
    if not argument:
        raise problem("SRC is empty", "name a file or a folder, such as .", code=Code.USAGE)
    path = Path(argument)
    if argument and "\0" not in argument and os.path.lexists(argument):
        if not os.path.exists(path):
            raise problem(f"`{argument}` is a symbolic link that leads nowhere")
        yield path
        return
    if "\n" in argument:
        raise problem("a path is expected, and this is a text of several lines", "to read text: agentconv.reads(text, format)")
    if any(char in argument for char in "*?["):
        from glob import glob

        matches = sorted(glob(argument, recursive=True, include_hidden=True))
        if matches:
            yield from map(Path, matches)
            return
        raise problem(f"no file matches `{argument}`")
    if is_shut(argument):
        raise problem(f"`{argument}` cannot be read: permission denied")
    close = near(path) or _of_an_agent(path) or (HOME if argument.startswith("~") else None)
    hint = _BUNDLE if format_id and registry.FORMATS[format_id].bundle else _ANYTHING  # for who types
    raise problem(f"there is no file or folder `{argument}`", close or hint, option=close or "")


_ANYTHING = "name a file or a folder that is there, such as ."
_BUNDLE = "agentconv to-json . -o FILE writes a bundle of the agents that are here"


def is_shut(place: str) -> bool:
    """Whether nobody may look at what is in a place, or whether anything is: it is not known to be gone."""
    try:
        os.lstat(place)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return False


def near(path: Path) -> str | None:
    """Return a hint for a path of which one name may be misspelt: the first that is not there."""
    try:
        missing = next(one for one in (*reversed(path.parents), path) if not os.path.lexists(one))
        siblings = os.listdir(missing.parent)
    except (OSError, ValueError):
        return None
    longer = (one for one in sorted(siblings) if missing.name and one.startswith(f"{missing.name}."))
    close = next(longer, None) or nearest(missing.name, siblings, 0.7)
    meant = missing.parent / close / path.relative_to(missing) if close else path
    return f"did you mean `{meant}`?" if close and (meant == missing.parent / close or os.path.lexists(meant)) else None


def _of_an_agent(path: Path) -> str | None:
    """Return a hint for the name of an agent that stands in place of its file."""
    if len(path.parts) != 1:
        return None
    files: dict[str, str] = {}
    for folder in dict.fromkeys(folder for client in registry.CLIENTS for folder in registry.FORMATS[client].folders):
        try:
            files |= {name.partition(".")[0]: f"{folder}/{name}" for name in sorted(os.listdir(folder), reverse=True)} | files
        except (OSError, ValueError):
            continue
    close = nearest(path.name.partition(".")[0], files, 0.7)
    return f"did you mean `{files[close]}`?" if close else None


def _common_root(paths: list[Path]) -> Path:
    folders = [str(locations.project_root(path) or os.path.abspath(path if path.is_dir() else path.parent)) for path in paths]
    return Path(os.path.commonpath(folders)) if folders else Path()


def places(arguments: Sequence[str], stdin_name: str = "") -> list[str]:
    """Return where the SRC arguments are: standard input is where it is said to be from, else here."""
    return [(stdin_name or os.curdir) if argument == STDIN else argument for argument in arguments]


def siblings(found: Discovery) -> list[Found]:
    """Return the other files that clients read together with those that a user named, out of the same projects."""
    named = [(file, file.location or found.stdin_name) for file in found.files if file.named]
    taken = {os.path.abspath(place) for place in (*(file.location for file in found.files), found.stdin_name) if place}
    others: dict[str, Found] = {}
    for file, place in named:
        root = locations.project_root(Path(place)) if place else None
        if root is None or file.format not in registry.CLIENTS:
            continue
        inside = Path(os.path.abspath(place)).relative_to(root).as_posix()
        before = file.path.removesuffix(inside) if file.path.endswith(inside) else ""
        for one in discover([os.fspath(root)], file.format).files:
            if one.location and os.path.abspath(one.location) not in taken:
                others.setdefault(one.location, replace(one, path=before + one.path))
    return list(others.values())


def _add_folder(found: Discovery, search: _Search) -> None:
    search = _from_settings_folder(search)
    home = sniffing.home(search.folder)
    if home:  # in a client's location, every file is that client's
        found.looked.append(str(search.folder))
        own = user_places.at(os.path.abspath(search.folder)) if locations.project_root(search.folder) is None else None
        search = replace(search, root=search.folder, like=own[1]) if own else search
        for client in [search.format_id] if search.format_id else registry.sharing(home):
            _add_location(found, search, search.folder, client)
        return
    places = [(client, place) for client in registry.READERS for place in locations.of(search.folder, client)]
    plugins = [search.folder / name for client in _asked(search) for name in locations.made_by(search.folder, client)]
    if plugins and not places:
        found.looked += map(str, plugins)  # of which there are parts alone
        return
    found.passed_over.extend(str(place) for client, place in places if client in search.exclude)
    found.diagnostics.extend(_of_settings(search))
    if all(client in search.exclude for client, _ in places) or search.format_id not in (None, *registry.READERS):
        found.looked.append(str(search.folder))
        _add_walked(found, search)
        return
    for client, place in places:
        if client not in search.exclude and search.format_id in (None, client):
            found.looked.append(str(place))
            _add_location(found, search, place, client)
    if not found.looked:
        found.looked.append(str(search.folder / registry.FORMATS[search.format_id or ""].place))


def _asked(search: _Search) -> list[str]:
    """Return the clients that a search is for."""
    return [client for client in registry.CLIENTS if client not in search.exclude and search.format_id in (None, client)]


def _of_settings(search: _Search) -> Iterator[Diagnostic]:
    """Say what clients do not take of the agents that their configurations name."""
    for client in registry.CLIENTS:
        if registry.FORMATS[client].settings and client not in search.exclude and search.format_id in (None, client):
            text = locations.settings(search.folder, client)
            if text is not None and b"agents" in text.data:
                from agentconv.sources import configured

                yield from configured.remarks(client, text)
                gone = [one for one in configured.declared(client, text) if not (search.folder / one.path).is_file()]
                yield from (configured.missing(client, text, one) for one in gone)


def _add_location(found: Discovery, search: _Search, location: Path, client: str) -> None:
    path, top = os.fspath(location), os.path.realpath(search.top or locations.project_root(location) or search.folder)
    if location == search.folder:
        top = os.path.realpath(location) if strays(location, Path(top)) else top  # the user named it
    elif not followed(found, path, top):
        return
    row = registry.FORMATS[client]
    files = list(walk(found, location, top, row.suffixes)) if os.path.isdir(path) else [path]
    if row.in_folders and path.replace(os.sep, "/").endswith(row.folders):
        files = [file for file in files if os.path.dirname(file) != path]  # there each agent has a folder
    if not files and not any(one.location and Path(one.location).is_relative_to(location) for one in found.files):
        found.barren.append((path, client))
    for file in files:
        _append(found, file, search.root, client, within=top, like=search.like)


def _from_settings_folder(search: _Search) -> _Search:
    """Take a client's settings folder (`.claude`) for the project that it is in, seen from that client alone."""
    for client in registry.CLIENTS if search.format_id is None else [search.format_id]:
        project = locations.project_of(search.folder, client)
        if project is None:
            continue
        root, several = project if search.root == search.folder else search.root, registry.sharing(client)
        if search.format_id is None and len(several) > 1:
            return _Search(project, root, None, tuple(one for one in registry.CLIENTS if one not in several))
        return _Search(project, root, client, ())
    return search


def _add_walked(found: Discovery, search: _Search) -> None:
    rows = [registry.FORMATS[search.format_id]] if search.format_id else list(registry.FORMATS.values())
    suffixes = tuple({end for row in rows for end in (*row.suffixes, *row.files)})
    top = os.path.realpath(locations.project_root(search.folder) or search.folder)
    walked = list(walk(found, search.folder, top, suffixes))
    start = os.path.join(search.folder, "")
    included: set[str] | None = None
    parts = _part_folders() if search.format_id else ()
    for place in walked:
        relative = PurePosixPath(place[len(start) :].replace(os.sep, "/"))
        if any(part in f"/{relative.as_posix()}" for part in parts) or f"/{relative.as_posix()}".endswith(_configurations()):
            continue
        own = sniffing.by_place(relative, os.fspath(search.folder))
        if own in search.exclude:
            continue
        told = search.format_id or own or (None if relative.name == _SKILL else sniffing.by_content(relative, place))
        if told and own is None:
            included = _included(walked) if included is None else included
            told = told if os.path.abspath(place) not in included else None
        if told and (told not in search.exclude or not registry.FORMATS[told].bundle):
            _append(found, place, search.root, told, within=top)


@cache
def _configurations() -> tuple[str, ...]:
    """Return how the paths of files end that say what a project or a client wants, none of which is an agent."""
    from agentconv.sources import settings_file

    names = [settings_file.FILE, settings_file.PYTHON, *(row.settings for row in registry.FORMATS.values() if row.settings)]
    return tuple(f"/{name}" for name in names)


@cache
def _part_folders() -> tuple[str, ...]:
    """Return what is in the paths of clients' skills and commands, none of which is an agent."""
    from agentconv.core.kinds import KINDS
    from agentconv.parts.registry import part_format

    modules = [module for client in registry.CLIENTS for kind in KINDS if (module := part_format(client, kind)) is not None]
    folders = {place.path for module in modules for place in module.project if place.pattern}
    return tuple(f"/{folder}/" for folder in folders if folder.startswith("."))


def _included(places: Sequence[str]) -> set[str]:
    """Return the files that shared files among others put into themselves: none of them is an agent's because of its looks."""
    found: set[str] = set()
    for place in places:
        client = (registry.file_place(place.replace(os.sep, "/")) or ("",))[0]
        if client not in registry.CLIENTS:
            continue
        try:
            text = SourceText(os.path.basename(place), read_bytes(Found("", place, client)))
        except InputError:
            continue  # reading it again says why
        named = (includes.beside("", one.path) for one in registry.includes_of(client)(text))
        found.update(os.path.join(os.path.dirname(os.path.abspath(place)), path) for path in named if path)
    return found


def _add_file(found: Discovery, path: Path, root: Path, format_id: str | None) -> None:
    told = format_id or sniffing.of_file(path)
    if told is None:
        known = ", ".join(sorted({suffix for row in registry.FORMATS.values() for suffix in row.suffixes if suffix[0] == "."}))
        hint, option = (f"say it with {how}, or name a file that ends in {known}" for how in ("-f FORMAT", "`format`"))
        raise problem(f"the format of `{path}` is not known", hint, code=Code.USAGE, option=option)
    found.looked.append(str(path))
    _append(found, os.fspath(path), root, told)


def _append(found: Discovery, path: str, root: Path, format_id: str, *, within: str | None = None, like: str = "") -> None:
    """Take in a file that was found in a folder, or one that the user named."""
    place, prefix = os.path.abspath(path), _prefix(os.getcwd(), root)
    relative = place[len(prefix) :] if place.startswith(prefix) else os.path.basename(path)
    if like:
        relative = f"{like}/{relative}" if place.startswith(prefix) else like
    named = within is None
    top = os.fspath(locations.project_root(Path(path)) or os.path.dirname(place)) if within is None else within
    found.files.append(Found(_storable(relative.replace(os.sep, "/")), path, format_id, named, top))


@lru_cache(maxsize=8)
def _prefix(_here: str, root: Path) -> str:
    """Return what the paths below a root begin with."""
    return os.path.join(os.path.abspath(root), "")


def _storable(path: str) -> str:
    """Return a path that a bundle can hold: Unicode, and no part of it a drive or a separator on any system."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, which only a program says
        data = path.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "replace").translate(_NOT_IN_NAMES)


_NOT_IN_NAMES = str.maketrans("\\:\0", "---")


def _once(files: list[Found]) -> list[Found]:
    """Leave out what a link puts among the files of another client, too: it is read once, under its real path."""
    walked = [file for file in files if not file.named]
    if len({file.format for file in walked}) < 2:
        return files
    folders: dict[str, str] = {}
    reals = {file: _real(file, folders) for file in walked}
    formats: dict[str, tuple[bool, str]] = {}
    for file, real in reals.items():
        own = not registry.FORMATS[file.format].portable
        direct = own and os.path.abspath(file.location or "") == real
        if real not in formats or (direct, own) > (formats[real][0], not registry.FORMATS[formats[real][1]].portable):
            formats[real] = direct, file.format
    return [file for file in files if file.named or file.format == formats[reals[file]][1]]


def _real(file: Found, folders: dict[str, str]) -> str:
    """Return the path of a file without any link; each folder is asked about once."""
    folder, name = os.path.split(os.path.abspath(file.location or ""))
    known = folders.get(folder)
    if known is None:
        known = folders[folder] = os.path.realpath(folder)
    place = os.path.join(known, name)
    return os.path.realpath(place) if os.path.islink(place) else place


def _unique(files: list[Found]) -> list[Found]:
    """Leave out files that are named twice, and tell apart those whose names cannot be stored as they are."""
    paths: set[str] = set()
    locations: set[str] = set()
    kept = []
    for file in files:
        place = os.path.abspath(file.location) if file.location else STDIN
        if place in locations:
            continue
        locations.add(place)
        path, number = file.path, 2
        while path in paths:
            pure = PurePosixPath(file.path)
            path, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
        paths.add(path)
        kept.append(file if path == file.path else replace(file, path=path))
    return kept
