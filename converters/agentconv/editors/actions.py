"""What an editor offers to mend: each finding's fix, and all the safe ones at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from agentconv.editors.diagnostics import of_finding
from agentconv.lint import excusing
from agentconv.lint.subject import difference
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.editors.document import Document
    from agentconv.lint.rule import Edit, Finding, Fix

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.agentconv"
KINDS = (types.CodeActionKind.QuickFix.value, FIX_ALL)
_UNSAFE = " (unsafe: it may change more than it says)"


def of(document: Document, place: types.Range, only: Sequence[str] | None, *, versioned: bool) -> list[types.CodeAction]:
    """Return what can be done about a place.

    Args:
        document: The file.
        place: What is selected.
        only: The kinds that are asked for; None for all.
        versioned: Whether the editor takes edits of a version.
    """
    looked = document.looked
    if looked is None:
        return []
    found: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix.value, only):
        near = (finding for finding in looked.findings if finding.fix and _touches(document, finding, place))
        found += [action for finding in near for action in _of_finding(document, finding, versioned=versioned)]
        found += _excuses(document, place, versioned=versioned)
    if _is_wanted(FIX_ALL, only) and (mended := looked.mended()) is not None:
        edits = difference(document.text, mended)
        found.append(types.CodeAction("Make all safe fixes", kind=FIX_ALL, edit=_edit(document, edits, versioned=versioned)))
    return found


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == one or kind.startswith(f"{one}.") for one in only)


def _touches(document: Document, finding: Finding, place: types.Range) -> bool:
    """Whether a finding is in the selected lines."""
    first, last = (document.positions.line_of(offset) for offset in (finding.start, finding.end))
    return first <= place.end.line and place.start.line <= last


def _of_finding(document: Document, finding: Finding, *, versioned: bool) -> Iterator[types.CodeAction]:
    fix: Fix | None = finding.fix
    if fix is None:
        return
    title = text.safe(fix.title)
    yield types.CodeAction(
        f"{title[:1].upper()}{title[1:]}{'' if fix.safe else _UNSAFE}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[of_finding(finding, document.positions)],
        is_preferred=True if fix.safe else None,
        edit=_edit(document, fix.edits, versioned=versioned),
    )


def _excuses(document: Document, place: types.Range, *, versioned: bool) -> Iterator[types.CodeAction]:
    """Yield what leaves out each rule in this file that has found something in a place; nothing for a file that follows its source."""
    looked = document.looked
    near = [finding for finding in looked.findings if _touches(document, finding, place)] if looked and not looked.follows else []
    for rule in dict.fromkeys(finding.rule for finding in near):
        subject = looked.subject_of(rule) if looked else None
        change = excusing.excuse(subject, rule) if subject is not None else None
        if change is not None:
            told = [of_finding(finding, document.positions) for finding in near if finding.rule is rule]
            title, edit = f"{change.title[:1].upper()}{change.title[1:]}", _edit(document, change.edits, versioned=versioned)
            yield types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=told, edit=edit)


def _edit(document: Document, edits: Sequence[Edit], *, versioned: bool) -> types.WorkspaceEdit:
    changes = [types.TextEdit(document.positions.between(start, end), new) for start, end, new in edits]
    if not versioned:
        return types.WorkspaceEdit(changes={document.uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(changes))])
