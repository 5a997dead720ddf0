"""Names that agents had: a merge brings a new name from one side, and from the other what the configuration says under the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.install import lock as lock_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.install.lock import Lock, Synced
    from agentconv.sync.git import Git

_TELLING = ("prompt.text", "description")
"""Fields by which an agent is known again under another name."""


def now(lock: Lock | None, names: frozenset[str], git: Git, name: str) -> str | None:
    """Return what an agent is called now that had another name in a lock that was committed; None where that cannot be told.

    Args:
        lock: The lock as it is.
        names: The agents of the source.
        git: What knows earlier locks.
        name: The name that it had.
    """
    for then in _earlier(git) if lock is not None else ():
        former = [one for one in then if one.name == name]
        if former:
            known = {one.name for one in then}
            found = {
                one.name for one in (lock.synced if lock else ()) if one.name in names - known and any(_is(one, old) for old in former)
            }
            return found.pop() if len(found) == 1 else None
    return None


def _earlier(git: Git) -> Iterator[tuple[Synced, ...]]:
    """Yield what the locks of earlier commits keep in step, the newest first."""
    blobs = git.history(lock_file.FILE)
    texts = git.texts(blobs)
    for blob in dict.fromkeys(blobs):
        try:
            yield lock_file.load(texts[blob], lock_file.FILE).synced if blob in texts else ()
        except InputError:  # a merge was committed with its marks
            continue


def _is(one: Synced, old: Synced) -> bool:
    """Whether two entries of a target are one agent: something that tells it is settled alike."""
    return one.target == old.target and any(path in one.fields and one.fields[path] == old.fields.get(path) for path in _TELLING)
