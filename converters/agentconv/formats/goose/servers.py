"""The MCP servers of a user of goose 1.52.0 (asked): those of the `extensions` in its config.yaml that are none of its own.

https://goose-docs.ai/docs/getting-started/using-extensions

One without `enabled`, without arguments beside its program, of another type, or with one wrong value is passed over without a word. Nothing
is filled in, and a program gets all variables that the client has. An empty list of tools leaves all. A project has none of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.ir import McpServer
from agentconv.core.part_format import Place
from agentconv.families import yaml_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.formats.goose.goose import ID
from agentconv.parts.servers import spelling
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client
from agentconv.projecting import mcp
from agentconv.yaml import emitter, nodes
from agentconv.yaml.grammar import SERDE_YAML
from agentconv.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Mapping as MappingType

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Edit, Named
    from agentconv.yaml.nodes import Node

_KINDS = {"stdio": "stdio", "streamable_http": "http"}
_OWN = frozenset(("builtin", "platform", "frontend", "inline_python"))
"""The types of extensions that are no server of anybody's."""
_NEEDED = {"stdio": ("cmd", "args"), "streamable_http": ("uri",)}


class Extensions(yaml_records.YamlMap):
    """A config.yaml: its servers are records, and the client's own extensions are left alone."""

    def _add_all(self, node: Node, budget: list[int]) -> None:
        super()._add_all(node, budget)
        kept = [number for number, one in enumerate(self.records) if not _is_own(one.value)]
        self.records = [self.records[number] for number in kept]
        self.nodes = [self.nodes[number] for number in kept]
        self.names = [self.names[number] for number in kept]

    def rewritten(self, changed: MappingType[int, MappingType[str, Json | None]], added: Sequence[Named], removed: Collection[int]) -> str:
        """Return the file with keys of some records set (None removes one), with records more and less, and nothing else changed."""
        if self.problem or (self.root is not None and not isinstance(self.root, Mapping)):
            return self.source.text
        if (node := self._in_brackets()) is not None:
            return apply(self.source.text, self._edits([(node.start, node.end, emitter.inline(self._whole(changed, added, removed)))]))
        if self.container is None and isinstance(self.root, Mapping) and self.root.flow:
            return self.source.text
        edits = [edit for index, keys in changed.items() for edit in self._changed(index, keys)]
        gone = self._edits([(*self._lines(index), "") for index in removed])
        return apply(self.source.text, [*edits, *gone, *self._added(added, emptied=bool(removed) and len(removed) == len(self._pairs()))])

    def _in_brackets(self) -> Mapping | None:
        """Return what holds the extensions, where that is a map in brackets with something in it."""
        node = self.container[1] if self.container else None
        return node if isinstance(node, Mapping) and node.flow and node.pairs else None

    def _whole(
        self, changed: MappingType[int, MappingType[str, Json | None]], added: Sequence[Named], removed: Collection[int]
    ) -> dict[str, Json]:
        """Return all the extensions as they are to be."""
        value = nodes.value(self.root, None, SERDE_YAML) if self.root is not None else {}
        given = value.get(self.key) if isinstance(value, dict) else {}
        found: dict[str, Json] = dict(given) if isinstance(given, dict) else {}
        for index, keys in changed.items():
            old = found[self.records[index].token]
            both = {**(old if isinstance(old, dict) else {}), **keys}
            found[self.records[index].token] = {key: one for key, one in both.items() if one is not None}
        gone = {self.records[index].token for index in removed}
        return {**{name: one for name, one in found.items() if name not in gone}, **{name: dict(values) for name, values in added}}

    def _changed(self, index: int, keys: MappingType[str, Json | None]) -> list[Edit]:
        """Set keys of a record; one in brackets is spelled anew, in one line."""
        edits = self.patch(index, keys)
        if edits is not None:
            return edits
        value = self.records[index].value
        whole = {**(value if isinstance(value, dict) else {}), **keys}
        node = self.nodes[index]
        return self._edits([(node.start, node.end, emitter.inline({key: one for key, one in whole.items() if one is not None}))])

    def _pairs(self) -> list[tuple[Node, Node]]:
        node = self.container[1] if self.container else None
        return list(node.pairs) if isinstance(node, Mapping) else []

    def _lines(self, index: int) -> tuple[int, int]:
        """Return where the lines of an entry start and end."""
        name, node = self.names[index], self.nodes[index]
        return self._line_start(name.start), self._line_end(max(name.end, node.end - 1))

    def _added(self, records: Sequence[Named], *, emptied: bool) -> list[Edit]:
        """Put entries behind the last one, whosever that is; where none is left, in the place of the first, or an empty map."""
        pairs = self._pairs()
        if not pairs:
            return (self._fill(records) or []) if records else []
        (first, _), (name, node) = pairs[0], pairs[-1]
        column = first.start - self._line_start(first.start)
        lines = "".join(self._record(one, values, column) for one, values in records)
        if emptied and not records and self.container:
            colon = self.text.index(":", self.container[0].end) + 1
            return self._edits([(colon, colon, " {}")])
        at = self._line_start(first.start) if emptied else self._line_end(max(name.end, node.end - 1))
        whole = not records or self.text[:at].endswith("\n")
        return self._edits([(at, at, lines if whole else f"\n{lines.removesuffix(chr(10))}")])


def _is_own(value: Json) -> bool:
    return isinstance(value, dict) and value.get("type") in _OWN


def _parse(source: SourceText) -> Extensions:
    return Extensions(source, Roster("/extensions", by_name=True), (), SERDE_YAML, as_written(source))


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    kind = config.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        return Complaint("its type is none of " + ", ".join(_KINDS), "type")
    missing = next((key for key in ("enabled", *_NEEDED[kind]) if key not in config), None)
    if missing:
        return Complaint(f"it has no `{missing}`", remedy=f"add `{missing}`")
    given = {key: value for key, value in config.items() if key != "type" and (key, value) not in (("enabled", True), ("name", name))}
    given = {key: value for key, value in given.items() if key not in ("available_tools", "envs", "headers") or value}
    known = {
        key: field for key, field in spelling.defined_by(ID).items() if key in (*_NEEDED[kind], "enabled", "available_tools", *_OF[kind])
    }
    values, options = mcp.read_config(given, known)
    return McpServer(name, _KINDS[kind], **values, options=options or None)  # type: ignore[arg-type]


_OF = {"stdio": ("envs",), "streamable_http": ("headers",)}


def _write(server: McpServer) -> dict[str, Json]:
    kind = next(word for word, transport in _KINDS.items() if transport == server.transport)
    args: dict[str, Json] = {"args": []} if kind == "stdio" else {}
    return {"enabled": True, "type": kind, "name": server.name, **args, **mcp.write_config(server, spelling.defined_by(ID))}


BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "goose", _read, _write, transports=("stdio", "http")), _parse, user=(Place(".config/goose/config.yaml", mixed=True),)
    )
}
