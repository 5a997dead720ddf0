"""The whole project in one look: what each assistant loads of each kind, and what is to be known of it, as statements.

Agents come from their files, parts from where each client looks. What a kind has to say beside states and restraints
(a hook that can't fire, a rule that matches nothing) it says in `agentconv.parts.<kind>.inspection.remarks`, where it restrains.
"""

from __future__ import annotations

from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from agentconv.conversion import compare
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Span
from agentconv.core.format import State
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.restraints import RESTRAINING
from agentconv.formats import registry as formats
from agentconv.lint import instruction_texts, part_inspection
from agentconv.parts import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartSource
    from agentconv.lint.authors import Authors
    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk

Topic: TypeAlias = Literal["never", "twice", "literally", "fault", "untrusted", "setting", "wider", "hook", "rule"]
TOPICS: dict[Topic, str] = {
    "never": "never loaded",
    "twice": "loaded twice",
    "literally": "taken literally",
    "fault": "not what is meant",
    "untrusted": "only where the folder is trusted",
    "setting": "only where a setting takes what is other assistants'",
    "wider": "may do more than its author says",
    "hook": "hooks that do not run as they are meant",
    "rule": "rules that match nothing",
}
"""What a statement can be about, in words, the worst last to be seen."""
AGENTS = "agents"
ROWS = (AGENTS, *KINDS)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is so in one client."""

    topic: Topic
    client: str
    kind: str
    """`agents`, or a kind of parts."""
    name: str
    path: str
    words: str = ""
    line: int = 1


@dataclass(slots=True)
class WholeProject:
    """What each client loads, and what is to be known of it."""

    clients: tuple[str, ...]
    loaded: dict[str, dict[str, int | None]] = field(default_factory=dict)
    """By kind and client how many; None where the client has no such parts."""
    statements: list[Statement] = field(default_factory=list)
    stopped: tuple[str, ...] = ()
    """The clients that do not start here."""

    @property
    def using(self) -> list[str]:
        """The clients that load anything, or of which there is anything to say."""
        said = {one.client for one in self.statements}
        return [one for one in self.clients if one in said or any(counts.get(one) for counts in self.loaded.values())]

    @property
    def kinds(self) -> list[str]:
        """The kinds of which there is anything, or anything to say."""
        said = {one.kind for one in self.statements}
        return [kind for kind in ROWS if kind in said or any(self.loaded.get(kind, {}).values())]


def look(files: Sequence[Inspected], parts: Parts, asked: Sequence[str], authors: Authors) -> WholeProject:
    """Return what each of the clients loads of a project."""
    found = WholeProject(tuple(asked))
    found.loaded[AGENTS] = {client: _agents(files, client) for client in asked}
    found.statements += [one for client in asked for one in _agents_said(files, client)]
    found.statements += _wider_agents(authors, asked)
    again = part_inspection.runs_twice(parts, asked)
    for kind in KINDS:
        found.loaded[kind] = {}
        for client in asked:
            module = registry.part_format(client, kind)
            loaded = [(place, one) for place in parts.places for one in place.of(client, kind)]
            has = module is not None and bool(module.project)
            taken = [one for _, one in loaded if one.taken]
            found.loaded[kind][client] = len(taken) if has else None
            found.statements += _said(client, kind, loaded)
            found.statements += _perhaps(client, kind, parts)
            found.statements += _runs_twice(client, loaded, again) if kind == "hooks" else ()
        found.statements += _wider_copies(kind, parts, asked)
    found.statements += [one for client in asked for place in parts.places for one in _texts_twice(client, place)]
    found.statements += [one for client in asked for place in parts.places for one in _cut(client, place)]
    found.statements += void(parts, asked)
    found.stopped = tuple(client for client in asked if any(_stops(place, client) for place in parts.places))
    found.statements.sort(key=lambda one: (list(TOPICS).index(one.topic), ROWS.index(one.kind), one.path, one.name))
    return found


def void(parts: Parts, asked: Sequence[str]) -> list[Statement]:
    """Return what is said of files of settings that a client takes nothing of, where there is no part in them to say it of."""
    found: list[Statement] = []
    for client in asked:
        for place in parts.places:
            for one in place.void(client):
                kind = AGENTS if one.state is State.STOPS else one.kind or "permissions"
                span = one.told.span or Span("")
                found.append(Statement("never", client, kind, "", span.path, one.told.message, span.line))
    return found


def _stops(place: PartsOnDisk, client: str) -> bool:
    """Whether a client does not start for what stands in a file."""
    stopping = any(one.state is State.STOPS for kind in KINDS for one in place.of(client, kind))
    return stopping or any(one.state is State.STOPS for one in place.void(client))


def _agents(files: Sequence[Inspected], client: str) -> int:
    """Return how many agents a client loads from its own files, and from those of another client that it reads where they are."""
    own = [one for file in files if file.format == client for one in _loaded(file, client)]
    others = (one for file in files if file.format != client and client in file.looking for one in _loaded(file, client))
    return len(own) + len({one.name for one in others} - {one.name for one in own})


def _loaded(file: Inspected, client: str) -> list[Reading]:
    return [one for one in file.readings if one.client == client and one.agent is not None and not one.state.dropped]


def _agents_said(files: Sequence[Inspected], client: str) -> Iterator[Statement]:
    for file in files:
        for one in file.readings:
            if one.client == client and file.format == client and one.agent is not None and one.state.dropped:
                words = one.reasons[0].words if one.reasons else ""
                yield Statement("never", client, AGENTS, one.name or one.agent, file.path, words)


def _said(client: str, kind: Kind, loaded: Sequence[tuple[PartsOnDisk, LoadedPart]]) -> Iterator[Statement]:
    """Yield what is to be known of one client's parts of a kind."""
    imported = instruction_texts.imports(one for _, one in loaded if one.taken) if kind == "instructions" else {}
    for place, one in loaded:
        path, name = place.shown(client, one.path), one.part.name or ""
        line = _line(one)
        if one.hidden_by and one.path not in imported:
            words = part_inspection.instead(place.shown(client, one.hidden_by), races=part_inspection.races(client, kind))
            yield Statement("never", client, kind, name, path, words, line)
        elif one.state.dropped:
            yield Statement("never", client, kind, name, path, one.told[0].message if one.told else "", line)
        elif one.source and one.source.place.trusted:
            yield Statement("untrusted", client, kind, name, path, "", line)
        if one.taken:
            yield from (
                Statement("literally", client, kind, name, path, words, _line(one, words)) for words in part_inspection.literal(one.part)
            )
            yield from (Statement(topic, client, kind, name, path, words, at) for topic, words, at in further(one))
        if kind == "instructions":
            for missing in instruction_texts.missing(one, place):
                words = instruction_texts.not_there(missing, place.shown(client, missing))
                yield Statement("never", client, kind, name, path, words, _line(one, words))


