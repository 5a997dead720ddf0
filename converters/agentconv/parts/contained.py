"""What the file of a plugin says of its parts, where a client has them in folders that the file can name others instead of, or besides."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.container import Contents, Fault
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.core.source import BOM
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.container import There
    from agentconv.core.kinds import Kind
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

_SKILL = "SKILL.md"
AGENT_PLUGIN = "plugin.json"
"""The file of an Agent Plugin, which many clients read besides their own."""
AGENT_PLUGIN_SCHEMAS = "https://agent-plugins.org/schemas/"
"""How what its `$schema` says begins, of whatever version."""


def is_agent_plugin(source: SourceText) -> bool:
    """Whether a file that is called `plugin.json` makes a folder an Agent Plugin, rather than one client's own plugin."""
    return AGENT_PLUGIN_SCHEMAS in source.text


@dataclass(frozen=True, slots=True)
class Part:
    """Where one kind of part is."""

    key: str
    """The key of the file that names paths of it; empty where there is none."""
    usual: str
    """The folder, or the file, where it is without that."""
    pattern: str = ""
    """Of files below a folder; empty where the path is the file."""
    adds: bool = False
    """Whether the client looks in the usual place as well where the key is there."""
    format: str = ""
    """The format that its files are written in, where that is another one than the client's."""
    dotted: bool = True
    """Whether a path has to start with `./`, or is passed over."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One client's plugins."""

    parts: Mapping[Kind, Part]
    strict: bool = False
    """Whether a value that is no path, or a path that leads out, keeps the client from loading the plugin."""
    native: bool = True
    """Whether they are this client's own, rather than another one's that it reads too."""

    def contents(self, source: SourceText, there: There) -> Contents:
        """Return what a plugin's file says of its parts."""
        document = jsonc.parse(source.text, jsonc.JSON, 1 if source.text.startswith(BOM) else 0)
        if document.error:
            return self._usual(Fault(document.error.complaint, document.error.offset, document.error.offset))
        if not isinstance(document.root, jsonc.Object):
            return self._usual(Fault(Complaint("the document is no map"), 0, 0))
        nodes, faults = document.root.entries(), list[Fault]()
        places = {kind: tuple(self._places(part, nodes, source.path, there, faults)) for kind, part in self.parts.items()}
        name = jsonc.value(nodes["name"]) if "name" in nodes else None
        problem = next((one for one in faults if one.complaint.effect.drops), None)
        told = tuple(one for one in faults if one is not problem)
        return Contents(name if isinstance(name, str) else None, places, told, problem=problem)

    def _usual(self, problem: Fault) -> Contents:
        return Contents(places={kind: (self._usual_place(part),) for kind, part in self.parts.items()}, problem=problem)

    def _usual_place(self, part: Part) -> Place:
        return replace(self._place(part.usual, part.pattern), format=part.format)

    def _place(self, path: str, pattern: str = "", at: str = "") -> Place:
        return Place(path, pattern, native=self.native, contained=True, at=at, mixed=bool(at))

    def _places(self, part: Part, nodes: Mapping[str, Node], path: str, there: There, faults: list[Fault]) -> Iterator[Place]:
        usual, node = self._usual_place(part), nodes.get(part.key)
        if node is None:
            yield usual
            return
        if isinstance(node, jsonc.Object) and not part.pattern:
            nested = f"/{part.key}" if part.key in node.entries() else ""
            yield self._place(path, at=f"/{part.key}{nested}")
            return
        found = [self._named(part, item, there, faults) for item in _items(node)]
        named = [one for one in found if one is not None]
        well_formed = [one for one in named if one[0]]
        if part.adds or not well_formed:
            yield usual
        for below, kind in well_formed:
            if kind == "file" and part.pattern:
                yield self._place(*_split(below, 2 if below.endswith(_SKILL) else 1))
            elif kind is not None:
                yield self._place(below, part.pattern)

    def _named(self, part: Part, node: Node, there: There, faults: list[Fault]) -> tuple[str, str | None] | None:
        """Return a path that a key names, with what is there; None for what the client does not take for a path."""
        value = jsonc.value(node)
        reason = None
        if not isinstance(value, str) or not value:
            reason = f"`{part.key}` must be a path, or a list of paths"
        elif part.dotted and not value.startswith("./"):
            reason = f"`{value}` must start with `./`"
        elif ".." in PurePosixPath(value).parts or PurePosixPath(value).is_absolute():
            reason = f"`{value}` leads out of the plugin"
        if reason:
            effect = Effect.DROPS if self.strict else Effect.IGNORES
            faults.append(Fault(Complaint(reason, part.key, effect), node.start, node.end))
            return None
        below = str(PurePosixPath(str(value)))
        below = "" if below == "." else below
        kind = there(below)
        if kind is None:
            faults.append(Fault(Complaint(f"`{value}` is not there", part.key, Effect.IGNORES), node.start, node.end))
        return below, kind


AGENT_PLUGINS = Layout({"skills": Part("", "skills", "*/SKILL.md"), "servers": Part("", "mcp.json", format="agent-plugin")}, native=False)
"""Agent Plugins, as a client reads them that has plugins of its own as well: the file itself names no places."""


def _items(node: Node) -> list[Node]:
    return node.items if isinstance(node, jsonc.Array) else [node]


def _split(path: str, levels: int) -> tuple[str, str]:
    parts = PurePosixPath(path).parts
    return "/".join(parts[:-levels]), "/".join(parts[-levels:])
