"""A file to write, and what it may share a place with."""

from __future__ import annotations

from typing import Protocol

from agentconv.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """A file that several agents share, with ours in it."""

    data: bytes
    kept: tuple[str, ...] = ()
    """Names that other entries of the file have; those stay."""
    replaced: bool = False
    """Whether an entry that was there is another one now."""
    problem: str | None = None
    """Why the file, as it is, can take none of ours."""
    at: tuple[int, int] = (1, 1)
    """The line and column of that, where it is known."""


class Mergeable(Protocol):
    """What can be put into a file that is there, among what others have in it."""

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put it into a file: what is new is added, what is there stays unless forced."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A report in a file that somebody named for it: what is there gives way to it."""

    data: bytes

    def merge(self, present: bytes, *, force: bool = False) -> Merged:  # noqa: ARG002 - as everything that can be merged
        """Take the place of what is there."""
        return Merged(self.data)


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file to write, below the output folder."""

    path: str
    data: bytes
    shared: Mergeable | None = None
    """What it shares with others: a file that is there takes it in among its own."""
    beside: bool = False
    """Whether it only means something beside the other files, in a folder."""
    executable: bool = False
    """Whether it is a program, where it is written anew."""
    spelled: bool = False
    """Whether its bytes are ours, rather than those of a file that was read: then git may have given it other line ends."""

    def says(self, present: bytes) -> bool:
        """Whether what is in its place says all that it says."""
        return present == self.data or (self.spelled and b"\r" not in self.data and present == self.data.replace(b"\n", b"\r\n"))
