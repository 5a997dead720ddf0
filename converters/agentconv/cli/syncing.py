"""What `agentconv sync` does where something may not be in step: it runs, or watches, and tells."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import deploying, ending, strangers, sync_report, unstaged
from agentconv.cli import options as shared
from agentconv.cli import sync as command
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.conversion.choices import EVERYTHING
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Diagnostic, InputError, Severity
from agentconv.disk.saving import other_names
from agentconv.formats import registry
from agentconv.install import places
from agentconv.install.steps import NEEDS_A_LOOK, Action
from agentconv.render import (
    in_step,
    machine,
    synced,
    text,
)
from agentconv.render.synced_lines import Line
from agentconv.render.table import wrapped
from agentconv.sources import settings_file
from agentconv.sync import digests, elsewhere, open_there, preferring, selecting, settings, staged, stale_lock, switching, syncing
from agentconv.sync.carrying import CARRIED
from agentconv.sync.git import Git
from agentconv.sync.looking import at
from agentconv.sync.planning import Choices
from agentconv.sync.preferring import Preference
from agentconv.sync.selecting import Selection

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Sequence

    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.steps import Change
    from agentconv.sync.parts import PartsOutcome
    from agentconv.sync.planning import Outcome
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key
    from agentconv.sync.watching import Watch


def run(options: argparse.Namespace, chosen: Settings) -> int:
    """Run the command.

    Raises:
        InputError: Something that was asked for cannot be.
    """
    _check_parts(options, chosen)
    _preference(options, chosen)
    if options.staged:
        clients = (chosen.source_format, *chosen.targets) if chosen.along is not None else ()
        with staged.written_out(chosen.root, chosen.source, clients) as place:
            named = Path(options.config) if options.config else None
            return _synced(options, command.settings_of(place, named), chosen.root)
    if options.release:
        return _release(options, chosen)
    if options.watch:
        return _watch(options, chosen)
    return _synced(options, chosen, None)


def run_all(options: argparse.Namespace) -> int:
    """Sync every project below a folder that says what is kept in step; the worst exit code counts.

    Raises:
        InputError: There is none.
    """
    top = Path(options.project) if options.project else Path.cwd()
    git = Git(top)
    files = [path for name in (settings_file.FILE, settings_file.PYTHON) for path in git.tracked(name)]
    roots = sorted({top / path.rpartition("/")[0] for path in files} | ({top} if (top / settings_file.FILE).is_file() else set()))
    found = [(root, chosen) for root in roots if (chosen := settings.read(root)) is not None]
    if not found:
        raise registry.usage("no project here says what to sync", "--all looks for agentconv.toml among the files that git has")
    codes = []
    for root, chosen in found:
        if len(found) > 1 and options.output_format == "text" and not options.quiet:
            print(f"{text.safe(os.path.relpath(root, top))}:")
        codes.append(_synced(options, chosen, None))
    return max(codes)


def _synced(options: argparse.Namespace, chosen: Settings, repository: Path | None, going: Collection[Key] | None = None) -> int:
    """Sync one project."""
    scope = command.scope_of(options, chosen)
    looking = options.check or options.dry_run or options.diff
    showing = bool(options.dry_run or options.diff) and not options.check
    choices = Choices(_preference(options, chosen), options.yes, _widening(options, chosen), going, options.jobs, looking=showing)
    with deploying.alone(scope, dry_run=looking):
        if not looking:
            chosen = command.again(options, chosen)  # another run may have changed it, until this one was alone
        carried = _texts(options, chosen) if options.watch else _carry_back(options, chosen)
        one = syncing.Run(chosen, scope, choices, carried, options.adopt, repository=repository, every=options.verbose)
        outcome = (
            _switched(one, options)
            if options.switch_source
            else one.outcome(dry_run=looking, look_closely=options.verbose or options.check)
        )
        _tell_besides(options, one, outcome)
        if chosen.along is not None and (chosen.along.named or options.prefer) and not looking:
            _parts(options, one, looking=True)  # which complains about names that are nowhere before anything is written
        told = [] if looking else [other_names(scope.shown(path), number) for path, number in one.apply(outcome).items()]
        if options.switch_source:
            chosen = switching.settings_after(outcome) if looking else command.again(options, chosen)
        one = syncing.Run(chosen, scope, Choices(), repository=repository)
        after = outcome.plan.lock_after if options.switch_source and outcome.plan else None
        behind = outcome.switched.behind if outcome.switched is not None else frozenset[tuple[str, str]]()
        beside = _parts(options, one, looking=looking, lock=after, behind=behind)
        if beside is not None and not looking:
            told += [other_names(scope.shown(path), number) for path, number in one.carry_out(beside.plan).items()]
    outcome.there = [] if options.switch_source else list(open_there.of(outcome, beside, scope))
    if options.check and not any(line.look for line in synced.told(outcome)):
        outcome.diagnostics += stale_lock.told(one, (outcome.plan, beside.plan if beside is not None else None))
    outcome.diagnostics += unstaged.told(outcome, beside, repository) if repository is not None else ()
    if options.agents:
        outcome, beside = at(outcome, options.agents), None
    code = sync_report.tell(options, outcome, told, beside, looking=looking)
    _tell_further(options, one, outcome, beside, repository, looking=looking)
    return code


def _tell_besides(options: argparse.Namespace, run: syncing.Run, outcome: Outcome) -> None:
    """Put into an outcome what is to be told with it: of what is not kept in step here, and of flags and settings that had no use."""
    chosen, is_named = run.settings, options.config is not None
    outcome.elsewhere = [] if options.switch_source else elsewhere.of(outcome, run.scope, run.reader, accepts=is_named)
    outcome.by_its_own = _by_its_own(chosen, run.scope) if is_named else None
    if not options.check:  # which alone must not be green while a target cannot be looked at
        outcome.diagnostics = [replace(one, severity=Severity.WARNING) if one in chosen.unused else one for one in outcome.diagnostics]
    outcome.diagnostics += strangers.left_alone(run.choices.prefer, outcome)
    outcome.diagnostics += strangers.not_taken(run.carry_back, outcome)


def _tell_further(
    options: argparse.Namespace, run: syncing.Run, outcome: Outcome, beside: PartsOutcome | None, repository: Path | None, *, looking: bool
) -> None:
    """Say what is to be done next, and what is left where nothing is kept in step any more."""
    if options.output_format != "text" or options.watch:
        return
    sync_report.tell_next(options, outcome, beside, repository)
    if not (looking or options.check or run.settings.targets) and outcome.lock is not None and outcome.lock.synced:
        _tell_ending(options, run, outcome.lock)


def _by_its_own(chosen: Settings, scope: Scope) -> Outcome | None:
    """Return what there is to do by a project's own configuration; None where that says nothing else than the one that a person names."""
    try:
        own = settings.read(chosen.root)
        if own is None or own.sha256 == chosen.sha256:
            return None
        run = syncing.Run(own, scope, Choices())
        outcome = run.outcome(dry_run=True, look_closely=True)
        outcome.elsewhere = elsewhere.of(outcome, scope, run.reader, accepts=True)  # which it is once it is merged, and named
    except InputError:
        return None
    return outcome


