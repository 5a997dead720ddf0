"""`agentconv sync`: one source, and every assistant in step with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.cli import deploying, processes
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.conversion.choices import EVERYTHING
from agentconv.core.dataclass import replace
from agentconv.formats import registry
from agentconv.install import lock as lock_file
from agentconv.install import places
from agentconv.sources import settings_file, sniffing
from agentconv.sync import settings, unchanged

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings

STRICT = ("warnings", "off")
FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")
USAGE = "[--check | --dry-run | --diff [AGENT...]] [--prefer SIDE [AGENT[:FIELD]...]] [options]"
EXAMPLES = """\
examples:
  agentconv init                      write agentconv.toml: which assistant is the source, which ones follow
  agentconv sync --dry-run            what would be written
  agentconv sync                      bring every assistant in step with the source
  agentconv sync --check              in CI: exit 1 when one is not
  agentconv sync --diff reviewer      what would change of one agent, and what differs
  agentconv sync --prefer source reviewer    where both sides changed: the source's word counts

An edit on one side wins, edits on both sides are merged or told as a conflict and kept. agentconv.lock says what was
settled: commit it with the files.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what")
    group.add_argument("agents", nargs="*", metavar="AGENT", help="with --check, --dry-run or --diff: look at these alone")
    whose = "whose word counts: source, target, or one assistant's name; then what it is about (AGENT, AGENT:FIELD, servers/NAME)"
    group.add_argument("--prefer", nargs="+", metavar="SIDE", help=whose)
    group.add_argument(
        "--carry-back",
        nargs="*",
        metavar="AGENT[:FIELD]",
        help="take edits of the targets into the source: all, or a field (prompt, name, ...), an agent, or AGENT:FIELD",
    )
    group.add_argument(
        "--adopt", nargs="*", metavar="AGENT", help="take agents that stand in a target alone into the source: all, or by name"
    )
    group.add_argument(
        "--yes", action="store_true", help="go on where it stops to ask: much would be deleted, or the source is another one"
    )
    shared.add_widening(group, "write agents that may do more than their source says")
    group = parser.add_argument_group("how")
    group.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is not in step")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")
    group.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    group.add_argument("--watch", action="store_true", help="sync again after each change, until Ctrl-C")
    group.add_argument("--staged", action="store_true", help="with --check: look at what is staged in git, rather than at the files")
    group.add_argument("--release", metavar="FORMAT|all", help="forget what was synced for an assistant, or for all, and keep its files")
    group.add_argument("--switch-source", metavar="FORMAT", help="from now on another assistant's files are the source")
    group.add_argument(
        "--scope",
        choices=(places.PROJECT, places.USER),
        metavar=f"{places.PROJECT}|{places.USER}",
        default=places.PROJECT,
        help="this project (default), or your own agents, for all projects: one way only",
    )
    group.add_argument("--all", action="store_true", help="every project below this folder that has a configuration")
    group.add_argument(
        "--config", metavar="FILE", help="with --check, --dry-run or --diff: take the configuration from here, not from the project"
    )
    group.add_argument("--project", metavar="DIR", help="the project's root (default: the nearest folder with agentconv.toml)")
    processes.add_jobs(group)
    _add_report(parser)


