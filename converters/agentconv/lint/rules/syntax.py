"""Headers that are not what YAML, or the client, takes them for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import registry
from agentconv.diagnostics import Severity
from agentconv.families import markdown
from agentconv.lint.rule import Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject


@rule(
    "AC101",
    "unquoted-colon",
    bad="""
        ---
        name: reviewer
        description: Use for reviews: before a merge, after a change
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: "Use for reviews: before a merge, after a change"
        ---

        You review changes.
        """,
    source="each client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.WARNING,
    fix="safe",
)
def unquoted_colon(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header that is not strict YAML, and that its client loads only through a repair of its own.

    Claude Code 2.1.329 puts such values in quotes and reads again; OpenCode has a repair too, of another kind. Gemini CLI,
    Qwen Code, Copilot and Cline drop the agent, or read other values. One more slip in the same header, and the repair
    fails for all of it.
    """
    header = subject.header
    if header is None or not header.fallback or header.error is None:
        return
    lost = tuple(client for client in subject.alike() if _loses(subject, client))
    names = ", ".join(registry.FORMATS[client].title for client in lost)
    title = registry.FORMATS[subject.format].title
    message = f"not strict YAML: {title} loads it through its own repair" + (f"; lost in {names}" if lost else "")
    key = next((key for key in header.values if _within(subject.place(0, key), header.start + header.error.offset)), "")
    yield self.find(message, subject.place(0, key) if key else (header.start, header.end), _QUOTE, clients=lost, fix=requoted(subject))


_QUOTE = "put the value in double quotes"


def _loses(subject: Subject, client: str) -> bool:
    result = subject.reading(client)
    names = {agent.name for agent, state in zip(result.set.agents, result.states, strict=True) if not state.dropped}
    own = {(agent.name, agent.description) for agent in subject.result.set.agents}
    return not names or not {(agent.name, agent.description) for agent in result.set.agents} & own


def _within(place: tuple[int, int], offset: int) -> bool:
    return place[0] <= offset <= place[1]


def requoted(subject: Subject) -> Fix | None:
    """Spell the values that stand in the way so that every YAML reader takes them as the client does."""
    dialect = subject.dialect
    edits = markdown.strict_edits(dialect, subject.source) if dialect else None
    if not edits or dialect is None or subject.header is None:
        return None
    touched = {key for key in subject.header.values if any(_within(subject.place(0, key), start) for start, _, _ in edits)}
    fields = {path for key in touched if key in dialect.keys for path in dialect.keys[key].fields}
    return Fix(_QUOTE, tuple(edits), respelled=frozenset(fields))
