"""What a run of sync did, or would do, as SARIF 2.1.0, and as annotations for GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import credentials
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Severity
from agentconv.core.losses import CATALOGUE
from agentconv.render import findings_machine, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.render.synced import Line

FORMATS = ("github", "sarif")


@dataclass(frozen=True, slots=True)
class _Remark:
    """One thing that is told, and where."""

    rule: str
    level: str
    message: str
    path: str
    line: int = 1
    column: int = 1


def report(
    kind: str,
    told: Sequence[Line] = (),
    diagnostics: Iterable[Diagnostic] = (),
    limits: Iterable[tuple[str, str]] = (),
    *,
    place: str,
    looking: bool = True,
) -> str:
    """Return a report: what needs a look, and where nothing is written, what would be.

    Args:
        kind: One of `FORMATS`.
        told: What is told of agents.
        diagnostics: What is told of files.
        limits: Losses that count in every run, by target and code.
        place: The configuration, which is where these are told.
        looking: Whether nothing is written, so that every change to come is a finding.
    """
    from agentconv.render import machine

    found = [*map(_of_file, diagnostics), *_of_agents(told, looking=looking)]
    found += [_Remark(code, "warning", f"{text.client(target)}: {CATALOGUE[code].summary}", place) for target, code in limits]
    return f"{machine.report(_sarif(found))}\n" if kind == "sarif" else "".join(f"{_command(one)}\n" for one in found)


def _of_file(one: Diagnostic) -> _Remark:
    hint = f". Help: {one.hint}" if one.hint else ""
    place = one.span
    where = (place.path, place.line or 1, place.column or 1) if place is not None else (".", 1, 1)
    rule = "sync-failed" if one.severity is Severity.ERROR else "sync-remark"
    return _Remark(rule, one.severity.value, f"{one.message}{hint}", *where)


def _of_agents(told: Iterable[Line], *, looking: bool) -> Iterator[_Remark]:
    for line in told:
        if line.look or looking:
            hint = f". Help: {line.hint}" if line.hint else ""
            agent = f"`{line.agent}` in {line.target}" if line.agent else line.target
            level = "error" if line.look else "warning"
            said = f": {line.what}" if line.what else ""
            yield _Remark(f"sync-{line.word.lower()}", level, f"{line.word.lower()} {agent}{said}{hint}", line.path, line.number)


def _command(one: _Remark) -> str:
    keys = {"file": one.path, "line": one.line, "col": one.column, "title": one.rule}
    return findings_machine.command(one.level, keys, credentials.masked(one.message))


def _sarif(found: Sequence[_Remark]) -> dict[str, Any]:
    order = sorted({one.rule for one in found})
    rules = [{"id": rule, "shortDescription": {"text": f"agentconv sync: {rule.removeprefix('sync-')}"}} for rule in order]
    return findings_machine.log(rules, [_result(one, order) for one in found])


def _result(one: _Remark, order: Sequence[str]) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": one.column}
    return {
        "ruleId": one.rule,
        "ruleIndex": order.index(one.rule),
        "level": one.level,
        "message": {"text": text.safe(one.message)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": findings_machine.uri(one.path)}, "region": region}}],
    }
