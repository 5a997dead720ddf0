"""The way of an instruction into another client: as a file of its own, at other files, or as a skill that the model calls up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.parts import Body, FileText, ForeignPlaceholder, Instruction, Skill
from agentconv.parts.instructions import globs, imports, writing
from agentconv.parts.skills.projecting import is_kin

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.parts.instructions.client import Client


def project(client: Client, projection: PartProjection[Instruction]) -> None:
    """Turn an instruction into the most of it that a client can hold."""
    if projection.stays:
        return
    _project_folder(client, projection)
    _project_when(client, projection)
    if projection.instead or projection.is_refused():
        return
    _project_place(client, projection)
    if projection.is_refused():
        return
    _project_paths(client, projection)
    _project_words(client, projection)
    _project_body(client, projection)
    if client.needs_text and projection.part.body is None:
        projection.remark("instruction-refused-empty", "body", "")


def _places(client: Client, projection: PartProjection[Instruction]) -> tuple:  # type: ignore[type-arg]
    return client.project if projection.scope == "project" else client.user


def _project_folder(client: Client, projection: PartProjection[Instruction]) -> None:
    """Say of which folder's files it is, where the target does not look for files of instructions there."""
    part = projection.part
    if part.folder is None or client.holds(part, _places(client, projection)):
        return
    paths = (globs.of_folder(part.folder, client.language),)
    projection.change("folder", None, "instruction-folder-as-paths", quoted(paths[0]))
    projection.translate(when="scoped", paths=paths, main=False)
    projection.declared |= {"when", "paths"} | ({"main"} if part.main else set())


def _project_when(client: Client, projection: PartProjection[Instruction]) -> None:
    """Have what is not always read written as a skill, where the target has no files that say so."""
    part = projection.part
    if part.when in (None, "always") or (part.when == "scoped" and part.main) or part.when in client.whens:
        return
    if part.body is None:  # a skill of no text says nothing to anybody
        projection.remark("instruction-refused-empty", "body", "")
        return
    if named := imports.imported(part.body):
        projection.remark("instruction-import-dropped", "body", listed(f"@{one}" for one in named))
    code = "instruction-as-skill" if part.when != "scoped" else "instruction-scope-as-skill"
    projection.turn(as_skill(part), "when", code, listed(part.paths or ()) if part.paths else "")


def as_skill(part: Instruction) -> Skill:
    """Return the skill that says the same, as far as one can."""
    at = ", ".join(map(str, part.paths or ()))
    described = " ".join(filter(None, (part.description, f"Read this before you work on files that match {at}." if at else None)))
    return Skill(
        id=part.id,
        name=(part.name or part.id).rpartition("/")[2],
        description=described or None,
        body=Body(tuple(_text(one) for one in part.body.parts)) if part.body else None,
        invoked_by="user" if part.when == "manual" else None,
        extras={},
        origin=part.origin,
    )


def _text(part: object) -> str:
    return imports.spell(Body((part,)), "", "")  # type: ignore[arg-type]


def _project_place(client: Client, projection: PartProjection[Instruction]) -> None:
    """Give it the name that it has where the target looks for it."""
    part, places = projection.part, _places(client, projection)
    if not places:
        projection.remark("part-no-place", "name", quoted(part.name))
        return
    if part.main and not client.holds(part, places):
        projection.translate(main=False)
        projection.declared.add("main")
    elif not part.main and not part.personal and not client.whens:
        projection.translate(main=True)
        projection.declared.add("main")
    part = projection.part
    if not client.holds(part, places):
        projection.remark("instruction-refused-personal" if part.personal else "part-no-place", "name", quoted(part.name))
        return
    place = client.place_of(part, places)
    path = writing.path(part, place)
    files = client.files_at(place)
    from agentconv.core.part_format import PartSource
    from agentconv.core.source import SourceText
    from agentconv.parts.instructions import reading

    name = reading.name_of(PartSource(SourceText(path, b""), place))
    if name != part.name:
        projection.change("name", name, "instruction-renamed", becomes(part.name, name))
    if part.when != files.silent and not files.keys:
        projection.translate(when=files.silent)
        projection.declared.add("when")


def _project_paths(client: Client, projection: PartProjection[Instruction]) -> None:
    part = projection.part
    if part.paths is None:
        return
    if part.when != "scoped":
        projection.change("paths", None, "instruction-paths-idle", listed(part.paths))
        return
    paths = tuple(globs.translate(one, client.language) for one in part.paths)
    wider = [one for one in part.paths if globs.is_wider(one, client.language)]
    if {*map(str, paths)} <= client.everything:
        at_root = [one for one in part.paths if (one.language, str(one)) == ("minimatch", "*")]  # where it is no limit, it was read as none
        projection.change("paths", None, "instruction-paths-wider" if at_root else "instruction-paths-idle", listed(part.paths))
        projection.translate(when="always")
        projection.declared.add("when")
        return
    if paths == part.paths:
        return
    if wider:
        projection.change("paths", paths, "instruction-paths-wider", listed(wider))
    elif any(str(new) != str(old) for new, old in zip(paths, part.paths, strict=True)):
        projection.change("paths", paths, "instruction-paths-spelled", becomes(", ".join(part.paths), ", ".join(paths)))
    else:
        projection.translate(paths=paths)
        projection.declared.add("paths")


def _project_words(client: Client, projection: PartProjection[Instruction]) -> None:
    """Keep what the target has a place for: a description for people, and keys that mean nothing to anybody."""
    part = projection.part
    files = client.files_at(client.place_of(part, _places(client, projection)))
    held = {name for key in files.keys.values() for name in key.fields}
    is_offered = files.asks and part.when == "manual"  # by its description alone: then the model may ask for it
    if part.description is not None and ("description" not in held or is_offered):
        projection.change("description", None, "instruction-looks-dropped", quoted(part.description))
    elif part.description is not None and client.folded(part.description) != part.description:
        projection.change("description", client.folded(part.description), "instruction-description-folded", "")
    if projection.at_home:
        return
    kept: dict[str, Json] = {}
    lost: list[str] = []
    for format_id, extras in projection.source.extras.items():
        for name, value in extras.items():
            if is_kin(format_id, client.format) and files.keys:
                kept[name] = value
            else:
                lost.append(name)
    projection.translate(extras={client.format: kept} if kept else {})
    if lost:
        projection.declared.add("extras")
        mean = [name for name in lost if any(name in schema_files.part_rows("instructions", one) for one in projection.source.extras)]
        projection.remark("instruction-key-dropped" if mean else "ignored-key-dropped", "extras", listed(mean or lost))


def _project_body(client: Client, projection: PartProjection[Instruction]) -> None:
    """Say which files the target puts in as the source does, and which it does not."""
    part = projection.part
    if part.body is None:
        return
    place = client.place_of(part, _places(client, projection))
    folder = writing.path(part, place).rpartition("/")[0]
    way = client.files_at(place).imports
    after = imports.parse(imports.spell(part.body, folder, way), folder, way)
    if after == part.body:
        named = imports.imported(part.body)
        if named and not projection.at_home:
            projection.remark("instruction-imports", "body", listed(named))
        return
    before = [one for one in part.body.parts if isinstance(one, (FileText, ForeignPlaceholder))]
    lost = [one for one in before if after is None or one not in after.parts]
    code = "instruction-import-dropped" if lost else "instruction-import-taken"
    words = [_text(one) for one in lost] or [f"@{one}" for one in imports.imported(after)]
    projection.change("body", after, code, listed(words))
