"""`agentconv uninstall`: take away what was deployed of a pack, and nothing that anybody edited."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from agentconv.cli import deploying
from agentconv.cli.exit_codes import Exit
from agentconv.core.diagnostics import InputError
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install import places, proof
from agentconv.install.planning import plan_removal
from agentconv.packs import environment, record
from agentconv.render import deployed, deployed_machine, machine, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.planning import Plan
    from agentconv.packs.environment import Environment

USAGE = "PACK... [--to ASSISTANT,...] [--scope project|user] [options]"
EXAMPLES = """\
examples:
  agentconv uninstall backend-agents                what was deployed of it in this project
  agentconv uninstall backend-agents --to codex     for one assistant
  agentconv uninstall backend-agents --dry-run      what that would do

What you edited stays. The pack itself is taken away by `pip uninstall`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what")
    group.add_argument("packs", nargs="+", metavar="PACK", help="name of a pack that is deployed here")
    group.add_argument("--to", action="append", metavar="ASSISTANT,...", help="only for these assistants (default: all)")
    deploying.add_place(parser, python=False)
    group = parser.add_argument_group("how")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    deploying.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    scope = deploying.scope(options)
    targets = places.chosen(options.to) if options.to else None
    if options.to and targets is None:
        raise registry.usage("--to auto says nothing about what to take away", "leave it out for all assistants")
    reader = Disk(scope.root)
    where = _environment(scope)
    done: list[tuple[str, Plan]] = []
    told: list[Diagnostic] = []
    with deploying.alone(scope, dry_run=options.dry_run):
        lock = deploying.ours(scope, reader, dry_run=options.dry_run)
        names = list(dict.fromkeys(_deployed(word, lock, scope) for word in options.packs))
        for name in names:
            locked = lock.pack(name)
            here = deploying.still_here(locked, scope, where) if where else None
            given = proof.given([here], locked, scope, reader, left=False)
            plan = plan_removal(reader, lock, name, targets, given=given)
            if not options.dry_run:
                told += deploying.apply(scope, plan)
            lock = plan.lock_after
            done.append((name, plan))
    return _tell(options, scope, done, told)


def _environment(scope: Scope) -> Environment | None:
    """Return where packs are installed; None where that cannot be told, which takes nothing from removing one."""
    with suppress(InputError):
        return environment.choose(project=scope.root)
    return None


def _deployed(word: str, lock: Lock, scope: Scope) -> str:
    """Return the name of a pack that is deployed.

    Raises:
        InputError: There is no such pack here.
    """
    found = next((pack.name for pack in lock.packs if record.normal(word) == record.normal(pack.name)), None)
    if found is None:
        there = [pack.name for pack in lock.packs]
        where = "in your home folder" if scope.is_user else "in this project"
        hint = registry.did_you_mean(word, there, f"deployed are: {', '.join(there)}") if there else "nothing is deployed here"
        raise registry.usage(f"`{word}` is not installed {where}", hint)
    return found


def _tell(options: argparse.Namespace, scope: Scope, done: list[tuple[str, Plan]], told: Sequence[Diagnostic]) -> int:
    """Print what was done and return the exit code."""
    code = Exit.FINDINGS if any(plan.needs_a_look for _, plan in done) else Exit.OK
    if options.output_format == "json":
        print(machine.report(deployed_machine.removed(done, scope, int(code), told, dry_run=options.dry_run)))
        return code
    look = text.style(sys.stderr, options.color)
    for name, plan in done:
        if not options.quiet:
            print("\n".join(deployed.removed(name, plan, scope, dry_run=options.dry_run, verbose=options.verbose)), flush=True)
        for line in deployed.step_problems(plan, scope, look, dry_run=options.dry_run):
            print(line, file=sys.stderr)
    for diagnostic in () if options.quiet else told:
        print(text.diagnostic(diagnostic, look), file=sys.stderr)
    return code
