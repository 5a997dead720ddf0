"""The hooks of a project or user of Cline 3.0.65 (its code): programs that are called as the events are.

https://docs.cline.bot/features/hooks

They answer in JSON of its own, so that no other client's hook is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.format import State
from agentconv.core.ir import Hook, Origin
from agentconv.core.part_format import PartsRead, Place, WrittenFile
from agentconv.core.parts import FolderFile, SetHook
from agentconv.parts.hooks import projecting, reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, PartProjection, PartSource

_CLIENT = reading.Client("cline", "Cline")


@dataclass(frozen=True, slots=True)
class ProgramFormat:
    """A client whose hooks are programs."""

    project: tuple[Place, ...]
    user: tuple[Place, ...]
    format: str = _CLIENT.format
    kind: Kind = "hooks"

    def read(self, source: PartSource) -> PartsRead[SetHook]:
        """Read the hook that a program is."""
        path = source.text.path
        event = path.rpartition("/")[2]
        if not vocabulary.knows_event(self.format, event):
            return PartsRead()
        hook = Hook(event, self.format, vocabulary.portable_event(self.format, event), None, ({"type": "command", "command": path},))
        files = (FolderFile(path, source.text.data, source.executable),)
        name = reading.name_of(hook)
        part = SetHook(name, name, hook, files, origin=Origin(self.format, path, ""))
        return PartsRead((part,), (State.LOADS if source.executable else State.NOT_LOADED,))

    def named(self, source: PartSource) -> list[str]:  # noqa: ARG002
        """Return no paths: the file itself is what runs."""
        return []

    def to_project(self, projection: PartProjection[SetHook]) -> None:
        """Say that another client's hook is not held."""
        projecting.project(_CLIENT, projection)

    def path(self, part: SetHook, place: Place) -> str:
        """Return where the program of an event lies."""
        return f"{place.path}/{part.definition.native_event}"

    def write(
        self, parts: Iterable[SetHook], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Write the program of an event."""
        program = next((file for part in parts for file in part.files), None)
        data = original.text.data if original else program.data if program else b""
        executable = original.executable if original else program is not None and program.executable
        return () if without else (WrittenFile(path, data, executable),)


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "cline": ProgramFormat(
        (Place(".clinerules/hooks", "*"), Place(".cline/hooks", "*")), (Place(".cline/hooks", "*"), Place("Documents/Cline/Hooks", "*"))
    )
}
