"""One thing that a client's reader says about a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Severity

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a client's reader says."""

    client: str
    diagnostic: Diagnostic
    problem: str
    """What it says, without the words that every such remark begins with."""
    key: str
    """The key that it is about; empty where it is about none."""
    field: str
    """The field path that the key holds, by the client's schema."""
    start: int
    end: int
    drops: bool
    """Whether the client has no such agent because of it."""

    @property
    def severity(self) -> Severity:
        """The effect in the client."""
        return Severity.ERROR if self.drops else self.diagnostic.severity
