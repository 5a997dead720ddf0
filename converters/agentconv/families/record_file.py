"""A file of records, whatever its syntax: where they are, and what can be changed in it. Mostly it holds several agents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Complaint
from agentconv.core.ir import unescape_key
from agentconv.core.source import BOM

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

Edit: TypeAlias = tuple[int, int, str]
"""Start, end and new text, in the file's own text."""
Named: TypeAlias = "tuple[str, Mapping[str, Json]]"
"""A record to write: its name, and its keys."""


NO_MAP = Complaint("the document is no map")


@dataclass(frozen=True, slots=True)
class ClientText:
    """A file's text as its client parses it, with the way back to the file's own offsets."""

    text: str
    removed: tuple[int, ...] = ()
    """Offsets in `text`, in order, each for one character of the file that the client takes out just before it."""

    def place(self, offset: int, *, end: bool = False) -> int:
        """Turn an offset into one of the file's text; `end` for the offset behind what is meant."""
        return offset + (bisect_left if end else bisect_right)(self.removed, offset)

    def edit(self, edit: Edit) -> Edit:
        """Turn an edit of this text into one of the file's."""
        start, end, new = edit
        first = self.place(start)
        return first, first if start == end else self.place(end, end=True), new


def as_written(source: SourceText) -> ClientText:
    """Take a file's text as it stands, without a byte order mark."""
    text = source.text
    return ClientText(text.removeprefix(BOM), (0,) if text.startswith(BOM) else ())


@dataclass(frozen=True, slots=True)
class Roster:
    """Where a client looks for the agents in a shared file: a map or a list."""

    pointer: str
    """JSON Pointer of the map, or the list, that holds them."""
    by_name: bool
    """Whether it is a map by name, rather than a list."""
    alone: bool = False
    """Whether a file without it may be one agent, which the client does not load."""
    document: bool = False
    """Whether there is no container: the document itself is the one agent."""


@dataclass(slots=True)
class Record:
    """One entry of the container."""

    token: str
    """The last part of its JSON Pointer."""
    name: str | None
    """The key that it stands under, in a map."""
    value: Json
    place: tuple[int, int]
    """Where it stands in the file."""
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where the value of each of its keys stands."""
    repeated: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    """Keys that are given again, of which the client uses the last, and where."""


class RecordFile(ABC):
    """A file as it was read. Reading raises nothing: `problem` says why the client takes none of it."""

    def __init__(self, source: SourceText, roster: Roster) -> None:
        self.source = source
        self.roster = roster
        self.problem: tuple[Complaint, int] | None = None
        """What is wrong with the file as a whole, and where."""
        self.is_void = False
        """Whether there is nothing in it, or comments alone."""
        self.records: list[Record] = []
        self.alone = False
        """Whether the document itself is the only record, because there is no container."""
        self.repeated: list[tuple[str, tuple[int, int]]] = []
        """Names that are given again in a map, of which the client uses the last, and where."""
        self.escaped: re.Pattern[str] | None = None
        """Characters that the client would rewrite unless they are written as escapes."""

    @property
    def steps(self) -> list[str]:
        """The keys on the way to the container."""
        return self.roster.pointer.split("/")[1:]

    @property
    def wrong_kind(self) -> Complaint:
        """What to say of something else in the roster's stead."""
        what = f"`{self.roster.pointer.removeprefix('/')}`" if self.roster.pointer else "the document"
        return Complaint(f"{what} is no {'map' if self.roster.by_name else 'list'}")

    def escape(self, spelled: str) -> str:
        """Write the characters that the client would rewrite as escapes; they stand in quoted strings only."""
        return self.escaped.sub(lambda match: f"\\u{ord(match[0]):04x}", spelled) if self.escaped else spelled

    def pointer_to(self, record: Record) -> str:
        """Return a record's JSON Pointer."""
        return "" if self.alone or self.roster.document else f"{self.roster.pointer}/{record.token.replace('~', '~0').replace('/', '~1')}"

    def span(self, record: Record, key: str | None = None, *within: str | int) -> Span:
        """Return where the value of a record's key, or a part of it, stands, or the record's first line."""
        found = self.extent(record, key, *within) if key is not None else None
        return self.source.span(*found) if found else self.source.span(record.place[0])

    def extent(self, record: Record, key: str, *within: str | int) -> tuple[int, int] | None:
        """Return where the value of a record's key, or what is in it at the end of a way, stands; None when the key is not there."""
        if not within or key not in record.keys:
            return record.keys.get(key)
        return self.inside(record, (unescape_key(key), *within)) or record.keys[key]

    @abstractmethod
    def inside(self, record: Record, way: tuple[str | int, ...]) -> tuple[int, int] | None:
        """Return where what is in a record at the end of a way stands; None where the record was not read as a whole."""

    @abstractmethod
    def patch(self, index: int, changes: Mapping[str, Json | None]) -> list[Edit] | None:
        """Return the edits that set these keys of a record (None removes one); None where single keys cannot be changed."""

    @abstractmethod
    def rename(self, index: int, name: str) -> list[Edit] | None:
        """Return the edits that put a record under another key."""

    @abstractmethod
    def replace(self, index: int, values: Mapping[str, Json]) -> list[Edit] | None:
        """Return the edits that spell a whole record anew."""

    @abstractmethod
    def arrange(self, removed: Collection[int], added: Mapping[int, Sequence[Named]]) -> list[Edit] | None:
        """Return the edits that take records out and put new ones in, each behind the one of that index (-1: first)."""

    @abstractmethod
    def render(self, records: Sequence[Named]) -> str:
        """Write the whole file anew, with everything that stands in it besides the roster."""
