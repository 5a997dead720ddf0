"""Files with servers in them, most of which are mainly the user's: entries are found in them, changed, added and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.source import BOM, SourceText
from agentconv.families import json_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.families.record_file import Named, Record
    from agentconv.json.jsonc import Syntax


class ServerFile(Protocol):
    """A file as it was read. Reading raises nothing: `problem` says why the client takes none of it."""

    records: list[Record]
    problem: tuple[Complaint, int] | None
    repeated: list[tuple[str, tuple[int, int]]]

    def span(self, record: Record, key: str | None = None, *within: str | int) -> Span:
        """Return where the value of a record's key, or a part of it, stands, or the record's first line."""

    def pointer_to(self, record: Record) -> str:
        """Return a record's JSON Pointer."""

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed.

        A file that can take no entry stays as it is.
        """


class JsonServers(json_records.JsonFile):
    """A JSON file with a map of servers."""

    template = b""
    """What a new file has besides."""

    def value(self, key: str) -> Json:
        """Return the value of another key of the file."""
        root = self.document.root
        found = root.entries().get(key) if isinstance(root, jsonc.Object) else None
        return jsonc.value(found) if found else None

    def rewritten(self, changed: Mapping[int, Mapping[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed."""
        if not self.source.text.strip():
            empty = SourceText(self.source.path, self.template)
            return JsonServers(empty, self.roster, jsonc.JSON, as_written(empty)).render(added)
        if self.problem or self.document.root is None or isinstance(self.parent, jsonc.Scalar):
            return self.source.text
        edits = []
        for index, keys in changed.items():
            given = {key: value for key, value in keys.items() if value is not None}
            edits += self.patch(index, keys) or self.replace(index, given) or []
        last = len(self.records) - 1
        return apply(self.source.text, [*edits, *(self.arrange(removed, {last: added} if added else {}) or [])])


def json_servers(
    pointer: str, syntax: Syntax = jsonc.JSON, *, stops: bool = False, marked: bool = True, template: bytes = b""
) -> Callable[[SourceText], ServerFile]:
    """Return what reads a client's files.

    Args:
        pointer: Where the map of servers is.
        syntax: What the client takes besides JSON.
        stops: Whether a file that does not parse keeps it from starting.
        marked: Whether it takes a file that begins with a byte order mark.
        template: A file without servers, where that is not merely an empty map.
    """

    def parse(source: SourceText) -> ServerFile:
        file = JsonServers(source, Roster(pointer, by_name=True), syntax, as_written(source))
        file.template = template
        if source.text.startswith(BOM) and not (marked or file.problem):
            file.problem = Complaint("a byte order mark before the JSON", remedy="write the file as UTF-8 without a byte order mark"), 0
        if file.problem and stops:
            file.problem = replace(file.problem[0], effect=Effect.STOPS), file.problem[1]
        return file

    return parse
