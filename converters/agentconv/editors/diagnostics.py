"""What was found in open files, as an editor marks it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsprotocol import types

from agentconv.core import links
from agentconv.core.diagnostics import Severity
from agentconv.core.library_words import in_library
from agentconv.editors.positions import Positions
from agentconv.lint import catalogue
from agentconv.render import text

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.editors.document import Document
    from agentconv.editors.looked import Looked
    from agentconv.lint.rule import Finding

SOURCE = "agentconv"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


def of(document: Document, looked: Looked) -> dict[str, list[types.Diagnostic]]:
    """Return by file what is marked: in the file itself, in those that it includes, and in the configuration."""
    found = {document.location: [of_finding(one, document.positions) for one in looked.findings]}
    for one in looked.included:
        positions = Positions(one.source.text, document.encoding)
        found[one.location] = [of_finding(finding, positions) for finding in one.findings]
    for told in looked.diagnostics:
        place = os.path.abspath(told.span.path) if told.span else document.location
        found.setdefault(place, []).append(_of_diagnostic(told, document if place == document.location else None))
    return found


def of_finding(finding: Finding, positions: Positions) -> types.Diagnostic:
    """Return a finding of the linter."""
    rule = finding.rule
    told = finding.help if finding.option is None else finding.option
    page = None if rule.code in catalogue.BROUGHT else types.CodeDescription(links.rule(rule.code))
    return types.Diagnostic(
        positions.between(finding.start, finding.end),
        text.safe(finding.message) + (f"\n{text.safe(told)}" if told else ""),
        severity=_SEVERITIES[finding.severity],
        code=rule.code,
        code_description=page,
        source=SOURCE,
    )


def _of_diagnostic(told: Diagnostic, document: Document | None) -> types.Diagnostic:
    """Return what is no finding: it marks its line."""
    line = told.span.line - 1 if told.span else 0
    place = document.positions.between(*document.positions.line(line)) if document else _whole_line(line)
    hint = in_library(told).hint
    message = text.safe(told.message) + (f"\n{text.safe(hint)}" if hint else "")
    return types.Diagnostic(place, message, severity=_SEVERITIES[told.severity], code=told.code.value, source=SOURCE)


def _whole_line(number: int) -> types.Range:
    return types.Range(types.Position(number, 0), types.Position(number + 1, 0))
