"""`agentconv install`: the agents of a pack into each assistant's own folder."""

from __future__ import annotations

import sys
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from agentconv.cli import agents_there, deploying, project
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.conversion.choices import EVERYTHING
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install import consent, installing, made_here, places, proof
from agentconv.packs import finding
from agentconv.render import deployed, deployed_machine, machine, text
from agentconv.render.table import fitted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from agentconv.core.diagnostics import Diagnostic, InputError
    from agentconv.install.installing import Prepared, Request
    from agentconv.install.lock import LockedPack
    from agentconv.install.places import Scope
    from agentconv.packs.environment import Environment
    from agentconv.packs.finding import Pack

USAGE = "[PACK...] [--to ASSISTANT,...|auto] [--scope project|user] [--agent NAME] [options]"
EXAMPLES = """\
examples:
  pip install backend-agents
  agentconv install backend-agents                         for the assistants that this project uses
  agentconv install backend-agents --to claude-code,codex  for these
  agentconv install backend-agents --agent reviewer        one of its agents
  agentconv install backend-agents --keep reviewer         the project's own reviewer stays, for good
  agentconv install backend-agents --dry-run               what that would do
  agentconv install backend-agents --accept=write,run      and what its agents ask for beyond reading is accepted
  agentconv install dist/backend_agents-1.2.0-py3-none-any.whl --scope user
  agentconv install                                        what agentconv.lock says, as it was accepted

Installing again updates: what you edited stays, with the pack's version beside it. agentconv.lock says what is deployed and what was
accepted; commit it. On a terminal you are asked before agents get to do more than read; elsewhere --accept has to say it.
"""
_WORDS = ", ".join((*consent.KNOWN, f"{consent.KNOWN[-1]}:NAME", consent.LEAVING))
_MEANT = (
    "`run` has network, read, write and agents in it; `leaving`: what left the pack goes, though only the lock says that it was the pack's"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what")
    words = "name of an installed pack, a .whl file, or a pack's folder (default: everything that the lock says, exactly so)"
    group.add_argument("packs", nargs="*", metavar="PACK", help=words)
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
    words = "where the project has its own agent of this name, that stays for good: agentconv.lock says so (of a part: `skills/NAME`)"
    group.add_argument("--keep", action="append", default=[], metavar="NAME", help=words)
    group.add_argument("--no-keep", action="append", default=[], metavar="NAME", help="let the pack have its place again")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    group.add_argument("--force", action="store_true", help="replace what was edited or is not from the pack (a copy is kept)")
    group.add_argument(
        "--accept",
        metavar="[=WORD,...]",
        help=f"accept what agents ask for: all of it, or what these words say: {_WORDS} ({_MEANT}); "
        "bare, also other files of the same version",
    )
    deploying.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    scope = deploying.scope(options)
    named = places.chosen(options.to) if options.to else None
    if options.to and named is None:
        named = _present(scope)
    accept = _accept(options)
    environment = project.environment(options)
    restore = not options.packs
    packs = _locked(options, scope, environment) if restore else _distinct([finding.find(word, environment) for word in options.packs])
    chosen = tuple(named) if named is not None else None
    request = installing.Request(chosen, tuple(options.agent), options.force, accept, restore, options.dry_run)
    request = replace(request, keep=tuple(options.keep), give_up=tuple(options.no_keep))
    reader = Disk(scope.root)
    done: list[Prepared] = []
    told: list[Diagnostic] = []
    with deploying.alone(scope, dry_run=options.dry_run):
        lock = deploying.ours(scope, reader, dry_run=options.dry_run)
        for pack in packs:
            locked = lock.pack(pack.manifest.name)
            earlier = deploying.still_here(locked, scope, environment) if locked and not proof.is_of(pack, locked) else None
            there = agents_there.of_scope(scope)
            prepare = partial(installing.prepare, pack, scope, reader, lock, deployed=earlier)
            prepared = _settled(options, prepare, replace(request, others=there))
            if not options.dry_run and prepared.refused is None:
                told += deploying.apply(scope, prepared.plan)
            told += [made_here.told(pack)] if prepared.made_here else []
            lock = prepared.plan.lock_after
            done.append(prepared)
    return _tell(options, scope, done, told)


def _accept(options: argparse.Namespace) -> consent.Accepted:
    """Return what the command line accepts.

    Raises:
        InputError: A word means nothing.
    """
    if options.accept is None:
        return consent.Accepted()
    words = [word.strip() for word in options.accept.split(",") if word.strip()]
    words = [word if ":" in word else word.lower() for word in words]
    if words == [EVERYTHING]:
        return consent.Accepted(everything=True)
    wrong = next((word for word in words if not consent.meant(word)), None)
    if wrong is not None or not words:
        message = f"--accept does not take `{wrong}`" if words else "--accept has an empty value"
        raise registry.usage(message, registry.did_you_mean(wrong or "", consent.KNOWN, f"words: {_WORDS}"))
    return consent.Accepted(frozenset(one for word in words for one in consent.meant(word)))


def _locked(options: argparse.Namespace, scope: Scope, environment: Environment) -> Sequence[Pack]:
    """Return the packs that the lock names, as they are here.

    Raises:
        InputError: There are none, or one is not here, or something is asked for that the lock decides.
    """
    if options.to or options.agent or options.keep or options.no_keep:
        given = next(f"--{word}" for word in ("to", "agent", "keep", "no-keep") if getattr(options, word.replace("-", "_")))
        raise registry.usage(f"{given} is about a pack, and none is named", "name it: agentconv install PACK")
    packs = deploying.locked(scope).deployed
    if not packs:
        raise registry.usage(
            f"PACK is missing, and no {project.LOCK} says what to install", "see the examples of `agentconv install --help`"
        )
    found = [deploying.at_hand(pack, scope, environment) for pack in packs]
    gone = next((pack for pack, one in zip(packs, found, strict=True) if one is None), None)
    if gone is not None:
        raise _not_here(gone, scope, environment)
    return [pack for pack in found if pack is not None]


def _not_here(gone: LockedPack, scope: Scope, environment: Environment) -> InputError:
    """Say which pack of the lock is not here, and how it gets here: of one that was a file the lock has the name alone."""
    said = f"the lock has {gone.name} {gone.version}"
    if gone.origin == finding.PIP or gone.file is None:
        hint = f"pip install {gone.name}=={gone.version}" if gone.origin == finding.PIP else "name it: agentconv install PATH"
        return registry.usage(f"{said}, and there is no `{gone.name}` in {environment.looked}", hint)
    where = "here or in your home folder" if scope.is_user else "here or in the project's folder"
    hint = f"name it by its path: agentconv install {quote(f'PATH/{gone.file}')}"
    return registry.usage(f"{said} from the {gone.origin} `{gone.file}`, and there is none {where}", hint)


def _settled(options: argparse.Namespace, prepare: Callable[[Request], Prepared], request: Request) -> Prepared:
    """Return what is to be done with a pack, once a person was asked who is there to be asked."""
    prepared = prepare(request)
    if not _is_asked(options, prepared):
        return prepared
    whole = prepare(replace(request, accept=consent.Accepted(everything=True)))  # what nobody holds is known before the answer
    known = replace(prepared, deployments=whole.deployments, plan=whole.plan)
    if _agrees(options, known):
        words = request.accept.words | set(prepared.missing)
        prepared = prepare(replace(request, accept=replace(request.accept, words=words)))
    elif prepared.before is None:
        prepared = prepare(replace(request, declined=True))
    return replace(prepared, asked=(), shown=tuple(deployed.before_question(known)))  # which was just shown


def _is_asked(options: argparse.Namespace, prepared: Prepared) -> bool:
    """Whether a person is to say, on a terminal, if what is asked for and not accepted yet is to be."""
    about_grants = bool(prepared.missing) and (prepared.refused is None or prepared.before is None)
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    return about_grants and terminal and not options.dry_run and options.output_format != "json"


def _agrees(options: argparse.Namespace, prepared: Prepared) -> bool:
    asked = deployed.question(prepared, text.style(sys.stderr, options.color), verbose=options.verbose)
    print("\n".join(fitted(line, sys.stderr) for line in asked), end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _present(scope: Scope) -> list[str]:
    """Return the assistants that are found, as `--to auto` asks for them.

    Raises:
        InputError: There are none.
    """
    found = scope.present(deploying.locked(scope))
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
        lines = list(deployed.problems(one, scope, look, dry_run=options.dry_run, verbose=options.verbose, quiet=options.quiet))
        if lines and options.quiet and len(done) > 1:
            lines.insert(0, deployed.whose(one))
        if lines:
            say("\n".join(lines))
    for diagnostic in () if options.quiet else told:
        say(text.diagnostic(diagnostic, look))
    lines = [] if options.quiet or options.dry_run else deployed.next_steps(done, scope)
    if lines:
        print("\n".join(lines))
    return code
