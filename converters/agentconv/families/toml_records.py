"""The records below one key of a TOML file: found, changed, added and taken out, with every other byte as it was.

Whether they are tables by name or a list of tables, a client says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from agentconv.core import toml_places
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import unescape_key
from agentconv.core.source import BOM
from agentconv.families import toml_comments, toml_text, toml_values
from agentconv.families.record_file import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Named


class TomlRecords(ABC):
    """A file as it was read."""

    key: ClassVar[str]
    """The key that the records are below."""
    kind: ClassVar[type]
    """What stands there."""
    wrong_kind: ClassVar[str]
    """What is said of it otherwise."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.records: list[Record] = []
        self.problem: tuple[Complaint, int] | None = None
        """Why the client takes none of them, and where."""
        self.repeated: list[tuple[str, tuple[int, int]]] = []
        self._bom = BOM if source.text.startswith(BOM) else ""
        self._text = source.text.removeprefix(BOM)
        self._places: Mapping[toml_places.Path, int] = {}
        self._read()

    def _read(self) -> None:
        values = toml_values.parsed(self._text)
        if isinstance(values, toml_values.Broken):
            self.problem = replace(values.complaint, effect=Effect.STOPS), values.at + len(self._bom)
            return
        if self.key not in values:
            return
        self._places = toml_places.places(self._text)
        found = values[self.key]
        if not isinstance(found, self.kind):
            self.problem = Complaint(f"`{self.key}` is {self.wrong_kind}", self.key, Effect.STOPS), self._at()
            return
        for token, name, config in self.entries(found):
            start = self._at(token)
            record = Record(str(token), name, config, (start, start))
            if isinstance(config, dict):
                record.keys = {key: (at, at) for key in config if (at := self._at(token, unescape_key(key)))}
            self.records.append(record)

    def _at(self, *path: str | int) -> int:
        return self._places.get((self.key, *path), 0) + len(self._bom)

    def span(self, record: Record, key: str | None = None, *within: str | int) -> Span:  # noqa: ARG002
        """Return where a record's key stands, or the record."""
        return self.source.span(record.keys.get(key or "", record.place)[0])

    def pointer_to(self, record: Record) -> str:
        """Return a record's JSON Pointer."""
        return f"/{self.key}/{record.token.replace('~', '~0').replace('/', '~1')}"

    @abstractmethod
    def entries(self, found: Any) -> Iterator[tuple[str | int, str, Json]]:
        """Return what is below the key: where each record is, its name, its value."""

    @abstractmethod
    def place(self, record: Record) -> str | int:
        """Return where a record is below the key."""

    @abstractmethod
    def head(self, name: str) -> str:
        """Return the header of a new record's table."""

    @abstractmethod
    def put_within(self, found: Any, name: str, value: Any) -> bool:
        """Put a record into what stands in brackets, beside which there may be no table; say whether it does."""

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        if self.problem:
            return self.source.text
        try:
            document: Any = tomlkit.parse(self._text)
        except TOMLKitError:  # what a client takes and this parser does not
            return self.source.text
        for index, keys in changed.items():
            for key, value in keys.items():
                _set(document[self.key][self.place(self.records[index])], unescape_key(key), value)
        text = tomlkit.dumps(document)
        for index in sorted(removed, reverse=True):
            del document[self.key][self.place(self.records[index])]
            if not document.get(self.key, True):
                del document[self.key]
            text = toml_comments.kept(text, tomlkit.dumps(document))
            document = tomlkit.parse(text)
        there = document.get(self.key)
        behind = [(name, values) for name, values in added if not self.put_within(there, unescape_key(name), _value(dict(values)))]
        text = tomlkit.dumps(document)
        if removed and self._text.startswith(text):  # they stood at the end, where we put them
            text = _as_before(text)
        return self._bom + text + self._behind(text, behind)

    def _behind(self, text: str, added: Sequence[Named]) -> str:
        """Return the tables of new records, which come last: behind a blank line, but for a last line that has no end."""
        made = "".join(f"\n{self.head(name)}\n{_lines(values)}" for name, values in added)
        line = "\r\n" if "\r\n" in text else "\n"
        made = made.replace("\n", line) if line != "\n" else made
        return made if text else made.removeprefix(line)


def _as_before(text: str) -> str:
    """Return a text without the blank line that we put behind it, or else without the line end that it did not have.

    A comment right above what went has its own.
    """
    if text.splitlines()[-1:] and text.splitlines()[-1].startswith("#"):
        return text
    return text.removesuffix("\r\n" if text.endswith("\r\n") else "\n")


def _set(table: Any, key: str, value: Json | None) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = _value(value)


def _value(value: Json) -> Any:
    import tomlkit

    return tomlkit.parse(f"x = {toml_text.inline(value)}\n")["x"]


def _lines(values: Mapping[str, Json]) -> str:
    return "".join(f"{toml_text.key(key)} = {toml_text.inline(value)}\n" for key, value in values.items())
