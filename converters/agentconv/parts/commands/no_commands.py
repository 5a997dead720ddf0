"""Clients without commands: a command is a skill there, which the user calls by its name, and in which most fill nothing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Detail
from agentconv.core.losses import becomes, quoted
from agentconv.core.part_format import PartsRead, WrittenFile
from agentconv.families.javascript import SPACE
from agentconv.parts.commands import as_skill, flat, projecting, reading, writing
from agentconv.parts.placeholders import OF_FORMAT, PLAIN, Language, spell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, Place
    from agentconv.core.parts import Command

_SHOWN = 100
"""Characters of a text that stand for a description."""


@dataclass(frozen=True, slots=True)
class NoCommands:
    """The format of a client without commands."""

    format: str
    longest_name: int = 64
    """Characters that the name of a skill may have."""
    blanks: str = SPACE
    language: Language = PLAIN
    """What the client fills in in a skill."""
    project: tuple[Place, ...] = ()
    user: tuple[Place, ...] = ()
    kind: Kind = "commands"

    def read(self, source: PartSource) -> PartsRead[Command]:  # noqa: ARG002
        """Read nothing: no file is a command."""
        return PartsRead()

    def to_project(self, projection: PartProjection[Command]) -> None:
        """Turn a command into a skill; a program whose output is the text is none."""
        body = projection.part.body
        if body is None or not body.parts:
            projection.remark("command-refused-body", "body", "")
            return
        if reading.script_of(projection.part) is not None:
            projection.remark("command-refused-script", "body", "")
            return
        _project_name(projection, self.longest_name)
        _drop_what_no_skill_has(projection)
        if projection.is_refused():
            return
        command = projection.part
        source = OF_FORMAT.get(command.origin.format, PLAIN) if command.origin else None
        result = spell(body, self.language, command.arguments or (), source)
        for lost in result.lost:
            projection.remark(lost.code, "body", Detail("{} in line {} of the text", (lost.placeholder, lost.line)))
        _describe(projection, result.text, self.blanks)
        command = projection.part
        skill = as_skill.skill_of(replace(command, body=result.body))
        projection.turn(skill, "name", "command-as-skill", quoted(command.name))

    def path(self, part: Command, place: Place) -> str:
        """Return where a command would be."""
        return f"{place.path}/{part.name}.md"

    def write(
        self, parts: Iterable[Command], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Write nothing: there is no such file."""
        del parts, path, original, without
        return ()


def _project_name(projection: PartProjection[Command], longest: int) -> None:
    """Call a command by one word, since a skill is called by one."""
    name = projection.part.name or ""
    legal = writing.as_path(flat.name(name))[:longest].rstrip("-.")
    if legal != name:
        projection.change("name", legal, "command-renamed", becomes(name, legal))


def _describe(projection: PartProjection[Command], text: str, blanks: str) -> None:
    """Say what a command is for, without which there is no skill, in the words that its text starts with: a client shows these, too."""
    said = projection.part.description
    if said is not None and said != said.strip(SPACE):
        projection.change("description", said.strip(SPACE) or None, "text-trimmed", projecting.TRIMMED)
    lines = (line.strip(f"# {blanks}") for line in text.split("\n"))
    first = next(filter(None, lines), "")[:_SHOWN].strip()
    if first and not (projection.part.description or "").strip():
        projection.change("description", first, "skill-description-derived", quoted(first))


def _drop_what_no_skill_has(projection: PartProjection[Command]) -> None:
    """Tell of what only a command has: keys that its client knows in one, and whom it is sent to; the rest is told of the skill."""
    kept = projecting.kept_extras(projection, lambda format_id, name: not projecting.means(format_id, name))
    projection.translate(extras=kept)
    projecting.drop_isolated(projection)
    projecting.drop_agent(projection)
