"""The files that `agentconv lint` looks at, and the clients that each of them is for."""

from __future__ import annotations

import os
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import names as spelling
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Severity
from agentconv.core.kinds import KINDS
from agentconv.core.restraints import RESTRAINING
from agentconv.formats import registry
from agentconv.lint import included as included_files
from agentconv.lint import project
from agentconv.lint.subject import Subject
from agentconv.sources import discovery, inputs, locations, part_places
from agentconv.sources.loading import Loader
from agentconv.sources.parts import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from agentconv.cli.linting.folders import LintFolders
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.kinds import Kind
    from agentconv.sources.inputs import Found
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.read_before import ReadBefore

    _There: TypeAlias = Callable[[str, str], list[str]]


@dataclass(slots=True)
class LintFile:
    """One file to look at, and where it is."""

    subject: Subject
    location: str | None
    """None for what is not a file of its own: a bundle's, or standard input that has no name."""
    within: str = ""
    """The folder out of which no link of it may lead."""
    stdin: bool = False
    """Whether it came on standard input, so that what is mended of it goes to standard output."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open in an editor, with others."""

    location: str = ""
    """Its absolute path."""
    kinds: tuple[Kind, ...] = KINDS
    """The kinds of parts that may be in it."""
    clients: tuple[str, ...] = ()
    """The clients in whose own place it lies."""
    texts: Mapping[str, bytes] = MappingProxyType({})
    """By absolute path what is read in place of what is on the disk."""
    before: ReadBefore | None = None
    """What was read when the editor looked before."""


def read(loader: Iterable[Loaded], found: inputs.Discovery, chosen: LintFolders) -> tuple[list[LintFile], list[Diagnostic]]:
    """Read the files, each once, with what could not be read."""
    given = {file.path: file for file in found.files if not registry.FORMATS[file.format].bundle}
    files: list[LintFile] = []
    diagnostics: list[Diagnostic] = []
    near = project.near(found.files)
    for piece in loader:
        if piece.source is None or piece.format not in registry.CLIENTS or any(one.is_bug for one in piece.diagnostics):
            diagnostics += [remark for remark in piece.diagnostics if remark.severity is Severity.ERROR]
            continue
        above = [remark for remark in piece.diagnostics if remark.span and remark.span.path not in given and remark.span.path != piece.path]
        rejected = [one for one in piece.diagnostics if one == piece.rejected and one not in above]
        diagnostics += [*above, *(one for one in rejected if not (one.effect and one.effect.is_whole))]  # what voids a file, rules say
        index = registry.FORMATS[piece.format].is_index(piece.path)  # of agents elsewhere, and no other client's business
        file = given.get(piece.path)
        location, within = ((file.location or found.stdin_name or None), file.within) if file else (None, "")
        clients = tuple(dict.fromkeys((piece.format, *(() if index else chosen.clients(location)))))
        stdin = file is not None and file.location is None
        subject = Subject(piece.source, piece.format, clients, chosen.for_file(location, piece.format), nameless=stdin and location is None)
        subject.location, subject.included = os.path.abspath(location) if location else "", piece.included
        subject.near = os.path.join(near, piece.path) if near and not location else ""
        if subject.nameless:  # as a file of its kind
            subject.source = piece.source.put(piece.source.data, f"{piece.path}{registry.FORMATS[piece.format].suffixes[0]}")
        else:
            subject.take(piece.result, declared=piece.declared)
        files.append(LintFile(subject, location, within, stdin))
    return files, diagnostics


def of_parts(
    found: inputs.Discovery, sources: Iterable[str], chosen: LintFolders, files: Iterable[LintFile] = (), open_file: OpenFile | None = None
) -> list[LintFile]:
    """Return the files of parts of the clients that are asked about: those below SRC, and those that restrain all that works there.

    Where nobody is asked about, and nobody has agents, it is everybody who has parts.

    Args:
        found: What SRC holds.
        sources: SRC.
        chosen: What is chosen for each file.
        files: What was read of it. A file that may hold agents and has none (`opencode.json`) does not say whose the project is.
        open_file: The one file that is meant, where that is so.
    """
    folders = [source for source in sources if os.path.isdir(source)]
    one = open_file or OpenFile()
    own = [file.subject.format for file in files if file.subject.agents()]
    present = chosen.clients(None) if own or open_file or chosen.names_clients(None) else ()
    asked = dict.fromkeys((*present, *own, *one.clients))
    if not folders or found.home is not None:
        return []
    everybody = beside(found, folders, registry.CLIENTS)
    asked = asked or dict.fromkeys((*everybody.owners(), *everybody.complaining())) or dict.fromkeys(everybody.owners(below=True))
    parts = beside(found, folders, tuple(asked))
    for place in parts.places:
        place.texts, place.before = one.texts, one.before
    found.diagnostics += (parts if asked else everybody).unread([*found.diagnostics]) if open_file is None else ()
    clients = tuple(dict.fromkeys((*parts.clients_with_parts(below=True), *one.clients)))  # whose place it is, though it is not saved
    if not clients:
        return []
    from agentconv.lint import part_files

    tops = [f"{os.path.realpath(folder)}{os.sep}" for folder in folders]
    there: list[LintFile] = []
    for place in parts.places:
        for subject in part_files.subjects(place, clients, one.kinds, one.location):
            subject.location = os.path.abspath(subject.path)
            restrains = subject.part is not None and subject.part.kind in RESTRAINING
            if restrains or os.path.realpath(subject.path).startswith(tuple(tops)):
                subject.settings = chosen.for_file(subject.path)
                there.append(LintFile(subject, subject.path, os.fspath(place.folder)))
    return there


