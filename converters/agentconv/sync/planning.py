"""The plan of a run: what becomes of each entry, which files change for that, and what the lock says afterwards. Nothing is written."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.versions import FORMAT_VERSION
from agentconv.install.draft import parents
from agentconv.install.steps import Change, Plan
from agentconv.sync import another_source, candidates, committed, digests, earlier, known, recognising, rewriting, texts
from agentconv.sync.adopting import Adopting
from agentconv.sync.decisions import Entry
from agentconv.sync.preferring import Preference
from agentconv.sync.sources import wrong

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.install.lock import Lock, Synced
    from agentconv.sync.bases import Bases
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.carrying import Carrying, Edit
    from agentconv.sync.elsewhere import Elsewhere
    from agentconv.sync.keeping import Kept
    from agentconv.sync.present import File
    from agentconv.sync.renaming import Renamed
    from agentconv.sync.serving import Served
    from agentconv.sync.settings import Settings
    from agentconv.sync.situation import Situation
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Key, Sources
    from agentconv.sync.switching import Switched
    from agentconv.sync.views import Views


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user may choose about a run."""

    prefer: Preference = field(default_factory=Preference)
    """Whose word counts where both sides changed."""
    insist: bool = False
    """Whether much may be deleted."""
    widening: Collection[str] = ()
    """What the user insists on, whatever the source closes, as `conversion.insisting` has it."""
    going: Collection[Key] | None = None
    """Agents whose files may be deleted, where no others may: one that is gone for a moment is being saved."""
    jobs: int | None = 1
    """How many processes look for what the targets are to have; None for as many as are worth it."""
    asked: Preference | None = None
    """Whose word counted before edits got into the source, which settled it; None where none did."""
    looking: bool = False
    """Whether somebody only wants to see what would be done: what would stop the run is told beside it."""


@dataclass(slots=True)
class Outcome:
    """What a run does, or would do."""

    settings: Settings
    candidates: list[Candidate] = field(default_factory=list)
    plan: Plan | None = None
    views: list[Views] = field(default_factory=list)
    sources: Sources | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    asks: Diagnostic | None = None
    """What would be deleted that nobody said is to go, also where a person agreed to it."""
    agents: int = 0
    """How many agents the source has."""
    synced: Sequence[Synced] = ()
    """What the lock says afterwards."""
    lock: Lock | None = None
    """What was settled, when decisions were made."""
    sources_changed: tuple[Change, ...] = ()
    """Sources, and the configuration, that change."""
    new_losses: list[Loss] = field(default_factory=list)
    """Losses that were not told before."""
    by_its_own: Outcome | None = None
    """What there is to do by the project's own configuration, where a person names another one that says something else."""
    served: list[Served] = field(default_factory=list)
    """Targets that read the source's own folder."""
    there: list[Loss] = field(default_factory=list)
    """What agents may do with servers that stand in the targets' own files, beyond what their source says."""
    unmerged: frozenset[str] = frozenset()
    """Files that a merge left undone, where marks of one are in a target's file."""
    files: int = 0
    """How many files of the source were looked at."""
    orphans: list[tuple[File, str, Agent]] = field(default_factory=list)
    """Agents of the targets' files that are nobody's."""
    unheld: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Those of them that the source cannot hold, by their places, with the reasons."""
    carrying: Carrying | None = None
    """What edits of the targets could be taken back into the source."""
    carried: tuple[Edit, ...] = ()
    """What was taken back."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Where sources are kept as they were, whose words give way and are nowhere else, by the source's path."""
    adopted: tuple[tuple[File, str, Agent, str], ...] = ()
    """Agents of targets that were taken into the source: the file, the place in it, the agent, and its source."""

    adopted_losses: tuple[Loss, ...] = ()
    """What the source cannot say of them."""
    renamed: tuple[Renamed, ...] = ()
    """Names that agents got in targets."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names under which the configuration spoke of agents, with those that they have in the source now."""
    kept: tuple[Kept, ...] = ()
    """What holds in one target alone from now on, because the source cannot say it."""
    switched: Switched | None = None
    """What a change of the source comes to."""

    elsewhere: list[Elsewhere] = field(default_factory=list)
    """Agents that no run writes, and that may do more than those of their names in the source."""
    one_way: bool = False
    """Whether nothing of a target can get into the source."""

    @property
    def beyond(self) -> list[Loss]:
        """What agents may do whatever is written, which no configuration accepts: by the source's files, with a target's servers."""
        return [*(loss for one in self.served for loss in one.losses), *self.there]

    def is_drift(self) -> bool:
        """Whether a file is not what it is to be; one that version control does not have is made anew on each clone."""
        if self.plan is None:
            return False
        made = {
            one.path
            for one in self.candidates
            if one.entry in (Entry.WRITE, Entry.RESTORE) and not self.settings.formats[one.target].committed
        }
        return any(change.path not in made for change in self.plan.changes)

    def broken(self) -> list[Diagnostic]:
        """Return what is to be told of sources of which nothing is known."""
        if self.sources is None:
            return []
        return [
            wrong(path, reason, self.sources.ways.get(path, ("mend it", 1)))
            for path, reason in sorted(self.sources.broken.items())
            if path not in self.sources.told
        ]


