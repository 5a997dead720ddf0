"""Planning for files that hold several agents or parts, of which some are ours: entry by entry, the rest byte for byte as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.conversion import shared_files
from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk.files import Blocked
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from agentconv.install import filled_in, joined
from agentconv.install.checksums import sha256
from agentconv.install.draft import CHANGES, SETTLES
from agentconv.install.part_entries import PartFile
from agentconv.install.steps import ONLY_THE_LOCK, WAS_THERE, Action, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from agentconv.core.format import Format
    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.draft import Draft
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted


def checksum(agent: Agent) -> str:
    """Return the checksum of an agent as it is read back: how its entry is spelled does not count."""
    document = documents.plain(replace(agent, id="", origin=None), languages=False)
    return sha256(json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def present_checksum(reader: Reader, entry: Entry) -> str | Blocked | None:
    """Return the checksum of what is there for an entry of the lock; None for nothing."""
    there = reader.read(entry.path)
    if there is None or isinstance(there, Blocked):
        return there
    if not entry.pointer:
        return sha256(there)
    file = _opened(entry.path, entry.target, entry.part, there)
    item = file.items.get(_name(entry))
    return Blocked(file.problem) if file.problem is not None else file.checksum(item) if item else None


@dataclass(slots=True)
class _AgentFile:
    """A file of agents as it stands."""

    module: Format
    source: SourceText
    found: tuple[Agent, ...] = ()
    items: dict[str, Agent] = field(default_factory=dict)
    """By name; of several of one name the first."""
    problem: str | None = None
    """Why nothing can be told of what is in it."""

    @classmethod
    def read(cls, path: str, target: str, data: bytes | None) -> _AgentFile:
        file = cls(registry.load(target), SourceText(path, data or b""))
        result = file.module.read(file.source)
        file.found = result.set.agents
        for agent in file.found:
            file.items.setdefault(agent.name or "", agent)
        if not file.found and result.diagnostics and (data or b"").strip():
            file.problem = result.diagnostics[0].message
        return file

    @property
    def path(self) -> str:
        return self.source.path

    def known(self, items: Sequence[Agent]) -> tuple[Agent, ...]:
        return tuple(items)

    def beside(self, there: Agent, item: Agent, *, opens: bool = True) -> None:  # noqa: ARG002 - no two agents are one
        return None

    def checksum(self, item: Agent) -> str:
        return checksum(item)

    def pointer(self, item: Agent) -> str:
        return shared_files.pointer(item)

    def is_same(self, one: Agent, other: Agent) -> bool:
        return fields.same(one, other)

    def fresh(self, items: Iterable[Agent]) -> bytes:
        alone = tuple(replace(agent, origin=None) for agent in items)
        return self.module.write(AgentSet(alone), SourceText(self.path, b"")).data

    def in_bytes(self, data: bytes) -> tuple[Agent, ...]:
        return self.module.read(SourceText(self.path, data)).set.agents

    def rewritten(self, changing: Mapping[str, Agent], gone: Collection[str]) -> tuple[bytes, Sequence[Agent], str | None]:
        wanted, left = [], dict(changing)
        first = {id(agent) for agent in self.items.values()}
        for present in self.found:
            name = present.name or ""
            if id(present) in first and name in left:
                wanted.append(replace(left.pop(name), origin=present.origin))
            elif id(present) not in first or name not in gone:
                wanted.append(present)
        wanted += [replace(agent, origin=None) for agent in left.values()]
        done = shared_files.rewrite(self.module, self.source, wanted, changing.keys())
        return done.data, done.agents, done.problem

    def is_bare(self, data: bytes) -> bool:
        return shared_files.is_bare(self.module, self.path, data)


def _opened(path: str, target: str, kind: str, data: bytes | None) -> Any:
    """Read a file of agents, or of a kind of parts: planning takes both alike."""
    return PartFile.read(path, target, kind, data) if kind else _AgentFile.read(path, target, data)


@dataclass(slots=True)
class Decision:
    """What becomes of one entry that a pack wants."""

    wanted: Wanted
    item: Any
    pointer: str
    old: Entry | None
    action: Action
    reason: str | None = None
    among: bool = False
    """Whether it is one with what the user has there."""
    came: tuple[str, ...] = ()
    """What came, or comes, to that."""
    undo: tuple[str, ...] = ()
    """How that goes out again."""
    restated: bool = False
    """Whether what the user has there is said in other words for it."""
    stale: tuple[str, ...] = ()
    """What came of an earlier version, and this one does not give any more: it stays until somebody says that it may go."""


def settle(draft: Draft, path: str, wanted: Sequence[Wanted], mine: Sequence[Entry]) -> None:
    """Decide what becomes of all entries of a kind in one file that a pack wants, or had (`mine`) and does not want any more."""
    target, kind = (wanted[0].target, wanted[0].part) if wanted else (mine[0].target, mine[0].part)
    there = draft.reader.read(path)
    reason = there.reason if isinstance(there, Blocked) else draft.same_file(path)
    on_disk = None if isinstance(there, Blocked) else there
    data = draft.planned(path, on_disk)
    file = _opened(path, target, kind, data)
    reason = reason or file.problem
    decisions = _decisions(draft, file, wanted)
    keys = {(path, decision.pointer) for decision in decisions}
    leaving = [(entry, *_leaving(draft, file, entry)) for entry in mine if entry.key not in keys]
    after, found, problem = _rewritten(file, data, decisions, leaving) if reason is None else (data, file.found, None)
    reason = reason or problem
    if reason is None:
        after = _without_frame(file, _without_joined(file, after, leaving), leaving)
        frame = _frame(draft, file, kind, decisions, after)
        decisions = [_with_undo(decision, data, after, frame) for decision in decisions]
    else:
        after = data
        decisions = [_blocked(decision, reason, file) for decision in decisions]
        leaving = [(entry, action, why) if action is Action.SHARED else (entry, draft.stuck, reason) for entry, action, why in leaving]
    created = on_disk is None or any(entry.created for entry in draft.by_path.get(path, ()))
    _record_leaving(draft, leaving)
    backup = draft.back_up(path, on_disk) if on_disk is not None and any(one.action is Action.REPLACE for one in decisions) else None
    checksums = {item.name: file.checksum(item) for item in found}
    for decision in decisions:
        _record(draft, decision, checksums.get(decision.item.name) or file.checksum(decision.item), created=created, backup=backup)
    _put_beside(draft, file, kind, decisions)
    ours = created and not draft.reader.is_link(path)
    if ours and after is not None and not _has_entries(draft, path) and file.is_bare(after):
        after = None
    draft.change(path, on_disk, after, forced=on_disk is not None)


def decided(draft: Draft, wanted: Sequence[Wanted]) -> list[Decision]:
    """Return what would become of entries of one file by what is there now; nothing is planned."""
    first = wanted[0]
    there = draft.reader.read(first.path)
    blocked = there.reason if isinstance(there, Blocked) else None
    file = _opened(first.path, first.target, first.part, None if isinstance(there, Blocked) else there)
    reason = blocked or file.problem
    decisions = _decisions(draft, file, wanted)
    return decisions if reason is None else [_blocked(decision, reason, file) for decision in decisions]


def _has_entries(draft: Draft, path: str) -> bool:
    return any(key[0] == path for key in draft.after)


def _decisions(draft: Draft, file: Any, wanted: Sequence[Wanted]) -> list[Decision]:
    found = []
    for one, alone in zip(wanted, _as_read_back(file, wanted), strict=True):
        pointer = file.pointer(alone)
        old = draft.before.get((one.path, pointer))
        present = file.items.get(alone.name or "")
        is_among = present is not None and _is_among(draft, file, one, present, old)
        united = file.beside(present, alone, opens=not one.beside) if is_among else None
        if united is not None:
            stale = () if one.agent in draft.kept else _stale(draft, file, one, alone, old)
            if stale and draft.believing:
                draft.believed.append(one.path)
                united, stale = file.beside(joined.without(present, stale), alone, opens=not one.beside), ()
            joint = replace(_among(file, one, present, united, old), stale=stale)
            keeps = one.agent in draft.kept and joint.action in CHANGES
            found.append(replace(joint, action=Action.KEPT) if keeps else joint)
            continue
        item = filled_in.kept(alone, present, one.unsaid)
        goal = file.checksum(item)
        there = None if present is None else goal if file.is_same(present, item) else _there(file, one, present, item, old)
        action = draft.decide(one.agent, old, there, goal)
        follows = draft.synced.get((one.path, pointer))
        among = _was_there(old, action)
        if follows is not None and one.agent not in draft.kept:
            found.append(Decision(one, item, pointer, old, Action.BLOCKED, f"it is kept in step with `{follows}`"))
        else:
            found.append(Decision(one, item, pointer, old, action if follows is None else Action.KEPT, among=among))
    return found


def _was_there(old: Entry | None, action: Action) -> bool:
    """Whether an entry is one that a user had before us, and has still: one that they took away, or let go, is written anew as ours."""
    if old is None:
        return action is Action.ADOPT
    return old.among and action not in (Action.WRITE, Action.REPLACE)


def _there(file: Any, wanted: Wanted, present: Any, item: Any, old: Entry | None) -> str:
    """Return the checksum of what is there: what a user filled in where the pack's own word could not stand is no edit, and does not go."""
    if old is None:
        return str(file.checksum(present))
    if filled_in.is_given_up(old, wanted, present, item):
        return ""
    as_left = file.checksum(filled_in.without(present, wanted.unsaid)) if wanted.unsaid else None
    return str(as_left if as_left == old.deployed_sha256 else file.checksum(present))


