"""Plans to the disk, as one transaction: everything, or nothing, or finished by the next run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.install.disk import Reader
    from agentconv.install.lock import Lock
    from agentconv.install.planning import Plan


def settled(reader: Reader, lock: Lock) -> Lock:
    """Return what a lock says once each entry that a run left pending is what is there: old, new, or not ours."""
    raise NotImplementedError


def recover(root: Path, lock: Lock) -> Lock:
    """Take up where an interrupted run stopped: remove its temporary files, and return the settled lock (not written).

    Raises:
        InputError: The disk refuses.
    """
    raise NotImplementedError


def apply(root: Path, lock_path: Path, plan: Plan) -> None:
    """Do what a plan says, and write the lock.

    Raises:
        InputError: The disk refuses, or a file changed since it was planned; everything is as it was.
    """
    raise NotImplementedError
