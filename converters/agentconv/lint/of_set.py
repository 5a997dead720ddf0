"""The files of a set that a caller has: as they were read, and where agents were changed since, as `write` writes them back.

Who changes a value of an agent means the agent as it is now. Its file is looked at as it will be, so that what is found in it is true
of what is written, and no fix brings the old words back.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.conversion import along, given_words
from agentconv.conversion import converting as conversion
from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, LossKind, Severity, Span
from agentconv.formats import registry
from agentconv.sources import loading, parts
from agentconv.sources.agentless import Agentless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.core.ir import Agent, AgentSet
    from agentconv.disk.output import OutputFile
    from agentconv.sources.loaded import Loaded

_WAY_OUT = "write it first, and look at what was written: agentconv.reads(file.data, format) of each of its files"


def pieces(agents: AgentSet) -> list[Loaded]:
    """Return the files of a set, each with the agents that it holds now.

    An agent that no file can be given for comes without one, and with an error that says so.

    Raises:
        InputError: There is no file at all, or a value of the set is of a type that is not its field's, or a word that nothing is called.
    """
    given_words.check(agents)
    if agents.agents and not agents.sources:
        raise registry.usage("the set holds no files to look at", _WAY_OUT)
    found = list(loading.with_ids(loading.take_apart(agents)))
    changed = {piece.path for piece in found if _is_changed(piece)}
    written = {target: _Written(found, target) for target in {piece.format for piece in found if piece.path in changed}}
    told = {one.span.path: one.severity is Severity.ERROR for one in agents.diagnostics if one.span is not None}
    return [written[piece.format].put(piece) if piece.path in changed else _told(_with_absence(piece, told)) for piece in found]


def without_agents(pieces: Iterable[Loaded]) -> list[Agentless]:
    """Return the files of a set of which reading it has told that no agent came."""
    absent = [(piece.path, piece.absence) for piece in pieces if piece.absence is not None]
    return [Agentless(path, cause, named=cause.severity is Severity.ERROR) for path, cause in absent]


def _with_absence(piece: Loaded, told: Mapping[str, bool]) -> Loaded:
    """Return a file with why no agent came of it, where reading the set has said that of it, or of many in its folder at once."""
    path = next((path for path in (piece.path, str(PurePosixPath(piece.path).parent)) if path in told), None)
    if piece.source is None or piece.agents or path is None:
        return piece
    (read,) = loading.load_source(piece.format, piece.source)
    if read.absence is None or not told[path]:
        return replace(piece, absence=read.absence)
    return replace(piece, absence=replace(read.absence, severity=Severity.ERROR))  # the user named the file itself


def _is_changed(piece: Loaded) -> bool:
    """Whether a file's agents are no longer those that its client reads in it, as `write` judges that."""
    if piece.source is None or not piece.agents or piece.as_read or registry.FORMATS[piece.format].bundle:
        return False
    (read,) = loading.load_source(piece.format, piece.source)
    return len(read.agents) != len(piece.agents) or not all(map(fields.same, read.agents, piece.agents))


def _told(piece: Loaded) -> Loaded:
    """Return a file as it is; an agent without one with an error."""
    if piece.source is not None or piece.diagnostics or not piece.agents:
        return piece
    return _unseen(piece, piece.agents, "the set holds no file of it")


def _unseen(piece: Loaded, agents: Sequence[Agent], why: str) -> Loaded:
    """Return agents that nothing can be said of, and why."""
    told = [
        Diagnostic(
            Code.NO_AGENT,
            Severity.ERROR,
            f"`{agent.id}` was not looked at: {why}",
            Span(piece.path) if piece.path else None,
            _WAY_OUT,
            agent.id,
        )
        for agent in agents
    ]
    return replace(piece, source=None, diagnostics=(*piece.diagnostics, *told))


class _Written:
    """What a set's agents are in one format, as `write` has it with nothing else said."""

    def __init__(self, found: Sequence[Loaded], target: str) -> None:
        self.files: dict[str, OutputFile] = {}
        self.paths: dict[str, str] = {}
        self.why: dict[str, str] = {}
        """By agents' ids why there is no file."""
        options = conversion.Options(along=along.chosen([along.NEEDED], "with_"))
        for done in conversion.convert(found, target, options, parts.Parts()):
            if done.part is not None:
                continue
            if done.file is not None:
                self.files[done.file.path] = done.file
            path = done.file.path if done.file else done.path
            refusals = [loss.message for loss in done.losses if loss.kind is LossKind.REFUSED]
            said = refusals or [one.message for one in done.diagnostics]
            for agent in done.agents:
                if path is not None:
                    self.paths.setdefault(agent, path)
                else:
                    self.why.setdefault(agent, next(iter(said), "it is not written"))

    def put(self, piece: Loaded) -> Loaded:
        """Return a file with what is written in place of what was read."""
        left = [agent for agent in piece.agents if self.paths.get(agent.id) not in self.files]
        if left or piece.source is None:
            return _unseen(piece, left, self.why.get(left[0].id, "it is not written") if left else "")
        file = self.files[self.paths[piece.agents[0].id]]
        path = piece.path
        if registry.load(piece.format).SPEC.named_by_stem and len(piece.agents) == 1:
            path = str(PurePosixPath(path).with_name(PurePosixPath(file.path).name))
        ids = {agent.name: agent.id for agent in piece.agents}
        (read,) = loading.load_source(piece.format, piece.source.put(file.data, path))
        return loading.called(read, lambda agent, _path: ids.get(agent.name) or agent.name or agent.id)
