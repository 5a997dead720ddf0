"""Planning for files that hold several agents, of which some are ours: entry by entry, the rest byte for byte as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconv.conversion import shared_files
from agentconv.core import fields
from agentconv.core.diagnostics import InternalError
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk.files import Blocked
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from agentconv.install.draft import CHANGES, SETTLES, decide, sha256
from agentconv.install.steps import Action, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    file = _File.read(entry.path, entry.target, there)
    agent = file.agents.get(_name(entry))
    return Blocked(file.problem) if file.problem is not None else checksum(agent) if agent else None


@dataclass(slots=True)
class _File:
    """A file as it stands."""

    module: Format
    source: SourceText
    found: tuple[Agent, ...] = ()
    agents: dict[str, Agent] = field(default_factory=dict)
    """By name; of several of one name the first."""
    problem: str | None = None
    """Why nothing can be told of what is in it."""

    @classmethod
    def read(cls, path: str, target: str, data: bytes | None) -> _File:
        file = cls(registry.load(target), SourceText(path, data or b""))
        result = file.module.read(file.source)
        file.found = result.set.agents
        for agent in file.found:
            file.agents.setdefault(agent.name or "", agent)
        if not file.found and result.diagnostics and (data or b"").strip():
            file.problem = result.diagnostics[0].message
        return file


@dataclass(slots=True)
class _Decision:
    """What becomes of one entry that a pack wants."""

    wanted: Wanted
    agent: Agent
    pointer: str
    old: Entry | None
    action: Action
    reason: str | None = None


def settle(draft: Draft, path: str, wanted: Sequence[Wanted], mine: Sequence[Entry]) -> None:
    """Decide what becomes of all entries of one file that a pack wants, or had (`mine`) and does not want any more."""
    target = (wanted[0].target if wanted else mine[0].target) if wanted or mine else ""
    there = draft.reader.read(path)
    reason = there.reason if isinstance(there, Blocked) else draft.same_file(path)
    data = None if isinstance(there, Blocked) else there
    file = _File.read(path, target, data)
    reason = reason or file.problem
    decisions = _decisions(draft, file, wanted)
    keys = {(path, decision.pointer) for decision in decisions}
    leaving = [(entry, *_leaving(draft, file, entry)) for entry in mine if entry.key not in keys]
    after, done = _rewritten(file, data, decisions, leaving) if reason is None else (data, None)
    reason = reason or (done.problem if done else None)
    if reason is not None:
        after = data
        decisions = [_blocked(decision, reason, file) for decision in decisions]
        leaving = [(entry, action, why) if action is Action.SHARED else (entry, draft.stuck, reason) for entry, action, why in leaving]
    created = data is None or any(entry.created for entry in draft.by_path.get(path, ()))
    _record_leaving(draft, leaving)
    backup = draft.back_up(path, data) if data is not None and any(one.action is Action.REPLACE for one in decisions) else None
    checksums = {agent.name: checksum(agent) for agent in (done.agents if done else file.found)}
    for decision in decisions:
        _record(draft, decision, checksums.get(decision.agent.name), created=created, backup=backup)
    _put_beside(draft, file, decisions)
    ours = created and not draft.reader.is_link(path)
    if ours and after is not None and not _has_entries(draft, path) and shared_files.is_bare(file.module, path, after):
        after = None
    draft.change(path, data, after, forced=data is not None)


def _has_entries(draft: Draft, path: str) -> bool:
    return any(key[0] == path for key in draft.after)


def _decisions(draft: Draft, file: _File, wanted: Sequence[Wanted]) -> list[_Decision]:
    found = []
    for one, agent in zip(wanted, _as_read_back(file, wanted), strict=True):
        pointer = shared_files.pointer(agent)
        old = draft.before.get((one.path, pointer))
        present, goal = file.agents.get(agent.name or ""), checksum(agent)
        there = None if present is None else goal if fields.same(present, agent) else checksum(present)
        action = decide(old, there, goal, draft.pack, force=draft.force)
        action = draft.update(old, action) if old else action
        follows = draft.synced.get((one.path, pointer))
        if follows is not None:
            found.append(_Decision(one, agent, pointer, old, Action.BLOCKED, f"it is kept in step with `{follows}`"))
        else:
            found.append(_Decision(one, agent, pointer, old, action))
    return found


def _as_read_back(file: _File, wanted: Sequence[Wanted]) -> tuple[Agent, ...]:
    """Return the agents as a new file of them alone gives them back."""
    agents = tuple(one.shared for one in wanted if one.shared is not None)
    fresh = _fresh(file, agents)
    found = file.module.read(SourceText(file.source.path, fresh)).set.agents if agents else ()
    if [agent.name for agent in found] != [agent.name for agent in agents]:
        raise InternalError(f"the agents for `{file.source.path}` do not come back from it")
    return found


def _fresh(file: _File, agents: Iterable[Agent]) -> bytes:
    alone = tuple(replace(agent, origin=None) for agent in agents)
    return file.module.write(AgentSet(alone), SourceText(file.source.path, b"")).data


def _leaving(draft: Draft, file: _File, entry: Entry) -> tuple[Action, str | None]:
    """Return what becomes of an entry that is to go, and why it cannot."""
    if len(entry.packs) > (draft.pack in entry.packs):
        return Action.SHARED, None
    present = file.agents.get(_name(entry))
    if present is None:
        return Action.MISSING, None
    return draft.let_go(entry) if checksum(present) == entry.deployed_sha256 else (Action.RELEASE, None)


def _name(entry: Entry) -> str:
    return entry.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _rewritten(
    file: _File, data: bytes | None, decisions: Sequence[_Decision], leaving: Sequence[tuple[Entry, Action, str | None]]
) -> tuple[bytes | None, shared_files.Rewritten | None]:
    """Return the file with what changes in it."""
    gone = {_name(entry) for entry, action, _ in leaving if action is Action.REMOVE}
    changing = {one.agent.name: one.agent for one in decisions if one.action in CHANGES}
    if not gone and not changing:
        return data, None
    wanted = []
    first = {id(agent) for agent in file.agents.values()}
    for present in file.found:
        name = present.name or ""
        if id(present) in first and name in changing:
            wanted.append(replace(changing.pop(name), origin=present.origin))
        elif id(present) not in first or name not in gone:
            wanted.append(present)
    wanted += [replace(agent, origin=None) for agent in changing.values()]
    ours = {one.agent.name for one in decisions if one.action in CHANGES}
    done = shared_files.rewrite(file.module, file.source, wanted, ours)
    return done.data, done


def _blocked(decision: _Decision, reason: str, file: _File) -> _Decision:
    if decision.action in CHANGES or file.problem is not None or decision.agent.name not in file.agents:
        return replace(decision, action=Action.BLOCKED, reason=reason)
    return decision


def _record_leaving(draft: Draft, leaving: Sequence[tuple[Entry, Action, str | None]]) -> None:
    for entry, action, reason in leaving:
        if action is Action.SHARED:
            others = draft.disown(entry)
            draft.steps.append(Step(action, entry.path, entry.pointer, entry.target, entry.agent, packs=others))
        else:
            draft.leave(entry, action, reason)


def _record(draft: Draft, decision: _Decision, found: str | None, *, created: bool, backup: str | None) -> None:
    """Write down a decision; the entry's file beside it comes later, for all entries of the file at once."""
    wanted, old, action = decision.wanted, decision.old, decision.action
    key = (wanted.path, decision.pointer)
    if action in CHANGES:
        draft.changed.add(key)
    if action in SETTLES:
        goal = found or checksum(decision.agent)
        draft.after[key] = draft.entry(wanted, decision.pointer, goal, created=created, old=old)
    elif action is Action.KEEP_EDITED and old is not None:
        draft.after[key] = replace(old, packs=tuple(sorted({*old.packs, draft.pack})))
    elif action is Action.OTHER_PACK and old is not None:
        draft.disown(old)
    others = tuple(name for name in old.packs if name != draft.pack) if old else ()
    kept = backup if action is Action.REPLACE else None
    draft.steps.append(Step(action, *key, wanted.target, wanted.agent, decision.reason, others, backup=kept))


def _put_beside(draft: Draft, file: _File, decisions: Sequence[_Decision]) -> None:
    """Put our versions of all edited entries into one file beside theirs, with those of other packs that are in it already."""
    path = file.source.path
    kept = {one.agent.name or "": one.agent for one in decisions if one.action is Action.KEEP_EDITED}
    decided = {(path, one.pointer) for one in decisions}
    old = draft.besides(path)
    there = {agent.name: agent for agent in file.module.read(SourceText(path, old[1])).set.agents} if old else {}
    entries = [entry for key, entry in draft.after.items() if key[0] == path]
    for entry in entries:
        name = _name(entry)
        if entry.key not in decided and entry.beside is not None and name in there:
            kept.setdefault(name, there[name])
    data = _fresh(file, [agent for _, agent in sorted(kept.items())]) if kept else None
    beside = draft.put_beside(path, data)
    for entry in entries:
        ours = beside if _name(entry) in kept else None
        draft.after[entry.key] = replace(entry, beside=ours, beside_sha256=sha256(data) if ours and data is not None else None)
    draft.steps[:] = [
        replace(step, beside=beside) if step.path == path and step.action is Action.KEEP_EDITED else step for step in draft.steps
    ]
