"""How clients take a command line apart before they hold its pieces to patterns: facts of their vocabularies, asked of each.

A pattern is held to one piece, so that it says the same in two clients only where both cut at the same places and hold the same
text to it. Where nobody knows how a client cuts, nothing is the same.
"""

from __future__ import annotations

from functools import cache

from agentconv.core import rule_facts, vocabulary
from agentconv.core.expressions import expression


def alike(source: str, target: str, pattern: str) -> bool:
    """Whether two clients decide the same by a pattern, for any command line."""
    return rule_facts.command_lines(source).get("split") is not None and reading(source, pattern) == reading(target, pattern)


def within(source: str, target: str, pattern: str, *, denies: bool) -> bool:
    """Whether a target holds an agent to a pattern as its author meant it.

    What is in no client's words is about a whole command line: of one that is allowed, a client that cuts it opens no more.
    """
    if denies or rule_facts.is_client(source):
        return alike(source, target, pattern)
    return rule_facts.command_lines(target).get("split") is not None and not reading(target, pattern)


def reading(format_id: str, pattern: str) -> str:
    """Return what tells a client's reading of command lines from another's; empty where that says nothing about the pattern.

    Clients that parse alike may still blank out some characters of a piece: a pattern with one of them tells them apart.
    """
    facts = rule_facts.command_lines(format_id)
    if "split" not in facts:
        return f"as {vocabulary.words_of(format_id)} cuts command lines"
    if _is_void(pattern):
        return ""
    blanked = facts.get("blanked", "")
    told = f", {len(blanked)} characters blanked" if set(pattern) & _blanked(facts["split"]) else ""
    return f"cut by {facts['split']}{told}" if told and blanked else ""


_CUTS = expression(r"[|&;\n]")
_SHELTERS = expression(r"[\"'\\`$<>*?]|[@!+]\(")


def _is_void(pattern: str) -> bool:
    """Whether no piece of a command line can be this text: it has in it what cuts pieces, and nothing that keeps it from doing so."""
    return _CUTS.search(pattern) is not None and _SHELTERS.search(pattern) is None


@cache
def _blanked(split: str) -> frozenset[str]:
    """Return the characters that any client of those that parse alike blanks out, and what stands for one."""
    found = [rule_facts.command_lines(client) for client in vocabulary.clients()]
    return frozenset(char for facts in found if facts.get("split") == split for char in facts.get("blanked", "") + facts.get("blank", ""))
