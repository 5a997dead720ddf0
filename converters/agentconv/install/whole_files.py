"""Planning for files that hold one agent each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import script_imports
from agentconv.core.dataclass import replace
from agentconv.disk.files import Blocked
from agentconv.install.checksums import sha256
from agentconv.install.draft import CHANGES, SETTLES
from agentconv.install.steps import NO_PROGRAM, RUN_BY, WAS_THERE, Action, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.install.draft import Draft
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted

_STAYS = frozenset({Action.KEEP_EDITED, Action.KEPT, Action.FOREIGN, Action.OTHER_PACK, Action.RELEASE, Action.BLOCKED, Action.SHARED})
"""What leaves in its place what is there."""


def deploy(draft: Draft, wanted: Wanted) -> None:
    """Decide what becomes of one file that a pack wants."""
    path, old = wanted.path, draft.before.get((wanted.path, ""))
    step = Step(Action.BLOCKED, path, "", wanted.target, wanted.agent, part=wanted.part)
    there = draft.reader.read(path)
    reason = there.reason if isinstance(there, Blocked) else draft.same_file(path)
    if isinstance(there, Blocked) or reason is not None:
        kept = wanted.agent in draft.kept and not isinstance(there, Blocked)
        draft.steps.append(replace(step, action=Action.KEPT) if kept else replace(step, reason=reason))
        return
    checksum = sha256(wanted.data)
    action = draft.decide(wanted.agent, old, None if there is None else sha256(there), checksum)
    if action in (Action.SAME, Action.ADOPT) and wanted.executable and wanted.agent not in draft.kept and not draft.reader.is_program(path):
        action = _made_program(draft, wanted, old)
        step = replace(step, reason=NO_PROGRAM)
    if action is Action.ADOPT and old is None and (wanted.script or draft.made_here):  # scripts of a project are its user's
        draft.steps.append(replace(step, action=Action.SAME))
        return
    others = tuple(name for name in old.packs if name != draft.pack) if old else ()
    step = replace(step, action=action, packs=others)
    if action is Action.REPLACE and there is not None:
        step = replace(step, backup=draft.back_up(path, there))
    if action in CHANGES:
        draft.change(path, there, wanted.data, executable=wanted.executable)
        draft.changed.add((path, ""))
    if action in SETTLES:
        draft.put_beside(path, None, wanted.part)
        created = (old.created if old else there is None) or action is Action.REPLACE  # of that a copy is kept
        draft.after[path, ""] = draft.entry(wanted, "", checksum, created=created, old=old)
    elif action is Action.KEEP_EDITED and old is not None:
        beside = draft.put_beside(path, wanted.data, wanted.part)
        packs = tuple(sorted({*old.packs, draft.pack}))
        draft.after[path, ""] = replace(old, packs=packs, beside=beside, beside_sha256=checksum)
        step = replace(step, beside=beside)
    elif action is Action.KEPT and old is not None:
        draft.put_beside(path, None, wanted.part)
        draft.after[path, ""] = replace(old, packs=tuple(sorted({*old.packs, draft.pack})), beside=None, beside_sha256=None)
    elif old is not None:
        draft.disown(old)
    draft.steps.append(step)


def _made_program(draft: Draft, wanted: Wanted, old: Entry | None) -> Action:
    """Decide about a file that is there as it comes, but that nobody can start: what is ours becomes a program again."""
    if old is not None:
        return Action.UPDATE
    return Action.REPLACE if draft.is_forced(wanted.agent) else Action.FOREIGN


def leave_scripts(draft: Draft, entries: Sequence[Entry]) -> None:
    """Decide what becomes of scripts once it is known who stays, of a pack or by now of the user: what runs them keeps them."""
    if not entries:
        return
    stays = [entry for entry in draft.after.values() if not entry.script]
    others = [entry for entry in stays if draft.pack not in entry.packs]
    ours = _run(draft, (entry.path for entry in stays if draft.pack in entry.packs))
    theirs = _run(draft, (entry.path for entry in others))
    users = _run(draft, (step.path for step in draft.steps if step.action in _STAYS and (step.pointer or step.part != "hooks")))
    for entry in entries:
        if entry.path in ours:
            draft.steps.append(Step(Action.SAME, entry.path, "", entry.target, entry.agent, part=entry.part))
            continue
        heirs = theirs.get(entry.path, ())
        leave(draft, entry, needed=bool(heirs or entry.path in users))
        heir = next((one for one in others if one.path in heirs), None)
        if heir is not None and entry.key in draft.after:
            draft.after[entry.key] = replace(draft.after[entry.key], agent=heir.agent, source_sha256=heir.source_sha256)


def _run(draft: Draft, paths: Iterable[str]) -> dict[str, list[str]]:
    """Return by script of ours which of some files run it: those that name it, or another one that takes it in."""
    scripts = [entry.path for entry in {**draft.before, **draft.after}.values() if entry.script]
    found: dict[str, list[str]] = {}
    for path, data in _texts(draft, paths).items():
        named = [script for script in scripts if script.encode() in data]
        for script in (*named, *script_imports.follow(named, lambda one: _planned(draft, one)).files):
            found.setdefault(script, []).append(path)
    return found


def _texts(draft: Draft, paths: Iterable[str]) -> dict[str, bytes]:
    """Return what is in files by what is decided so far."""
    planned = ((path, _planned(draft, path)) for path in dict.fromkeys(paths))
    return {path: data for path, data in planned if data is not None}


def _planned(draft: Draft, path: str) -> bytes | None:
    data = draft.reader.read(path)
    return draft.planned(path, None if isinstance(data, Blocked) else data)


def leave(draft: Draft, entry: Entry, *, needed: bool = False) -> None:
    """Decide what becomes of one file that a pack does not want any more; what is needed by what stays is the user's from now on."""
    others = draft.disown(entry)
    if others:
        draft.steps.append(Step(Action.SHARED, entry.path, "", entry.target, entry.agent, packs=others, part=entry.part))
        return
    there = draft.reader.read(entry.path)
    if isinstance(there, Blocked):
        draft.leave(entry, draft.stuck, there.reason)
        return
    if there is not None and draft.reader.is_link(entry.path):
        draft.leave(entry, draft.stuck, "it is a symbolic link")
        return
    as_locked = there is not None and sha256(there) == entry.deployed_sha256
    gone = (Action.MISSING if there is None else Action.RELEASE, None)
    action, reason = (Action.RELEASE, RUN_BY) if needed and as_locked else draft.let_go(entry) if as_locked else gone
    if action is Action.REMOVE and not entry.created and not draft.given(entry):
        action, reason = Action.RELEASE, WAS_THERE
    if action is not Action.BLOCKED:
        draft.put_beside(entry.path, None, entry.part)
    if action is Action.REMOVE:
        draft.change(entry.path, there, None)
    draft.leave(entry, action, reason)
