"""`agentconv status`: whether what is deployed is still what was deployed, and what the packs would deploy now."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from agentconv.cli import agents_there, deploying, project
from agentconv.cli.exit_codes import Exit
from agentconv.cli.list_packs import names
from agentconv.cli.telling import say
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError, Severity
from agentconv.disk.files import Disk
from agentconv.install import status as states
from agentconv.packs import finding, installed, record
from agentconv.render import deployed_machine, machine, printable, synced_machine, text
from agentconv.render import status as shown

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.lock import LockedPack
    from agentconv.packs.environment import Environment
    from agentconv.packs.finding import Pack

USAGE = "[--scope project|user] [options]"
EXAMPLES = """\
examples:
  agentconv status               what is deployed in this project, and what is not as it was deployed
  agentconv status --scope user  your own agents
  agentconv status -q            in CI: exit 1 when anything is not as it was deployed

states:
  up-to-date   as it was deployed, and as the pack has it now
  edited       changed since it was deployed
  missing      gone
  stale        the pack that is there now would deploy something else: agentconv install PACK
  kept         the project's own is in its place for good: agentconv install PACK --no-keep NAME ends that
  taken        something else is in its place, yours or another pack's, and stays
  held         as it was, or away, since it asks for more: agentconv install PACK --accept
  orphaned     the pack is gone, or has the agent no more for this assistant: agentconv install PACK, or uninstall PACK
  interrupted  a run did not come to its end: run it again
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    deploying.add_place(parser, python=True)
    deploying.add_report(parser, ("text", "json", *synced_machine.FORMATS)).add_argument(
        "--names", action="store_true", help="only the names of what is deployed, one a line"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    scope = deploying.scope(options)
    lock = deploying.locked(scope)
    if options.names:
        return names(pack.name for pack in lock.deployed)
    environment = project.environment(options)
    here = partial(deploying.still_here, place=scope, environment=environment)
    there = agents_there.of_scope(scope)
    found = states.status(scope, Disk(scope.root), lock, lambda locked: _now(locked, environment), here, others=there)
    unread = None if scope.is_user else _unread(scope.root)
    code = Exit.FINDINGS if unread is not None or any(one.drifted for one in found) else Exit.OK
    if unread is not None:
        say(text.diagnostic(unread, text.style(sys.stderr, options.color)))
    if options.output_format == "json":
        print(machine.report(deployed_machine.status(found, scope, int(code))))
        return code
    if options.output_format in synced_machine.FORMATS:
        remarks = list(shown.remarks(found, scope, environment))
        printable.data(synced_machine.rendered(options.output_format, remarks, "agentconv status").encode("utf-8", "backslashreplace"))
        if code and options.output_format in synced_machine.FILES:
            print(f"{text.count(len(remarks), 'finding')}; {synced_machine.where()}", file=sys.stderr)
        return code
    look = text.style(sys.stderr, options.color)
    for one in found:
        idle = (told for told in one.idle if told.severity is Severity.ERROR or not options.quiet)
        for diagnostic in (*one.diagnostics, *idle):
            say(text.diagnostic(diagnostic, look))
    kept = len({one.agent for one in lock.synced})
    lines = shown.report(found, scope, environment, synced=kept, verbose=options.verbose, quiet=options.quiet)
    if lines:
        print("\n".join(lines))
    return code


def _unread(root: Path) -> Diagnostic | None:
    """Say that it is not known what the project keeps in step, where its configuration cannot be read."""
    from agentconv.sync import settings

    try:
        settings.read(root)
    except InputError as error:
        return replace(error.diagnostic, hint="mend it: what `agentconv sync` keeps in step is not known until then")
    return None


def _now(locked: LockedPack, environment: Environment) -> Pack | Diagnostic | None:
    """Return the installed pack of a name; what is wrong with it; or None where there is none."""
    if record.normal(locked.name) not in installed.find(environment.folders):
        return None
    try:
        return finding.find(locked.name, environment)
    except InputError as error:
        return error.diagnostic
