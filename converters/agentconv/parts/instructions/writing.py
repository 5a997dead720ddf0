"""Writing instructions: of a file that is there, only what means something else now changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import PartSource, WrittenFile, difference
from agentconv.core.source import encode
from agentconv.families.keys import ABSENT
from agentconv.parts.commands.shapes import Change, New
from agentconv.parts.commands.writing import as_path
from agentconv.parts.instructions import imports, reading
from agentconv.parts.skills.writing import differences

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import Place
    from agentconv.core.parts import Instruction
    from agentconv.parts.instructions.client import Client, Files


def path(part: Instruction, place: Place) -> str:
    """Return where an instruction's file goes: of those that are called by their place, there; of others, by its name."""
    name = place.pattern.rpartition("/")[2]
    if "*" not in name:
        return "/".join(filter(None, (place.path, part.folder if "*" in place.pattern else None, name)))
    stem = as_path(part.name or part.id)
    stem = stem if "**" in place.pattern else stem.replace("/", "-")
    return f"{place.path}/{stem}{name.rpartition('*')[2] or '.md'}"


def write(client: Client, parts: tuple[Instruction, ...], path: str, original: PartSource | None) -> tuple[WrittenFile, ...]:
    """Write an instruction's file; without one, nothing."""
    if not parts:
        return ()
    part = parts[0]
    files = client.files_at(original.place if original else client.place_of(part, (*client.project, *client.user)))
    data = _patched(client, files, part, path, original) if original is not None else None
    if data is None:
        data = encode(files.shape.rendered([New(part.name or "", client.encoded(files, part), text(part, path))]))
    return (WrittenFile(path, data, original.executable if original else False),)


def text(part: Instruction, path: str) -> str:
    """Return a text as it stands in a file."""
    return imports.spell(part.body, path.rpartition("/")[0])


def _patched(client: Client, files: Files, part: Instruction, path: str, original: PartSource) -> bytes | None:
    """Change only what differs; None where the file cannot be read as its client's, or single values not be changed."""
    there = PartSource(original.text.put(original.text.data, path), original.place, executable=original.executable)
    old = reading.read(client, there).parts[0]
    if not difference(old, part):
        return original.text.data
    keys = differences(client.encoded(files, old), client.encoded(files, part))
    body = None if old.body == part.body else text(part, path)
    written = files.shape.patched(there.text, {0: Change(keys, body)}, (), ())
    if written is None:
        return None
    again = reading.read(client, PartSource(original.text.put(encode(written), path), original.place))
    return encode(written) if not again.states[0].dropped and not difference(again.parts[0], part) else None


def encoded(client: Client, files: Files, part: Instruction) -> dict[str, Json]:
    """Return the keys of a header: those of fields, and what else stood there."""
    header: dict[str, Json] = {}
    for name, key in files.keys.items():
        value = key.write(part)  # type: ignore[arg-type]
        if value is not ABSENT:
            header[name] = value  # type: ignore[assignment]
    for name, value in part.extras.get(client.format, {}).items() if files.keys else ():
        header.setdefault(name, value)
    return header
