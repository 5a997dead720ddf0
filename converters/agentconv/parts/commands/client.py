"""What one client does with commands: the facts that differ, and the same functions for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass
from agentconv.parts.commands import projecting, reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, PartsRead, Place, WrittenFile
    from agentconv.core.parts import Command
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Key
    from agentconv.parts.commands.shapes import Shape
    from agentconv.parts.placeholders import Language
    from agentconv.parts.skills.keys import Starters


def _no_complaint(_name: str) -> str | None:
    return None


def _no_problem(_source: PartSource) -> Complaint | None:
    return None


def _nothing_more(_header: dict[str, Json]) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Client:
    """A client's format of commands."""

    format: str
    client: str
    """Its name, for messages."""
    project: tuple[Place, ...]
    user: tuple[Place, ...]
    shapes: Mapping[str, Shape]
    """By what a file's name ends with."""
    language: Language
    keys: Mapping[str, Key]
    """The keys that hold fields, in the order in which they are written."""
    starters: Starters | None = None
    """The keys by which it keeps a command to the user or to the model; without any, a command is the user's alone to start."""
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = _nothing_more
    """Takes keys out of a header that only mean something together, and returns their fields."""
    name_key: str | None = None
    """A key whose text is what the command is called."""
    name_as_text: bool = False
    """Whether a number there is a name, too."""
    says_name: bool = False
    """Whether a file is written with its command's name even where its path says the same."""
    spelled: Callable[[str], str] = str
    """What the client makes of the path below its place."""
    bad_name: Callable[[str], str | None] = _no_complaint
    """Why the client has no command of such a name."""
    legal_name: Callable[[str], str] = str
    """The nearest name that it takes; empty where there is none."""
    judge: Callable[[PartSource], Complaint | None] = _no_problem
    """Says what is wrong with a file as a whole."""
    runs_files: bool = False
    """Whether it runs a file that starts with `#!`, whose output is the text."""
    keeps_unknown: bool = False
    """Whether a key that nobody knows does no harm in its files."""
    agents_apart: bool = False
    """Whether a command is sent to another agent only in a conversation of its own."""
    needs_body: bool = False
    """Whether it has no command without a text."""
    kind: Kind = "commands"

    @property
    def rows(self) -> str:
        """The name of the schema of its keys."""
        return schema_files.part_schema(self.kind, self.format)

    @property
    def holds(self) -> frozenset[str]:
        """The fields that a command of this client has."""
        held = {name for one in self.keys.values() for name in one.fields}
        return frozenset({"name", "body", "extras", *held, *({"invoked_by"} if self.starters else set())})

    def shape(self, source: SourceText) -> Shape:
        """Return the shape of a file, by its name."""
        return self.shape_of(source.path)

    def shape_of(self, path: str) -> Shape:
        """Return the shape of files that are called so."""
        ends = sorted(self.shapes, key=len, reverse=True)
        return self.shapes[next((end for end in ends if path.lower().endswith(end)), ends[-1])]

    def read(self, source: PartSource) -> PartsRead[Command]:
        """Read all commands of a file as the client does; what it does not load is recovered."""
        return reading.read(self, source)

    def to_project(self, projection: PartProjection[Command]) -> None:
        """Turn a command into the most of it that the client can hold."""
        projecting.project(self, projection)

    def path(self, part: Command, place: Place) -> str:
        """Return where a command's file goes: its name below the place."""
        return writing.path(self, part, place)

    def write(
        self, parts: Iterable[Command], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Write a command's file, or put commands into a shared one."""
        return writing.write(self, tuple(parts), path, original, without)
