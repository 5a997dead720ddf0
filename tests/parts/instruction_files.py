"""Instructions for tests: files as their clients find them, and the way from one client to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parted_clients import clients_with

from agentconv.core.part_format import PartProjection, PartSource
from agentconv.core.source import SourceText
from agentconv.parts.registry import part_format
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat, PartsRead, WrittenFile
    from agentconv.core.parts import Instruction

FIXTURES = Path(__file__).parent / "fixtures" / "instructions"
CLIENTS = tuple(one for one in clients_with("instructions") if one != "claude-plugin")


def client(format_id: str) -> PartFormat[Instruction]:
    """Return a client's format of instructions."""
    found = part_format(format_id, "instructions")
    assert found is not None, format_id
    return found


def files() -> list[Path]:
    """Return the fixtures: files below one folder for each client, as they lie in a project."""
    return sorted(path for path in FIXTURES.glob("*/**/*") if path.is_file())


def source(format_id: str, path: str, data: bytes) -> PartSource:
    """Return a file where its client finds it."""
    return PartSource(SourceText(path, data), next(place for place in client(format_id).project if matches(place, path)))


def fixture(path: Path) -> tuple[str, PartSource]:
    """Return whose a fixture is, and the fixture as a source."""
    format_id, _, below = path.relative_to(FIXTURES).as_posix().partition("/")
    return format_id, source(format_id, below, path.read_bytes())


def read(given: PartSource, format_id: str) -> PartsRead[Instruction]:
    """Read a file as a client does."""
    return client(format_id).read(given)


def projected(part: Instruction, target: str) -> PartProjection[Instruction]:
    """Send an instruction to another client."""
    projection = PartProjection(part, target)
    client(target).to_project(projection)
    return projection


def written(part: Instruction, target: str) -> WrittenFile:
    """Write an instruction where a client looks for its like."""
    there = client(target)
    place = there.place_of(part, there.project)  # type: ignore[attr-defined]
    (file,) = there.write((part,), there.path(part, place), None)
    return file