def _add_report(parser: argparse.ArgumentParser) -> None:
    """Add what says how it is told."""
    report = deploying.add_report(parser, FORMATS)
    report.add_argument("--strict", choices=STRICT, metavar="[=warnings|off]", help="exit 1 on limits that a target does not hold, too")
    report.add_argument(
        "--accept", action="append", default=[], metavar="[=CODE]", help="with --strict: no finding of what the configuration accepts"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    _check(options)
    if options.all:
        from agentconv.cli import syncing

        return syncing.run_all(options)
    chosen = _lock_alone(options) or found_settings(options)
    named = options.agents or options.prefer or options.carry_back or options.release or options.switch_source or options.adopt
    # who is named may not be there; and what is checked is held against the source, for a lock only claims what was written
    closer = options.verbose or options.staged or options.watch or options.check or named
    scope = scope_of(options, chosen)
    lock = None if closer else unchanged.in_step(chosen, scope)
    parts = _parts_in_step(options, chosen, scope, lock) if lock is not None else None
    if lock is not None and parts is not None:
        return _in_step(options, chosen, lock, parts)
    from agentconv.cli import syncing

    return syncing.run(options, chosen)


def _parts_in_step(options: argparse.Namespace, chosen: Settings, scope: Scope, lock: Lock) -> Mapping[str, int] | None:
    """Return how many parts are kept in step; None where it is not known without a closer look that all are, or more is to be told."""
    if chosen.along is None:
        return {}
    if options.output_format == "json" or options.allow_widening:
        return None
    from agentconv.sync import unchanged_parts

    return unchanged_parts.in_step(chosen, chosen.along, scope, lock)


def _in_step(options: argparse.Namespace, chosen: Settings, lock: Lock, parts: Mapping[str, int]) -> int:
    """Say that everything is in step, and return the exit code."""
    from agentconv.render import in_step

    code = Exit.FINDINGS if options.strict == STRICT[0] and in_step.open_limits(chosen, lock.synced, options.accept) else Exit.OK
    if options.output_format not in ("text", "json"):
        from agentconv.cli import sync_report

        sync_report.report_in_step(options, chosen, lock.synced)
        if options.output_format == "github" and not options.quiet:
            print(in_step.line(chosen, lock.synced), file=sys.stderr)
        return code
    if options.output_format == "json":
        from agentconv.render import machine

        looking = options.check or options.dry_run or options.diff
        limits = in_step.limits(chosen, lock.synced)
        print(machine.report(in_step.document(int(code), len({one.agent for one in lock.synced}), limits, looking=looking)))
    elif not options.quiet or code:
        from agentconv.render import text

        for row in in_step.lasting(chosen, lock.synced, text.style(sys.stderr, options.color)):
            say(row)
        for row in in_step.strictly(chosen, lock.synced, options.accept) if options.strict == STRICT[0] else ():
            say(row)
        print(in_step.line(chosen, lock.synced), file=sys.stderr if options.quiet else sys.stdout)
        if parts and not options.quiet:
            print(in_step.parts(parts))
    return code


def found_settings(options: argparse.Namespace) -> Settings:
    """Return what the project's configuration says of sync.

    Raises:
        InputError: There is none.
    """
    if options.scope == places.USER:
        return _own_settings()
    if options.project and not os.path.isdir(options.project):
        raise registry.usage(f"there is no folder `{options.project}`", "--project names a project's root")
    start = Path(options.project) if options.project else Path.cwd()
    if options.config:
        return settings_of(settings.find_root(start) or start, Path(options.config))
    return settings_of(settings.find_root(start))


def _lock_alone(options: argparse.Namespace) -> Settings | None:
    """Return what lets everything go where nothing but the lock is there: a person deleted the configuration first.

    Raises:
        InputError: Something else is wanted of it.
    """
    start = Path(options.project) if options.project else Path.cwd()
    if options.scope == places.USER or options.config or settings.find_root(start) is not None:
        return None
    lock = lock_file.read(start / lock_file.FILE)
    if lock is None or not lock.synced:
        return None
    sources = {sniffing.by_place(PurePosixPath(one.source)) for one in lock.synced} - {None}
    source, targets = next(iter(sorted(filter(None, sources))), registry.CLIENTS[0]), sorted({one.target for one in lock.synced})
    if options.release == EVERYTHING:
        return settings.read(start, {settings_file.FILE: f'source = "{source}"\ntargets = []\n'.encode()})
    number = len({one.agent for one in lock.synced})
    message = f"{settings_file.FILE} is gone, and {lock_file.FILE} has {number:,} agents in step with {', '.join(targets)}"
    back = f"bring it back (git checkout -- {settings_file.FILE}), or agentconv init -f {source} -t {','.join(targets)} writes one"
    hint = f"{back}; agentconv sync --release all forgets them all, and lets their files stay, as yours"
    raise registry.usage(message, hint)


def _own_settings() -> Settings:
    """Return what the user says of the agents of their own, for all projects.

    Raises:
        InputError: Nothing is said.
    """
    home = places.user()
    given = os.environ.get("XDG_CONFIG_HOME", "")
    folder = (Path(given) if os.path.isabs(given) else home.root / ".config") / "agentconv"
    found = settings.read(folder) if folder.is_dir() else None
    if found is None:
        where = home.shown(os.path.relpath(folder, home.root).replace(os.sep, "/"))
        hint = f'write `source = "claude-code"` and `targets = ["codex"]` into {where}/agentconv.toml'
        raise registry.usage("nothing says what to sync of your own agents", hint)
    for target in found.targets:
        home.folder(places.targets()[target])  # which refuses one that has no place there
    return replace(found, root=home.root)


def again(options: argparse.Namespace, chosen: Settings) -> Settings:
    """Return what a configuration says by now."""
    return _own_settings() if options.scope == places.USER else settings_of(chosen.root)


def scope_of(options: argparse.Namespace, chosen: Settings) -> Scope:
    """Return the place that a command is about."""
    return places.user() if options.scope == places.USER else places.project(chosen.root)


def settings_of(root: Path | None, named: Path | None = None) -> Settings:
    """Return what the configuration of a root says of sync, or the file that a person names instead.

    Raises:
        InputError: There is none.
    """
    found = settings.read(root, named=named) if root is not None else None
    if found is None and named is not None:
        raise registry.usage(
            f"`{named}` does not say what to sync", "it names `source` and `targets`, as the project's agentconv.toml does"
        )
    if found is None:
        raise registry.usage(
            "nothing here says what to sync", "agentconv init writes agentconv.toml: which assistant is the source, which ones follow"
        )
    return found


def _check(options: argparse.Namespace) -> None:
    """Complain about words that do not go together.

    Raises:
        InputError: There are such.
    """
    if options.config and (options.all or options.scope == places.USER or not (options.check or options.dry_run or options.diff)):
        hint = f"agentconv sync --check --config {options.config}"
        raise registry.usage("--config goes with --check, --dry-run or --diff, of one project", hint)
    if options.watch and (options.check or options.dry_run or options.diff or options.adopt is not None or options.yes or options.prefer):
        raise registry.usage("--watch goes with --carry-back alone", "agentconv sync --watch")
    if options.scope == places.USER and (
        options.carry_back is not None or options.adopt is not None or options.staged or options.all or options.watch
    ):
        raise registry.usage("your own agents are synced one way only", "agentconv sync --scope user")
    if options.switch_source:
        others = (options.check, options.all, options.staged, options.watch, options.adopt is not None, options.release, options.prefer)
        if any(others) or options.carry_back is not None or options.scope == places.USER:
            raise registry.usage("--switch-source goes alone", f"agentconv sync --switch-source {options.switch_source}")
    if options.release and (options.check or options.diff or options.all or options.staged):
        raise registry.usage("--release goes alone", f"agentconv sync --release {options.release}")
    if options.release and options.output_format not in ("text", "json"):
        raise registry.usage(f"--release has no form for --output-format {options.output_format}", "it takes text and json")
    if options.all and (options.staged or options.watch or options.output_format != "text"):
        raise registry.usage("--all goes with none of --staged, --watch and --output-format", "run it in each project")
    if options.agents and (options.all or options.switch_source or not (options.check or options.dry_run or options.diff)):
        hint = f"agentconv sync --diff {' '.join(options.agents)}"
        raise registry.usage("agents are named to look at them, with --check, --dry-run or --diff", hint)
    if options.staged and not options.check:
        raise registry.usage("--staged goes with --check", "agentconv sync --check --staged")
