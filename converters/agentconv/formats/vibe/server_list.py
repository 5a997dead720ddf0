"""The tables `[[mcp_servers]]` of a config.toml, each with its name: found, changed, added and taken out, every other byte as it was."""

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


class ServerList:
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
        found = values.get(_KEY, [])
        if _KEY not in values:
            return
        self._places = toml_places.places(self._text)
        if not isinstance(found, list):
            self.problem = Complaint(f"`{_KEY}` is no list", _KEY, Effect.STOPS), self._at(_KEY)
            return
        for number, config in enumerate(found):
            start = self._at(_KEY, number)
            given = config.get("name") if isinstance(config, dict) else None
            record = Record(str(number), given if isinstance(given, str) else "", config, (start, start))
            if isinstance(config, dict):
                record.keys = {key: (at, at) for key in config if (at := self._at(_KEY, number, unescape_key(key)))}
            self.records.append(record)
        names = [record.name for record in self.records]
        twice = next((record for number, record in enumerate(self.records) if record.name in names[:number]), None)
        if twice is not None:
            self.problem = Complaint(f"two servers are called `{twice.name}`", "name", Effect.STOPS), twice.place[0]

    def _at(self, *path: str | int) -> int:
        return self._places.get(path, 0) + len(self._bom)

    def span(self, record: Record, key: str | None = None, *within: str | int) -> Span:  # noqa: ARG002
        """Return where a record's key stands, or the record."""
        return self.source.span(record.keys.get(key or "", record.place)[0])

    def pointer_to(self, record: Record) -> str:
        """Return a record's JSON Pointer."""
        return f"/{_KEY}/{record.token}"

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        if self.problem:
            return self.source.text
        try:
            document: Any = tomlkit.parse(self._text)
        except TOMLKitError:  # what the client takes and this parser does not
            return self.source.text
        for index, keys in changed.items():
            for key, value in keys.items():
                _set(document[_KEY][index], unescape_key(key), value)
        for index in sorted(removed, reverse=True):
            del document[_KEY][index]
        if removed and not document[_KEY]:
            del document[_KEY]
        listed = document.get(_KEY)
        if isinstance(listed, tomlkit.items.Array):  # no table may stand beside it
            for _, values in added:
                listed.append(_value(dict(values)))
            added = ()
        text = tomlkit.dumps(document)
        return self._bom + text + _appended(text, added)


def _set(table: Any, key: str, value: Json | None) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = _value(value)


def _value(value: Json) -> Any:
    import tomlkit

    return tomlkit.parse(f"x = {toml_text.inline(value)}\n")["x"]


def _appended(text: str, added: Sequence[Named]) -> str:
    """Return the tables of new servers, as they stand at the end of a file: behind a blank line."""
    made = "".join(
        f"\n[[{_KEY}]]\n" + "".join(f"{toml_text.key(k)} = {toml_text.inline(v)}\n" for k, v in values.items()) for _, values in added
    )
    made = made if text else made.removeprefix("\n")
    made = f"\n{made}" if added and text and not text.endswith("\n") else made
    return made.replace("\n", "\r\n") if "\r\n" in text else made
