"""One thing that a client's reader says about a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Effect, Severity

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a client's reader says."""

    client: str
    diagnostic: Diagnostic
    field: str
    """The field path that the key which it is about holds, by the client's schema; empty where there is no such key."""
    start: int
    end: int
    agents: int = 1
    """How many agents the file holds, which may all be lost with one of them."""

    @property
    def key(self) -> str:
        """The key that it is about; empty where it is about none."""
        return self.diagnostic.key or ""

    @property
    def drops(self) -> bool:
        """Whether the client has no such agent because of it."""
        return self.diagnostic.effect is not None and self.diagnostic.effect.drops

    @property
    def loses_header(self) -> bool:
        """Whether the client takes nothing of the header because of it, and the agent has every tool."""
        return self.diagnostic.effect is Effect.DROPS_HEADER

    @property
    def is_of_value(self) -> bool:
        """Whether the client does not take a value as it is written, be it that it drops the agent for it."""
        return self.drops or self.diagnostic.code is Code.INVALID_VALUE

    @property
    def reason(self) -> str:
        """Why the client does not take something; all that is said, where that is no reason."""
        return self.diagnostic.reason or self.diagnostic.message

    @property
    def problem(self) -> str:
        """What is said, but that the client has no such agent."""
        return self.reason if self.drops else self.diagnostic.message

    @property
    def severity(self) -> Severity:
        """The effect in the client."""
        return Severity.ERROR if self.drops or self.loses_header else self.diagnostic.severity
