"""What comes back from the targets into the source and its configuration: edits, names, and agents that stood in a target alone.

Each step returns the source as it is then, and what is to be done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.suggestions import nearest
from agentconv.install.steps import Change
from agentconv.sync import carrying as carry
from agentconv.sync import configuring, keeping, renaming, selecting, settings
from agentconv.sync.adopting import Adopting, as_given, keyed, place
from agentconv.sync.decisions import Entry
from agentconv.sync.rewriting import back_up

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.planning import Outcome
    from agentconv.sync.present import File
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Sources
    from agentconv.sync.syncing import Run


class Returning:
    """What one run takes back."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def followed(self, found: list[SourceFile], loaded: Sources, outcome: Outcome, targets: list[str]) -> tuple[Sources, Outcome]:
        """Return the source, and what is to be done, with what the configuration says of agents under their names of now."""
        names = {} if self._run.scope.is_user else renaming.in_source(self._run.settings.places, loaded, outcome.candidates)
        if not names:
            return loaded, outcome
        config = self._configured(lambda text: configuring.with_names(self._run.settings, text, names))
        again = self._run.loaded(found)
        planned = self._run.planned(again, targets)
        self._run.first(planned, config)
        planned.names = names
        return again, planned

    def adopted(self, loaded: Sources, outcome: Outcome, targets: list[str]) -> tuple[Sources, Outcome]:
        """Return the source with what stood in targets alone, and what is to be done then."""
        adopting = Adopting(self._run.settings, loaded, self._run.choices.widening)
        released = [one for one in outcome.candidates if one.entry is Entry.RELEASE and one.file is not None and one.there is not None]
        nobodys = [*outcome.orphans, *((one.file, one.pointer, one.there) for one in released if one.file and one.there)]
        unread = [one for one in self._run.files(targets, [], self._run.lock, leave=loaded.files).values() if one.problem is not None]
        _check_names(self._run.adopt or (), [word for one in nobodys for word in _words(one)], unread)
        asked = {(one.alike[0].path, one.alike[1]) for one in outcome.candidates if one.alike is not None}  # whether they are one
        wanted = {*(self._run.adopt or ())}
        chosen = (one for one in nobodys if (wanted & {*_words(one)} if wanted else (one[0].path, one[1]) not in asked))
        adopting.take(chosen, named=bool(wanted))
        if not adopting.taken:
            outcome.diagnostics += adopting.diagnostics
            return loaded, outcome
        again = self._run.loaded(adopting.with_files())
        # where the assistant reads the source itself, the file is nothing of sync's: it stays, and it is told what becomes of it
        settled = keyed((one for one in adopting.settled if one.target in targets), again)
        places = {(one.target, *one.key) for one in settled}
        kept = [one for one in self._run.lock.synced if (one.target, *one.key) not in places]
        lock = replace(self._run.lock, synced=(*kept, *settled))
        found = {(file.target, file.path, pointer): agent for file, pointer, agent, _ in adopting.taken}
        stood = {
            (one.target, one.agent): found[(one.target, *one.key)] for one in settled
        }  # also one that goes by another name from now on
        given = [view for target in targets for view in self._run.given(again, target, lock).entries]
        alone = [keeping.of(view, stood[whose]) for view in given if (whose := (view.target, view.key)) in stood]
        alone = [one for one in alone if one.says]
        config = self._configured(lambda text: configuring.with_kept(self._run.settings, text, alone)) if alone else []
        settled = as_given(settled, [self._run.given(again, target, lock) for target in targets])
        planned = self._run.planned(again, targets, replace(self._run.lock, synced=(*kept, *settled)))
        before = [change for change in outcome.sources_changed if change.path not in {one.path for one in config}]
        self._run.first(planned, [*config, *before, *_source_changes(loaded, adopting.files)])
        planned.names, planned.kept = outcome.names, tuple(alone)
        planned.adopted, planned.adopted_losses = tuple(adopting.taken), tuple(adopting.losses)
        planned.diagnostics += adopting.diagnostics
        return again, planned

    def renamed(self, loaded: Sources, outcome: Outcome, targets: list[str]) -> tuple[Sources, Outcome]:
        """Return the source with the names that agents got in targets, and what is to be done then; what cannot be taken is told why."""
        asked = self._run.carry_back is not None and any(path == selecting.NAME for _, path in self._run.carry_back.pairs)
        chosen = self._run.carry_back if asked else None
        renames = renaming.Renaming(self._run.settings, loaded)
        renames.take(one for one in outcome.candidates if chosen is None or chosen.holds(one.name, selecting.NAME))
        outcome.renamed = tuple(renames.found)
        if chosen is None or not renames.done:
            return loaded, outcome
        settled = renames.settled((outcome.lock or self._run.lock).synced)
        config = self._configured(
            lambda text: configuring.with_names(self._run.settings, text, {one.candidate.name: one.name for one in renames.done})
        )
        again = self._run.loaded(renames.with_files())
        planned = self._run.planned(again, targets, replace(self._run.lock, synced=settled))
        before = [change for change in outcome.sources_changed if change.path not in {one.path for one in config}]
        self._run.first(planned, [*config, *before, *_source_changes(loaded, renames.files)])
        planned.adopted, planned.adopted_losses, planned.kept = outcome.adopted, outcome.adopted_losses, outcome.kept
        planned.names = outcome.names
        planned.renamed = tuple(replace(one, is_done=one.reason is None) for one in renames.found)
        return again, planned

    def carrying(self, loaded: Sources, outcome: Outcome, *, every: bool = False) -> carry.Carrying:
        """Return what of the targets' edits is taken back; or, with `every`, what could be."""
        run = self._run
        carrying = carry.Carrying(run.settings, loaded, run.lock.synced, run.scope, run.choices.widening)
        edited = [one for one in outcome.candidates if one.settled is not None and (one.settled.edited or one.settled.merged)]
        carrying.carry(edited, (lambda *_: True) if every else self._is_taken_back)
        return carrying

    def carried(self, loaded: Sources, carrying: carry.Carrying, targets: list[str], before: Outcome) -> Outcome:
        """Return what is to be done with the sources, and the configuration, that edits were taken back into."""
        config = (
            self._configured(lambda text: configuring.with_overrides(self._run.settings, text, carrying.overrides))
            if carrying.overrides
            else []
        )
        done = [edit for edit in carrying.edits if edit.reason is None]
        outcome = self._run.planned(self._run.loaded(carry.with_files(loaded, carrying.files)), targets, before.lock, done)
        first = {change.path: change for change in before.sources_changed}
        changes = [
            replace(first[change.path], after=change.after) if change.path in first else change
            for change in _source_changes(loaded, carrying.files)
        ]
        new = {*carrying.files, *(change.path for change in config)}
        others = [change for path, change in first.items() if path not in new]
        copies = self._copied({edit.candidate.key[0] for edit in done if edit.goes}, changes)
        self._run.first(outcome, [*copies.values(), *config, *others, *changes])
        outcome.copies = {change.like or "": path for path, change in copies.items()}
        outcome.adopted, outcome.adopted_losses, outcome.renamed = before.adopted, before.adopted_losses, before.renamed
        outcome.kept, outcome.names = before.kept, before.names
        return outcome

    def _copied(self, gives_way: Collection[str], changes: Sequence[Change]) -> dict[str, Change]:
        """Return the copies of sources in which a person's words give way, where git does not have those."""
        copies: dict[str, Change] = {}
        for change in changes:
            if change.path in gives_way and change.before is not None and not self._run.bases.has(change.before):
                back_up(copies, change.path, change.before, self._run.reader)
        return copies

    def _is_taken_back(self, one: Candidate, path: str) -> bool:
        asked = self._run.carry_back is not None and self._run.carry_back.holds(one.name, path)
        return asked or (one.settled is not None and path in one.settled.preferred)

    def _configured(self, change: Callable[[str], str]) -> list[Change]:
        """Take the configuration as it is to be, and return its change."""
        path = self._run.settings.file.name
        before = self._run.settings.file.read_bytes()
        after = change((self._run.configuration or before).decode()).encode()
        if after == (self._run.configuration or before):
            return []
        self._run.configuration = after
        self._run.settings = settings.read(self._run.settings.root, {path: after}) or self._run.settings
        return [Change(path, before, after, path, None, forced=True)]


