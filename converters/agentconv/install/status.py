"""How what is deployed compares with the lock, and with the packs that are there now. Nothing is written."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Severity
from agentconv.core.restraints import RESTRAINING
from agentconv.install import applying, deployment, fates, gate, guards_there, made_here, namesakes, opened_since, proof, several_files
from agentconv.install.open_to_all import nobody
from agentconv.install.planning import Action, plan, plan_removal
from agentconv.install.steps import NO_PROGRAM
from agentconv.packs import finding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Entry, Lock, LockedPack
    from agentconv.install.open_to_all import Others
    from agentconv.install.places import Scope
    from agentconv.install.planning import Step
    from agentconv.packs.finding import Pack


class Word(StrEnum):
    """What an entry is."""

    UP_TO_DATE = "up-to-date"
    EDITED = "edited"
    """Somebody changed it since it was deployed."""
    MISSING = "missing"
    STALE = "stale"
    """The pack that is there now would deploy something else."""
    KEPT = "kept"
    """The project's own is in its place for good, as somebody said with `--keep`."""
    TAKEN = "taken"
    """Something else is in its place, which is the user's or another pack's, and stays: installing again changes nothing."""
    HELD = "held"
    """An install left it as it was, or away, since it asks for more."""
    ORPHANED = "orphaned"
    """The pack is gone, or no longer has the agent, or not as this assistant could hold it."""
    INTERRUPTED = "interrupted"
    """A run was at it and did not come to its end."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry and its state."""

    word: Word
    path: str
    pointer: str
    target: str
    agent: str
    remark: str | None = None
    """What else there is to say of it."""
    beside: str | None = None
    """The file that our version is in, where a user edited it."""


@dataclass(frozen=True, slots=True)
class PackStatus:
    """One deployed pack."""

    locked: LockedPack
    now: Pack | None
    """The pack that is there now; None when it is gone, or was a file."""
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    refused: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By target the agents and parts that it cannot hold, where the pack that tells is there."""
    unheld: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The same of those that it reads in another one's file, and does not hold to all that their author or the pack says."""
    away: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The same of those that did not come: nobody accepted what they ask for, or what holds them back did not come either."""
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The same of those in whose places something else is, or where nothing can be written."""
    idle: tuple[Diagnostic, ...] = ()
    """What is wrong with guards that block nothing, and servers that are open to who may not use them, as installing told it."""

    @property
    def drifted(self) -> bool:
        """Whether anything is not as the pack has it, did not come, or holds nobody any more for settings that somebody has now."""
        unheld = any(one.severity is Severity.ERROR for one in self.idle)
        return bool(self.diagnostics) or unheld or bool(self.waiting) or any(item.word not in AS_DEPLOYED for item in self.items)

    @property
    def waiting(self) -> list[tuple[Word, str, str]]:
        """What did not come to an assistant, with why, the assistant and the id: but for what the project keeps its own in place of."""
        found = [(Word.HELD, target, id_) for target, ids in self.away.items() for id_ in ids]
        found += [(Word.TAKEN, target, id_) for target, ids in self.taken.items() for id_ in ids]
        return [one for one in found if one[2] not in self.locked.kept]


