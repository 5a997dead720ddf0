"""Where the parts of an extension of Gemini CLI 0.61.0 lie (asked): in its folders, and the servers in its own file.

https://geminicli.com/docs/extensions/reference

`contextFileName` takes the place of GEMINI.md, `excludeTools` closes tools, hooks lie in `hooks/hooks.json` and rules in `policies/`
(`loadExtension` in its bundle). A path that leads out of the extension is passed over.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.container import Container, Contents, Fault
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.formats.gemini import commands, hooks, instructions, permissions, servers, skills
from agentconv.formats.gemini.extension_index import MANIFEST
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.container import There
    from agentconv.core.kinds import Kind
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

ID = "gemini-extension"
_PLACES: dict[Kind, tuple[Place, ...]] = {
    "skills": skills.BY_FORMAT[ID].project,
    "commands": commands.BY_FORMAT[ID].project,
    "servers": tuple(replace(place, at="/mcpServers") for place in servers.BY_FORMAT[ID].project),
    "hooks": hooks.BY_FORMAT[ID].project,
    "permissions": permissions.BY_FORMAT[ID].project,
    "instructions": instructions.BY_FORMAT[ID].project,
}
_CONTEXT = "contextFileName"


def contents(source: SourceText, there: There) -> Contents:
    """Return what an extension's own file says of its parts."""
    found = MANIFEST.problems(source)
    problem = Fault(*found[0]) if found else None
    root = jsonc.parse(source.text, jsonc.JSON).root
    node = root.entries().get(_CONTEXT) if isinstance(root, jsonc.Object) else None
    faults: list[Fault] = []
    context = tuple(_context(node, there, faults)) if node is not None and jsonc.value(node) else _PLACES["instructions"]
    return Contents(MANIFEST.about(source).name, {**_PLACES, "instructions": context}, tuple(faults), problem=problem)


def _context(node: Node, there: There, faults: list[Fault]) -> Iterator[Place]:
    """Yield the files with instructions that an extension names."""
    for item in node.items if isinstance(node, jsonc.Array) else [node]:
        path = jsonc.value(item)
        if not isinstance(path, str) or not path.strip():
            reason = f"`{_CONTEXT}` is a path, or a list of paths"
        elif PurePosixPath(path).is_absolute() or ".." in path:
            reason = f"`{path}` leads out of the extension"
        elif there(str(PurePosixPath(path))) != "file":
            reason = f"`{path}` is not there"
        else:
            yield Place("", str(PurePosixPath(path)))
            continue
        faults.append(Fault(Complaint(reason, _CONTEXT, Effect.IGNORES), item.start, item.end))


BY_FORMAT = {ID: Container((MANIFEST.path,), contents)}
