"""What a run of sync loses, for people: what is new of it, what is told in each run, and what clients make of the source's own folder."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.render import in_step, text
from agentconv.render.synced import BY_FLAG
from agentconv.render.synced_differences import listed
from agentconv.render.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.render.text import Style
    from agentconv.sync.planning import Outcome
    from agentconv.sync.serving import Served


def lost(outcome: Outcome, look: Style, *, every: bool) -> Iterator[str]:
    """Yield what is told of losses: those that are new, or every one; and what is told in each run.

    Args:
        outcome: The run.
        look: How it looks.
        every: Whether those that the lock knows are told, too.
    """
    models = False
    tally = Tally(several_targets=len(outcome.settings.targets) > 1 or bool(outcome.adopted))
    if every:
        found = [loss for one in outcome.candidates if one.view is not None for loss in one.view.losses]
    else:
        found = outcome.new_losses
    shown = [*outcome.adopted_losses, *found, *(loss for one in outcome.views for loss in one.losses)]
    for loss in shown:
        tally.add(replace(loss, hint=None) if loss.code in BY_FLAG else loss)
        models = models or loss.code == "model-dropped"
    if every:
        yield from dict.fromkeys(text.loss(loss, look) for loss in shown if not losses.rule(loss.code).of_pair)
    yield from tally.lines(look, of_pairs=every)
    if models:
        yield f'  hint: `models = "tier"` in {outcome.settings.own_file} writes each assistant\'s own of the same tier'
    if not every:
        told = {(loss.target, loss.code, loss.agent) for loss in outcome.new_losses}
        yield from in_step.lasting(outcome.settings, outcome.synced, look, Counter((target, code) for target, code, _ in told))


def served(outcome: Outcome, look: Style) -> Iterator[str]:
    """Yield a line for each target that reads the source's own folder, what is lost there, and what may be done besides."""
    for one in outcome.served:
        if one.without is not None:
            yield from _without_copy(one, outcome, look)
            continue
        agents = text.count(one.agents, "agent")
        yield f"  {text.client(one.target)} reads {outcome.settings.place} itself ({agents}): nothing is written for it"
        own_keys = f"extras.{outcome.settings.source_format}."
        lost = [f"{path.removeprefix(own_keys).removeprefix('extras.')} ({number})" for path, number in one.lost.items()]
        own = f"`own = true` in [sync.{one.target}] writes files for it"
        if one.dropped:
            yield f"    it does not load {listed(one.dropped)}; {own}"
        if lost:
            yield f"    it makes nothing of {listed(lost)}; {own}"
        yield from _wider(one, look)


def _without_copy(one: Served, outcome: Outcome, look: Style) -> Iterator[str]:
    """Yield which agents a target has no file of its own of, so that it reads the source's, by which they may do more."""
    if one.losses:
        yield f"  {text.client(one.target)} has no file of its own of {listed(one.without or ())}, and reads {outcome.settings.place}"
        yield from _wider(one, look)


def _wider(one: Served, look: Style) -> Iterator[str]:
    tally = Tally()
    for loss in one.losses:
        tally.add(loss)
    yield from (f"    {line}" for line in tally.lines(look))
