"""Whose word counts where both sides changed a field: the source's, the targets', or that of one target by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.sync import selecting
from agentconv.sync.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCE, TARGET = "source", "target"


def side_of(path: str, prefer: Mapping[str, str]) -> str | None:
    """Return whose word counts of a field, where a person said so."""
    return prefer.get(path, prefer.get(path.partition(".")[0], prefer.get("")))


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person decided."""

    side: str = ""
    """`SOURCE` or `TARGET`; empty where nothing was decided."""
    target: str | None = None
    """The only target that it is about; None for all of them."""
    selection: Selection = field(default_factory=Selection)
    """The agents, or their fields; all of them without any."""

    def of(self, target: str, name: str) -> dict[str, str]:
        """Return by field, or for all (``), whose word counts of an agent in a target."""
        if not self.side or self.target not in (None, target):
            return {}
        pairs = self.selection.pairs or (("", ""),)
        return {path: self.side for agent, path in pairs if agent in ("", name)}

    def names(self, target: str, name: str) -> bool:
        """Whether it names an agent, and not merely all of them: an edit that nobody named is not taken back."""
        return bool(self.of(target, name)) and name in self.agents()

    def insists(self, target: str, name: str) -> bool:
        """Whether the source's word counts of something of an agent."""
        return SOURCE in self.of(target, name).values()

    def agents(self) -> tuple[str, ...]:
        """Return the agents that are named."""
        return self.selection.agents()

    def once_carried(self) -> Preference:
        """Return what is still to be decided once a target's word is in the source: another target's is one of its own."""
        return self if self.side == SOURCE else Preference()


def read(side: str, words: Sequence[str], target: str | None = None) -> Preference:
    """Return what was typed after `--prefer`."""
    return Preference(side, target, selecting.read(words))