def plan(situation: Situation, bases: Bases, choices: Choices) -> Outcome:
    """Make the plan of a run.

    Args:
        situation: What it starts from.
        bases: Finds texts that were settled.
        choices: What the user chose.

    Raises:
        InputError: It would delete more than anybody means without saying so.
    """
    found = candidates.of(situation, bases)
    for one in found:
        one.decide(bases, choices.prefer, choices.asked)
    for one in earlier.take_over(found, situation.earlier):
        one.decide(bases, choices.prefer, choices.asked)
    for one in committed.make_up(found, situation, bases):
        one.decide(bases, choices.prefer, choices.asked)
    for one in found if choices.going is not None else ():
        if one.entry is Entry.DELETE and one.key not in (choices.going or ()):
            one.entry, one.reason = Entry.LEAVE, "its source is gone"
            one.way = "it is deleted if that is so for longer"
    _spare_unmerged(found, bases)
    newer = _newer(situation.lock)
    for one in found if newer else ():
        one.hold_back(newer, choices.prefer)
    recognising.mark_renamed(found, situation, choices.prefer)
    recognising.mark_renamed_in_place(found)
    recognising.mark_alike(found, situation, choices.prefer)
    elsewhere = another_source.told(found, situation)
    asks = _guard(found, situation)
    stops = None if choices.insist else _joined(asks, elsewhere)
    if stops is not None and stops.severity is Severity.ERROR and not choices.looking:
        raise InputError(stops)
    changes, synced = rewriting.rewritten(found, situation.files, situation.reader, bases, _of_source(situation))
    sources = situation.sources
    outcome = Outcome(situation.settings, found, views=list(situation.views), sources=sources, synced=synced, files=len(sources.files))
    outcome.agents = sum(1 for _ in sources.agents())
    outcome.new_losses = list(known.new([one for one in found if one.entry is not Entry.FOREIGN]))  # nothing of ours is there to lose
    if any(one.file is not None and one.file.data is not None and texts.is_marked(one.file.data) for one in found):
        outcome.unmerged = bases.git.unmerged()
    outcome.lock = situation.lock
    outcome.plan = _plan(situation, changes, synced, found)
    outcome.orphans = list(recognising.orphans(found, situation))
    outcome.unheld = Adopting(situation.settings, sources, choices.widening).unheld(outcome.orphans)
    outcome.diagnostics += recognising.unread(found, situation)
    outcome.diagnostics += [stops] if stops is not None else []
    outcome.diagnostics += [replace(elsewhere, severity=Severity.WARNING)] if elsewhere is not None and stops is None else []
    outcome.asks = asks
    return outcome


def _spare_unmerged(found: Sequence[Candidate], bases: Bases) -> None:
    """Let files stay that a merge is not done with: git asks whether they are to go, and a person answers it."""
    going = [one for one in found if one.entry is Entry.DELETE]
    unmerged = bases.git.unmerged() if going else frozenset[str]()
    for one in (one for one in going if one.path in unmerged):
        one.entry, one.reason = Entry.LEAVE, "its source is gone, and git has not merged it yet"
        one.way = f"git rm {shlex.quote(one.path)}, if it is to go, too; else bring {one.key[0]} back"


def _of_source(situation: Situation) -> Iterator[str]:
    """Yield the paths of the source, and one in its folder, where a new file would be."""
    yield from situation.sources.files
    source = situation.settings.source
    if situation.reader.is_folder(source):
        yield f"{source}/agent" if source not in (".", "") else "agent"


def _newer(lock: Lock) -> str:
    """Return the version that wrote the lock, where it is a later one than this."""
    if lock.written_by in ("", __version__):
        return ""
    from packaging.version import InvalidVersion, Version

    try:
        return lock.written_by if Version(lock.written_by) > Version(__version__) else ""
    except InvalidVersion:
        return ""


