"""Texts of skills: what a client fills in in them, and how another one says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Detail
from agentconv.core.parts import CONTAINER_FOLDER, Body, OwnFolder
from agentconv.parts import placeholders
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import BodyPart, Skill
    from agentconv.parts.placeholders import Language

_HERE = "."
"""What the specification calls a skill's own folder: files are named from there."""


def spelled(skill: Skill, language: Language) -> str:
    """Write a body in the words of the client that it is for."""
    return placeholders.spell(skill.body, language, skill.arguments or (), language).text if skill.body else ""


def project(projection: PartProjection[Skill], language: Language) -> None:
    """Say a body in a client's words, and what is lost of it at its line."""
    skill, source = projection.part, _language_of(projection.source)
    if skill.body is None or source == language:
        return
    body = Body(tuple(_own_folder(skill.name or "", skill.body.parts, language)), skill.body.appended)
    result = placeholders.spell(body, language, skill.arguments or (), source)
    if body.parts != skill.body.parts:
        projection.remark("skill-own-folder", "body", "")
    for one in result.lost:
        projection.remark(one.code, "body", Detail("{} in line {} of the text", (one.placeholder, one.line)))
    if result.body != skill.body:
        projection.translate(body=result.body)
        projection.declared.add("body")


def _language_of(skill: Skill) -> Language | None:
    """Return the words that a skill's body was written in, where its client is known."""
    found = part_format(skill.origin.format, "skills") if skill.origin else None
    return getattr(found, "language", None)


def _own_folder(name: str, parts: tuple[BodyPart, ...], language: Language) -> Iterator[BodyPart]:
    """Yield a body's parts with the skill's own folder as the client says it, or else as the specification has it.

    In a plugin it is spelled as a folder of that one, too, which no other client knows.
    """
    inside = f"/skills/{name}"
    own: BodyPart = OwnFolder() if language.own_folder else _HERE
    for number, part in enumerate(parts):
        before, after = parts[number - 1] if number else "", parts[number + 1] if number + 1 < len(parts) else ""
        if language.container:
            yield _HERE if isinstance(part, OwnFolder) and not language.own_folder else part
        elif isinstance(part, OwnFolder) or (part == CONTAINER_FOLDER and _starts(after, inside)):
            yield own
        elif before == CONTAINER_FOLDER and _starts(part, inside):
            yield str(part).removeprefix(inside)
        else:
            yield part


def _starts(part: BodyPart, path: str) -> bool:
    return isinstance(part, str) and part.startswith((f"{path}/", f"{path}`"))
