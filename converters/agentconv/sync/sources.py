"""The one source: its files as they are, and the agents in them, each told from the others by file and place."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import fields, names
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.formats import registry
from agentconv.sources import loading, sniffing
from agentconv.sync import unsettled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded
    from agentconv.sync.source_files import SourceFile

Key: TypeAlias = tuple[str, str]
"""An agent of the sources: its file, and its place in one that holds several."""


@dataclass(slots=True)
class Sources:
    """The agents of the source that are loaded, and why the others are not."""

    pieces: list[Loaded] = field(default_factory=list)
    ways: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By path what mends a file of which nothing is known, and at which line, where that can be told."""
    broken: dict[str, str] = field(default_factory=dict)
    """By file, or folder, why nothing is known of what it says, or of what is in it."""
    absent: dict[str, bool] = field(default_factory=dict)
    """The files of those of which no agent came, and whether one may have been meant, by its name: none is by that of a README."""
    told: frozenset[str] = frozenset()
    """Those of which it is told already."""
    files: dict[str, SourceFile] = field(default_factory=dict)
    unmerged: Collection[str] = ()
    """Those that git holds as not merged, and others of these."""
    unjudged: str | None = None
    """Why nothing is known of any agent: of what restrains all of them, nothing is."""
    mended: list[Diagnostic] = field(default_factory=list)
    """What is said, file by file, of those that their client loads in its own way."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def broken_by(self, path: str) -> str | None:
        """Return why nothing is known of a file: it cannot be read, or a folder that it is in cannot."""
        if self.unjudged is not None:
            return self.unjudged
        places = (path, *(parent.as_posix() for parent in PurePosixPath(path).parents))
        return next((self.broken[place] for place in places if place in self.broken), None)

    def of_project(self, root: Path, locked: Iterable[str], unread: Mapping[str, str], restraints: Iterable[Diagnostic] = ()) -> None:
        """Take in what is known beside the files: which of them were agents, and of which nothing is known.

        Args:
            root: The folder that the paths are below.
            locked: The sources of which agents were written.
            unread: Those that cannot be read, with the reasons.
            restraints: Why it is not known what restrains all agents.
        """
        were = {*locked}
        self.pass_over(were)
        for path in sorted(were & {*self.unmerged} - self.files.keys()):
            if found := unsettled.why(path, None, self.unmerged):
                self.broken[path], self.ways[path] = found
        for path in sorted(path for path in were - self.files.keys() if os.path.isdir(root / path)):
            self.broken[path], self.ways[path] = "a folder is in its place", ("take the folder away; the file is back, or is gone, then", 1)
        self.broken |= unread
        for one in restraints:
            path = one.span.path if one.span is not None else ""
            self.unjudged = self.unjudged or f"what restrains all agents is not known: {path}: {one.reason or one.message}"
            self.diagnostics.append(_unjudged(one))
        self.pieces = self.pieces if self.unjudged is None else []

    def pass_over(self, were_agents: Collection[str]) -> None:
        """Pass over files of which no agent came and none was meant; of another one, say that it may be none.

        Args:
            were_agents: Those in which there was an agent before: they stay what is broken.
        """
        for path, is_meant in self.absent.items():
            if path not in were_agents and not is_meant:
                del self.broken[path]
            elif path not in were_agents:
                self.ways[path] = f'mend it; or, if it is no agent, `exclude = ["{path}"]` leaves it out', 1

    def agents(self) -> Iterator[tuple[Key, Agent]]:
        """Yield each agent with what tells it from the others."""
        for piece in self.pieces:
            for agent in piece.agents:
                yield key(piece, agent), agent


def key(piece: Loaded, agent: Agent) -> Key:
    """Return what tells an agent from all others of the source."""
    return piece.path, agent.origin.pointer if agent.origin else f"/{agent.id}" if piece.source is None else ""


def _of_bundle(piece: Loaded, path: str) -> Loaded:
    """Return agents of a bundle as such of that one file, each told from the others by its id."""
    places = ((agent, {"origin": replace(agent.origin, pointer=f"/{agent.id}")} if agent.origin else {}) for agent in piece.agents)
    return replace(piece, path=path, source=None, agents=tuple(fields.changed(agent, place) for agent, place in places))


def load(files: Sequence[SourceFile], unmerged: Collection[str] = ()) -> Sources:
    """Read the agents of the files, with LF for line ends; nothing of those that git holds as not merged."""
    sources = Sources(files={file.path: file for file in files}, unmerged=unmerged)
    loaded: list[Loaded] = []
    for file in files:
        if found := unsettled.why(file.path, file.data, unmerged):
            sources.broken[file.path], sources.ways[file.path] = found
            continue
        read = loading.load_source(file.found.format, file.text)
        if registry.FORMATS[file.found.format].bundle:
            loaded += [_of_bundle(piece, file.path) for piece in read if piece.agents]
        else:
            loaded += [replace(piece, path=file.path) if piece.path == file.text.path != file.path else piece for piece in read]
    for piece in loading.with_ids(loaded):
        _take(sources, piece)
    return sources


def _take(sources: Sources, piece: Loaded) -> None:
    """Take in what was read of a file: agents that the client loads, and why others are not known."""
    sources.diagnostics += [one for one in piece.diagnostics if one.severity is Severity.ERROR]
    if not piece.agents and not piece.diagnostics and registry.FORMATS[piece.format].holds_several(piece.path):
        return  # a file of settings need have no agents
    kept = [(agent, state) for agent, state in zip(piece.agents, piece.states, strict=True) if not state.dropped]
    if len(kept) < len(piece.agents) or not kept:
        problem = next(iter(piece.diagnostics), piece.absence)
        sources.broken[piece.path] = problem.message if problem else "there is no agent in it"
        if problem is not None and problem.span is not None and problem.span.line:
            sources.ways[piece.path] = "mend it", problem.span.line
        if not piece.agents and not piece.diagnostics:
            sources.absent[piece.path] = sniffing.may_be_agent(piece.path, piece.format)
    elif piece.diagnostics:
        sources.mended.append(piece.diagnostics[0])
    if kept:
        agents, states = zip(*kept, strict=True)
        sources.pieces.append(replace(piece, agents=agents, states=states))


def _unjudged(told: Diagnostic) -> Diagnostic:
    """Say that no agent is written while nobody knows what holds all of them back."""
    message = f"nothing is synced: what this file denies, asks for, or guards is not known: {told.reason or told.message}"
    hint = "mend it; what the other assistants have is left as it is until then"
    return replace(told, severity=Severity.ERROR, message=message, hint=told.hint if told.code is Code.BLOCKED else hint)


def not_as_written(mended: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Say in a line for each kind that files are synced as their client reads them, which is not as they are written."""
    as_read = "it is synced as it is read there"
    kinds: dict[str, list[Diagnostic]] = {}
    for one in mended:
        kinds.setdefault(one.message, []).append(one)
    for first, *others in kinds.values():
        more = f" (and in {len(others):,} more {'files' if len(others) > 1 else 'file'})" if others else ""
        way = (first.code is Code.UNKNOWN_TOOL and first.hint) or as_read  # a word for a tool is synced as its author means it
        yield replace(first, message=f"{first.message}{more}", hint=f"{way}; agentconv lint says all of it")


