"""One run: read the lock and the source, see what is there, make the plan, and do it as one transaction."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from agentconv.conversion import insisting
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.suggestions import nearest
from agentconv.disk.files import Disk
from agentconv.install import applying, places
from agentconv.install.draft import parents
from agentconv.install.lock import Lock
from agentconv.install.steps import Change, Plan
from agentconv.sync import (
    beside_agents,
    earlier,
    former_names,
    locks,
    overriding,
    planning,
    present,
    read_beside,
    renaming,
    selecting,
    serving,
    source_files,
    sources,
    strangers,
    views,
)
from agentconv.sync import carrying as carry
from agentconv.sync import places as client_places
from agentconv.sync.bases import Bases
from agentconv.sync.decisions import Entry
from agentconv.sync.excused import is_excused
from agentconv.sync.planning import Outcome
from agentconv.sync.returning import Returning
from agentconv.sync.situation import Situation
from agentconv.sync.unchanged import is_judged_by_more, is_read, is_served, is_unchanged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sync.planning import Choices
    from agentconv.sync.present import File
    from agentconv.sync.selecting import Selection
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Key, Sources
    from agentconv.sync.views import Views


@dataclass(slots=True)
class Run:
    """What one run knows."""

    settings: Settings
    scope: Scope
    choices: Choices
    carry_back: Selection | None = None
    """Fields whose edits are taken back; None for nothing but those of which a person says that the target's word counts."""
    adopt: Collection[str] | None = None
    """The agents that stand in a target alone and are taken into the source; empty for all of them, None for none."""
    configuration: bytes | None = None
    """The configuration as it is to be, where it changes."""
    repository: Path | None = None
    """A folder of the repository that is asked for texts; None for the root."""
    every: bool = False
    """Whether it is told again what lint says of the source, which the last run told, and a baseline may have."""
    look_closely: bool = False
    """Whether everything is to be told, also what was told before."""
    lock: Lock = field(default_factory=Lock)
    unread: dict[str, str] = field(default_factory=dict)
    """Sources that cannot be read, with the reasons."""
    standing: tuple[Synced, ...] = ()
    """Where files that are not ours have agents of the source's names: each stays where it is, for no client has two of a name."""
    read_locks: tuple[Lock, Lock] = field(init=False)
    """The project's lock, and the one of what version control does not have, as they were read."""
    reader: Disk = field(init=False)
    bases: Bases = field(init=False)

    def __post_init__(self) -> None:
        """Look at the root."""
        self.reader = Disk(self.scope.root)
        self.bases = Bases(self.repository or self.scope.root)

    def outcome(self, *, dry_run: bool, look_closely: bool = False) -> Outcome:
        """Return what is to be done.

        Args:
            dry_run: Whether nothing at all is written, not even what an interrupted run left.
            look_closely: Whether losses are to be told one by one, for which everything is converted again.

        Raises:
            InputError: It cannot be told, or should not be done unasked.
        """
        self.look_closely = look_closely
        in_conflict = locks.is_in_conflict(self.scope)
        self.lock = self.locked(dry_run=dry_run)
        found, told, self.unread = source_files.find(self.settings, self.scope)
        if in_conflict:
            told.append((_conflict if dry_run else _united)(self.scope))
        packs = {entry.path for entry in self.lock.entries if not entry.part}
        found = [file for file in found if file.path not in packs]  # whose agents follow their pack
        if not found and not self.lock.synced and not told and not self.settings.along:
            raise _no_source(self.settings)
        targets = [target for target in self.settings.targets if not is_served(self.settings, target, self.scope)]
        beside = {path for target in self.served_targets for path in client_places.of(self.settings, target, self.scope)}
        named = self.choices.prefer.side or self.adopt or (self.carry_back and self.carry_back.agents())
        more = is_judged_by_more(self.settings, self.scope)
        alone = not (more or any(views.follow_parts(self.settings, target) for target in targets))
        vain = [*self.settings.unused, *overriding.unheard(self.settings, self.served_targets)]
        may_be = alone and not look_closely and not (told or vain) and not named and beside <= {file.path for file in found}
        if may_be and is_unchanged(self.settings, self.lock, found, targets, self.scope):
            outcome = planning.unchanged(self.settings, self.lock, found)
            outcome.served = self.served(found, outcome)
            return outcome
        loaded = self.loaded(found)
        back = Returning(self)
        loaded, outcome = back.followed(found, loaded, self.planned(loaded, targets), targets)
        if self.adopt is not None:
            loaded, outcome = back.adopted(loaded, outcome, targets)
        loaded, outcome = back.renamed(loaded, outcome, targets)
        carrying = back.carrying(loaded, outcome)
        if carrying.files or carrying.overrides:
            edits = tuple(one for one in carrying.edits if one.reason is None)
            outcome = back.carried(loaded, carrying, targets, outcome)
            outcome.carried = edits
            loaded = self.loaded(carry.with_files(loaded, carrying.files))
        outcome.carrying = back.carrying(loaded, outcome, every=True)
        outcome.one_way = self.scope.is_user
        outcome.served = self.served(found, outcome, loaded)
        wrong = [one for views in outcome.views if loaded.unjudged is None for one in views.diagnostics if one.severity is Severity.ERROR]
        outcome.diagnostics = list(dict.fromkeys((*told, *vain, *loaded.diagnostics, *wrong, *outcome.diagnostics)))
        return outcome

    def locked(self, *, dry_run: bool) -> Lock:
        """Return what was settled, of all targets."""
        lock = locks.read(self.scope, self.bases.git, self.reader, dry_run=dry_run)
        place = self.local_lock
        self.read_locks = (lock, Lock())
        if place is None:
            return lock
        self.read_locks = (lock, locks.read_local(self.scope, place, dry_run=dry_run))
        return locks.with_local(*self.read_locks, self.uncommitted)

    def loaded(self, found: list[SourceFile]) -> Sources:
        """Read the agents of the source.

        Raises:
            InputError: The configuration speaks of one that is not there.
        """
        loaded = sources.load(found, self.bases.git.unmerged())
        restraints = beside_agents.unknown_restraints(self.settings, self.scope)
        loaded.of_project(self.scope.root, (one.source for one in self.lock.synced), self.unread, restraints)
        loaded.told = frozenset(self.unread)
        not_told = [one for one in loaded.mended if self.every or not self._is_known(loaded, one)]
        by_path = {piece.path: piece for piece in loaded.pieces} if not_told else {}
        not_told = [one for one in not_told if one.span is None or not is_excused(one, by_path.get(one.span.path))]
        loaded.diagnostics += sources.not_as_written(not_told)
        names = frozenset(agent.name or "" for _, agent in loaded.agents())
        loaded.diagnostics += [one for one in sources.doubles(loaded, self.settings.own_file) if self.is_new(loaded, one)]
        loaded.diagnostics += [one for one in self._vain_guards(loaded) if self.is_new(loaded, one)]
        loaded.diagnostics += (
            [] if loaded.broken else overriding.unknown(self.settings, names, partial(former_names.now, self.lock, names, self.bases.git))
        )
        wrong = list(self._unknown_wishes(names))
        if wrong:
            raise InputError(wrong[0])
        return loaded

    def _vain_guards(self, loaded: Sources) -> Iterator[Diagnostic]:
        """Say which guards of agents block nothing here, since what they run is not there, or not as what could: in no assistant then."""
        guarded = [] if self.scope.is_user else [piece for piece in loaded.pieces if any(agent.hooks for agent in piece.agents)]
        if guarded:
            from agentconv.lint import guard_scripts

            yield from guard_scripts.missing(guard_scripts.of(guarded, {one.path: str(self.scope.root / one.path) for one in guarded}))

    def is_new(self, loaded: Sources, told: Diagnostic) -> bool:
        """Whether what is said of a file of the source was not said before: it is another one than the lock knows, or all is to be said."""
        return self.look_closely or not self._is_known(loaded, told)

    def _is_known(self, loaded: Sources, told: Diagnostic) -> bool:
        """Whether the lock has the file of the source of which something is said as it is."""
        file = loaded.files.get(told.span.path) if told.span is not None else None
        known = {(one.source, one.source_sha256) for one in self.lock.synced}
        return file is not None and (file.path, file.sha256) in known

    def served(self, found: list[SourceFile], outcome: Outcome, after: Sources | None = None) -> list[serving.Served]:
        """Return the targets that read the source's own folder, with what their clients make of it.

        Those that have files of their own read it of agents of which they have none; also those from which the run takes them.
        """
        loaded = sources.load(found) if self.served_targets else sources.Sources()
        served = [serving.of(loaded, target) for target in self.served_targets]
        if after is None:
            return served  # of every agent there is a file
        left = (one.target for one in outcome.candidates if one.entry is Entry.DELETE)
        own = [one for one in dict.fromkeys((*self.settings.targets, *left)) if one not in self.served_targets]
        for target in (one for one in own if is_read(self.settings, one, self.scope)):
            strangers = {agent.name or "" for file, _, agent in outcome.orphans if file.target == target}
            served.append(serving.without_copy(after, target, outcome.candidates, strangers))
        changes = outcome.plan.changes if outcome.plan is not None else ()
        for target in (one for one in own if read_beside.counted(self.settings, one, self.scope)):
            seen = read_beside.after(self.settings, target, self.scope, changes)
            beside = serving.by_others(after, target, outcome.candidates, seen)
            served += [beside] if beside.losses else []
        return served

    @property
    def served_targets(self) -> list[str]:
        """Targets whose client reads the source's own folder."""
        return [target for target in self.settings.targets if is_served(self.settings, target, self.scope)]

    def _unknown_wishes(self, names: frozenset[str]) -> Iterator[Diagnostic]:
        """Complain about agents that are named on the command line and that are nowhere."""
        known = names | {one.name for one in self.lock.synced}
        wishes = [("--prefer", name) for name in self.choices.prefer.agents()]
        wishes += [("--allow-widening", name) for name in insisting.named(self.choices.widening) if "/" not in name]
        wishes += [("--carry-back", name) for name in self.carry_back.agents()] if self.carry_back else []
        for flag, name in wishes:
            if name not in known:
                near = nearest(name, sorted({*known, *selecting.FIELDS.values()}), 0.7)
                hint = f"did you mean `{near}`?" if near else _takes(flag)
                yield Diagnostic(Code.USAGE, Severity.ERROR, f"{flag}: there is no agent `{name}`", hint=hint)

    def planned(self, loaded: Sources, targets: list[str], lock: Lock | None = None, edits: Iterable[carry.Edit] = ()) -> Outcome:
        """Return what is to be done, given what is settled: what the lock says, unless more is; and edits that are in the source by now.

        Files that somebody moved within their target are settled where they are.
        """
        lock = lock or self.lock
        files = self.files([*targets, *self.served_targets], [], lock, leave=loaded.files)
        lock = replace(lock, synced=renaming.followed(lock.synced, files))
        self.standing = tuple(strangers.standing(loaded, lock.synced, files))
        given = self._all_given(loaded, targets, lock)
        files = self.files([*targets, *self.served_targets], given, lock, files, loaded.files)
        carried: dict[tuple[str, str, str], frozenset[str]] = {}
        for edit in edits:
            place = (edit.candidate.target, *edit.candidate.place)
            carried[place] = carried.get(place, frozenset()) | {edit.path}
        choices = replace(self.choices, prefer=self.choices.prefer.once_carried(), asked=self.choices.prefer) if carried else self.choices
        others = partial(self._given_otherwise, loaded, lock)
        by = partial(self._given_by, loaded, lock)
        situation = Situation(self.settings, self.reader, lock, loaded, given, files, by, carried, others, partial(self.instead, loaded))
        outcome = planning.plan(situation, self.bases, choices)
        if outcome.plan is not None:
            outcome.plan = replace(outcome.plan, lock_before=self.lock)
        return outcome

    def first(self, outcome: Outcome, changes: list[Change]) -> None:
        """Let sources, and the configuration, change before anything else: a kill then leaves every edit where it was made, too."""
        outcome.sources_changed = tuple(changes)
        if outcome.plan is not None:
            made = {parent for change in changes for parent in parents(change.path) if not self.reader.is_folder(parent)}
            folders = tuple(sorted({*outcome.plan.folders_made, *made}))
            outcome.plan = replace(outcome.plan, changes=(*changes, *outcome.plan.changes), lock_before=self.lock, folders_made=folders)

    def given(self, loaded: Sources, target: str, lock: Lock, others: Sequence[Views] = ()) -> Views:
        """Return what the source gives for a target, given what it gives for others, whose files the target's client may read."""
        locked = [one for one in (*self.standing, *lock.synced) if one.target == target]
        return views.of(loaded, target, self.settings, locked, self.scope, widening=self.choices.widening, others=others)

    def _given_otherwise(self, loaded: Sources, lock: Lock, target: str) -> Iterator[Views]:
        return earlier.of(loaded, target, self.settings, lock, self.scope)

    def _given_by(self, loaded: Sources, lock: Lock, target: str, files: Mapping[str, bytes]) -> Views:
        return self.given(sources.load(carry.with_files(loaded, dict(files)), loaded.unmerged), target, lock)

    def instead(self, loaded: Sources, target: str, changes: Iterable[Change] = ()) -> Mapping[Key, Agent]:
        """Return the agents of the source as a target's client has them where it finds no file of its own, once files are changed."""
        if is_read(self.settings, target, self.scope):
            return serving.instead(loaded, target)
        if not read_beside.counted(self.settings, target, self.scope):
            return {}
        found = read_beside.after(self.settings, target, self.scope, changes)
        return {at: seen for at, agent in loaded.agents() if (seen := read_beside.first(found, agent.name)) is not None}

    def _all_given(self, loaded: Sources, targets: Sequence[str], lock: Lock) -> list[Views]:
        """Return what the source gives for each target: of those last whose clients read files of others beside their own."""
        last = {one for one in targets if {*targets}.intersection(read_beside.others(self.settings, one))}
        given = self._given_at_once(loaded, [one for one in targets if one not in last], lock)
        given += self._given_at_once(loaded, [one for one in targets if one in last], lock, given) if last else ()
        by_target = {one.target: one for one in given}
        return [by_target[target] for target in targets]

    def _given_at_once(self, loaded: Sources, targets: Sequence[str], lock: Lock, others: Sequence[Views] = ()) -> list[Views]:
        """Return what the source gives for each target, by several processes where that is wanted and worth it."""
        others = tuple(others)
        jobs = 1
        if self.choices.jobs != 1:
            from agentconv.core import workers

            jobs = min(workers.number(self.choices.jobs, len(loaded.files)), len(targets))
        if jobs <= 1:
            return [self.given(loaded, target, lock, others) for target in targets]
        return [*workers.mapped(lambda number: self.given(loaded, targets[number], lock, others), len(targets), jobs, block=1)]

    def files(
        self,
        targets: Iterable[str],
        given: list[Views],
        lock: Lock,
        read: Mapping[str, File] = MappingProxyType({}),
        leave: Collection[str] = (),
    ) -> dict[str, File]:
        """Return what is in the targets: where the source gives something, where the lock has something, and where the clients look.

        Args:
            targets: Those whose clients are asked where they look.
            given: What the source gives.
            lock: What is settled.
            read: Files that were read already.
            leave: The source's own files.
        """
        wanted = {path: target for target in targets for path in client_places.of(self.settings, target, self.scope) if path not in leave}
        wanted = (
            {view.path: view.target for one in given for view in one.entries}
            | {one.path: one.target for one in (*self.lock.synced, *lock.synced)}
            | wanted
        )
        known = places.targets()
        return {
            path: read.get(path)
            or present.read(self.reader, path, target, self.scope.path_in_project(known[target], path) if target in known else "")
            for path, target in wanted.items()
        }

    def released(self, targets: Collection[str] | None, *, dry_run: bool) -> Outcome:
        """Return a run that forgets what was synced for targets (None for all), and leaves their files as they are."""
        self.lock = self.locked(dry_run=dry_run)
        known = {one.target for one in self.lock.synced} | {one.target for one in self.lock.entries}
        after = locks.released(self.lock, known if targets is None else targets)
        plan = Plan((), (), self.lock, after, after)
        number = len(self.lock.synced) - len(after.synced) + len(self.lock.entries) - len(after.entries)
        return Outcome(self.settings, plan=plan, synced=after.synced, agents=number)

    def apply(self, outcome: Outcome) -> dict[str, int]:
        """Do what is planned; return the files that had other names, and how many.

        Raises:
            InputError: The disk refuses, or a file changed meanwhile; everything is as it was.
        """
        if outcome.plan is None:
            return {}
        self.bases.save()
        names = self.carry_out(outcome.plan)
        if outcome.plan.changes:
            self.bases.prune(frozenset(one.blob for one in outcome.plan.lock_after.synced))
        return names

    def carry_out(self, plan: Plan) -> dict[str, int]:
        """Change the files, and what the locks say of them; return the files that had other names, and how many.

        Raises:
            InputError: The disk refuses, or a file changed meanwhile; everything is as it was.
        """
        local, rest = self._parted(plan)
        place = self.local_lock
        names = applying.apply(self.scope.root, self.scope.lock, rest)  # first: with it edits get into the source, before they are settled
        if place is not None and local is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            names |= applying.apply(self.scope.root, place, local)
        return names

    @property
    def uncommitted(self) -> frozenset[str]:
        """Targets whose files version control does not have."""
        return frozenset(target for target, row in self.settings.formats.items() if not row.committed)

    @property
    def local_lock(self) -> Path | None:
        """The lock of what version control does not have: beside git's own files; None where all is committed."""
        return locks.local(self.bases.git, self.scope) if self.uncommitted else None

    def _parted(self, plan: Plan) -> tuple[Plan | None, Plan]:
        """Return what is to be done of what version control does not have, and of the rest: each with a lock of its own."""
        if not self.uncommitted:
            return None, plan
        both = [locks.part(lock, self.uncommitted, local=True) for lock in (plan.lock_before, plan.lock_pending)]
        paths = {one.path for lock in both for one in lock.synced} | {one.path for lock in both for one in lock.entries}

        def part(*, local: bool) -> Plan:
            pending, after = (locks.part(lock, self.uncommitted, local=local) for lock in (plan.lock_pending, plan.lock_after))
            before = self.read_locks[local]
            pending, after = (replace(lock, foreign=before.foreign) for lock in (pending, after))
            changes = tuple(change for change in plan.changes if (change.path in paths) is local)
            return replace(plan, changes=changes, lock_before=before, lock_pending=pending, lock_after=after, folders_left=())

        return part(local=True), replace(part(local=False), folders_left=plan.folders_left)


def _conflict(scope: Scope) -> Diagnostic:
    message = "a merge left it with both sides in it"
    return Diagnostic(Code.SYNTAX, Severity.ERROR, message, Span(scope.lock.name), "agentconv sync mends it")


def _united(scope: Scope) -> Diagnostic:
    message = "a merge left it with both sides in it; it is written anew, with what either side says"
    return Diagnostic(Code.SYNTAX, Severity.WARNING, message, Span(scope.lock.name), f"git add {scope.lock.name}")


def _no_source(chosen: Settings) -> InputError:
    message = f"no agents in the source, `{chosen.place}`"
    name = chosen.own_file
    hint = f"agentconv init says what is here; where nothing is kept in step any more, take `source` and `targets` out of {name}"
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint=hint))


def _takes(flag: str) -> str:
    """Say what a flag takes that takes agents."""
    parts = "; --prefer source takes parts, too, such as servers/NAME" if flag == "--prefer" else ""
    return f"it takes the agents' names, fields, or AGENT:FIELD{parts}"


def refusals(outcome: Outcome) -> dict[str, list[Loss]]:
    """Return the agents that a target cannot hold, with the reasons, by target."""
    return {one.target: [loss for losses in one.refused.values() for loss in losses] for one in outcome.views if one.refused}