def further(one: LoadedPart) -> Iterable[tuple[Topic, str, int]]:
    """Return what a kind says of one of its parts besides, and at which line of its file, where it has anything to say."""
    if one.source is None:
        return ()
    if one.kind not in RESTRAINING:
        return _faults(one, one.source)
    found: Iterable[tuple[Topic, str, int]] = import_module(f"agentconv.parts.{one.kind}.inspection").remarks(
        one.part, one.source, one.client
    )
    return found


def _faults(one: LoadedPart, source: PartSource) -> Iterator[tuple[Topic, str, int]]:
    """Yield what keeps a part from being what its author meant, in the client that takes it."""
    module: Any = registry.part_format(one.client, one.kind)
    client = module.client_of(source) if one.kind == "servers" else module
    said = set(part_inspection.literal(one.part))
    for fault in import_module(f"agentconv.parts.{one.kind}.faults").of(one.part, client):
        if fault.message not in said:
            yield _TOPICS.get(fault.kind, "fault"), f"{formats.FORMATS[one.client].title} {fault.message}", _line(one, f"`{fault.word}`")


_TOPICS: dict[str, Topic] = {"placeholder": "literally", "scope": "rule"}
"""What faults of some kinds are about."""


def _perhaps(client: str, kind: Kind, parts: Parts) -> Iterator[Statement]:
    """Yield what a client takes only where a setting of its user says so."""
    for place in parts.places:
        for one in place.perhaps(client, kind):
            if one.taken:
                yield Statement("setting", client, kind, one.part.name or "", place.shown(client, one.path), "", _line(one))


