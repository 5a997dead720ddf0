"""One run: read the lock and the source, see what is there, make the plan, and do it as one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.ir import FORMAT_VERSION
from agentconv.disk.files import Disk
from agentconv.install import applying, places
from agentconv.install.lock import Lock
from agentconv.install.steps import Change
from agentconv.sync import carrying as carry
from agentconv.sync import configuring, locks, overriding, planning, present, serving, settings, sources, views
from agentconv.sync.bases import Bases
from agentconv.sync.situation import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sync.planning import Choices, Outcome
    from agentconv.sync.present import File
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import SourceFile, Sources
    from agentconv.sync.views import Views


@dataclass(slots=True)
class Run:
    """What one run knows."""

    settings: Settings
    scope: Scope
    choices: Choices
    carry_back: tuple[str, ...] | None = None
    """Fields whose edits are taken back, in the configuration's words: all of them where it is empty; None for nothing."""
    lock: Lock = field(default_factory=Lock)
    reader: Disk = field(init=False)
    bases: Bases = field(init=False)

    def __post_init__(self) -> None:
        """Look at the root."""
        self.reader = Disk(self.scope.root)
        self.bases = Bases(self.scope.root)

    def outcome(self, *, dry_run: bool, look_closely: bool = False) -> Outcome:
        """Return what is to be done.

        Args:
            dry_run: Whether nothing at all is written, not even what an interrupted run left.
            look_closely: Whether losses are to be told one by one, for which everything is converted again.

        Raises:
            InputError: It cannot be told, or should not be done unasked.
        """
        self.lock = locks.read(self.scope, self.bases.git, self.reader, dry_run=dry_run)
        found, told = sources.find(self.settings)
        if not found and not self.lock.synced:
            raise _no_source(self.settings)
        targets = [target for target in self.settings.targets if not self.is_served(target)]
        if not look_closely and not told and self.is_unchanged(found, targets):
            outcome = planning.unchanged(self.settings, self.lock, found)
            outcome.served = self._served(found)
            return outcome
        loaded = self._loaded(found)
        outcome = self._planned(loaded, targets)
        carrying = self._carrying(loaded, outcome)
        if carrying is not None and self.carry_back is not None and (carrying.files or carrying.overrides):
            edits = tuple(one for one in carrying.edits if one.reason is None)
            outcome = self._carried(loaded, carrying, targets)
            outcome.carried = edits
            carrying = self._carrying(self._loaded(list(carry.with_files(loaded, carrying.files))), outcome)
        outcome.carrying = carrying
        outcome.served = self._served(found)
        outcome.diagnostics = [*told, *loaded.diagnostics, *outcome.diagnostics]
        return outcome

    def _loaded(self, found: list[SourceFile]) -> Sources:
        """Read the agents of the source.

        Raises:
            InputError: The configuration speaks of one that is not there.
        """
        loaded = sources.load(found)
        for path in sorted(self.bases.git.unmerged() & loaded.files.keys()):
            loaded.broken.setdefault(path, "git has not merged it yet")
        names = frozenset(agent.name or "" for _, agent in loaded.agents())
        wrong = [] if loaded.broken else list(overriding.unknown(self.settings, names))
        if wrong:
            raise InputError(wrong[0])
        return loaded

    def _served(self, found: list[SourceFile]) -> list[serving.Served]:
        """Return the targets that read the source's own folder, with what their clients make of it."""
        targets = [target for target in self.settings.targets if self.is_served(target)]
        loaded = sources.load(found) if targets else sources.Sources()
        return [serving.of(loaded, target) for target in targets]

    def _planned(self, loaded: Sources, targets: list[str]) -> Outcome:
        given = [self.given(loaded, target) for target in targets]
        files = self.files(targets, given)
        return planning.plan(Situation(self.settings, self.reader, self.lock, loaded, given, files), self.bases, self.choices)

    def _carrying(self, loaded: Sources, outcome: Outcome) -> carry.Carrying | None:
        """Return what of the targets' edits can be taken back; None where there are none."""
        edited = [one for one in outcome.candidates if one.settled is not None and (one.settled.edited or one.settled.merged)]
        if not edited:
            return None
        carrying = carry.Carrying(self.settings, loaded, self.lock.synced)
        carrying.carry(edited, self.carry_back or ())
        return carrying

    def _carried(self, loaded: Sources, carrying: carry.Carrying, targets: list[str]) -> Outcome:
        """Return what is to be done with the sources, and the configuration, that edits were taken back into."""
        config = self._configured(carrying)
        again = self._loaded(carry.with_files(loaded, carrying.files))
        outcome = self._planned(again, targets)
        if outcome.plan is not None:
            first = [Change(path, before, after, path, None, forced=True) for path, before, after in carry.given(loaded, carrying.files)]
            outcome.plan = replace(outcome.plan, changes=(*config, *first, *outcome.plan.changes))
        return outcome

    def _configured(self, carrying: carry.Carrying) -> list[Change]:
        """Take the configuration with what goes into it, and return its change."""
        if not carrying.overrides:
            return []
        path = self.settings.file.name
        before = self.settings.file.read_bytes()
        after = configuring.with_overrides(self.settings, before.decode(), carrying.overrides).encode()
        self.settings = settings.read(self.settings.root, {path: after}) or self.settings
        return [Change(path, before, after, path, None, forced=True)]

    def given(self, loaded: Sources, target: str) -> Views:
        """Return what the source gives for a target."""
        locked = [one for one in self.lock.synced if one.target == target]
        return views.of(loaded, target, self.settings, locked, allow_widening=self.choices.allow_widening)

    def is_served(self, target: str) -> bool:
        """Whether a target's client reads the source's own folder, so that nothing has to be written for it."""
        known = places.targets().get(target)
        row = self.settings.formats.get(target)
        return known is not None and self.settings.source_format in known.also_reads and not (row is not None and row.own)

    def is_unchanged(self, found: list[SourceFile], targets: list[str]) -> bool:
        """Whether every file is what the last run left, so that nothing has to be converted to know that all is in step."""
        lock = self.lock
        head = (lock.written_by, lock.ir, lock.config_sha256) == (__version__, FORMAT_VERSION, self.settings.sha256)
        if not head or lock.interrupted or self.choices.prefer:
            return False
        hashes = {file.path: file.sha256 for file in found}
        by_target: dict[str, list[Synced]] = {target: [] for target in targets}
        for one in lock.synced:
            if one.target not in by_target or hashes.get(one.source) != one.source_sha256:
                return False
            by_target[one.target].append(one)
        counts = {len({one.agent for one in several}) for several in by_target.values()}
        every = all({one.source for one in several} == set(hashes) for several in by_target.values())
        return len(counts) == 1 and every and all(self._is_as_left(target, several) for target, several in by_target.items())

    def _is_as_left(self, target: str, several: list[Synced]) -> bool:
        paths = {one.path for one in several}
        if set(present.paths(self.settings, target)) != paths:
            return False
        files = {one.path: present.read(self.reader, one.path, target) for one in several if one.pointer}
        for one in several:
            if one.pointer:
                agent = files[one.path].agents.get(one.pointer)
                if agent is None or planning.said(agent) != {**one.fields, **one.own}:
                    return False
            else:
                there = self.reader.read(one.path)
                if not isinstance(there, bytes) or present.File(one.path, target, there).sha256 != one.bytes_sha256:
                    return False
        return all(len(file.agents) == sum(one.path == path for one in several) for path, file in files.items())

    def files(self, targets: Iterable[str], given: list[Views]) -> dict[str, File]:
        """Return what is in the targets: where the source gives something, where the lock has something, and where the clients look."""
        wanted = {view.path: view.target for one in given for view in one.entries}
        wanted |= {one.path: one.target for one in self.lock.synced}
        wanted |= {path: target for target in targets for path in present.paths(self.settings, target)}
        return {path: present.read(self.reader, path, target) for path, target in wanted.items()}

    def apply(self, outcome: Outcome) -> dict[str, int]:
        """Do what is planned; return the files that had other names, and how many.

        Raises:
            InputError: The disk refuses, or a file changed meanwhile; everything is as it was.
        """
        if outcome.plan is None:
            return {}
        self.bases.save()
        names = applying.apply(self.scope.root, self.scope.lock, outcome.plan)
        if outcome.plan.changes:
            self.bases.prune(frozenset(one.blob for one in outcome.plan.lock_after.synced))
        return names


def _no_source(chosen: Settings) -> InputError:
    message = f"no agents in the source, `{chosen.place}`"
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="agentconv init says what is here"))


def refusals(outcome: Outcome) -> dict[str, list[Loss]]:
    """Return the agents that a target cannot hold, with the reasons, by target."""
    return {one.target: [loss for losses in one.refused.values() for loss in losses] for one in outcome.views if one.refused}
