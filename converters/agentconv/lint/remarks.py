"""What the clients' own readers say about a file, with its place: what rules about values that a client does not take go by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.diagnostics import Code, Severity
from agentconv.lint.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.lint.rule import Finding
    from agentconv.lint.subject import Subject

_QUOTED = re.compile(r"`([^`]+)`")
_DROPS = ("does not load this agent: ", "does not start with this file: ", "no agent for ")


def of(subject: Subject, client: str | None = None) -> list[Remark]:
    """Return what the reader of a client, by default the file's own, says about a file."""
    client = client or subject.format
    if client not in subject.told:
        subject.told[client] = _of(subject, client)
    return subject.told[client]


def _of(subject: Subject, client: str) -> list[Remark]:
    properties = schema_files.load(client)["properties"]
    found = []
    for said in subject.reading(client).diagnostics:
        _, lead, problem = _split(said.message)
        drops = said.code is Code.NOT_LOADED or lead == _DROPS[-1]
        key = next((word for word in _QUOTED.findall(problem) if word in properties), "")
        field = str(properties[key]["x-field"]) if key else ""
        start = subject.source.offset(said.span.line, said.span.column) if said.span else 0
        end = subject.source.offset(said.span.end_line, said.span.end_column or 1) if said.span and said.span.end_line else start
        found.append(Remark(client, said, problem, key, field, start, end, drops))
    return found


def _split(message: str) -> tuple[str, str, str]:
    for lead in _DROPS:
        head, found, tail = message.partition(lead)
        if found:
            return head, found, tail.partition(": ")[2] if lead == _DROPS[-1] else tail
    return "", "", message


def is_told(subject: Subject, remark: Remark, findings: Iterable[Finding]) -> bool:
    """Whether other findings already tell what a remark says: that this client has no such agent, or what is wrong in these lines."""
    if remark.drops:
        return any(finding.severity is Severity.ERROR and remark.client in finding.clients for finding in findings)
    first, last = (subject.source.position(place)[0] for place in (remark.start, remark.end))
    return any(
        finding.severity is not Severity.NOTE
        and first <= _last_line(subject, finding)
        and subject.source.position(finding.start)[0] <= last
        for finding in findings
    )


def _last_line(subject: Subject, finding: Finding) -> int:
    return subject.source.position(max(finding.start, finding.end - 1))[0]


def fate(remark: Remark, otherwise: str) -> str:
    """Return what the client does because of a remark, in words: it drops the agent, does not start, or else what is said."""
    stops = _DROPS[1] in remark.diagnostic.message
    return "does not start" if stops else "drops the agent" if remark.drops else otherwise


def reason(remark: Remark) -> str:
    """Return why the client does not take a value."""
    return remark.problem.partition(" as it is written: ")[2] or remark.problem
