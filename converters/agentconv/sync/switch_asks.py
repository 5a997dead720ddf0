"""What a switch of the source asks for before it is carried out: names that change, files that go, and what agents might do more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.widening import Widening
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.planning import Outcome
    from agentconv.sync.switching import Wider


def deletions(outcome: Outcome, target: str) -> Iterator[Diagnostic]:
    """Say what would go with the switch that nobody said is to go."""
    if outcome.asks is not None:
        hint = f"if they are to go: agentconv sync --switch-source {target} --yes"
        yield replace(outcome.asks, hint=hint)
    yield from _no_more_held([one for one in outcome.candidates if one.entry is Entry.DELETE and one.author is not None], target)


def _no_more_held(going: Sequence[Candidate], target: str) -> Iterator[Diagnostic]:
    """Say which files would go though their agents are there: they could do more than the new source says, and that cannot change."""
    if going:
        more = f"; and {len(going) - 3:,} more" if len(going) > 3 else ""
        clients = ", ".join(dict.fromkeys(registry.FORMATS[one.target].title for one in going))
        listed = ", ".join(f"{one.path} ({', '.join(map(str, _beyond(one)))})" for one in going[:3])
        why = f"their agents could do more there than the new source says, and {clients} cannot hold what it says"
        message = f"files would go, since {why}: {listed}{more}"
        hint = f"if they are to go: agentconv sync --switch-source {target} --yes"
        yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def _beyond(one: Candidate) -> Sequence[Widening]:
    return compare.widenings(one.author, one.there, one.target) if one.author is not None and one.there is not None else ()


def renames(named: Sequence[Candidate]) -> Diagnostic:
    """Say which files of the targets, what was the source among them, would have other names, since the new source's agents have."""
    listed = "; ".join(f"{one.moved_from[0]} becomes {one.path}" for one in named[:3] if one.moved_from is not None)
    more = f"; and {len(named) - 3:,} more" if len(named) > 3 else ""
    message = f"agents of the new source have other names, and these files would get them: {listed}{more}"
    hint = "rename them in the source, sync, and switch then; with --yes, these files are renamed"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def widening(wider: Sequence[Wider]) -> Diagnostic:
    """Say which agents could do more than their source says."""
    listed = "; ".join(f"{one.agent} in {one.target} ({', '.join(map(str, one.effects))})" for one in wider[:3])
    more = f"; and {len(wider) - 3:,} more" if len(wider) > 3 else ""
    message = f"agents could do more than their source says now: {listed}{more}"
    leaves = f"`skip = true` in [sync.agents.{wider[0].agent}.{wider[0].target}] gives it none there"
    hint = f"narrow them in the new source first; {leaves}; --allow-widening goes on as it is"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)