AS_DEPLOYED = frozenset({Word.UP_TO_DATE, Word.KEPT})
"""What is as the pack has it, or as somebody said that it is to be."""
_NOW = {
    Action.SAME: Word.UP_TO_DATE,
    Action.UPDATE: Word.STALE,
    Action.WRITE: Word.STALE,
    Action.ADOPT: Word.STALE,
    Action.KEEP_EDITED: Word.EDITED,
    Action.KEPT: Word.KEPT,
    Action.FOREIGN: Word.TAKEN,
    Action.OTHER_PACK: Word.TAKEN,
    Action.REPLACE: Word.STALE,
    Action.BLOCKED: Word.STALE,
    Action.REMOVE: Word.ORPHANED,
    Action.RELEASE: Word.ORPHANED,
    Action.SHARED: Word.ORPHANED,
    Action.MISSING: Word.ORPHANED,
}
_ALONE = {Action.RELEASE: Word.EDITED, Action.MISSING: Word.MISSING, Action.BLOCKED: Word.EDITED}
_STAYS = frozenset({Action.RELEASE, Action.MISSING, Action.REMOVE, Action.SHARED})
"""What of the places of an agent that the project keeps is as it should be: edited, gone, or an earlier version's."""
_REMARKS = {
    Action.WRITE: "not deployed yet",
    Action.ADOPT: "there already, and not in the lock yet",
    Action.FOREIGN: "not deployed: something else is in its place",
    Action.OTHER_PACK: "not deployed: another pack has something else in its place",
    Action.REMOVE: "the pack no longer has the agent",
    Action.RELEASE: "the pack no longer has the agent, and the file was edited",
    Action.MISSING: "the pack no longer has the agent",
}


def status(
    scope: Scope,
    reader: Reader,
    lock: Lock,
    find: Callable[[LockedPack], Pack | Diagnostic | None],
    here: Callable[[LockedPack], Pack | None] = lambda _: None,
    *,
    others: Others = nobody,
) -> list[PackStatus]:
    """Compare everything that is deployed with what is there.

    Args:
        scope: The project, or the user's own scope.
        reader: Reads what is there.
        lock: What is ours there, as it stands in its file.
        find: Returns the pack that is there now; what is wrong with it; or None when it is gone.
        here: Returns a pack that was a file or a folder, where that is here.
        others: Returns the agents that an assistant has there, with their authors' words.
    """
    found = [_with_guards(_pack_status(scope, reader, lock, pack, find(pack)), scope, reader, lock, here) for pack in lock.deployed]
    about = (scope, reader, lock)
    return [replace(one, idle=(*_idle_guards(*about, one.locked), *opened_since.told(scope, lock, one.locked, others))) for one in found]


def _idle_guards(scope: Scope, reader: Reader, lock: Lock, pack: LockedPack) -> Iterator[Diagnostic]:
    yield from guards_there.switched_off(scope, reader, lock, pack.name)
    yield from guards_there.lacks(scope, reader, lock, pack.name)


def _with_guards(one: PackStatus, scope: Scope, reader: Reader, lock: Lock, here: Callable[[LockedPack], Pack | None]) -> PackStatus:
    """Return what is known of a pack, with who is not there, or not held: as its lock says it, or the very bytes that are deployed.

    These are read where the lock does not say it, or an assistant came since that may read what is there for others.
    """
    locked, known = one.locked, one.locked.fates
    present = scope.present(lock)
    if known is None or fates.is_read_by_others(locked, present):
        pack = one.now or here(locked)
        if pack is not None and proof.is_of(pack, locked):
            done = deployment.deploy(pack.manifest, list(pack.pieces()), locked.targets, scope, reader, present=present)
            known = fates.of(done, done, {agent.id for agent in locked.agents})
    if known is None:
        return one
    there = {entry.agent for entry in lock.entries if locked.name in entry.packs}
    unheld = {target: tuple(id_ for id_ in ids if id_ in there) for target, ids in known.unheld.items()}
    return replace(
        one,
        refused={target: ids for target, ids in known.refused.items() if target in locked.targets},
        unheld={target: ids for target, ids in unheld.items() if ids},
        away={target: ids for target, ids in known.away.items() if target in locked.targets},
        taken={target: ids for target, ids in known.taken.items() if target in locked.targets},
    )


