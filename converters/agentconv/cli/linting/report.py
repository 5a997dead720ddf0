"""What `agentconv lint` has found, in the form and the place that were asked for."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from agentconv.cli import named_file
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import places
from agentconv.cli.telling import say
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.render import findings, findings_machine, machine, printable, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.cli.baseline import Baseline
    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.linting.mending import Mended
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding
    from agentconv.sources import inputs

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")
_COUNTED = {
    "off": {Severity.ERROR},
    "warnings": {Severity.ERROR, Severity.WARNING},
    "notes": {Severity.ERROR, Severity.WARNING, Severity.NOTE},
}
"""What makes the command exit with 1, by what `--strict` says."""


@dataclass(slots=True)
class Told:
    """Everything that a run has to say."""

    options: argparse.Namespace
    checked: list[Checked]
    """The files with what counts of them."""
    diagnostics: Sequence[Diagnostic]
    where: dict[str, str]
    mended: Mended
    beside: Sequence[Diagnostic]
    """What is worth knowing."""
    baseline: Baseline | None = None
    others: int = 0
    """How many findings are about assistants that the files are not of, which nobody named."""
    failures: list[Diagnostic] = field(init=False)

    def __post_init__(self) -> None:
        """See what could not be looked at, and what broke on it."""
        self.failures = [*self.diagnostics, *(failure for one in self.checked for failure in one.failures)]

    @property
    def pending(self) -> bool:
        """Whether nothing is written of what would be mended."""
        return bool(self.options.diff or self.options.check)

    @property
    def absent(self) -> list[Diagnostic]:
        """Return why no agent came of files that a user named: a note, which is red where notes are."""
        return [one for one in self.beside if one.code is Code.NO_AGENT]

    def failed(self) -> tuple[int, int]:
        """Return how many files could not be looked at, and how many checks failed on the others."""
        looked_at = {one.subject.path for one in self.checked}
        broken = [one for one in self.failures if one.severity is Severity.ERROR and one not in self.mended.told]
        files = {one.span.path for one in broken if one.span and one.span.path} - looked_at
        return len(files), sum(one.is_bug and not (one.span and one.span.path in files) for one in broken)

    def counts(self, finding: Finding) -> bool:
        """Whether a finding makes the command exit with 1; no project passes by itself over what protects whoever reads its files."""
        counted = _COUNTED[self.options.strict or "warnings"]
        if finding.rule.protects is not None and getattr(self.options, "strict_of_project", False):
            counted = counted | _COUNTED["warnings"]
        return finding.severity in counted

    def never_known(self) -> Iterator[Diagnostic]:
        """Say why findings stay that were to become known."""
        if self.baseline is None or not (self.baseline.renewed and self.baseline.never):
            return
        codes = sorted(self.baseline.never)
        message = (
            f"a baseline holds findings of rules that protect whoever reads a file only where the command names them: {', '.join(codes)}"
        )
        also = f"--baseline-also {','.join(codes)}"
        hint = f"mend them; or {also}, here and where the baseline is used: what is there now is known, what is new counts"
        yield Diagnostic(Code.USAGE, Severity.NOTE, message, hint=hint)

    def exit_code(self) -> Exit:
        """Return the exit code."""
        if any(failure.code is Code.INTERNAL for failure in self.failures):
            return Exit.BUG
        if self.mended.unsaved or (self.diagnostics and not self.checked):
            return Exit.USAGE
        found = any(self.counts(finding) for one in self.checked for finding in one.findings)
        found = found or (self.options.strict == "notes" and bool(self.absent))
        if self.options.exit_zero:
            return Exit.OK
        return Exit.FINDINGS if found or self.failures or (self.pending and self.mended.findings) else Exit.OK


def where(found: inputs.Discovery, files: Iterable[LintFile]) -> dict[str, str]:
    """Return where each file is, as the user would name it."""
    return {
        **places(found),
        **{file.subject.path: file.location for file in files if file.subject.included and file.location},
        **{file.subject.path: "<stdin>" for file in files if file.subject.nameless},
    }


def tell(told: Told) -> Exit:
    """Print the report, or write it into a file, and return the exit code.

    Raises:
        InputError: The file cannot be written.
    """
    options, code = told.options, told.exit_code()
    sys.stdout.flush()
    diagnostics(options, told.failures)
    absent = told.absent if options.strict == "notes" else []
    diagnostics(options, absent if options.quiet else told.beside)
    shown = _report(told, code)
    if options.output_file:
        looked_at = [one.subject.location for one in told.checked]
        named_file.save(options.output_file, shown.encode("utf-8", "backslashreplace"), looked_at, "--output-file")
    elif options.output_format == "github":
        printable.data(shown.encode("utf-8", "backslashreplace"), told.mended.out)
    else:
        print(shown, end="", file=told.mended.out)
    sys.stdout.flush()
    diagnostics(options, () if options.quiet else told.never_known())
    if options.output_format in ("text", "concise"):
        _summarise(told, code, said=bool(shown or told.failures or absent or (told.pending and told.mended.findings)))
    elif code is Exit.FINDINGS:
        _say_where(told)
    return code


def _say_where(told: Told) -> None:
    """Say on standard error how much a report for programs has, and where it is, where nobody reads it as it is made."""
    from agentconv.render import synced_machine

    options = told.options
    if options.output_file or options.output_format in synced_machine.FILES:
        for one in told.checked if not options.quiet else ():
            for finding in filter(told.counts, one.findings):
                line = findings.concise(finding, one.subject, told.where.get(one.subject.path, one.subject.path), text.Style())
                print(line, file=sys.stderr)
        print(f"{_summary(told).splitlines()[0]}; {synced_machine.where(options.output_file)}", file=sys.stderr)


def diagnostics(options: argparse.Namespace, several: Iterable[Diagnostic]) -> None:
    """Tell what is no finding, where the report does not hold it."""
    for one in several if options.output_format != "json" else ():
        if one not in registry.broken():
            say(text.diagnostic(one, text.style(sys.stderr, options.color)))


def _summary(told: Told) -> str:
    known, errors = (told.baseline.known, told.baseline.errors) if told.baseline else (0, Counter[str]())
    return findings.summary(told.checked, told.mended.findings, pending=told.pending, known=known, errors=errors, failed=told.failed())


def _summarise(told: Told, code: Exit, *, said: bool) -> None:
    summary = _summary(told)
    if told.others:
        summary += f"\n{text.count(told.others, 'finding')} about assistants whose files these are not; --for own leaves that out"
    if not told.options.quiet:
        say(summary)
    elif code is not Exit.OK and not said:
        print(f"{summary.splitlines()[0]}; -q shows errors alone", file=sys.stderr)


def _report(told: Told, code: Exit) -> str:
    kind, checked = told.options.output_format, told.checked
    if kind == "json":
        return f"{machine.report(_plain(told, code))}\n"
    if kind == "sarif":
        return f"{machine.report(findings_machine.sarif(checked, told.where, told.failures))}\n"
    if kind == "github":
        from agentconv.render import synced_machine

        failures = synced_machine.report(kind, [*told.failures, *told.absent])
        return f"{findings_machine.github(checked, told.where)}{failures}"
    if kind in ("text", "concise"):
        return _text(told)
    from agentconv.render import findings_ci

    if kind == "gitlab":
        return findings_ci.gitlab(checked, told.failures, told.where)
    return findings_ci.junit(checked, told.failures, told.where, told.counts)


def _plain(told: Told, code: Exit) -> dict[str, Any]:
    found = (
        {"statistics": findings.statistics(told.checked)} if told.options.statistics else findings_machine.plain(told.checked, told.where)
    )
    known = {"known": told.baseline.known} if told.baseline else {}
    return {
        "exit_code": int(code),
        **found,
        **known,
        "diagnostics": [*map(machine.plain, [*told.failures, *told.beside, *told.never_known()])],
    }


def _text(told: Told) -> str:
    """Return findings for people: each with its line, or in one, or how many there are of each rule."""
    options = told.options
    if options.diff:
        return ""
    if options.statistics:
        return "".join(
            f"{row['count']:>6,}  {row['code']}  {row['name']}{'  [*]' if row['fixable'] else ''}\n"
            for row in findings.statistics(told.checked)
        )
    look = text.Style() if options.output_file else text.style(told.mended.out, options.color)
    rows = [
        (finding, one.subject, told.where.get(one.subject.path, one.subject.path))
        for one in told.checked
        for finding in one.findings
        if not options.quiet or finding.severity is Severity.ERROR
    ]
    if options.output_format == "concise":
        return "".join(f"{findings.concise(*row, look)}\n" for row in rows)
    return "".join(f"{one}\n\n" for one in findings.several(rows, look))
