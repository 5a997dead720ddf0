"""One thing that an agent or a part may do, with the word that accepts it."""

from __future__ import annotations

from agentconv.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that an agent, or a part, may do beyond reading."""

    word: str
    """What accepts it: `write`, `network`, `run`, `unattended`, `hooks`, `mcp:NAME`."""
    what: str
    """What it is, for people."""
