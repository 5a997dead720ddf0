"""Where a command may look and write while an assistant asks for it: in the folders that a person named, and no program is started.

What is asked for is checked before anything is done (`asked`). This is for what is found on the way: links, files that others include,
settings of folders above. The interpreter asks before it opens, changes or starts anything, and what is not allowed raises.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from agentconv.core import schema_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OUTSIDE = "it is outside of the folders that the server may use"
_LOOKS = frozenset({"os.listdir", "os.scandir"})
_CHANGES = frozenset(
    {
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.removexattr",
        "os.rename",
        "os.rmdir",
        "os.setxattr",
        "os.symlink",
        "os.truncate",
        "os.utime",
    }
)
_NEVER = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "socket.bind",
        "socket.connect",
        "subprocess.Popen",
    }
)
"""What starts a program, or reaches another machine."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Confinement:
    """The folders in which something is done at a person's wish."""

    def __init__(self, roots: Sequence[str], *, write: bool = False) -> None:
        """Take the folders; they are seen under their real paths.

        Args:
            roots: The folders.
            write: Whether files in them may be written.
        """
        self.roots = tuple(os.path.realpath(root) for root in roots)
        self.write = write
        here = os.path.realpath(os.curdir)
        code = (os.path.realpath(place) for place in (*sys.path, sys.prefix, sys.base_prefix, os.fspath(schema_files.FOLDER)) if place)
        self._code = tuple(dict.fromkeys(place for place in code if place not in (here, os.sep)))
        """Where the program itself is read from."""

    def holds(self, path: str) -> bool:
        """Whether a path leads into one of the folders, whatever links are on the way."""
        return _is_in(os.path.realpath(path), self.roots)

    def judge(self, event: str, given: tuple[object, ...]) -> None:
        """Raise what keeps the program from what it is about to do, where that is not allowed.

        Raises:
            PermissionError: It is not.
        """
        if event == "open":
            path, mode, flags = (*given, None, None)[:3]
            writes = bool(isinstance(flags, int) and flags & _WRITING) or bool(isinstance(mode, str) and set(mode) & set("wax+"))
            self._judge(path, writes=writes)
        elif event in _LOOKS:
            self._judge(given[0] if given else None, writes=False)
        elif event in _CHANGES:
            for path in given:
                self._judge(path, writes=True)
        elif event in _NEVER:
            raise PermissionError(errno.EPERM, "no program is started, and nothing is asked of another machine")

    def _judge(self, path: object, *, writes: bool) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # what is open already
        name = os.fsdecode(path)
        real = os.path.realpath(name)
        if writes and not (self.write and _is_in(real, self.roots)):
            why = OUTSIDE if self.write else "the server writes nothing: it was started without --write"
            raise PermissionError(errno.EACCES, why, name)
        if not writes and not _is_in(real, (*self.roots, *self._code)):
            raise PermissionError(errno.EACCES, OUTSIDE, name)


def _is_in(place: str, folders: Sequence[str]) -> bool:
    return any(place == folder or place.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


_ACTIVE: ContextVar[Confinement | None] = ContextVar("confinement", default=None)
_heard: list[bool] = []


@contextmanager
def confined(to: Confinement) -> Iterator[None]:
    """Keep everything that is done in here in a confinement; the rest of the program, in other threads, is free."""
    if not _heard:
        sys.addaudithook(_hear)  # there is no way to take one away, and this one does nothing outside of here
        _heard.append(True)
    token = _ACTIVE.set(to)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def _hear(event: str, given: tuple[object, ...]) -> None:
    if event == "open" or event.startswith(("os.", "subprocess.", "socket.", "pty.")):
        active = _ACTIVE.get()
        if active is not None:
            active.judge(event, given)
