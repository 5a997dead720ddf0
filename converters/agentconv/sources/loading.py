"""Files to agents, one file at a time: read, give ids, take bundles apart.

Everything that converts, bundles or lists agents gets them here, so that one bad file never loses the others.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core import bugs, fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.format import State
from agentconv.core.ir import Agent, AgentSet, Origin, Source
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import agentless, discovery, including, inputs, locations
from agentconv.sources.containers import Containers
from agentconv.sources.declarations import Declarations
from agentconv.sources.loaded import Loaded
from agentconv.sources.merged import Merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agentconv.core.format import ReadResult
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import Part
    from agentconv.sources.agentless import Agentless
    from agentconv.sources.inputs import Found
    from agentconv.sources.parts_on_disk import LoadedPart

KEPT_BYTES = 12 * 1024 * 1024
"""How much is kept between two passes; beyond it, files are read again."""
BYTES_A_FILE = 1_000
"""What each file costs besides its text: its names, place and id."""


class Loader:
    """The files of a discovery, read as often as they are asked for; ids are the same each time."""

    def __init__(
        self, files: Sequence[Found], *, keep: bool = True, results: bool = False, ids: bool = True, among: Iterable[Found] = ()
    ) -> None:
        """Take the files.

        Args:
            files: The files.
            keep: Whether what was read may be kept for the next pass.
            results: Whether what readers gave is kept with it.
            ids: Whether agents get ids here; else somebody settles them who knows more files than these.
            among: All files of the set, where these are a share of it.
        """
        self.files = files
        self._ids = ids
        self._results = results
        self._limit = KEPT_BYTES - BYTES_A_FILE * len(files) if keep else 0
        self._kept: dict[int, tuple[Loaded, ...]] = {}
        self._kept_bytes = 0
        self._first: dict[int, tuple[int, tuple[str, ...]]] = {}
        """Per file read before: what tells whether it is still the same, and its agents' ids."""
        self._again = False
        self._containers = Containers()
        self._declarations = Declarations()
        self._merged = Merged(among or files)
        self.agentless: list[Agentless] = []
        """What is to be told of files that gave no agent, once all of them were read."""

    def __iter__(self) -> Iterator[Loaded]:
        ids = Ids()
        for index, file in enumerate(self.files):
            pieces = self._kept.get(index)
            yield from self._read(index, file, ids) if pieces is None else pieces
        self._again = True

    def at(self, index: int) -> tuple[Loaded, ...]:
        """Return what is in one file, once all of them were read."""
        pieces = self._kept.get(index)
        return self._read(index, self.files[index], Ids()) if pieces is None else pieces

    def _read(self, index: int, file: Found, ids: Ids) -> tuple[Loaded, ...]:
        """Read a file; on a second pass, only if it is what it was, so that no agent gets a name meant for another."""
        try:
            data = inputs.read_bytes(file)
        except InputError as error:
            pieces: tuple[Loaded, ...] = (Loaded(file.path, file.format, None, diagnostics=(error.diagnostic,)),)
            if file.location is None:
                self._keep(index, file, pieces)
            return pieces
        text = including.from_project(file, SourceText(file.path, data))
        read = hash((data, *(one.data for one in (text.included or {}).values())))
        if self._again and self._first.get(index, (None,))[0] != read:
            return (_changed(file),)
        pieces = tuple(load_source(file.format, text, results=self._results))
        pieces = tuple(self._containers.judge(file, self._declarations.complete(file, piece)) for piece in pieces)
        pieces = tuple(self._merged.complete(file, piece) for piece in pieces)
        if registry.FORMATS[file.format].holds_several(file.path):
            from agentconv.sources import void_files

            pieces = tuple(void_files.with_agents(file.location, piece) for piece in pieces)
        if not any(piece.agents for piece in pieces) and including.is_text_of_another(file):
            pieces = tuple(replace(piece, included=True) for piece in pieces) if file.named else ()
        pieces = tuple(replace(piece, stray=True) if not piece.agents and _is_stray(file) else piece for piece in pieces)
        if self._again:
            give = in_turn(self._first[index][1])
            pieces = tuple(called(piece, give) for piece in pieces)
        else:
            pieces = tuple(called(piece, ids.give) for piece in pieces) if self._ids else pieces
            self._first[index] = read, tuple(agent.id for piece in pieces for agent in piece.agents)
            if data or file.location:  # an empty stream names nothing
                self.agentless += [one for piece in pieces if piece.absence and (one := agentless.in_question(file, piece.absence))]
        self._keep(index, file, pieces)
        return pieces

    def settle(self, given: Iterable[Sequence[str]]) -> None:
        """Take the ids of the agents of each file, once all of these were read."""
        for index, ids in enumerate(given):
            if index in self._first:
                self._first[index] = self._first[index][0], tuple(ids)
            if index in self._kept:
                give = in_turn(ids)
                self._kept[index] = tuple(called(piece, give) for piece in self._kept[index])

    def _keep(self, index: int, file: Found, pieces: tuple[Loaded, ...]) -> None:
        size = sum(piece.source.size for piece in pieces if piece.source)
        if file.location is None or self._kept_bytes + size <= self._limit:
            self._kept[index] = pieces
            self._kept_bytes += size


