"""What parts that are to be deployed may do beyond those that are there: what their clients read now, and what they will read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.parts import Command, FolderFile, PermissionSet, Server, SetHook, Skill
from agentconv.disk.reader import files_of
from agentconv.install import joined, looser_parts, part_consent, part_places, several_files
from agentconv.install.part_entries import PartFile

_RULES = "permissions"

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from agentconv.core.parts import Part
    from agentconv.disk.reader import Reader
    from agentconv.install.grant import Grant
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted

    Bytes = Callable[[Wanted], bytes | None]


def more(
    reader: Reader, entries: Iterable[Entry], wanted: Iterable[Wanted], parts: Mapping[str, Part], *, force: bool = False
) -> dict[str, tuple[tuple[Grant, ...], bool]]:
    """Return by part what it may do beyond what is deployed of it, and whether anything of it is there.

    Args:
        reader: Reads what is there.
        entries: What is the pack's own, as the lock has it.
        wanted: All that is to be there of its parts.
        parts: Its parts as they are in the pack.
        force: Whether what was edited is replaced.
    """
    known = [entry for entry in entries if entry.part]
    ours = {(entry.target, entry.agent) for entry in known}
    edited = {(entry.target, entry.agent) for entry in known if not force and _is_edited(reader, entry)}
    by_part: dict[str, dict[str, list[Wanted]]] = {}
    for one in wanted:
        files = by_part.setdefault(one.agent, {}).setdefault(one.target, [])
        files.insert(len(files) if one.beside else 0, one)
    found: dict[str, tuple[tuple[Grant, ...], bool]] = {}
    for owner, targets in by_part.items():
        had: set[Grant] = set()
        asks: dict[Grant, None] = {}
        is_there = False
        for target, files in targets.items():
            if _is_unchanged(reader, files):
                had.update(part_consent.grants(parts[owner]))
                is_there = True
                continue
            before = _there(reader, files) if (target, owner) in ours else None
            after = _coming(files) or parts[owner]
            is_there = is_there or before is not None
            present, after = _among(reader, files, after)
            old = {grant for part in (before, present) if part for grant in part_consent.grants(part)}
            asks.update(dict.fromkeys(grant for grant in part_consent.grants(after) if grant not in old))
            if before and (target, owner) not in edited:
                asks.update(dict.fromkeys(looser_parts.looser(before, after)))
        left = tuple(grant for grant in asks if grant not in had)
        if left:
            found[owner] = left, is_there
    return found


def _among(reader: Reader, files: Sequence[Wanted], after: Part) -> tuple[Part | None, Part]:
    """Return what a user has where a part comes to stand in one with it, and what both are then: what does not come asks for nothing."""
    there = reader.read(files[0].path) if files[0].part == _RULES and not files[0].beside else None
    if not isinstance(there, bytes) or files[0].shared is None:
        return None, after
    file = PartFile.read(files[0].path, files[0].target, files[0].part, there)
    present = file.items.get(after.name or "")
    united = file.beside(present, after) if present is not None else None
    return (None, after) if united is None else (present, united)


def _is_edited(reader: Reader, entry: Entry) -> bool:
    """Whether somebody edited what is there: that stays, and what it holds back by itself is theirs."""
    return not entry.script and several_files.present_checksum(reader, entry) != entry.deployed_sha256


def alone(one: Wanted) -> Part:
    """Return a part that is to be in a shared file as its client will read it there."""
    return _alone(_empty(one), one)


def _is_unchanged(reader: Reader, files: Sequence[Wanted]) -> bool:
    """Whether all of it is there already."""
    return all(_is_there(reader, one) for one in files)


def _is_there(reader: Reader, one: Wanted) -> bool:
    there = reader.read(one.path)
    if one.shared is None:
        return there == one.data
    file = PartFile.read(one.path, one.target, one.part, there if isinstance(there, bytes) else None)
    coming = _alone(file, one)
    present = file.items.get(coming.name or "")
    return present is not None and file.is_same(present, coming)


def _alone(file: PartFile, one: Wanted) -> Part:
    """Return a part of a shared file as a new file of it alone gives it back."""
    return file.in_bytes(file.fresh([one.shared]))[0]  # type: ignore[list-item]


def _there(reader: Reader, files: Sequence[Wanted]) -> Part | None:
    there = files_of(reader)
    return read(files, lambda one: there(one.path))


def _coming(files: Sequence[Wanted]) -> Part | None:
    if files[0].shared is None:
        return read(files, lambda one: one.data)
    return _with_scripts(alone(files[0]), files[1:], lambda one: one.data)


def _with_scripts(part: Part, files: Sequence[Wanted], load: Bytes) -> Part:
    """Return a part of a shared file with what it runs."""
    if not isinstance(part, SetHook):
        return part
    loaded = ((one, load(one)) for one in files)
    return replace(part, files=tuple(FolderFile(one.path, data, one.executable) for one, data in loaded if data is not None))


def _empty(one: Wanted) -> PartFile:
    return PartFile.read(one.path, one.target, one.part, None)


def read(files: Sequence[Wanted], load: Bytes) -> Part | None:
    """Return the part that its client reads from files whose bytes something gives; None where there is none."""
    first = files[0]
    data = load(first)
    if data is None:
        return None
    if first.shared is not None:
        file = PartFile.read(first.path, first.target, first.part, data)
        found = file.items.get(_alone(file, first).name or "")
        return found and _with_scripts(found, files[1:], load)
    folder = f"{first.path.rpartition('/')[0]}/"
    loaded = ((one, load(one)) for one in files[1:])
    beside = [FolderFile(one.path.removeprefix(folder), data, one.executable) for one, data in loaded if data is not None]
    result = part_places.read(first.target, first.part, first.path, data, beside)
    return next(iter(result.parts), None) if result else None


def pointer(one: Wanted) -> str:
    """Return where a part will be in its shared file."""
    file = _empty(one)
    return file.pointer(_alone(file, one))


def is_version(reader: Reader, one: Wanted) -> bool:
    """Whether what is there is what some version of agentconv makes of a part: another header may be, another text may not."""
    if _is_there(reader, one):
        return True
    there, coming = _there(reader, [one]), _coming([one])
    if one.beside or there is None or coming is None or there.name != coming.name:
        return False
    if isinstance(there, Server) and isinstance(coming, Server):
        mine, other = there.definition, coming.definition
        return (mine.command, mine.args, mine.url) == (other.command, other.args, other.url)
    if isinstance(there, SetHook) and isinstance(coming, SetHook):
        return there.definition.handlers == coming.definition.handlers
    return isinstance(there, (Skill, Command)) and isinstance(coming, (Skill, Command)) and there.body == coming.body


def is_of(one: Wanted, entry: Entry) -> bool:
    """Whether what came to what a user has, as the lock says it, is all among the rules of a part."""
    coming = _coming([one])
    return isinstance(coming, PermissionSet) and joined.came_of(entry) <= set(map(joined.shown, coming.rules))
