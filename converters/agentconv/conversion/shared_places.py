"""Which of the files where a client looks for entries takes a new one: none that is there is hidden, or overridden in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.kinds import ADDING_UP
from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.parts import Part


Names: TypeAlias = "dict[tuple[Kind, Place, bytes], set[str | None]]"
"""What is called how in files of one client, as they were read."""


def destination(
    module: Any, part: Part, places: Sequence[Place], read: Callable[[str], bytes | None] | None, known: Names | None = None
) -> Place:
    """Return where a part goes: to the entry of its name, else to the file that is there, else to where we write.

    Args:
        module: The client's format of the part.
        part: The part.
        places: Where the client looks, first the place where we write.
        read: Returns the bytes of a file below the output folder; None where that is not known.
        known: The names in files that were read for other parts; those of further ones come to them.
    """
    known = {} if known is None else known
    name = part.name
    if hasattr(module, "place_of"):
        return module.place_of(part, places)  # type: ignore[no-any-return]
    first = places[0]
    if first.pattern or read is None or module.kind in ADDING_UP:
        return first
    there: dict[Place, bytes] = {}
    otherwise = tuple(end for end, _ in getattr(module, "elsewhere", ()))
    for place in places:
        data = None if place.pattern or (place.alone and there) or place.path.endswith(otherwise) else read(place.path)
        if data is not None:
            there[place] = data
    named = [place for place, data in there.items() if name in _names(module, place, data, known)]
    if named:
        return next((place for place in named if place.wins), named[0])
    return first if first in there else next((place for place in there if place.native), first)


def _names(module: Any, place: Place, data: bytes, known: Names) -> set[str | None]:
    key = module.kind, place, data
    if key not in known:
        known[key] = {part.name for part in module.read(PartSource(SourceText(place.path, data), place)).parts}
    return known[key]
