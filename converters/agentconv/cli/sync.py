"""`agentconv sync`: one source, and every assistant in step with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import deploying
from agentconv.cli.exit_codes import Exit
from agentconv.core.diagnostics import Code, Severity
from agentconv.disk.saving import other_names
from agentconv.formats import registry
from agentconv.install import places
from agentconv.render import diff, machine, synced, text
from agentconv.sync import candidates, known, settings, syncing
from agentconv.sync.carrying import CARRIED
from agentconv.sync.planning import Choices

if TYPE_CHECKING:
    import argparse

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sync.planning import Outcome
    from agentconv.sync.settings import Settings

USAGE = "[--check] [--dry-run] [--diff] [--prefer source|target [AGENT[:FIELD]...]] [options]"
EXAMPLES = """\
examples:
  agentconv init                      write agentconv.toml: which assistant is the source, which ones follow
  agentconv sync --dry-run            what would be written
  agentconv sync                      bring every assistant in step with the source
  agentconv sync --check              in CI: exit 1 when one is not
  agentconv sync --prefer source reviewer    where both sides changed: the source's word counts

An edit on one side wins, edits on both sides are merged or told as a conflict and kept. agentconv.lock says what was
settled: commit it with the files.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what")
    group.add_argument("--prefer", nargs="+", metavar="SIDE", help="source or target, and agents or their fields (AGENT, AGENT:FIELD)")
    group.add_argument(
        "--carry-back",
        nargs="?",
        const="",
        metavar="FIELD,...",
        help="take edits of the targets into the source (prompt, description, model, ...)",
    )
    group.add_argument("--yes", action="store_true", help="delete, even if it is much")
    group.add_argument("--allow-widening", action="store_true", help="write agents that may do more than their source says")
    group = parser.add_argument_group("how")
    group.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is not in step")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    group.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    group.add_argument("--project", metavar="DIR", help="the project's root (default: the nearest folder with agentconv.toml)")
    report = deploying.add_report(parser)
    report.add_argument("--strict", action="store_true", help="exit 1 on limits that a target does not hold, too")
    report.add_argument("--accept", action="append", default=[], metavar="CODE", help="with --strict: no finding of what is accepted")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    chosen = found_settings(options)
    scope = places.project(chosen.root)
    looking = options.check or options.dry_run or options.diff
    choices = Choices(candidates.prefer(options.prefer or ()), options.yes, options.allow_widening)
    _check_prefer(options)
    with deploying.alone(scope, dry_run=looking):
        one = syncing.Run(chosen, scope, choices, _carry_back(options, chosen))
        outcome = one.outcome(dry_run=looking, look_closely=options.verbose)
        told = [] if looking else [other_names(scope.shown(path), number) for path, number in one.apply(outcome).items()]
    return _tell(options, outcome, told, looking=looking)


def found_settings(options: argparse.Namespace) -> Settings:
    """Return what the project's configuration says of sync.

    Raises:
        InputError: There is none.
    """
    start = Path(options.project) if options.project else Path.cwd()
    root = settings.find_root(start)
    found = settings.read(root) if root is not None else None
    if found is None:
        raise registry.usage(
            "nothing here says what to sync", "agentconv init writes agentconv.toml: which assistant is the source, which ones follow"
        )
    return found


def _carry_back(options: argparse.Namespace, chosen: Settings) -> tuple[str, ...] | None:
    """Return the fields that are carried back; None for nothing.

    Raises:
        InputError: There is no such field.
    """
    if options.carry_back is None:
        return chosen.carry_back or None
    words = tuple(word.strip() for word in options.carry_back.split(",") if word.strip())
    wrong = next((word for word in words if word not in CARRIED.values()), None)
    if wrong is not None:
        raise registry.usage(
            f"--carry-back does not take `{wrong}`",
            registry.did_you_mean(wrong, CARRIED.values(), f"fields: {', '.join(CARRIED.values())}"),
        )
    return words


def _check_prefer(options: argparse.Namespace) -> None:
    if options.prefer and not candidates.prefer(options.prefer):
        raise registry.usage(
            f"--prefer does not take `{options.prefer[0]}`", "--prefer source, or --prefer target; then agents, if not all are meant"
        )


def _tell(options: argparse.Namespace, outcome: Outcome, told: list[Diagnostic], *, looking: bool) -> int:
    """Print what was done, or would be, and return the exit code."""
    found = synced.told(outcome)
    code = _exit_code(options, outcome, found)
    if options.output_format == "json":
        print(machine.report(_document(outcome, found, int(code), looking=looking)))
        return code
    look = text.style(sys.stderr, options.color)
    for diagnostic in [*outcome.diagnostics, *outcome.broken(), *told]:
        if not options.quiet or diagnostic.severity is Severity.ERROR:
            print(text.diagnostic(diagnostic, look), file=sys.stderr)
    lines = synced.shown(line for line in found if line.look or not options.quiet)
    if options.diff and outcome.plan is not None:
        for change in outcome.plan.changes:
            sys.stdout.write(diff.unified(change.path, change.before, change.after or b""))
    if lines and not options.quiet:
        print(text.safe(synced.head(outcome)))
    if lines:
        print("\n".join(lines))
    served = [] if options.quiet else list(synced.served(outcome))
    if served:
        print("\n".join(served))
    if not options.quiet:
        for line in synced.lost(outcome, look, every=options.verbose):
            print(line, file=sys.stderr)
        print(synced.summary(outcome, found, dry_run=looking))
    elif code and not lines:
        print(synced.summary(outcome, found, dry_run=looking), file=sys.stderr)
    return code


def _exit_code(options: argparse.Namespace, outcome: Outcome, found: list[synced.Line]) -> Exit:
    if any(diagnostic.code is Code.INTERNAL for diagnostic in outcome.diagnostics):
        return Exit.BUG
    changes = options.check and outcome.plan is not None and bool(outcome.plan.changes)
    broken = any(one.severity is Severity.ERROR for one in [*outcome.diagnostics, *outcome.broken()])
    refused = bool(syncing.refusals(outcome))
    open_ = [row for row in known.lasting(outcome.synced) if not (known.is_accepted(outcome.settings, *row) and row[1] in options.accept)]
    broken = broken or (bool(options.strict) and (bool(open_) or any(one.losses for one in outcome.served)))
    return Exit.FINDINGS if changes or broken or refused or any(line.look for line in found) else Exit.OK


def _document(outcome: Outcome, found: list[synced.Line], code: int, *, looking: bool) -> dict[str, object]:
    files = [change.path for change in outcome.plan.changes] if outcome.plan is not None else []
    entries = [
        {
            "action": line.word.lower(),
            "target": line.target,
            "path": line.path,
            **({"pointer": line.pointer} if line.pointer else {}),
            "agent": line.agent,
            "what": line.what,
            **({"fields": list(line.fields)} if line.fields else {}),
            **({"hint": line.hint} if line.hint else {}),
            "needs_a_look": line.look,
        }
        for line in found
    ]
    return {"command": "sync", "exit_code": code, "dry_run": looking, "agents": outcome.agents, "files": files, "entries": entries}