def _is_stray(file: Found) -> bool:
    """Whether a file was come across where no assistant looks for agents."""
    return not file.named and file.location is not None and locations.project_root(Path(file.location)) is None


def _changed(file: Found) -> Loaded:
    message = "changed while it was read, and was left out"
    return Loaded(
        file.path,
        file.format,
        None,
        diagnostics=(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(file.path), "run the command again"),),
    )


class Ids:
    """Gives each agent of a set its id: the name, then `name~2` in path order."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.next: dict[str, int] = {}

    def give(self, agent: Agent, path: str) -> str:
        """Give an agent of a file its id."""
        return self.named(agent.id or agent.name, path)

    def named(self, name: str | None, path: str) -> str:
        """Give its id to what has a name, or is called as its file is."""
        base = name or PurePosixPath(path).stem or "agent"
        found, number = base, self.next.get(base, 2)
        while found in self.taken:
            found, number = f"{base}~{number}", number + 1
        self.next[base] = number
        self.taken.add(found)
        return found


def called(piece: Loaded, give: Callable[[Agent, str], str]) -> Loaded:
    """Return a file whose agents have the ids that they are given."""
    if not piece.agents:
        return piece
    ids = [give(agent, piece.path) for agent in piece.agents]
    return replace(
        piece,
        agents=tuple(
            agent if agent.id == new else fields.changed(agent, {"id": new}) for agent, new in zip(piece.agents, ids, strict=True)
        ),
    )


def in_turn(ids: Iterable[str]) -> Callable[[Agent, str], str]:
    """Return what gives one agent after the other the id that it has already."""
    left = iter(ids)
    return lambda _agent, _path: next(left)


def with_ids(pieces: Iterable[Loaded]) -> Iterator[Loaded]:
    """Give each agent its id."""
    ids = Ids()
    for piece in pieces:
        yield called(piece, ids.give)


def load_source(format_id: str, source: SourceText, *, results: bool = False) -> Iterator[Loaded]:
    """Read one file's text: the file itself, with what its reader gave if that is asked for, or the files that a bundle holds."""
    try:
        result = registry.load(format_id).read(source)
    except InputError as error:  # the format itself is not there
        yield Loaded(source.path, format_id, None, diagnostics=(error.diagnostic,))
        return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other files
        yield Loaded(source.path, format_id, None, diagnostics=(_bug(source.path, format_id, error),))
        return
    if registry.FORMATS[format_id].bundle:
        yield from take_apart(result.set, result.diagnostics, source.path)
    else:
        piece = as_read(format_id, source, result)
        yield replace(piece, result=result) if results else piece


def as_read(format_id: str, source: SourceText, result: ReadResult) -> Loaded:
    """Return a file that is no bundle, as its reader has read it."""
    about = result.set if not result.set.agents and result.set != AgentSet() else None
    meant = result.as_meant
    return Loaded(
        source.path,
        format_id,
        source,
        meant.set.agents,
        meant.states,
        meant.diagnostics,
        about,
        as_read=meant is result,
        absence=agentless.cause(format_id, source, result.absence),
    )


def _bug(path: str, format_id: str, error: BaseException) -> Diagnostic:
    brought = format_id, registry.FORMATS[format_id].distribution
    return bugs.told(error, "while it was read", Span(path), lost="the file was left out", brought=brought)


