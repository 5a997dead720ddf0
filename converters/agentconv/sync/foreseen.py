"""What a setting would cost, before anybody writes it: the agents that a target would refuse for what restrains the whole set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError, LossKind
from agentconv.install import places
from agentconv.sync import settings, source_files, sources, views

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.conversion.along import With
    from agentconv.sync.starting import Written

_REFUSES = "set-restraint"


def refused(root: Path, written: Written, along: With) -> dict[str, list[str]] | None:
    """Return by target the agents that it would refuse for that alone, were such parts kept in step; None where that cannot be told.

    Args:
        root: The project's root.
        written: Its settings as they are to be.
        along: The parts.
    """
    try:
        said = settings.read(root, {written.path: written.after})
        found = source_files.find(said, places.project(root))[0] if said is not None else []
    except InputError:
        return None
    if said is None:
        return None
    loaded, said = sources.load(found), replace(said, along=along)
    names = {one: agent.name or agent.id for one, agent in loaded.agents()}
    by_target = {target: views.of(loaded, target, said, ()).refused for target in said.targets}
    kept = {
        target: [
            names[one] for one, lost in refusals.items() if {loss.code for loss in lost if loss.kind is LossKind.REFUSED} == {_REFUSES}
        ]
        for target, refusals in by_target.items()
    }
    return {target: agents for target, agents in kept.items() if agents}
