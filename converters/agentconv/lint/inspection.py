"""What each client makes of an agent file as it stands, were it put where that client looks.

Nothing is converted: each client's own reader gets the same bytes, under a path of that client's.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from agentconv.conversion import freedom, naming
from agentconv.core import access, bugs, effects, limits, tool_summary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, InputError, Span
from agentconv.core.format import State
from agentconv.core.ir import escape_key
from agentconv.core.names import stem_of
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.effects import Guard
    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Agent
    from agentconv.core.source import SourceText
    from agentconv.sources.loaded import Loaded

AuthorOf: TypeAlias = "Callable[[str | None], Agent | None]"
LOADED = frozenset({State.LOADS, State.DEGRADED})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client makes of an agent what it does."""

    words: str
    """In the same words for every client of which the same is true."""
    topic: Hashable = None
    """What it is about: one of the same topic tells nothing else, even where it has other words, such as those of another parser."""
    hint: str | None = None
    """What to do about it."""

    def __str__(self) -> str:
        """Say it in one line."""
        return self.words


_NOT_FOUND = Reason("the client sees no agent in it")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one client makes of one agent of a file, or of the whole file where it finds no agent in it."""

    client: str
    state: State
    agent: str | None = None
    """Id of the agent that is meant; None for the whole file."""
    name: str | None = None
    """What the client calls the agent."""
    tools: str | None = None
    """What its tools let it do, in words; None where the client has no such agent."""
    capabilities: tuple[str, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    """How freely each effect may be used."""
    wider: tuple[str, ...] = ()
    """What it may do there that its author did not allow."""
    may: tuple[tuple[str, str], ...] = ()
    """Whether it may write, run commands, use the network and MCP servers, in a word each, as `conversion.freedom` says."""
    more: tuple[str, ...] = ()
    """Those of these that are more than its author allowed, whose file may be another one of its name."""
    unknown: str = ""
    """Why it is not known what its author allows, where a file that says it cannot be read."""
    unheld: tuple[str, ...] = ()
    """Keys with limits that the client does not hold a spawned agent to."""
    reasons: tuple[Reason, ...] = ()
    """Why, in short."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What the client's reader says, placed in the file that was given."""
    other_kind: bool = False
    """Whether the client reads files of another kind."""
    instead: str | None = None
    """The file of its own kind that lies there under the same name, and is not looked at."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file, as each client reads it."""

    path: str
    format: str
    agents: tuple[str, ...]
    """Ids of the agents that its own client, or a person, finds in it."""
    readings: tuple[Reading, ...]
    failures: tuple[Diagnostic, ...] = ()
    """Bugs of ours, which took the reading of one client away."""
    includes: tuple[str, ...] = ()
    """Paths of the files whose text its client puts into it."""
    looking: frozenset[str] = frozenset()
    """The clients that look for agents where it lies; none where nobody does, and it stands for a copy in each one's own folder."""

    def is_here(self, client: str) -> bool:
        """Whether a client looks for agents where the file lies, as far as there is a difference."""
        return not self.looking or client in self.looking

    @property
    def is_agent(self) -> bool:
        """Whether anybody takes the file for an agent's."""
        return any(reading.state is not State.NO_AGENT for reading in self.readings)


def clients(pieces: Iterable[Loaded], present: Iterable[str], looking: Mapping[str, frozenset[str]] = MappingProxyType({})) -> list[str]:
    """Return the clients to ask when none is named: the files' own and those that are present; of a single one, all that look there too.

    Args:
        pieces: The files.
        present: The clients that are used where they are.
        looking: By path the clients that look for agents where a file lies: where none of them does, all clients are asked.
    """
    paths = {piece.path: piece.format for piece in pieces if piece.source is not None}
    wanted = {*present, *paths.values()}
    found = [client for client in registry.READERS if client in wanted]
    if len(found) > 1:
        return found
    if paths and all(one in looking.get(path, ()) for path, one in paths.items()):
        return [client for client in registry.CLIENTS if any(client in looking[path] for path in paths)]
    return [*registry.CLIENTS, *(client for client in found if client not in registry.CLIENTS)]


