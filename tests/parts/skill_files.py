"""Skills for tests: folders as their clients find them, and the way from one client to another."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parted_clients import clients_with

from agentconv.core.part_format import PartProjection, PartSource
from agentconv.core.parts import FolderFile, Skill
from agentconv.core.source import SourceText
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.part_format import PartFormat, PartsRead, WrittenFile

FIXTURES = Path(__file__).parent / "fixtures" / "skills"
CLIENTS = clients_with("skills")


def client(format_id: str) -> PartFormat[Skill]:
    """Return a client's format of skills."""
    found = part_format(format_id, "skills")
    assert found is not None, format_id
    return found


def folders() -> list[Path]:
    """Return the fixtures: one folder a skill, below one for its client."""
    return sorted(path.parent for path in FIXTURES.glob("*/*/SKILL.md"))


def source(format_id: str, data: bytes, folder: str = "one", files: tuple[FolderFile, ...] = ()) -> PartSource:
    """Return a skill's folder where its client looks first."""
    place = client(format_id).project[0]
    return PartSource(SourceText(f"{place.path}/{folder}/SKILL.md", data), place, files)


def fixture(folder: Path) -> PartSource:
    """Return a fixture as a source."""
    return source(folder.parent.name, (folder / "SKILL.md").read_bytes(), folder.name, tuple(_files(folder)))


def _files(folder: Path) -> Iterator[FolderFile]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in ("SKILL.md", "expected.json", "converted.md"):
            yield FolderFile(name, path.read_bytes(), path.stat().st_mode & 0o100 != 0)


def read(given: PartSource, format_id: str) -> PartsRead[Skill]:
    """Read a folder as a client does."""
    return client(format_id).read(given)


def projected(skill: Skill, target: str) -> PartProjection[Skill]:
    """Send a skill to another client."""
    projection = PartProjection(skill, target)
    client(target).to_project(projection)
    return projection


def written(skill: Skill, target: str, original: PartSource | None = None) -> tuple[WrittenFile, ...]:
    """Write a skill where a client looks first."""
    there = client(target)
    return there.write((skill,), there.path(skill, there.project[0]), original)


def read_back(files: tuple[WrittenFile, ...], target: str) -> PartsRead[Skill]:
    """Read what was written."""
    main, *beside = files
    folder = main.path.rpartition("/")[0]
    found = tuple(FolderFile(one.path.removeprefix(f"{folder}/"), one.data, one.executable) for one in beside)
    return read(PartSource(SourceText(main.path, main.data), client(target).project[0], found), target)


def plain(value: Any) -> Any:
    """Return a value in JSON's terms, without what says nothing."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {key: one for key, one in told.items() if one not in (None, [], {}, "")}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def told(skill: Skill, given: PartSource, target: str) -> str:
    """Say what becomes of a skill in another client: its losses, and the files."""
    projection = projected(skill, target)
    lines = [f"## {target}", "", *(f"- {one.severity} {one.code} {one.field}: {one.detail}" for one in projection.losses), ""]
    if projection.is_refused() or projection.instead:
        return "\n".join(lines)
    for one in written(projection.part, target, given):
        lines += [f"`{one.path}`{' (executable)' if one.executable else ''}", "", "````", one.data.decode().rstrip("\n"), "````", ""]
    return "\n".join(lines)
