"""MCP servers for tests: files as their clients find them, and the way from one client to another."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parted_clients import clients_with

from agentconv.core import references, schema_files
from agentconv.core.ir import McpServer
from agentconv.core.meant import Text
from agentconv.core.part_format import PartProjection, PartSource, Place
from agentconv.core.parts import Server
from agentconv.core.source import SourceText
from agentconv.families import toml_text
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat, PartsRead, Scope

FIXTURES = Path(__file__).parent / "fixtures" / "servers"
CLIENTS = clients_with("servers")
KEYS = {**dict.fromkeys(CLIENTS, "mcpServers"), "codex": "mcp_servers", "opencode": "mcp", "kilo": "mcp", "goose": "extensions"}


def client(format_id: str) -> PartFormat[Server]:
    """Return a client's format of servers."""
    found = part_format(format_id, "servers")
    assert found is not None, format_id
    return found


def place_of(format_id: str, scope: Scope = "project") -> Place:
    """Return where a client's servers are written; those of the user alone, where it has no others."""
    module = client(format_id)
    return (module.project if scope == "project" and module.project else module.user)[0]


def files() -> list[Path]:
    """Return the fixtures: files below a folder for their client."""
    return sorted(path for path in FIXTURES.glob("*/*") if ".expected" not in path.name and ".out" not in path.name)


def source(format_id: str, data: bytes, place: Place | None = None) -> PartSource:
    """Return a file where its client looks first."""
    place = place or place_of(format_id)
    return PartSource(SourceText(place.path, data), place)


def fixture(path: Path) -> PartSource:
    """Return a fixture as a source: at the place that it is called after, with dots for slashes, else where its client looks first.

    What ends as the files of a folder alone do lies in that folder.
    """
    module = client(path.parent.name)
    folders = {Path(place.pattern).suffix: place for place in module.project if place.pattern}
    if path.suffix in folders and path.suffix != Path((module.project or module.user)[0].path).suffix:
        place = folders[path.suffix]
        return PartSource(SourceText(f"{place.path}/{path.name}", path.read_bytes()), place)
    places = {place.path.strip(".").replace("/", "."): place for place in module.project}
    return source(path.parent.name, path.read_bytes(), places.get(path.name))


def made(format_id: str, servers: dict[str, Any]) -> bytes:
    """Return a file with servers in the client's keys."""
    if format_id == "codex":
        return toml_text.document({KEYS[format_id]: servers}).encode()
    if format_id == "vibe":
        named = [{"name": name, **config} if isinstance(config, dict) else config for name, config in servers.items()]
        return f"mcp_servers = {toml_text.inline(named)}\n".encode()
    return json.dumps({KEYS[format_id]: servers}, ensure_ascii=False, indent=2).encode()


def read(format_id: str, data: bytes) -> PartsRead[Server]:
    """Read a file as its client does."""
    return client(format_id).read(source(format_id, data))


def projected(server: Server, target: str, scope: Scope = "project") -> PartProjection[Server]:
    """Take a server to another client."""
    projection = PartProjection(server, target, scope if client(target).project else "user")
    client(target).to_project(projection)
    return projection


def written(target: str, servers: list[Server], original: PartSource | None = None) -> bytes:
    """Write servers into a client's file."""
    (file,) = client(target).write(servers, original.text.path if original else place_of(target).path, original)
    return file.data


def rows(format_id: str) -> dict[str, dict[str, Any]]:
    """Return the keys of a client's schema."""
    found: dict[str, dict[str, Any]] = schema_files.load(schema_files.part_schema("servers", format_id))["properties"]
    return found


def plain(value: Any) -> Any:
    """Return a server as plain values, without what is not said; references are spelled as most clients do."""
    if isinstance(value, (Server, McpServer)):
        held = {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.name not in ("id", "origin")}
        return {name: plain(item) for name, item in held.items() if item not in (None, {})}
    if isinstance(value, Text):
        return references.common(value.parts)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
