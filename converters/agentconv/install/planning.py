"""What a deployment would do, decided for all targets before anything is written: three-way, file by file and entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.ir import Agent
from agentconv.core.kinds import ADDING_UP
from agentconv.core.part_format import difference
from agentconv.formats import registry
from agentconv.install import limits, part_places, several_files, whole_files
from agentconv.install.draft import Draft
from agentconv.install.steps import NEEDS_A_LOOK, Action, Change, Plan, Step, Wanted, nobody, unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry, Lock, LockedPack
    from agentconv.install.steps import Given, Namesake

_HOOKS = "hooks"

__all__ = ["NEEDS_A_LOOK", "Action", "Change", "Plan", "Step", "Wanted", "plan", "plan_removal"]


def plan(
    reader: Reader,
    lock: Lock,
    pack: LockedPack,
    wanted: Sequence[Wanted],
    *,
    targets: Collection[str],
    force: bool | Collection[str] = False,
    held: Collection[str] = (),
    staying: Collection[tuple[str, str]] = (),
    accept: bool = False,
    given: Given = unknown,
    made_here: bool = False,
    namesake: Namesake = nobody,
) -> Plan:
    """Plan the deployment of a pack. Nothing is written.

    Args:
        reader: Reads what is there (`disk.Disk`).
        lock: What is ours (after `applying.recover`).
        pack: What the lock is to say of the pack.
        wanted: Everything that is to be there of it, in these targets.
        targets: The targets that this is about; the pack's entries in others stay as they are.
        force: Whether to replace what is not ours or was edited, with a copy kept; or the agents and parts of which to do so.
        held: Ids of agents whose entries stay as they are.
        staying: The same in one target alone: the target, and the id.
        accept: Whether what leaves the pack goes on the lock's word alone.
        given: Tells whether the pack's bytes give what is there.
        made_here: Whether this is the project that the pack is made of.
        namesake: Returns the file in which a user has an agent of that name already.
    """
    whole = [entry for entry in lock.entries if pack.name in entry.packs]
    rest = pack.targets.keys() - set(targets)
    about = [
        one for one in whole if one.target not in rest and ((one.target in targets and not one.script) or not _is_read(one, rest, whole))
    ]
    mine = [entry for entry in about if entry.agent not in held and (entry.target, entry.agent) not in staying]
    draft = Draft(reader, lock, pack.name, force=force, accept=accept, given=given, kept=pack.kept, made_here=made_here, namesake=namesake)
    singles, several = _grouped(draft, whole_files.together(draft, (one for one in wanted if one.agent not in held)))
    for one in singles.values():
        whole_files.deploy(draft, one)
    leaving: dict[tuple[str, str], list[Entry]] = {}
    for entry in mine:
        if entry.pointer:
            leaving.setdefault((entry.path, entry.part), []).append(entry)
        elif entry.path not in singles and not entry.script:
            whole_files.leave(draft, entry)
    limits.settle(draft, several)
    for path, part in sorted({*several, *leaving}):
        several_files.settle(draft, path, several.get((path, part), []), leaving.get((path, part), []))
    whole_files.leave_scripts(draft, [entry for entry in mine if entry.script and entry.path not in singles])
    return draft.plan((*(other for other in lock.packs if other.name != pack.name), pack))


def _grouped(draft: Draft, wanted: Iterable[Wanted]) -> tuple[dict[str, Wanted], dict[tuple[str, str], list[Wanted]]]:
    """Return the files that are wanted, and by file and kind the entries of shared ones: what several assistants read, once."""
    several: dict[tuple[str, str], list[Wanted]] = {}
    named: dict[tuple[str, str, str | None], list[Wanted]] = {}
    singles: dict[str, Wanted] = {}
    for one in wanted:
        if one.shared is not None:
            alike = named.setdefault((one.path, one.part, one.shared.name), [])
            twin = next((other for other in alike if _is_one_entry(one, other)), None)
            if twin is None:
                alike.append(one)
                several.setdefault((one.path, one.part), []).append(one)
            elif not _is_same_entry(one, twin):
                draft.steps.append(_other_file(one, twin))
        elif (first := singles.setdefault(one.path, one)) is not one and not _is_one_file(one, first):
            draft.steps.append(_other_file(one, first))
    return singles, several


def plan_removal(reader: Reader, lock: Lock, pack_name: str, targets: Collection[str] | None = None, *, given: Given = unknown) -> Plan:
    """Plan the removal of a pack, from some targets or (None) from all. Nothing is written.

    Args:
        reader: Reads what is there.
        lock: What is ours.
        pack_name: The pack.
        targets: Where it is to be taken from.
        given: Tells whether the pack's bytes give what is there.

    Raises:
        InputError: It is not in the lock, or not for any of these targets.
    """
    pack = lock.pack(pack_name)
    if pack is None:
        names = [one.name for one in lock.packs]
        hint = registry.did_you_mean(pack_name, names, f"installed here: {', '.join(names) or 'nothing'}")
        raise registry.usage(f"`{pack_name}` is not installed here", hint)
    mine = [entry for entry in lock.entries if pack_name in entry.packs]
    there = {*pack.targets, *(entry.target for entry in mine)}
    going = there if targets is None else there & set(targets)
    if targets is not None and not going:
        raise registry.usage(
            f"`{pack_name}` is not installed for {', '.join(targets)}", f"it is for {', '.join(sorted(there)) or 'nothing'}"
        )
    draft = Draft(reader, lock, pack_name, removing=True, given=given)
    rest = {target: chosen for target, chosen in pack.targets.items() if target not in going}
    leaving: dict[tuple[str, str], list[Entry]] = {}
    alone: list[Entry] = []
    for entry in mine:
        if entry.target in rest:
            continue
        if _is_read(entry, rest, mine):
            draft.steps.append(Step(Action.IN_USE, entry.path, entry.pointer, entry.target, entry.agent, part=entry.part))
        elif entry.pointer:
            leaving.setdefault((entry.path, entry.part), []).append(entry)
        elif entry.script:
            alone.append(entry)
        else:
            whole_files.leave(draft, entry)
    for (path, _), entries in sorted(leaving.items()):
        several_files.settle(draft, path, [], entries)
    whole_files.leave_scripts(draft, alone)
    stays = [replace(pack, targets=rest)] if rest else []
    return draft.plan((*(other for other in lock.packs if other.name != pack_name), *stays))


def _is_one_file(one: Wanted, other: Wanted) -> bool:
    """Whether two are the same file of a part, which several assistants read: an AGENTS.md, a skill in a shared folder, a hook's script."""
    return bool(one.part) and (one.part, one.data, one.executable) == (other.part, other.data, other.executable)


