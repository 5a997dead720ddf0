"""What a target gets, in the file that it has it in already: one that the client reads, too, and that was there before, or came since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.conversion.main_texts import hidden
from agentconv.core.dataclass import replace
from agentconv.install import part_places
from agentconv.sync.files_after import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted


def of(want: Wanted, mine: Collection[Entry], reader: Reader, present: Callable[[str], bool], given: Collection[str]) -> Wanted:
    """Return what is wanted where it is.

    Args:
        want: It, at its place.
        mine: What is ours of parts.
        reader: Reads what is there.
        present: Says whether a file is there.
        given: The source's own files of instructions, of which none follows another one.
    """
    if want.shared is not None:
        there = _of_entry(want, mine)
    elif want.part == KIND and reader.read(want.path) is None:
        there = [path for path in _other_places(want, present) if path not in given and _is_it(path, want, mine, reader)]
    else:
        there = []
    return want if want.path in there or not there else replace(want, path=there[0])


def _of_entry(want: Wanted, mine: Collection[Entry]) -> list[str]:
    """Return the shared files in which it is: rules that are made for servers are one entry, whichever these are the first time."""
    known = [one for one in mine if one.pointer and (one.target, one.part) == (want.target, want.part)]
    return [one.path for one in known if want.beside or one.agent == want.agent]


def _is_it(path: str, want: Wanted, mine: Collection[Entry], reader: Reader) -> bool:
    """Whether a file has that very text, or is the one that follows it."""
    is_known = any((one.path, one.target, one.agent) == (path, want.target, want.agent) for one in mine)
    return is_known or reader.read(path) == want.data


def _other_places(want: Wanted, present: Callable[[str], bool]) -> Iterator[str]:
    """Yield the other files which a client reads as it does the one that is wanted, and that are there."""
    module: Any = part_places.module_of(want.target, KIND)
    own = module.files_at(part_places.place_of(want.target, KIND, want.path)) if module is not None else None
    if own is None or not own.main:
        return
    for files in (module.files_at(place) for place in module.project):
        path = files.place.shown
        is_alike = replace(files, place=own.place) == own
        if is_alike and "*" not in path and path != want.path and present(path) and not hidden(files.place, path, present):
            yield path
