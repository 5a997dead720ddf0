"""Keys of a client's file and what they mean: the table that each format module fills in.

A `Key` reads one plain value into fields and writes fields back into one plain value. `decode` runs the table over a
whole header: what has no key, and what a key refuses as the client does, stays verbatim in `extras`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from agentconv.core import fields, schema_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Cause, Complaint, Effect
from agentconv.core.format import State
from agentconv.core.ir import unescape_key
from agentconv.core.suggestions import nearest
from agentconv.families.value_checks import is_count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json


class NotTaken(Exception):
    """A client does not take a value as it is written; the reason says what it wants instead."""

    effect = Effect.DROPS

    def __init__(
        self,
        reason: str,
        values: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        effect: Effect | None = None,
        client: str | None = None,
        cause: Cause | None = None,
        names: tuple[str, ...] = (),
        general: str | None = None,
        within: tuple[str | int, ...] = (),
        remedy: str | None = None,
    ) -> None:
        """Say what a client does not take.

        Args:
            reason: What it wants instead.
            values: The fields that the value stands for all the same.
            key: The key, where it is another one than the one that is read.
            effect: What the client does about it, where it is no matter of the class.
            client: The client's format id, where the reader of the file does not know it.
            cause: What is wrong, where somebody has to tell it from other things.
            names: The words of the value that it is about.
            general: The reason with `the client` in the place of the client's name, where it names it.
            within: The way from the value to the part of it that is meant: keys of maps, and numbers of items.
            remedy: What to do about it.
        """
        super().__init__(reason)
        self.reason = reason
        self.values = values or {}
        self.key = key
        self.effect = effect or self.effect
        self.client = client
        self.cause = cause
        self.names = names
        self.general = general
        self.within = within
        self.remedy = remedy

    def complaint(self, key: str | None, client: str) -> Complaint:
        """Return it as a value, said of a key of a client's file unless it says itself what it is about."""
        about = (self.effect, self.client or client, self.cause, self.names, self.general, self.within, self.remedy)
        return Complaint(self.reason, self.key or key, *about)


class Ignored(NotTaken):
    """The client ignores a key, or a part of it; `values` are what it takes all the same."""

    effect = Effect.IGNORES


class Refused(NotTaken):
    """The client drops the agent; `values` are what a person would take the value for."""


class Absent:
    """What a key writes when the agent has nothing to say about it."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a format."""

    fields: tuple[str, ...]
    """The field paths that it holds."""
    read: Callable[[Any], Mapping[str, object]]
    """Value to fields. Raises Ignored or Refused, as the client does."""
    write: Callable[[Agent], Json | Absent]
    """Fields to value; ABSENT to leave the key out."""
    says_more: Callable[[Any], bool] | None = None
    """Whether a value says more than its fields hold; it then stays in `extras` too."""


def checked_table(format_id: str, key: str, value: Json) -> dict[str, Json]:
    """Return a table that the client's schema takes.

    Raises:
        Refused: The client drops the agent for it.
    """
    complaint = schema_files.complaint(format_id, key, value)
    if complaint:
        within, remedy = complaint.within, complaint.remedy
        raise Refused(complaint.reason, key=key, effect=complaint.effect, client=format_id, within=within, remedy=remedy)
    if not isinstance(value, dict):
        raise Refused(f"`{key}` is a table", key=key, client=format_id)
    return value


def text(name: str) -> Callable[[Json], str]:
    """Make a reader of a key that must be text, or else the client drops the agent."""

    def read(value: Json) -> str:
        if not isinstance(value, str):
            raise Refused(f"`{name}` must be text")
        return value

    return read


def count(name: str) -> Callable[[Json], int]:
    """Make a reader of a key that must be a positive whole number, or else the client drops the agent."""

    def read(value: Json) -> int:
        if not is_count(value):
            raise Refused(f"`{name}` must be a positive whole number")
        return int(value)  # type: ignore[arg-type]

    return read


def simple(path: str, read: Callable[[Any], object], write: Callable[[Any], Json] | None = None) -> Key:
    """Make a key that holds one field."""
    get = fields.getter(path)

    def to_fields(value: Json) -> Mapping[str, object]:
        return {path: read(value)}

    def from_fields(agent: Agent) -> Json | Absent:
        value = get(agent)
        if value is None or fields.is_absent(path, value):
            return ABSENT
        return write(value) if write else value

    return Key((path,), to_fields, from_fields)


_TEXTS = frozenset({"name", "description", "prompt.text"})


@dataclass(slots=True)
class Decoded:
    """A header's values as fields, and what the client would say about them."""

    values: dict[str, object]
    extras: dict[str, Json]
    ignored: dict[str, Complaint]
    """By key, why the client ignores its value."""
    refused: dict[str, Complaint]
    """By key, why the client drops the agent."""
    recovered: set[str] = field(default_factory=set)
    """Keys that the client refuses, and whose values are known all the same."""
    lost: Complaint | None = None
    """Why the client takes nothing of the header; `extras` hold all of it then."""


