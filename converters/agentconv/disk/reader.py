"""What planning has to know of a disk, be it a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.disk.files import Blocked


class Reader(Protocol):
    """Looks at what is there, below one root."""

    def read(self, path: str) -> bytes | Blocked | None:
        """Return a file's bytes; None where there is nothing."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, or a link to one."""

    def is_link(self, path: str) -> bool:
        """Whether a link is in a file's place."""

    def is_program(self, path: str) -> bool:
        """Whether a file is there that can be started by itself."""

    def identity(self, path: str) -> str:
        """Return what two paths share that are one file because of links."""

    def folder(self, path: str) -> str:
        """Return the real folder that a file is in."""


def files_of(reader: Reader) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of a file that is there; None of one that is not, or cannot be read."""

    def read(path: str) -> bytes | None:
        found = reader.read(path)
        return found if isinstance(found, bytes) else None

    return read
