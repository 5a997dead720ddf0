"""Leave out a rule for one file: the comment in its header that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.lint import checking, fixing
from agentconv.lint.rule import Fix

if TYPE_CHECKING:
    from agentconv.lint.rule import Edit, Rule
    from agentconv.lint.subject import Subject

_HEADER = expression(r"\A\ufeff?(?:[ \t]*\r?\n)*---[ \t]*(\r?\n)")
_FIRST = expression(r"\A\ufeff?(?=[^\r\n]*(\r?\n|\Z))")
_COMMENTED = (".toml", ".yaml", ".yml", ".roomodes")
"""Ends of files in which `#` begins a comment."""


def excuse(subject: Subject, rule: Rule) -> Fix | None:
    """Return what leaves out a rule for a file, and changes nothing else of it.

    None for a rule that no file leaves out, and where there is no place for a comment that every client which is asked about passes over.
    """
    if rule.protects is not None:
        return None
    edit = _added(subject, rule) or _begun(subject, rule)
    if edit is None:
        return None
    change = Fix(f"leave out {rule.code} {rule.name} in this file", (edit,))
    return change if fixing.disproof(subject, change) is None else None


def _added(subject: Subject, rule: Rule) -> Edit | None:
    """Return the edit that adds a rule to those that the file leaves out already."""
    end = checking.before_prompt(subject)
    found = next((one for one in checking.COMMENT.finditer(subject.text, 0, end) if one[1] is not None), None)
    if found is None:
        return None
    at = found.end(1)
    return at, at, f", {rule.code}" if found[1].strip() else rule.code


def _begun(subject: Subject, rule: Rule) -> Edit | None:
    """Return the edit that begins such a comment: below the line that opens the header, or above all that is not in one."""
    found = _HEADER.match(subject.text) or (_FIRST.match(subject.text) if subject.path.endswith(_COMMENTED) else None)
    if found is None:
        return None
    return found.end(), found.end(), f"# agentconv: ignore[{rule.code}]{found[1] or chr(10)}"
