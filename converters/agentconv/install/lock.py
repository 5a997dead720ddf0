"""`agentconv.lock`: what of a project's files is ours, entry by entry, with the checksums that tell whether a user edited it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agentconv.ir import Json

FILE = "agentconv.lock"
VERSION = 1
ABSENT = "absent"
"""Stands for a checksum where nothing is there yet, or nothing is to be there any more."""


@dataclass(frozen=True, slots=True)
class LockedAgent:
    """One agent of a pack, as it was when it was deployed."""

    id: str
    name: str
    source_sha256: str
    grants: Mapping[str, Json] = field(default_factory=dict)
    """What it may do: tools, permissions, MCP servers, hooks, skills, delegates; what an update is held against."""


@dataclass(frozen=True, slots=True)
class LockedPack:
    """One pack that is deployed."""

    name: str
    version: str
    origin: str
    """How it was there: `packs.PIP`, `packs.WHEEL` or `packs.FOLDER`."""
    file: str | None
    """The wheel's or folder's name, where it was one."""
    manifest_sha256: str
    wheel_sha256: str | None
    targets: Mapping[str, tuple[str, ...] | None]
    """By target the agents that were chosen; None for all."""
    agents: tuple[LockedAgent, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one entry of a file that holds several agents, that is ours."""

    path: str
    """POSIX, below the root; in the user's own scope absolute where it is elsewhere."""
    pointer: str
    """Empty for a whole file; else the place of the agents in it and the agent's name there, as a JSON Pointer."""
    target: str
    agent: str
    """Id of the agent in its pack."""
    packs: tuple[str, ...]
    """The packs that want it to be as it is."""
    source_sha256: str
    deployed_sha256: str
    """Of what we wrote; `ABSENT` only while a run is under way that has not written it yet."""
    pending_sha256: str | None = None
    """Of what a run that is under way, or was interrupted, writes; `ABSENT` where it removes the entry."""
    losses: tuple[str, ...] = ()
    beside: str | None = None
    """The file with our version, beside one that a user edited."""
    beside_sha256: str | None = None
    """Of that whole file."""
    beside_pending_sha256: str | None = None
    created: bool = True
    """Whether the file was not there before us."""

    @property
    def key(self) -> tuple[str, str]:
        """What no two entries share."""
        return self.path, self.pointer

    @property
    def pending(self) -> bool:
        """Whether a run was at it and has not come to its end."""
        return self.pending_sha256 is not None or self.beside_pending_sha256 is not None


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything that is ours below one root. Sorted however it is made."""

    packs: tuple[LockedPack, ...] = ()
    entries: tuple[Entry, ...] = ()
    folders: tuple[str, ...] = ()
    """The folders that were not there before us."""

    @property
    def interrupted(self) -> bool:
        """Whether a run did not come to its end."""
        return any(entry.pending for entry in self.entries)

    def pack(self, name: str) -> LockedPack | None:
        """Return a pack by its name."""
        return next((pack for pack in self.packs if pack.name == name), None)


def read(path: Path, *, anywhere: bool = False) -> Lock | None:
    """Read a lock; None where there is none.

    Args:
        path: The lock's file.
        anywhere: Whether entries may lie outside of the clients' places in a project: in the user's own scope.

    Raises:
        InputError: It is no lock, one of a newer version, or one that leads out of the project.
    """
    raise NotImplementedError


def dump(lock: Lock) -> bytes:
    """Return a lock as the bytes of its file: sorted, so that a change of one entry is one hunk."""
    raise NotImplementedError
