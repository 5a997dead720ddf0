"""What a run did with the skills, commands and servers that are kept in step, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import LossSeverity, Severity
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.install.steps import Action
from agentconv.render import deployed, machine, text
from agentconv.render.table import table
from agentconv.render.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.install.places import Scope
    from agentconv.render.text import Style
    from agentconv.sync.parts import PartsOutcome

_QUIET = frozenset({Action.SAME, Action.ADOPT})


def lines(outcome: PartsOutcome, *, dry_run: bool) -> list[str]:
    """Return what became of each, or one line where all are in step."""
    steps = [step for step in outcome.plan.steps if step.action not in _QUIET]
    rows = [(f"{step.action}", text.client(step.target), text.safe(step.path), text.safe(step.agent)) for step in steps]
    same = {step.agent for step in outcome.plan.steps if step.action in _QUIET}
    counts = ((kind, sum(one.startswith(f"{kind}/") for one in same)) for kind in KINDS)
    held = ", ".join(text.count(number, NOUNS[kind]) for kind, number in counts if number)
    head = ("to do with parts:" if dry_run else "parts:") if rows else f"in step, too: {held}" if held else "no parts to keep in step"
    return [head, *(f"  {line}" for line in table(rows))]


def problems(outcome: PartsOutcome, scope: Scope, look: Style, *, quiet: bool, dry_run: bool) -> Iterator[str]:
    """Yield what needs a look, and what conversion cost."""
    for told in outcome.told():
        if not quiet or told.severity is Severity.ERROR:
            yield text.diagnostic(told, look)
    yield from deployed.step_problems(outcome.plan, scope, look, dry_run=dry_run)
    changed = {(step.target, step.agent) for step in outcome.plan.steps if step.action not in _QUIET}
    parts = {part for _, part in changed}
    settled = {(step.target, step.agent) for step in outcome.plan.steps} - changed
    tally = Tally(several_targets=len(outcome.deployments) > 1)
    for one in outcome.deployments:
        for loss in one.losses:
            part = f"{loss.part}/{loss.agent}"
            new = part in parts and (one.target, part) not in settled
            if loss.severity is LossSeverity.REFUSAL or (new and not quiet):
                tally.add(loss)
    yield from tally.lines(look)


def plain(outcome: PartsOutcome) -> dict[str, Any]:
    """Return it for other programs."""
    steps = [
        {"action": one.action.value, "target": one.target, "path": one.path, "pointer": one.pointer, "part": one.agent}
        for one in outcome.plan.steps
    ]
    return {
        "entries": steps,
        "refused": [{"target": one.target, "part": id_} for one in outcome.deployments for id_ in one.refused],
        "losses": [machine.plain(loss) for one in outcome.deployments for loss in one.losses],
        "diagnostics": [machine.plain(one) for one in outcome.told()],
    }
