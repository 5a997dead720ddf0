"""A JSON file of settings, in which values are set and removed, and every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import as_written
from agentconv.json import edits, jsonc, map_edits
from agentconv.json.edits import REMOVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Document, Node, Syntax

_LAYOUT = edits.Layout("\n", "  ", "", "")


class Settings:
    """A file as it was read."""

    def __init__(self, source: SourceText, syntax: Syntax, broken: Effect = Effect.DROPS_ALL) -> None:
        self.source = source
        self.syntax = syntax
        self.client_text = as_written(source)
        self.document = jsonc.parse(self.client_text.text, syntax)
        self.complaints: list[tuple[Complaint, int]] = []
        if self.document.error and self.client_text.text.strip():
            problem = replace(self.document.error.complaint, effect=broken)
            self.complaints.append((problem, self.place(self.document.error.offset)))

    def place(self, offset: int) -> int:
        """Return where something stands in the file."""
        return self.client_text.place(offset)

    def node(self, *path: str) -> Node | None:
        """Return what stands at a path of keys."""
        return _node(self.document, path)

    def value(self, *path: str) -> Any:
        """Return the value at a path of keys."""
        found = self.node(*path)
        return jsonc.value(found) if found is not None else None

    def at(self, *path: str, within: tuple[str | int, ...] = ()) -> int:
        """Return where the value at a path stands, or a part of it."""
        found = self.node(*path)
        return self.place(jsonc.inside(found, within)[0]) if found is not None else 0

    def complain(
        self, reason: str, *path: str, within: tuple[str | int, ...] = (), effect: Effect = Effect.IGNORES, remedy: str | None = None
    ) -> None:
        """Say what the client does not take."""
        self.complaints.append((Complaint(reason, path[-1], effect, within=within, remedy=remedy), self.at(*path, within=within)))

    def rewritten(self, changes: Mapping[tuple[str, ...], Json | None]) -> str:
        """Return the file with values at paths, or without those that are None."""
        if not self.client_text.text.strip():
            return edits.spell(_nested({path: value for path, value in changes.items() if value is not None}), _LAYOUT) + "\n"
        text = self.client_text.text
        for path, value in changes.items():
            text = _changed(text, self.syntax, path, value)
        return self.source.text if text == self.client_text.text else self.source.text.replace(self.client_text.text, text)


def _node(document: Document, path: tuple[str, ...]) -> Node | None:
    node = document.root
    for step in path:
        node = node.entries().get(step) if isinstance(node, jsonc.Object) else None
    return node


def _changed(text: str, syntax: Syntax, path: tuple[str, ...], value: Json | None) -> str:
    """Return a text with one value set, in the innermost map on its way that is there; a map that has nothing else goes with its value."""
    document = jsonc.parse(text, syntax)
    depth = next(depth for depth in range(len(path) - 1, -1, -1) if isinstance(_node(document, path[:depth]), jsonc.Object) or depth == 0)
    parent = _node(document, path[:depth])
    if not isinstance(parent, jsonc.Object):
        return text
    if value is None:
        if depth == len(path) - 1 > 0 and parent.entries().keys() == {path[-1]}:
            return _changed(text, syntax, path[:-1], None)
        return text if depth < len(path) - 1 else apply(text, edits.patch(document, parent, {path[-1]: REMOVED}))
    there = _node(document, path)
    if isinstance(there, jsonc.Object) and isinstance(value, dict):
        return apply(text, map_edits.become(document, there, value))
    return apply(text, edits.patch(document, parent, {path[depth]: _nested({path[depth + 1 :]: value})}))


def _nested(values: Mapping[tuple[str, ...], Json]) -> Json:
    """Return values by paths as maps in maps."""
    if tuple(values) == ((),):
        return values[()]
    found: dict[str, dict[tuple[str, ...], Json]] = {}
    for path, value in values.items():
        found.setdefault(path[0], {})[path[1:]] = value
    return {key: _nested(inner) for key, inner in found.items()}
