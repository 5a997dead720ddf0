"""Linting, mending and inspecting as functions: of a set, or of what a path names. No configuration is read, and nothing is printed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Severity, Span, Told
from agentconv.core.given import flag, kind_of
from agentconv.core.ir import AgentSet
from agentconv.core.library_words import public, told
from agentconv.disk import saving
from agentconv.disk.output import OutputFile
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, fixing, included, inspection, of_set, project
from agentconv.lint.explaining import LISTED
from agentconv.lint.subject import Subject
from agentconv.sources import agentless, discovery, given_paths, loading, locations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint import rule
    from agentconv.lint.checking import Checked
    from agentconv.lint.inspection import Inspected
    from agentconv.sources.agentless import Agentless
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded

    What: TypeAlias = AgentSet | str | os.PathLike[str]
    """A set that was read, whose files are looked at with what was changed since; or a file, a folder or a project's root."""


@dataclass(frozen=True, slots=True)
class Finding(Told):
    """What a rule has found."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    hint: str
    clients: tuple[str, ...] = ()
    """Format ids of the clients that it is about."""
    agent: str | None = None
    fix: str | None = None
    """What mends it, as an instruction, where something does."""
    safe: bool = False
    """Whether that is proven to change nothing else."""

    def __str__(self) -> str:
        """Say where, how bad, and what, in one line."""
        return f"{self.span}: {self.severity}: {self.code} {self.name}: {self.message}"


@dataclass(frozen=True, slots=True)
class Linted:
    """What linting found: a sequence of findings, in the order of the files and their texts."""

    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """What could not be looked at."""

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self.findings)

    def __getitem__(self, number: int) -> Finding:
        """Return a finding by its place."""
        return self.findings[number]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What inspecting found: a sequence of files, each as the clients that were asked read it."""

    files: tuple[Inspected, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """What could not be looked at, and of which files no agent came."""

    def __iter__(self) -> Iterator[Inspected]:
        """Yield the files."""
        return iter(self.files)

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self.files)

    def __getitem__(self, number: int) -> Inspected:
        """Return a file by its place."""
        return self.files[number]


@dataclass(frozen=True, slots=True)
class Mended:
    """What mending came to. Nothing has touched the disk."""

    files: tuple[OutputFile, ...]
    """The files that are others now, by a fix or since an agent of the set was changed, with their paths as findings name them."""
    mended: int
    """How many findings are gone."""
    left: Linted
    """What is found in the files as they are now."""
    _read: Mapping[str, bytes] = field(default_factory=dict)
    _places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By path where a file was read, and the folder out of which no link of it may lead."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What could not be looked at."""
        return self.left.diagnostics

    def save(self, folder: str | os.PathLike[str] | None = None) -> list[Path]:
        """Write the files where they were read; one that is no longer as it was then is kept.

        Args:
            folder: The folder below which the files of a set lie, which does not say where it was read.

        Returns:
            The paths that now hold what was mended.

        Raises:
            InputError: The disk refuses, a set's files are to be written and no folder is named, or none of the files is in the folder.
        """
        if folder is None and any(file.path not in self._places for file in self.files):
            raise registry.usage("a set does not say where its files lie", 'name the folder that it was read from: save(".")')
        top = None if folder is None else given_paths.named_folder(folder)
        if top is not None and self.files and not any(os.path.lexists(f"{top}/{file.path}") for file in self.files):
            hint = "name the folder that they were read from" + (", or none: save()" if self._places else "")
            raise registry.usage(f"there is no `{self.files[0].path}` in `{top}`: what is mended are files that are there", hint)
        saved = [self._save(file, top) for file in self.files]
        return [one.path for one in saved if not one.is_kept]

    def _save(self, file: OutputFile, top: str | None) -> saving.Saved:
        place, within = self._places[file.path] if top is None else (f"{top}/{file.path}", top)
        path = Path(place)
        return saving.OutputFolder(path.parent, within=Path(within)).mend(path.name, self._read[file.path], file.data)


@public
def lint(what: What, *, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = ()) -> Linted:
    """Find what breaks agents, in the client that their files are for and in others.

    Args:
        what: A set that was read, or a path.
        for_: Further clients to ask, as words or one text: `"codex,opencode"`, `"all"`; none, or `"own"`: each file's own alone.
        select: Only these rules: codes, beginnings of codes, or names.
        ignore: Not these rules.

    Raises:
        InputError: The path names nothing, there is no such client or rule, or the set holds no file to look at.
    """
    look, found = Look(for_, select, ignore), _found(what)
    return look.at(_pieces(what, found), found.diagnostics if found is not None else ())


