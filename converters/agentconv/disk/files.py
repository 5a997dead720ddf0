"""The files below one root: where each really is, and what is in it. No link is followed out of the root, to read or to write."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.disk import reading

if TYPE_CHECKING:
    from pathlib import Path

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj"})
"""Folders of which nothing is anybody's agent, and much would be run or is secret."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something in a file's place that we neither read nor replace."""

    reason: str
    astray: bool = False
    """Whether that is because it lies out of the folder that is worked in."""


@dataclass(frozen=True, slots=True)
class Present:
    """A file that is there."""

    place: str
    """Where it really is: no part of this is a link."""
    data: bytes
    status: os.stat_result


class Disk:
    """A `reader.Reader` of a real folder."""

    def __init__(self, root: Path, *, within: Path | None = None, called: str = "the project", limit: int = reading.LARGEST) -> None:
        """Look below a folder.

        Args:
            root: What paths are relative to.
            within: The folder out of which no link may lead; the root itself by default.
            called: What that folder is to the user.
            limit: How many bytes a file may have that is read.
        """
        self.root = os.fspath(root)
        self.called = called
        self.limit = limit
        self._within = os.path.realpath(within or root)
        self._parents: dict[str, tuple[str, Blocked | None]] = {}

    def look(self, path: str) -> Present | Blocked | None:
        """Return what is in a file's place; None for nothing."""
        found = self._found(path)
        if found is None or isinstance(found, Blocked):
            return found
        place, status = found
        if not stat.S_ISREG(status.st_mode):
            return Blocked("it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no regular file")
        try:
            data, status = reading.read(place, limit=self.limit, links=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            return Blocked(f"it cannot be read: {reading.reason_of(error)}")
        return Present(place, data, status)

    def read(self, path: str) -> bytes | Blocked | None:
        """Return a file's bytes; None where there is nothing."""
        found = self.look(path)
        return found.data if isinstance(found, Present) else found

    def barred(self, path: str) -> str | None:
        """Return why no file can be written at a path; None where one can, as far as can be seen before it is tried."""
        found = self.look(path)
        if isinstance(found, Blocked):
            return found.reason
        folder = os.path.dirname(os.path.join(self.root, path))
        while not os.path.lexists(folder) and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        return None if os.access(folder, os.W_OK) else f"`{os.path.relpath(folder, self.root)}` cannot be written to"

    def place(self, path: str) -> str:
        """Return where a file really is, or will be: no part of it is a link that may be followed."""
        found = self._found(path)
        return found[0] if isinstance(found, tuple) else self.at(path)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, or a link to one."""
        return os.path.isdir(os.path.join(self.root, path))

    def is_link(self, path: str) -> bool:
        """Whether a link is in a file's place."""
        return os.path.islink(self.at(path))

    def is_program(self, path: str) -> bool:
        """Whether a file is there that can be started by itself."""
        found = self._found(path)
        return isinstance(found, tuple) and stat.S_ISREG(found[1].st_mode) and reading.is_program(found[1])

    def identity(self, path: str) -> str:
        """Return what two paths share that are one file because of links."""
        return self.place(path)

    def folder(self, path: str) -> str:
        """Return the real folder that a file is in."""
        return self._parent(path.rpartition("/")[0])[0]

    def at(self, path: str) -> str:
        """Return where a file, or the link in its place, is."""
        return os.path.join(self.folder(path), path.rpartition("/")[2])

    def _found(self, path: str) -> tuple[str, os.stat_result] | Blocked | None:
        """Return where a file really is, and what the system says of it; None where there is nothing."""
        above, _, name = path.rpartition("/")
        folder, blocked = self._parent(above)
        if blocked is not None:
            return blocked
        place = os.path.join(folder, name)
        try:
            status = os.lstat(place)
            return self._followed(place) if stat.S_ISLNK(status.st_mode) else (place, status)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            return Blocked(f"it cannot be read: {reading.reason_of(error)}")

    def _followed(self, link: str) -> tuple[str, os.stat_result] | Blocked:
        """Return where a link in a file's place leads."""
        place = os.path.realpath(link)
        blocked = stray(place, self._within, self.called, link=link)
        if blocked is not None:
            return blocked
        try:
            status = os.lstat(place)
        except FileNotFoundError:
            status = None
        if status is None or stat.S_ISLNK(status.st_mode):  # which leads to itself
            return Blocked("it is a symbolic link that leads nowhere")
        return place, status

    def _parent(self, folder: str) -> tuple[str, Blocked | None]:
        """Return the real folder of a file, and why nothing can be read or written in it."""
        known = self._parents.get(folder)
        if known is None:
            known = self._parents[folder] = self._examined(folder)
        return known

    def _examined(self, folder: str) -> tuple[str, Blocked | None]:
        top = os.path.join(self.root, folder) if folder else self.root
        real = os.path.realpath(top)
        blocked = None if os.path.isabs(folder) else stray(real, self._within, self.called)
        if blocked is not None:
            return real, blocked
        while top != self.root and not os.path.lexists(top) and os.path.dirname(top) != top:
            top = os.path.dirname(top)
        if top != self.root and not os.path.isdir(top):
            return real, Blocked(f"`{os.path.relpath(top, self.root).replace(os.sep, '/')}` is no folder")
        return real, None


def stray(real: str, within: str, called: str = "the project", *, link: str | None = None) -> Blocked | None:
    """Say why a place is none to read or to write at; None where it is one.

    Args:
        real: The place, without any link in it.
        within: The real folder that it has to be in.
        called: What that folder is to the user.
        link: Where the place was reached by a link in a file's place, that link: what is hidden under another name is nobody's agent.
    """
    below = _below(real, within)
    if below is None:
        return Blocked(f"a symbolic link leads out of {called}", astray=True)
    parts = below.casefold().split(os.sep)
    private = next((part for part in parts if part in _VERSION_CONTROL), None)
    if private is not None:
        return Blocked(f"it leads into `{private}`, which is version control's own")
    if link is not None and parts[-1].startswith(".") and parts[-1] != os.path.basename(link).casefold():
        return Blocked(f"a symbolic link leads to `{parts[-1]}`, a hidden file")
    return None


def _below(real: str, within: str) -> str | None:
    """Return a path as it is seen from a folder that it is in."""
    folder, place = (os.path.normcase(path) for path in (within, real))
    if place == folder:
        return ""
    prefix = folder.rstrip(os.sep) + os.sep
    return place.removeprefix(prefix) if place.startswith(prefix) else None
