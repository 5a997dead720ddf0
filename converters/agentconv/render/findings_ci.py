"""Findings of the linter, and remarks of sync, for those who collect reports of many tools: JUnit's XML, and GitLab's Code Quality."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from agentconv.core.expressions import expression
from agentconv.render import findings_machine, machine, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding


class Remark(NamedTuple):
    """One thing that a command has to say, and where."""

    rule: str
    level: str
    """`error`, `warning` or `note`."""
    message: str
    path: str
    line: int = 1
    column: int = 1
    help: str = ""
    """What to do next."""
    counts: bool = True
    """Whether it makes the command exit with 1."""


_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}
_PROTECTS = "critical"
"""How bad GitLab is told that what endangers the reader of a file is, where it fails a check."""
_NO_XML = expression("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(checked: Sequence[Checked], failures: Sequence[Diagnostic], where: Mapping[str, str], counts: Callable[[Finding], bool]) -> str:
    """Return findings as JUnit has them: a suite a file, a case a finding, which fails where it counts.

    Args:
        checked: The files.
        failures: What kept one from being looked at.
        where: Where each is.
        counts: Whether a finding makes the command exit with 1.
    """
    suites = [suite for one in checked for suite in [_suite(one, where, counts)]]
    errors = [_case_of_failure(told) for told in failures]
    if errors:
        suites.append(_wrapped("testsuite", {"name": "agentconv", "tests": len(errors), "failures": 0, "errors": len(errors)}, errors))
    total = sum(max(len(one.findings), 1) for one in checked) + len(errors)
    failed = sum(map(counts, (finding for one in checked for finding in one.findings)))
    return _suites({"name": "agentconv lint", "tests": total, "failures": failed, "errors": len(errors)}, suites)


def junit_of_remarks(name: str, remarks: Sequence[Remark]) -> str:
    """Return what a command has to remark as JUnit has it: one suite, a case a remark, which fails where it counts; or one that passes."""
    cases = []
    for one in remarks:
        told = ("failure" if one.counts else "system-out", one.level, f"{one.path}:{one.line}:{one.column}: {one.message}", one.help)
        cases.append(_case(one.path, one.rule, told, {"file": one.path, "line": one.line}))
    head = {"name": name, "tests": max(len(cases), 1), "failures": sum(one.counts for one in remarks), "errors": 0}
    return _suites(head, [_wrapped("testsuite", head, cases or [_case(name, name, None)])])


def _suites(head: Mapping[str, object], suites: Sequence[str]) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _wrapped("testsuites", head, suites)


def _suite(one: Checked, where: Mapping[str, str], counts: Callable[[Finding], bool]) -> str:
    path = where.get(one.subject.path, one.subject.path)
    cases = []
    for finding in one.findings:
        line, column = one.subject.source.position(finding.start)
        kind = "failure" if counts(finding) else "system-out"
        told = (kind, finding.severity, f"{path}:{line}:{column}: {finding.message}", finding.help)
        cases.append(_case(path, f"{finding.rule.code} {finding.rule.name}", told, {"file": path, "line": line}))
    failed = sum(map(counts, one.findings))
    head = {"name": path, "tests": max(len(cases), 1), "failures": failed, "errors": 0}
    return _wrapped("testsuite", head, cases or [_case(path, "agentconv lint", None)])


def _case_of_failure(told: Diagnostic) -> str:
    if told.span is None:
        return _case("agentconv", told.code, ("error", told.severity, told.message, told.hint or ""))
    said = ("error", told.severity, f"{told.span}: {told.message}", told.hint or "")
    return _case(told.span.path, told.code, said, {"file": told.span.path, "line": told.span.line})


def _case(owner: str, name: str, told: tuple[str, str, str, str] | None, more: Mapping[str, object] | None = None) -> str:
    inner = []
    if told is not None:
        kind, severity, message, hint = told
        attributes = {} if kind == "system-out" else {"type": severity, "message": message}
        inner = [f"<{kind}{_attributes(attributes)}>{_content(message)}\n{_content(hint)}</{kind}>\n"]
    return _wrapped("testcase", {"classname": owner, "name": name, **(more or {})}, inner)


def _wrapped(name: str, attributes: Mapping[str, object], inner: Sequence[str]) -> str:
    return f"<{name}{_attributes(attributes)}>\n{''.join(inner)}</{name}>\n"


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f' {name}="{_content(str(value))}"' for name, value in values.items())


def _content(value: str) -> str:
    return _legal(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _legal(value: str) -> str:
    """Return text without what drives anything, and without what is no character of XML."""
    return _NO_XML.sub("\ufffd", text.safe(value))


def gitlab(checked: Sequence[Checked], failures: Sequence[Diagnostic], where: Mapping[str, str]) -> str:
    """Return findings as GitLab's Code Quality has them. A fingerprint holds no line, so that what moves stays the same finding."""
    return _code_quality([*_rows(checked, where), *map(_row_of_failure, failures)])


def gitlab_of_remarks(remarks: Sequence[Remark]) -> str:
    """Return what a command has to remark as GitLab's Code Quality has it."""
    where = [{"path": one.path, "lines": {"begin": one.line}} for one in remarks]
    rows = [_row([one.rule], (one.message, one.help), _SEVERITIES[one.level], place) for one, place in zip(remarks, where, strict=True)]
    return _code_quality(rows)


def _code_quality(rows: list[dict[str, Any]]) -> str:
    seen: Counter[str] = Counter()
    for row in rows:
        known_by = json.dumps([row.pop("known_by"), row["location"]["path"], row.pop("message")])
        seen[known_by] += 1
        row["fingerprint"] = sha256(f"{known_by}{seen[known_by]}".encode()).hexdigest()
    return machine.listed(rows)


def _rows(checked: Sequence[Checked], where: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for one in checked:
        for finding in one.findings:
            found = findings_machine.located(finding, one, where)
            severity = _PROTECTS if finding.rule.protects and finding.severity != "note" else _SEVERITIES[finding.severity]
            known_by = [f"{found['code']} {found['name']}", finding.agent]
            yield _row(known_by, (found["message"], finding.help), severity, {"path": found["path"], "lines": {"begin": found["line"]}})


def _row(known_by: Sequence[str | None], said: tuple[str, str], severity: str, location: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row; what there is to do is shown, and no part of what it is known by."""
    row = {"description": ". Help: ".join(filter(None, said)), "check_name": known_by[0], "severity": severity, "location": location}
    return {**row, "known_by": known_by, "message": said[0]}


def _row_of_failure(told: Diagnostic) -> dict[str, Any]:
    path, line = (told.span.path, told.span.line) if told.span else (".", 1)
    location = {"path": path, "lines": {"begin": line}}
    return _row([str(told.code), told.agent], (told.message, told.hint or ""), "blocker", location)
