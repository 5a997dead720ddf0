"""`agentconv lint`: what breaks an agent, in which client, and how to mend it."""

from __future__ import annotations

import argparse
import os
from functools import partial
from typing import TYPE_CHECKING

from agentconv.cli import baseline, processes, scope
from agentconv.cli import options as shared
from agentconv.cli.configuration import STRICT
from agentconv.cli.found_files import nothing_found
from agentconv.cli.linting import files as lint_files
from agentconv.cli.linting import folders as lint_folders
from agentconv.cli.linting import inside as lint_inside
from agentconv.cli.linting import kept as lint_kept
from agentconv.cli.linting import known as lint_known
from agentconv.cli.linting import mending as lint_mending
from agentconv.cli.linting import report as lint_report
from agentconv.cli.linting import settings as lint_settings
from agentconv.cli.linting.mending import Mended
from agentconv.cli.progress import Progress
from agentconv.core import paths
from agentconv.core.diagnostics import Diagnostic, InputError, Severity
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.sources import agentless, elsewhere, loading, part_places
from agentconv.sources.inputs import Discovery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.cli.linting.files import LintFile
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding
    from agentconv.lint.subject import Subject

USAGE = "[SRC...] [--scope user] [--for FORMAT,...|all] [--fix] [options]"
EXAMPLES = """\
examples:
  agentconv lint                                    this project's agents, for the assistants that it has folders for
  agentconv lint --for codex,opencode               would they survive there?
  agentconv lint --for own                          each file for its own assistant alone
  agentconv lint --fix                              mend what can be mended without changing anything else
  agentconv lint --diff                             show what that would change
  agentconv lint - --fix --stdin-filename NAME      for editors: standard input, mended, to standard output
  agentconv lint --select AC1,AC301 --output-format github
  agentconv lint --baseline agentconv-baseline.json --update-baseline   what there is now is known from here on
  agentconv lint --baseline agentconv-baseline.json   in CI: exit 1 for what is new

A comment in the header of a file leaves out rules for that file, `# agentconv: ignore[AC101, long-description]`; without
brackets, every rule but those that protect from hidden characters, secrets, injection and widening. The table [lint] of
agentconv.toml ([tool.agentconv.lint] in pyproject.toml) takes select, ignore, per-file-ignores, for, max-description, baseline,
baseline-also; for each file, that of the nearest folder counts. Only a file that --config names may leave out those rules, too, and a
baseline holds what they find only where --baseline-also names them, or baseline-also in such a file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser, here=True, scoped="this project (default), or your own agents, for all projects")
    group = parser.add_argument_group("rules")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all|own",
        help="clients to ask (default: the files' own, and those that the project has folders for, but no file of their own for the agent;"
        " own: the files' own alone)",
    )
    group.add_argument("--select", action="append", metavar="CODE,...", help="only these rules: codes, beginnings of codes, or names")
    group.add_argument("--ignore", action="append", metavar="CODE,...", help="not these rules")
    group.add_argument(
        "--exclude",
        action="append",
        metavar="PATTERN,...",
        help="not these files: a path, a folder or a file's name; * stands for anything",
    )
    baseline.add_arguments(group, "findings")
    group.add_argument(
        "--baseline-also",
        action="append",
        metavar="CODE,...",
        help="rules that protect whoever reads a file, whose findings the baseline may hold, too",
    )
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
    _add_report(parser)


def _add_report(parser: argparse.ArgumentParser) -> None:
    """Add what says how findings are told."""
    group = parser.add_argument_group("report")
    group.add_argument(
        "--output-format",
        choices=lint_report.FORMATS,
        metavar="|".join(lint_report.FORMATS),
        default="text",
        help="how findings are written",
    )
    group.add_argument("--output-file", metavar="FILE", help="where to, instead of standard output; what is there gives way to it")
    group.add_argument("--statistics", action="store_true", help="how many findings each rule has, instead of each finding")
    group.add_argument("--exit-zero", action="store_true", help="exit 0 whatever is found")
    group.add_argument(
        "--strict",
        choices=STRICT,
        metavar="[=warnings|notes|off]",
        help="exit 1 on errors and warnings (default), on notes too, or on errors only",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    shared.add_common(group)
    processes.add_jobs(group)
    shared.add_configuration(parser)
    parser.set_defaults(lint=None, accepted=None)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    known = lint_known.said(options)
    _check(options)
    chosen = lint_folders.LintFolders(options)
    own = registry.resolve(options.source_format) if options.source_format else None
    found, parts = _discovered(options, own)
    left_out = _leave_out(found, options.exclude)
    rules = chosen.look_at(found)
    line = Progress(options)
    loader = loading.Loader(found.files, keep=False, results=True)
    files, diagnostics = lint_files.read(line.over(loader, len(found.files), "files read"), found, chosen)
    siblings = lint_files.read_siblings(found)
    lint_files.introduce(files, siblings)
    kept = _leave_out_clients(files, found, chosen)
    files += lint_files.included(files)
    files += _of_parts(options, found, chosen, parts, files) if own is None or own in registry.CLIENTS else []
    notes = [] if left_out else chosen.idle([file.location or "" for file in files], scope.sources(options))
    notes += [one for one in found.diagnostics if one.severity is Severity.NOTE]
    diagnostics = [*(one for one in found.diagnostics if one not in notes), *diagnostics]
    sought = elsewhere.inside(found, asked := elsewhere.Asked(scope.sources(options), "lint"))
    beside = [*notes, *elsewhere.told(found, asked, sought), *kept.told(files)]
    if not (files or diagnostics or left_out):
        lint_report.diagnostics(options, beside)
        raise nothing_found(found)
    find: lint_mending.Finder = lambda subject: next(checking.check([subject], rules)).findings  # noqa: E731
    jobs = processes.number(options, len(files))
    mended = lint_mending.mend(options, kept.own(files), find, line, jobs) if options.fix or options.diff or options.check else Mended()
    checks = checking.Checks([file.subject for file in files], rules, siblings)
    found_in = line.over(processes.mapped(partial(_settled, files, checks, find), len(files), jobs), len(files), "files checked")
    checked = checking.told_once(checking.Checked(file.subject, *one) for file, one in zip(files, found_in, strict=True))
    line.clear()
    beside += agentless.untold(loader.agentless, {_read_as(one.subject) for one in checked if one.findings})
    checked, told = lint_known.finished(files, checked, known, chosen, rules)
    beside += told
    checked = [*map(checking.mended_first, kept.at_source(files, checked))]
    inside = lint_inside.look(sought, chosen, rules, partial(_is_meant, patterns=lint_settings.listed(options.exclude)))
    where = lint_report.where(found, files) | inside.where
    others = sum(_of_others(one) for file, one in zip(files, checked, strict=True) if not chosen.names_clients(file.location))
    diagnostics += [*inside.diagnostics, *mended.told]
    return _tell(lint_report.Told(options, [*checked, *inside.checked], diagnostics, where, mended, beside, known, others))


def _read_as(subject: Subject) -> str:
    """Return the path by which a file was read: what has no name on standard input is looked at as a file of its kind."""
    return subject.path.removesuffix(registry.FORMATS[subject.format].suffixes[0]) if subject.nameless else subject.path


def _leave_out_clients(files: list[LintFile], found: Discovery, chosen: lint_folders.LintFolders) -> lint_kept.Kept:
    """Do not ask clients about agents that they have by other files, and return what the projects here keep in step."""
    named = {file.location for file in found.files if file.named}
    lint_files.leave_out_versions([file for file in files if file.location not in named or not chosen.is_asked])
    kept = lint_kept.Kept(chosen)
    kept.leave_out(files)
    return kept


def _tell(told: lint_report.Told) -> int:
    told.failures += catalogue.gone()
    return lint_report.tell(told)


def _discovered(options: argparse.Namespace, own: str | None) -> tuple[Discovery, list[str]]:
    """Return the files of agents that SRC holds, and the files that it names of parts, such as a skill, or a project's instructions."""
    files = [] if own else [word for word in options.sources if os.path.isfile(word)]
    parts = [word for word in files if part_places.is_part_alone(word)]
    if not parts:
        return scope.discover(options, own), parts
    rest = [word for word in options.sources if word not in parts]
    return scope.discover(argparse.Namespace(**{**vars(options), "sources": rest}), own) if rest else Discovery(), parts


