"""What the linter passes over in a file of the source, since a comment in it says so: a run of sync does not tell it either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sources.loaded import Loaded


def is_excused(told: Diagnostic, piece: Loaded | None) -> bool:
    """Whether a file leaves out the rule by which the linter would tell what is to be said of it, or every rule."""
    if piece is None or piece.source is None or told.span is None or b"agentconv" not in piece.source.data:
        return False
    from agentconv.lint import catalogue, checking
    from agentconv.lint.subject import Subject

    subject = Subject(piece.source, piece.format, (piece.format,))
    if checking.COMMENT.search(subject.text, 0, checking.before_prompt(subject)) is None:
        return False
    found = next(iter(checking.check([subject], catalogue.select(None, ())))).findings
    return all(piece.source.span(one.start, one.end).line != told.span.line for one in found)
