"""Where the parts of a plugin of Claude Code 2.1.329 lie (asked): its folders, and what `plugin.json` says instead or besides.

https://code.claude.com/docs/en/plugins-reference

`commands` takes the place of the folder `commands/`, `skills` adds to `skills/`: a folder with a SKILL.md is one skill, by the name in its
header, any other holds skills. Servers come from `.mcp.json`, which needs no `mcpServers`, and from the manifest, which wins. Agents reach
a server of their plugin as `plugin_<plugin>_<server>` alone, and a skill as `<plugin>:<skill>`, too. Hooks come from `hooks/hooks.json` and
from what `hooks` says besides: paths of such files, or the events themselves. Where one that could hold a tool is not as it should be,
nothing of the plugin loads, since it may guard what is beside it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core.container import Container, Contents, Fault
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.core.source import BOM
from agentconv.formats.claude import commands, hooks, manifest_commands, manifest_parts, marketplace, plugin_index, servers, skills
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.container import Catalog, There
    from agentconv.core.kinds import Kind
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

ID = "claude-plugin"
_SKILL = "SKILL.md"


@dataclass(slots=True)
class _Reader:
    """One manifest, or one plugin's entry of a marketplace, as it is gone through."""

    there: There
    path: str
    """Of the file, from the plugin's folder."""
    at: str = ""
    """JSON Pointer of the values within the file."""
    faults: list[Fault] = field(default_factory=list)

    def below(self, key: str, node: Node) -> Iterator[tuple[str, str, Node]]:
        """Yield the paths that a key names and that are there, with what is there."""
        for item in manifest_parts.items(node):
            path = jsonc.value(item)
            if isinstance(path, str) and (found := self.found(key, path, item)):
                yield *found, item

    def found(self, key: str, path: str, node: Node) -> tuple[str, str] | None:
        """Return a path without what says nothing, and what is there; None where it leads nowhere, or out of the plugin."""
        pure = PurePosixPath(path)
        if ".." in pure.parts or pure.is_absolute():
            self.fault(key, f"`{path}` leads out of the plugin", node)
            return None
        below = "" if str(pure) == "." else str(pure)
        kind = self.there(below)
        if kind is None:
            self.fault(key, f"`{path}` is not there", node)
        return kind and (below, kind)

    def fault(self, key: str, reason: str, node: Node) -> None:
        """Keep what the client passes over."""
        self.faults.append(Fault(Complaint(reason, key, Effect.IGNORES), node.start, node.end))

    def commands(self, node: Node) -> Iterator[Place]:
        """Yield where the commands are that a manifest names."""
        if isinstance(node, jsonc.Object):
            yield from self._mapped(node)
            return
        for path, kind, _ in self.below("commands", node):
            if kind == "folder":
                yield Place(path, "**/*.md")
            elif path.endswith(".md"):  # it passes over any other without a word
                yield _file(path)

    def _mapped(self, node: jsonc.Object) -> Iterator[Place]:
        for name, entry in node.entries().items():
            given: Any = jsonc.value(entry)
            found = self.found("commands", given["source"], entry) if "source" in given else None
            if found and found[1] == "file":
                yield replace(_file(found[0]), name=name, given=tuple(manifest_parts.header_of(given).items()))
        if any("content" in given for given in self._values(node)):
            yield Place(self.path, mixed=True, at=manifest_commands.POINTER)

    def _values(self, node: jsonc.Object) -> list[Any]:
        return [jsonc.value(entry) for entry in node.entries().values()]

    def skills(self, node: Node) -> Iterator[Place]:
        """Yield where the skills are that a manifest names."""
        for path, kind, item in self.below("skills", node):
            if kind == "file":
                self.fault("skills", f"`{path}` is a file, where a folder with a {_SKILL} is wanted", item)
            elif path and self.there(f"{path}/{_SKILL}") == "file":
                yield _file(f"{path}/{_SKILL}", levels=2)
            else:
                yield Place(path, f"*/{_SKILL}")

    def servers(self, node: Node) -> Iterator[Place]:
        """Yield where the servers are that a manifest names, or defines itself."""
        within = f"{self.at}/mcpServers"
        if isinstance(node, jsonc.Object):
            yield Place(self.path, mixed=True, at=within)
        for number, item in enumerate(node.items if isinstance(node, jsonc.Array) else ()):
            if isinstance(item, jsonc.Object):
                yield Place(self.path, mixed=True, at=f"{within}/{number}")
        for path, kind, item in self.below("mcpServers", node):
            if path.endswith(manifest_parts.BUNDLED):
                self.fault("mcpServers", f"`{path}` is an archive, from which only Claude Code starts a server", item)
            elif kind == "file":
                yield Place(path)

    def hooks(self, node: Node) -> Iterator[Place]:
        """Yield where the hooks are that a manifest names, or says itself."""
        within = f"{self.at}/hooks"
        if isinstance(node, jsonc.Object):
            yield Place(self.path, mixed=True, at=within)
        for number, item in enumerate(node.items if isinstance(node, jsonc.Array) else ()):
            if isinstance(item, jsonc.Object):
                yield Place(self.path, mixed=True, at=f"{within}/{number}")
        for path, kind, _ in self.below("hooks", node):
            if kind == "file":
                yield Place(path)


def _file(path: str, levels: int = 1) -> Place:
    """Return the place of one file, which is called by its last names."""
    parts = PurePosixPath(path).parts
    return Place("/".join(parts[:-levels]), "/".join(parts[-levels:]))


