"""Commands for tests: files as their clients find them, and the way from one client to another."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parted_clients import clients_with

from agentconv.core.part_format import PartProjection, PartSource
from agentconv.core.parts import Command
from agentconv.core.source import SourceText
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat, PartsRead, Place

FIXTURES = Path(__file__).parent / "fixtures" / "commands"
CLIENTS = clients_with("commands")


def client(format_id: str) -> PartFormat[Command]:
    """Return a client's format of commands."""
    found = part_format(format_id, "commands")
    assert found is not None, format_id
    return found


def cases() -> list[Path]:
    """Return the fixtures: one folder a file, below one for its client."""
    return sorted(path.parent for path in FIXTURES.glob("*/*/expected.json")) or sorted(FIXTURES.glob("*/*"))


def source(format_id: str, data: bytes, path: str = "one.md") -> PartSource:
    """Return a file where its client looks first, or the shared file that is called so."""
    place = _place(format_id, path)
    return PartSource(SourceText(f"{place.path}/{path}" if place.pattern else place.path, data), place)


def _place(format_id: str, path: str) -> Place:
    places = client(format_id).project
    shared = next((place for place in places if place.path == path), None)
    return shared or next(place for place in places if path.endswith(place.pattern.rpartition("*")[2]))


def fixture(folder: Path) -> PartSource:
    """Return a fixture as a source."""
    (path,) = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "expected.json")
    return source(folder.parent.name, path.read_bytes(), path.relative_to(folder).as_posix())


def read(given: PartSource, format_id: str) -> PartsRead[Command]:
    """Read a file as a client does."""
    return client(format_id).read(given)


def projected(command: Command, target: str) -> PartProjection[Command]:
    """Send a command to another client."""
    projection = PartProjection(command, target)
    client(target).to_project(projection)
    return projection


def written(command: Command, target: str, original: PartSource | None = None) -> PartSource:
    """Write a command where a client looks first, or over a file."""
    there = client(target)
    place = original.place if original else there.project[0]
    path = original.text.path if original else there.path(command, place)
    (file,) = there.write((command,), path, original)
    return PartSource(SourceText(file.path, file.data), place, executable=file.executable)


def plain(value: Any) -> Any:
    """Return a value for JSON, with what says nothing left out."""
    if isinstance(value, str):
        return str(value)
    if dataclasses.is_dataclass(value):
        said = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        named = {} if isinstance(value, Command) else {"is": type(value).__name__}
        return named | {key: one for key, one in said.items() if one not in (None, "", {}, False)}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value
