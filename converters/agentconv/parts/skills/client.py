"""What one client does with skills: the facts that differ, and the same functions for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from agentconv.core import names, schema_files
from agentconv.core.dataclass import dataclass, field
from agentconv.parts.placeholders import LANGUAGES, Language
from agentconv.parts.skills import bodies, projecting, reading, writing
from agentconv.parts.skills.keys import INFORMING, Starters, required_text
from agentconv.yaml.grammar import BUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Hook, Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, PartsRead, Place, WrittenFile
    from agentconv.core.parts import FolderFile, Skill
    from agentconv.core.source import SourceText
    from agentconv.families.frontmatter import Header, Rewritten
    from agentconv.families.keys import Key
    from agentconv.yaml.grammar import Grammar

LARGEST = 1_048_576
"""Bytes of a file that is read."""

_read_name = required_text("name")


def _as_it_is(name: str) -> str:
    return name


def _no_complaint(_name: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Client:
    """A client's format of skills."""

    format: str
    client: str
    """Its name, for messages."""
    project: tuple[Place, ...]
    user: tuple[Place, ...]
    find: Callable[[SourceText], Header | Complaint]
    """Finds the header as the client does, or says why there is none."""
    keys: Mapping[str, Key]
    """Its own keys, besides the name and those that only inform people."""
    fallback: Callable[[str], Rewritten | None] | None = None
    """Its repair of a header that does not parse."""
    grammar: Grammar = BUN
    perhaps: tuple[Place, ...] = ()
    """Where it looks as well, in a project, where the user's settings say so: nothing is written there, or taken along from there."""
    repairs_all: bool = False
    """Whether it turns to its repair for YAML that is no map, too."""
    starters: Starters | None = None
    """The keys by which it keeps a skill to the user or to the model."""
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = lambda _header: {}
    """Takes further keys out of a header that only mean something together, and returns their fields."""
    name_from: Literal["folder", "header", "either"] = "header"
    """What a skill is called by: its folder, whatever the header says; the header; or that, and the folder where it is silent."""
    read_name: Callable[[Json], str] = _read_name
    """What the client makes of the value of `name`; raises Refused."""
    bad_name: Callable[[str], str | None] = _no_complaint
    """Why the client has no skill of such a name."""
    legal_name: Callable[[str], str] = _as_it_is
    """The nearest name that it takes; empty where there is none."""
    described: Callable[[str], str | None] | None = None
    """What it shows of a body where the header has no description; None where it has no such skill then."""
    language: Language = LANGUAGES["plain"]
    """What it fills in in a body."""
    bare: bool = False
    """Whether a file without a header is a skill all the same."""
    passes_over: bool = False
    """Whether it takes a header that does not parse for one that says nothing."""
    needs_body: bool = False
    """Whether it has no skill without a body."""
    named_as_folder: bool = False
    """Whether it has no skill whose name is not that of its folder."""
    needs_description: bool = True
    """Whether it has no skill without one."""
    races: bool = False
    """Whether of several skills of one name it takes now this and now that one."""
    longest_description: int | None = None
    """Characters above which it has no such skill."""
    shown_description: int | None = None
    """Characters of a description that it shows."""
    beside: Mapping[str, Callable[[bytes], Mapping[str, object]]] = field(default_factory=dict)
    """Files beside SKILL.md, by their paths, that say something of the skill to the client, too."""
    said_beside: Callable[[FolderFile], Iterable[str]] = lambda _file: ()
    """Names what else such a file says than fields hold."""
    read_hooks: Callable[[Json], tuple[Hook, ...]] | None = None
    """Reads the hooks of a skill, where it runs them."""
    settle: Callable[[PartProjection[Skill]], None] = lambda _projection: None
    """What else it does to a skill on its way there."""
    max_bytes: int = LARGEST
    kind: Kind = "skills"

    @property
    def rows(self) -> str:
        """The name of the schema of its keys."""
        return schema_files.part_schema(self.kind, self.format)

    @property
    def table(self) -> dict[str, Key]:
        """All keys that hold fields, in the order in which they are written."""
        return {**self.keys, **INFORMING}

    @property
    def holds(self) -> frozenset[str]:
        """The fields that a skill of this client has."""
        held = {name for one in self.table.values() for name in one.fields}
        by = {"invoked_by"} if self.starters or self.beside else set()
        return frozenset({"name", "body", "files", "extras", *held, *by})

    def read(self, source: PartSource) -> PartsRead[Skill]:
        """Read a skill's file, and what is beside it, as the client does."""
        return reading.read(self, source)

    def to_project(self, projection: PartProjection[Skill]) -> None:
        """Turn a skill into the most of it that the client can hold."""
        projecting.project(self, projection)

    def path(self, part: Skill, place: Place) -> str:
        """Return where a skill's file goes: into a folder that is called as the skill is, as far as a folder can be."""
        name, at_home = part.name or part.id, part.origin is not None and part.origin.format == self.format
        return f"{place.path}/{names.folder(name) if at_home else names.stem(name)}/{reading.FILE}"

    def spell_body(self, skill: Skill) -> str:
        """Write a body as the client reads it."""
        return bodies.spelled(skill, self.language)

    def write(self, parts: Iterable[Skill], path: str, original: PartSource | None) -> tuple[WrittenFile, ...]:
        """Write a skill's folder."""
        return writing.write(self, parts, path, original)
