"""The lock as sync reads it: also one that a merge left in conflict, of which both sides are taken as what may be there."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, InputError
from agentconv.disk import placing
from agentconv.disk.exclusive import state_folder
from agentconv.disk.files import Disk
from agentconv.install import applying, foreign
from agentconv.install import lock as lock_file
from agentconv.install.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from agentconv.disk.reader import Reader
    from agentconv.install.places import Scope
    from agentconv.sync.git import Git

_NOBODYS = "0" * 64
"""Stands for the digest of a configuration that was synced with, where there is none: everything is looked at."""
_OURS, _BASE, _THEIRS, _END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"


def read(scope: Scope, git: Git, reader: Reader, *, dry_run: bool) -> Lock:
    """Return what the lock says, with what an interrupted run left taken up.

    Raises:
        InputError: It is no lock.
    """
    try:
        lock = lock_file.read(scope.lock, anywhere=scope.is_user) or Lock()
    except InputError as error:
        sides = list(_sides(scope, git)) if error.diagnostic.code is Code.SYNTAX else []
        if not sides:
            raise
        lock = _united(sides)
        if not dry_run:
            placing.rewrite(os.fspath(scope.lock), scope.lock.read_bytes(), lock_file.dump(lock))
    return applying.settled(reader, lock) if dry_run else applying.recover(scope.root, lock, scope.lock)


def local(git: Git, scope: Scope) -> Path:
    """Return the place of the lock of what version control does not have."""
    inside = git.own_folder()
    return (inside or state_folder() / hashlib.sha256(os.fsencode(os.path.realpath(scope.root))).hexdigest()[:16]) / "local.lock"


def read_local(scope: Scope, place: Path, *, dry_run: bool) -> Lock:
    """Return the lock of what version control does not have, with what an interrupted run left taken up.

    Raises:
        InputError: It is no lock.
    """
    lock = lock_file.read(place, anywhere=scope.is_user) or Lock()
    return applying.settled(Disk(scope.root), lock) if dry_run else applying.recover(scope.root, lock, place)


def with_local(lock: Lock, beside: Lock, targets: frozenset[str]) -> Lock:
    """Return a lock with what stands in the one of what version control does not have: that alone counts for its targets."""
    heads = {(one.written_by, one.ir, one.config_sha256) for one in (lock, beside) if one.synced}
    written_by, ir, config = heads.pop() if len(heads) == 1 else ("", 0, "")
    known = {one.target for one in beside.synced}
    moving = [one for one in part(lock, targets, local=True).synced if one.target not in known]  # committed until now
    synced = (*part(lock, targets, local=False).synced, *beside.synced, *moving)
    there = {entry.key for entry in beside.entries}
    entries = (*(entry for entry in lock.entries if entry.key not in there), *beside.entries)
    packs = (*lock.packs, *(pack for pack in beside.packs if lock.pack(pack.name) is None))
    return replace(lock, written_by=written_by, ir=ir, config_sha256=config, synced=synced, entries=entries, packs=packs)


def part(lock: Lock, targets: frozenset[str], *, local: bool) -> Lock:
    """Return what of a lock is of these targets (`local`), or of all others, with what was installed."""
    synced = tuple(one for one in lock.synced if (one.target in targets) is local)
    own = {pack.name for pack in lock.packs if pack.origin == lock_file.OWN}
    entries = tuple(one for one in lock.entries if (one.target in targets and own.issuperset(one.packs)) is local)
    named = {name for one in entries for name in one.packs}
    packs = tuple(pack for pack in lock.packs if pack.name in named or (pack.name not in own and not local))
    return replace(lock, synced=synced, entries=entries, packs=packs, folders=() if local else lock.folders)


def released(lock: Lock, targets: Collection[str]) -> Lock:
    """Return a lock that does not know of what is kept in step in targets: of agents, and of parts."""
    own = {pack.name for pack in lock.packs if pack.origin == lock_file.OWN}
    entries = tuple(one for one in lock.entries if one.target not in targets or not own.issuperset(one.packs))
    named = {name for one in entries for name in one.packs}
    packs = tuple(pack for pack in lock.packs if pack.name not in own - named)
    synced = tuple(one for one in lock.synced if one.target not in targets)
    return replace(lock, synced=synced, entries=entries, packs=packs)


def is_in_conflict(scope: Scope) -> bool:
    """Whether a merge left the lock with both sides in it."""
    try:
        return _OURS in scope.lock.read_bytes()
    except OSError:
        return False


def _sides(scope: Scope, git: Git) -> Iterator[Lock]:
    """Yield the lock's sides in a merge: as git has them, else as they stand between the marks."""
    found = [git.show(stage, scope.lock.name) for stage in ("2", "3")]
    texts = [one for one in found if one is not None] if None not in found else list(_apart(scope.lock.read_bytes()))
    for text in texts:
        try:
            yield lock_file.load(text, scope.lock.as_posix(), anywhere=scope.is_user)
        except InputError:
            continue


def _apart(data: bytes) -> Iterator[bytes]:
    """Yield the two texts that stand between the marks of a conflict."""
    for wanted in (_OURS, _THEIRS):
        lines, side = [], None
        for line in data.splitlines(keepends=True):
            mark = next((one for one in (_OURS, _BASE, _THEIRS, _END) if line.startswith(one)), None)
            if mark is not None:
                side = None if mark == _END else mark
            elif side in (None, wanted):
                lines.append(line)
        yield b"".join(lines)


def _united(sides: list[Lock]) -> Lock:
    """Return everything that any of several locks says; what two say otherwise is there twice."""
    first = sides[0]
    entries = {entry.key: entry for side in reversed(sides) for entry in side.entries}
    packs = {pack.name: pack for side in reversed(sides) for pack in side.packs}
    synced = {repr(one): one for side in sides for one in side.synced}
    folders = tuple(sorted({folder for side in sides for folder in side.folders}))
    return replace(
        first,
        packs=tuple(packs.values()),
        entries=tuple(entries.values()),
        synced=tuple(synced.values()),
        folders=folders,
        config_sha256=_NOBODYS,
        foreign=foreign.united(side.foreign for side in sides),
    )
