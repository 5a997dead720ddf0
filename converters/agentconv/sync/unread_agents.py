"""Agents of which nothing is known for now, since their source cannot be read, and servers that would be open to them meanwhile.

Such an agent's file stays in its target, and nobody can tell whether its author lets it use a server that each agent there would have: a
server that is not there yet waits until it can be told, and one that is stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.open_servers import chooses
from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.losses import listed
from agentconv.core.restraints import SERVERS
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Entry, Lock
    from agentconv.sync.sources import Sources


def without_servers(done: Iterable[Deployment], loaded: Sources, locked: Lock, mine: Iterable[Entry]) -> tuple[Deployment, ...]:
    """Return what targets get, without the servers that wait.

    Args:
        done: What they would get.
        loaded: The source, and what of it cannot be read.
        locked: What was settled of agents.
        mine: What is there of parts.
    """
    there = {(entry.target, entry.agent) for entry in mine}
    return tuple(
        _without(one, sorted(_unread(one.target, loaded, locked)), {id_ for target, id_ in there if target == one.target}) for one in done
    )


def _unread(target: str, loaded: Sources, locked: Lock) -> set[str]:
    """Return the agents that a target has, and of which nothing is known."""
    if chooses(target) or vocabulary.unenforced(target).servers:
        return set()
    return {one.name for one in locked.synced if one.target == target and loaded.broken_by(one.source) is not None}


def _without(one: Deployment, names: list[str], there: set[str]) -> Deployment:
    waiting = sorted({want.agent for want in one.wanted if want.part == SERVERS and want.agent not in there}) if names else []
    if not waiting:
        return one
    who = registry.FORMATS[one.target].title
    message = f"{listed(waiting)}: not written for {who} yet, where every agent would have it: nothing is known of {listed(names)} now"
    told = Diagnostic(Code.PARTS, Severity.WARNING, message, hint="mend what cannot be read of the source, then agentconv sync")
    wanted = tuple(want for want in one.wanted if want.agent not in waiting)
    return replace(one, wanted=wanted, diagnostics=(*one.diagnostics, told))