@public
def fix(
    what: What, *, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = (), unsafe: bool = False
) -> Mended:
    """Mend what `lint` finds: each fix is proven first to change nothing else, and one that cannot be is left out.

    Args:
        what: A set that was read, or a path.
        for_: As of `lint`.
        select: As of `lint`.
        ignore: As of `lint`.
        unsafe: Also make the fixes that may change more than they say.

    Raises:
        InputError: As of `lint`.
    """
    look, unsafe = Look(for_, select, ignore), flag("unsafe", unsafe)
    found = _found(what)
    pieces = _pieces(what, found)
    return look.mended(pieces, found, unsafe=unsafe, read=_read(what) if isinstance(what, AgentSet) else None)


class Look:
    """What is looked for: clients and rules."""

    def __init__(self, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = ()) -> None:
        """Take what is to be looked for.

        Raises:
            InputError: There is no such client or rule.
        """
        self.clients = _clients(for_)
        chosen = _words(select, "select") if select is not None else None
        if chosen == ():
            raise registry.usage("select names no rule", f"leave it out for all of them; {LISTED}")
        self.rules = catalogue.select(chosen, _words(ignore, "ignore"))

    def at(self, pieces: Iterable[Loaded], told: Sequence[Diagnostic] = ()) -> Linted:
        """Look at the files of one set, of which something was told when they were found."""
        subjects, diagnostics = self._subjects(pieces)
        diagnostics = [*told, *diagnostics]
        along = [one for _, one in included.subjects(subjects)]
        return self._linted([*subjects, *along], diagnostics, _agentless(pieces))

    def mended(self, pieces: Iterable[Loaded], found: Discovery | None, *, unsafe: bool, read: Mapping[str, bytes] | None = None) -> Mended:
        """Mend the files of one set, which may have read others, or those that were found."""
        own, diagnostics = self._subjects(pieces)
        diagnostics = [*(found.diagnostics if found is not None else ()), *diagnostics]
        along = [*included.subjects(own)]
        subjects = [*own, *(one for _, one in along)]
        done = [fixing.fix(subject, self._find, unsafe=unsafe) for subject in subjects]
        before = {one.path: one.source.data if read is None else read.get(one.path, b"") for one in subjects}
        changed = [(one, now.data) for one, now in zip(subjects, done, strict=True) if now.data != before[one.path]]
        still = [one.put(now.data) for one, now in zip(subjects, done, strict=True)]
        left = self._linted(still, diagnostics, _agentless(pieces))
        return Mended(
            tuple(OutputFile(subject.path, data) for subject, data in changed),
            sum(one.mended for one in done),
            left,
            {subject.path: before[subject.path] for subject, _ in changed},
            _places(found, along) if found is not None else {},
        )

    def _subjects(self, pieces: Iterable[Loaded]) -> tuple[list[Subject], list[Diagnostic]]:
        """Return the files that there are rules for, and what of the others is an error."""
        subjects: list[Subject] = []
        diagnostics: list[Diagnostic] = []
        places = _locations(pieces)
        near = project.near(pieces.files) if isinstance(pieces, loading.Loader) else ""
        for piece in pieces:
            if piece.source is None or piece.format not in registry.CLIENTS:
                diagnostics += [remark for remark in piece.diagnostics if remark.severity is Severity.ERROR]
                continue
            subject = Subject(piece.source, piece.format, tuple(dict.fromkeys((piece.format, *self.clients))))
            subject.location, subject.included = places.get(piece.path, ""), piece.included
            subject.near = os.path.join(near, piece.path) if near and not subject.location else ""
            subject.take(piece.result, declared=piece.declared)
            subject.expected = not places and piece.absence is not None and not subject.at_home
            subjects.append(subject)
        names = frozenset(agent.name for subject in subjects for _, agent, _ in subject.agents() if agent.name)
        for subject in subjects:
            subject.others = names
        return subjects, diagnostics

    def _linted(self, subjects: list[Subject], diagnostics: list[Diagnostic], without: Sequence[Agentless]) -> Linted:
        checked = list(checking.check(subjects, self.rules))
        failures = [
            *(failure for one in checked for failure in one.failures),
            *catalogue.gone(),
            *agentless.untold(without, {one.subject.path for one in checked if one.findings}),
            *agentless.gone(diagnostics),
        ]
        return Linted(tuple(found for one in checked for found in self._findings(one)), told((*diagnostics, *failures)))

    def _find(self, subject: Subject) -> tuple[rule.Finding, ...]:
        return next(checking.check([subject], self.rules)).findings

    def _findings(self, one: Checked) -> Iterator[Finding]:
        source = one.subject.source
        for found in fixing.promised(one.subject, one.findings, self._find):
            span = source.span(found.start, found.end)
            mends = found.fix
            hint = found.help if found.option is None else found.option
            of_rule = (found.rule.code, found.rule.name, found.severity, found.message, span, hint, found.clients, found.agent)
            yield Finding(*of_rule, mends.title if mends else None, safe=bool(mends and mends.safe))