def _words(nobodys: tuple[File, str, Agent]) -> tuple[str, str]:
    """Return what an agent that stands in a target alone is called on the command line: its name, or where it is, if others have that."""
    return nobodys[2].name or "", place(nobodys)


def _source_changes(loaded: Sources, files: Mapping[str, bytes | None]) -> list[Change]:
    there = {path: file.data for path, file in loaded.files.items()}
    return [Change(path, there.get(path), data, path, None, forced=True) for path, data in sorted(files.items())]


def _check_names(wanted: Collection[str], there: Sequence[str], unread: Collection[File]) -> None:
    """Complain about agents that are to be adopted, and stand in no target alone.

    Raises:
        InputError: There is one.
    """
    for name in wanted:
        broken = next((one for one in unread if one.path.rpartition("/")[2].partition(".")[0] == name), None)
        if name not in there and broken is not None:
            message = f"--adopt: `{name}` cannot be read: {broken.problem}"
            raise InputError(Diagnostic(Code.BLOCKED, Severity.ERROR, message, broken.where or Span(broken.path), "mend it first"))
        if name not in there:
            near = nearest(name, there, 0.7)
            hint = f"did you mean `{near}`?" if near else f"those that do: {', '.join(dict.fromkeys(there[::2])) or 'none'}"
            raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, f"--adopt: no agent `{name}` stands in a target alone", hint=hint))
