"""The tables at the end of a run: by client and set of agents, what held for how many, and what permissive sessions let run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ASPECTS = ("loaded", "prompt", "description", "tools")


@dataclass
class Row:
    """One client and one set of agents."""

    agents: int = 0
    held: Counter[str] = field(default_factory=Counter)
    """How many agents each aspect holds for exactly, without a loss that explains it."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refused agents by the code of the loss."""


@dataclass
class Calls:
    """What came of the tools that the agents of one client and set called in a permissive session."""

    agents: int = 0
    called: int = 0
    """Calls that had an answer, of tools offered or not."""
    closed: int = 0
    """Of these, those of tools that the author closed to the agent."""
    undeclared: list[str] = field(default_factory=list)
    """Of those, the agents and tools that ran although nothing had said that they would."""
    declared: list[str] = field(default_factory=list)
    """And those that ran where the conversion says that the client does not hold the agent to it."""
    answered: list[str] = field(default_factory=list)
    """Agents and tools for which the author wants to be asked, and such a session answers."""


@dataclass
class Table:
    """All rows of a run."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    calls: dict[tuple[str, str], Calls] = field(default_factory=dict)

    def text(self) -> str:
        """Return what became of the agents."""
        head = ("client", "set", "agents", *ASPECTS, "refused")
        lines: list[tuple[str, ...]] = [head]
        for (client, name), row in self.rows.items():
            refused = ", ".join(f"{count} {code}" for code, count in sorted(row.refused.items())) or "0"
            lines.append((client, name, str(row.agents), *(str(row.held[aspect]) for aspect in ASPECTS), refused))
        return _aligned(lines)

    def permissive_text(self) -> str:
        """Return what became of the calls in permissive sessions, and what such a session was asked."""
        lines: list[tuple[str, ...]] = [("client", "set", "agents", "calls", "closed", "ran", "ran as declared", "asks answered")]
        for (client, name), row in self.calls.items():
            counts = (row.agents, row.called, row.closed, *map(len, (row.undeclared, row.declared, row.answered)))
            lines.append((client, name, *map(str, counts)))
        asked = [f"{client} {name}: {', '.join(row.answered)}\n" for (client, name), row in self.calls.items() if row.answered]
        return _aligned(lines) + "".join(["asks answered:\n", *asked] if asked else [])


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)


TABLE = Table()
