"""What becomes of a set in each assistant, side by side: its files, theirs, and what it costs, at the lines that it comes from.

Nothing is worked out here that a conversion or an inspection does not say: what is written is converted as `convert` does it, and read
back as `inspect` reads it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from agentconv.conversion import converting, servers_there
from agentconv.core import losses, names
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Diagnostic, Loss, LossKind, LossSeverity, Span
from agentconv.core.format import ENTRY
from agentconv.core.kinds import KINDS
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.lint.loss_places import Places
from agentconv.lint.subject import Subject
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.format import State
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.lint.inspection import Reading
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts

_WORST = (LossSeverity.REFUSAL, LossSeverity.WARNING, LossSeverity.NOTE)


@dataclass(frozen=True, slots=True)
class PlacedLoss:
    """A loss, and where in the source that stands which it is of."""

    loss: Loss
    span: Span | None = None
    """None where it is of no line, or of something that is not said there."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked for in one target."""

    options: Options
    leaves_out: Callable[[Agent], bool] | None = None
    """Whether an agent is not for it."""
    in_place: bool = False
    """Whether no agent is written for it, since it reads the source's own files."""
    has_own: Callable[[Agent], bool] | None = None
    """Whether it has a file of its own for an agent that is left out, and goes by that."""


@dataclass(slots=True)
class Outcome:
    """What becomes of an agent or a part in one assistant."""

    client: str
    path: str | None = None
    """The file that holds it; None where it is not written."""
    losses: list[PlacedLoss] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    reading: Reading | None = None
    """What the assistant makes of the file that was written, or of the source's, which it reads where there is no other; None of a part."""
    in_place: bool = False
    """Whether it reads the source's own file."""
    lines: tuple[int, int] | None = None
    """The first and the last line of it in a file of several agents."""

    @property
    def refused(self) -> bool:
        """Whether the assistant cannot hold it."""
        return any(placed.loss.kind is LossKind.REFUSED for placed in self.losses)

    @property
    def failed(self) -> bool:
        """Whether a law did not hold: a bug of ours."""
        return any(told.is_bug for told in self.diagnostics)

    @property
    def worst(self) -> LossSeverity | None:
        """How much the loss matters that matters most; None where nothing is lost."""
        severities = {placed.loss.severity for placed in self.losses}
        return next((one for one in _WORST if one in severities), None)


@dataclass(slots=True)
class Entry:
    """An agent or a part as its author wrote it, and what becomes of it."""

    id: str
    client: str
    """The format id of its own client."""
    source: SourceText | None
    """Its file; None where only its values are known."""
    state: State
    """What its own client makes of it."""
    kind: Kind | None = None
    """None for an agent."""
    agent: Agent | None = None
    """The agent; None for a part."""
    reading: Reading | None = None
    """What its own client makes of it, with what it may do; None of a part."""
    told: tuple[Diagnostic, ...] = ()
    """What its own client's reader says of it."""
    places: Places | None = None
    """Where its fields stand; None without a file."""
    lines: tuple[int, int] | None = None
    """The first and the last line of it in a file of several agents."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By target."""