def _widening(options: argparse.Namespace, chosen: Settings) -> tuple[str, ...]:
    """Return what a person insists on: on the command line, or in a file that is named there."""
    return (*shared.widening(options.allow_widening), *chosen.widening)


def _parts(
    options: argparse.Namespace,
    run: syncing.Run,
    *,
    looking: bool,
    lock: Lock | None = None,
    behind: frozenset[tuple[str, str]] = frozenset(),
) -> PartsOutcome | None:
    """Return what is to be done with the skills, commands and servers that are kept in step; None where none are meant to be.

    Args:
        options: What a person asks for.
        run: What a run knows.
        looking: Whether nothing is done about it.
        lock: What is settled then, where that is not on the disk yet.
        behind: By target what agents need there that a switch leaves behind.
    """
    chosen = run.settings
    if chosen.along is None:
        return None
    from agentconv.cli import agents_there
    from agentconv.sync import parts

    lock = run.locked(dry_run=looking) if lock is None or not looking else lock
    passing = run.uncommitted if options.check else frozenset[str]()
    may_go = options.yes or ((options.dry_run or options.diff) and not options.check)  # what would stop a run of agents is told of these
    forced, others = _forced(options, chosen), agents_there.of_scope(run.scope)
    wish = parts.Wish(chosen.along, forced, may_go, _widening(options, chosen), passing, behind, others)
    return parts.outcome(chosen, run.scope, run.reader, lock, wish)