def inspect(
    piece: Loaded,
    asked: Sequence[str],
    looking: frozenset[str] = frozenset(),
    *,
    authors: AuthorOf | None = None,
    guards: Mapping[str, Collection[Guard]] = MappingProxyType({}),
    brief: bool = False,
) -> Inspected:
    """Read one file as each of the clients would; nothing comes of a piece without its file.

    Args:
        piece: The file.
        asked: The clients.
        looking: Those of all clients that look for agents where the file lies.
        authors: Gives by name the agent of another file that one is held against, where there is such a file.
        guards: By client the guards of the whole project that it holds.
        brief: Whether only that is found out which people are told by default: what an agent may do is told in words alone, and
            clients that read files of another kind are not asked what they say of this one.
    """
    if piece.source is None:
        return Inspected(piece.path, piece.format, tuple(agent.id for agent in piece.agents), ())
    own = _named(piece.declared or _read(piece.source, piece.format, piece.format), piece)
    readings: list[Reading] = []
    failures = []
    for client in asked:
        if client == piece.format and piece.rejected is not None:
            readings += _rejected(piece, piece.rejected, own)
            continue
        if client == piece.format and piece.merged and own.absence is not None:  # all that it says goes into an agent of another file
            readings.append(Reading(client, State.NO_AGENT, reasons=_reasons((own.absence,))))
            continue
        try:
            if brief and _is_of_another_kind(piece.source, piece.format, client) and not registry.FORMATS[client].distribution:
                readings.append(_of_another_kind(client, own))
            else:
                there = list(
                    _readings(piece.source, piece.format, own, client, authors=authors, guards=guards.get(client, ()), brief=brief)
                )
                readings += _void(piece, client, there) if client in looking and client != piece.format else there
        except InputError as error:  # a format of another distribution that is not what it should be
            failures.append(error.diagnostic)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other clients
            brought = client, registry.FORMATS[client].distribution
            failures.append(bugs.told(error, f"as {client} reads it", Span(piece.path), brought=brought, client=client))
    ids = tuple(agent.id for agent in own.set.agents)
    includes = tuple(dict.fromkeys(one.path for one in (piece.source.included or {}).values() if one.data is not None))
    return Inspected(piece.path, piece.format, ids, tuple(readings), tuple(failures), includes, looking)


def _rejected(piece: Loaded, why: Diagnostic, own: ReadResult) -> Iterator[Reading]:
    """Yield what becomes of the agents of a file of which its client takes none; of the file, where there is none in it."""
    reasons = _reasons((why,)) if why.span is not None and why.span.path == piece.path else (Reason(why.message),)
    for agent, state in zip(own.set.agents, piece.states, strict=False):
        yield Reading(piece.format, state, agent.id, agent.name, reasons=reasons)
    if not own.set.agents:
        yield Reading(piece.format, State.STOPS if why.effect is Effect.STOPS else State.NOT_LOADED, reasons=reasons)


def _void(piece: Loaded, client: str, readings: list[Reading]) -> list[Reading]:
    """Return what another client makes of a configuration where it lies, of which it may take nothing."""
    name = piece.path.replace("\\", "/").rpartition("/")[2]
    if piece.source is None or name not in registry.FORMATS[client].others:
        return readings
    from agentconv.sources import void_files

    source = piece.source.put(piece.source.data, name)
    void = next(iter(void_files.of_file(client, source, lambda _: False)), None)
    if void is None:
        return readings
    reasons = _reasons((_placed(void.told, piece.path),))
    return [one if one.state.dropped else Reading(client, void.state, one.agent, one.name, reasons=reasons) for one in readings]


def _named(result: ReadResult, piece: Loaded) -> ReadResult:
    """Give the agents of a file the ids that they have in their set."""
    ids = [agent.id for agent in piece.agents] if len(piece.agents) == len(result.set.agents) else []
    agents = [
        replace(agent, id=ids[number] if ids else agent.name or PurePosixPath(piece.path).stem)
        for number, agent in enumerate(result.set.agents)
    ]
    return replace(result, set=replace(result.set, agents=tuple(agents)))


def duplicates(files: Iterable[Inspected]) -> Iterator[Diagnostic]:
    """Say where two files give a client agents of one name, of the files that are that client's own."""
    paths: dict[tuple[str, str | None, str], list[str]] = {}
    for file in files:
        for reading in file.readings:
            if reading.client == file.format and reading.state in LOADED and reading.name:
                project = registry.FORMATS[reading.client].project_of(file.path)
                paths.setdefault((reading.client, project, reading.name), []).append(file.path)
    for (client, _, name), found in paths.items():
        if len(found) > 1:
            yield naming.duplicate(registry.load(client).SPEC, name, found)


