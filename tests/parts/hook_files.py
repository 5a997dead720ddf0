"""Hooks for tests: files as their clients find them, and the way from one client to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core.part_format import PartProjection, PartSource, Place
from agentconv.core.source import SourceText
from agentconv.formats.canonical import part_documents
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.part_format import PartFormat, PartsRead, Scope
    from agentconv.core.parts import FolderFile, SetHook

FIXTURES = Path(__file__).parent / "fixtures" / "hooks"


def client(format_id: str) -> PartFormat[SetHook]:
    """Return a client's format of hooks."""
    found = part_format(format_id, "hooks")
    assert found is not None, format_id
    return found


def first(format_id: str) -> Place:
    """Return where a client looks first: in a project, else for its user."""
    module = client(format_id)
    return (module.project or module.user)[0]


def files() -> list[Path]:
    """Return the fixtures: files below a folder for their client."""
    return sorted(path for path in FIXTURES.glob("*/*") if ".expected" not in path.name and ".out" not in path.name)


def source(format_id: str, data: bytes, place: Place | None = None, scripts: Sequence[FolderFile] = ()) -> PartSource:
    """Return a file where its client looks first."""
    place = place or first(format_id)
    return PartSource(SourceText(place.path, data), place, tuple(scripts))


def fixture(path: Path) -> PartSource:
    """Return a fixture as a source: at the place whose file is called so, else where its client looks first."""
    module = client(path.parent.name)
    places = {place.path.rpartition("/")[2]: place for place in module.project or module.user if not place.pattern}
    return source(path.parent.name, path.read_bytes(), places.get(path.name))


def read(format_id: str, data: bytes, scripts: Sequence[FolderFile] = ()) -> PartsRead[SetHook]:
    """Read a file of a client."""
    return client(format_id).read(source(format_id, data, scripts=scripts))


def plain(part: SetHook) -> dict[str, Any]:
    """Return a hook as a plain map."""
    return part_documents.plain(part)


def projected(part: SetHook, target: str, scope: Scope = "project") -> PartProjection[SetHook]:
    """Take a hook to another client."""
    projection = PartProjection(part, target, scope)
    client(target).to_project(projection)
    return projection


def is_written(projection: PartProjection[SetHook]) -> bool:
    """Whether a hook has a place in the target."""
    return not (projection.omitted or projection.is_refused())


def written(format_id: str, parts: Sequence[SetHook], original: PartSource | None = None) -> bytes:
    """Write hooks into a client's file."""
    path = original.text.path if original else first(format_id).path
    return client(format_id).write(parts, path, original)[0].data