def _is_among(draft: Draft, file: Any, wanted: Wanted, present: Any, old: Entry | None) -> bool:
    """Whether something comes to what is there, which is not ours alone: rules that servers need hold beside those of anyone."""
    if old is None or old.among:
        return True
    others = set(old.packs) - {draft.pack}
    return wanted.beside and (bool(others) or file.checksum(present) != old.deployed_sha256)


def _stale(draft: Draft, file: Any, wanted: Wanted, alone: Any, old: Entry | None) -> tuple[str, ...]:
    """Return what came of a pack to a user's own, is there, and is given neither by the pack nor by how it comes any more."""
    present = file.items[alone.name or ""]
    if old is None or not old.came or old.restated or set(old.packs) - {draft.pack}:
        return ()
    ours = joined.still(sorted(joined.came_of(old)), present)
    fresh = file.beside(joined.without(present, ours), alone, opens=not wanted.beside)
    given = {*joined.still(ours, alone), *(joined.still(ours, fresh) if fresh is not None else ours)}
    return tuple(one for one in ours if one not in given)


def _among(file: Any, wanted: Wanted, present: Any, united: Any, old: Entry | None) -> Decision:
    """Decide about what comes to what a user has there: nothing of that goes, so that no edit is in the way."""
    same, goal = file.is_same(present, united), file.checksum(united)
    action = Action.WRITE if not same else Action.SAME if old and old.deployed_sha256 == goal else Action.ADOPT
    came = joined.still(dict.fromkeys((*(old.came if old else ()), *joined.came(present, united))), united)
    decision = Decision(wanted, united, file.pointer(present), old, action, among=True, came=came, undo=old.undo if old else ())
    return replace(decision, restated=joined.is_restated(present, united) or bool(old and old.restated))


