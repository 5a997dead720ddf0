"""`agentconv lint`: what breaks an agent, in which client, and how to mend it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from agentconv.cli import lint_files, lint_mending, lint_settings, scope
from agentconv.cli import options as shared
from agentconv.cli.configuration import STRICT
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.lint_mending import Mended
from agentconv.cli.progress import Progress
from agentconv.core.diagnostics import Code, InputError, Severity
from agentconv.formats import registry
from agentconv.lint import checking, fixing
from agentconv.render import findings, findings_machine, machine, printable, text
from agentconv.sources import elsewhere, loading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.cli.lint_files import LintFile
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Rule

USAGE = "[SRC...] [--scope user] [--for FORMAT,...|all] [--fix] [options]"
EXAMPLES = """\
examples:
  agentconv lint                                    this project's agents, for the assistants that it has folders for
  agentconv lint --for codex,opencode               would they survive there?
  agentconv lint --fix                              mend what can be mended without changing anything else
  agentconv lint --diff                             show what that would change
  agentconv lint - --fix --stdin-filename NAME      for editors: standard input, mended, to standard output
  agentconv lint --select AC1,AC301 --output-format github

A comment in the header of a file leaves out rules for that file, `# agentconv: ignore[AC101, long-description]`; without
brackets, every rule but those that protect from hidden characters, secrets, injection and widening. In pyproject.toml,
[tool.agentconv.lint] takes select, ignore, per-file-ignores, for, max-description; a file that --config names may leave out these, too.
"""
_COUNTED = {
    "off": {Severity.ERROR},
    "warnings": {Severity.ERROR, Severity.WARNING},
    "notes": {Severity.ERROR, Severity.WARNING, Severity.NOTE},
}
"""What makes the command exit with 1, by what `--strict` says."""
FORMATS = ("text", "json", "sarif", "github")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser, here=True, scoped="this project (default), or your own agents, for all projects")
    group = parser.add_argument_group("rules")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all",
        help="clients to ask (default: the files' own, and those that the project has folders for, but no file of their own for the agent)",
    )
    group.add_argument("--select", action="append", metavar="CODE,...", help="only these rules: codes, beginnings of codes, or names")
    group.add_argument("--ignore", action="append", metavar="CODE,...", help="not these rules")
    group = parser.add_argument_group("mending")
    group.add_argument(
        "--fix",
        action="store_true",
        help="make the safe fixes, each proven to change nothing else; what comes on standard input goes to standard output, mended",
    )
    group.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix, --check or --diff: also those that may change more than they say"
    )
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing; list the files that --fix would change")
    modes.add_argument("--diff", action="store_true", help="write nothing; show what --fix would change")
    group = parser.add_argument_group("report")
    group.add_argument("--output-format", choices=FORMATS, metavar="|".join(FORMATS), default="text", help="how findings are written")
    group.add_argument(
        "--strict",
        choices=STRICT,
        metavar="[=warnings|notes|off]",
        help="exit 1 on errors and warnings (default), on notes too, or on errors only",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    shared.add_common(group)
    shared.add_configuration(parser)
    parser.set_defaults(lint=None)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    _check(options)
    chosen = options.lint or lint_settings.LintSettings()
    rules = _rules(options, chosen)
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = scope.discover(options, source_format)
    loader = loading.Loader(found.files, keep=False, results=True)
    named = registry.clients_named(options.clients) if options.clients else chosen.clients
    asked = tuple(scope.present(options, found) if named is None else named)
    line = Progress(options)
    files, diagnostics = lint_files.read(line.over(loader, len(found.files), "files read"), found, asked, chosen)
    siblings = lint_files.read_siblings(found)
    lint_files.introduce(files, siblings)
    if named is None:
        lint_files.leave_out_versions(files)
    files += lint_files.included(files)
    if source_format is None or source_format in registry.CLIENTS:
        files += lint_files.restraining(
            found, scope.sources(options), tuple(dict.fromkeys((*asked, *(file.format for file in found.files)))), chosen
        )
    notes = [one for one in found.diagnostics if one.severity is Severity.NOTE]
    diagnostics = [*(one for one in found.diagnostics if one not in notes), *diagnostics]
    beside = (*notes, *elsewhere.told(found, elsewhere.Asked(scope.sources(options), "lint")))
    if not files and not diagnostics:
        _print(options, beside)
        raise nothing_found(found)
    find: lint_mending.Finder = lambda subject: next(checking.check([subject], rules)).findings  # noqa: E731
    mended = (
        lint_mending.mend(options, [one for one in files if one.subject.part is None], find, line)
        if options.fix or options.diff or options.check
        else Mended()
    )
    found_in = line.over(checking.check([file.subject for file in files], rules, siblings), len(files), "files checked")
    checked = [_settled(file, one, find) for file, one in zip(files, found_in, strict=True)]
    line.clear()
    where = {
        **places(found),
        **{file.subject.path: file.location for file in files if file.subject.included and file.location},
        **{file.subject.path: "<stdin>" for file in files if file.subject.nameless},
    }
    return _tell(options, checked, [*diagnostics, *mended.told], where, mended, beside=beside)


def _check(options: argparse.Namespace) -> None:
    """Complain about flags that do not go together.

    Raises:
        InputError: Some do not.
    """
    if options.unsafe_fixes and not (options.fix or options.check or options.diff):
        raise registry.usage("--unsafe-fixes alone does nothing", "add --fix, or --diff to see what it would change")
    if options.diff and options.output_format != "text":
        raise registry.usage(
            f"--diff and --output-format {options.output_format} exclude each other", "--check lists the files that would change"
        )


def _settled(file: LintFile, one: Checked, find: lint_mending.Finder) -> Checked:
    """Offer only those fixes that --fix makes, and let go of what only finding and proving them took."""
    told = fixing.promised(file.subject, one.findings, find)
    file.subject.forget()
    return replace(one, findings=told)


def _rules(options: argparse.Namespace, chosen: lint_settings.LintSettings) -> list[Rule]:
    """Return the rules that are asked for, and say which ones a project cannot leave out.

    Raises:
        InputError: A word names no rule.
    """
    select, ignore = _words("--select", options.select), _words("--ignore", options.ignore)
    lint_settings.check_rules([*(select or ()), *(ignore or ())])
    lint_settings.tell(options, chosen.remark(select, ignore))
    return chosen.rules(select, ignore)


def _words(flag: str, given: list[str] | None) -> tuple[str, ...] | None:
    """Return the words that a flag was given.

    Raises:
        InputError: There is none.
    """
    if given is None:
        return None
    words = tuple(word.strip() for word in ",".join(given).split(",") if word.strip())
    if not words:
        raise registry.usage(f"{flag} has an empty value", "name codes, beginnings of codes, or names: `agentconv rule` lists them")
    return words


def _tell(
    options: argparse.Namespace,
    checked: list[Checked],
    diagnostics: Sequence[Diagnostic],
    where: dict[str, str],
    mended: Mended,
    *,
    beside: Sequence[Diagnostic] = (),
) -> int:
    """Print what was found, and what `beside` it is worth knowing, and return the exit code."""
    failures = [*diagnostics, *(failure for one in checked for failure in one.failures)]
    pending = bool(options.diff or options.check)
    code = _exit_code(options, checked, diagnostics, pending=pending and mended.findings > 0)
    code = Exit.USAGE if mended.unsaved and code is not Exit.BUG else code
    sys.stdout.flush()
    _print(options, failures)
    _print(options, () if options.quiet else beside)
    if options.output_format == "github":
        printable.data(findings_machine.github(checked, where).encode("utf-8", "backslashreplace"), mended.out)
        return code
    if options.output_format != "text":
        print(_machine(options.output_format, checked, [*failures, *beside], where, int(code)), end="", file=mended.out)
        return code
    look = text.style(mended.out, options.color)
    told = bool(failures or (pending and mended.findings))
    for one in checked if not options.diff else ():
        for finding in one.findings:
            if not options.quiet or finding.severity is Severity.ERROR:
                told = True
                shown = findings.finding(finding, one.subject, where.get(one.subject.path, one.subject.path), look)
                print(shown, end="\n\n", file=mended.out)
    sys.stdout.flush()
    summary = findings.summary(checked, mended.findings, pending=pending)
    if not options.quiet:
        print(summary, file=sys.stderr)
    elif code is not Exit.OK and not told:
        print(summary.partition("\n")[0], file=sys.stderr)
    return code


def _print(options: argparse.Namespace, diagnostics: Sequence[Diagnostic]) -> None:
    for diagnostic in diagnostics if options.output_format != "json" else ():
        print(text.diagnostic(diagnostic, text.style(sys.stderr, options.color)), file=sys.stderr)


def _exit_code(options: argparse.Namespace, checked: list[Checked], diagnostics: Sequence[Diagnostic], *, pending: bool) -> Exit:
    if any(one.failures for one in checked) or any(diagnostic.code is Code.INTERNAL for diagnostic in diagnostics):
        return Exit.BUG
    if diagnostics and not checked:
        return Exit.USAGE
    found = {finding.severity for one in checked for finding in one.findings} & _COUNTED[options.strict or "warnings"]
    return Exit.FINDINGS if found or pending or diagnostics else Exit.OK


def _machine(kind: str, checked: list[Checked], failures: Sequence[Diagnostic], where: dict[str, str], code: int) -> str:
    found = findings_machine.sarif(checked, where) if kind == "sarif" else {"exit_code": code, **findings_machine.plain(checked, where)}
    if kind == "json":
        found["diagnostics"] = [*map(machine.plain, failures)]
    return f"{machine.report(found)}\n"


__all__ = ["EXAMPLES", "USAGE", "InputError", "add_arguments", "run"]