def _runs_twice(client: str, loaded: Sequence[tuple[PartsOnDisk, LoadedPart]], again: Mapping[tuple[str, int], str]) -> Iterator[Statement]:
    """Yield the hooks that a client finds in two places, and runs once for each."""
    for place, one in loaded:
        if other := again.get((client, id(one.part))):
            yield Statement("twice", client, "hooks", one.part.name or "", place.shown(client, one.path), f"as {other}", _line(one))


def _texts_twice(client: str, place: PartsOnDisk) -> Iterator[Statement]:
    """Yield the texts that a client puts before the model more than once."""
    for one in chain.from_iterable(instruction_texts.twice(client, place).values()):
        words = instruction_texts.again(place.shown(client, one.path), imports_it=one.imports_it)
        yield Statement("twice", client, "instructions", one.part.part.name or "", place.shown(client, one.part.path), words)


def _cut(client: str, place: PartsOnDisk) -> Iterator[Statement]:
    """Yield the texts whose end a client does not read, with the line at which that begins."""
    for one in instruction_texts.cut(client, place).values():
        part = one.part
        line = part.source.text.data.count(b"\n", 0, one.left) + 1 if part.source else 1
        yield Statement("never", client, "instructions", part.part.name or "", place.shown(client, part.path), one.why, line)


def _line(one: LoadedPart, words: str = "") -> int:
    """Return the line of a file at which a part, or what is said of it, stands."""
    if one.source is None:
        return 1
    text = one.source.text.text
    quoted = words.partition("`")[2].partition("`")[0]
    start = 0 if one.source.place.pattern else max(text.find(f'"{one.part.name}"'), text.find(f".{one.part.name}]"), 0)
    at = text.find(quoted, start) if quoted else start
    return text.count("\n", 0, max(at, 0)) + 1


def _wider_agents(authors: Authors, asked: Sequence[str]) -> Iterator[Statement]:
    """Yield agents that may do more in one client than the agent of the same name that they are held against."""
    for piece, agent, first, author in authors.pairs():
        wider = compare.widenings(author, agent, piece.format) if piece.format in asked else ()
        if wider:
            words = f"than {first.path}: {', '.join(map(str, wider))}"
            yield Statement("wider", piece.format, AGENTS, agent.name or agent.id, piece.path, words)


def _wider_copies(kind: Kind, parts: Parts, asked: Sequence[str]) -> Iterator[Statement]:
    """Yield parts that are held back less than one of the same name that lies elsewhere in the project, or is read by its own client."""
    found: dict[str, list[tuple[str, PartsOnDisk, LoadedPart]]] = {}
    for place in parts.places:
        for client in asked:
            for one in place.of(client, kind):
                if one.taken and one.part.name:
                    found.setdefault(one.part.name, []).append((client, place, one))
    for name, several in found.items():
        for client, place, one in several:
            others = [(other_client, other) for other_client, _, other in several if other_client != client or other.path != one.path]
            for other_client, other in others:
                lost = list(part_inspection.lost(other.part, one.part)) if other.is_own else []
                if lost:
                    words = lost[0] if other.path == one.path else f"than {place.shown(other_client, other.path)}: {lost[0]}"
                    yield Statement("wider", client, kind, name, place.shown(client, one.path), words, _line(one))
                    break


def noun(kind: str) -> str:
    """Return what several of a kind are called."""
    return "agents" if kind == AGENTS else f"{NOUNS[kind]}s"
