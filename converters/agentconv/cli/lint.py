"""`agentconv lint`: what breaks an agent, in which client, and how to mend it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv import discovery, loading, registry, saving
from agentconv.cli import options as shared
from agentconv.cli.convert import nothing_found, places
from agentconv.cli.exit_codes import Exit
from agentconv.cli.inspect import named_clients, present_clients
from agentconv.diagnostics import InputError, Severity
from agentconv.lint import catalogue, checking, fixing
from agentconv.lint.subject import Subject
from agentconv.render import diff, findings, machine, text
from agentconv.source import SourceText

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from agentconv.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Rule

USAGE = "PATH... [--for FORMAT,...|all] [--fix] [options]"
EXAMPLES = """\
examples:
  agentconv lint .                                  this project's agents, for the assistants that it has folders for
  agentconv lint . --for codex,opencode             would they survive there?
  agentconv lint . --fix                            mend what can be mended without changing anything else
  agentconv lint . --fix --diff                     show what that would change
  agentconv lint . --select AC1,AC301 --output-format github
"""
FORMATS = ("text", "json", "sarif", "github")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser)
    group = parser.add_argument_group("rules")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all",
        help="clients to ask (default: the files' own, and those that the project has folders for)",
    )
    group.add_argument("--select", action="append", metavar="CODE,...", help="only these rules: codes, beginnings of codes, or names")
    group.add_argument("--ignore", action="append", metavar="CODE,...", help="not these rules")
    group = parser.add_argument_group("mending")
    group.add_argument("--fix", action="store_true", help="make the safe fixes, each proven to change nothing else")
    group.add_argument("--unsafe-fixes", action="store_true", help="with --fix: also those that may change more than they say")
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="with --fix: write nothing; list the files that would change")
    modes.add_argument("--diff", action="store_true", help="with --fix: write nothing; show what would change")
    group = parser.add_argument_group("report")
    group.add_argument("--output-format", choices=FORMATS, metavar="|".join(FORMATS), default="text", help="how findings are written")
    group.add_argument("--strict", choices=("warnings", "notes", "off"), metavar="[=notes]", help="exit 1 on notes too")
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    shared.add_common(group)


@dataclass(slots=True)
class _File:
    """One file to look at, and where it is."""

    subject: Subject
    location: str | None
    """None for what is not a file of its own: a bundle's, or standard input."""


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    rules = _rules(options)
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = discovery.discover(options.sources, source_format, stdin_name=options.stdin_filename)
    loader = loading.Loader(found.files)
    asked = tuple(named_clients(options.clients) if options.clients else present_clients(options.sources))
    files, diagnostics = _files(loader, found, asked)
    diagnostics = [*found.diagnostics, *diagnostics]
    if not files and not diagnostics:
        raise nothing_found(found)
    fixed = _mend(options, files, rules) if options.fix or options.diff or options.check else 0
    checked = list(checking.check([file.subject for file in files], rules))
    return _tell(options, checked, diagnostics, places(found), fixed)


def _rules(options: argparse.Namespace) -> list[Rule]:
    """Return the rules that are asked for.

    Raises:
        InputError: A word names no rule.
    """
    chosen = [_words(given) for given in (options.select, options.ignore)]
    known = [word for rule in catalogue.rules().values() for word in (rule.code, rule.name)]
    for word in (*(chosen[0] or ()), *(chosen[1] or ())):
        if not any(name.startswith(word.upper()) or name == word for name in known):
            raise registry.usage(f"there is no rule `{word}`", registry.did_you_mean(word, known, "`agentconv rule --all` lists them"))
    return catalogue.select(chosen[0], chosen[1] or ())


def _words(given: list[str] | None) -> tuple[str, ...] | None:
    return tuple(word.strip() for word in ",".join(given).split(",") if word.strip()) if given else None


def _files(loader: loading.Loader, found: discovery.Discovery, asked: tuple[str, ...]) -> tuple[list[_File], list[Diagnostic]]:
    """Read the files, each once, with what could not be read."""
    locations = {file.path: file.location for file in found.files if not registry.FORMATS[file.format].bundle}
    files: list[_File] = []
    diagnostics: list[Diagnostic] = []
    for piece in loader:
        if piece.source is None or piece.format not in registry.CLIENTS:
            diagnostics += [remark for remark in piece.diagnostics if remark.severity is Severity.ERROR]
            continue
        clients = tuple(dict.fromkeys((piece.format, *asked)))
        files.append(_File(Subject(piece.source, piece.format, clients), locations.get(piece.path)))
    names = [agent.name for file in files for _, agent, _ in file.subject.agents() if agent.name]
    for file in files:
        file.subject.others = frozenset(names)
    return files, diagnostics


def _mend(options: argparse.Namespace, files: list[_File], rules: Sequence[Rule]) -> int:
    """Make fixes, or show what they would do; return how many findings are mended."""
    mended = 0
    find: Callable[[Subject], Any] = lambda subject: next(checking.check([subject], rules)).findings  # noqa: E731
    for file in files:
        done = fixing.fix(file.subject, find, unsafe=options.unsafe_fixes)
        before = file.subject.source.data
        if done.data == before or file.location is None:
            continue
        mended += len(done.made)
        shown = file.location.replace(os.sep, "/")
        if options.diff:
            sys.stdout.write(diff.unified(shown, before, done.data))
        elif options.check:
            print(f"change    {text.safe(shown)}")
        else:
            try:
                saving.write_atomic(Path(file.location), done.data)
            except OSError as error:
                raise discovery.problem(f"cannot be written: {(error.strerror or str(error)).lower()}", None, shown) from None
            file.subject = Subject(SourceText(file.subject.path, done.data), file.subject.format, file.subject.asked)
    return mended


def _tell(options: argparse.Namespace, checked: list[Checked], diagnostics: Sequence[Diagnostic], where: dict[str, str], fixed: int) -> int:
    """Print what was found and return the exit code."""
    failures = [*diagnostics, *(failure for one in checked for failure in one.failures)]
    severities = {finding.severity for one in checked for finding in one.findings}
    counted = {Severity.ERROR, Severity.WARNING} | ({Severity.NOTE} if options.strict == "notes" else set())
    would_change = bool(fixed) and (options.diff or options.check)
    code = Exit.FINDINGS if severities & counted or would_change or diagnostics else Exit.OK
    code = Exit.BUG if any(one.failures for one in checked) else code
    if options.output_format != "text":
        print(_machine(options.output_format, checked, failures, where, int(code)))
        return code
    look = text.style(sys.stdout, options.color)
    for failure in failures:
        print(text.diagnostic(failure, text.style(sys.stderr, options.color)), file=sys.stderr)
    for one in checked:
        for finding in one.findings:
            if not options.quiet or finding.severity is Severity.ERROR:
                print(findings.finding(finding, one.subject.source, where.get(one.subject.path, one.subject.path), look), end="\n\n")
    if not options.quiet:
        print(findings.summary(checked, len(checked), fixed), file=sys.stderr)
    return code


def _machine(kind: str, checked: list[Checked], failures: Sequence[Diagnostic], where: dict[str, str], code: int) -> str:
    from agentconv.render import findings_machine

    if kind == "sarif":
        return machine.dumps(findings_machine.sarif(checked, where))
    if kind == "github":
        return findings_machine.github(checked, where)
    return machine.dumps({"exit_code": code, **findings_machine.plain(checked, where), "diagnostics": [*map(machine.plain, failures)]})


__all__ = ["EXAMPLES", "USAGE", "InputError", "add_arguments", "run"]