def _with_undo(decision: Decision, data: bytes | None, after: bytes | None, frame: tuple[str, ...]) -> Decision:
    """Return a decision with what takes out again what comes to what a user has there, or the map that is made for it."""
    if not decision.among:
        return replace(decision, undo=frame)
    if decision.action not in CHANGES or data is None or after is None:
        return decision
    old = decision.old
    before = data if old is None else joined.undone(data, old.undo) if old.among else None
    return decision if before is None else replace(decision, undo=joined.undo(before, after))


def _frame(draft: Draft, file: Any, kind: str, decisions: Sequence[Decision], after: bytes | None) -> tuple[str, ...]:
    """Return the empty map that is left in a user's file where all that is ours in it goes, if it is there because of us."""
    known = [entry.undo for entry in draft.by_path.get(file.path, ()) if entry.part == kind and not entry.among]
    if known or not kind:
        return next(filter(None, known), ())
    if file.found or not file.data.strip() or after is None or not decisions:
        return ()
    return joined.undo(file.data, file.without(after, [decision.item.name or "" for decision in decisions]))


def _without_frame(file: Any, after: bytes | None, leaving: Sequence[tuple[Entry, Action, str | None]]) -> bytes | None:
    """Return a file without an empty map that is there because of what goes."""
    frames = [entry.undo for entry, action, _ in leaving if action is Action.REMOVE and entry.undo and not entry.among]
    if not frames or after is None or file.in_bytes(after):
        return after
    return joined.without_frame(after, frames[0]) or after


