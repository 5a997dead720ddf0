"""What one client does with instructions: where it looks, what the files' headers say, and the same functions for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import imports, projecting, reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, PartsRead, Place, WrittenFile
    from agentconv.core.parts import Instruction, When
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Key
    from agentconv.parts.commands.shapes import Shape
    from agentconv.parts.instructions.imports import Imports

WHOLE = Markdown()
"""A file all of which is the text."""


def _no_problem(_source: PartSource) -> Complaint | None:
    return None


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one place, which a client reads alike."""

    place: Place
    shape: Shape = WHOLE
    keys: Mapping[str, Key] = field(default_factory=dict)
    """What holds fields of a header, in the order in which it is written."""
    silent: When = "always"
    """When a file is read whose header does not say."""
    asks: bool = False
    """Whether the model can ask for one by its description, where nothing else says when it is read."""
    main: bool = False
    personal: bool = False
    imports: Imports = ""
    judge: Callable[[PartSource], Complaint | None] = _no_problem
    """Says what is wrong with a file as a whole."""

    def nested(self) -> Files:
        """Return the same for files below the root, each for the folder that it is in."""
        return replace(self, place=replace(self.place, pattern=f"*/**/{self.place.pattern}"))


@dataclass(frozen=True, slots=True)
class Client:
    """A client's format of instructions."""

    format: str
    client: str
    """Its name, for messages."""
    files: tuple[Files, ...]
    """First those where we write what is always read."""
    own_files: tuple[Files, ...] = ()
    """Those of the user."""
    language: str = "minimatch"
    """What it reads patterns of files as."""
    everything: frozenset[str] = frozenset()
    """Patterns that come to no limit at all."""
    whens: frozenset[When] = frozenset()
    """What a file besides the main one can say of when it is read; nothing, where the client has no such files."""
    folded: Callable[[str], str] = str
    """The nearest description that a header can hold."""
    dead: tuple[str, ...] = ()
    """What patterns begin with that match no file of a project."""
    needs_text: bool = False
    """Whether it has no instruction without a text."""
    same_text_once: bool = False
    """Whether it shows the model one of several files that have the same text."""
    imports_again: bool = False
    """Whether it puts a file in that another one imports though it reads it by itself."""
    most_bytes: int | None = None
    """How much it reads of the files from the root down to a folder, all of them together."""
    limit: Callable[[SourceText], int | None] | None = None
    """Returns what its configuration says of that."""
    lists: tuple[str, ...] = ()
    """Files of its configuration that name further files."""
    listed: Callable[[SourceText], tuple[Place, ...]] | None = None
    """Returns where those are, in the project."""
    listed_as: Callable[[Place], Files] | None = None
    """Returns what the client makes of such files; nothing, where each is a text without a header."""
    kind: Kind = "instructions"

    @property
    def project(self) -> tuple[Place, ...]:
        """Where it looks in a project."""
        return tuple(one.place for one in self.files)

    @property
    def user(self) -> tuple[Place, ...]:
        """Where it looks for the user's own."""
        return tuple(one.place for one in self.own_files)

    @property
    def rows(self) -> str:
        """The name of the schema of its keys."""
        return schema_files.part_schema(self.kind, self.format)

    def files_at(self, place: Place) -> Files:
        """Return what the client makes of a place's files."""
        known = next((one for one in (*self.files, *self.own_files) if one.place == place), None)
        return known or (self.listed_as or Files)(place)

    def place_of(self, part: Instruction, places: Collection[Place]) -> Place:
        """Return the first place whose files are like an instruction."""
        candidates = [self.files_at(place) for place in places]
        fitting = [one for one in candidates if self._fits(one, part)]
        return (fitting or candidates)[0].place

    def _fits(self, files: Files, part: Instruction) -> bool:
        nested = files.place.pattern.startswith("*/")
        return (files.main, files.personal, nested) == (part.main, part.personal, part.folder is not None)

    def holds(self, part: Instruction, places: Collection[Place]) -> bool:
        """Whether there is such a place."""
        return any(self._fits(self.files_at(place), part) for place in places)

    def read(self, source: PartSource) -> PartsRead[Instruction]:
        """Read a file as the client does."""
        return reading.read(self, source)

    def perhaps_named(self, source: PartSource) -> list[str]:
        """Return the files that a file names if they are there, by their paths from the project's root."""
        return imports.perhaps(source.text.text, source.text.path.rpartition("/")[0], self.files_at(source.place).imports)

    def to_project(self, projection: PartProjection[Instruction]) -> None:
        """Turn an instruction into the most of it that the client can hold."""
        projecting.project(self, projection)

    def path(self, part: Instruction, place: Place) -> str:
        """Return where an instruction's file goes."""
        return writing.path(part, place)

    def write(
        self, parts: Iterable[Instruction], path: str, original: PartSource | None, _without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Write an instruction's file."""
        return writing.write(self, tuple(parts), path, original)

    def encoded(self, files: Files, part: Instruction) -> dict[str, Json]:
        """Return the keys of an instruction's header."""
        return writing.encoded(self, files, part)
