"""How each client reads patterns, command lines, and the rules of a whole project or user."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_client(format_id: str) -> bool:
    """Whether a format's words are those of a client, rather than of a program, which has no facts."""
    return bool(vocabulary.tables(format_id))


def holds_patterns(format_id: str) -> bool:
    """Whether an agent is held to the pattern of `Tool(pattern)`: what is in a program's own words is what it says."""
    return not is_client(format_id) or vocabulary.fact(format_id, "enforces_patterns")


@cache
def pattern_language(format_id: str, word: str) -> str | None:
    """Return the language of the patterns that a client takes with a tool word; None where it takes none that anybody knows."""
    return _of_patterns(format_id, word)[0]


@cache
def pattern_subject(format_id: str, word: str) -> str | None:
    """Return what a client holds such a pattern against: `path`, `command` and others."""
    return _of_patterns(format_id, word)[1]


def _of_patterns(format_id: str, word: str) -> tuple[str | None, str | None]:
    found = vocabulary.tool_word(format_id, word)
    owner = found.owners[0] if found else format_id
    known = {
        native: (language, subject)
        for language, row in vocabulary.tables(owner).get("patterns", {}).items()
        for native, subject in row.items()
    }
    return known.get(found.native if found else word) or known.get("*", (None, None))


def command_lines(format_id: str) -> dict[str, Any]:
    """Return how a client cuts command lines before it holds them to patterns; nothing where that is not known."""
    found: dict[str, Any] = vocabulary.tables(format_id).get("commands", {})
    return found


def restraining_files(format_id: str) -> tuple[str, ...]:
    """Return the files and folders of a project in which a client finds what restrains all that works there."""
    return tuple({**vocabulary.tables(format_id), **vocabulary.own_tables(format_id)}.get("restraining", ()))


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """How a client reads the rules of a whole project or user."""

    order: str = "deny"
    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By word, the capabilities that a rule without a pattern is about, where that is not the tool of that name."""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same of a rule with a pattern."""
    patterns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By word, the language of its patterns, and what they are held against."""
    keys: tuple[str, ...] = ()
    """All that the client reads in its table of rules; nothing, where that is not known."""
    in_commands: bool = False
    """Whether a path that may not be read or written is kept from commands that plainly do so, as from the client's own tools."""
    beside: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """By what a file says besides, and no rule can say: the effects that it holds back, and the values that hold nothing."""

    @property
    def words(self) -> frozenset[str]:
        """Words that rules have besides the names of tools."""
        return frozenset((*self.whole, *self.parts, *self.patterns))


@cache
def rules(format_id: str) -> RuleFacts:
    """Return how a client reads the rules of a whole project or user."""
    found: dict[str, Any] = vocabulary.tables(format_id).get("rules", {})
    whole, parts = ({word: tuple(row) for word, row in found.get(name, {}).items()} for name in ("whole", "parts"))
    spoken = {word: (language, subject) for language, row in found.get("patterns", {}).items() for word, subject in row.items()}
    beside = {key: (frozenset(row["effects"]), frozenset(row.get("free", ()))) for key, row in found.get("beside", {}).items()}
    return RuleFacts(
        found.get("order", "deny"), whole, parts, spoken, tuple(found.get("keys", ())), found.get("in_commands", False), beside
    )


def rule_pattern(format_id: str, word: str) -> tuple[str | None, str | None]:
    """Return the language of the patterns of a client's rules with a word, and what they are held against."""
    return rules(format_id).patterns.get(word) or _of_patterns(format_id, word)
