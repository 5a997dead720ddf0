"""Servers and skills that agents of a pack name, where somebody else's of that name are in their places: these are what the agents get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import losses
from agentconv.core.diagnostics import Detail
from agentconv.install.steps import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.install.deployment import Deployment
    from agentconv.install.places import Scope
    from agentconv.install.steps import Step
    from agentconv.install.units import Units

CODE = "part-another"
_FIELDS = {"servers": "mcp_servers", "skills": "skills"}
_STAYS = frozenset({Action.FOREIGN, Action.OTHER_PACK, Action.KEPT})


def told(one: Deployment, units: Units, scope: Scope, steps: Iterable[Step]) -> Iterator[Loss]:
    """Say which agents that come to a target get somebody else's server or skill for the one that they name.

    Args:
        one: What the target gets.
        units: The pack's agents and parts.
        scope: Where.
        steps: What becomes of what is there.
    """
    taken = {step.agent: step for step in steps if step.target == one.target and step.action in _STAYS and step.part in _FIELDS}
    ids = {want.agent for want in one.wanted} | one.left_out.keys()
    for id_ in sorted(ids & units.agents.keys()) if taken else ():
        for part in sorted(units.named([id_]) & taken.keys()):
            step = taken[part]
            detail = Detail("`{}` in {}", (units.parts[part].name or part, scope.shown(step.path)))
            yield losses.loss(CODE, id_, _FIELDS[step.part], one.target, detail)
