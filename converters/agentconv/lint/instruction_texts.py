"""What a client makes of the texts of a project together: which of them it takes twice, and which it looks for in vain."""

from __future__ import annotations

import os
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

from agentconv.parts import registry
from agentconv.parts.instructions.imports import imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import Instruction
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk


def imports(taken: Iterable[LoadedPart]) -> dict[str, str]:
    """Return the files that others import, and which."""
    return {path: one.path for one in taken for path in imported(cast("Instruction", one.part).body)}


def missing(one: LoadedPart, place: PartsOnDisk) -> Iterator[tuple[str, str]]:
    """Yield the files that a client is to put into another one, and that are not there, each with what is so."""
    for path in imports([one]) if one.taken else ():
        if not place.place(one.client, path).is_file():
            yield path, f"it imports `{os.path.basename(path)}`, and {place.shown(one.client, path)} is not there"


def twice(client: str, place: PartsOnDisk) -> Iterator[tuple[LoadedPart, str]]:
    """Yield the texts of a project that a client puts before the model more than once, each with where else it comes from."""
    module: Any = registry.part_format(client, "instructions")
    taken = [one for one in place.of(client, "instructions") if one.taken]
    always = [one for one in taken if cast("Instruction", one.part).when == "always"]
    for one, other in combinations(always, 2):
        same = _text(one) == _text(other) != ""
        linked = os.path.realpath(place.place(client, one.path)) == os.path.realpath(place.place(client, other.path))
        if same and not linked and not module.same_text_once:
            yield other, f"as {place.shown(client, one.path)}"
    by_import = imports(taken)
    for again in always:
        if again.path in by_import and module.imports_again:
            yield again, f"by itself, and as {place.shown(client, by_import[again.path])} imports it"


def _text(one: LoadedPart) -> str:
    return one.source.text.text.strip() if one.source else ""
