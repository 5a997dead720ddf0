"""Writing commands: of a file that is there, only what means something else now changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.part_format import PartSource, WrittenFile, difference
from agentconv.core.source import SourceText, encode
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT
from agentconv.parts.commands import reading
from agentconv.parts.commands.shapes import Change, New
from agentconv.parts.placeholders import spell
from agentconv.parts.skills.writing import differences, stands

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.core.ir import Json
    from agentconv.core.part_format import Place
    from agentconv.core.parts import Command
    from agentconv.parts.commands.client import Client


def path(client: Client, command: Command, place: Place) -> str:
    """Return where a command's file goes; of a shared one, where it is."""
    if not place.pattern:
        return place.path
    end = place.pattern.rpartition("*")[2]
    if not end and reading.script_of(command) is None:
        end = next(iter(client.shapes))
    return f"{place.path}/{as_path(command.name or command.id)}{end}"


def as_path(name: str) -> str:
    """Return a name as the path of a file, as far as it can be one."""
    return "/".join(names.stem(one) for one in name.split("/") if one.strip(". ")) or names.stem(name)


def write(
    client: Client, commands: tuple[Command, ...], path: str, original: PartSource | None, without: Collection[str]
) -> tuple[WrittenFile, ...]:
    """Write a command's file, or put commands into a shared one; without any, a file stays as it is."""
    if original is not None and not commands and not without:
        return (WrittenFile(path, original.text.data, original.executable),)
    script = reading.script_of(commands[0]) if commands and client.runs_files else None
    if script is not None:
        return (WrittenFile(path, encode(script), executable=original.executable if original else True),)
    shape = client.shape_of(path)
    if original is not None and original.text.size:
        there = PartSource(SourceText(path, original.text.data), original.place, executable=original.executable)
        data = _patched(client, commands, there, without)
        if data is None and not there.place.pattern:
            data = original.text.data  # it is the user's, and cannot be read
        if data is not None:
            return (WrittenFile(path, data, original.executable),)
    return (WrittenFile(path, encode(shape.rendered([_new(client, one) for one in commands]))),)


def _patched(client: Client, commands: tuple[Command, ...], there: PartSource, without: Collection[str]) -> bytes | None:
    """Change only what differs; None where the file cannot be read as its client's, or single values not be changed."""
    shape = client.shape(there.text)
    old, opened = reading.read(client, there), shape.open(there.text, client.client)
    shared = not there.place.pattern
    if not shared and len(old.parts) == 1 and not difference(old.parts[0], commands[0]):
        return there.text.data
    known = {one.name: index for index, one in enumerate(opened.entries)} if shared else {}
    changes: dict[int, Change] = {}
    added = []
    for command in commands:
        index = known.get(command.name) if shared else 0
        if index is None or index >= len(opened.entries):
            added.append(_new(client, command, shared=shared))
        elif change := _change(client, old.parts[index], command):
            changes[index] = change
    removed = [index for name, index in known.items() if name in without]
    if not changes and not added and not removed:
        return there.text.data
    if shared and opened.problem and not opened.entries:
        return None
    written = shape.patched(there.text, changes, added, removed)
    if written is None:
        return None
    data = encode(written)
    return data if shared or _reads_as(client, PartSource(SourceText(there.text.path, data), there.place), commands[0]) else None


def _reads_as(client: Client, there: PartSource, command: Command) -> bool:
    again = reading.read(client, there)
    return len(again.parts) == 1 and not again.states[0].dropped and not difference(again.parts[0], command)


def _change(client: Client, old: Command, command: Command) -> Change | None:
    """Return what is to become of an entry; None where it stays."""
    if not difference(old, command):
        return None
    before, after = encoded(client, old), encoded(client, command)
    body = None if old.body == command.body else body_text(client, command)
    return Change(differences(before, after), body)


def _new(client: Client, command: Command, *, shared: bool = False) -> New:
    values = {key: value for key, value in encoded(client, command).items() if not shared or key != client.name_key}
    return New(command.name or "", values, body_text(client, command))


def body_text(client: Client, command: Command) -> str:
    """Return a command's text in its client's words."""
    if command.body is None:
        return ""
    at_home = command.origin is not None and command.origin.format == client.format
    return spell(command.body, client.language, command.arguments or (), client.language if at_home else None).text.strip(SPACE)


def encoded(client: Client, command: Command) -> dict[str, Json]:
    """Return a command's keys; a value that the client passes over stays as it stood while it reads as the fields say."""
    extras = command.extras.get(client.format, {})
    header: dict[str, Json] = {}
    if client.name_key and command.name and (client.says_name or as_path(command.name) != command.name):
        header[client.name_key] = command.name
    for name, key in client.keys.items():
        value = extras[name] if name in extras and stands(key, extras[name], command) else key.write(command)  # type: ignore[arg-type]
        if value is not ABSENT:
            header[name] = value  # type: ignore[assignment]
    for name, value in extras.items():
        header.setdefault(name, value)
    if client.starters:
        header.update(client.starters.lower(command))  # type: ignore[arg-type]
    return header