@dataclass(slots=True)
class SideBySide:
    """A set, and what becomes of it in each assistant."""

    targets: Sequence[str]
    entries: list[Entry]
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """What is written, by target and path."""
    of_set: dict[str, list[Loss]] = field(default_factory=dict)
    """By target, what is lost of the whole set rather than of one agent or part."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    """What is to be said besides."""


def compare(
    pieces: Iterable[Loaded], targets: Sequence[str], options: Options, parts: Parts, chosen: Callable[[str], Chosen] | None = None
) -> SideBySide:
    """Convert a set to several formats, and put what comes of it side by side.

    Args:
        pieces: What was read; iterated more than once, so a list or a `Loader`.
        targets: Format ids.
        options: What the user chose, as of `convert`.
        parts: The skills, commands, servers, hooks and permissions beside the agents.
        chosen: Returns what is asked for in a target, where that is not the same for all.

    Raises:
        InputError: As `convert` does.
    """
    entries = [entry for piece in pieces for entry in _agents(piece)]
    found = SideBySide(targets, entries, of_set={target: [] for target in targets})
    told: dict[Diagnostic, None] = {}
    for target in targets:
        asked = chosen(target) if chosen is not None else Chosen(options)
        done = [one for one in converting.convert(_wanted(pieces, asked), target, asked.options, parts) if not asked.in_place or one.part]
        if target == targets[0]:
            entries += _parts(parts)
        told |= dict.fromkeys(diagnostic for one in done for diagnostic in one.diagnostics)
        _take(found, done, target)
        _read_back(found, target)
        _read_in_place(found, target, asked)
        _find_in_place(found, target, parts)
    said = {one for entry in entries for one in entry.told}
    found.diagnostics = [one for one in told if one not in said]
    return found


def _wanted(pieces: Iterable[Loaded], asked: Chosen) -> Iterable[Loaded]:
    """Return the files with the agents that are not left out."""
    leaves_out = asked.leaves_out
    if leaves_out is None:
        return pieces
    found = []
    for piece in pieces:
        rows = [(agent, state) for agent, state in zip(piece.agents, piece.states, strict=True) if not leaves_out(agent)]
        if rows or not piece.agents:
            found.append(replace(piece, agents=tuple(agent for agent, _ in rows), states=tuple(state for _, state in rows)))
    return found


def _agents(piece: Loaded) -> Iterator[Entry]:
    """Yield the agents of a file, as their own client reads them."""
    client = piece.format if piece.format in registry.READERS else None
    readings = inspection.inspect(piece, [client]).readings if client else ()
    lines = _lines(piece.source, piece.format, len(piece.agents)) if piece.source and client and len(piece.agents) > 1 else {}
    by_agent = {reading.agent: reading for reading in readings}
    for number, (agent, state) in enumerate(zip(piece.agents, piece.states, strict=True)):
        reading = by_agent.get(agent.id) or (by_agent.get(None) if not number else None)
        told = tuple(one for one in piece.diagnostics if one.agent in (None, agent.id, agent.name))
        places = Places(piece.source, piece.format) if piece.source else None
        there = reading.state if reading else state
        yield Entry(agent.id, piece.format, piece.source, there, None, agent, reading, told, places, lines.get(number))


def _parts(parts: Parts) -> Iterator[Entry]:
    """Yield the parts that their own clients find."""
    for kind in KINDS:
        for one in parts.of(kind):
            if one.hidden_by is None:
                source, pointer = one.source.text if one.source else None, one.part.origin.pointer if one.part.origin else ""
                places = Places(source, one.client, kind, pointer) if source else None
                yield Entry(one.part.id, one.client, source, one.state, kind, None, None, one.told, places)


def _take(found: SideBySide, results: Iterable[converting.Converted], target: str) -> None:
    """Put what a conversion gave where it belongs: to agents and parts, to files, or to the whole set."""
    by_id = {(entry.kind, entry.id): entry for entry in found.entries}
    for done in results:
        if done.file is not None:
            found.files[target, done.file.path] = done.file.data
        mine = [entry for one in done.agents if (entry := by_id.get((done.part, one))) is not None]
        for entry in mine:
            outcome = entry.outcomes.setdefault(target, Outcome(target))
            outcome.path = (done.file.path if done.file else done.path) or outcome.path
            own = [loss for loss in done.losses if loss.agent == entry.id or (len(mine) == 1 and loss.agent not in done.agents)]
            outcome.losses += [PlacedLoss(loss, entry.places.of(loss) if entry.places else None) for loss in own]
            outcome.diagnostics += [one for one in done.diagnostics if one.agent in (None, entry.id) and one.is_bug]
        if not mine:
            found.of_set[target] += done.losses
        elif len(mine) > 1:
            found.of_set[target] += [loss for loss in done.losses if loss.agent == losses.WHOLE_SET]


def _read_back(found: SideBySide, target: str) -> None:
    """Let the target's own reader say what the agents may do that were written for it."""
    if target not in registry.READERS:
        return
    written: dict[str, list[tuple[Entry, Outcome]]] = defaultdict(list)
    for entry in found.entries:
        outcome = entry.outcomes.get(target)
        if outcome is not None and entry.kind is None and outcome.path is not None:
            written[outcome.path].append((entry, outcome))
    for path, several in written.items():
        source = SourceText(path, found.files.get((target, path), b""))
        readings = _readings(target, source, target, [entry for entry, _ in several])
        for (_, outcome), reading in zip(several, readings, strict=False):
            outcome.reading = reading
        if registry.FORMATS[target].holds_several(path) and len(several) > 1:
            for number, lines in _lines(source, target, len(several)).items():
                several[number][1].lines = lines