def take_apart(agents: AgentSet, diagnostics: tuple[Diagnostic, ...] = (), bundle: str | None = None) -> Iterator[Loaded]:
    """Yield a set's agents file by file, as they were read, then those without a stored source.

    Args:
        agents: The set.
        diagnostics: What reading it found.
        bundle: Path of the file that holds the set, for diagnostics.
    """
    about = replace(agents, agents=(), sources=(), diagnostics=())
    parts: tuple[LoadedPart, ...] = ()
    if any(getattr(agents, kind) for kind in KINDS):
        from agentconv.sources.stored_parts import stored_parts

        parts = stored_parts(agents)
    about = holding(about, ())
    yield Loaded("", "json", None, diagnostics=diagnostics, about=about, parts=parts)
    known = {source.path for source in agents.sources}
    by_path: dict[str, list[Agent]] = {}
    loose: list[Agent] = []
    for agent in agents.agents:
        if agent.origin and agent.origin.source in known:
            by_path.setdefault(agent.origin.source, []).append(agent)
        else:
            loose.append(agent)
    stored = {source.path: source.data for source in agents.sources}
    of_parts = {one.source.text.path for one in parts if one.source and not _is_index(one)} - by_path.keys()
    foreign = any(_is_foreign(source) for source in agents.sources)
    for source in agents.sources:
        if source.format == including.FORMAT and foreign:  # nobody here knows what the files of such a format include
            yield Loaded(source.path, source.format, None, stored=source)
        elif _is_foreign(source):
            yield _kept(source, by_path.get(source.path, []), bundle)
        elif source.format != including.FORMAT and source.path not in of_parts:
            text = including.from_bundle(source.format, SourceText(source.path, source.data), stored)
            yield _stored(source, text, by_path.get(source.path, []), bundle)
    for agent in loose:
        path = agent.origin.source if agent.origin else ""
        yield Loaded(path, agent.origin.format if agent.origin else "json", None, (agent,), (State.LOADS,))


def _is_index(one: LoadedPart) -> bool:
    """Whether a part stands in the file that makes its plugin one, and says more of that."""
    return registry.FORMATS[one.client].is_index(one.path)


def _is_foreign(source: Source) -> bool:
    """Whether a bundle has a file of a format that is not here."""
    return source.format != including.FORMAT and source.format not in registry.FORMATS


def _kept(source: Source, agents: list[Agent], bundle: str | None) -> Loaded:
    """Return a file of a format that is not here, which goes on as it is unless whoever has the set left its agents out."""
    found = tuple(agents)
    is_left_out = bool(source.agents) and not found and bundle is None
    stored = None if is_left_out else source
    return Loaded(
        source.path, source.format, None, found, (State.LOADS,) * len(found), as_read=bool(found) and source.agents == found, stored=stored
    )


def _stored(source: Source, text: SourceText, agents: list[Agent], bundle: str | None) -> Loaded:
    if agents:
        found, as_read = tuple(agents), source.agents == tuple(agents)
        if as_read and bundle is not None:
            again = _read_anew(source, agents, text)
            found, as_read = again or found, again is not None
        return Loaded(source.path, source.format, text, found, (State.LOADS,) * len(agents), as_read=as_read)
    if source.agents and bundle is None:
        return Loaded(source.path, source.format, None)  # its reader gave them, and whoever has the set left them out of it
    if not registry.load(source.format).read(text).set.agents:
        return Loaded(source.path, source.format, text)
    message = f"the stored text of `{source.path}` holds an agent that the bundle does not; the fields win"
    span = Span(bundle) if bundle else None
    return Loaded(source.path, source.format, None, diagnostics=(Diagnostic(Code.SOURCE_MISMATCH, Severity.WARNING, message, span),))


def _read_anew(source: Source, agents: list[Agent], text: SourceText) -> tuple[Agent, ...] | None:
    """Return the agents of a stored source of which nothing was changed, as its reader gives them now: it may have learned since.

    None where it no longer gives all of them.
    """
    found = {_pointer(agent): agent for agent in registry.load(source.format).read(text).set.agents}
    if any(_pointer(agent) not in found for agent in agents):
        return None
    return tuple(fields.changed(found[_pointer(agent)], {"id": agent.id, "origin": agent.origin}) for agent in agents)


def gather(
    pieces: Iterable[Loaded],
    *,
    only_loaded: bool = False,
    sources: bool = True,
    whole: bool = False,
    parts: Callable[[], Sequence[LoadedPart]] | None = None,
) -> AgentSet:
    """Collect everything into one set, with the sources and what reading found.

    Args:
        pieces: The files.
        only_loaded: Whether agents are left out that their own client does not load.
        sources: Whether the files are stored.
        whole: Whether they are stored with what is not of their agents, as a set has them that stays in its program: its places are
            those of the file, and the file is written back. Into a bundle, nothing else of the user's configuration goes.
        parts: What gives the skills, commands and servers that go along, once all files were read; by default those of bundles do.
    """
    of_bundles: list[LoadedPart] = []
    agents: list[Agent] = []
    stored: dict[str, Source] = {}
    included: list[Source] = []
    diagnostics: list[Diagnostic] = []
    about = AgentSet()
    for piece in pieces:
        diagnostics.extend(piece.diagnostics)
        of_bundles += piece.parts
        if piece.about is not None and about == AgentSet():
            about = piece.about
        kept = [agent for agent, state in zip(piece.agents, piece.states, strict=True) if not (only_loaded and state.dropped)]
        shared = piece.merged or (piece.declared is not None and len(piece.agents) > 1)  # which the file alone does not say
        if piece.stored is not None and piece.format == including.FORMAT:
            included.append(piece.stored)
        elif sources and not shared and (piece.source or piece.stored) is not None:
            path = _free_path(piece, stored)
            if path != piece.path:
                kept = [replace(agent, origin=Origin(piece.format, path, _pointer(agent))) for agent in kept]
            given = tuple(kept) if piece.as_read else ()
            stored |= {one.path: one for one in _files(piece, path, given, whole=whole) if one.path == path or one.path not in stored}
        agents.extend(kept)
    stored |= {one.path: one for one in included if sources and one.path not in stored}
    about = replace(about, agents=tuple(agents), diagnostics=tuple(diagnostics))
    along = of_bundles if parts is None else parts()
    return with_parts(about, along, stored, sources=sources) if along else replace(about, sources=tuple(stored.values()))