def _without_joined(file: Any, after: bytes | None, leaving: Sequence[tuple[Entry, Action, str | None]]) -> bytes | None:
    """Return a file without what came to a user's own and goes."""
    for entry, action, _ in leaving:
        if entry.among and action is Action.REMOVE and after is not None:
            after = joined.taken_out(file, entry, _name(entry))
    return after


def _as_read_back(file: Any, wanted: Sequence[Wanted]) -> tuple[Any, ...]:
    """Return what is wanted as a new file of it alone gives it back."""
    items = tuple(one.shared for one in wanted if one.shared is not None)
    found = {one.name: one for one in (file.in_bytes(file.fresh(items)) if items else ())}
    names = [one.name for one in file.known(items)]
    if len(found) != len(names) or any(name not in found for name in names):
        raise InternalError(f"what is for `{file.path}` does not come back from it")
    return tuple(found[name] for name in names)


def _leaving(draft: Draft, file: Any, entry: Entry) -> tuple[Action, str | None]:
    """Return what becomes of an entry that is to go, and why it cannot."""
    if len(entry.packs) > (draft.pack in entry.packs):
        return Action.SHARED, None
    present = file.items.get(_name(entry))
    if present is None:
        return Action.MISSING, None
    if entry.among:
        return _leaving_joined(draft, file, entry)
    return draft.let_go(entry) if file.checksum(present) == entry.deployed_sha256 else (Action.RELEASE, None)


def _leaving_joined(draft: Draft, file: Any, entry: Entry) -> tuple[Action, str | None]:
    """Return what becomes of what came to a user's own: only that goes."""
    if not entry.came:
        return (Action.SAME, None) if entry.part == "permissions" else (Action.RELEASE, WAS_THERE)
    if joined.is_gone(file.items[_name(entry)], entry):
        return Action.MISSING, None
    if joined.taken_out(file, entry, _name(entry)) is None:
        return Action.RELEASE, f"it is in one with what was there before; what came is {', '.join(f'`{one}`' for one in entry.came)}"
    return draft.let_go(entry)


def gone_again(reader: Reader, entry: Entry) -> tuple[str, ...]:
    """Return what came to a user's own for an entry of the lock, and is not there any more."""
    there = reader.read(entry.path)
    if not entry.came or not isinstance(there, bytes):
        return ()
    file = _opened(entry.path, entry.target, entry.part, there)
    item = file.items.get(_name(entry))
    return joined.gone(entry, item) if item is not None else ()


