"""From what was read to what a pack stores: each source once, in the order in which the pack is read again."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, InternalError
from agentconv.core.format import State
from agentconv.core.ir import AgentSet
from agentconv.core.kinds import KINDS
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import loading
from agentconv.sources.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent
    from agentconv.core.parts import FolderFile
    from agentconv.sources.parts_on_disk import LoadedPart

BUNDLE = "agents.json"
"""What the file is called that holds the agents without a source of their own."""
NO_AGENT = "no agent in it"


@dataclass(frozen=True, slots=True)
class Stored:
    """One file that agents are read from again."""

    path: str
    format: str
    data: bytes
    pieces: tuple[Loaded, ...]
    """What reading it gives, without ids."""
    scripts: tuple[FolderFile, ...] = ()
    """What the guards of its agents run, by their paths from the project's root."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What goes into a pack."""

    stored: tuple[Stored, ...]
    """In the order of their paths."""
    pieces: tuple[Loaded, ...]
    """What reading the stored files in their order gives, with ids."""
    about: AgentSet
    """What the first bundle, or plugin, says of all its agents."""
    loose: tuple[Agent, ...] = ()
    """Agents that no stored text holds as they are."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Files that do not go in, and why."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What could not be read, and what its own client does not load."""
    parts: tuple[LoadedPart, ...] = ()
    """The skills, commands and servers that go along."""

    @property
    def agents(self) -> Iterator[tuple[Loaded, Agent]]:
        """Each agent with the piece that it is in."""
        return ((piece, agent) for piece in self.pieces for agent in piece.agents)


def gather(read: Iterable[Loaded], parts: Sequence[LoadedPart] = ()) -> Sources:
    """Decide about each file that was read: stored, or its agents put into a bundle, or left out.

    Args:
        read: The pieces, with what their readers gave.
        parts: The skills, commands and servers that go along.
    """
    stored: dict[str, Stored] = {}
    loose: list[Agent] = []
    scripts: dict[FolderFile, None] = {}
    left_out: list[tuple[str, str]] = []
    diagnostics: list[Diagnostic] = []
    about = AgentSet()
    for piece in read:
        diagnostics += [one for one in piece.diagnostics if piece.source is None or one.code is Code.NOT_LOADED]
        if about == AgentSet() and (found := _about(piece)) is not None:
            about = found
        if piece.source is None:
            loose += piece.agents
        elif not piece.agents:
            left_out.append((piece.path, NO_AGENT))
        elif (one := _stored(piece, piece.source, stored)) is not None:
            stored[one.path] = one
        else:
            loose += piece.agents
            scripts |= dict.fromkeys(piece.scripts)
    about = loading.with_parts(about, [_alone(one) for one in parts], {}, sources=True) if parts else about
    if loose or parts or about.extras or about.further:
        one = replace(_bundle(loose, about, stored), scripts=tuple(scripts))
        stored[one.path] = one
    ordered = sorted(stored.values(), key=lambda one: one.path.encode("utf-8", "surrogatepass").replace(b"/", b"\0"))
    pieces = tuple(loading.with_ids(replace(piece, scripts=one.scripts) for one in ordered for piece in one.pieces))
    return Sources(tuple(ordered), pieces, about, tuple(loose), tuple(left_out), tuple(diagnostics), tuple(parts))


def _alone(one: LoadedPart) -> LoadedPart:
    """Return a part without a file that has others in it, which may be nobody else's business."""
    return one if one.source is not None and one.source.place.pattern else replace(one, source=None)


def _about(piece: Loaded) -> AgentSet | None:
    """Return what a bundle, or a file that lists others, says of a whole set."""
    if piece.about is not None:
        return piece.about
    if piece.result is not None and not piece.agents:
        return replace(piece.result.set, agents=(), sources=(), diagnostics=())
    return None


def _stored(piece: Loaded, source: SourceText, taken: dict[str, Stored]) -> Stored | None:
    """Return what is stored of a file; None where reading that would not give its agents."""
    path = _free(piece.path, taken)
    essence = registry.load(piece.format).SPEC.essence
    text = essence(source) if essence else source
    if piece.result is not None and text is source and path == piece.path:  # it was just read, and nothing of it is another thing
        return Stored(path, piece.format, source.data, (_nameless(piece),), piece.scripts)
    (again,) = loading.load_source(piece.format, SourceText(path, text.data), results=True)
    exact = len(again.agents) == len(piece.agents) and all(map(fields.same, again.agents, piece.agents))
    return Stored(path, piece.format, text.data, (_nameless(again),), piece.scripts) if exact else None


def _nameless(piece: Loaded) -> Loaded:
    """Return a piece whose agents have no ids yet."""
    return replace(piece, agents=tuple(replace(agent, id="") for agent in piece.agents))


def _bundle(agents: list[Agent], about: AgentSet, taken: dict[str, Stored]) -> Stored:
    """Put agents that no text holds into one canonical bundle, with what their set shares."""
    path = _free(BUNDLE, taken)
    (piece,) = loading.with_ids([Loaded("", "json", None, tuple(agents), (State.LOADS,) * len(agents))])
    held = {name: getattr(about, name) for name in (*KINDS, "extras", "further", "sources")}
    whole = AgentSet(piece.agents, **held)
    module = registry.load("json")
    data = module.write(whole, SourceText(path, b"")).data
    again = module.read(SourceText(path, data))
    if again.set != whole:
        raise InternalError("the canonical form of the agents without a source is not exact")
    return Stored(path, "json", data, tuple(loading.take_apart(again.set, (), path)))


def _free(path: str, taken: dict[str, Stored]) -> str:
    """Return a path, or another one where two bundles hold different files of that path."""
    found, number, pure = path, 2, PurePosixPath(path)
    while found in taken:
        found, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
    return found
