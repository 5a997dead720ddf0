"""Agents that a project has outside of what is read of it: whole projects inside of it, and files in no client's folder.

One line each, with the command that takes them. The search is bounded: it is an offer, and nobody waits for it.
"""

from __future__ import annotations

import os
import shlex
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import inputs, loading, locations, sniffing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.sources.inputs import Discovery

MOST_FOLDERS = 4_000
MOST_FILES = 500
DEEPEST = 6
"""How many folders are entered, how many files are read, and how far below a project's root."""
_SHOWN = 3
_FOLDERS = frozenset({"agents", "subagents", "chatmodes", "droids"})
"""What folders are called in which people keep agents."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asked for."""

    sources: Sequence[str]
    """The SRC arguments."""
    command: str
    """The command, to the place where its SRC stands."""
    ends: str = ""
    """What stands behind that."""
    clients: Collection[str] = field(default_factory=lambda: registry.CLIENTS)
    """Clients whose agents are meant."""
    output: str | None = None
    """The folder that the command writes to: what is in there is what it made."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a project holds besides what is read of it."""

    root: Path
    projects: Sequence[str]
    """Folders in it that are projects with agents."""
    loose: Mapping[str, int]
    """How many files that are agents lie in folders where no assistant looks."""


def told(found: Discovery, asked: Asked, sought: Sequence[Inside] | None = None) -> Iterator[Diagnostic]:
    """Say what is not read of what a user may have meant.

    Args:
        found: What is read.
        asked: What was asked for.
        sought: What `inside` returned of these, where it is known already.
    """
    for place, client in found.barren:
        if _has_files(place):
            row = registry.FORMATS[client]
            kinds = ", ".join(f"*{suffix}" for suffix in row.suffixes)
            yield _note(f"{row.title} reads only {kinds} here, and there is none", place)
    for one in inside(found, asked) if sought is None else sought:
        yield from _not_read(one, asked)
        yield from _shared(one.root, found)


def inside(found: Discovery, asked: Asked) -> list[Inside]:
    """Return what each project that was asked about holds besides what is read of it."""
    roots = [Path(source) for source in asked.sources if source != inputs.STDIN]
    return [_inside(root, found, asked) for root in roots if root.is_dir() and any(_places(root, registry.CLIENTS))]


def _not_read(one: Inside, asked: Asked) -> Iterator[Diagnostic]:
    """Say what of one project is not read."""
    place = os.fspath(one.root)
    if one.projects:
        yield _note(f"more projects have agents, in {_listed(one.projects)}: {_command(asked, one.projects)}", place)
    if one.loose:
        count = sum(one.loose.values())
        what = f"{count:,} agent files lie" if count > 1 else "1 agent file lies"
        yield _note(f"{what} where no assistant looks, in {_listed([*one.loose])}: {_command(asked, [*one.loose])}", place)


def _shared(root: Path, found: Discovery) -> Iterator[Diagnostic]:
    """Say which client reads the agents of a folder as those of its plugin or extension, where they are read here as another one's."""
    for client, row in registry.FORMATS.items():
        if not row.index or not row.folders or not (root / row.index).is_file():
            continue
        folder = os.path.realpath(root / row.folders[0])
        others = {file.format for file in found.files if file.location and os.path.dirname(os.path.realpath(file.location)) == folder}
        if others - {client}:
            titles = " and ".join(registry.FORMATS[one].title for one in sorted(others - {client}))
            message = f"agents of {titles}; with `{row.index}`, {row.title} reads the same files"
            yield _note(f"{message}: agentconv inspect {shlex.quote(_shown(os.fspath(root)))} --for {client}", os.fspath(root / "agents"))


def _has_files(place: str | os.PathLike[str]) -> bool:
    """Whether a folder has files that might be agents; one that cannot be read is told by whoever looks for agents in it."""
    try:
        with os.scandir(place) as entries:
            return any(entry.is_file() and sniffing.may_be_agent(entry.name) for entry in entries)
    except OSError:
        return False


def belonging(found: Discovery, folder: str | os.PathLike[str]) -> dict[str, list[str]]:
    """Return the projects inside of a folder to which files belong that were found in it, and the formats of those, in order.

    Args:
        found: What was found in it.
        folder: One that is no project itself.
    """
    projects: dict[str, dict[str, None]] = {}
    top = os.path.realpath(folder)
    known: dict[tuple[str, str], str | None] = {}
    for file in found.files:
        if not file.location or file.named or registry.FORMATS[file.format].index:  # plugins belong to the repository that offers them
            continue
        parent, name = os.path.split(file.location)
        place = (parent, name if name in _ends() else "")
        if place not in known:
            root = locations.project_root(Path(file.location))
            known[place] = None if root is None else os.path.realpath(root)
        inner = known[place]
        if inner is not None and inner != top and inner.startswith(os.path.join(top, "")):
            projects.setdefault(os.path.relpath(inner, top), {})[file.format] = None
    return {_shown(root): [*formats] for root, formats in sorted(projects.items())}


def above(folder: str | os.PathLike[str]) -> str | None:
    """Return the nearest folder above one that has places of assistants, as it is named from there.

    None is looked at above version control's top, nor the home, where the user's own agents are.
    """
    start, home = Path(os.path.abspath(folder)), os.path.realpath(os.path.expanduser("~"))
    for number, one in enumerate((start, *start.parents)):
        if os.path.realpath(one) == home:
            return None
        if number and any(_places(one, registry.CLIENTS)):
            return "/".join([".."] * number)
        if os.path.lexists(one / ".git"):
            return None
    return None


