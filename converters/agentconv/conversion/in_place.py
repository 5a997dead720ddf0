"""Parts that a target reads in the file where they are: another client's, or its own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from agentconv.conversion.loose_parts import loose_in_place
from agentconv.conversion.part_law import PartVerdict
from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.core.kinds import ADDING_UP
from agentconv.core.losses import quoted
from agentconv.parts import registry
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.conversion.options import Options
    from agentconv.core.format import State
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartSource, PartsRead, Place
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_AS_IT_IS = "part-in-place"


def read_in_place(loaded: LoadedPart, target: str, options: Options) -> PartVerdict | None:
    """Return the verdict on a part whose file the target reads where it is; None for any other.

    Args:
        loaded: The part, as it stands in its file.
        target: The format of the client that may read it.
        options: Where is written to.
    """
    source, module = loaded.source, registry.part_format(target, loaded.kind)
    if source is None or module is None or not options.into_root(loaded.root):
        return None
    places = module.project if options.scope == "project" else module.user
    place = next((one for one in places if matches(one, source.text.path)), None)
    if place is None or (place.unless and _gives_way(place, source.text.path, options)):
        return None
    if loaded.client == target:
        return PartVerdict(loaded, loaded.part)
    found, state = _read_there(target, loaded.kind, replace(source, place=place)).get(loaded.part.name, (None, None))
    if loaded.kind in ADDING_UP and (state is None or state.dropped):
        return None  # the target takes none of it where it is
    told = None if found is None else loose_in_place(loaded, found, source.text.path, target)
    told = told or losses.loss(_AS_IT_IS, loaded.part.id, "name", target, quoted(source.text.path), part=loaded.kind)
    return PartVerdict(loaded, loaded.part, losses=(told,))


@lru_cache(maxsize=4)
def _read_there(target: str, kind: Kind, source: PartSource) -> Mapping[str | None, tuple[Part, State]]:
    """Return by name, of several the first, what a target reads in a file: it is read once for all parts in it."""
    module = registry.part_format(target, kind)
    result: PartsRead[Any] | None = module.read(source) if module else None
    both = zip(result.parts, result.states, strict=True) if result else ()
    return {part.name: (part, state) for part, state in reversed([*both])}


def is_there_already(loaded: LoadedPart, target: str, options: Options) -> bool:
    """Whether a target has a part from the file where it is, and holds it to all that it says."""
    verdict = read_in_place(loaded, target, options)
    return verdict is not None and all(loss.code == _AS_IT_IS for loss in verdict.losses)


def _gives_way(place: Place, path: str, options: Options) -> bool:
    """Whether the target passes over a file for another one that is there."""
    from agentconv.conversion.main_texts import hidden

    return options.present is not None and hidden(place, path, options.present)
