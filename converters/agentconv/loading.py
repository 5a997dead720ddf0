"""Files to agents, one file at a time: read, give ids, take bundles apart.

Everything that converts, bundles or lists agents gets them here, so that one bad file never loses the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv import discovery, registry
from agentconv.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.format_base import State
from agentconv.ir import Agent, AgentSet, Origin, Source
from agentconv.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.discovery import Found

KEPT_BYTES = 12 * 1024 * 1024
"""How much source text is kept between two passes; beyond it, files are read again."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file and the agents in it (none, for a README)."""

    path: str
    format: str
    source: SourceText | None
    """The file's text; None for an agent of a bundle that was stored without its source."""
    agents: tuple[Agent, ...] = ()
    states: tuple[State, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    about: AgentSet | None = None
    """What a bundle says about the whole set, on its first piece."""


class Loader:
    """The files of a discovery, read as often as they are asked for; ids are the same each time."""

    def __init__(self, files: Sequence[Found], *, keep: bool = True) -> None:
        self.files = files
        self._limit = KEPT_BYTES if keep else 0
        self._kept: dict[int, tuple[Loaded, ...]] = {}
        self._kept_bytes = 0

    def __iter__(self) -> Iterator[Loaded]:
        ids = _Ids()
        for index, file in enumerate(self.files):
            pieces = self._kept.get(index)
            if pieces is None:
                pieces = tuple(_with_ids(piece, ids) for piece in _load(file))
                self._keep(index, file, pieces)
            else:
                ids.taken.update(agent.id for piece in pieces for agent in piece.agents)
            yield from pieces

    def _keep(self, index: int, file: Found, pieces: tuple[Loaded, ...]) -> None:
        size = sum(piece.source.size for piece in pieces if piece.source)
        if file.location is None or self._kept_bytes + size <= self._limit:
            self._kept[index] = pieces
            self._kept_bytes += size


class _Ids:
    """Gives each agent of a set its id: the name, then `name~2` in path order."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def give(self, agent: Agent, path: str) -> Agent:
        base = agent.id or agent.name or PurePosixPath(path).stem or "agent"
        found, number = base, 2
        while found in self.taken:
            found, number = f"{base}~{number}", number + 1
        self.taken.add(found)
        return agent if agent.id == found else replace(agent, id=found)


def _with_ids(piece: Loaded, ids: _Ids) -> Loaded:
    return replace(piece, agents=tuple(ids.give(agent, piece.path) for agent in piece.agents)) if piece.agents else piece


def _load(file: Found) -> Iterator[Loaded]:
    try:
        data = discovery.read_bytes(file)
    except InputError as error:
        yield Loaded(file.path, file.format, None, diagnostics=(error.diagnostic,))
        return
    yield from load_source(file.format, SourceText(file.path, data))


def load_source(format_id: str, source: SourceText) -> Iterator[Loaded]:
    """Read one file's text: the file itself, or the files that a bundle holds."""
    result = registry.load(format_id).read(source)
    if registry.FORMATS[format_id].folders:
        yield Loaded(source.path, format_id, source, result.set.agents, result.states, result.diagnostics)
    else:
        yield from take_apart(result.set, result.diagnostics)


def take_apart(agents: AgentSet, diagnostics: tuple[Diagnostic, ...] = ()) -> Iterator[Loaded]:
    """Yield a set's agents file by file, as they were read, then those without a stored source."""
    about = replace(agents, agents=(), sources=(), diagnostics=())
    yield Loaded("", "json", None, diagnostics=diagnostics, about=about)
    known = {source.path for source in agents.sources}
    by_path: dict[str, list[Agent]] = {}
    loose: list[Agent] = []
    for agent in agents.agents:
        if agent.origin and agent.origin.source in known:
            by_path.setdefault(agent.origin.source, []).append(agent)
        else:
            loose.append(agent)
    for source in agents.sources:
        yield _stored(source, by_path.get(source.path, []))
    for agent in loose:
        path = agent.origin.source if agent.origin else ""
        yield Loaded(path, agent.origin.format if agent.origin else "json", None, (agent,), (State.LOADS,))


def _stored(source: Source, agents: list[Agent]) -> Loaded:
    if agents or source.format not in registry.FORMATS:
        text = SourceText(source.path, source.data) if source.format in registry.FORMATS else None
        return Loaded(source.path, source.format, text, tuple(agents), (State.LOADS,) * len(agents))
    text = SourceText(source.path, source.data)
    if not registry.load(source.format).read(text).set.agents:
        return Loaded(source.path, source.format, text)
    message = f"the stored text of `{source.path}` holds an agent that the bundle does not; the fields win"
    return Loaded(source.path, source.format, None, diagnostics=(Diagnostic(Code.SOURCE_MISMATCH, Severity.WARNING, message),))


def gather(pieces: Iterator[Loaded] | Loader, *, only_loaded: bool = False, sources: bool = True) -> AgentSet:
    """Collect everything into one set, with the sources and what reading found."""
    agents: list[Agent] = []
    stored: dict[str, Source] = {}
    diagnostics: list[Diagnostic] = []
    about = AgentSet()
    for piece in pieces:
        diagnostics.extend(piece.diagnostics)
        if piece.about is not None and about == AgentSet():
            about = piece.about
        agents.extend(
            agent for agent, state in zip(piece.agents, piece.states, strict=True) if not (only_loaded and state is State.NOT_LOADED)
        )
        if sources and piece.source is not None:
            stored[piece.path] = Source(piece.path, piece.format, piece.source.data)
    return replace(about, agents=tuple(agents), sources=tuple(stored.values()), diagnostics=tuple(diagnostics))


def origin_of(piece: Loaded, agent: Agent) -> Origin:
    """Return where an agent of a piece came from."""
    return agent.origin or Origin(piece.format, piece.path)
