"""Planning for files that hold one agent each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import linked_folders
from agentconv.core import script_imports
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.source import SourceText
from agentconv.disk.files import Blocked
from agentconv.formats import registry
from agentconv.install.checksums import sha256
from agentconv.install.draft import CHANGES, SETTLES
from agentconv.install.steps import NO_PROGRAM, RUN_BY, WAS_THERE, Action, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.install.draft import Draft
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted

_SKILLS = "skills"
NOT_OURS = frozenset({Action.FOREIGN, Action.KEPT, Action.OTHER_PACK, Action.BLOCKED})
"""What leaves a place as it is, since somebody else's is in it."""
_STAYS = frozenset({Action.KEEP_EDITED, Action.KEPT, Action.FOREIGN, Action.OTHER_PACK, Action.RELEASE, Action.BLOCKED, Action.SHARED})
"""What leaves in its place what is there."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of one file that a pack wants."""

    action: Action
    reason: str | None = None
    there: bytes | None = None
    stuck: bool = False
    """Whether nothing can be told of what is there."""
    namesake: str = ""
    """The file in which a user has an agent of that name."""
    way: str | None = None
    """What can be done about it, where that is no matter of the file itself."""


def decided(draft: Draft, wanted: Wanted) -> Decided:
    """Decide about one file by what is there now; nothing is planned."""
    path, old = wanted.path, draft.before.get((wanted.path, ""))
    there = draft.reader.read(path)
    linked = None if isinstance(there, Blocked) else _of_another(draft, wanted, there)
    reason = there.reason if isinstance(there, Blocked) else linked or draft.same_file(path, as_it_comes=there == wanted.data)
    if isinstance(there, Blocked) or reason is not None:
        kept = wanted.agent in draft.kept and not isinstance(there, Blocked)
        way = linked_folders.AWAY if linked else None
        return Decided(Action.KEPT, stuck=True) if kept else Decided(Action.BLOCKED, reason, stuck=True, way=way)
    action = draft.decide(wanted.agent, old, None if there is None else sha256(there), sha256(wanted.data))
    if action in (Action.SAME, Action.ADOPT) and wanted.executable and wanted.agent not in draft.kept and not draft.reader.is_program(path):
        return Decided(_made_program(draft, wanted, old), NO_PROGRAM, there)
    namesake = draft.namesake(wanted) if action is Action.WRITE else None
    return Decided(action, None, there) if namesake is None else _beside_namesake(draft, wanted, namesake)


def _of_another(draft: Draft, wanted: Wanted, there: bytes | None) -> str | None:
    """Say why a file would lie in another assistant's folder; None where it does not, or is there as it comes."""
    if there == wanted.data:
        return None
    return linked_folders.in_the_way(wanted.target, wanted.path, wanted.data, draft.reader.folder, wanted.part)


def _beside_namesake(draft: Draft, wanted: Wanted, other: str) -> Decided:
    """Decide about an agent whose name a user's own has in another file: that is in its place, as a file of its own name would be."""
    reason = f"`{other}` has an agent of this name"
    if not draft.is_forced(wanted.agent):
        return Decided(Action.FOREIGN, reason, namesake=other)
    result = registry.load(wanted.target).read(SourceText(other, draft.reader.read(other) or b""))  # type: ignore[arg-type]
    alone = len(result.set.agents) == 1 and not draft.reader.is_link(other)
    return Decided(Action.REPLACE if alone else Action.BLOCKED, None if alone else f"{reason} among others", namesake=other)


def deploy(draft: Draft, wanted: Wanted) -> None:
    """Decide what becomes of one file that a pack wants."""
    path, old = wanted.path, draft.before.get((wanted.path, ""))
    found = decided(draft, wanted)
    action, there = found.action, found.there
    step = Step(action, path, "", wanted.target, wanted.agent, found.reason, part=wanted.part, way=found.way)
    if found.stuck:
        draft.steps.append(step)
        return
    checksum = sha256(wanted.data)
    if action is Action.ADOPT and old is None and (wanted.script or draft.made_here):  # scripts of a project are its user's
        draft.steps.append(replace(step, action=Action.SAME))
        return
    others = tuple(name for name in old.packs if name != draft.pack) if old else ()
    step = replace(step, packs=others)
    if action is Action.REPLACE:
        step = replace(step, backup=_backed_up(draft, found, path))
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


def together(draft: Draft, wanted: Iterable[Wanted]) -> list[Wanted]:
    """Return the files that are wanted without those of new skills of which one is in the way, but for that one: a skill comes whole.

    What a pack puts beside a user's own SKILL.md would be run by that one's words, and is nothing that anybody asked for.
    """
    several = list(wanted)
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for one in several:
        if one.part == _SKILLS:
            groups.setdefault((one.target, one.agent), []).append(one)
    left_out: set[int] = set()
    for group in (group for group in groups.values() if len(group) > 1):
        entries = (draft.before.get((one.path, "")) for one in group)
        if not any(entry is not None and draft.pack in entry.packs for entry in entries):
            away = [decided(draft, one).action in NOT_OURS for one in group]
            left_out |= {id(one) for one, is_away in zip(group, away, strict=True) if any(away) and not is_away}
    return [one for one in several if id(one) not in left_out]


def _backed_up(draft: Draft, found: Decided, path: str) -> str | None:
    """Keep a copy of what is replaced, and return its path: where an agent of that name is in another file, that one goes."""
    place = found.namesake or path
    there = draft.reader.read(place) if found.namesake else found.there
    if not isinstance(there, bytes):
        return None
    if found.namesake:
        draft.change(place, there, None)
    return draft.back_up(place, there)


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