def _readings(format_id: str, source: SourceText, client: str, entries: Sequence[Entry]) -> list[Reading]:
    """Return what a client makes of a file, its agents held against those that the file is to hold."""
    author = partial(_author, [entry.agent for entry in entries if entry.agent is not None])
    return [one for piece in loading.load_source(format_id, source) for one in inspection.inspect(piece, [client], authors=author).readings]


def _author(agents: Sequence[Agent], name: str | None) -> Agent | None:
    alike = (agent for agent in agents if names.alike(agent.name) == names.alike(name))
    return agents[0] if len(agents) == 1 else next(alike, None)


def _read_in_place(found: SideBySide, target: str, asked: Chosen) -> None:
    """Let the target's own reader say what agents may do by the source's own files, where it reads those and has no other."""
    for entry in found.entries:
        outcome = entry.outcomes.get(target)
        if entry.agent is None or entry.source is None or (outcome is not None and not outcome.refused):
            continue
        if outcome is None and asked.has_own is not None and asked.has_own(entry.agent):
            continue
        if entry.client not in registry.also_reads(target) or not registry.FORMATS[entry.client].is_place(entry.source.path):
            continue
        same = [one for one in found.entries if one.source is entry.source and one.kind is None]
        readings = _readings(entry.client, entry.source, target, same)
        reading = next((one for one in readings if one.agent in (entry.id, None) or len(same) == 1), None)
        if reading is not None and not reading.state.dropped:
            outcome = outcome or entry.outcomes.setdefault(target, Outcome(target, entry.source.path))
            outcome.reading, outcome.in_place = reading, True
            wider = losses.listed(reading.wider)
            told = losses.loss("widened-elsewhere", entry.id, "tools", target, wider) if reading.wider else None
            outcome.losses += [PlacedLoss(told, entry.places.of(told) if entry.places else None)] if told else []
            outcome.losses += map(PlacedLoss, _with_servers_there(entry, same, target, asked.options))


def _with_servers_there(entry: Entry, same: Sequence[Entry], target: str, options: Options) -> Iterator[Loss]:
    """Say which servers that a client has an agent may use there beyond its author's words, by the source's own file."""
    there = options.there_already(target) if options.there_already is not None else ()
    if there and entry.source is not None and entry.agent is not None:
        seen = registry.load(target).read(entry.source).set.agents
        if len(seen) == len(same):
            yield from servers_there.told(entry.agent, seen[same.index(entry)], target, there)


def _find_in_place(found: SideBySide, target: str, parts: Parts) -> None:
    """Say of parts for which nothing is written that the target's client finds the source's own files, where it does."""
    for kind in KINDS:
        there = {(one.path, one.part.name): one for place in parts.places for one in place.of(target, kind) if one.taken and one.path}
        for entry in (one for one in found.entries if one.kind == kind and one.source is not None):
            outcome = entry.outcomes.get(target)
            part = next((there.get((one.path, one.part.name)) for one in parts.of(kind) if one.part.id == entry.id), None)
            if part is None or (outcome is not None and outcome.path is not None):
                continue
            outcome = outcome or entry.outcomes.setdefault(target, Outcome(target))
            outcome.path, outcome.in_place = part.path, True


def _lines(source: SourceText, client: str, agents: int) -> dict[int, tuple[int, int]]:
    """Return the lines of each agent of a file of several, by its number there."""
    subject = Subject(source, client, (client,))
    starts = [source.span(subject.place(number, ENTRY)[0]).line for number in range(agents)]
    ends = [*(start - 1 for start in starts[1:]), source.text.count("\n") + 1]
    return {number: (start, max(start, end)) for number, (start, end) in enumerate(zip(starts, ends, strict=True))}
