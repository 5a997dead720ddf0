"""How bytes come into a file's place: whole, under a temporary name first, and never over what nobody looked at.

The same for conversions, for mended files and for deployments, which do for many files at once what `create` and `rewrite`
do for one.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from agentconv.disk import keeping, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.disk.keeping import Kept

BACKUP = ".agentconv-backup"
"""A copy of what `--force` replaced."""
_STAGE = ".agentconv-save-"
_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PRIVATE, _PUBLIC, _RUN = 0o600, 0o666, 0o777
Identity: TypeAlias = tuple[int, int]
"""Tells a file from every other one, whatever it is called."""


class Changed(OSError):
    """A file is not any more what it was when it was looked at."""

    def __init__(self, place: str) -> None:
        super().__init__(errno.EBUSY, "it changed while this ran; run it again", place)


class Busy(OSError):
    """Another run is writing the same file."""

    def __init__(self) -> None:
        super().__init__(errno.EBUSY, "another agentconv is writing it")


def identity(status: os.stat_result) -> Identity:
    """Return what tells a file from every other one."""
    return status.st_dev, status.st_ino


def numbered(path: str, suffix: str, number: int) -> str:
    """Return the n-th name for a file beside another one."""
    return f"{path}{suffix}" if number == 1 else f"{path}{suffix}-{number}"


def create(place: str, data: bytes, *, kept: Kept | None = None, forced: bool = False, executable: bool = False) -> Identity:
    """Write a file where there is none: a reader sees no part of it.

    Args:
        place: Where to.
        data: What.
        kept: What it takes from the file that it is a copy of.
        forced: Whether it has to be on the disk when this returns, and not only in the system's memory.
        executable: Whether it is a program.

    Raises:
        FileExistsError: Something is there.
        OSError: The disk refuses; nothing is left behind.
    """
    stage = _stage(place)
    with _staged(stage, data, kept, forced=forced, executable=executable) as made:
        give_name(stage, place)
    return made


def rewrite(place: str, before: bytes, data: bytes) -> None:
    """Let a file have other bytes, and keep what else it has: a reader sees the old ones or the new ones, never a part.

    Args:
        place: Where it is.
        before: The bytes that it had when they were decided on.
        data: The bytes that it gets.

    Raises:
        Changed: It has others now.
        OSError: The disk refuses; everything is as it was.
    """
    stage = _stage(place)
    with _staged(stage, data, keeping.of(place), forced=True):
        require(place, before)
        os.replace(stage, place)


def require(place: str, before: bytes) -> os.stat_result:
    """Return what the system says of a file, if it is what it was.

    Raises:
        Changed: It is not.
    """
    try:
        data, status = reading.read(place, links=False)
    except FileNotFoundError:
        raise Changed(place) from None
    if data != before:
        raise Changed(place)
    return status


def make(stage: str, data: bytes, *, kept: Kept | None = None, forced: bool = False, executable: bool = False) -> Identity:
    """Write a file under a temporary name, which gets its own later; a left-over of an interrupted run that has that name goes.

    Args:
        stage: The temporary name.
        data: What.
        kept: What it takes from the file that it comes in place of.
        forced: Whether it has to be on the disk when this returns.
        executable: Whether it is a program, where it comes in place of none.

    Raises:
        OSError: The disk refuses; nothing is left behind.
    """
    with _staged(stage, data, kept, forced=forced, executable=executable) as made:
        return made


@contextmanager
def _staged(stage: str, data: bytes, kept: Kept | None, *, forced: bool, executable: bool = False) -> Iterator[Identity]:
    """Have bytes in a temporary file that no other run takes for a left-over; what fails, an interrupt too, leaves none."""
    held = None
    try:
        descriptor = _opened(stage, _PRIVATE if kept is not None else _RUN if executable else _PUBLIC)
        try:
            _fill(descriptor, data)
            if kept is not None:
                keeping.give(stage, kept)
            if forced:
                os.fsync(descriptor)
            status = _still_there(descriptor)
            held = _held(descriptor)
        finally:
            os.close(descriptor)  # which may be what says that a disk is full
        yield identity(status)
    except Busy:
        raise
    except BaseException:
        with suppress(OSError):
            os.unlink(stage)
        raise
    finally:
        if held is not None:
            with suppress(OSError):
                os.close(held)


def _opened(stage: str, mode: int) -> int:
    """Make the temporary file, and lock it.

    Raises:
        Busy: Another run is at it.
    """
    try:
        descriptor = os.open(stage, _FLAGS, mode)
    except FileExistsError:
        _clear(stage)
        try:
            descriptor = os.open(stage, _FLAGS, mode)
        except FileExistsError:
            raise Busy from None
    _lock(descriptor)
    return descriptor


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def finish(place: str, status: os.stat_result) -> int:
    """Take away the temporary name that an interrupted run left beside the file that it had named, and return how many others there are."""
    others = status.st_nlink - 1
    if others and is_made(_stage(place), identity(status)):
        with suppress(OSError):
            _clear(_stage(place))
            others -= 1
    return others


def _still_there(descriptor: int) -> os.stat_result:
    """Return what the system says of our open file.

    Raises:
        Busy: Before we had locked it, another run took it for a left-over.
    """
    status = os.fstat(descriptor)
    if not status.st_nlink:
        raise Busy
    return status


def _clear(stage: str) -> None:
    """Remove what an interrupted run left.

    Raises:
        Busy: It is not left: another run is at it.
    """
    with suppress(FileNotFoundError):
        if stat.S_ISREG(os.lstat(stage).st_mode):
            _take_away(stage)
        else:
            os.unlink(stage)


if sys.platform == "win32":

    def _take_away(stage: str) -> None:
        """Remove a left-over; one that is open is none, and cannot be removed."""
        os.unlink(stage)

    def _lock(_: int) -> None:
        """Do without: a file that is open cannot be removed here."""

    def _held(_: int) -> None:
        """Do without."""

else:
    import fcntl

    def _take_away(stage: str) -> None:
        """Remove a left-over; one that is locked is none.

        Raises:
            Busy: It is locked.
        """
        try:
            descriptor = os.open(stage, os.O_RDONLY | _CAREFULLY)
        except PermissionError:  # of a file that nobody may read
            os.unlink(stage)
            return
        _lock(descriptor)
        try:
            os.unlink(stage)
        finally:
            os.close(descriptor)

    def _lock(descriptor: int) -> None:
        """Lock an open file for as long as it, or a copy of its descriptor, is open; one that another run has locked is closed.

        Raises:
            Busy: Another run has.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Busy from None
        except OSError:  # a file system without such locks
            return

    def _held(descriptor: int) -> int:
        """Return a copy of a descriptor, with which the lock outlives it."""
        return os.dup(descriptor)