def _guard(found: Sequence[Candidate], situation: Situation) -> Diagnostic | None:
    """Return what stops a run that would delete what nobody said is to go; None where it would not."""
    going = Counter(one.target for one in found if one.entry is Entry.DELETE)
    there = Counter(one.target for one in situation.lock.synced)
    if going and not situation.sources.files:
        number, targets = len({one.agent for one in situation.lock.synced}), len(going)
        message = f"the source is gone: {_count(number, 'agent')} in {_count(targets, 'assistant')} would go with it"
        stay = "; ".join(f"agentconv sync --release {target}" for target in going)
        hint = f"bring it back; if they are to go: agentconv sync --yes; if they are to stay: {stay}"
        return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)
    if not any(number * 2 > there[target] and number > 1 for target, number in going.items()):
        return None
    unnamed = {target: number for target, number in going.items() if target not in situation.settings.targets}
    if any(number > 1 for number in unnamed.values()):
        return _unnamed(unnamed, there)
    target = next(target for target, number in going.items() if number * 2 > there[target] and number > 1)
    message, hint = _deleted({target: going[target]}, there), "if they are to go: agentconv sync --yes"
    if any(loss.beyond for one in found if (one.target, one.entry) == (target, Entry.DELETE) for loss in one.refused):
        hint = f"{hint}; --allow-widening keeps those that may do more: agentconv rule widening"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def _joined(asks: Diagnostic | None, elsewhere: Diagnostic | None) -> Diagnostic | None:
    """Return one message of all that a person has to agree to."""
    if asks is None or elsewhere is None:
        return asks or elsewhere
    return replace(asks, message=f"{asks.message}; and {elsewhere.message}", hint=f"{asks.hint}; {elsewhere.hint}")


def _unnamed(going: Mapping[str, int], there: Mapping[str, int]) -> Diagnostic:
    """Say what would go of assistants that `targets` does not name any more, all of them."""
    message = f"`targets` does not name {', '.join(going)} any more: {_deleted(going, there)}"
    ways = " or ".join(f"agentconv sync --release {target}" for target in going)
    hint = f"if they are to go: agentconv sync --yes; {ways} keeps them, as yours"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def _deleted(going: Mapping[str, int], there: Mapping[str, int]) -> str:
    numbers = (f"{number:,} of the {_count(there[target], 'agent')} of {target}" for target, number in going.items())
    return f"{', '.join(numbers)} would be deleted"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def _plan(situation: Situation, changes: Mapping[str, Change], synced: Sequence[Synced], found: Sequence[Candidate]) -> Plan:
    """Return what is to be done; a lock that a kill leaves holds what was settled before and what is settled after it."""
    lock = situation.lock
    written = {parent for path, change in changes.items() if change.after is not None for parent in parents(path)}
    made = sorted(folder for folder in written if not situation.reader.is_folder(folder))
    ours = [*(path for one in synced for path in one.ours), *(entry.path for entry in lock.entries)]
    beneath = {parent for path in ours for parent in parents(path)}
    folders = {*lock.folders, *made}
    left = sorted(folders - beneath, key=lambda folder: (-folder.count("/"), folder))
    after = replace(
        lock,
        synced=tuple(synced),
        folders=tuple(sorted(folders & beneath)),
        written_by=_newer(lock) or __version__,
        ir=FORMAT_VERSION,
        config_sha256=situation.settings.sha256,
    )
    pending = replace(after, synced=tuple(_pending(lock, changes, synced, found)), folders=tuple(sorted(folders)))
    ordered = sorted(changes.values(), key=lambda change: (change.like is None, change.path))
    return Plan((), tuple(ordered), lock, pending, after, tuple(made), tuple(left))


def _pending(lock: Lock, changes: Mapping[str, Change], synced: Sequence[Synced], found: Sequence[Candidate]) -> Iterator[Synced]:
    """Yield what the lock says while files are being changed: of those that change, what was settled, and what will be.

    A file that stays as it is keeps what was settled, and so does a field that a person edited: an edit that is on its way into the
    source is still an edit until it is there, and one that is merged with the source's is one of a text that was settled before.
    """
    yield from lock.synced
    by_place = {(one.target, *one.place): one for one in found}
    for one in synced:
        if one.path in changes and one not in lock.synced:
            candidate = by_place.get((one.target, *one.key))
            yield one if candidate is None or candidate.there is None else _without_edits(one, candidate.bases, digests.of(candidate.there))


def _without_edits(one: Synced, bases: Sequence[Synced], there: Mapping[str, str]) -> Synced:
    """Return an entry that says of each field that was edited what was settled before."""
    edited = {path for path in one.fields if bases and all(there.get(path) != base.fields.get(path) for base in bases)}
    if not edited:
        return one
    was = {path: sha for path, sha in bases[0].fields.items() if path in edited}
    return replace(one, fields={path: sha for path, sha in one.fields.items() if path not in edited} | was, blob=bases[0].blob)


def unchanged(settings: Settings, lock: Lock, found: Sequence[SourceFile]) -> Outcome:
    """Return the outcome of a run that finds everything as the last one left it."""
    return Outcome(settings, agents=len({one.agent for one in lock.synced}), synced=lock.synced, files=len(found))