def decode(format_id: str, table: Mapping[str, Key], header: Mapping[str, Json], *, lenient: bool = False) -> Decoded:
    """Read a header's plain values; with `lenient`, names and texts that the client refuses are kept as they stand.

    Keys without a field stay in `extras`; the client's schema says whether it takes their values.
    """
    decoded = Decoded({}, {}, {}, {})
    for name, value in header.items():
        key = table.get(name)
        if key is None:
            decoded.extras[name] = value
            _check_extra(format_id, name, value, decoded)
            continue
        try:
            decoded.values.update(key.read(value))
            if key.says_more and key.says_more(value):
                decoded.extras[name] = value
        except Ignored as reason:
            decoded.ignored[name] = _placed(reason.complaint(name, format_id), format_id, value)
            decoded.values.update(reason.values)
            decoded.extras[name] = value
        except Refused as reason:
            decoded.refused[name] = _placed(reason.complaint(name, format_id), format_id, value)
            if lenient and isinstance(value, str) and key.fields[0] in _TEXTS:
                decoded.values[key.fields[0]] = value
                continue
            decoded.extras[name] = value
            if lenient:
                decoded.values.update(reason.values)
                decoded.recovered.update({name} if reason.values else ())
    return decoded


def _placed(complaint: Complaint, format_id: str, value: Json) -> Complaint:
    """Add which part of a value is meant, and what to do, by the client's schema, where the reader of a key does not say that."""
    if complaint.remedy or complaint.key is None or not schema_files.load(format_id)["properties"].get(complaint.key):
        return complaint
    found = schema_files.complaint(format_id, complaint.key, value)
    return replace(complaint, within=found.within, remedy=found.remedy) if found else complaint


def no_lift(_header: dict[str, Json]) -> Mapping[str, object]:
    """Take nothing out of a header: every key has a row of its own."""
    return {}


def no_lower(_agent: Agent) -> Mapping[str, Json]:
    """Write nothing besides the keys that have a row of their own."""
    return {}


class HeaderDialect(Protocol):
    """What the families of files with one agent a header need to know about a client."""

    @property
    def spec(self) -> FormatSpec: ...
    @property
    def keys(self) -> Mapping[str, Key]: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def lift(self) -> Callable[[dict[str, Json]], Mapping[str, object]]: ...
    @property
    def lower(self) -> Callable[[Agent], Mapping[str, Json]]: ...


class Dialect(HeaderDialect, Protocol):
    """What one client does with files of a family: each family has a class of its own."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a file for an agent, in documented order."""

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of keys once they are written: a file may not hold every value, or a key mean something to it."""


def decode_header(dialect: HeaderDialect, header: Mapping[str, Json], *, lenient: bool = False) -> Decoded:
    """Return what the client makes of a file's keys; those of a client that one wrong value costs the whole header may say nothing."""
    decoded = _decode_header(dialect, header, lenient=lenient)
    if not decoded.refused:
        return decoded
    lost = next((one for key, one in decoded.refused.items() if _effect(dialect.spec.id, key) is Effect.DROPS_HEADER), None)
    if lost is None or lenient or not header:
        return decoded
    lost = replace(lost, effect=Effect.DROPS_HEADER)
    empty = _decode_header(dialect, {})
    return Decoded(empty.values, dict(header), {lost.key or "": lost}, empty.refused, lost=lost)


def _effect(format_id: str, key: str) -> Effect | None:
    """Return what the client's schema says that a bad value of a key costs."""
    found = schema_files.load(format_id)["properties"].get(key, {}).get("x-invalid")
    return Effect(found) if found else None


def _decode_header(dialect: HeaderDialect, header: Mapping[str, Json], *, lenient: bool = False) -> Decoded:
    """Return what a file's keys say: those that only mean something together first, then each row."""
    rest = dict(header)
    try:
        lifted = dialect.lift(rest)
        decoded = decode(dialect.spec.id, dialect.keys, rest, lenient=lenient)
        decoded.values.update(lifted)
        refused: Collection[str] = decoded.refused.keys()
    except Refused as reason:
        decoded = decode(dialect.spec.id, dialect.keys, header, lenient=lenient)
        complaint = reason.complaint(None, dialect.spec.id)
        decoded.refused[reason.key or ""] = _placed(complaint, dialect.spec.id, header.get(reason.key or ""))
        refused = header.keys()  # nothing was lifted
    if lenient:
        from agentconv.families import recovery

        taken = decoded.recovered | {name for name in dialect.keys if name not in decoded.refused}
        recovery.restrict(dialect.spec.id, decoded.extras, decoded.values, refused, taken)
    for name in dialect.required:
        if name not in header:
            decoded.refused.setdefault(name, missing(name, header.keys() - dialect.keys.keys()))
    return decoded