def _name(entry: Entry) -> str:
    return entry.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _rewritten(
    file: Any, data: bytes | None, decisions: Sequence[Decision], leaving: Sequence[tuple[Entry, Action, str | None]]
) -> tuple[bytes | None, Sequence[Any], str | None]:
    """Return the file with what changes in it, what is then in it, and why that cannot be."""
    gone = {_name(entry) for entry, action, _ in leaving if action is Action.REMOVE and not entry.among}
    changing = {one.item.name or "": one.item for one in decisions if one.action in CHANGES}
    if not gone and not changing:
        return data, file.found, None
    after, found, problem = file.rewritten(changing, gone)
    return after, found, problem


def _blocked(decision: Decision, reason: str, file: Any) -> Decision:
    if decision.action in CHANGES or file.problem is not None or decision.item.name not in file.items:
        return replace(decision, action=Action.BLOCKED, reason=reason)
    return decision


def _record_leaving(draft: Draft, leaving: Sequence[tuple[Entry, Action, str | None]]) -> None:
    for entry, action, reason in leaving:
        if action is Action.SHARED:
            others = draft.disown(entry)
            draft.steps.append(Step(action, entry.path, entry.pointer, entry.target, entry.agent, packs=others, part=entry.part))
        else:
            draft.leave(entry, action, reason)


def _record(draft: Draft, decision: Decision, found: str, *, created: bool, backup: str | None) -> None:
    """Write down a decision; the entry's file beside it comes later, for all entries of the file at once."""
    wanted, old, action = decision.wanted, decision.old, decision.action
    key = (wanted.path, decision.pointer)
    if action in CHANGES:
        draft.changed.add(key)
    if action in SETTLES:
        entry = draft.entry(wanted, decision.pointer, found, created=created, old=old)
        packs = {*entry.packs, *(old.packs if old and decision.among else ())}
        draft.after[key] = replace(
            entry, among=decision.among, packs=tuple(sorted(packs)), came=decision.came, undo=decision.undo, restated=decision.restated
        )
    elif action in (Action.KEEP_EDITED, Action.KEPT) and old is not None:
        draft.after[key] = replace(old, packs=tuple(sorted({*old.packs, draft.pack})))
    elif action is Action.OTHER_PACK and old is not None:
        draft.disown(old)
    others = tuple(name for name in old.packs if name != draft.pack) if old else ()
    kept = backup if action is Action.REPLACE else None
    draft.steps.append(Step(action, *key, wanted.target, wanted.agent, decision.reason, others, backup=kept, part=wanted.part))
    if decision.stale:
        reason = f"what came of it stays ({', '.join(f'`{one}`' for one in decision.stale)}): {ONLY_THE_LOCK}"
        draft.steps.append(Step(Action.BLOCKED, *key, wanted.target, wanted.agent, reason, part=wanted.part))


def _put_beside(draft: Draft, file: Any, kind: str, decisions: Sequence[Decision]) -> None:
    """Put our versions of all edited entries of a kind into one file beside theirs, with those of other packs that are in it already."""
    path = file.path
    edited = [one for one in decisions if one.action is Action.KEEP_EDITED]
    kept = {one.item.name or "": filled_in.without(one.item, one.wanted.unsaid) for one in edited}  # a secret of theirs is copied nowhere
    decided = {(path, one.pointer) for one in decisions}
    old = draft.besides(path, kind)
    there = {item.name: item for item in file.in_bytes(old[1])} if old else {}
    entries = [entry for key, entry in draft.after.items() if key[0] == path and entry.part == kind]
    for entry in entries:
        name = _name(entry)
        if entry.key not in decided and entry.beside is not None and name in there:
            kept.setdefault(name, there[name])
    data = file.fresh([item for _, item in sorted(kept.items())]) if kept else None
    beside = draft.put_beside(path, data, kind)
    for entry in entries:
        ours = beside if _name(entry) in kept else None
        draft.after[entry.key] = replace(entry, beside=ours, beside_sha256=sha256(data) if ours and data is not None else None)
    draft.steps[:] = [
        replace(step, beside=beside) if (step.path, step.part, step.action) == (path, kind, Action.KEEP_EDITED) else step
        for step in draft.steps
    ]
