"""The table at the end of a run: by client and set of agents, what held for how many, and why the others were refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

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
class Table:
    """All rows of a run."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def text(self) -> str:
        """Return the table as aligned text."""
        head = ("client", "set", "agents", *ASPECTS, "refused")
        lines = [head]
        for (client, name), row in self.rows.items():
            refused = ", ".join(f"{count} {code}" for code, count in sorted(row.refused.items())) or "0"
            lines.append((client, name, str(row.agents), *(str(row.held[aspect]) for aspect in ASPECTS), refused))
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        return "".join("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)


TABLE = Table()
