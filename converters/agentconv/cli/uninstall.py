"""`agentconv uninstall`: take away what was deployed of a pack, and nothing that anybody edited."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext, suppress
from shlex import quote
from typing import TYPE_CHECKING

from agentconv.cli import deploying, ending, project
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.conversion.choices import EVERYTHING
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk.files import Disk
from agentconv.disk.placing import BACKUP, numbered
from agentconv.formats import registry
from agentconv.install import consent, places, proof
from agentconv.install.planning import Action, plan_removal
from agentconv.packs import finding, record
from agentconv.render import deployed, deployed_machine, machine, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Lock, LockedPack
    from agentconv.install.places import Scope
    from agentconv.install.planning import Plan
    from agentconv.packs.environment import Environment
    from agentconv.packs.finding import Pack

_SHOWN = 3
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
    group.add_argument("packs", nargs="+", metavar="PACK", help="name of a pack that is deployed here, or its .whl file")
    group.add_argument("--to", action="append", metavar="ASSISTANT,...", help="only for these assistants (default: all)")
    deploying.add_place(parser, python=True)
    group = parser.add_argument_group("how")
    group.add_argument(
        "--accept",
        choices=(consent.LEAVING, EVERYTHING),
        metavar=f"[={consent.LEAVING}]",
        help="take away, too, what nothing but the lock says is the pack's, where that version of it is not here",
    )
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    deploying.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    scope = deploying.scope(options)
    targets = places.chosen(options.to) if options.to else None
    if options.to and targets is None:
        raise registry.usage("--to auto says nothing about what to take away", "leave it out for all assistants")
    reader = Disk(scope.root)
    where = _environment(options)
    done: list[tuple[str, Plan]] = []
    told: list[Diagnostic] = []
    with deploying.alone(scope, dry_run=options.dry_run):
        lock = deploying.ours(scope, reader, dry_run=options.dry_run)
        named = {_deployed(word, lock, scope): word for word in options.packs}
        for name, word in named.items():
            locked = lock.pack(name)
            here = _here(word, locked, scope, where)
            given = proof.given([here], locked, scope, reader)
            plan = plan_removal(reader, lock, name, targets, given=given)
            doubt = _doubt(locked, here, plan) if plan.believed and not options.accept else None
            if doubt and not _is_accepted(options, doubt):
                told.append(doubt)
            elif not options.dry_run:
                told += deploying.apply(scope, plan)
            if doubt in told and not options.dry_run:
                continue
            lock = plan.lock_after
            told += _read_there(lock.pack(name), plan)
            told += _copies(reader, scope, plan)
            done.append((name, plan))
    return _tell(options, scope, done, told)


def _here(word: str, locked: LockedPack | None, scope: Scope, where: Environment | None) -> Pack | None:
    """Return the pack whose files tell what is its own: the wheel that is named, or what is where the lock has it from."""
    if locked and _is_wheel(word):
        with suppress(InputError):
            found = finding.open_file(word)
            return found if found.manifest.name == locked.name else None
    return deploying.still_here(locked, scope, where) if where else None


def _is_wheel(word: str) -> bool:
    return word.lower().endswith(".whl")


def _read_there(left: LockedPack | None, plan: Plan) -> Iterator[Diagnostic]:
    """Say which assistants that keep a pack read its agents in files that go, and have them nowhere else."""
    if left is None:
        return
    source = quote(f"PATH/{left.file}") if left.file else left.name
    for target in left.targets:
        others = places.targets()[target].also_reads if target in places.targets() else ()
        there = {entry.agent for entry in plan.lock_after.entries if entry.target == target and not entry.part}
        gone = {step.agent for step in plan.steps if step.action is Action.REMOVE and step.target in others and not step.part}
        if names := sorted(gone - there):
            title = text.client(target)
            message = f"{title} read {text.names(names)} in what goes, and has that nowhere else"
            hint = f"agentconv install {source} writes for {title} what it can hold"
            yield Diagnostic(Code.ELSEWHERE, Severity.WARNING, message, hint=hint)


def _copies(reader: Reader, scope: Scope, plan: Plan) -> Iterator[Diagnostic]:
    """Say where what `install --force` replaced is kept, of files that go: it is the user's own, and stays."""
    for path in dict.fromkeys(step.path for step in plan.steps if step.action is Action.REMOVE):
        copy = numbered(path, BACKUP, 1)
        if reader.read(copy) is not None:
            hint = f"mv {quote(scope.shown(copy))} {quote(scope.shown(path))} brings it back; delete it if you do not want it any more"
            message = "it is a copy of what was there before `agentconv install --force`, and stays"
            yield Diagnostic(Code.EXISTS, Severity.NOTE, message, Span(scope.shown(copy)), hint)


