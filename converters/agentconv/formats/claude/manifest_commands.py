"""Commands whose text stands in `plugin.json` itself: markdown with or without a header, and what the manifest says wins over that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.source import SourceText, encode
from agentconv.families.frontmatter import apply
from agentconv.families.json_records import JsonFile
from agentconv.families.record_file import Roster, as_written
from agentconv.formats.claude import manifest_parts
from agentconv.json import jsonc
from agentconv.parts.commands.shapes import Entry, New, Opened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.families.record_file import Edit, Record
    from agentconv.parts.commands.markdown import Markdown
    from agentconv.parts.commands.shapes import Change

POINTER = "/commands"


@dataclass(frozen=True, slots=True)
class InManifest:
    """The commands of a manifest that have their text there."""

    markdown: Markdown
    """What the text is."""

    def _file(self, source: SourceText) -> JsonFile:
        return JsonFile(source, Roster(POINTER, by_name=True), jsonc.JSON, as_written(source))

    def _held(self, file: JsonFile) -> Iterator[tuple[int, Record, dict[str, Json], str]]:
        for index, record in enumerate(file.records):
            given = record.value
            if isinstance(given, dict) and isinstance(text := given.get("content"), str):
                yield index, record, given, text

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds."""
        file = self._file(source)
        entries: list[Entry] = []
        for _, record, given, text in self._held(file):
            inner = self.markdown.open(SourceText(source.path, encode(text)), client)
            (entry,) = inner.entries
            values = {**entry.values, **manifest_parts.header_of(given)}
            entries.append(Entry(values, entry.body, partial(_span, file, record), record.name, file.pointer_to(record)))
        return Opened(tuple(entries))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with the texts of commands changed, and no other value of it."""
        file, held = self._file(source), list(self._held(self._file(source)))
        entries = self.open(source, "").entries
        edits: list[Edit] = []
        for number, change in changes.items():
            values = {key: value for key, value in {**entries[number].values, **change.keys}.items() if value is not None}
            body = entries[number].body if change.body is None else change.body
            text = self.markdown.rendered([New(entries[number].name or "", values, body or "")])
            keys: dict[str, Json | None] = {key: None for key in held[number][2] if key in manifest_parts.GIVEN}
            found = file.patch(held[number][0], {**keys, "content": text})
            if found is None:
                return None
            edits += found
        new = {len(file.records) - 1: [(one.name, {"content": self.markdown.rendered([one])}) for one in added]} if added else {}
        arranged = file.arrange({held[number][0] for number in removed}, new) if added or removed else []
        return None if arranged is None else apply(source.text, [*edits, *arranged])

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""
        return self._file(SourceText("", b"")).render([(one.name, {"content": self.markdown.rendered([one])}) for one in new])


def _span(file: JsonFile, record: Record, *_way: str | int) -> Span:
    """Return where a command stands: its header is within a text, in which no line is one of the file."""
    return file.span(record)
