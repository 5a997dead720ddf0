"""A part that leaves its plugin for a project in which the plugin lies: what names the plugin's folder names it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import hook_handlers, references
from agentconv.core.dataclass import replace
from agentconv.core.parts import CONTAINER_FOLDER, Body, FileText, PermissionSet, Server, SetHook, ShellOutput
from agentconv.parts.placeholders.parsing import joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.parts import BodyPart, Part


def rebased(part: Part, folder: str) -> Part:
    """Return a part with the path of its plugin's folder in the place of what its client would fill in.

    Args:
        part: The part.
        folder: The path, relative to where a client starts what is in a project; `.` where the plugin is all of it.
    """
    if isinstance(part, Server):
        before = {(place, key): references.parts_of(value) for place, key, value in references.values(part.definition)}
        made = {where: tuple(_reference(one, folder) for one in parts) for where, parts in before.items()}
        changed = {where: references.merged(parts) for where, parts in made.items() if parts != before[where]}
        return replace(part, definition=references.with_parts(part.definition, changed)) if changed else part
    if isinstance(part, SetHook):
        return _hook(part, folder)
    if isinstance(part, PermissionSet) or part.body is None:
        return part
    parts = tuple(_placed(part.body.parts, folder))
    return part if parts == part.body.parts else replace(part, body=Body(joined(parts), part.body.appended))


def _hook(part: SetHook, folder: str) -> SetHook:
    """Return a hook whose scripts lie in a folder of the project."""
    if folder == ".":
        return part
    handlers = tuple(
        {**one, "command": hook_handlers.plugin_folder().sub(f"${{CLAUDE_PROJECT_DIR}}/{folder}", str(one["command"]))}
        if isinstance(one, dict) and "command" in one
        else one
        for one in part.definition.handlers
    )
    files = tuple(replace(file, path=f"{folder}/{file.path}") for file in part.files)
    return replace(part, definition=replace(part.definition, handlers=handlers), files=files)


def _reference(part: references.Part, folder: str) -> references.Part:
    return folder if part == references.CONTAINER_FOLDER else part


def _placed(parts: Iterable[BodyPart], folder: str) -> Iterable[BodyPart]:
    for part in parts:
        if part == CONTAINER_FOLDER:
            yield folder
        elif isinstance(part, ShellOutput):
            yield replace(part, command=joined(_placed(part.command, folder)))
        elif isinstance(part, FileText):
            yield replace(part, path=joined(_placed(part.path, folder)))
        else:
            yield part
