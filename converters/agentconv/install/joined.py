"""What stands in one with what a user has there: what of it came, and how it goes out again, byte for byte where nobody edited it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import rule_facts
from agentconv.core.dataclass import replace
from agentconv.core.expressions import expression
from agentconv.core.parts import PermissionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.core.ir import Rule
    from agentconv.core.parts import Part
    from agentconv.install.lock import Entry


def came(before: Part, after: Part) -> tuple[str, ...]:
    """Return the rules that a part has more than it had, in a few words each."""
    had = set(_shown(before))
    return tuple(dict.fromkeys(rule for rule in _shown(after) if rule not in had))


def is_restated(before: Part, after: Part) -> bool:
    """Whether rules that a part had are said in other words in what it became."""
    return not set(_shown(before)) <= set(_shown(after))


def still(came: Iterable[str], after: Part) -> tuple[str, ...]:
    """Return what of that is in a part that comes: what a user took out, and nobody gives any more, is no matter of ours."""
    there = set(_shown(after))
    return tuple(one for one in came if one in there)


def without(part: Any, some: Iterable[str]) -> Any:
    """Return a part without rules that `shown` puts so; what is no set of rules stays as it is."""
    leaving = set(some)
    return (
        replace(part, rules=tuple(rule for rule in part.rules if shown(rule) not in leaving)) if isinstance(part, PermissionSet) else part
    )


def gone(entry: Entry, present: Part) -> tuple[str, ...]:
    """Return what came, and is not there any more."""
    there = set(_shown(present))
    return tuple(sorted(came_of(entry) - there))


def _shown(part: Part) -> tuple[str, ...]:
    if not isinstance(part, PermissionSet):
        return ()
    mode = (_mode(part),) if part.mode is not None else ()
    return (*map(shown, part.rules), *map(_folder, part.folders or ()), *mode)


def _folder(path: str) -> str:
    return f"folder {path}"


def _mode(part: PermissionSet) -> str:
    return f"mode {part.mode}"


def shown(rule: Rule) -> str:
    """Return a rule in a few words, which are the same for all of a word and for a pattern for all of it, where the last rule decides."""
    return said(rule.shown) if rule_facts.rules(rule.format).order == "last" else rule.shown


def said(rule: str) -> str:
    """Return the words of a rule without a pattern that stands for everything."""
    return rule.replace(' "*": ', ": ", 1)


def came_of(entry: Entry) -> frozenset[str]:
    """Return what came to what a user has, as `shown` puts it."""
    in_order = rule_facts.rules(entry.target).order == "last"
    return frozenset(map(said, entry.came) if in_order else entry.came)


def without_ours(ours: Sequence[Entry], path: str, there: PermissionSet) -> PermissionSet:
    """Return the rules of a file that are not a pack's: what came to them, or all, where nobody had any before.

    Args:
        ours: What the lock has of the pack.
        path: The file.
        there: What is in it.
    """
    entry = next((one for one in ours if one.path == path and one.part == "permissions"), None)
    if entry is None:
        return there
    came = came_of(entry)
    return replace(there, rules=tuple(rule for rule in there.rules if shown(rule) not in came) if entry.among else ())


def is_gone(present: Part, entry: Entry) -> bool:
    """Whether nothing that came is there any more."""
    return not came_of(entry) & set(_shown(present))


def undo(before: bytes, after: bytes) -> tuple[str, ...]:
    """Return the piece of a file that became another one, as it is and as it was: as much as is there once. Nothing where none is."""
    try:
        old, new = before.decode(), after.decode()
    except UnicodeDecodeError:
        return ()
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    while start and (start == len(new) - end or new.count(new[start : len(new) - end]) != 1):
        start -= 1
    piece = new[start : len(new) - end]
    return (piece, old[start : len(old) - end]) if piece and new.count(piece) == 1 else ()


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    least = min(len(one), len(other))
    return next((index for index in range(least) if one[index] != other[index]), least)


def undone(data: bytes, pieces: Sequence[str]) -> bytes | None:
    """Return a file as it was before something came to it; None where that piece of it is another one by now."""
    if len(pieces) != 2 or data.count(pieces[0].encode()) != 1:
        return None
    return data.replace(pieces[0].encode(), pieces[1].encode())


def without_frame(data: bytes, pieces: Sequence[str]) -> bytes | None:
    """Return a file without the empty map that came with what was in it; None where it is no such thing."""
    if len(pieces) != 2 or not pieces[0].startswith(pieces[1]):
        return None
    frame = expression(r'[\s,]*"?[\w.]+"?\s*[:=]\s*\{\s*\}[\s,]*')
    return undone(data, pieces) if frame.fullmatch(pieces[0][len(pieces[1]) :]) else None


def taken_out(file: Any, entry: Entry, name: str) -> bytes | None:
    """Return a file without what came to what a user has there; None where it cannot be told from that.

    Args:
        file: The file as it stands (`part_entries.PartFile`).
        entry: What the lock says of the entry.
        name: The entry's name in the file.
    """
    present = file.items[name]
    before = undone(file.data, entry.undo)
    if before is not None and _is_undone(file, before, present, entry, name):
        return before
    if entry.restated or not isinstance(present, PermissionSet) or is_gone(present, entry):
        return None
    came = came_of(entry)
    rules = tuple(rule for rule in present.rules if shown(rule) not in came)
    folders = tuple(path for path in present.folders or () if _folder(path) not in came)
    mode = None if _mode(present) in came else present.mode
    stays = bool(rules or folders or mode)
    left = {name: replace(present, rules=rules, folders=folders or None, mode=mode)} if stays else {}
    data, _, problem = file.rewritten(left, () if stays else (name,))
    return None if problem else data


def _is_undone(file: Any, before: bytes, present: Part, entry: Entry, name: str) -> bool:
    """Whether a file as it was has all but what came, and nothing else in it is another thing."""
    there = next((one for one in file.in_bytes(before) if one.name == name), None)
    if there is None or set(came(there, present)) != came_of(entry):
        return False
    return _rest(file, before, name) == _rest(file, file.data, name)


def _rest(file: Any, data: bytes, name: str) -> bytes:
    return b"".join(file.without(data, (name,)).replace(b",", b"").split())
