"""What a run of sync did, or would do, as SARIF 2.1.0, as annotations for GitHub Actions, and for GitLab and JUnit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv import __version__
from agentconv.core import credentials, losses
from agentconv.core.diagnostics import Severity
from agentconv.render import findings_machine, in_step, text
from agentconv.render.findings_ci import Remark, gitlab_of_remarks, junit_of_remarks

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.render.in_step import Limit
    from agentconv.render.synced_lines import Line

FORMATS = ("github", "gitlab", "junit", "sarif")
FILES = frozenset({"gitlab", "junit", "sarif"})
"""Those that a job writes into a file, so that its log would say nothing of why it fails."""
_NEXT = "run `agentconv sync`, and commit what it changes"
"""What is to be done where something would be written."""
_ANYWHERE = f"uvx --from agentconv-toolkit=={__version__} agentconv"
"""For who reads it where agentconv is not installed, or in another version than the one that says it: its package has another name."""


def report(kind: str, diagnostics: Iterable[Diagnostic], *, failed: str = "agentconv", name: str = "agentconv") -> str:
    """Return a report of what is told of files.

    Args:
        kind: One of `FORMATS`.
        diagnostics: What is told of files.
        failed: What each is called.
        name: Who tells it.
    """
    return rendered(kind, [_of_file(one, failed, failed) for one in diagnostics], name)


def of_run(
    told: Sequence[Line],
    diagnostics: Iterable[Diagnostic] = (),
    limits: Iterable[Remark] = (),
    *,
    looking: bool = True,
    red: bool = False,
) -> list[Remark]:
    """Return what there is to remark of a run: what needs a look, and where nothing is written, what would be.

    Args:
        told: What is told of agents.
        diagnostics: What is told of files.
        limits: What is told in every run (`of_limits`).
        looking: Whether nothing is written, so that every change to come is a finding.
        red: Whether what would be written makes the command exit with 1.
    """
    found = [*(_of_file(one, "sync-failed", "sync-remark") for one in diagnostics), *_of_agents(told, looking=looking, red=red)]
    return [*found, *limits]


def of_limits(limits: Iterable[Limit], place: str, counting: Container[tuple[str, str]], *, every: bool, strict: bool) -> Iterator[Remark]:
    """Yield a remark for each loss that every run tells: an error where a strict run fails by it, else one that fails nothing.

    Args:
        limits: What every run tells.
        place: The configuration, which is where these are told, for it is what accepts them.
        counting: Those by which a strict run fails, by target and code.
        every: Whether what is accepted is told, too, as notes are.
        strict: Whether the run is a strict one.
    """
    for one in limits:
        counts = (one.target, one.code) in counting
        if counts or every or not one.accepted:
            level = "error" if counts else "note" if one.accepted else "warning"
            said = f"{text.client(one.target)}{in_step.whose(one)}: {text.for_target(losses.rule(one.code).summary, one.target)}"
            yield Remark(one.code, level, said, place, help=in_step.accepting(one, place, strict=strict), counts=counts)


def logged(remarks: Iterable[Remark]) -> list[str]:
    """Return a line for each error, for the log of a job whose report a program reads."""
    return [_printable(f"{one.path}:{one.line}: {one.level}: {_said(one)}") for one in remarks if one.level == "error"]


def where(file: str | None = None) -> str:
    """Say where the findings of a report are that a program reads, for the log of a job that fails."""
    return f"each is in {text.safe(file)}" if file else "each is in the report, on standard output"


def rendered(kind: str, remarks: Iterable[Remark], name: str) -> str:
    """Return remarks as a program reads them.

    Args:
        kind: One of `FORMATS`.
        remarks: What is to be told.
        name: Who tells it.
    """
    from agentconv.render import machine

    found = [one._replace(message=_printable(one.message), help=_printable(one.help)) for one in remarks]
    if kind == "sarif":
        return f"{machine.report(_sarif(found))}\n"
    if kind == "gitlab":
        return gitlab_of_remarks(found)
    return junit_of_remarks(name, found) if kind == "junit" else "".join(f"{_command(one)}\n" for one in found)


def _printable(said: str) -> str:
    return text.safe(credentials.masked(said))


def _of_file(one: Diagnostic, failed: str, remark: str) -> Remark:
    place = one.span
    where = (place.path, place.line or 1, place.column or 1) if place is not None else (".", 1, 1)
    rule = failed if one.severity is Severity.ERROR else remark
    return Remark(rule, one.severity.value, one.message, *where, one.hint or "", one.severity is Severity.ERROR)


def _of_agents(told: Iterable[Line], *, looking: bool, red: bool) -> Iterator[Remark]:
    """Yield a remark for each line that a person has to see to, and one for each agent of which something is to be written."""
    kinds: dict[object, list[Line]] = {}
    for number, line in enumerate(told):
        if line.look or looking:
            kinds.setdefault(number if line.look else (line.word, line.agent, line.source), []).append(line)
    for several in kinds.values():
        line = several[0]
        hint = _typed_anywhere(line.hint or ("" if line.look else _NEXT))
        level = "error" if line.look or red else "warning"
        said = f"{line.word.lower()} {f'`{line.agent}` in ' if line.agent else ''}{_where(several)}"
        yield Remark(f"sync-{line.word.lower()}", level, said, line.source or line.path, line.number, 1, hint)


def _typed_anywhere(hint: str) -> str:
    """Return what to do with what its command begins with where agentconv is not installed."""
    if hint == _NEXT:
        return f"run `{_ANYWHERE} sync`, and commit what it changes"
    return f"{hint} (where it is not installed: {_ANYWHERE} ...)" if "agentconv sync" in hint else hint


def _where(several: Sequence[Line]) -> str:
    """Say in which targets something is, or is to be, and what of it, which is said once where it is the same."""
    targets = dict.fromkeys(line.target for line in several)
    said = {line.what for line in several}
    if len(targets) == 1 or len(said) > 1:
        places = {line: f" ({line.path})" if line.source and line.path != line.target else "" for line in several}
        return "; ".join(dict.fromkeys(f"{line.target}{place}{_what(line.what)}" for line, place in places.items()))
    return f"{', '.join(targets)}{_what(said.pop())}"


def _what(said: str) -> str:
    return f": {said}" if said else ""


def _command(one: Remark) -> str:
    keys = {"title": one.rule} if one.path == "." else {"file": one.path, "line": one.line, "col": one.column, "title": one.rule}
    return findings_machine.command(one.level, keys, _said(one))


def _said(one: Remark) -> str:
    return f"{one.message}. Help: {one.help}" if one.help else one.message


def _sarif(found: Sequence[Remark]) -> dict[str, Any]:
    order = sorted({one.rule for one in found})
    rules = [{"id": rule, "shortDescription": {"text": _described(rule)}} for rule in order]
    return findings_machine.log(rules, [_result(one, order) for one in found])


def _described(rule: str) -> str:
    found = rule.removeprefix("sync-")
    return f"agentconv sync: {found}" if found != rule else "what was asked could not be done"


def _result(one: Remark, order: Sequence[str]) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": one.column}
    return {
        "ruleId": one.rule,
        "ruleIndex": order.index(one.rule),
        "level": one.level,
        "message": {"text": _said(one)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": findings_machine.uri(one.path)}, "region": region}}],
    }