def _pack_status(scope: Scope, reader: Reader, lock: Lock, locked: LockedPack, found: Pack | Diagnostic | None) -> PackStatus:
    settled = applying.settled(reader, lock)
    now = found if isinstance(found, finding.Pack) else None
    diagnostics = (found,) if found is not None and not isinstance(found, finding.Pack) else ()
    known = {entry.key: entry for entry in settled.entries if locked.name in entry.packs}
    refused: Mapping[str, Collection[str]] = {}
    if now is None:
        gone = locked.origin == finding.PIP and found is None
        steps = plan_removal(reader, _alone_in(settled, locked.name), locked.name).steps
        outdated = {key for key, entry in known.items() if _is_outdated(entry, locked)}
        own = set() if gone else set(locked.kept) & {agent.id for agent in locked.agents}
        alone = [_alone(step, known, gone=gone, outdated=(step.path, step.pointer) in outdated) for step in steps]
        alone = [_idle(item) if _is_idle(known.get((item.path, item.pointer)), reader) else item for item in alone]
        items = [_kept(item) if item.agent in own and step.action in _STAYS else item for item, step in zip(alone, steps, strict=True)]
    else:
        deployments = deployment.deploy(now.manifest, list(now.pieces()), locked.targets, scope, reader, ours=known.values())
        refused = {one.target: tuple(dict.fromkeys(one.refused)) for one in deployments if one.refused}
        items = [_compared(step, known) for step in _steps(scope, reader, settled, locked, now, deployments=deployments)]
    items = [item if item.agent in locked.kept else _without_some(item, known.get((item.path, item.pointer)), reader) for item in items]
    pending = {entry.key for entry in lock.entries if entry.pending}
    held = _held(locked, now)
    left = {id_ for id_ in held if now is not None and id_.partition("/")[0] in RESTRAINING}
    same = now is not None and now.manifest_sha256 == locked.manifest_sha256
    away = {item.agent for item in items if same} - {agent.id for agent in locked.agents}
    told = []
    for item in items:
        key = (item.path, item.pointer)
        absent = {*away, *(() if key in known else held)}  # in this place nothing of it was ever written
        told.append(_told(_left(item, locked, refused), held, absent, left, interrupted=key in pending))
    return PackStatus(locked, now, tuple(sorted(told, key=lambda item: (item.target, item.path, item.pointer))), diagnostics, refused)


def _alone_in(lock: Lock, name: str) -> Lock:
    """Return a lock in which what a pack shares with others is its own: whoever else has it, it is as it was deployed, or is not."""
    return replace(lock, entries=tuple(replace(one, packs=(name,)) if name in one.packs else one for one in lock.entries))


def _left(item: Item, locked: LockedPack, refused: Mapping[str, Collection[str]]) -> Item:
    """Return an item with the reason why nobody gives it any more: the pack is not for its assistant, or that cannot hold it."""
    if item.word is Word.ORPHANED and item.target not in locked.targets and item.agent in {agent.id for agent in locked.agents}:
        return replace(item, remark="the pack is not for this assistant any more")
    if item.word is not Word.ORPHANED or item.agent not in refused.get(item.target, ()):
        return item
    return replace(item, remark="the assistant cannot hold it as the pack has it now")


def _held(locked: LockedPack, now: Pack | None) -> dict[str, str]:
    """Return the agents that the last update left as they were, with the version that they are of."""
    if now is not None and now.manifest.version != locked.version:
        return {}  # there is another update to be tried
    return {agent.id: agent.version for agent in locked.agents if agent.version}


def _told(item: Item, held: Mapping[str, str], away: Collection[str], left: Collection[str], *, interrupted: bool) -> Item:
    """Return an item as it is called: what did not come, or go, since nobody accepted what that asks for, is held as well."""
    if interrupted:
        return replace(item, word=Word.INTERRUPTED)
    if item.agent in away and item.word is Word.STALE:
        return replace(item, word=Word.HELD, remark="not deployed: nobody accepted what it asks for, or what holds it back")
    if item.agent in held and item.word is Word.MISSING:
        return replace(
            item, word=Word.HELD, remark=f"gone: it was as in {held[item.agent]}, and installing that version again brings it back"
        )
    if item.agent in held and (item.word in (Word.UP_TO_DATE, Word.STALE) or (item.word is Word.ORPHANED and item.agent in left)):
        return replace(item, word=Word.HELD, remark=f"as in {held[item.agent]}")
    return item


