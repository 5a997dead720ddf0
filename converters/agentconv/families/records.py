"""Files that hold several agents: reading, recovering, patching and writing, the same for every client that has them.

A format gives its `Dialect`: how a file is parsed (`json_records.parse` or `yaml_records.parse`, with the `Roster` of the
agents in it), its keys, what it requires, and what one bad record does to the others:

    ROSTER = Roster("/agent", by_name=True)
    DIALECT = records.Dialect(SPEC, KEYS, lambda source: json_records.parse(source, ROSTER, jsonc.JSONC), required=("prompt",))

`read` returns all agents of a file, each with its state and the JSON Pointer of its record. `write` takes the complete
wanted content of a file: records are found again by their pointer, else by their name; keys that differ are patched, new
records come behind the one that they follow, missing ones go, and every other byte stays.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields, names, schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Severity
from agentconv.core.format import ENTRY, ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import SourceText, encode
from agentconv.families import keys, reading
from agentconv.families.keys import no_lift, no_lower

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Decoded, Key
    from agentconv.families.record_file import Edit, Named, Record, RecordFile


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one client does with a file of agents."""

    spec: FormatSpec
    keys: Mapping[str, Key]
    """The keys of a record, in the order in which they are written."""
    parse: Callable[[SourceText], RecordFile]
    required: tuple[str, ...] = ()
    """Keys without which the client drops the record."""
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = no_lift
    """Takes keys that only mean something together out of a record and returns their fields; what it refuses names its key."""
    lower: Callable[[Agent], Mapping[str, Json]] = no_lower
    """Writes those fields back as keys."""
    bad_name: Callable[[str], Complaint | None] = lambda name: None  # noqa: ARG005
    """Why the client refuses an entry for its name, in a map by name."""
    is_agent: Callable[[str | None, Mapping[str, Json]], bool] = lambda name, record: True  # noqa: ARG005
    """Whether an entry, by its name and its keys, is one of the user's agents; else it only says something of the client's own."""
    unique: bool = False
    """Whether two records of one name make the client drop the file."""
    all_or_nothing: bool = False
    """Whether one bad record makes the client drop the whole file."""
    dropped: State = State.NOT_LOADED
    """What becomes of a bad record: STOPS where the client then refuses to start."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a record for an agent, in documented order; in a map by name, the name is not among them."""
        found = keys.encode_header(self, agent)
        documented = schema_files.load(self.spec.id)["properties"]
        return {**{key: found[key] for key in documented if key in found}, **found}

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of a record's keys once they are written: a file may not hold every value."""
        text = self.parse(SourceText("", b"")).render([("", values)])
        again = [record.value for record in self.parse(SourceText("", encode(text))).records]
        return keys.decode_header(self, again[0] if again and isinstance(again[0], dict) else {})


@dataclass(slots=True)
class _Entry:
    """One record as the client takes it."""

    record: Record
    index: int
    decoded: Decoded | None = None
    reason: Complaint | None = None
    """Why the client refuses the record."""
    at: str | None = None
    """The key at which that is told, and whose row in the schema says what becomes of the record."""
    agent: Agent | None = None


def read(dialect: Dialect, source: SourceText) -> ReadResult:
    """Read all agents of a file as the client does; those that it drops are recovered."""
    from agentconv.families import slipped_limits

    return slipped_limits.as_meant(dialect.spec, source, _as_it_stands(dialect, source), partial(_as_it_stands, dialect))


def _as_it_stands(dialect: Dialect, source: SourceText) -> ReadResult:
    return _result(dialect, *_entries(dialect, source))


def _entries(dialect: Dialect, source: SourceText) -> tuple[RecordFile, list[_Entry]]:
    file = dialect.parse(source)
    limit = dialect.spec.max_bytes
    if limit is not None and source.size > limit:
        file.problem = Complaint(f"the file is larger than {limit:,} bytes"), 0
    entries = [_judge(dialect, record, index) for index, record in enumerate(file.records)]
    if dialect.unique:
        _find_repeated(entries)
    dropped = file.problem is not None or file.alone or (dialect.all_or_nothing and any(entry.reason for entry in entries))
    for entry in entries:
        _make_agent(dialect, file, entry, lenient=dropped or entry.reason is not None)
    if file.alone and entries[0].agent is None:
        file.alone = False  # it is some other file, without agents
        file.records.clear()
        return file, []
    return file, entries


