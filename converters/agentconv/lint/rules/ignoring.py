"""Comments that leave out rules of the linter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Severity
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.lint.passages import owner, shown, title
from agentconv.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_LISTED = "take it out: `agentconv rule` lists those that are there"


@rule(
    "AC610",
    "unknown-rule",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        # agentconv: ignore[AC110, unkown-tool]
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        # agentconv: ignore[AC110, unknown-tool]
        ---

        You review changes.
        """,
    source="the rules that are there, those of distributions that are installed included",
    verified="2026-12-01",
    severity=Severity.WARNING,
)
def unknown_rule(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A comment that leaves out a rule which is not there: `# agentconv: ignore[AC1001]`.

    It leaves out nothing, and whoever reads it takes the rule for one that is not looked for. A code that begins otherwise than
    with AC (`TEAM001`) may be of a distribution that is not installed here: that is a note.
    """
    from agentconv.lint import checking  # which asks the rules

    unknown = [(word, start) for word, start in checking.left_out(subject) if catalogue.find(word) is None]
    known = [name for one in catalogue.rules().values() for name in (one.code, one.name)] if unknown else []
    for word, start in unknown:
        brought = word[-1:].isdigit() and not word.upper().startswith(catalogue.OWN)
        hint = registry.did_you_mean(word.upper() if word[-1:].isdigit() else word.casefold(), known, _LISTED)
        help_text = f"install the distribution that brings it, or {_LISTED}" if brought else hint
        message = f"there is no rule `{shown(word)}`: this comment leaves out nothing of what is said of {title(subject)}"
        severity = Severity.NOTE if brought else self.severity
        yield self.find(message, (start, start + len(word)), help_text, severity=severity, agent=owner(subject, start))
