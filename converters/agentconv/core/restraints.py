"""What holds the whole set back, whoever works in it: rules that deny or ask, and hooks that can block.

No part of one agent says it, so that no file of one agent can carry it: it is judged by `conversion.set_restraints`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Span

RestrainingKind: TypeAlias = Literal["hooks", "permissions"]
RESTRAINING: tuple[str, ...] = ("hooks", "permissions")
"""The kinds of parts that can restrain all others. `parts/<kind>/restraints.py` has `of(part, source)`, which says how one does."""
SERVERS = "servers"
"""The effect of MCP servers' tools, beside those of `core.effects`."""
EVERYTHING = frozenset({"read", "write", "network", "run", SERVERS})
"""What is held back where it cannot be told what a rule is about."""


@dataclass(frozen=True, slots=True)
class Restraint:
    """One rule, or one guard, of a whole set."""

    kind: RestrainingKind
    text: str
    """The rule in a few words, which tell it from the others of its part: `deny Bash(rm:*)`."""
    does: Literal["denies", "asks", "guards"]
    effects: frozenset[str]
    """What it holds back, whole or in part."""
    server: str | None = None
    """The only MCP server that it is about, where it is about one."""
    span: Span | None = field(default=None, compare=False)
    """Where it stands."""

    @property
    def shown(self) -> str:
        """The rule with its place, for people."""
        return f"{self.text} ({self.span.path}:{self.span.line})" if self.span else self.text
