"""What `agentconv sync` says of files that nobody has spoken of yet: they were there before us, or some fields of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.render import text
from agentconv.sync import preferring
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.sync.candidates import Candidate
    from agentconv.sync.planning import Outcome
    from agentconv.sync.preferring import Preference
    from agentconv.sync.selecting import Selection


def left_alone(prefer: Preference, outcome: Outcome) -> Iterator[Diagnostic]:
    """Say of files that are not ours that nobody who names no agent decides about them, and what does."""
    strangers = [one for one in outcome.candidates if _is_strange(one) and prefer.of(one.target, one.name)]
    for target in dict.fromkeys(one.target for one in strangers if not prefer.agents()):
        names = [one.name for one in strangers if one.target == target and not (one.file and one.file.problem)]
        side = preferring.SOURCE if prefer.side == preferring.SOURCE else target
        which = (
            "that is not ours, or not settled yet, stays as it is"
            if len(names) == 1
            else "that are not ours, or not settled yet, stay as they are"
        )
        message = f"{text.count(len(names), 'file')} of {text.client(target)} {which}: name its agent" + ("" if len(names) == 1 else "s")
        hint = f"agentconv sync --prefer {side} {' '.join(names)}"
        if names:
            yield Diagnostic(Code.BLOCKED, Severity.WARNING, message, hint=hint)


def _is_strange(one: Candidate) -> bool:
    """Whether nobody has spoken yet of a file that was there before us, or of some fields of it."""
    return one.entry is Entry.FOREIGN or (one.settled is not None and bool(one.settled.strange))


def not_taken(carry_back: Selection | None, outcome: Outcome) -> Iterator[Diagnostic]:
    """Say of agents that are named for --carry-back why nothing comes of it: what was never settled is no edit."""
    named = carry_back.agents() if carry_back is not None else ()
    for one in outcome.candidates:
        if one.name in named and _is_strange(one) and not (one.file and one.file.problem):
            message = f"--carry-back {one.name} takes what was edited since it was settled, and of this file that was never done"
            hint = f"agentconv sync --prefer {one.target} {one.name} takes what it says into the source"
            yield Diagnostic(Code.BLOCKED, Severity.WARNING, message, Span(one.path), hint)
