"""The files that a run reads, as far as links make them the ones that it would write."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from agentconv.disk.placing import identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.disk.files import Present
    from agentconv.disk.placing import Identity


class Sources:
    """The files that a run reads."""

    def __init__(self, places: Iterable[str] = ()) -> None:
        self._places = tuple(map(os.path.abspath, places))
        self._own: dict[tuple[str, str], bool] = {}

    def hold(self, place: str, folder: str, present: Present | None, *, below: bool) -> bool:
        """Whether links make an output file one of these, or put it among those of one folder.

        Args:
            place: Where the file is to be, as it is named.
            folder: The real folder that it would be in.
            present: What is there.
            below: Whether its folder lies below the one that the user named, so that nobody said this very folder.
        """
        if present is not None and self._places:
            named = os.path.abspath(place)
            if named not in self._files.get(identity(present.status), {named}):
                return True
        return below and bool(self._places) and self._holds_folder(place, folder)

    def _holds_folder(self, place: str, folder: str) -> bool:
        key = folder, os.path.splitext(place)[1]
        known = self._own.get(key)
        if known is None:
            named = os.path.dirname(os.path.abspath(place))
            known = self._own[key] = named not in self._folders.get((_of(folder), key[1]), {named})
        return known

    @cached_property
    def _files(self) -> dict[Identity | None, set[str]]:
        """The names that were used of each file."""
        found: dict[Identity | None, set[str]] = {}
        for place in self._places:
            found.setdefault(_of(place), set()).add(place)
        found.pop(None, None)
        return found

    @cached_property
    def _folders(self) -> dict[tuple[Identity | None, str], set[str]]:
        """The names that were used of each folder, by the ending of the files in it: what ends otherwise, another client reads."""
        named: dict[tuple[str, str], None] = {(os.path.dirname(place), os.path.splitext(place)[1]): None for place in self._places}
        found: dict[tuple[Identity | None, str], set[str]] = {}
        for folder, ending in named:
            if own := _of(folder):
                found.setdefault((own, ending), set()).add(folder)
        return found


def _of(place: str) -> Identity | None:
    """Return what all names of a file or folder share; None for what is not there."""
    try:
        return identity(os.stat(place))
    except (OSError, ValueError):
        return None