def _switched(run: syncing.Run, options: argparse.Namespace) -> Outcome:
    """Return what is to be done so that another assistant's files are the source.

    Raises:
        InputError: Not everything is in step.
    """
    target = registry.resolve(options.switch_source)
    switching.check(run, target)
    run.carry_back = None
    before = run.outcome(dry_run=True, look_closely=True)
    found = [line for line in synced.told(before) if line.look and line.word not in ("refused", "stale")]
    wrong = any(one.severity is Severity.ERROR for one in (*before.diagnostics, *before.broken()))
    beside = _parts(options, run, looking=True)
    steps = beside.plan.steps if beside is not None else ()
    edited = [one for one in steps if one.action in NEEDS_A_LOOK and (one.target, one.action) != (target, Action.FOREIGN)]
    apart = beside is not None and (
        edited or beside.plan.changes or any(one.severity is Severity.ERROR for one in beside.told())
    )  # what the new source has in its own words is no hindrance: from now on they are the source's
    if found or wrong or apart or before.is_drift():
        raise sync_report.not_in_step([*found, *(Line(f"{one.action}", one.agent, "", one.target, one.path) for one in edited)])
    outcome = switching.switched(run, target, before, beside.refused(target).values() if beside is not None else ())
    if beside is not None:
        outcome.diagnostics += _freed(run, options, outcome)
    return outcome


def _freed(run: syncing.Run, options: argparse.Namespace, outcome: Outcome) -> Iterator[Diagnostic]:
    """Say which parts may do more by a switch.

    Raises:
        InputError: Nobody said that they may.
    """
    from agentconv.sync import freed_parts

    behind = outcome.switched.behind if outcome.switched is not None else frozenset[tuple[str, str]]()
    then = syncing.Run(switching.settings_after(outcome), run.scope, Choices())
    after = _parts(options, then, looking=True, lock=outcome.plan.lock_after if outcome.plan is not None else None, behind=behind)
    freed = freed_parts.of(run.reader, run.lock, after.deployments) if after is not None else ()
    freed_parts.check(freed, run.choices.widening)
    yield from freed_parts.told(freed)
    yield from freed_parts.lost(run.lock, after.deployments, after.plan) if after is not None else ()


def _watch(options: argparse.Namespace, chosen: Settings) -> int:
    """Sync again after each change, until Ctrl-C."""
    try:
        import watchfiles  # noqa: F401 - asked for before anything else is done
    except ImportError:
        raise registry.usage("--watch needs one more package", 'pip install "agentconv-toolkit[watch]"') from None
    watch = watcher(options, chosen)
    watch.tell(f"watching {chosen.place}, and what {', '.join(chosen.targets)} have of it; Ctrl-C ends that")
    watch.watch()
    return Exit.OK


def watcher(options: argparse.Namespace, chosen: Settings) -> Watch:
    """Return what syncs a project again after each change."""
    from agentconv.sync.watching import Watch

    def now() -> Settings:
        return command.settings_of(chosen.root)

    def look() -> Outcome:
        return syncing.Run(now(), command.scope_of(options, chosen), Choices(), _texts(options, now())).outcome(dry_run=True)

    def parts() -> Sequence[Change]:
        found = _parts(options, syncing.Run(now(), command.scope_of(options, chosen), Choices()), looking=True)
        return found.plan.changes if found is not None else ()

    def tell(line: str) -> None:
        print(text.safe(line), file=sys.stderr, flush=True)

    def run_once(going: Collection[Key]) -> None:
        _synced(options, now(), None, going)
        sys.stdout.flush()

    return Watch(now, look, run_once, tell, Git(chosen.root).is_under_way, parts=parts)