def of_parts_named(
    found: inputs.Discovery, named: Iterable[str], chosen: LintFolders, there: Collection[str | None] = ()
) -> list[LintFile]:
    """Return the files of parts that SRC names, each for the clients in whose places it lies, but for those that are there already."""
    files: list[LintFile] = []
    for word in dict.fromkeys(named):
        place = part_places.of(os.path.abspath(word))
        if place is not None:
            one = OpenFile(os.path.abspath(word), place.kinds, place.clients)
            files += of_parts(found, [os.path.relpath(place.root)], chosen, open_file=one)
    return [file for file in files if file.location not in there]


def included(files: Iterable[LintFile]) -> list[LintFile]:
    """Return the files that others include, where they are."""
    found = []
    by_subject = {id(file.subject): file for file in files}
    for includer, subject in included_files.subjects(file.subject for file in files):
        file = by_subject[id(includer)]
        if file.location and not file.stdin:
            place = os.path.relpath(subject.path, os.path.dirname(includer.path) or os.curdir)
            location = os.path.join(os.path.dirname(file.location), place)
            found.append(LintFile(subject, location, file.within))
        else:
            found.append(LintFile(subject, None))
    return found


def read_siblings(found: inputs.Discovery) -> list[Subject]:
    """Read the files that clients read together with those that were named: only what is true of a whole set is to be seen there."""
    return as_siblings(discovery.siblings(found))


def as_siblings(files: Sequence[Found]) -> list[Subject]:
    """Read files that are only seen beside others."""
    others = []
    for piece in Loader(files, keep=False, results=True):
        if piece.source is not None:
            others.append(Subject(piece.source, piece.format, (piece.format,)))
            others[-1].take(piece.result, declared=piece.declared)
    return others


def introduce(files: Iterable[LintFile], siblings: Iterable[Subject]) -> None:
    """Tell each file the names of the agents of its set."""
    subjects = [*(file.subject for file in files), *siblings]
    names = frozenset(agent.name for subject in subjects for _, agent, _ in subject.agents() if agent.name)
    for subject in subjects:
        subject.others = names


def leave_out_versions(files: list[LintFile]) -> None:
    """Do not ask a client about an agent that it has by another file: one of its own, or one of another client's that it looks at.

    Whoever names both a file and a client is told of that file in that client all the same.
    """
    if all(file.subject.asked == (file.subject.format,) for file in files):
        return
    own: set[tuple[str, str]] = set()
    looked_at: set[tuple[str, str]] = set()
    placed = {id(file): (file.location, file.subject.format) for file in files if file.location}
    looking = dict(zip(placed, locations.looking_where(placed.values()), strict=True))
    for file in files:
        names = _names(file)
        own.update((file.subject.format, name) for name in names)
        looked_at.update((client, name) for client in looking.get(id(file), ()) for name in names)
    from agentconv.cli import scope

    folders, said = cache(_folders), cache(scope.source_of_project)
    for file in files:
        names = _names(file)
        root = project.root(file.location) if file.location else None

        def there(client: str, name: str, root: Path | None = root) -> list[str]:
            return _own_files(folders(root, client), client, name) if root is not None else []

        def is_asked(
            client: str, file: LintFile = file, names: Collection[str] = names, there: _There = there, root: Path | None = root
        ) -> bool:
            if client == file.subject.format or not names:
                return True
            if all((client, name) in own or there(client, name) for name in names):
                if _goes_first(file.subject.format, client, said(root) if root is not None else None):
                    file.subject.versions[client] = tuple(path for name in names for path in there(client, name)[:1])
                return False
            others = registry.also_reads(client)
            read = all((client, name) in looked_at or any(there(one, name) for one in others) for name in names)
            return client in looking.get(id(file), ()) or not read

        file.subject.asked = tuple(filter(is_asked, file.subject.asked))


def _goes_first(one: str, other: str, source: str | None) -> bool:
    """Whether the agents of one client are what another's are held against: the project's source's, else the first one's (`inspect`)."""
    if source in (one, other):
        return source == one
    return registry.READERS.index(one) < registry.READERS.index(other)


def _names(file: LintFile) -> set[str]:
    """Return the names of a file's agents, as they are the same in each spelling."""
    return {agent.name.casefold() for _, agent, _ in file.subject.agents() if agent.name}


def _folders(root: Path, client: str) -> list[Path]:
    """Return the folders of a client's own agents that a project has."""
    return [root / folder for folder in registry.FORMATS[client].folders if (root / folder).is_dir()]


def _own_files(folders: Iterable[Path], client: str, name: str) -> list[str]:
    """Return the files of a client's own for an agent, by its name."""
    places = (folder / f"{spelling.stem(name)}{suffix}" for folder in folders for suffix in registry.FORMATS[client].suffixes)
    return [os.fspath(place) for place in places if place.is_file()]
