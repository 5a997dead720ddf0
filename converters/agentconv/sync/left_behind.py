"""Parts that agents need which a switch of the source leaves behind: their files stay, and what these name stays with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.along import Named, With, along
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.install.units import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Plan, Wanted
    from agentconv.sources.parts import Parts


GOES_ON = (
    "with --yes, what the new source does not have stays behind: its files stay, and are told as new ones, "
    "to be adopted or excluded before the source is switched again"
)
"""What `--yes` does to what is left behind."""


def needed(agents: Mapping[str, Iterable[Agent]], entries: Iterable[Entry], parts: Parts) -> frozenset[tuple[str, str]]:
    """Return the targets and the ids of what we wrote there, and agents need that stay behind there.

    Args:
        agents: The agents by target, as the source says them that is to be none any more.
        entries: What is ours of parts.
        parts: That source's parts.
    """
    ours = {(entry.target, entry.agent) for entry in entries}
    return frozenset((target, id_) for target, said in agents.items() for id_ in _named(said, parts) if (target, id_) in ours)


def _named(agents: Iterable[Agent], parts: Parts) -> Iterator[str]:
    """Yield the ids of the parts that agents name."""
    named = Named(parts)
    for agent in agents:
        named.take(agent)
    yield from (key(one.kind, one.part.id) for one in along(With(needed=True), named).parts)


def released(behind: Collection[tuple[str, str]], mine: Iterable[Entry], wanted: Iterable[Wanted]) -> frozenset[tuple[str, str]]:
    """Return what is nobody's but the project's from now on: nothing else that is in step needs it there."""
    kept = {(want.target, want.agent) for want in wanted}
    return frozenset((entry.target, entry.agent) for entry in mine if (entry.target, entry.agent) in behind) - kept


def forgotten(plan: Plan, gone: Collection[tuple[str, str]], pack: str) -> Plan:
    """Return a plan after which the lock does not say that this is ours."""
    entries = tuple(one for one in plan.lock_after.entries if pack not in one.packs or (one.target, one.agent) not in gone)
    return replace(plan, lock_after=replace(plan.lock_after, entries=entries))


def told(gone: Collection[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Say what stays, and that sync sees to it no more."""
    for target in sorted({target for target, _ in gone}):
        names = ", ".join(sorted(id_ for where, id_ in gone if where == target))
        client = registry.FORMATS[target].title
        message = f"{names}: stays in {client} with the agents there that are left behind and need it, and is yours from now on"
        hint = "take it out where no agent needs it any more"
        yield Diagnostic(Code.PARTS, Severity.NOTE, message, hint=hint)


def asked(behind: Collection[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Say which parts are kept in step no more for agents that are left behind, which somebody has to agree to."""
    if names := sorted({id_ for _, id_ in behind}):
        targets = ", ".join(sorted({registry.FORMATS[target].title for target, _ in behind}))
        listed = ", ".join([*names[:3], *([f"{len(names) - 3:,} more"] if len(names) > 3 else [])])
        message = f"what they need would stay in {targets}, in step no more where no other agent needs it: {listed}"
        yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=GOES_ON)


def not_held(target: str, missing: Collection[str], noun: str) -> Diagnostic:
    """Say what a target does not have of all that the source has."""
    client = registry.FORMATS[target].title
    number = f"{len(missing):,} {noun}{'s' if len(missing) != 1 else ''}"
    listed = "; ".join([*list(missing)[:3], *(["..."] if len(missing) > 3 else [])])
    return Diagnostic(Code.BLOCKED, Severity.ERROR, f"{client} does not have {number} of the source: {listed}", hint=GOES_ON)
