"""The files below one root: read without following links out of it, and written so that no one sees a part of a file."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from agentconv.disk.placing import reason_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something in a file's place that we neither read nor replace."""

    reason: str


class Reader(Protocol):
    """What planning has to know of what is there."""

    def read(self, path: str) -> bytes | Blocked | None:
        """Return a file's bytes; None where there is nothing."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, or a link to one."""

    def identity(self, path: str) -> str:
        """Return what two paths share that are one file because of linked folders."""


class Disk:
    """A `Reader` of a real folder."""

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root)
        self._real_root = os.path.realpath(root)
        self._parents: dict[str, tuple[str, str | None]] = {}

    def place(self, path: str) -> str:
        """Return where a path is."""
        return os.path.join(self.root, path)

    def read(self, path: str) -> bytes | Blocked | None:
        """Return a file's bytes; None where there is nothing."""
        reason = self._parent(path)[1]
        if reason is not None:
            return Blocked(reason)
        try:
            found = os.lstat(self.place(path))
            if not stat.S_ISREG(found.st_mode):
                return Blocked(_kind(found.st_mode))
            with open(self.place(path), "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            return Blocked(f"it cannot be read: {reason_of(error)}")

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, or a link to one."""
        return os.path.isdir(self.place(path))

    def identity(self, path: str) -> str:
        """Return what two paths share that are one file because of linked folders."""
        return f"{self._parent(path)[0]}/{path.rpartition('/')[2]}"

    def _parent(self, path: str) -> tuple[str, str | None]:
        """Return the real folder of a file, and why nothing can be written into it."""
        folder = path.rpartition("/")[0]
        known = self._parents.get(folder)
        if known is None:
            known = self._parents[folder] = self._examined(folder)
        return known

    def _examined(self, folder: str) -> tuple[str, str | None]:
        top = self.place(folder)
        real = os.path.realpath(top)
        inside = os.path.isabs(folder) or real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)
        if not inside:
            return real, "a symbolic link leads out of the project"
        while not os.path.lexists(top) and len(top) > len(self.root):
            top = os.path.dirname(top)
        if not os.path.isdir(top):
            return real, f"`{os.path.relpath(top, self.root).replace(os.sep, '/')}` is no folder"
        return real, None


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "it is a symbolic link"
    return "it is a folder" if stat.S_ISDIR(mode) else "it is no regular file"


@dataclass(frozen=True, slots=True)
class Made:
    """Tells a file that we made from every other one."""

    device: int
    inode: int


def make(place: str, data: bytes, *, mode: int | None = None, forced: bool = False) -> Made:
    """Make a new file; a left-over of an interrupted run that has its name goes.

    Args:
        place: Where.
        data: What.
        mode: Its permissions; None for what the system gives new files.
        forced: Whether it has to be on the disk when this returns, and not only in the system's memory.

    Raises:
        OSError: The disk refuses.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(place, flags, 0o666)
    except FileExistsError:
        os.unlink(place)
        descriptor = os.open(place, flags, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if mode is not None:
            os.chmod(place, mode)
        if forced:
            os.fsync(descriptor)
        found = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return Made(found.st_dev, found.st_ino)


def is_made(place: str, made: Made | None) -> bool:
    """Whether the file that we made is there."""
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return made == Made(found.st_dev, found.st_ino)


def mode_of(place: str) -> int | None:
    """Return a file's permissions; None where there is none."""
    try:
        return stat.S_IMODE(os.lstat(place).st_mode)
    except FileNotFoundError:
        return None


def replace(source: str, place: str) -> None:
    """Give a file the name of another one, which goes."""
    os.replace(source, place)


def remove(place: str) -> None:
    """Remove a file that may be gone already."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place)


def make_folder(place: str, mode: int = 0o777) -> None:
    """Make a folder that may be there already."""
    try:
        os.mkdir(place, mode)
    except FileExistsError:
        if not os.path.isdir(place):
            raise


def remove_folder(place: str) -> bool:
    """Remove a folder if it is there and empty, and say whether it was."""
    try:
        if os.listdir(place) or os.path.islink(place):
            return False
        os.rmdir(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