def _is_one_entry(one: Wanted, other: Wanted) -> bool:
    """Whether two assistants read a part of one name in one shared file."""
    if not one.part or one.part in ADDING_UP or one.target == other.target or one.shared is None or other.shared is None:
        return False
    return one.shared.name == other.shared.name


def _is_same_entry(one: Wanted, other: Wanted) -> bool:
    mine, theirs = one.shared, other.shared
    if mine is None or theirs is None or isinstance(mine, Agent) or isinstance(theirs, Agent):
        return False
    return not difference(mine, theirs)


def _other_file(one: Wanted, first: Wanted) -> Step:
    """Say that a file cannot be there for one assistant, since another one reads something else in it."""
    if not one.part:
        raise InternalError(f"two agents of one pack are to be `{one.path}`")
    reason = f"{registry.FORMATS[first.target].title} has another text in the same file"
    return Step(Action.BLOCKED, one.path, "", one.target, one.agent, reason, part=one.part)


def _may_run(entry: Entry) -> bool:
    """Whether it is an agent in a file whose client runs the hooks that agents have themselves."""
    return not entry.part and entry.target in registry.FORMATS and _HOOKS in registry.load(entry.target).SPEC.holds


def _is_read(entry: Entry, targets: Collection[str], mine: Collection[Entry]) -> bool:
    """Whether one of these assistants finds a part in the file of another one, and has it nowhere else, or may run a script of it."""
    if entry.script:
        return any(one.target in targets and not one.script and (one.part == entry.part or _may_run(one)) for one in mine)
    own = {one.target for one in mine if one.agent == entry.agent}
    return any(target not in own and part_places.is_place(target, entry.part, entry.path) for target in targets)