def _texts(options: argparse.Namespace, chosen: Settings) -> Selection | None:
    """Return the fields that are carried back without anybody at hand: texts alone."""
    chosen_ = _carry_back(options, chosen)
    if chosen_ is None:
        return None
    pairs = [(agent, path) for agent, field in chosen_.pairs or (("", ""),) for path in digests.TEXTS if field in ("", path)]
    return Selection(tuple(pairs) or tuple(("", path) for path in digests.TEXTS))


def _still_there(run: syncing.Run, outcome: Outcome) -> int:
    """Return how many of the files and entries that are released are there: who deletes an assistant's folder first has none left."""
    after = outcome.plan.lock_after if outcome.plan is not None else run.lock
    agents = [one.path for one in run.lock.synced if one not in after.synced]
    parts = [one.path for one in run.lock.entries if one not in after.entries]
    return sum((run.scope.root / path).exists() for path in (*agents, *parts))


def _release(options: argparse.Namespace, chosen: Settings) -> int:
    """Forget what was synced for a target, or for all, and keep its files."""
    target = None if options.release == EVERYTHING else registry.resolve(options.release)
    scope = command.scope_of(options, chosen)
    with deploying.alone(scope, dry_run=options.dry_run):
        chosen = chosen if options.dry_run or not chosen.file.is_file() else command.again(options, chosen)
        one = syncing.Run(chosen, scope, Choices())
        outcome = one.released(None if target is None else [target], dry_run=options.dry_run)
        if not outcome.agents:
            known = sorted({each.target for each in outcome.synced})
            raise registry.usage(f"nothing was synced for {target or 'any assistant'}", f"what was: {', '.join(known) or 'nothing'}")
        if not options.dry_run:
            one.apply(outcome)
    if options.output_format == "json":
        document = in_step.document(int(Exit.OK), 0, looking=options.dry_run)
        print(machine.report(document | {"released": {"target": target or EVERYTHING, "files": outcome.agents}}))
        return Exit.OK
    done = "would be released: they would stay, and be yours." if options.dry_run else "released: they stay, and are yours now."
    there = _still_there(one, outcome)
    if not there:
        done = f"{'would be released' if options.dry_run else 'released'}: none is there any more."
    number = there or outcome.agents
    print(f"{text.count(number, 'file')} of {text.client(target) if target else 'all assistants'} {done}")
    _tell_next(options, one, target)
    return Exit.OK


def _tell_next(options: argparse.Namespace, run: syncing.Run, target: str | None) -> None:
    """Say what in the configuration would have files taken over again that were released, and what is left where all were."""
    chosen = run.settings
    if target is None:
        if chosen.file.is_file():
            print(wrapped(f"as long as {chosen.own_file} names `source` and `targets`, they are taken over again"))
        if not options.dry_run:
            _tell_ending(options, run, run.lock)
    elif target in chosen.targets:
        print(wrapped(f'take "{target}" out of `targets` in {chosen.own_file}: as long as it is there, they are taken over again'))
        for said in _still_named(chosen, target):
            print(wrapped(text.safe(f"and take out what speaks of it: {said}")))


def _tell_ending(options: argparse.Namespace, run: syncing.Run, before: Lock) -> None:
    """Say what is left of it where nothing is kept in step any more."""
    if not options.quiet:
        look = text.style(sys.stderr, options.color)
        say(text.diagnostic(ending.left(run, before), look))


