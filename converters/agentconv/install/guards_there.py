"""Guards that are deployed and hold nobody: what they run is not there, or settings switch them off; told for as long as that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects
from agentconv.core.diagnostics import Cause, Code, Diagnostic, Severity
from agentconv.disk.reader import files_of
from agentconv.install import guarding, part_entries, reading_back
from agentconv.install.several_files import present_checksum
from agentconv.parts.hooks import scripts
from agentconv.sources import hooks_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent, Hook
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.places import Scope

_HOOKS = b"hooks"
"""What is in every file of an agent that has some: others need not be read as one."""


def lacks(scope: Scope, reader: Reader, lock: Lock, pack: str) -> Iterator[Diagnostic]:
    """Say what the guards of a pack lack where they are deployed; a user's own run in any project what that has."""
    for entry in (one for one in lock.entries if not scope.is_user and pack in one.packs and not one.script):
        if guards := _guards(entry, reader):
            yield from guarding.lacks(entry.agent, entry.target, guards, reader)


def edited(reader: Reader, lock: Lock) -> frozenset[str]:
    """Return the scripts that came with packs, and that somebody edited since."""
    ours = (one for one in lock.entries if one.script and one.packs)
    return frozenset(one.path for one in ours if present_checksum(reader, one) not in (one.deployed_sha256, one.pending_sha256, None))


def switched_off(scope: Scope, reader: Reader, lock: Lock, pack: str) -> Iterator[Diagnostic]:
    """Say which deployed guards never run, and which rules hold nothing, for what settings say that are there now."""
    read, at = files_of(reader), guarding.part_scope(scope)
    off: dict[tuple[str, str], dict[str, None]] = {}
    void: dict[tuple[str, str], str] = {}
    for entry in (one for one in lock.entries if pack in one.packs and not one.script):
        if entry.part == "permissions" and (fault := hooks_off.void(entry.target, entry.path, read)) is not None:
            void[entry.target, entry.path] = fault
        elif entry.part == "hooks" or (not entry.part and _guards(entry, reader)):
            why = hooks_off.why(entry.target, entry.path if entry.part else "", read, at)  # an agent's own are lost to no void file
            if why is not None:
                off.setdefault((entry.target, why), {})[entry.agent] = None
    for (target, why), ids in off.items():
        yield _told(f"guards of {guarding.listed(ids)} never run: {why}", hooks_off.HINT, target)
    for (target, path), fault in void.items():
        yield _told(f"rules in {path} hold nothing: it takes nothing of the file: {fault}", guarding.MEND, target)


def _told(message: str, hint: str, target: str) -> Diagnostic:
    return Diagnostic(Code.PARTS, Severity.ERROR, message, hint=hint, client=target, cause=Cause.GUARD)


def _guards(entry: Entry, reader: Reader) -> list[Hook]:
    """Return the guards of a deployed agent's own, or the one that a deployed hook is."""
    if not entry.part:
        agent = _agent(entry, reader)
        return effects.guards_in(agent) if agent is not None else []
    data = files_of(reader)(entry.path) if entry.part == "hooks" else None
    found = part_entries.there(entry, data) if data is not None else ()
    return [hook for part in found for hook in scripts.guards_of(part)]


def _agent(entry: Entry, reader: Reader) -> Agent | None:
    """Return a deployed agent that may have guards; None for any other."""
    data = files_of(reader)(entry.path)
    if data is None or _HOOKS not in data:
        return None
    return reading_back.read(entry.target, entry.path, entry.pointer, data)
