"""What the clients' own readers say about a file, with its place: what rules about values that a client does not take go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.diagnostics import Effect, Severity
from agentconv.lint.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.lint.rule import Finding
    from agentconv.lint.subject import Subject


def of(subject: Subject, client: str | None = None) -> list[Remark]:
    """Return what the reader of a client, by default the file's own, says about a file."""
    client = client or subject.format
    if client not in subject.told:
        subject.told[client] = _of(subject, client)
    return subject.told[client]


def _of(subject: Subject, client: str) -> list[Remark]:
    properties = schema_files.load(client)["properties"]
    found = []
    result = subject.reading(client)
    for said in result.diagnostics:
        field = str(properties[said.key]["x-field"]) if said.key in properties else ""
        start = subject.source.offset(said.span.line, said.span.column) if said.span else 0
        end = subject.source.offset(said.span.end_line, said.span.end_column or 1) if said.span and said.span.end_line else start
        found.append(Remark(client, said, field, start, end, len(result.set.agents)))
    return found


def is_told(subject: Subject, remark: Remark, findings: Iterable[Finding]) -> bool:
    """Whether other findings already tell what a remark says: that this client has no such agent, or what is wrong in these lines."""
    if remark.drops:
        about = [finding for finding in findings if finding.severity is Severity.ERROR and remark.client in finding.clients]
        return any(remark.diagnostic.agent is None or finding.agent in (None, remark.diagnostic.agent) for finding in about)
    first, last = (subject.source.position(place)[0] for place in (remark.start, remark.end))
    telling = (Severity.ERROR,) if remark.loses_header else (Severity.ERROR, Severity.WARNING)
    return any(
        finding.severity in telling and first <= _last_line(subject, finding) and subject.source.position(finding.start)[0] <= last
        for finding in findings
    )


def _last_line(subject: Subject, finding: Finding) -> int:
    return subject.source.position(max(finding.start, finding.end - 1))[0]


def fate(remark: Remark, otherwise: str) -> str:
    """Return what the client does because of a remark, in words: it drops the agent, does not start, or else what is said."""
    effect = remark.diagnostic.effect
    if effect is Effect.DROPS_ALL:
        return f"drops all {remark.agents:,} agents of the file" if remark.agents > 1 else "drops the agent"
    return "does not start" if effect is Effect.STOPS else "drops the agent" if remark.drops else otherwise
