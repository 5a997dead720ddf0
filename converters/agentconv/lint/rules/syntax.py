"""Headers that are not what YAML, or the client, takes them for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import frontmatter, registry
from agentconv.diagnostics import Code, Severity
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
    for remark in subject.result.diagnostics:
        if remark.code is not Code.FALLBACK or remark.span is None:
            continue
        lost = tuple(client for client in subject.asked if client != subject.format and all(state.dropped for state in subject.states(client)))
        start = subject.source.offset(remark.span.line, remark.span.column)
        names = ", ".join(registry.FORMATS[client].title for client in lost)
        message = f"not strict YAML: {registry.FORMATS[subject.format].title} loads it through its own repair" + (f"; lost in {names}" if lost else "")
        yield self.find(message, (start, start + 1), "put the value in double quotes", clients=lost, fix=_requoted(subject))


def _requoted(subject: Subject) -> Fix | None:
    """Spell the values that the repair changed so that every YAML reader takes them as the client does."""
    return None if frontmatter is None else None
