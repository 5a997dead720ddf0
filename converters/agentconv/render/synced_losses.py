"""What a run of sync loses, for people: what is new of it, what is told in each run, and what clients make of the source's own folder."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agentconv.conversion.defined_servers import UNDEFINED
from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.losses import WHOLE_SET
from agentconv.render import in_step, text
from agentconv.render.synced import BY_FLAG
from agentconv.render.synced_differences import listed
from agentconv.render.tally import Tally
from agentconv.sync import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.render.text import Style
    from agentconv.sync.planning import Outcome
    from agentconv.sync.serving import Served


_ORDER = {LossSeverity.REFUSAL: 0, LossSeverity.WARNING: 1, LossSeverity.NOTE: 2}
_FULLY = 12
"""How many lines about losses are told as they are; where there would be more, those that nobody has to decide about are counted."""


def lost(outcome: Outcome, look: Style, *, every: bool) -> Iterator[str]:
    """Yield what is told of losses: those that are new, or every one; and what is told in each run.

    Args:
        outcome: The run.
        look: How it looks.
        every: Whether those that the lock knows are told, too.
    """
    of_agents = (loss for one in outcome.candidates if one.view is not None for loss in one.view.losses)
    found = of_agents if every else outcome.new_losses
    of_set = (loss for one in outcome.views for loss in one.losses if not one.entries or loss.code not in known.OF_SET)
    shown = [replace(loss, hint=None) if loss.code in BY_FLAG else loss for loss in (*outcome.adopted_losses, *found, *of_set)]
    if every:
        yield from _each(shown, look)
    else:
        yield from _together(shown, look, several=len(outcome.settings.targets) > 1 or bool(outcome.adopted))
    if any(loss.code == "model-dropped" for loss in shown) and not outcome.settings.models.by_tier:
        yield f'  hint: `models = "tier"` in {outcome.settings.own_file} writes each assistant\'s own of the same tier'
    if not every:
        told = {(loss.target, loss.code, loss.agent) for loss in outcome.new_losses}
        yield from in_step.lasting(outcome.settings, outcome.synced, look, Counter((target, code) for target, code, _ in told))
    yield from _there(outcome, look)


def _there(outcome: Outcome, look: Style) -> Iterator[str]:
    """Yield what agents may do with servers that stand in the targets' own files."""
    tally = Tally(several_targets=len(outcome.settings.targets) > 1)
    for loss in outcome.there:
        tally.add(loss)
    yield from tally.lines(look)


def _each(shown: Sequence[Loss], look: Style) -> Iterator[str]:
    """Yield every loss of every agent, and each hint once; what is the same for all agents of two clients is said once of them."""
    tally = Tally(several_targets=True)
    hints: dict[str, None] = {}
    for loss in dict.fromkeys(shown):
        if losses.rule(loss.code).of_pair:
            tally.add(loss)
            continue
        yield text.loss(loss, look)
        if loss.hint and loss.hint not in hints:
            hints[loss.hint] = None
            yield f"  hint: {text.safe(text.for_target(loss.hint, loss.target))}"
    yield from tally.lines(look, of_pairs=True)


def _together(shown: Sequence[Loss], look: Style, *, several: bool) -> Iterator[str]:
    """Yield losses by code; where that is much, limits that are not held and tools that are lost in a few words, and the others counted."""
    tally = Tally(several_targets=several)
    for loss in shown:
        tally.add(loss)
    lines = tally.lines(look)
    if len(lines) <= _FULLY:
        yield from lines
        return
    limits: dict[tuple[LossSeverity, str], list[Loss]] = {}
    others: dict[tuple[LossSeverity, str], dict[str, dict[str, None]]] = {}
    for loss in sorted(shown, key=lambda loss: (_ORDER[loss.severity], loss.target, loss.code)):
        if known.is_lasting(loss) or loss.severity is LossSeverity.REFUSAL or loss.code == UNDEFINED:
            limits.setdefault((loss.severity, loss.code), []).append(loss)
        else:
            others.setdefault((loss.severity, loss.target), {}).setdefault(loss.code, {})[loss.whose] = None
    for (severity, code), found in limits.items():
        yield from _limit(f"{look.paint(severity.value, severity)}[{code}]", found)
    for (severity, target), codes in others.items():
        if severity is not LossSeverity.NOTE:
            counts = ", ".join(f"{code} ({text.count(len(agents), 'agent')})" for code, agents in codes.items())
            yield f"{look.paint(severity.value, severity)} to {text.client(target)}: {counts}"
    notes = {target: len(codes) for (severity, target), codes in others.items() if severity is LossSeverity.NOTE}
    if notes:
        counts = ", ".join(f"{text.count(number, 'kind')} to {text.client(target)}" for target, number in notes.items())
        yield f"{look.paint('notes', LossSeverity.NOTE)}, about what is said there in another way: {counts}"
    if others:
        yield "  hint: -v says what becomes of each agent, and `agentconv rule CODE` what a code means"