def _files(piece: Loaded, path: str, agents: tuple[Agent, ...], *, whole: bool) -> Iterator[Source]:
    """Yield what is stored of a file under a path, and the files that it includes."""
    if piece.source is None:
        if piece.stored is not None:
            yield replace(piece.stored, path=path, agents=agents)
        return
    text = piece.source if whole else _essence(piece.format, piece.source)
    yield Source(path, piece.format, text.data, agents)
    for one in including.files(piece.format, text):
        yield Source(one.path, including.FORMAT, one.data or b"")


def with_parts(about: AgentSet, parts: Sequence[LoadedPart], stored: dict[str, Source], *, sources: bool) -> AgentSet:
    """Return a set with parts, and with the files of theirs that are nobody else's: the user's configuration is none."""
    kept: list[LoadedPart] = []
    names: dict[str, set[str | None]] = {}
    told = list(about.diagnostics)
    for one in parts:
        names.setdefault(one.path, set()).add(one.part.name)
    for one in parts:
        file = one.source
        unfit = next((path for path in _paths(one.part) if discovery.below(path) != path), None)
        if unfit is not None:
            told.append(_unfit(one, unfit))
        elif discovery.below(one.path) != one.path:
            kept.append(replace(one, part=replace(one.part, origin=None)))
        elif sources and file is not None and not _holds_more(one, file, names[one.path]):
            source = Source(file.text.path, one.client, file.text.data, executable=file.executable)
            taken = stored.setdefault(source.path, source) != source
            kept.append(replace(one, part=replace(one.part, origin=None)) if taken else one)
        else:
            kept.append(one)
    return replace(holding(about, kept), sources=tuple(stored.values()), diagnostics=tuple(told))


def _paths(part: Part) -> Iterator[str]:
    """Yield the paths of the files that go along with a part."""
    yield from (file.path for file in getattr(part, "files", ()))


def _unfit(one: LoadedPart, path: str) -> Diagnostic:
    """Say that a part is in no bundle, for a file of it that not every system can have."""
    message = f"{NOUNS[one.kind]} `{one.part.name}` is left out: no bundle has a file called `{path}`, which not every system can have"
    return Diagnostic(Code.PARTS, Severity.WARNING, message, Span(one.path), "rename the file", client=one.client)


def _holds_more(one: LoadedPart, file: PartSource, names: set[str | None]) -> bool:
    """Whether a part's file has entries that do not go along, or a credential, which may be in what is no entry at all."""
    if file.place.pattern or file.place.mixed:
        return file.place.mixed
    from agentconv.core import credentials
    from agentconv.parts import registry as part_registry

    module = part_registry.part_format(one.client, one.kind)
    known = {part.name for part in module.read(file).parts} if module else set()
    return not known <= names or any(credentials.secrets(file.text.text))


def holding(about: AgentSet, parts: Iterable[LoadedPart]) -> AgentSet:
    """Return a set with parts."""
    kinds: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for one in parts:
        kinds[one.kind].append(one.part)
    values: dict[str, Any] = {kind: tuple(found) for kind, found in kinds.items()}
    return replace(about, **values)


def _pointer(agent: Agent) -> str:
    return agent.origin.pointer if agent.origin else ""


def _essence(format_id: str, source: SourceText) -> SourceText:
    """Return what of a file belongs to its agents: of the user's own configuration, nothing else goes into a bundle."""
    essence = registry.load(format_id).SPEC.essence if format_id in registry.FORMATS else None
    return essence(source) if essence else source


def _free_path(piece: Loaded, stored: dict[str, Source]) -> str:
    """Return a piece's path, or another one where two bundles hold different files of one path."""
    path, number = piece.path, 2
    while path in stored:
        pure = PurePosixPath(piece.path)
        path, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
    return path