def missing(name: str, unknown: Iterable[str] = ()) -> Complaint:
    """Say that a key is not there without which the client drops the agent, and which unknown one may be meant for it."""
    meant = misspelled(name, unknown)
    reason, remedy = (f": `{meant}` is nearly that", f"write `{name}` for `{meant}`") if meant else ("", f"add `{name}`")
    return Complaint(f"`{name}` is missing{reason}", name, cause=Cause.MISSING_KEY, remedy=remedy, instead=meant or None)


def misspelled(name: str, unknown: Iterable[str]) -> str:
    """Return which of the keys that a client does not know is nearly one that is missing; empty where none is."""
    short = (key for key in sorted(unknown) if len(key) <= _LONGEST_SLIP)
    return next((key for key in short if nearest(key.casefold(), [name], 0.8)), "")


_LONGEST_SLIP = 40


def state_for(format_id: str, key: str, otherwise: State) -> State:
    """Return what becomes of an agent for the bad value of a key, as the client's schema says."""
    effect = _effect(format_id, key)
    return State.STOPS if effect is Effect.STOPS else State.NOT_LOADED if effect is Effect.DROPS else otherwise


def encode_header(dialect: HeaderDialect, agent: Agent) -> dict[str, Json]:
    """Return the keys of a file for an agent, in documented order."""
    return {**encode(dialect.keys, agent, dialect.spec.id), **dialect.lower(agent)}


_OUTSIDE = frozenset({"name", "prompt.text", "prompt.mode", "prompt.syntax"})
"""What an agent may have from elsewhere than from its header: from its file's name, and from the body."""


def is_lost(dialect: HeaderDialect, agent: Agent) -> bool:
    """Whether an agent's own extras are a header of which the client takes nothing, and its fields say nothing more than that."""
    if not _loses_headers(dialect.spec.id):
        return False
    decoded = decode_header(dialect, agent.extras.get(dialect.spec.id, {}))
    held = dialect.spec.holds - _OUTSIDE
    return decoded.lost is not None and all(_equal(path, decoded.values.get(path), fields.get(agent, path)) for path in held)


@cache
def _loses_headers(format_id: str) -> bool:
    """Whether there is a key in which one wrong value costs the whole header."""
    return any(_effect(format_id, key) is Effect.DROPS_HEADER for key in schema_files.load(format_id)["properties"])


_ENOUGH_REASONS = 20
"""Further keys are not judged when the client has as many reasons to drop the agent."""


def _check_extra(format_id: str, name: str, value: Json, decoded: Decoded) -> None:
    if len(decoded.refused) >= _ENOUGH_REASONS:
        return
    complaint = schema_files.complaint(format_id, unescape_key(name), value)
    if complaint:
        complaint = replace(complaint, key=name)
        refused = complaint.effect.drops or complaint.effect is Effect.DROPS_HEADER
        (decoded.refused if refused else decoded.ignored)[name] = complaint


def encode(table: Mapping[str, Key], agent: Agent, format_id: str) -> dict[str, Json]:
    """Write a header's plain values: the table's keys in its order, then the extras.

    A value that the client ignores, wholly or in part, is written as it stood as long as it reads as the fields say.
    """
    header: dict[str, Json] = {}
    extras = agent.extras.get(format_id, {})
    for name, key in table.items():
        if name in extras and _stands(key, extras[name], agent):
            header[name] = extras[name]
            continue
        value = key.write(agent)
        if value is not ABSENT:
            header[name] = value  # type: ignore[assignment]
    stale = {name for name, key in table.items() if key.says_more and name in extras and name not in header}
    for name, value in extras.items():
        if name not in stale:  # it says more than its fields, and something else than they do
            header.setdefault(name, value)
    return header


def _stands(key: Key, value: Json, agent: Agent) -> bool:
    """Whether a value, as the client takes it, says what the agent's fields say."""
    try:
        found = key.read(value)
    except Ignored as reason:
        found = reason.values
    except Refused:
        return False
    return not _differing(key, found, agent)


def stands(name: str, key: Key, agent: Agent, format_id: str) -> bool:
    """Whether a value that the client ignores, wholly or in part, is kept as it stood, because it still says what the fields say."""
    extras = agent.extras.get(format_id, {})
    return name in extras and _stands(key, extras[name], agent)


def misread(key: Key, agent: Agent) -> list[str]:
    """Return the fields of a key that would read otherwise than they are, were the key written."""
    value = key.write(agent)
    try:
        found = {} if value is ABSENT else key.read(value)
    except (Ignored, Refused):
        found = {}
    return _differing(key, found, agent)


def _differing(key: Key, found: Mapping[str, object], agent: Agent) -> list[str]:
    return [path for path in key.fields if not _equal(path, found.get(path), fields.get(agent, path))]


def _equal(path: str, first: object, second: object) -> bool:
    return (type(first) is type(second) and first == second) or (fields.is_absent(path, first) and fields.is_absent(path, second))