def _judge(dialect: Dialect, record: Record, index: int) -> _Entry:
    """Find out what the client makes of one record."""
    entry = _Entry(record, index)
    if not isinstance(record.value, dict):
        entry.reason = Complaint("it is no map")
        return entry
    entry.decoded = keys.decode_header(dialect, record.value)
    entry.reason = dialect.bad_name(record.name) if record.name is not None else None
    if entry.reason is None and entry.decoded.refused:
        entry.at, entry.reason = next(iter(entry.decoded.refused.items()))
    return entry


def _name(entry: _Entry) -> str | None:
    name = entry.decoded.values.get("name") if entry.decoded else None
    return name if isinstance(name, str) else entry.record.name


def _find_repeated(entries: list[_Entry]) -> None:
    seen: set[str | None] = {None}
    for entry in entries:
        name = _name(entry)
        if name is not None and name in seen and entry.reason is None:
            entry.at, entry.reason = next(iter(entry.record.keys), None), Complaint(f"the name `{name}` is given twice")
        seen.add(name)


def _make_agent(dialect: Dialect, file: RecordFile, entry: _Entry, *, lenient: bool) -> None:
    """Build the agent; a dropped record is one when it has a known key and something that names it."""
    record, decoded = entry.record, entry.decoded
    if decoded is None or not isinstance(record.value, dict) or not dialect.is_agent(record.name, record.value):
        return
    if lenient:
        known = sum(key in dialect.keys or key in dialect.required for key in record.value)
        known += record.name is not None or file.roster.document
        decoded = keys.decode_header(dialect, record.value, lenient=True)
        if file.roster.document:
            decoded.values.setdefault("name", names.stem_of(file.source.path, ()))
        named = record.name is not None or not fields.is_absent("name", decoded.values.get("name")) or decoded.values.get("description")
        if known < 2 or not named:
            return
    if record.name is not None:
        decoded.values.setdefault("name", record.name)
    extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
    entry.agent = fields.build(decoded.values, extras, Origin(dialect.spec.id, file.source.path, file.pointer_to(record)))


def _result(dialect: Dialect, file: RecordFile, entries: list[_Entry]) -> ReadResult:
    agents: list[Agent] = []
    states: list[State] = []
    found = _file_remarks(dialect, file, entries)
    twice = [reading.given_twice(dialect.spec, name, file.source.span(*place)) for name, place in file.repeated]
    rejected = bool(found) or (dialect.all_or_nothing and any(entry.reason for entry in entries))
    for entry in entries:
        remarks = [] if file.problem or file.alone else _remarks(dialect, file, entry, rejected=rejected, lost=len(entries))
        found.extend(remarks)
        if entry.agent is not None:
            agents.append(entry.agent)
            states.append(_state(dialect, file, entry, remarks, rejected=rejected))
    records = [entry.record for entry in entries if entry.agent is not None]
    if file.is_void and not found:  # of which its client says nothing
        return ReadResult(absence=reading.absent(dialect.spec, reading.EMPTY, file.source.span()))
    return ReadResult(AgentSet(tuple(agents)), tuple(states), (*found, *twice), partial(_place, dialect, file, records))


def _place(
    dialect: Dialect, file: RecordFile, records: Sequence[Record], number: int, key: str, *within: str | int
) -> tuple[int, int] | None:
    """Return where the value of a key of a record, or a part of it, stands; of the prompt, the key that the schema says holds it."""
    if key == ENTRY:
        return records[number].place[0], records[number].place[0]
    properties = schema_files.load(dialect.spec.id)["properties"]
    prompts = (name for name, row in properties.items() if row.get("x-field") == "prompt.text")
    names = (key,) if key else (*prompts, *(name for name, row in dialect.keys.items() if "prompt.text" in row.fields))
    return next((file.extent(records[number], name, *within) for name in names if name in records[number].keys), None)