def out_of_place(found: Discovery) -> Iterator[Diagnostic]:
    """Say that no client looks at files, where what each would make of them in its own folder is told."""
    loose = [file for file in found.files if file.format in registry.CLIENTS and not registry.FORMATS[file.format].index]
    absolute = [Path(os.path.abspath(file.location)) for file in loose if file.location]
    declaring = {row.settings.partition("/")[0] for row in registry.FORMATS.values() if row.settings}
    absolute = [path for path in absolute if not declaring & set(path.parts)]  # which may be named there
    stray = {str(path.parent) for path in absolute if sniffing.by_place(PurePosixPath(path.as_posix()), path.anchor) is None}
    if stray:
        places = [os.path.relpath(folder) for folder in sorted(stray)]
        message = f"no assistant looks for agents in {_listed(places)}; what is said is what each makes of a file in its own folder"
        yield _note(message, places[0])


def _inside(root: Path, found: Discovery, asked: Asked) -> Inside:
    """Return what one project holds besides what is read of it."""
    read = cache(lambda: {os.path.realpath(file.location) for file in found.files if file.location})
    projects: list[str] = []
    loose: dict[str, int] = {}
    files = 0
    output = os.path.realpath(asked.output) if asked.output else ""
    for folder, names in _folders(root):
        inner = folder != os.fspath(root)
        if inner and output and f"{os.path.realpath(folder)}{os.sep}".startswith(f"{output}{os.sep}"):
            continue
        if inner and not _beginnings().isdisjoint(names) and any(_places(Path(folder), registry.CLIENTS)):
            meant = list(_places(Path(folder), asked.clients))
            if meant and not any(_holds(place, read()) for place in meant):
                projects.append(folder)
            continue
        parts = Path(folder).relative_to(root).parts
        if not _FOLDERS & set(parts) or files > MOST_FILES:
            continue
        here = [name for name in _files(folder) if os.path.realpath(os.path.join(folder, name)) not in read()]
        files += len(here)
        agents = sum(_is_agent(folder, name) for name in here)
        if agents:
            last = max(number for number, part in enumerate(parts) if part in _FOLDERS)
            top = os.path.join(root, *parts[: last + 1])
            loose[top] = loose.get(top, 0) + agents
    return Inside(root, projects, loose)


def _places(folder: Path, clients: Collection[str]) -> Iterator[Path]:
    return (place for client in clients for place in locations.of(folder, client))


def _holds(place: Path, read: set[str]) -> bool:
    real = os.path.realpath(place)
    return real in read or any(path.startswith(real + os.sep) for path in read)


@cache
def _beginnings() -> frozenset[str]:
    """Return the names of which a project's root has one, whatever client's project it is."""
    rows = registry.FORMATS.values()
    places = [place for row in rows for place in ([row.index, row.catalog] if row.index else [*row.folders, *row.files, row.settings])]
    return frozenset(PurePosixPath(place).parts[0] for place in places if place)


@cache
def _ends() -> frozenset[str]:
    """Return the names with which clients' places end: by another name, a file belongs to the project that its neighbours belong to."""
    return frozenset(PurePosixPath(place).name for row in registry.FORMATS.values() for place in (*row.folders, *row.files))


def _folders(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the folders of a project, itself first, and the names in each; none that is hidden, linked, or holds what others made."""
    stack, left = [(os.fspath(root), 0)], MOST_FOLDERS
    while stack and left:
        folder, depth = stack.pop()
        left -= 1
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
        except OSError:
            continue
        yield folder, [entry.name for entry in entries]
        if depth == DEEPEST:
            continue
        open_ones = (entry for entry in entries if not entry.name.startswith(".") and entry.name not in inputs.SKIPPED)
        stack += [(entry.path, depth + 1) for entry in open_ones if entry.is_dir(follow_symlinks=False)]


def _files(folder: str) -> list[str]:
    ends = tuple({suffix for row in registry.FORMATS.values() if row.folders for suffix in row.suffixes})
    try:
        found = [entry.name for entry in os.scandir(folder) if entry.name.endswith(ends) and entry.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(name for name in found if sniffing.may_be_agent(name) and name != "SKILL.md")


def _is_agent(folder: str, name: str) -> bool:
    """Whether a file in no client's folder is an agent for the client that it looks to be for."""
    path = Path(folder, name)
    told = sniffing.by_content(PurePosixPath(name), path)
    if told is None:
        return False
    try:
        data = inputs.read_bytes(inputs.Found(name, os.fspath(path), told))
    except InputError:
        return False
    return any(piece.agents for piece in loading.load_source(told, SourceText(name, data)))


def _listed(folders: Sequence[str]) -> str:
    shown = ", ".join(f"`{_shown(folder)}`" for folder in folders[:_SHOWN])
    return shown if len(folders) <= _SHOWN else f"{shown} and {len(folders) - _SHOWN:,} more"


def _command(asked: Asked, folders: Sequence[str]) -> str:
    named = " ".join(shlex.quote(_shown(folder)) for folder in folders[:_SHOWN])
    return f"agentconv {asked.command} {named}{' ...' if len(folders) > _SHOWN else ''}{asked.ends}"


def _shown(folder: str) -> str:
    return Path(os.path.normpath(folder)).as_posix()


def _note(message: str, place: str) -> Diagnostic:
    return Diagnostic(Code.ELSEWHERE, Severity.NOTE, message, Span(_shown(place)))
