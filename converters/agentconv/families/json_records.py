"""Agents in a JSON file, with or without comments: several of them, or one that is the whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.ir import escape_key
from agentconv.families.record_file import NO_MAP, Record, RecordFile, as_written
from agentconv.json import edits as jsonc_edits
from agentconv.json import jsonc
from agentconv.json.edits import REMOVED
from agentconv.json.jsonc import Array, Object, Scalar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import ClientText, Edit, Named, Roster
    from agentconv.json.jsonc import Container, Node, Syntax

_LAYOUT = jsonc_edits.Layout("\n", "  ", "", "")


def parse(
    source: SourceText,
    roster: Roster,
    syntax: Syntax = jsonc.JSON,
    *,
    client_text: ClientText | None = None,
) -> JsonFile:
    """Read a file.

    Args:
        source: The file.
        roster: Where in it the agents are.
        syntax: What the client takes besides JSON.
        client_text: The text as the client parses it; by default, as it stands, without a byte order mark.
    """
    return JsonFile(source, roster, syntax, client_text or as_written(source))


def _child(node: Node | None, step: str) -> Node | None:
    """Return what a step of a pointer leads to."""
    if isinstance(node, Array):
        return node.items[int(step)] if step.isdecimal() and int(step) < len(node.items) else None
    return node.entries().get(step) if isinstance(node, Object) else None


class JsonFile(RecordFile):
    """A JSON file: the container is a map by name, or a list."""

    def __init__(self, source: SourceText, roster: Roster, syntax: Syntax, text: ClientText) -> None:
        super().__init__(source, roster)
        self.client_text = text
        self.document = jsonc.parse(text.text, syntax)
        self.nodes: list[Node] = []
        self.container: Container | None = None
        self.missing: list[str] = []
        """The keys on the way to the container that are not there."""
        self.parent: Node | None = self.document.root
        """The last thing on that way that is there."""
        self._find()
        error = self.document.error
        if error:
            self.problem = error.complaint, text.place(error.offset)

    def _find(self) -> None:
        node = self.document.root
        steps = self.steps
        while steps and (found := _child(node, steps[0])):
            node, _ = found, steps.pop(0)
        self.parent, self.missing = node, steps
        if self.roster.document:
            self._find_document(node)
        elif steps or node is None:
            self._find_alone(node)
        elif isinstance(node, Object if self.roster.by_name else Array):
            self.container = node
            self._fill(node)
        elif not isinstance(node, Scalar) or node.value is not None or not self.steps:
            self.problem = self.wrong_kind, self.client_text.place(node.start)

    def _find_document(self, node: Node | None) -> None:
        if isinstance(node, Object):
            self._add("", None, node, node.start, node.end)
        elif node is not None:
            self.problem = NO_MAP, self.client_text.place(node.start)

    def _find_alone(self, node: Node | None) -> None:
        if self.roster.alone and isinstance(node, Object) and node is self.document.root and node.members:
            self.alone = True
            self._add("", None, node, node.start, node.end)
        elif node is not None and not isinstance(node, Object):
            self.problem = NO_MAP, self.client_text.place(node.start)

    def _fill(self, container: Container) -> None:
        if isinstance(container, Array):
            for index, item in enumerate(container.items):
                self._add(str(index), None, item, item.start, item.end)
            return
        self.repeated = self._repeated(container)
        last = {member.key: index for index, member in enumerate(container.members)}
        for index, member in enumerate(container.members):
            if last[member.key] == index:  # of a repeated key, the last one counts
                self._add(member.key, member.key, member.node, member.start, member.node.end)

    def _add(self, token: str, name: str | None, node: Node, start: int, end: int) -> None:
        place = self.client_text.place
        record = Record(token, name, jsonc.value(node), (place(start), place(end, end=True)))
        if isinstance(node, Object):
            record.repeated = self._repeated(node)
            record.keys = {escape_key(key): (place(one.start), place(one.end, end=True)) for key, one in node.entries().items()}
        self.records.append(record)
        self.nodes.append(node)

    def _repeated(self, node: Object) -> list[tuple[str, tuple[int, int]]]:
        seen: set[str] = set()
        found = []
        for member in node.members:
            if member.key in seen:
                found.append((member.key, (self.client_text.place(member.start), self.client_text.place(member.key_end, end=True))))
            seen.add(member.key)
        return found

    def _edits(self, edits: list[Edit]) -> list[Edit]:
        return [self.client_text.edit((start, end, self.escape(new))) for start, end, new in edits]

    def inside(self, record: Record, way: tuple[str | int, ...]) -> tuple[int, int] | None:
        index = next((number for number, one in enumerate(self.records) if one is record), None)
        if index is None or index >= len(self.nodes):
            return None
        start, end = jsonc.inside(self.nodes[index], way)
        return self.client_text.place(start), self.client_text.place(end, end=True)

    def patch(self, index: int, changes: Mapping[str, Json | None]) -> list[Edit] | None:
        node = self.nodes[index]
        if not isinstance(node, Object):
            return None
        wanted = {key: REMOVED if found is None else found for key, found in changes.items()}
        return self._edits(jsonc_edits.patch(self.document, node, wanted))

    def _members(self, index: int) -> list[int]:
        """Return where a record stands in the container: all members of its name, the last of which counts."""
        if isinstance(self.container, Object):
            name = self.records[index].token
            return [number for number, member in enumerate(self.container.members) if member.key == name]
        return [index]

    def rename(self, index: int, name: str) -> list[Edit] | None:
        if not isinstance(self.container, Object):
            return []
        *repeated, last = self._members(index)
        start = self.container.members[last].start
        end = self.container.members[last].key_end
        edits = [(start, end, jsonc_edits.spell(name, _LAYOUT))]
        return self._edits([*edits, *jsonc_edits.arrange(self.document, self.container, repeated, {})])

    def replace(self, index: int, values: Mapping[str, Json]) -> list[Edit] | None:
        node = self.nodes[index]
        how = jsonc_edits.layout(self.document, self.container) if self.container else _LAYOUT
        return self._edits([(node.start, node.end, jsonc_edits.spell(dict(values), how))])

    def arrange(self, removed: Collection[int], added: Mapping[int, Sequence[Named]]) -> list[Edit] | None:
        container = self.container
        if container is None:
            new = [named for parts in added.values() for named in parts]
            shared = self.document.root is not None and not self.alone and not self.roster.document
            return self._edits(self._new_container(new)) if shared else None
        how = jsonc_edits.layout(self.document, container)
        spelled = {
            self._members(index)[-1] if index >= 0 else -1: [self._spelled(named, container, how) for named in parts]
            for index, parts in added.items()
        }
        gone = [member for index in removed for member in self._members(index)]
        return self._edits(jsonc_edits.arrange(self.document, container, gone, spelled))

    def _spelled(self, named: Named, container: Container, how: jsonc_edits.Layout) -> str:
        name, values = named
        if isinstance(container, Object):
            return jsonc_edits.spell_member(name, dict(values), how)
        return jsonc_edits.spell(dict(values), how)

    def _new_container(self, records: Sequence[Named]) -> list[Edit]:
        found = _nested(self.missing[1:], _as_map(records) if self.roster.by_name else _as_list(records))
        if not isinstance(self.parent, Object) or not self.missing:
            node = self.parent or self.document.root
            return [(node.start, node.end, jsonc_edits.spell(found, _LAYOUT))] if node else []
        return jsonc_edits.patch(self.document, self.parent, {escape_key(self.missing[0]): found})

    def render(self, records: Sequence[Named]) -> str:
        if self.roster.document:
            return self.escape(jsonc_edits.spell(dict(records[0][1]), _LAYOUT)) + "\n"
        found = _as_map(records) if self.roster.by_name else _as_list(records)
        root = jsonc.value(self.document.root) if isinstance(self.document.root, Object) and not self.alone else {}
        if not self.steps or not isinstance(root, dict):
            return self.escape(jsonc_edits.spell(found, _LAYOUT)) + "\n"
        inner = root
        for step in self.steps[:-1]:
            below = inner.get(escape_key(step))
            inner[escape_key(step)] = below = below if isinstance(below, dict) else {}
            inner = below
        inner[escape_key(self.steps[-1])] = found
        return self.escape(jsonc_edits.spell(root, _LAYOUT)) + "\n"


def _nested(steps: Sequence[str], found: Json) -> Json:
    for step in reversed(steps):
        found = {escape_key(step): found}
    return found


def _as_map(records: Sequence[Named]) -> Json:
    return {escape_key(name): dict(values) for name, values in records}


def _as_list(records: Sequence[Named]) -> Json:
    return [dict(values) for _, values in records]
