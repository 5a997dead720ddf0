"""Skills, commands and servers of the source, kept in step one way: what was edited in a target stays there, and is told.

They stand in the lock as a pack of the project's own does, and are written as one is: file by file and entry by entry, the rest of a
file that is mainly the user's byte for byte as it was.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconv.conversion.options import Options
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.install import deployment, lock, planning
from agentconv.install.lock import LockedPack
from agentconv.sources.parts import Parts
from agentconv.sources.user_places import Home
from agentconv.sync import source_files, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.conversion.along import With
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.steps import Plan
    from agentconv.sync.settings import Settings

NAME = "."
"""What they are called among packs: no distribution is called so."""


@dataclass(frozen=True, slots=True)
class PartsOutcome:
    """What a run does with parts, or would do."""

    plan: Plan
    deployments: tuple[Deployment, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def needs_a_look(self) -> bool:
        """Whether something stays that was not to stay, or did not get where it was to be."""
        wrong = any(one.severity is Severity.ERROR for one in self.told())
        return wrong or self.plan.needs_a_look or any(one.refused for one in self.deployments)

    def told(self) -> Iterator[Diagnostic]:
        """Yield what is to be told."""
        yield from self.diagnostics
        yield from dict.fromkeys(remark for one in self.deployments for remark in one.diagnostics)


def outcome(settings: Settings, scope: Scope, reader: Reader, locked: Lock, along: With, *, force: bool, insist: bool) -> PartsOutcome:
    """Return what is to be done with parts.

    Args:
        settings: What the project says.
        scope: Where it all is.
        reader: Reads what is there.
        locked: What is ours there.
        along: Which of them are kept in step.
        force: Whether the source's word counts where a target was edited.
        insist: Whether all of them may go.
    """
    found, _, broken = source_files.find(settings, scope)
    loaded = sources.load(found)
    beside = _beside(settings, scope)
    options = Options(along=along, scope="user" if scope.is_user else "project", root=os.path.realpath(scope.root))
    others = [target for target in settings.targets if target != settings.source_format]
    done = tuple(deployment.deploy_parts(loaded.pieces, target, options, beside, scope) for target in others)
    wanted = [want for one in done for want in one.wanted]
    mine = [entry for entry in locked.entries if NAME in entry.packs]
    wrong = bool(broken or loaded.broken) or any(one.severity is Severity.ERROR for one in beside.diagnostics)
    emptied = bool(along and mine and not wanted and not insist)
    given = {want.agent for want in wanted}
    held = {entry.agent for entry in mine if entry.agent not in given} if wrong or emptied else set()
    pack = LockedPack(NAME, "0", lock.OWN, None, settings.sha256, None, dict.fromkeys(others))
    plan = planning.plan(reader, locked, pack, wanted, targets=set(others), force=force, held=held, accept=True)
    told = [_emptied(len(held))] if emptied else []
    return PartsOutcome(_without_empty(plan), done, (*beside.diagnostics, *told))


def _beside(settings: Settings, scope: Scope) -> Parts:
    home = Home(scope.root, scope.variables) if scope.is_user else None
    return Parts([scope.root], [settings.source_format], home)


def _emptied(number: int) -> Diagnostic:
    message = f"the source has none of the skills, commands and servers any more; {number} in the targets would go"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint="nothing was taken away; agentconv sync --yes insists")


def _without_empty(plan: Plan) -> Plan:
    """Return a plan after which the lock speaks of parts only where there are some."""
    if any(NAME in entry.packs for entry in plan.lock_after.entries):
        return plan
    after = replace(plan.lock_after, packs=plan.lock_after.deployed)
    return replace(plan, lock_after=after)
