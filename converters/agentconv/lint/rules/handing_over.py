"""Agents that hand over to one which is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Severity
from agentconv.core.expressions import expression
from agentconv.core.mentions import fences
from agentconv.core.suggestions import nearest
from agentconv.formats import registry
from agentconv.lint.passages import passages, shown
from agentconv.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_MENTION = expression(r"(?i)(?<![\w`])`([A-Za-z0-9][\w .-]{0,63})`[ ](?:sub-?)?agent\b|\b(?:sub-?)?agent[ ]`([A-Za-z0-9][\w .-]{0,63})`")
_ANY = ("` agent", "` sub", "agent `")
"""What of a mention is soon looked for: most texts have none."""
_PIECES = expression(r"[-_. ]+")
_NEAR = 0.8
"""How much of two names is the same where one is a slip of the other."""


@rule(
    "AC708",
    "renamed-agent",
    bad="""
        ---
        name: pr-reviewer
        description: Reviews changes before a merge
        ---

        You are the `reviewer` agent, and review changes before a merge.
        """,
    good="""
        ---
        name: pr-reviewer
        description: Reviews changes before a merge
        ---

        You are the `pr-reviewer` agent, and review changes before a merge.
        """,
    source="each client starts an agent by its name, as its own reader gives it",
    verified="2026-11-30",
    severity=Severity.NOTE,
)
def renamed_agent(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A text that names an agent which is not there, while one of a similar name is: it was renamed, or the word is a slip.

    Nothing is started by that name, and the model makes do without, or takes another one. Only a name in backquotes beside the word
    agent or subagent is meant, and only where an agent is called so with a word more or less, or differs by a letter or two: any
    other name may be that of an agent which somebody has elsewhere. Code in fences is not looked at.
    """
    mentions = list(_mentions(subject))
    if not mentions:
        return
    names = {*subject.others, *(agent.name for _, agent, _ in subject.agents() if agent.name)}
    known = {name.casefold() for name in names}.union(*(registry.load(client).SPEC.reserved for client in subject.asked))
    for word, start, agent in mentions:
        near = _near(word, names) if word.casefold() not in known else None
        if near is not None:
            message = f"no agent here is called `{shown(word, 40)}`, and `{shown(near, 40)}` is"
            yield self.find(message, (start, start + len(word)), f"write `{near}`, if that is the one", agent=agent)


def _mentions(subject: Subject) -> Iterator[tuple[str, int, str | None]]:
    """Yield the names that the texts of a file call agents by, each with its place and the agent that says it."""
    folded = subject.text.casefold()
    if not any(one in folded for one in _ANY):
        return
    for passage in passages(subject):
        text = subject.text[passage.start : passage.end]
        mentions = list(_MENTION.finditer(text))
        code = fences(text) if mentions else ()
        for found in mentions:
            if not any(start <= found.start() < end for start, end in code):
                yield (found[1] or found[2]).strip(), passage.start + found.start(1 if found[1] else 2), passage.agent.name


def _near(word: str, names: Collection[str]) -> str | None:
    """Return the name that a word may have been: one with a word more or less, or one that differs by little."""
    words = _words(word)
    alike = sorted(name for name in names if (words < _words(name) or _words(name) < words) and len(words ^ _words(name)) == 1)
    return alike[0] if alike else nearest(word, sorted(names), _NEAR)


def _words(name: str) -> set[str]:
    return set(_PIECES.split(name.casefold()))