def _remarks(dialect: Dialect, file: RecordFile, entry: _Entry, *, rejected: bool, lost: int) -> list[Diagnostic]:
    """Say why the client drops a record, or else what it does not take of it as it is written."""
    if entry.reason is not None:
        name = entry.agent.name if entry.agent else _name(entry)
        where = f"{_called(name, file.pointer_to(entry.record))}{entry.reason.reason}"
        complaint, place = (
            replace(entry.reason, reason=where),
            file.span(entry.record, entry.reason.instead or entry.at, *entry.reason.within),
        )
        return [reading.not_loaded(dialect.spec, name, dialect.dropped, complaint, place, whole=dialect.all_or_nothing, lost=lost)]
    if rejected or entry.agent is None or entry.decoded is None:
        return []
    span = partial(file.span, entry.record)
    twice = [reading.given_twice(dialect.spec, name, file.source.span(*place)) for name, place in entry.record.repeated]
    return [*twice, *reading.remarks(dialect.spec, dialect.keys, entry.agent, entry.decoded, span)]


def _called(name: str | None, pointer: str) -> str:
    """Return what a remark begins with: what an agent is called, or where it stands; nothing where that is the whole file."""
    if name == "":
        return "an agent without a name: "
    return f"`{name or pointer}`: " if name or pointer else ""


def _state(dialect: Dialect, file: RecordFile, entry: _Entry, remarks: Sequence[Diagnostic], *, rejected: bool) -> State:
    if file.problem is not None:
        return dialect.dropped
    if entry.reason is not None:
        return keys.state_for(dialect.spec.id, entry.at or "", dialect.dropped)
    if rejected:
        return State.NOT_LOADED
    return State.DEGRADED if any(remark.severity is Severity.WARNING for remark in remarks) else State.LOADS


def _file_remarks(dialect: Dialect, file: RecordFile, entries: list[_Entry]) -> list[Diagnostic]:
    """Say why the client takes nothing of the file as a whole."""
    problem = file.problem
    if problem is None and file.alone:
        problem = Complaint(f"it is one agent by itself, and the client looks below `{file.roster.pointer.removeprefix('/')}`"), 0
    if problem is None:
        return []
    span = file.source.span(problem[1])
    if any(entry.agent is not None for entry in entries):
        return [reading.not_loaded(dialect.spec, None, dialect.dropped, problem[0], span, whole=True)]
    return [reading.no_agent(dialect.spec, problem[0], span)]


def write(dialect: Dialect, agents: AgentSet, original: SourceText) -> WriteResult:
    """Write the complete wanted content of a file; of an original, only what differs changes."""
    wanted = agents.agents
    if not original.size:
        new = [_named(dialect, agent) for agent in wanted]
        return WriteResult(encode(dialect.parse(original).render(new)) if new else b"")
    file, entries = _entries(dialect, original)
    if not wanted and file.roster.document:
        return WriteResult(original.data)
    merge = _Merge(dialect, file, [entry for entry in entries if entry.agent is not None], wanted)
    if merge.is_same():
        return WriteResult(original.data)
    text = merge.patched()
    if text is not None:
        return WriteResult(encode(text), tuple(merge.respelled))
    return WriteResult(encode(file.render([_named(dialect, agent) for agent in wanted])), whole=Whole.FILE)


def _named(dialect: Dialect, agent: Agent) -> Named:
    return agent.name or "", dialect.encode(agent)


