"""What a client makes of the texts of a project together: which of them it takes twice, and which it looks for in vain."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from agentconv.core.dataclass import dataclass
from agentconv.core.part_format import Place
from agentconv.parts import registry
from agentconv.parts.instructions.imports import imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.parts import Instruction
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk


@dataclass(frozen=True, slots=True)
class Again:
    """A text that a client puts before the model more than once."""

    part: LoadedPart
    path: str
    """The file that has it, too, from the project's root."""
    imports_it: bool
    """Whether that imports it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text of which a client reads no more than the beginning."""

    part: LoadedPart
    left: int
    """How many bytes that is."""
    why: str


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
    return f"by itself, and as {path} imports it" if imports_it else f"{path} says the same"


def imported_by(client: str, place: PartsOnDisk) -> Mapping[str, str]:
    """Return the files that texts of a project import which a client has, and which: it is found once, whoever asks."""
    return place.once(client, imported_by, lambda: imports(one for one in place.of(client, "instructions") if one.taken))


def twice(client: str, place: PartsOnDisk) -> Mapping[str, Sequence[Again]]:
    """Return by their paths the texts of a project that a client puts before the model more than once: found once, whoever asks."""
    return place.once(client, twice, lambda: _by_path(_twice(client, place)))


def _by_path(found: Iterable[Again]) -> dict[str, list[Again]]:
    several: dict[str, list[Again]] = {}
    for one in found:
        several.setdefault(one.part.path, []).append(one)
    return several


def _twice(client: str, place: PartsOnDisk) -> Iterator[Again]:
    module: Any = registry.part_format(client, "instructions")
    by_import = imported_by(client, place)
    always = [one for one in place.of(client, "instructions") if one.taken and cast("Instruction", one.part).when == "always"]
    for alike in _alike(always) if always and not module.same_text_once else ():
        where = [os.path.realpath(place.place(client, one.path)) for one in alike]
        for number, one in enumerate(alike):
            other = next((path for path, real in zip(alike[:number], where, strict=False) if real != where[number]), None)
            if other is not None:
                yield Again(one, other.path, imports_it=False)
    for one in always:
        if one.path in by_import and module.imports_again:
            yield Again(one, by_import[one.path], imports_it=True)


def _alike(texts: Iterable[LoadedPart]) -> Iterator[list[LoadedPart]]:
    """Yield the texts that say the same as others, together."""
    by_text: dict[str, list[LoadedPart]] = {}
    for one in texts:
        by_text.setdefault(_text(one), []).append(one)
    yield from (several for text, several in by_text.items() if text and len(several) > 1)


def cut(client: str, place: PartsOnDisk) -> Mapping[str, Cut]:
    """Return by their paths the texts of a project of which a client reads no more than the beginning: found once, whoever asks."""
    return place.once(client, cut, lambda: {one.part.path: one for one in _cut(client, place)})


def _cut(client: str, place: PartsOnDisk) -> Iterator[Cut]:
    module: Any = registry.part_format(client, "instructions")
    most: int | None = getattr(module, "most_bytes", None)
    if most is None or place.home is not None:
        return
    for source in (one for path in module.lists for one in place.sources(client, Place(path), "instructions")):
        said = module.limit(source.text)
        most = most if said is None else said
    taken = [(os.path.dirname(one.path), one.source.text.size, one) for one in place.of(client, "instructions") if one.taken and one.source]
    sizes: Counter[str] = Counter()
    for folder, size, _ in taken:
        sizes[folder] += size
    for folder, size, one in taken:
        left = max(most - (sum(sizes[above] for above in _down_to(folder)) - size), 0)
        if size > left:
            of_it = f"of this the first {left:,}" if left else "nothing of this"
            yield Cut(one, left, f"it reads {most:,} bytes of the files from the root down: {of_it}")


def _down_to(folder: str) -> list[str]:
    """Return the folders from the root down to one."""
    names = folder.split("/") if folder else []
    return ["/".join(names[:number]) for number in range(len(names) + 1)]


def _text(one: LoadedPart) -> str:
    return one.source.text.text.strip() if one.source else ""