def _steps(scope: Scope, reader: Reader, lock: Lock, locked: LockedPack, now: Pack, *, deployments: Iterable[Deployment]) -> Iterator[Step]:
    """Return what deploying the pack again would do; what may not be deployed at all is no drift."""
    pieces = list(now.pieces())
    wanted = [want for one in deployments for want in one.wanted]
    deployed = {agent.id for agent in locked.agents}
    unsafe = gate.unsafe(pieces, {want.agent for want in wanted} - deployed)
    wanted = [want for want in wanted if want.agent not in unsafe]
    given = proof.given([now], locked, scope, reader)
    here = made_here.is_made_here(now, scope, reader)
    namesake, targets = namesakes.of(scope, lock, locked.name), set(locked.targets)
    yield from plan(reader, lock, locked, wanted, targets=targets, accept=True, given=given, made_here=here, namesake=namesake).steps


def _compared(step: Step, known: dict[tuple[str, str], Entry]) -> Item:
    entry = known.get((step.path, step.pointer))
    word, remark = _NOW[step.action], step.reason or _REMARKS.get(step.action)
    if step.action is Action.WRITE and entry is not None:
        word, remark = Word.MISSING, None
    elif (step.reason is NO_PROGRAM and entry is not None) or (step.action in (Action.BLOCKED, Action.FOREIGN) and entry is not None):
        word = Word.EDITED
    return _item(step, word, remark, entry)


def _is_idle(entry: Entry | None, reader: Reader) -> bool:
    """Whether a file is as it was deployed, but nobody can start it any more."""
    return entry is not None and entry.executable and not reader.is_program(entry.path)


def _without_some(item: Item, entry: Entry | None, reader: Reader) -> Item:
    """Return an item with what somebody took out again of what came to the user's own: the rest of it is as it was."""
    if entry is None or item.word not in (Word.UP_TO_DATE, Word.MISSING):
        return item
    gone = several_files.gone_again(reader, entry)
    return replace(item, word=Word.MISSING, remark=f"not there any more: {', '.join(gone)}") if gone else item


def _is_outdated(entry: Entry, locked: LockedPack) -> bool:
    """Whether an entry comes of another text of its agent than the version that is deployed has: that version did not write it."""
    sources = {agent.id: agent.source_sha256 for agent in locked.agents}
    return entry.packs == (locked.name,) and entry.beside is None and sources.get(entry.agent) != entry.source_sha256


def _alone(step: Step, known: dict[tuple[str, str], Entry], *, gone: bool, outdated: bool) -> Item:
    """Compare an entry with the lock alone."""
    stays = step.action is Action.RELEASE and step.reason is not None  # as it was left, though it cannot be told from the user's own
    word = _ALONE.get(step.action) if not stays else None
    word = word or (Word.ORPHANED if gone or outdated else Word.UP_TO_DATE)
    remark = (
        "the pack is not found"
        if gone
        else "of another version than the one deployed last, which does not give it"
        if outdated
        else step.reason
    )
    if gone and word is Word.EDITED:
        word, remark = Word.ORPHANED, "the pack is not found, and the file was edited"
    return _item(step, word, remark, known.get((step.path, step.pointer)))


def _idle(item: Item) -> Item:
    return replace(item, word=Word.STALE, remark=NO_PROGRAM) if item.word is Word.UP_TO_DATE else item


def _kept(item: Item) -> Item:
    """Return an item of an agent that the project keeps: as in planning, only what is as it was deployed is not its own."""
    return item if item.word is Word.UP_TO_DATE else replace(item, word=Word.KEPT, remark=None)


def _item(step: Step, word: Word, remark: str | None, entry: Entry | None) -> Item:
    beside = entry.beside if entry else None
    return Item(word, step.path, step.pointer, step.target, step.agent, remark, beside)
