"""What a run did with the parts that are kept in step, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from agentconv.core import losses
from agentconv.core.diagnostics import LossSeverity, Severity
from agentconv.install.steps import NEEDS_A_LOOK, Action
from agentconv.render import deployed, in_step, machine, text
from agentconv.render.synced_lines import Line
from agentconv.render.table import table
from agentconv.render.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.install.places import Scope
    from agentconv.install.steps import Step
    from agentconv.render.text import Style
    from agentconv.sync.parts import PartsOutcome

_WORDS = deployed.Wording(
    "the source's",
    "take over what you want and delete the .agentconv-new; agentconv sync --prefer source NAME takes that version and keeps a copy",
    "take it away, or rename one of them; agentconv sync --prefer source NAME replaces it and keeps a copy",
)
_QUIET = frozenset({Action.SAME, Action.ADOPT})


def lines(outcome: PartsOutcome, *, dry_run: bool) -> list[str]:
    """Return what became of each, or one line where all are in step."""
    steps = [step for step in outcome.plan.steps if step.action not in _QUIET]
    rows = [(f"{step.action}", text.client(step.target), text.safe(step.path), text.safe(step.agent)) for step in steps]
    same = {step.agent for step in outcome.plan.steps if step.action in _QUIET}
    counts = Counter(one.partition("/")[0] for one in same)
    head = ("to do with parts:" if dry_run else "parts:") if rows else in_step.parts(counts)
    return [head, *(f"  {line}" for line in table(rows))]


def problems(
    outcome: PartsOutcome, scope: Scope, look: Style, *, quiet: bool, dry_run: bool, every: bool = False, other_source: bool = False
) -> Iterator[str]:
    """Yield what needs a look, and what conversion cost: in the run that first meets a part or changes it, or (`every`) always.

    What is said of all of them is new with another source, too.
    """
    is_new = every or other_source or any(step.action is not Action.SAME for step in outcome.plan.steps) or not outcome.plan.steps
    for told in outcome.told():
        if told.severity is Severity.ERROR or (not quiet and (is_new or told.severity is not Severity.NOTE)):
            yield text.diagnostic(told, look)
    yield from deployed.step_problems(outcome.plan, scope, look, dry_run=dry_run, words=_WORDS)
    changed = {(step.target, step.agent) for step in outcome.plan.steps if step.action is not Action.SAME}
    parts = {part for _, part in changed}
    settled = {(step.target, step.agent) for step in outcome.plan.steps} - changed
    tally = Tally(several_targets=len(outcome.deployments) > 1)
    for one in outcome.deployments:
        for loss in one.losses:
            part = f"{loss.part}/{loss.agent}"
            new = every or (part in parts and (one.target, part) not in settled)
            refused = loss.severity is LossSeverity.REFUSAL
            if (refused and (every or part not in outcome.as_before)) or (not refused and new and not quiet):
                tally.add(loss)
    yield from tally.lines(look)
    if outcome.as_before and not every and not quiet:
        yield f"{text.count(len(outcome.as_before), 'part')} refused, as before: {text.names(sorted(outcome.as_before))} (-v says why)"


def findings(outcome: PartsOutcome, scope: Scope, place: str, *, dry_run: bool) -> Iterator[Line]:
    """Yield what is told of parts as it is of agents, for programs that read findings.

    Args:
        outcome: What is to be told.
        scope: Where it is.
        place: The configuration, at which it is told what a target cannot hold.
        dry_run: Whether nothing is written.
    """
    for step in outcome.plan.steps:
        if step.action in NEEDS_A_LOOK:
            told = deployed.step_diagnostic(step, scope, dry_run=dry_run, words=_WORDS)
            yield _line(step, told.message, told.hint or "", look=True)
        elif step.action not in _QUIET:
            yield _line(step, "")
    for one in outcome.deployments:
        for loss in one.losses:
            if loss.severity is LossSeverity.REFUSAL and f"{loss.part}/{loss.agent}" not in outcome.as_before:
                said = text.for_target(losses.rule(loss.code).summary, one.target)
                what = f"{said}: {loss.detail}" if str(loss.detail) else said
                yield Line("refused", f"{loss.part}/{loss.agent}", what, one.target, place, hint=loss.hint or "", look=True)


def _line(step: Step, what: str, hint: str = "", *, look: bool = False) -> Line:
    return Line(str(step.action), step.agent, what, step.target, step.path, step.pointer, hint, look)


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
