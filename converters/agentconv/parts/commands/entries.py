"""Commands in a map of a JSON file, which is mainly the user's: entries are changed one by one, and every other byte stays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.families import json_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.json import jsonc
from agentconv.parts.commands.shapes import Entry, Opened, given_twice, undecodable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Edit, Named, Record
    from agentconv.json.jsonc import Syntax
    from agentconv.parts.commands.shapes import Change, New, Said


@dataclass(frozen=True, slots=True)
class Entries:
    """One client's files: the map of commands is where the JSON Pointer leads."""

    pointer: str
    body: str
    syntax: Syntax = jsonc.JSONC
    effect: Effect = Effect.DROPS
    """What an entry costs that is none, or a file without a map of them."""
    bodiless: Effect = Effect.DROPS
    """What an entry without a body costs."""

    def _file(self, source: SourceText) -> json_records.JsonFile:
        return json_records.JsonFile(source, Roster(self.pointer, by_name=True), self.syntax, as_written(source))

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds."""
        file = self._file(source)
        told = (*undecodable(source, client), *_repeated(file, client))
        problem = (replace(file.problem[0], effect=self.effect), source.span(file.problem[1])) if file.problem else None
        return Opened(tuple(self._entry(file, record) for record in file.records), problem, told)

    def _entry(self, file: json_records.JsonFile, record: Record) -> Entry:
        span, pointer = partial(file.span, record), file.pointer_to(record)
        if not isinstance(record.value, dict):
            return Entry({}, None, span, record.name, pointer, Complaint("it is no map", effect=self.effect))
        values = dict(record.value)
        body = values.pop(self.body, None)
        if isinstance(body, str):
            return Entry(values, body, span, record.name, pointer)
        reason = f"`{self.body}` must be text" if body is not None else f"there is no `{self.body}`"
        effect = self.effect if body is not None else self.bodiless
        return Entry(values, None, span, record.name, pointer, Complaint(reason, self.body, effect))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with entries changed, put behind the last one, or taken out."""
        file = self._file(source)
        if file.document.root is None:
            return self.rendered(added)
        edits: list[Edit] = []
        for index, change in changes.items():
            keys = {**change.keys, **({self.body: change.body} if change.body is not None else {})}
            found = file.patch(index, keys)
            if found is None:
                return None
            edits += found
        last = len(file.records) - 1
        arranged = file.arrange(removed, {last: [self._named(one) for one in added]} if added else {}) if added or removed else []
        return None if arranged is None else apply(source.text, [*edits, *arranged])

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""
        from agentconv.core.source import SourceText

        return self._file(SourceText("", b"")).render([self._named(one) for one in new])

    def _named(self, one: New) -> Named:
        values: dict[str, Json] = {self.body: one.body, **one.values}
        return one.name, values


def _repeated(file: json_records.JsonFile, client: str) -> Iterator[Said]:
    places = [*file.repeated, *(place for record in file.records for place in record.repeated)]
    for name, place in places:
        yield given_twice(name, file.source.span(*place), client)
