"""The tables `[mcp_servers.NAME]` of a config.toml: found, changed, added and taken out, with every other byte as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import toml_places
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import unescape_key
from agentconv.core.source import BOM
from agentconv.families import toml_text, toml_values
from agentconv.families.record_file import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Named

_KEY = "mcp_servers"


class ServerTables:
    """A config.toml as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.records: list[Record] = []
        self.problem: tuple[Complaint, int] | None = None
        self.repeated: list[tuple[str, tuple[int, int]]] = []
        self._bom = BOM if source.text.startswith(BOM) else ""
        self._text = source.text.removeprefix(BOM)
        self._places: dict[toml_places.Path, int] = {}
        self._read()

    def _read(self) -> None:
        values = toml_values.parsed(self._text)
        if isinstance(values, toml_values.Broken):
            self.problem = replace(values.complaint, effect=Effect.STOPS), values.at + len(self._bom)
            return
        found = values.get(_KEY, {})
        if _KEY not in values:
            return
        self._places = toml_places.places(self._text)
        if not isinstance(found, dict):
            self.problem = Complaint(f"`{_KEY}` is no map", _KEY, Effect.STOPS), self._at(_KEY)
            return
        for name, config in found.items():
            plain = unescape_key(name)
            start = self._at(_KEY, plain)
            record = Record(plain, plain, config, (start, start))
            if isinstance(config, dict):
                record.keys = {key: (at, at) for key in config if (at := self._at(_KEY, plain, unescape_key(key)))}
            self.records.append(record)

    def _at(self, *path: str) -> int:
        return self._places.get(path, 0) + len(self._bom)

    def span(self, record: Record, key: str | None = None, *within: str | int) -> Span:  # noqa: ARG002
        """Return where a record's key stands, or the record."""
        return self.source.span(record.keys.get(key or "", record.place)[0])

    def pointer_to(self, record: Record) -> str:
        """Return a record's JSON Pointer."""
        return f"/{_KEY}/{record.token.replace('~', '~0').replace('/', '~1')}"

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        if self.problem:
            return self.source.text
        try:
            document: Any = tomlkit.parse(self._text)
        except TOMLKitError:  # what Codex takes and this parser does not
            return self.source.text
        for index, keys in changed.items():
            table = document[_KEY][self.records[index].token]
            for key, value in keys.items():
                _set(table, unescape_key(key), value)
        for index in removed:
            del document[_KEY][self.records[index].token]
        if isinstance(document.get(_KEY), tomlkit.items.InlineTable):  # no table may stand beside it
            for name, values in added:
                document[_KEY][unescape_key(name)] = tomlkit.parse(f"x = {toml_text.inline(dict(values))}\n")["x"]
            added = ()
        text = tomlkit.dumps(document)
        if removed and self._text.startswith(text):  # they stood at the end, where we put them
            text = _as_before(text)
        return self._bom + text + _appended(text, added)


def _as_before(text: str) -> str:
    """Return a text without the blank line that we put behind it, or else without the line end that it did not have."""
    return text.removesuffix("\r\n" if text.endswith("\r\n") else "\n")


def _set(table: Any, key: str, value: Json | None) -> None:
    import tomlkit

    if value is None:
        table.pop(key, None)
    else:
        table[key] = tomlkit.parse(f"x = {toml_text.inline(value)}\n")["x"]


def _appended(text: str, added: Sequence[Named]) -> str:
    """Return the tables of new servers, as they stand at the end of a file: behind a blank line, but for a last line that has no end."""
    made = "".join(_table(name, values) for name, values in added)
    line = "\r\n" if "\r\n" in text else "\n"
    made = made.replace("\n", line) if line != "\n" else made
    return made if text else made.removeprefix(line)


def _table(name: str, values: Mapping[str, Json]) -> str:
    lines = "".join(f"{toml_text.key(key)} = {toml_text.inline(value)}\n" for key, value in values.items())
    return f"\n[{_KEY}.{toml_text.key(name)}]\n{lines}"
