"""What a client makes of the texts of a project together: which of them it takes twice, and which it looks for in vain."""

from __future__ import annotations

import os
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

from agentconv.core.part_format import Place
from agentconv.parts import registry
from agentconv.parts.instructions.imports import imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import Instruction
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk


def imports(taken: Iterable[LoadedPart]) -> dict[str, str]:
    """Return the files that others import, and which."""
    return {path: one.path for one in taken for path in imported(cast("Instruction", one.part).body)}


def missing(one: LoadedPart, place: PartsOnDisk) -> Iterator[str]:
    """Yield the files that a client is to put into another one, and that are not there, by their paths from the project's root."""
    for path in imports([one]) if one.taken else ():
        if not place.place(one.client, path).is_file():
            yield path


def not_there(path: str, shown: str) -> str:
    """Say that a file which is imported is not there."""
    return f"it imports `{os.path.basename(path)}`, and {shown} is not there"


def again(path: str, *, imports_it: bool) -> str:
    """Say where else a text comes from."""
    return f"by itself, and as {path} imports it" if imports_it else f"as {path}"


def twice(client: str, place: PartsOnDisk) -> Iterator[tuple[LoadedPart, str, bool]]:
    """Yield the texts of a project that a client puts before the model more than once.

    Each comes with the file that has it, too, by its path from the project's root, and whether that imports it.
    """
    module: Any = registry.part_format(client, "instructions")
    taken = [one for one in place.of(client, "instructions") if one.taken]
    always = [one for one in taken if cast("Instruction", one.part).when == "always"]
    for one, other in combinations(always, 2):
        same = _text(one) == _text(other) != ""
        linked = os.path.realpath(place.place(client, one.path)) == os.path.realpath(place.place(client, other.path))
        if same and not linked and not module.same_text_once:
            yield other, one.path, False
    by_import = imports(taken)
    for one in always:
        if one.path in by_import and module.imports_again:
            yield one, by_import[one.path], True


def cut(client: str, place: PartsOnDisk) -> Iterator[tuple[LoadedPart, int, str]]:
    """Yield the texts of a project of which a client reads no more than the beginning, each with how many bytes that is, and why."""
    module: Any = registry.part_format(client, "instructions")
    most: int | None = getattr(module, "most_bytes", None)
    if most is None or place.home is not None:
        return
    for source in (one for path in module.lists for one in place.sources(client, Place(path), "instructions")):
        said = module.limit(source.text)
        most = most if said is None else said
    taken = [(os.path.dirname(one.path), one.source.text.size, one) for one in place.of(client, "instructions") if one.taken and one.source]
    for folder, size, one in taken:
        above = sum(other for path, other, each in taken if each is not one and f"{folder}/".startswith(f"{path}/" if path else ""))
        left = max(most - above, 0)
        if size > left:
            of_it = f"of this the first {left:,}" if left else "nothing of this"
            yield one, left, f"it reads {most:,} bytes of the files from the root down: {of_it}"


def _text(one: LoadedPart) -> str:
    return one.source.text.text.strip() if one.source else ""