class _Merge:
    """The way from what a file holds to what it is to hold."""

    def __init__(self, dialect: Dialect, file: RecordFile, entries: list[_Entry], wanted: Sequence[Agent]) -> None:
        self.dialect = dialect
        self.file = file
        self.entries = entries
        self.wanted = wanted
        self.moved: set[int] = set()
        """Numbers of the wanted agents that are in the file, but in another place."""
        self.matched = self._match()
        """For each wanted agent the entry that is there for it; None for a new one, and for one that comes in another place."""
        self.respelled: list[str] = []
        """Names of the wanted agents that are spelled anew as a whole."""

    def _match(self) -> list[_Entry | None]:
        """Find each wanted agent by its pointer, else by its name; what has changed places counts as new."""
        free = {entry.index: entry for entry in self.entries}
        pointers = {self.file.pointer_to(entry.record): entry.index for entry in self.entries}
        found: list[_Entry | None] = []
        for agent in self.wanted:
            origin = agent.origin
            here = origin is not None and origin.format == self.dialect.spec.id and origin.source == self.file.source.path
            found.append(free.pop(pointers.get(origin.pointer, -1), None) if here and origin else None)
        names: dict[str | None, list[int]] = {}
        for index, entry in free.items():
            names.setdefault(_agent(entry).name, []).append(index)
        for number, agent in enumerate(self.wanted):
            if found[number] is None and names.get(agent.name):
                found[number] = free.pop(names[agent.name].pop(0))
        last = -1
        for number, match in enumerate(found):
            if match is not None and match.index < last:
                found[number] = None
                self.moved.add(number)
            elif match is not None:
                last = match.index
        return found

    def is_same(self) -> bool:
        pairs = zip(self.matched, self.wanted, strict=True)
        return len(self.wanted) == len(self.entries) and all(entry and fields.same(_agent(entry), agent) for entry, agent in pairs)

    def patched(self) -> str | None:
        """Patch the file; what then reads otherwise than it is meant is spelled anew, record by record."""
        anew: set[int] = set()
        for _ in range(3):
            edits = self._edits(anew)
            if edits is None:
                return None
            text = _apply(self.file.source.text, edits)
            again = read(self.dialect, self.file.source.put(encode(text))).set.agents
            if len(again) != len(self.wanted):
                return None
            wrong = {number for number, agent in enumerate(self.wanted) if not fields.same(again[number], agent)}
            if not wrong:
                return text
            if wrong <= anew:
                return None
            anew |= wrong
        return None

    def _edits(self, anew: set[int]) -> list[Edit] | None:
        """Return all edits of the file; records whose number is in `anew` are spelled as a whole."""
        edits: list[Edit] | None = []
        self.respelled = []
        added: dict[int, list[Named]] = {}
        behind = -1
        for number, (entry, agent) in enumerate(zip(self.matched, self.wanted, strict=True)):
            if entry is None:
                added.setdefault(behind, []).append(_named(self.dialect, agent))
                self.respelled += [agent.name or ""] if number in self.moved else []
                continue
            behind = entry.index
            edits = _joined(edits, self._record_edits(entry, agent, whole=number in anew))
        kept = {entry.index for entry in self.matched if entry is not None}
        removed = [entry.index for entry in self.entries if entry.index not in kept]
        if not removed and not added:
            return edits
        return _joined(edits, self.file.arrange(removed, added))

    def _record_edits(self, entry: _Entry, agent: Agent, *, whole: bool) -> list[Edit] | None:
        old = _agent(entry)
        if fields.same(old, agent) and not whole:
            return []
        before, after = self.dialect.encode(old), self.dialect.encode(agent)
        edits: list[Edit] | None = []
        if entry.record.name is not None and agent.name != old.name:
            edits = self.file.rename(entry.index, agent.name or "")
        changes: dict[str, Json | None] = {key: value for key, value in after.items() if key not in before or before[key] != value}
        changes.update(dict.fromkeys(key for key in before if key not in after))
        patched = None if whole else self.file.patch(entry.index, changes)
        if patched is None:
            self.respelled.append(agent.name or "")
            patched = self.file.replace(entry.index, after)
        return _joined(edits, patched)


def _agent(entry: _Entry) -> Agent:
    if entry.agent is None:
        raise TypeError("an entry without an agent is left alone")
    return entry.agent


def _joined(edits: list[Edit] | None, more: list[Edit] | None) -> list[Edit] | None:
    return None if edits is None or more is None else [*edits, *more]


def _apply(text: str, edits: Sequence[Edit]) -> str:
    """Make edits that do not overlap, in one pass; of those at one place, the first comes first."""
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        parts += [text[position:start], new]
        position = max(end, position)
    return "".join([*parts, text[position:]])
