"""Where `plugin.json` says that a plugin's parts are, and what in that keeps Claude Code 2.1.329 from loading it (asked, key by key).

`agents`, `commands` and `skills` are a path or a list of them, each from `./`; `commands` may be a map, too: a name for each `source`, a
path, or `content`, the text itself. `mcpServers` is a map of servers, a path to a file with one, or a list of both. One wrong type, and
nothing of the plugin loads; a path that leads nowhere, or out of the plugin, costs only what it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.formats.claude import mcp_servers
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Json
    from agentconv.json.jsonc import Node

Fault = tuple[Complaint, "Node"]
BUNDLED = (".mcpb", ".dxt")
"""What archives end in that hold a server, which no other client starts from there."""
_ENDS = {
    "agents": (".md",),
    "commands": (),
    "skills": (),
    "hooks": (),
    "mcpServers": (".json", *BUNDLED),
    "lspServers": (),
    "outputStyles": (),
}
"""Keys that hold paths of the plugin, and what these end in."""
_IN_PLACE = frozenset({"commands", "hooks", "mcpServers", "lspServers"})
"""Those of them that may be a map of what they stand for."""
_COMMAND = {"description": str, "argumentHint": str, "model": str, "allowedTools": list}
"""What a manifest may say of a command beside where its text is."""
GIVEN = {"description": "description", "argumentHint": "argument-hint", "model": "model", "allowedTools": "allowed-tools"}
"""The keys of a command's own header for these."""


def faults(nodes: dict[str, Node]) -> Iterator[Fault]:
    """Yield what is wrong with the values of a manifest that say where parts are."""
    for key in _ENDS:
        if key in nodes:
            yield from path_faults(key, nodes[key])
    commands = nodes.get("commands")
    if isinstance(commands, jsonc.Object):
        yield from _command_faults(commands)
    if "mcpServers" in nodes:
        yield from _server_faults(nodes["mcpServers"])


def header_of(given: Mapping[str, Json]) -> dict[str, Json]:
    """Return what a manifest says of a command as the command's own header would say it."""
    return {GIVEN[key]: value for key, value in given.items() if key in GIVEN}


def items(node: Node) -> list[Node]:
    """Return the items of a list, or else the one value."""
    return node.items if isinstance(node, jsonc.Array) else [node]


def path_faults(key: str, node: Node) -> Iterator[Fault]:
    """Yield what is wrong with a path of the plugin, or with a list of such."""
    ends = _ENDS[key]
    if isinstance(node, jsonc.Object) and key in _IN_PLACE:
        return
    for item in items(node):
        path = jsonc.value(item)
        if isinstance(path, dict) and key in _IN_PLACE - {"commands"}:
            continue
        if not isinstance(path, str) or not path.startswith("./") or (ends and not path.endswith(ends)):
            words = f" and end in {' or '.join(f'`{end}`' for end in ends)}" if ends else ""
            yield Complaint(f"`{key}` must list paths that start with `./`{words}", key), item


def _command_faults(node: jsonc.Object) -> Iterator[Fault]:
    for name, entry in node.entries().items():
        place = f"`commands.{name}`"
        given = jsonc.value(entry)
        if not isinstance(given, dict) or ("source" in given) == ("content" in given):
            yield Complaint(f"{place} must be a map with either a `source` or a `content`", "commands"), entry
            continue
        text = given.get("source", given.get("content"))
        if not isinstance(text, str) or ("source" in given and not text.startswith("./")):
            yield Complaint(f"the `source` of {place} must be a path that starts with `./`, its `content` a text", "commands"), entry
        for key, kind in _COMMAND.items():
            if key in given and not isinstance(given[key], kind):
                yield Complaint(f"`{key}` of {place} must be {'a list' if kind is list else 'text'}", "commands"), entry


def _server_faults(node: Node) -> Iterator[Fault]:
    for item in items(node):
        for name, entry in item.entries().items() if isinstance(item, jsonc.Object) else ():
            if mcp_servers.read_config(name, jsonc.value(entry)) is None:
                yield Complaint(f"`mcpServers.{name}` is no server that can be started", "mcpServers"), entry