def double_of(loaded: Sources, key: Key) -> str | None:
    """Return the file of another agent that has the name of this one, capitals apart; None where there is none."""
    agents = dict(loaded.agents())
    name = (agents[key].name or "").casefold() if key in agents else ""
    return next((path for (path, _), agent in agents.items() if name and (agent.name or "").casefold() == name and path != key[0]), None)


def doubles(loaded: Sources, own_file: str) -> Iterator[Diagnostic]:
    """Say of agents of one name which of them their client uses: in the targets each has a name of its own, and what settles it.

    Args:
        loaded: The agents of the source.
        own_file: The file with the project's settings.
    """
    first: dict[str, str] = {}
    for piece in loaded.pieces:
        for agent in piece.agents:
            name = agent.name or ""
            other = first.setdefault(name, piece.path)
            if name and other != piece.path:
                spec = registry.load(piece.format).SPEC
                message = f"`{name}` is also in `{other}`; {spec.client} uses {spec.duplicates}, and the other assistants get both"
                hint = f'rename one of them; or `exclude = ["{piece.path}"]` at the top of {own_file} leaves this one out'
                yield Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(piece.path), hint)
    yield from _same_elsewhere(first, loaded)


def _same_elsewhere(first: Mapping[str, str], loaded: Sources) -> Iterator[Diagnostic]:
    """Say of names, and of files, that are several ones here that they are one on macOS and Windows.

    Args:
        first: By name, the first file of an agent of that name.
        loaded: The agents of the source.
    """
    of_files = names.same_elsewhere(piece.path for piece in loaded.pieces)
    several_of = [[(name, first[name]) for name in several] for several in names.same_elsewhere(name for name in first if name)]
    for paths in of_files:
        message = f"it is one file with `{paths[0]}` on macOS and Windows: a checkout there has one of them"
        yield Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(paths[-1]), "call one of them otherwise")
    for (name, place), *_, (other, path) in several_of:
        if not any({place, path} <= {*paths} for paths in of_files):
            message = f"`{other}` and `{name}`, in `{place}`, are one name on macOS and Windows: where both go, one is called otherwise"
            yield Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(path), "rename one of them")


def wrong(path: str, reason: str, way: tuple[str, int] = ("mend it", 1)) -> Diagnostic:
    """Say that nothing of a source is synced as long as it is what it is, and what mends that, at which line."""
    hint = f"{way[0]}; its files in the other assistants are left as they are until then"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, f"not synced: {reason}", Span(Path(path).as_posix(), way[1]), hint)
