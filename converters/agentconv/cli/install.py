"""`agentconv install`: the agents of a pack into each assistant's own folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agentconv.cli import deploying, project
from agentconv.cli.exit_codes import Exit
from agentconv.core.diagnostics import Code
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install import installing, places
from agentconv.packs import finding
from agentconv.render import deployed, deployed_machine, machine, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.installing import Prepared
    from agentconv.install.places import Scope
    from agentconv.packs.finding import Pack

USAGE = "PACK... [--to ASSISTANT,...|auto] [--scope project|user] [--agent NAME] [options]"
EXAMPLES = """\
examples:
  pip install backend-agents
  agentconv install backend-agents                         for the assistants that this project uses
  agentconv install backend-agents --to claude-code,codex  for these
  agentconv install backend-agents --agent reviewer        one of its agents
  agentconv install backend-agents --dry-run               what that would do
  agentconv install dist/backend_agents-1.2.0-py3-none-any.whl --scope user

Installing again updates: what you edited stays, with the pack's version beside it. agentconv.lock says what is deployed; commit it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what")
    group.add_argument("packs", nargs="+", metavar="PACK", help="name of an installed pack, a .whl file, or a pack's folder")
    known = ", ".join(places.targets())
    group.add_argument(
        "--to",
        action="append",
        metavar="ASSISTANT,...|auto",
        help=f"for which assistants (default: those that it is deployed to already, else auto: those that are found): {known}",
    )
    group.add_argument("--agent", action="append", default=[], metavar="NAME", help="only this agent, beside those that are there already")
    deploying.add_place(parser, python=True)
    group = parser.add_argument_group("how")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    group.add_argument("--force", action="store_true", help="replace what was edited or is not from the pack (a copy is kept)")
    group.add_argument("--accept", action="store_true", help="also update agents that ask for more than they did")
    deploying.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    scope = deploying.scope(options)
    named = places.chosen(options.to) if options.to else None
    if options.to and named is None:
        named = _present(scope)
    environment = project.environment(options)
    found = _distinct([finding.find(word, environment) for word in options.packs])
    request = installing.Request(tuple(named) if named is not None else None, tuple(options.agent), options.force, options.accept)
    reader = Disk(scope.root)
    done: list[Prepared] = []
    told: list[Diagnostic] = []
    with deploying.alone(scope, dry_run=options.dry_run):
        lock = deploying.ours(scope, reader, dry_run=options.dry_run)
        for pack in found:
            prepared = installing.prepare(pack, scope, reader, lock, request)
            if not options.dry_run:
                told += deploying.apply(scope, prepared.plan)
            lock = prepared.plan.lock_after
            done.append(prepared)
    return _tell(options, scope, done, told)


def _present(scope: Scope) -> list[str]:
    """Return the assistants that are found, as `--to auto` asks for them.

    Raises:
        InputError: There are none.
    """
    found = scope.present()
    if not found:
        raise installing.nothing_found(scope)
    return found


def _distinct(found: Sequence[Pack]) -> Sequence[Pack]:
    """Return packs as they are named.

    Raises:
        InputError: One is named twice.
    """
    names = [pack.manifest.name for pack in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise registry.usage(f"`{twice}` is named twice", "name it once")
    return found


def _tell(options: argparse.Namespace, scope: Scope, done: Sequence[Prepared], told: Sequence[Diagnostic]) -> int:
    """Print what was done and return the exit code."""
    failed = any(remark.code is Code.INTERNAL for one in done for each in one.deployments for remark in each.diagnostics)
    code = Exit.BUG if failed else Exit.FINDINGS if any(one.needs_a_look for one in done) else Exit.OK
    if options.output_format == "json":
        print(machine.report(deployed_machine.installed(done, scope, int(code), told, dry_run=options.dry_run)))
        return code
    look = text.style(sys.stderr, options.color)
    for one in done:
        if not options.quiet:
            print("\n".join(deployed.installed(one, scope, dry_run=options.dry_run, verbose=options.verbose)), flush=True)
        for line in deployed.problems(one, scope, look, dry_run=options.dry_run, verbose=options.verbose, quiet=options.quiet):
            print(line, file=sys.stderr)
    for diagnostic in () if options.quiet else told:
        print(text.diagnostic(diagnostic, look), file=sys.stderr)
    lines = [] if options.quiet or options.dry_run else deployed.next_steps(done, scope)
    if lines:
        print("\n".join(lines))
    return code
