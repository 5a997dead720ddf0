"""The files below one root: read without following links out of it, and written so that no one sees a part of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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
        self.root = root

    def read(self, path: str) -> bytes | Blocked | None:
        """Return a file's bytes; None where there is nothing."""
        raise NotImplementedError

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, or a link to one."""
        raise NotImplementedError

    def identity(self, path: str) -> str:
        """Return what two paths share that are one file because of linked folders."""
        raise NotImplementedError