def _still_named(chosen: Settings, target: str) -> Iterator[str]:
    """Yield what a configuration says of a target besides that it is one, each with its line."""

    def is_it(word: object) -> bool:
        return isinstance(word, str) and registry.is_known(word) and registry.resolve(word) == target

    for file in settings_file.of_folder(Path(os.path.relpath(chosen.root))):
        accept, sync = file.values.get("accept", []), file.values.get("sync", {})
        of_agents = ((("sync", "agents", name), table) for name, table in sync.get("agents", {}).items())
        places = [("accept", number) for number, word in enumerate(accept) if is_it(word.partition(":")[2])]
        tables = [(*way, word) for way, table in ((("sync",), sync), *of_agents) for word in table if is_it(word)]
        yield from (f'"{accept[number]}" in `{key}`, {file.place(key, number)}' for key, number in places)
        yield from (f"{file.shown(*way)}, {file.place(*way)}" for way in tables)


def _preference(options: argparse.Namespace, chosen: Settings) -> Preference:
    """Return whose word counts.

    Raises:
        InputError: It is nobody's here.
    """
    if not options.prefer:
        return Preference()
    side, *words = options.prefer
    known = registry.resolve(side) if registry.is_known(side) else None
    if side == preferring.SOURCE or known == chosen.source_format:
        of_parts = selecting.parts(words)
        agents = [word for word in selecting.split(words) if word not in of_parts]
        return preferring.read(preferring.SOURCE, agents) if agents or not of_parts else Preference()
    if options.scope == places.USER:
        raise registry.usage("your own agents are synced one way only", "--prefer source takes edits of a target back")
    if known not in chosen.targets and side != preferring.TARGET:
        listed = ", ".join((preferring.SOURCE, preferring.TARGET, *chosen.targets))
        raise registry.usage(f"--prefer does not take `{side}`", f"it is one of {listed}; then agents, if not all are meant")
    return preferring.read(preferring.TARGET, words, known if side != preferring.TARGET else None)


def _forced(options: argparse.Namespace, chosen: Settings) -> bool | tuple[str, ...]:
    """Return of which parts the source's word counts: of those that are named, or of all where nothing is."""
    side, *words = options.prefer or ("",)
    is_source = side == preferring.SOURCE or (registry.is_known(side) and registry.resolve(side) == chosen.source_format)
    return (selecting.parts(words) if words else True) if is_source else False


def _check_parts(options: argparse.Namespace, chosen: Settings) -> None:
    """Complain about parts that are named where agents alone are meant: they go one way, and are looked at all at once.

    Raises:
        InputError: There are such.
    """
    forced = _forced(options, chosen)
    if isinstance(forced, tuple) and forced and chosen.along is None:
        hint = f'`with = ["needed"]` in {chosen.own_file} has what the agents need go along'
        raise registry.usage(f"--prefer: `{forced[0]}` is no agent, and agents alone are kept in step", hint)
    words = {"--carry-back": options.carry_back or (), "--adopt": options.adopt or (), "": options.agents}
    words["--prefer"] = options.prefer[1:] if options.prefer and forced is False else ()
    for flag, named in words.items():
        if found := selecting.parts(named):
            way = "looked at with all others: agentconv sync --diff" if not flag else "said in the source"
            hint = f"parts are {way}; agentconv sync --prefer source {found[0]} has the source's take the place of what is in a target"
            raise registry.usage(f"{flag}{': ' if flag else ''}`{found[0]}` is no agent", hint)


def _carry_back(options: argparse.Namespace, chosen: Settings) -> Selection | None:
    """Return the fields that are carried back; None for nothing.

    Raises:
        InputError: There is no such field.
    """
    if options.carry_back is None:
        return selecting.read(chosen.carry_back) if chosen.carry_back else None
    found = selecting.read(options.carry_back)
    known = (*CARRIED.values(), selecting.NAME)
    wrong = next((path for _, path in found.pairs if path and path not in (*CARRIED, selecting.NAME)), None)
    if wrong is not None:
        raise registry.usage(f"--carry-back does not take `{wrong}`", registry.did_you_mean(wrong, known, f"fields: {', '.join(known)}"))
    return found