def contents(source: SourceText, there: There) -> Contents:
    """Return what a plugin's own file says of its parts."""
    found = plugin_index.problems(source)
    root = plugin_index.document_of(source).root
    problem = Fault(*found[0]) if found else None
    if not isinstance(root, jsonc.Object):
        return Contents(places=_DEFAULTS, problem=problem)
    # where the client loads nothing, what a person finds in the usual places is all that is known
    return (
        replace(of_values(root, source.path, there), problem=problem)
        if problem is None
        else Contents(_name(root), _DEFAULTS, problem=problem)
    )


def of_values(root: jsonc.Object, path: str, there: There) -> Contents:
    """Return what the values of a manifest say; in a marketplace, a plugin's entry has the same ones."""
    reader, nodes = _Reader(there, path), root.entries()
    places: dict[Kind, tuple[Place, ...]] = dict(_DEFAULTS)
    if "commands" in nodes:
        places["commands"] = tuple(reader.commands(nodes["commands"]))
    if "skills" in nodes:
        places["skills"] = tuple(dict.fromkeys((*places["skills"], *reader.skills(nodes["skills"]))))
    if "mcpServers" in nodes:
        named = (replace(place, wins=True) for place in reader.servers(nodes["mcpServers"]))
        places["servers"] = (*places["servers"], *named)
    if "hooks" in nodes:
        places["hooks"] = (*places["hooks"], *reader.hooks(nodes["hooks"]))
    return Contents(_name(root), places, tuple(reader.faults))


def offered(catalog: Catalog, there: There, own: Contents | None) -> Contents:
    """Return what a plugin has that a marketplace offers (asked): the entry adds commands and skills, and servers where no manifest is."""
    found = own or Contents(places=_DEFAULTS)
    for number, entry in _entries(catalog):
        nodes = entry.entries()
        reader = _Reader(there, _way_to(catalog), f"/plugins/{number}")
        added: dict[Kind, tuple[Place, ...]] = {}
        if "commands" in nodes:
            added["commands"] = tuple(_told_elsewhere(reader, reader.commands(nodes["commands"]), nodes["commands"]))
        if "skills" in nodes:
            added["skills"] = tuple(reader.skills(nodes["skills"]))
        if "mcpServers" in nodes and own is None:
            added["servers"] = tuple(replace(place, wins=True) for place in reader.servers(nodes["mcpServers"]))
        if "hooks" in nodes:
            added["hooks"] = tuple(reader.hooks(nodes["hooks"]))
        # what no file of the plugin's own names is written where its client looks anyway
        places = {
            kind: (*known, *(replace(place, contained=True) for place in added.get(kind, ()))) for kind, known in found.places.items()
        }
        found = replace(found, name=_name(entry) or found.name, places=places, offered=(*found.offered, *reader.faults))
    return found


def _way_to(catalog: Catalog) -> str:
    """Return the path of a marketplace from the folder of a plugin that it offers."""
    up = [".."] * len(PurePosixPath(catalog.path).parts)
    return str(PurePosixPath(*up, marketplace.PATH))


def _told_elsewhere(reader: _Reader, places: Iterator[Place], node: Node) -> Iterator[Place]:
    """Yield where commands are, but for those whose text stands in the marketplace itself."""
    for place in places:
        if place.path == reader.path:
            reader.fault("commands", "what stands in the marketplace itself is not read; write it to the plugin", node)
        else:
            yield place


def _entries(catalog: Catalog) -> Sequence[tuple[int, jsonc.Object]]:
    """Return the entries of a marketplace that offer a plugin of a path, each with its number."""
    return _by_path(catalog.source.text).get(catalog.path, ())


@lru_cache(maxsize=4)
def _by_path(text: str) -> Mapping[str | None, Sequence[tuple[int, jsonc.Object]]]:
    """Return the entries of a marketplace by the paths of the plugins that they offer: looked for once, for all plugins ask."""
    root = jsonc.parse(text, jsonc.JSON, 1 if text.startswith(BOM) else 0).root
    plugins = root.entries().get("plugins") if isinstance(root, jsonc.Object) else None
    base = marketplace.base_of(root) if isinstance(root, jsonc.Object) else ""
    found: dict[str | None, list[tuple[int, jsonc.Object]]] = {}
    for number, entry in enumerate(plugins.items if isinstance(plugins, jsonc.Array) else ()):
        if isinstance(entry, jsonc.Object):
            found.setdefault(marketplace.path_of(jsonc.value(entry), base), []).append((number, entry))
    return found


def _name(root: jsonc.Object) -> str | None:
    node = root.entries().get("name")
    name = jsonc.value(node) if node else None
    return name if isinstance(name, str) else None


def _called(plugin: str, kind: Kind, name: str) -> tuple[str, ...]:
    return (f"plugin_{plugin}_{name}",) if kind == "servers" else (name, f"{plugin}:{name}")


_DEFAULTS: dict[Kind, tuple[Place, ...]] = {
    "skills": skills.BY_FORMAT[ID].project,
    "commands": commands.BY_FORMAT[ID].project,
    "servers": servers.BY_FORMAT[ID].project[:1],
    "hooks": hooks.BY_FORMAT[ID].project,
}
BY_FORMAT = {ID: Container((plugin_index.PATH,), contents, offered, guarded=True, called=_called)}
