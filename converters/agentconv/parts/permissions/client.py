"""What one client's rules can say: which words hold which capability, with what patterns, and what of it a rule is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Rule
    from agentconv.core.patterns.form import Form


class ReadRule(Protocol):
    """Reads a rule of a client as it stands in its file; several, where one word stands for several."""

    def __call__(self, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
        """Return the rules, as reading the file gives them."""


def no_server(_server: str, _tool: str | None) -> str | None:
    """Return no word: nothing closes a server."""
    return None


@dataclass(frozen=True, slots=True)
class Client:
    """One client."""

    format: str
    """Its format id."""
    title: str
    """Its name, for messages."""
    rule: ReadRule
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The words that close a capability, where these are not the tools that have it."""
    holding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that hold a part of it by a pattern, where these are others."""
    effects: frozenset[str] = frozenset({"allow", "ask", "deny"})
    """What its rules can do; where there is no asking, what asks elsewhere is denied."""
    patterns: Mapping[str, tuple[str, Callable[[Form], list[str] | None]]] = field(default_factory=dict)
    """By subject (`command`, `path`): the capability's words take such patterns, which this writes."""
    server: Callable[[str, str | None], str | None] = no_server
    """Returns the word for an MCP server, or for one of its tools."""
    whole: bool = True
    """Whether a rule can close a whole tool."""
    maps: bool = False
    """Whether its rules are maps by words, in which the last that matches decides, rather than lists by effects."""
    asks_for_rest: bool = False
    """Whether it runs unasked what no rule is about: it is told to ask where the source does, and for the rest of what is partly denied."""
    outside: Callable[[str], tuple[tuple[str, str], ...]] | None = None
    """Returns words and patterns that close a folder outside of the project, given as `~/x` or `//x`."""

    def closing(self, capability: str) -> tuple[str, ...]:
        """Return the words that close a capability together; none, where the client has no such tool."""
        if capability in self.words:
            return self.words[capability]
        return vocabulary.tools_for(self.format, capability)

    def parting(self, capability: str) -> tuple[str, ...]:
        """Return the words that close a part of a capability together."""
        return self.holding.get(capability) or self.closing(capability)

    def has(self, capability: str) -> bool:
        """Whether the client has tools for a capability at all."""
        return capability == "mcp" or capability in vocabulary.capabilities(self.format)