def _of_parts(
    options: argparse.Namespace, found: Discovery, chosen: lint_folders.LintFolders, named: Sequence[str], files: Sequence[LintFile]
) -> list[LintFile]:
    """Return the files of parts that are below SRC, and those that it names; `files` are those of agents."""
    below = _not_left_out(lint_files.of_parts(found, scope.sources(options), chosen, files), options.exclude)
    return [*below, *lint_files.of_parts_named(found, named, chosen, {file.location for file in below})]


def _of_others(one: Checked) -> int:
    """Return how many findings are about clients alone that a file is not of."""
    return sum(1 for found in one.findings if found.clients and one.subject.format not in found.clients)


def _leave_out(found: Discovery, given: Sequence[str] | None) -> int:
    """Leave out the files that are not to be looked at, as a person says: a project's own settings cannot keep a file from being seen.

    Returns:
        How many those are.
    """
    patterns = lint_settings.listed(given)
    kept = [file for file in found.files if not _is_meant(file.location or found.stdin_name, patterns)]
    number, found.files = len(found.files) - len(kept), kept
    return number


def _not_left_out(files: list[LintFile], given: Sequence[str] | None) -> list[LintFile]:
    """Return the files of parts that are to be looked at."""
    patterns = lint_settings.listed(given)
    return [file for file in files if not _is_meant(file.location or "", patterns)]


def _is_meant(location: str, patterns: Sequence[str]) -> bool:
    path = os.path.relpath(location).replace(os.sep, "/") if location else ""
    return any(paths.matches(path, pattern) for pattern in patterns)


def _check(options: argparse.Namespace) -> None:
    """Complain about flags that do not go together.

    Raises:
        InputError: Some do not.
    """
    if options.baseline_also and options.baseline is None:
        raise registry.usage("--baseline-also without --baseline does nothing", "name the file: --baseline agentconv-baseline.json")
    if options.unsafe_fixes and not (options.fix or options.check or options.diff):
        raise registry.usage("--unsafe-fixes alone does nothing", "add --fix, or --diff to see what it would change")
    if options.diff and options.output_format != "text":
        raise registry.usage(
            f"--diff and --output-format {options.output_format} exclude each other", "--check lists the files that would change"
        )
    if options.diff and options.output_file:
        raise registry.usage("--diff and --output-file exclude each other", "--diff is standard output: agentconv lint --diff > FILE")
    if options.statistics and options.output_format not in ("text", "json"):
        raise registry.usage(f"--statistics has no form for --output-format {options.output_format}", "it takes text and json")


def _settled(
    files: Sequence[LintFile], checks: checking.Checks, find: lint_mending.Finder, number: int
) -> tuple[tuple[Finding, ...], tuple[Diagnostic, ...]]:
    """Check a file."""
    one = lint_mending.offered(files[number], checks.at(number), find)
    return one.findings, one.failures


__all__ = ["EXAMPLES", "USAGE", "InputError", "add_arguments", "run"]
