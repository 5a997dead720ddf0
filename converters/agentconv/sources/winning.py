"""Which of several parts of one name a client takes, and what is said of each part of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sources.parts_on_disk import LoadedPart


def of_each(said: Sequence[Diagnostic]) -> dict[str | None, tuple[Diagnostic, ...]]:
    """Return what is said of each part of a file, by its name, with what is said of the whole file; by None, the latter alone."""
    names = dict.fromkeys((None, *(one.agent for one in said)))
    if len(names) == 1:
        return {None: tuple(said)}
    numbers: dict[str | None, list[int]] = {name: [] for name in names}
    for number, one in enumerate(said):
        numbers[one.agent].append(number)
    return {name: tuple(said[number] for number in sorted({*numbers[None], *numbers[name]})) for name in names}


def ranked(found: Sequence[tuple[int, LoadedPart]]) -> tuple[LoadedPart, ...]:
    """Return parts with what each is hidden by: of one name, the one wins whose place does, and of one place the first.

    What only one mode has hides nothing from the others.
    """
    winners: dict[tuple[str, str], LoadedPart] = {}
    for _, one in sorted(found, key=lambda pair: pair[0]):
        if one.part.name is not None and one.taken:
            winners.setdefault((one.part.name, one.only_in), one)
    return tuple(one if one.hidden_by else replace(one, hidden_by=_winner(one, winners)) for _, one in found)


def _winner(one: LoadedPart, winners: dict[tuple[str, str], LoadedPart]) -> str | None:
    """Return the file of the part that a client takes instead of one."""
    winner = winners.get((one.part.name or "", one.only_in))
    return None if winner is None or winner is one or one.state.dropped or winner.source is None else winner.source.text.path
