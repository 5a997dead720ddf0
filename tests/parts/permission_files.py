"""Sets of rules for tests: files as their clients find them, and the way from one client to another."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parted_clients import clients_with

from agentconv.core.part_format import PartProjection, PartSource
from agentconv.core.source import SourceText
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat, Place
    from agentconv.core.parts import PermissionSet

FIXTURES = Path(__file__).parent / "fixtures" / "permissions"


def client(format_id: str) -> PartFormat[PermissionSet]:
    """Return a client's format of rules."""
    found = part_format(format_id, "permissions")
    assert found is not None, format_id
    return found


def _takes_others(format_id: str) -> bool:
    """Whether rules of other clients are written into a client's files."""
    found: Any = client(format_id)
    return bool(found.project) and bool(found.client.effects)


WRITTEN = tuple(one for one in clients_with("permissions") if _takes_others(one))
"""The clients into whose files rules of others are written."""


def files() -> list[Path]:
    """Return the fixtures: files below a folder for their client."""
    return sorted(path for path in FIXTURES.glob("*/*") if ".expected" not in path.name)


def place_of(path: Path) -> Place:
    """Return the place that a fixture is called after, with dots for slashes."""
    module = client(path.parent.name)
    places = [*module.user, *module.project]
    named = {place.path.strip(".").replace("/", "."): place for place in places}
    return named.get(path.name) or next(
        (place for place in places if place.pattern and path.name.endswith(place.pattern[1:])), (*module.project, *module.user)[0]
    )


def fixture(path: Path) -> PartSource:
    """Return a fixture as a source where its client finds it."""
    place = place_of(path)
    return PartSource(SourceText(f"{place.path}/{path.name}" if place.pattern else place.path, path.read_bytes()), place)


def settings_of(format_id: str) -> Place:
    """Return the first place of a client that is no file of lines: in a project, else for its user."""
    module = client(format_id)
    return next(place for place in (*module.project, *module.user) if not place.path.endswith("ignore"))


def read(format_id: str, value: Any) -> PermissionSet:
    """Return the rules of a value in a client's first file."""
    place = client(format_id).project[0]
    (part,) = client(format_id).read(PartSource(SourceText(place.path, json.dumps(value).encode()), place)).parts
    return part


def read_back(format_id: str, value: Any) -> PermissionSet:
    """Return the rules of what `written` gives."""
    place = client(format_id).project[0]
    data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    (part,) = client(format_id).read(PartSource(SourceText(place.path, data), place)).parts
    return part


def projected(part: PermissionSet, target: str) -> PartProjection[PermissionSet]:
    """Return rules on their way to another client."""
    projection: PartProjection[PermissionSet] = PartProjection(part, target)
    client(target).to_project(projection)
    return projection


def written(part: PermissionSet, target: str) -> Any:
    """Return what is in a client's file, once rules are written."""
    place = client(target).project[0]
    data = client(target).write((part,), place.path, None)[0].data
    return json.loads(data) if place.path.endswith(".json") else data.decode()


def plain(value: Any) -> Any:
    """Return a value as JSON holds it, without what says nothing."""
    if dataclasses.is_dataclass(value):
        found = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: item for name, item in found.items() if item not in (None, "", [], {})}
    return [plain(one) for one in value] if isinstance(value, tuple) else dict(value) if isinstance(value, dict) else value
