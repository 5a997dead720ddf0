"""One file's bytes: of a regular file alone, and never more of them than it was said to have."""

from __future__ import annotations

import errno
import os
import stat

LARGEST = 256 * 1024 * 1024
"""What is larger is not read at an output place: nothing that is written there comes near."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class TooLarge(OSError):
    """A file has more bytes than are read."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(errno.EFBIG, f"it has {size:,} bytes, and {limit:,} are read at most")
        self.size = size


def read(place: str, *, limit: int | None = LARGEST, links: bool = True) -> tuple[bytes, os.stat_result]:
    """Read a file. What is no regular one is not even opened: a pipe would wait, a device would act.

    Args:
        place: Where it is.
        limit: How many bytes it may have; None for as many as it has when it is opened.
        links: Whether a symbolic link in its place is followed.

    Returns:
        Its bytes, and what the system says of it.

    Raises:
        OSError: It cannot be read, is no regular file, is too large (`TooLarge`), or grows meanwhile.
    """
    _require_regular(os.stat(place, follow_symlinks=links))
    descriptor = os.open(place, _FLAGS if links else _FLAGS | _NO_LINK)
    try:
        status = os.fstat(descriptor)
        _require_regular(status)  # something else may have come into its place since
        if limit is not None and status.st_size > limit:
            raise TooLarge(status.st_size, limit)
        return _bytes(descriptor, status.st_size), status
    finally:
        os.close(descriptor)


def is_program(status: os.stat_result) -> bool:
    """Whether a file can be started by itself: on Windows its name alone says so."""
    return os.name == "nt" or bool(status.st_mode & stat.S_IXUSR)


def head(place: str, size: int) -> bytes:
    """Return the first bytes of a file; none of what cannot be read, or is no regular file."""
    try:
        _require_regular(os.stat(place))
        descriptor = os.open(place, _FLAGS)
        try:
            return os.read(descriptor, size) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return b""


def _bytes(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    while len(data) <= size and (more := os.read(descriptor, size + 1 - len(data))):
        data += more
    if len(data) > size:
        raise OSError(errno.EAGAIN, "it grew while it was read")
    return data


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")


def reason_of(error: Exception) -> str:
    """Say what the system says of an error."""
    if isinstance(error, UnicodeEncodeError):
        return f"file names are {error.encoding} here, which has no `{error.object[error.start]}`"
    return ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