def _stage(place: str) -> str:
    """Return the name of the temporary file for a single file: the same for each run, so that none is left behind for long."""
    folder, separator, name = place.rpartition(os.sep)
    return f"{folder}{separator}{_STAGE}{crc32(os.fsencode(name)):08x}"


def give_name(stage: str, place: str) -> None:
    """Give a temporary file its name, which nothing is to have.

    Raises:
        FileExistsError: Something has it.
    """
    try:
        os.link(stage, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), place) from None
        os.replace(stage, place)
        return
    os.unlink(stage)


def replace(stage: str, place: str) -> None:
    """Give a temporary file the name of another one, which goes."""
    os.replace(stage, place)


def is_made(place: str, made: Identity | None) -> bool:
    """Whether the file that we made is there."""
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return made == identity(found)


def remove(place: str) -> None:
    """Remove a file that may be gone already."""
    with suppress(FileNotFoundError):
        os.unlink(place)


def make_folder(place: str, mode: int = 0o777) -> None:
    """Make a folder that may be there already."""
    try:
        os.mkdir(place, mode)
    except FileExistsError:
        if not os.path.isdir(place):
            raise


def make_folders(place: str) -> None:
    """Make a folder and those that it is in, where they are missing."""
    try:
        make_folder(place)
    except FileNotFoundError:
        above = os.path.dirname(place)
        if above == place:
            raise
        make_folders(above)
        make_folder(place)


def remove_folder(place: str) -> bool:
    """Remove a folder if it is there and empty, and say whether it was."""
    try:
        if os.listdir(place) or os.path.islink(place):
            return False
        os.rmdir(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
