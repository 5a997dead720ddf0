"""Files of a format that come back: as they are, with one field changed, and out of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv import api
from agentconv.core import fields, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.format import Projection, State
from agentconv.core.ir import Model, Prompt
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.testing.files import agent_of, make, minimal, read, suffix, unlike, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agentconv.core.ir import Agent

CHANGES: dict[str, Any] = {
    "description": "Another description: with a colon # and a hash",
    "name": "another-name",
    "model": Model("id", "gpt-6.1-sol"),
    "color": "pink",
    "prompt": Prompt("Another prompt.\n\n--- and a line\n"),
    "effort": "low",
    "skills": ("one", "two"),
    "background": True,
}


def files(format_id: str, folder: Path | None) -> list[SourceText]:
    """Return files of a format: its fixtures, one with an example of each key, and the smallest."""
    properties = schema_files.load(format_id)["properties"]
    header = {key: row["examples"][0] for key, row in properties.items() if row["x-field"] != "extras" and row["examples"]}
    row = registry.FORMATS[format_id]
    found = [source for source in fixtures(folder) if source.path.endswith(row.ends)] if folder else []
    return [*found, make(format_id, header), make(format_id, minimal(format_id))]


def fixtures(folder: Path) -> list[SourceText]:
    """Return the files that are to be files of a format; `*.expected.*` beside one is what is expected of it."""
    valid = folder / "valid"
    paths = [path for path in sorted(valid.rglob("*")) if path.is_file() and ".expected." not in path.name]
    return [SourceText(path.relative_to(valid).as_posix(), path.read_bytes()) for path in paths]


def fixtures_are_files_that_load(format_id: str, folder: Path | None) -> Iterator[str]:
    """There are fixtures, where a folder of them is named; each is a file of the format, and its client has all agents of it."""
    if folder is None:
        return
    ends = registry.FORMATS[format_id].ends
    found = fixtures(folder)
    if not any(source.path.endswith(ends) for source in found):
        yield f"there is no file of the format in {(folder / 'valid').as_posix()}: name a folder with such files in `valid`"
    for source in found:
        if not source.path.endswith(ends):
            if not source.path.rpartition("/")[2].startswith("."):  # what git or a file manager leaves there
                yield f"valid/{source.path} is no file of the format, whose files end in {' or '.join(ends)}"
            continue
        result = read(format_id, source)
        if not result.states or any(state.dropped for state in result.states):
            why = "; ".join(one.message for one in result.diagnostics) or "there is no agent in it"
            yield f"valid/{source.path} does not load: {why}"


def files_come_back(format_id: str, folder: Path | None) -> Iterator[str]:
    """Every file is written back with the same bytes, by itself and out of a bundle."""
    for source in files(format_id, folder):
        if source.data != registry.load(format_id).write(read(format_id, source).set, source).data:
            yield f"{source.path} does not come back"
        bundle = api.write(api.reads(source.data, format_id, path=source.path), "json").files[0]
        again = [file.data for file in api.write(api.reads(bundle.data, "json"), format_id).files]
        if read(format_id, source).set.agents and source.data not in again:
            yield f"{source.path} does not come back out of a bundle"


def one_changed_field_changes_only_its_bytes(format_id: str, folder: Path | None) -> Iterator[str]:
    """After one field was changed, the rest of the file keeps its lines; what was written reads as meant."""
    for source in files(format_id, folder):
        for field in CHANGES:
            yield from (f"{source.path}, {field}: {complaint}" for complaint in changed(format_id, source, field))


def changed(format_id: str, source: SourceText, field: str) -> Iterator[str]:
    """Change one field of the one agent of a file, where the format can hold that."""
    result = read(format_id, source)
    if len(result.set.agents) != 1 or result.states[0] is State.NOT_LOADED or b"<<" in source.data:
        return  # what a merge key gives has no bytes of its own
    (old,) = result.set.agents
    value: Any = replace(old.prompt, text=CHANGES[field].text.strip()) if field == "prompt" and old.prompt else CHANGES[field]
    new: Any = {field: value, "id": "a"}
    module = registry.load(format_id)
    projection = Projection(replace(old, **new), module.SPEC)
    module.project(projection)
    wanted, path = projection.result(), "prompt.text" if field == "prompt" else field
    if projection.is_refused() or fields.get(wanted, path) in (None, fields.get(old, path)):
        return
    place = SourceText(f"{wanted.name}{suffix(format_id)}" if module.SPEC.named_by_stem else source.path, source.data)
    data = written(format_id, wanted, place)
    yield from (f"{name}: {pair}" for name, pair in unlike(wanted, agent_of(format_id, SourceText(place.path, data))).items())
    if not untouched(source.data, data, old):
        yield f"more than the field changed: {data.decode('utf-8', 'replace')}"


def untouched(before: bytes, after: bytes, old: Agent) -> bool:
    """Whether all lines but one run of them (and those of a prompt) are the same."""
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    left = len(old_lines) - _alike(old_lines, new_lines) - _alike(old_lines[::-1], new_lines[::-1])
    longest = max(len((old.prompt.text if old.prompt else "").splitlines()), len((old.description or "").splitlines()) + 1)
    return left <= longest + 2


def _alike(one: list[bytes], other: list[bytes]) -> int:
    """Return how many first items are the same."""
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


CHECKS: dict[str, Callable[[str, Path | None], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (fixtures_are_files_that_load, files_come_back, one_changed_field_changes_only_its_bytes)
}
