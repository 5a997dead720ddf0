"""Guards of deployed agents that block nothing, since what they run is not there: as installing told it, for as long as that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects
from agentconv.install import guarding, reading_back
from agentconv.parts.hooks import scripts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope

_HOOKS = b"hooks"
"""What is in every file of an agent that has some: others need not be read as one."""


def lacks(scope: Scope, reader: Reader, lock: Lock, pack: str) -> Iterator[Diagnostic]:
    """Say what the guards of a pack's agents lack where they are deployed; a user's own run in any project what that has."""
    for entry in lock.entries if not scope.is_user else ():
        data = reader.read(entry.path) if pack in entry.packs and not entry.part else None
        if not isinstance(data, bytes) or _HOOKS not in data:
            continue
        agent = reading_back.read(entry.target, entry.path, entry.pointer, data)
        if agent is not None and (guards := effects.guards_in(agent)):
            yield from guarding.lacks(entry.agent, entry.target, scripts.of_guards(agent), scripts.of_machine(guards), reader)