def _places(found: Discovery, along: Iterable[tuple[Subject, Subject]]) -> dict[str, tuple[str, str]]:
    """Return by path where files are, and out of which folder no link of them may lead: a file that another one includes has that one's."""
    own = {file.path: (file.location or file.path, file.within) for file in found.files}
    return {one.path: (one.location, own[includer.path][1]) for includer, one in along if includer.path in own and one.location} | own


@public
def inspect(what: What, *, for_: str | Sequence[str] | None = "all") -> Inspection:
    """Say what each client makes of files as they stand, were they put where that client looks.

    Args:
        what: A set that was read, or a path.
        for_: The clients to ask, as words or one text: `"codex,opencode"`; `"all"`, or None, asks every one, and `"own"` the file's own.

    Raises:
        InputError: The path names nothing, there is no such client, or the set holds no file to look at.
    """
    words = _several("all" if for_ is None else for_, "for_")
    if not any(words):
        raise registry.usage("for_ names no client", '"all", or nothing, asks every one, and "own" the file\'s own')
    clients, own = _clients(words), registry.names_own(words)
    found = _found(what)
    looking = locations.looking_at(found) if found is not None else {}
    pieces = _pieces(what, found)
    files: list[Inspected] = []
    diagnostics = [*found.diagnostics] if found is not None else []
    for piece in pieces:
        if piece.source is None:
            diagnostics += piece.diagnostics
        else:
            files.append(inspection.inspect(piece, _asked(piece, clients, own=own), looking.get(piece.path, frozenset())))
    diagnostics += agentless.told(_agentless(pieces))
    return Inspection(tuple(files), told((*diagnostics, *agentless.gone(diagnostics))))


def _read(agents: AgentSet) -> dict[str, bytes]:
    """Return by path the files that a set was read from, which those of changed agents differ from with or without a fix."""
    return {source.path: source.data for source in agents.sources}


def _locations(pieces: Iterable[Loaded]) -> dict[str, str]:
    """Return by path where on the disk files are: none of a set says so, and none in a bundle."""
    files = pieces.files if isinstance(pieces, loading.Loader) else ()
    return {file.path: os.path.abspath(file.location) for file in files if file.location and not registry.FORMATS[file.format].bundle}


def _agentless(pieces: Iterable[Loaded]) -> Sequence[Agentless]:
    """Return the files of which no agent came, once they were read."""
    return pieces.agentless if isinstance(pieces, loading.Loader) else of_set.without_agents(pieces)


def _asked(piece: Loaded, clients: Sequence[str], *, own: bool) -> list[str]:
    return list(dict.fromkeys((*((piece.format,) if own else ()), *clients)))


def _found(what: What) -> Discovery | None:
    """Return the files of a path, with what is told of those that are not followed or cannot be read; None of a set."""
    return None if isinstance(what, AgentSet) else discovery.discover([given_paths.named(what)])


def _pieces(what: What, found: Discovery | None) -> Iterable[Loaded]:
    if isinstance(what, AgentSet):
        return of_set.pieces(what)
    return loading.Loader(found.files if found is not None else (), results=True)


def _clients(given: str | Sequence[str]) -> list[str]:
    words = _several(given, "for_")
    return registry.others_named(words, "for_") if any(words) else []


def _words(given: Iterable[str], what: str) -> tuple[str, ...]:
    words = tuple(word for text in _several(given, what) for word in text.split(","))
    for word in words:
        if not word.strip():
            raise registry.usage(f"{what} has an empty value", f"leave it out, or name rules; {LISTED}")
        if not catalogue.select((word,)):
            raise catalogue.none_called(word, LISTED, where=what)
    return words


def _several(given: object, what: str) -> list[str]:
    """Return the words that a caller gives, as one text or as several.

    Raises:
        InputError: They are none.
    """
    words: list[Any] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    for word in words:
        if not isinstance(word, str):
            raise registry.usage(f"{what} is a text, or a list of texts, not {kind_of(word)}")
    return words
