"""Rules that a target's project has of its own, beside those that are kept in step: an agent's file opens nothing of what they deny."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion import rules_there
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.install import joined
from agentconv.install import lock as lock_file
from agentconv.sync.unchanged_parts import NAME

if TYPE_CHECKING:
    from agentconv.conversion.rules_there import Theirs
    from agentconv.core.parts import PermissionSet
    from agentconv.install.lock import Entry
    from agentconv.install.places import Scope


def of(scope: Scope) -> Theirs:
    """Return what gives the rules of a target's project but for those that came from the source."""

    @cache
    def ours() -> tuple[Entry, ...]:
        lock = lock_file.read(scope.lock, anywhere=scope.is_user)
        return tuple(entry for entry in lock.entries if NAME in entry.packs) if lock is not None else ()

    def left(path: str, there: PermissionSet) -> PermissionSet:
        return joined.without_ours(ours(), path, there)

    return rules_there.reader(files_of(Disk(scope.root)), left)
