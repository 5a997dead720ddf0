"""One client's servers: read from its files, projected, and merged into them entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv.core.part_format import WrittenFile, difference
from agentconv.core.source import SourceText, encode
from agentconv.parts.servers import projecting, reading, spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from agentconv.core.ir import Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, PartsRead, Place
    from agentconv.core.parts import Server
    from agentconv.families.record_file import Record
    from agentconv.parts.servers.files import ServerFile
    from agentconv.parts.servers.spelling import Client


@dataclass(frozen=True, slots=True)
class ServerFormat:
    """One client's format of servers."""

    client: Client
    parse: Callable[[SourceText], ServerFile]
    """Reads a file, by its path where the client's files differ."""
    project: tuple[Place, ...] = ()
    user: tuple[Place, ...] = ()
    kind: Kind = "servers"

    @property
    def format(self) -> str:
        """The client's format id."""
        return self.client.format

    def read(self, source: PartSource) -> PartsRead[Server]:
        """Read all servers of a file as the client does; those that it does not load are recovered."""
        return reading.read(self.client, self.parse(source.text), source.text)

    def to_project(self, projection: PartProjection[Server]) -> None:
        """Turn a server into the most of it that the client can hold."""
        projecting.project(self.client, projection, in_project=bool(self.project))

    def path(self, part: Server, place: Place) -> str:  # noqa: ARG002
        """Return the file that holds all servers of a place."""
        return place.path

    def write(
        self, parts: Iterable[Server], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Put servers into a file: keys that differ are patched, new servers come last, and every other byte stays."""
        text = original.text if original else SourceText(path, b"")
        file = self.parse(text)
        known = {one.name or "": index for index, one in enumerate(file.records)}
        changed: dict[int, dict[str, Json | None]] = {}
        added = []
        for server in parts:
            index = known.get(server.name)
            if index is None:
                added.append((server.name, spelling.lowered(self.client, server)))
            elif keys := self._changes(file.records[index], server):
                changed[index] = keys
        removed = [index for name, index in known.items() if name in without]
        written = file.rewritten(changed, added, removed) if changed or added or removed else text.text
        return (WrittenFile(path, encode(written)),)

    def _changes(self, record: Record, server: Server) -> dict[str, Json | None]:
        """Return the keys of a record that are to be set, or removed, so that it says a server."""
        old = reading.taken(self.client, record.name or "", record.value)
        if not difference(old.server, server):
            return {}
        before, after = spelling.lowered(self.client, old.server), spelling.lowered(self.client, server)
        wrong = {one.key for one in old.complaints if one.key}
        gone: dict[str, Json | None] = {key: None for key in (*before, *wrong) if key not in after}
        return {**gone, **{key: value for key, value in after.items() if key not in before or before[key] != value}}
