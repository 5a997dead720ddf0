"""The servers that stand in a target once a plan is carried out, whoever wrote them there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.core import effects
from agentconv.core.restraints import SERVERS
from agentconv.install import part_entries
from agentconv.install.steps import Action
from agentconv.install.whole_files import NOT_OURS
from agentconv.sources.user_places import Home

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.conversion.servers_there import Standing
    from agentconv.install.places import Scope
    from agentconv.install.steps import Step, Wanted


def of(target: str, scope: Scope, steps: Iterable[Step], wanted: Iterable[Wanted]) -> list[Standing]:
    """Return these servers, but for those that are wanted there: they are judged with what goes along.

    Args:
        target: The target's format id.
        scope: Where it all is.
        steps: What becomes of what is ours.
        wanted: What the target gets.
    """
    home = Home(scope.root, scope.variables) if scope.is_user else None
    there = servers_there.of(scope.root, target, home, scope.shown)
    if not there:
        return []
    steps = [one for one in steps if one.part == SERVERS]
    away = {one.agent for one in steps if one.target == target and one.action in NOT_OURS}
    coming = (one for one in wanted if one.part == SERVERS and one.shared is not None and one.agent not in away)
    going = {effects.server_key(one.shared.name or "") for one in coming if one.shared is not None}
    gone = {(_at(scope, one.path), one.pointer) for one in steps if one.action is Action.REMOVE}
    return [one for one in there if one.key not in going and (_at(scope, one.part.path), part_entries.pointer(one.part.part)) not in gone]


def _at(scope: Scope, path: str) -> str:
    return os.path.join(os.path.realpath(scope.root), path)
