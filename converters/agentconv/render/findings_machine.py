"""Findings of the linter for other programs: JSON, SARIF 2.1.0, and annotations for GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv import __version__
from agentconv.core import links
from agentconv.lint import catalogue
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding, Rule

_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def plain(checked: Sequence[Checked], where: Mapping[str, str]) -> dict[str, Any]:
    """Return all findings as a map."""
    return {"findings": [located(finding, one, where) for one in checked for finding in one.findings]}


def located(finding: Finding, one: Checked, where: Mapping[str, str]) -> dict[str, Any]:
    """Return one finding as a map, with its place."""
    source = one.subject.source
    line, column = source.position(finding.start)
    end_line, end_column = source.position(finding.end)
    return {
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": where.get(source.path, source.path),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "help": finding.help,
        **({"agent": finding.agent} if finding.agent else {}),
        **({"clients": list(finding.clients)} if finding.clients else {}),
        **({"fix": {"title": finding.fix.title, "safe": finding.fix.safe}} if finding.fix else {}),
    }


def sarif(checked: Sequence[Checked], where: Mapping[str, str], failures: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Return all findings as one run of SARIF 2.1.0, and what kept a file from being looked at: who reads only these sees that, too."""
    rules = {finding.rule.code: _descriptor(finding.rule) for one in checked for finding in one.findings}
    rules |= {told.code: {"id": told.code, "shortDescription": {"text": told.code.summary}} for told in failures}
    order = sorted(rules)
    results = [_result(finding, one, where, order) for one in checked for finding in one.findings]
    return log([rules[code] for code in order], [*results, *(_of_failure(told, order) for told in failures)])


def log(rules: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one run of SARIF 2.1.0."""
    driver = {"name": "agentconv", "version": __version__, "semanticVersion": __version__, "rules": [*rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*results]}
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        **({} if rule.code in catalogue.BROUGHT else {"helpUri": links.rule(rule.code)}),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\nUse instead:\n\n{rule.good}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity.value]},
    }


def _result(finding: Finding, one: Checked, where: Mapping[str, str], order: Sequence[str]) -> dict[str, Any]:
    found = located(finding, one, where)
    region = {"startLine": found["line"], "startColumn": found["column"], "endLine": found["end_line"], "endColumn": found["end_column"]}
    location = {"artifactLocation": {"uri": uri(found["path"])}, "region": region}
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": order.index(finding.rule.code),
        "level": _LEVELS[finding.severity.value],
        "message": {"text": text.safe(f"{found['message']}. Help: {found['help']}")},
        "locations": [{"physicalLocation": location}],
    }


def _of_failure(told: Diagnostic, order: Sequence[str]) -> dict[str, Any]:
    place = told.span and {
        "artifactLocation": {"uri": uri(told.span.path)},
        "region": {"startLine": told.span.line, "startColumn": told.span.column},
    }
    return {
        "ruleId": told.code,
        "ruleIndex": order.index(told.code),
        "level": _LEVELS[told.severity.value],
        "message": {"text": text.safe(f"{told.message}. Help: {told.hint}" if told.hint else told.message)},
        "locations": [{"physicalLocation": place}] if place else [],
    }


def uri(path: str) -> str:
    """Return a path as SARIF has it."""
    from urllib.parse import quote

    try:
        spelled = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no path of a file system
        spelled = path.encode("utf-8", "replace")
    return quote(spelled, safe="/")


def github(checked: Sequence[Checked], where: Mapping[str, str]) -> str:
    """Return all findings as workflow commands, one a line: commands that are meant, and whose values are no others."""
    lines = []
    for one in checked:
        for finding in one.findings:
            found = located(finding, one, where)
            keys = {
                "file": found["path"],
                "line": found["line"],
                "endLine": found["end_line"],
                "col": found["column"],
                "endColumn": found["end_column"],
                "title": f"{found['code']} {found['name']}",
            }
            lines.append(command(found["severity"], keys, f"{found['message']}. Help: {found['help']}"))
    return "".join(f"{line}\n" for line in lines)


def command(level: str, keys: Mapping[str, object], message: str) -> str:
    """Return one workflow command."""
    properties = ",".join(f"{key}={_escaped(str(value), property_=True)}" for key, value in keys.items())
    return f"::{'notice' if level == 'note' else level} {properties}::{_escaped(message)}"


def _escaped(value: str, *, property_: bool = False) -> str:
    """Escape what is not to be shown, then as GitHub's toolkit does: `%`, and in properties `:` and `,`."""
    value = text.safe(value).replace("%", "%25")
    return value.replace(":", "%3A").replace(",", "%2C") if property_ else value
