"""One run at a time below one root, with nothing left behind in it.

On POSIX the root itself is locked. Elsewhere, and where a file system has no such locks, a file in the user's own state folder is.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAUSE = 0.05


def state_folder() -> Path:
    """Return the folder for what agentconv remembers for a user: `$XDG_STATE_HOME/agentconv`."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "agentconv"


@contextmanager
def exclusive(root: Path, *, seconds: float = 10.0) -> Iterator[None]:
    """Hold a root for this process.

    Args:
        root: The project's folder, or the user's.
        seconds: How long to wait for another one.

    Raises:
        InputError: Another run holds it for longer than that.
    """
    end = time.monotonic() + seconds
    descriptor = _opened(root)
    try:
        while not _held(descriptor):
            if time.monotonic() >= end:
                message = f"another agentconv has been changing this folder for {seconds:g} seconds"
                hint = "wait until it is done, or end it, and run this again"
                raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, Span(root.as_posix()), hint))
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _opened(root: Path) -> int:
        return _state_file(root)

    def _held(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _opened(root: Path) -> int:
        try:
            descriptor = os.open(root, os.O_RDONLY)
        except OSError as error:
            message = f"cannot be opened: {(error.strerror or str(error)).lower()}"
            raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(root.as_posix()))) from None
        try:
            _held(descriptor)
        except OSError:  # a file system without such locks
            os.close(descriptor)
            return _state_file(root)
        return descriptor

    def _held(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _state_file(root: Path) -> int:
    name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / f"{name}.running", os.O_RDWR | os.O_CREAT, 0o600)