def _doubt(locked: LockedPack | None, here: Pack | None, plan: Plan) -> Diagnostic:
    """Say that nothing but the lock tells what would go: whoever can change it would have any file taken away."""
    shown = ", ".join(f"`{path}`" for path in plan.believed[:_SHOWN])
    more = f" and {len(plan.believed) - _SHOWN:,} more" if len(plan.believed) > _SHOWN else ""
    name, version = (locked.name, locked.version) if locked else ("the pack", "")
    if locked and here and here.manifest.version == version:  # which an update left as they were
        version = next((agent.version for agent in locked.agents if agent.version), version)
    away = f"{name} {version} is not here" + (f" ({here.manifest.version} is)" if here and here.manifest.version != version else "")
    if locked and here and proof.is_of(here, locked) and version == here.manifest.version:
        away = f"{name} {version} does not give all that is deployed of it"
    message = f"{away}, and nothing but the lock says that these files are its: {shown}{more}"
    back = "put that version back"
    if locked and locked.origin == finding.WHEEL and locked.file and not here:
        back = f"name the wheel that they are of (agentconv uninstall {quote(f'PATH/{locked.file}')})"
    hint = f"nothing was taken away; {back}, or, if they are, run it again with --accept=leaving"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def _is_accepted(options: argparse.Namespace, doubt: Diagnostic) -> bool:
    """Whether a person says on a terminal that these files are to go."""
    if options.dry_run or options.output_format == "json" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    say(text.diagnostic(replace(doubt, hint=None), text.style(sys.stderr, options.color)))
    print("Take them away? [y/N]", end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _environment(options: argparse.Namespace) -> Environment | None:
    """Return where packs are installed; None where nobody named a place, and none can be told.

    Raises:
        InputError: What `--python` names is no environment.
    """
    with suppress(InputError) if options.python is None else nullcontext():
        return project.environment(options)
    return None


_ELSEWHERE = {
    False: "run it in the project's folder, or with --scope user for your home folder",
    True: "without --scope user it looks in the project",
}


def _deployed(word: str, lock: Lock, scope: Scope) -> str:
    """Return the name of a pack that is deployed.

    Raises:
        InputError: There is no such pack here.
    """
    wanted = os.path.basename(word).partition("-")[0] if _is_wheel(word) else word  # a wheel's name begins with its pack's
    found = next((pack.name for pack in lock.deployed if record.normal(wanted) == record.normal(pack.name)), None)
    if found is None:
        there = [pack.name for pack in lock.deployed]
        where = "in your home folder" if scope.is_user else "in this project"
        hint = (
            registry.did_you_mean(word, there, f"deployed are: {', '.join(there)}") if there else f"nothing is; {_ELSEWHERE[scope.is_user]}"
        )
        hint = ending.OF_SYNC if registry.is_known(word) else hint
        raise registry.usage(f"`{word}` is not installed {where}", hint)
    return found


def _tell(options: argparse.Namespace, scope: Scope, done: list[tuple[str, Plan]], told: Sequence[Diagnostic]) -> int:
    """Print what was done and return the exit code."""
    doubted = any(diagnostic.severity is Severity.ERROR for diagnostic in told)
    code = Exit.FINDINGS if doubted or any(plan.needs_a_look for _, plan in done) else Exit.OK
    if options.output_format == "json":
        print(machine.report(deployed_machine.removed(done, scope, int(code), told, dry_run=options.dry_run)))
        return code
    look = text.style(sys.stderr, options.color)
    for name, plan in done:
        if not options.quiet:
            print("\n".join(deployed.removed(name, plan, scope, dry_run=options.dry_run, verbose=options.verbose)), flush=True)
        for line in deployed.step_problems(plan, scope, look, dry_run=options.dry_run):
            say(line)
    for diagnostic in (one for one in told if not options.quiet or one.severity is Severity.ERROR):
        say(text.diagnostic(diagnostic, look))
    return code