def _limit(head: str, found: Sequence[Loss]) -> Iterator[str]:
    """Yield what is told of a limit that is not held: where, of which agents, of what, and what can be done."""
    targets: dict[str, dict[str, None]] = {}
    for loss in found:
        targets.setdefault(loss.target, {})[loss.whose] = None
    summary = losses.rule(found[0].code).summary
    yield f"{head} to {_to(targets)}: {text.for_target(summary, found[0].target) if len(targets) == 1 else summary}"
    yield f"  {listed(dict.fromkeys(text.shorten(word, text.REASON) for loss in found for word in _words(loss)))}"
    hints: dict[str, dict[str, None]] = {}
    for loss in (loss for loss in found if loss.hint):
        hints.setdefault(loss.hint or "", {})[text.client(loss.target)] = None
    for hint, clients in hints.items():
        to = f"{', '.join(clients)}: " if len(hints) > 1 else ""
        yield f"  hint: {to}{text.safe(text.for_target(hint, found[0].target) if len(targets) == 1 else hint)}"


def _to(targets: Mapping[str, Mapping[str, None]]) -> str:
    """Say to which clients something is lost, and of which agents."""
    if all(WHOLE_SET in agents for agents in targets.values()):
        return f"{', '.join(map(text.client, targets))}, {WHOLE_SET}"
    return "; ".join(
        f"{text.client(target)}, {text.count(len(agents), 'agent')} ({text.names([*agents])})" for target, agents in targets.items()
    )


def _words(loss: Loss) -> Sequence[str]:
    """Return what a loss is about: each thing of a list."""
    values = loss.data.values if loss.data is not None else ()
    is_list = loss.data is not None and loss.data.words == "{}" and isinstance(values[0], tuple)
    return [str(one) for one in values[0]] if is_list else [loss.detail]


def served(outcome: Outcome, look: Style, *, every: bool) -> Iterator[str]:
    """Yield a line for each target that reads the source's own folder, what is lost there, and what may be done besides.

    Args:
        outcome: The run.
        look: How it looks.
        every: Whether each field and each agent is named, rather than counted.
    """
    place = outcome.settings.place
    readers = [one for one in outcome.served if one.without is None]
    if readers and not every:
        names, itself = ", ".join(text.client(one.target) for one in readers), "reads" if len(readers) == 1 else "read"
        more = ", and not every key of it means something there (-v)" if any(one.lost for one in readers) else ""
        yield f"  {names} {itself} {place} as well: nothing is written for {'it' if len(readers) == 1 else 'them'}{more}"
    for one in outcome.served:
        own = f"`own = true` in [sync.{one.target}] writes files for it"
        if one.without is None:
            if every:
                yield f"  {text.client(one.target)} reads {place} itself ({text.count(one.agents, 'agent')}): nothing is written for it"
            if one.dropped:
                yield f"    {'it' if every else text.client(one.target)} does not load {listed(one.dropped)}; {own}"
            if every and (lost := _lost(one, outcome.settings.source_format)):
                yield f"    it makes nothing of {listed(lost)}; {own}"
        elif one.losses:
            where = "those of other assistants" if one.beside else place
            yield f"  {text.client(one.target)} has no file of its own of {listed(one.without)}, and reads {where}"
        if every:
            yield from _wider(one, look)
    freer = [loss for one in outcome.served for loss in one.losses] if not every else []
    if freer:
        code, severity = freer[0].code, freer[0].severity
        yield from (f"  {line}" for line in _limit(f"{look.paint(severity.value, severity)}[{code}]", freer))
        own = " or ".join(f"[sync.{one.target}]" for one in outcome.served if one.losses and one.without is None)
        if own:
            yield f"    hint: `own = true` in {own} of {outcome.settings.own_file} writes files for it, which close what it can close"


def _lost(one: Served, source_format: str) -> list[str]:
    """Return the fields that a client makes nothing of, each with how many agents have it."""
    own_keys = f"extras.{source_format}."
    return [f"{path.removeprefix(own_keys).removeprefix('extras.')} ({number})" for path, number in one.lost.items()]


def _wider(one: Served, look: Style) -> Iterator[str]:
    tally = Tally()
    for loss in one.losses:
        tally.add(loss)
    yield from (f"    {line}" for line in tally.lines(look))
