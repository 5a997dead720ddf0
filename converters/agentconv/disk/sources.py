"""The files that a run reads, as far as links make them the ones that it would write."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.disk.files import Present

_Identity: TypeAlias = tuple[int, int]


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
        if not self._places:
            return False
        place = os.path.abspath(place)
        if present is not None and place not in self._files.get((present.status.st_dev, present.status.st_ino), {place}):
            return True
        key = folder, os.path.splitext(place)[1]
        if below and key not in self._own:
            self._own[key] = os.path.dirname(place) not in self._folders.get((_identity(folder), key[1]), {os.path.dirname(place)})
        return below and self._own[key]

    @cached_property
    def _files(self) -> dict[_Identity | None, set[str]]:
        """The names that were used of each file."""
        found: dict[_Identity | None, set[str]] = {}
        for place in self._places:
            found.setdefault(_identity(place), set()).add(place)
        found.pop(None, None)
        return found

    @cached_property
    def _folders(self) -> dict[tuple[_Identity | None, str], set[str]]:
        """The names that were used of each folder, by the ending of the files in it: what ends otherwise, another client reads."""
        named: dict[tuple[str, str], None] = {(os.path.dirname(place), os.path.splitext(place)[1]): None for place in self._places}
        found: dict[tuple[_Identity | None, str], set[str]] = {}
        for folder, ending in named:
            if identity := _identity(folder):
                found.setdefault((identity, ending), set()).add(folder)
        return found


def _identity(place: str) -> _Identity | None:
    """Return what all names of a file or folder share; None for what is not there."""
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