def beside(files: Sequence[Inspected]) -> list[Inspected]:
    """Say of agents that a client reads from another assistant's file, and has in one of its own, too, which of both it reads first."""
    own = {
        (reading.client, reading.name): file.path
        for file in files
        for reading in file.readings
        if reading.client == file.format and reading.client in file.looking and reading.state in LOADED
    }
    return [replace(file, readings=tuple(_beside(reading, file, own) for reading in file.readings)) for file in files]


def _beside(reading: Reading, file: Inspected, own: Mapping[tuple[str, str | None], str]) -> Reading:
    there = own.get((reading.client, reading.name)) if reading.client in file.looking and reading.state in LOADED else None
    if there is None or reading.client == file.format:
        return reading
    order = "is read first" if registry.load(reading.client).SPEC.own_first else "is read after this one"
    return replace(reading, reasons=(Reason(f"{there} has an agent of this name, and {order}", there), *reading.reasons))


Key: TypeAlias = "tuple[str, str, str]"


def key(file: Inspected, reading: Reading) -> Key:
    """Return what tells an agent of a client from others: its project, its name, and the client."""
    return registry.FORMATS[file.format].project_of(file.path) or "", reading.name or reading.agent or "", reading.client


def read_first(files: Iterable[Inspected]) -> dict[Key, tuple[Inspected, Reading]]:
    """Return what each client has of an agent where files lie: of two files of one name, the one that it reads first."""
    found: dict[Key, tuple[Inspected, Reading]] = {}
    for file in files:
        for reading in file.readings:
            if reading.tools is not None and file.is_here(reading.client):
                which = key(file, reading)
                if which not in found or (reading.client == file.format) is registry.load(reading.client).SPEC.own_first:
                    found[which] = file, reading
    return found


def place(path: str, format_id: str, client: str) -> str:
    """Return where a client would look for a file of some format."""
    own, row = registry.FORMATS[format_id], registry.FORMATS[client]
    name = path.rpartition("/")[2]
    if client == format_id:
        there = own.holds_several(path) or own.is_index(path) or any(f"/{folder}/" in f"/{path}" for folder in own.folders)
        return path if there else f"{own.folders[0]}/{stem_of(path, own.suffixes)}{own.end(path) if _is_named(path, own) else own.ends[0]}"
    if not row.folders or own.holds_several(path):
        alike = next((file for file in row.files if _kind(file) == _kind(name)), None)
        if alike or not row.folders:
            return alike or next(iter(row.files), row.index)  # where no file of agents is, the one that lists what there is
    return f"{row.folders[0]}/{stem_of(path, own.ends)}{row.suffixes[0]}"


def kind(path: str, format_id: str) -> str:
    """Return what the name of a file ends in; of a text without such a name, what those of its format end in."""
    row = registry.FORMATS[format_id]
    return _kind(path if _is_named(path, row) else row.ends[0])


def _is_named(path: str, row: registry.Row) -> bool:
    """Whether a path is one that a file of the format may have."""
    return path.endswith(row.ends) or row.is_index(path) or not row.ends


def _kind(name: str) -> str:
    return name.rpartition(".")[2]


def _read(source: SourceText, format_id: str, client: str) -> ReadResult:
    return registry.load(client).read(source.put(source.data, place(source.path, format_id, client)))


def _readings(
    source: SourceText,
    format_id: str,
    own: ReadResult,
    client: str,
    *,
    authors: AuthorOf | None,
    guards: Collection[Guard],
    brief: bool,
) -> Iterator[Reading]:
    result = own if client == format_id else _read(source, format_id, client)
    remarks = tuple(_placed(remark, source.path) for remark in result.diagnostics)
    if _is_of_another_kind(source, format_id, client):
        without = _of_another_kind(client, own)
        told = () if result.set.agents else remarks
        yield replace(without, reasons=_reasons(told) or without.reasons, diagnostics=told)
        return
    if not result.set.agents:
        without = _without_agent(client, own)
        yield replace(without, reasons=_reasons(remarks) or without.reasons, diagnostics=remarks)
        return
    for number, (agent, state) in enumerate(zip(result.set.agents, result.states, strict=True)):
        said = _about(agent, remarks) if len(result.set.agents) > 1 else remarks
        if state.dropped and not said:
            said = remarks  # it goes with another one of its file
        author = _author(number, result.set.agents, own.set.agents)
        reasons = (*_reasons(said), *_ignored(agent, client, format_id))
        reading = Reading(client, state, author.id if author else None, agent.name, reasons=reasons, diagnostics=said)
        meant = (authors((author or agent).name) if authors is not None else None) or author or agent
        yield reading if state.dropped else _with_tools(reading, agent, author, meant, guards, brief=brief)


