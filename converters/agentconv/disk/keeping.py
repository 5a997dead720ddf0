"""What a file keeps when other bytes come into its place: its permissions, its owner, its extended attributes."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from agentconv.core.dataclass import dataclass

_FOR_ALL = 0o777


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of a file."""

    mode: int
    owner: int
    group: int
    extended: tuple[tuple[str, bytes], ...] = ()
    """Names and values; access control lists are among them."""


def of(place: str) -> Kept | None:
    """Return what a file keeps; None where there is none."""
    try:
        status = os.lstat(place)
    except FileNotFoundError:
        return None
    return Kept(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, tuple(_extended(place)))


def _extended(place: str) -> list[tuple[str, bytes]]:
    """Return extended attributes, where the system and the file system have such."""
    found: list[tuple[str, bytes]] = []
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(place, follow_symlinks=False):
                with suppress(OSError):
                    found.append((name, os.getxattr(place, name, follow_symlinks=False)))
    return found


def give(place: str, kept: Kept) -> None:
    """Give a new file of ours what another one keeps: what the system does not let us give stays as it is.

    Raises:
        OSError: Its permissions cannot be set.
    """
    owned = _owned(place, kept)
    os.chmod(place, kept.mode if owned else kept.mode & _FOR_ALL)
    for name, value in kept.extended:
        with suppress(OSError):
            os.setxattr(place, name, value)


def _owned(place: str, kept: Kept) -> bool:
    """Give a file its owner and group, or its group at least; return whether it has both."""
    found = os.lstat(place)
    if (found.st_uid, found.st_gid) == (kept.owner, kept.group) or not hasattr(os, "chown"):
        return True
    try:
        os.chown(place, kept.owner, kept.group)
    except OSError:
        with suppress(OSError):
            os.chown(place, -1, kept.group)
        return False
    return True
