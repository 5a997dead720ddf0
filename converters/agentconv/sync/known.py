"""Losses that were told: a run counts them, and words only those that are new. What limits an agent is told in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Synced
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.settings import Settings

OF_SET = frozenset({"set-restrictions-stay"})
"""Losses of the whole set that each run says: the lock has them with each agent of their target."""
LASTING = OF_SET | frozenset(
    {
        "not-enforced",
        "asks-dropped",
        "sandbox-dropped",
        "pattern-dropped",
        "widened",
        "widened-less",
        "widened-elsewhere",
        "server-open-there",
    }
)
"""Losses that are never known by themselves: each run says them, with how many agents."""


def key(loss: Loss) -> str:
    """Return what a loss is known by: code, field, and a checksum of the detail that no wording is part of."""
    from agentconv.sync.digests import digest

    data = (loss.data.words, *loss.data.values) if loss.data else (loss.detail,)
    return f"{loss.code}{'!' if is_lasting(loss) else ''}:{loss.field}:{digest(tuple(str(one) for one in data))[:8]}"


def is_lasting(loss: Loss) -> bool:
    """Whether a loss is told in every run."""
    from agentconv.core.diagnostics import LossSeverity

    return loss.code in LASTING and (loss.code != "pattern-dropped" or loss.severity is LossSeverity.WARNING)


def keys(losses: Iterable[Loss]) -> tuple[str, ...]:
    """Return what losses are known by."""
    return tuple(sorted({key(loss) for loss in losses}))


def new(found: Sequence[Candidate]) -> Iterator[Loss]:
    """Yield losses that the lock does not know yet."""
    of_set = {(one.target, loss) for one in found for base in one.bases for loss in base.losses if loss.partition("!")[0] in OF_SET}
    for one in found:
        if one.view is not None:
            told = {loss for base in one.bases for loss in base.losses}
            unknown = ((loss, key(loss)) for loss in one.view.losses)
            yield from (loss for loss, known in unknown if known not in told and (one.target, known) not in of_set)


def is_widened(one: Synced) -> bool:
    """Whether a run wrote what may do more than its source: that is held against what is accepted in each run."""
    return any(loss.startswith("widened!") for loss in one.losses)


def counted(synced: Iterable[Synced], before: Iterable[Synced] | None = None) -> int:
    """Return how many losses a lock knows; where a run changes it, of those that it knew before, for the others are told."""
    known = {(one.target, one.agent, loss) for one in before for loss in one.losses} if before is not None else None
    return sum(
        1
        for one in synced
        for loss in one.losses
        if "!" not in loss.partition(":")[0] and (known is None or (one.target, one.agent, loss) in known)
    )


def lasting(synced: Iterable[Synced]) -> dict[tuple[str, str], int]:
    """Return what is told in every run, by target and code: how many agents it is about."""
    agents: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for one in synced:
        for loss in one.losses:
            code = loss.partition(":")[0]
            if code.endswith("!"):
                agents.setdefault((one.target, code.removesuffix("!")), set()).add(one.agent)
    return {row: len(found) for row, found in agents.items()}


def is_accepted(settings: Settings, target: str, code: str) -> bool:
    """Whether the configuration accepts a loss, by its list or by the key of an agent without which there would be no such loss."""
    from agentconv.sync.settings import BY_KEY

    return code in BY_KEY or code in settings.accept or f"{code}:{target}" in settings.accept