def _ignored(agent: Agent, client: str, format_id: str) -> Iterator[Reason]:
    """Yield why an agent is freer than its author meant: a limit in words that its client passes over without one of its own."""
    extras = agent.extras.get(client, {})
    for key, field in limits.ignored(client, extras):
        own = limits.instead(client, field, extras.get(escape_key(key)))
        written = limits.own_key(format_id, key) or key  # some readers make no difference between cases
        yield Reason(f"a limit that the client passes over: `{written}`", ("limit", key), f"did you mean `{own}`?" if own else None)


def _is_of_another_kind(source: SourceText, format_id: str, client: str) -> bool:
    """Whether a client other than the file's own reads no files with such an end."""
    return client != format_id and kind(source.path, format_id) not in map(_kind, registry.FORMATS[client].ends)


def _of_another_kind(client: str, own: ReadResult) -> Reading:
    """Return what is so whatever a client says of a file, since it reads files of another kind."""
    without = _without_agent(client, own)
    return replace(without, other_kind=without.state is State.NOT_LOADED)


def _without_agent(client: str, own: ReadResult) -> Reading:
    """Return what is so of a client that finds no agent: it has lost one where the file's own client, or a person, has something in it."""
    if own.set.agents or own.diagnostics:
        return Reading(client, State.NOT_LOADED, reasons=(_NOT_FOUND,))
    return Reading(client, State.NO_AGENT)


def _about(agent: Agent, remarks: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return what a reader says about one of several agents, or about all of them."""
    return tuple(remark for remark in remarks if remark.agent in (None, agent.name))


def _author(number: int, found: Sequence[Agent], own: Sequence[Agent]) -> Agent | None:
    """Return what the author of a file wrote where a client finds an agent: the one of that name, or the one in its place."""
    named = next((one for one in own if one.name == found[number].name), None)
    return named or (own[number] if len(found) == len(own) else None)


def _with_tools(reading: Reading, agent: Agent, author: Agent | None, meant: Agent, guards: Collection[Guard], *, brief: bool) -> Reading:
    """Return a reading with what the agent may do: beyond what its own file says, and beyond what is meant by whoever wrote it first."""
    held = tool_summary.held(agent, reading.client)
    may = effects.effects(held, format_id=reading.client)
    told = replace(
        reading,
        tools=tool_summary.tools(held, reading.client, may),
        wider=tuple(map(str, freedom.beyond(author, may, reading.client, guards))) if author else (),
        unheld=registry.unheld(reading.client, agent),
    )
    if brief:
        return told
    have, said = effects.usable(held, reading.client), effects.effects(held, format_id=reading.client, held=False)
    free = freedom.of(meant, agent, reading.client, guards)
    return replace(
        told,
        capabilities=tuple(capability for capability in access.CAPABILITIES if capability in have),
        levels=tuple((effect, said.levels[effect].name.lower()) for effect in access.EFFECTS),
        may=tuple((one.about, one.word) for one in free),
        more=tuple(one.about for one in free if one.more),
    )


def _placed(remark: Diagnostic, path: str) -> Diagnostic:
    return replace(remark, span=replace(remark.span, path=path)) if remark.span else remark


def _reasons(remarks: Iterable[Diagnostic]) -> tuple[Reason, ...]:
    """Return what a reader says, in words that fit every client; that there is no agent, the state says."""
    found: dict[str, Reason] = {}
    for remark in remarks:
        words = remark.general or remark.message
        line = f"line {remark.span.line}: " if remark.span and remark.span.line > 1 else ""
        found[line + words] = Reason(line + words, (line, *_topic(remark, words)), remark.hint)
    return tuple(found.values())


def _topic(remark: Diagnostic, words: str) -> tuple[Hashable, ...]:
    """Return what a remark is about, without what only one client, or its parser, says of it."""
    drops = remark.effect is not None and remark.effect.drops
    known = remark.cause is not None or remark.code is Code.INVALID_VALUE
    return (None if drops else remark.code, remark.key, remark.cause, None if known else words)
