"""What an earlier conversion wrote of agents that are refused now: it stays, and its client goes on using it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agentconv.cli.destination import Destination
    from agentconv.conversion.converting import Converted
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sources.user_places import Home


class LeftBehind:
    """The files of one conversion's destination that hold agents which are refused."""

    def __init__(self, place: Destination, home: Home | None) -> None:
        """Begin a conversion to a place, or to a user's own folders."""
        self._place = place
        self._home = home
        self._found: dict[tuple[str, Path], list[str]] = {}
        """By target and file, the agents."""

    def look(self, done: Converted) -> None:
        """See whether a refused agent is there from before."""
        if done.instead_of is None:
            return
        from agentconv.conversion.left_behind import is_there

        path = is_there(done, partial(self._read, done.target))
        file = self._file(done.target, path) if path is not None else None
        if file is not None:
            self._found.setdefault((done.target, file), []).append(done.instead_of[1])

    def told(self) -> Iterator[Diagnostic]:
        """Say which files stay, and what takes them away."""
        for (target, file), agents in self._found.items():
            from agentconv.render import left_behind

            yield left_behind.told(target, file.as_posix(), agents)

    def _read(self, target: str, path: str) -> bytes | None:
        file = self._file(target, path)
        return files_of(Disk(file.parent))(file.name) if file is not None else None

    def _file(self, target: str, path: str) -> Path | None:
        """Return where a path of a conversion is on the disk; None where it goes to standard output."""
        if self._home is not None:
            folder, own = self._home.folder(target), registry.FORMATS[target].folders
            return folder / path.removeprefix(f"{own[0]}/") if folder is not None and own else None
        return self._place.file or (self._place.folder / path if self._place.folder else None)
