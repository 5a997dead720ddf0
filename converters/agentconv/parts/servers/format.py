"""One client's servers: read from its files, projected, and merged into them entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.part_format import WrittenFile, difference
from agentconv.core.source import SourceText, encode
from agentconv.parts import registry
from agentconv.parts.servers import projecting, reading, spelling
from agentconv.parts.servers.files import json_servers

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
    elsewhere: tuple[tuple[str, ServerFormat], ...] = ()
    """The formats of files in which servers are spelled otherwise, by what their paths end in."""
    contained: ServerFormat | None = None
    """The format of servers in the client's plugins, where those are spelled otherwise."""
    off: tuple[tuple[str, str], ...] = ()
    """Files of settings, each with the key of a list of servers that are switched off."""
    kind: Kind = "servers"

    @property
    def format(self) -> str:
        """The client's format id."""
        return self.client.format

    def read(self, source: PartSource) -> PartsRead[Server]:
        """Read all servers of a file as the client does; those that it does not load are recovered."""
        of_file = self._for(source)
        return reading.read(of_file.client, of_file.file(source), source.text)

    def file(self, source: PartSource) -> ServerFile:
        """Return a file as the client reads it, or the part of another one that is said to hold servers."""
        return json_servers(source.place.at)(source.text) if source.place.at else self.parse(source.text)

    def client_of(self, source: PartSource) -> Client:
        """Return how the servers of a file are spelled."""
        return self._for(source).client

    def _for(self, source: PartSource) -> ServerFormat:
        if source.place.format:
            return self._written_in(source.place.format)
        return self.contained if self.contained and source.place.contained else self._of(source.text.path)

    @staticmethod
    def _written_in(format_id: str) -> ServerFormat:
        """Return another client's format, in which a file is that this one reads, too."""
        found = registry.part_format(format_id, "servers")
        if not isinstance(found, ServerFormat):
            raise AssertionError(format_id)  # noqa: TRY004 - a bug of ours
        return found

    def _of(self, path: str) -> ServerFormat:
        return next((one for end, one in self.elsewhere if path.endswith(end)), self)

    def to_project(self, projection: PartProjection[Server]) -> None:
        """Turn a server into the most of it that the client can hold."""
        origin = projection.source.origin
        at_home = projection.at_home and origin is not None and self._of(origin.source) is self
        projecting.project(self.client, projection, at_home=at_home, in_project=bool(self.project))

    def path(self, part: Server, place: Place) -> str:  # noqa: ARG002
        """Return the file that holds all servers of a place."""
        return place.path

    def write(
        self, parts: Iterable[Server], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Put servers into a file: keys that differ are patched, new servers come last, and every other byte stays."""
        of_file = self._of(path)
        if of_file is not self:
            return of_file.write(parts, path, original, without)
        text = original.text if original else SourceText(path, b"")
        file = self.file(original) if original else self.parse(text)
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
        changes = {**gone, **{key: value for key, value in after.items() if key not in before or before[key] != value}}
        config = record.value if isinstance(record.value, dict) else {}
        patched: dict[str, Json] = {key: value for key, value in {**config, **changes}.items() if value is not None}
        again = reading.taken(self.client, server.name, patched).server
        whole: dict[str, Json | None] = dict.fromkeys(config)
        whole.update(after)
        return whole if difference(again, server) else changes
