"""Some agents of a run alone, for a person who looks at them: nothing is written of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.suggestions import nearest
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.sync.planning import Outcome
    from agentconv.sync.serving import Served
    from agentconv.sync.views import Views


def at(outcome: Outcome, names: Collection[str]) -> Outcome:
    """Return what a run would do with agents of these names, in the source or in a target alone.

    Raises:
        InputError: There is none of one of these names.
    """
    keys = {key: agent.name or "" for key, agent in outcome.sources.agents()} if outcome.sources is not None else {}
    known = {*keys.values(), *(one.name for one in outcome.candidates), *(agent.name or "" for _, _, agent in outcome.orphans)}
    for name in names:
        if name not in known:
            near = nearest(name, sorted(known), 0.7)
            raise registry.usage(
                f"there is no agent `{name}`", f"did you mean `{near}`?" if near else "agentconv inspect says which there are"
            )
    found = [one for one in outcome.candidates if one.name in names]
    files = (
        {one.path for one in found}
        | {one.moved_from[0] for one in found if one.moved_from}
        | {key[0] for key, one in keys.items() if one in names}
    )
    ids = {agent.id for key, agent in outcome.sources.agents() if keys[key] in names} if outcome.sources is not None else {}
    places = {(one.target, *one.place) for one in found}
    there = [one for one in outcome.orphans if one[2].name in names]
    return replace(
        outcome,
        candidates=found,
        orphans=there,
        agents=len({*names}),
        views=[_of(views, {key for key, name in keys.items() if name in names}) for views in outcome.views],
        plan=outcome.plan and replace(outcome.plan, changes=tuple(one for one in outcome.plan.changes if one.path in files)),
        synced=[one for one in outcome.synced if (one.target, *one.key) in places],
        new_losses=[loss for loss in outcome.new_losses if any(loss in one.view.losses for one in found if one.view is not None)],
        served=[_served(one, names, ids) for one in outcome.served],
        there=[loss for loss in outcome.there if loss.agent in ids],
        adopted=tuple(one for one in outcome.adopted if one[2].name in names),
        renamed=tuple(one for one in outcome.renamed if one.candidate.name in names),
        kept=tuple(one for one in outcome.kept if one.agent in names),
        elsewhere=[one for one in outcome.elsewhere if one.name in names],
        carried=tuple(one for one in outcome.carried if one.candidate.name in names),
        names={old: new for old, new in outcome.names.items() if {old, new}.intersection(names)},
    )


def _served(one: Served, names: Collection[str], ids: Collection[str | None]) -> Served:
    """Return what a target's client makes of the source's files of some agents."""
    without = None if one.without is None else tuple(name for name in one.without if name in names)
    losses = tuple(loss for loss in one.losses if loss.agent in ids)
    return replace(one, losses=losses, without=without, dropped=tuple(name for name in one.dropped if name in names))


def _of(views: Views, keys: Collection[tuple[str, str]]) -> Views:
    """Return what a target is to have of some agents."""
    return replace(
        views,
        entries=[one for one in views.entries if one.key in keys],
        refused={key: losses for key, losses in views.refused.items() if key in keys},
    )
