"""Plans to the disk, as one transaction: everything, or nothing, or finished by the next run.

The lock first says for each entry what it was and what it becomes. Then every new file is written under a temporary name,
beside its place; what can fill a disk is then done. Then each gets its name, one by one, and the final lock, which was
among them, comes last. An error at any point puts everything back. After a kill, each path has its old or its new bytes,
the lock knows both, and `settled` tells which it is.

The lock, and files in which there are bytes of the user's, are forced to the disk; to do so for each file of ours takes
3 ms a file, and they can be had again from the pack.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk import files, keeping, placing, reading
from agentconv.install import besides
from agentconv.install.checksums import sha256
from agentconv.install.lock import ABSENT, Lock, dump, load
from agentconv.install.several_files import present_checksum

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.disk.keeping import Kept
    from agentconv.disk.placing import Identity
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Change, Plan

_RUN = 0o111


def settled(reader: Reader, lock: Lock) -> Lock:
    """Return what a lock says once each entry that a run left pending is what is there: old, new, or not ours."""
    entries = [_settled(reader, entry) if entry.pending else entry for entry in lock.entries]
    return replace(lock, entries=tuple(entry for entry in entries if entry is not None))


def _settled(reader: Reader, entry: Entry) -> Entry | None:
    entry = _settled_beside(reader, entry)
    if entry.pending_sha256 is None:
        return entry
    there = present_checksum(reader, entry)
    if there == entry.pending_sha256:
        return replace(entry, deployed_sha256=entry.pending_sha256, pending_sha256=None)
    gone = there is None and entry.pending_sha256 == ABSENT and entry.beside is None
    return None if gone or entry.deployed_sha256 == ABSENT else replace(entry, pending_sha256=None)


def _settled_beside(reader: Reader, entry: Entry) -> Entry:
    if entry.beside is None or entry.beside_pending_sha256 is None:
        return entry
    there = reader.read(entry.beside)
    found = sha256(there) if isinstance(there, bytes) else ABSENT if there is None else ""
    checksum = found if found in (entry.beside_sha256, entry.beside_pending_sha256) else entry.beside_sha256
    if checksum == ABSENT or there is None:
        return replace(entry, beside=None, beside_sha256=None, beside_pending_sha256=None)
    return replace(entry, beside_sha256=checksum, beside_pending_sha256=None)


def recover(root: Path, lock: Lock, lock_path: Path | None = None) -> Lock:
    """Take up where an interrupted run stopped: remove its temporary files, and return the settled lock (not written).

    Raises:
        InputError: The disk refuses.
    """
    here = files.Disk(root)
    places = [lock_stage(_lock_place(lock_path))] if lock_path else []
    for entry in lock.entries:
        if entry.pending and not isinstance(here.read(entry.path), files.Blocked):
            names = (entry.path, entry.path + placing.BACKUP, *([entry.beside] if entry.beside else []))
            places += [_stage(here, name, name) for name in names]
    places += [_stage(here, one.path, one.path) for one in lock.synced if lock.interrupted]
    try:
        for place in places:
            placing.remove(place)
    except OSError as error:
        raise _failed(place, reading.reason_of(error)) from None
    return settled(here, lock)


def _stage(disk: files.Disk, path: str, key: str) -> str:
    """Return the name of the temporary file that becomes the file of a path: it lies where that really is."""
    return os.path.join(os.path.dirname(disk.place(path)), os.path.basename(besides.stage(key)))


def _lock_place(lock_path: Path) -> Path:
    return Path(files.Disk(lock_path.parent).place(lock_path.name))


def lock_stage(lock_path: Path) -> str:
    """Return the name of the lock's temporary file."""
    return os.fspath(lock_path.with_name(besides.stage(lock_path.name)))


def apply(root: Path, lock_path: Path, plan: Plan) -> dict[str, int]:
    """Do what a plan says, and write the lock.

    Returns:
        The paths of files that had other names (hard links), and how many: those lead to the old bytes from now on.

    Raises:
        InputError: The disk refuses, or a file changed since it was planned; everything is as it was.
    """
    run = _Run(root, lock_path, plan)
    try:
        run.go()
    except BaseException as error:
        problem = run.undone()
        place = getattr(error, "filename", None) or run.at
        if problem is not None:
            hint = "mend that, and run the same command again, which finishes it; `agentconv status` says what is there"
            raise _failed(place, f"{reading.reason_of(problem)}; not everything could be put back", hint) from error
        if isinstance(error, OSError):
            raise _failed(_shown(place), reading.reason_of(error), "everything is as it was; mend that, and run it again") from None
        raise
    return run.other_names


def _shown(place: str) -> str:
    """Return the place of a failure for people: of a temporary file, the folder that did not take it."""
    return os.path.dirname(place) if besides.is_stage(os.path.basename(place)) else place


def _failed(place: str, reason: str, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"cannot be written: {reason}", Span(Path(place).as_posix()), hint))


class _Run:
    """One transaction. Each step first says how it is taken back, in a way that does no harm where it was not done."""

    def __init__(self, root: Path, lock_path: Path, plan: Plan) -> None:
        self.disk = files.Disk(root)
        self.lock = files.Disk(lock_path.parent), lock_path.name
        self.lock_path = os.fspath(_lock_place(lock_path))
        self.stage = lock_stage(Path(self.lock_path))
        self.plan = plan
        self.at = self.lock_path
        self.undo: list[Callable[[], None]] = []
        self.staged: dict[str, Identity] = {}
        self.other_names: dict[str, int] = {}
        self.ours: list[bytes] = []
        """What the lock was given to say."""

    def go(self) -> None:
        plan = self.plan
        before = self.present_lock()
        self.require_planned(before)
        after = None if plan.lock_after.empty else dump(plan.lock_after)
        if not plan.changes and not plan.folders_left and before == after:
            return
        self.make_folders_above(self.lock_path)
        self.undo.append(lambda: self.restore_lock(before))
        written = before
        if plan.changes:
            written = dump(plan.lock_pending)
            self.stage_lock(written)
            self.name_lock(before)
        if after is not None:
            self.stage_lock(after)
        for folder in plan.folders_made:
            self.make_folder(os.path.join(self.disk.root, folder))
        for change in plan.changes:
            self.stage_file(change)
        for change in plan.changes:
            self.finish(change)
        for folder in plan.folders_left:
            self.remove_folder(folder)
        self.at = self.lock_path
        if after is not None:
            self.name_lock(written)
        elif written is not None:
            placing.require(self.lock_path, written)
            placing.remove(self.lock_path)

    def undone(self) -> Exception | None:
        """Take everything back; return what went wrong with that, after which nothing more is touched."""
        try:
            while self.undo:
                self.undo[-1]()
                self.undo.pop()
        except OSError as error:
            return error
        return None

    def present_lock(self) -> bytes | None:
        disk, name = self.lock
        found = disk.read(name)
        if isinstance(found, files.Blocked):
            raise _failed(self.lock_path, found.reason, "put the file itself in its place")
        return found

    def require_planned(self, before: bytes | None) -> None:
        """See to it that the lock is the one that the plan was made with."""
        found = Lock() if before is None else load(before, self.lock_path, anywhere=True)
        if dump(settled(self.disk, found)) != dump(self.plan.lock_before):
            raise placing.Changed(self.lock_path)

    def stage_lock(self, data: bytes) -> None:
        self.ours.append(data)
        placing.make(self.stage, data, kept=keeping.of(self.lock_path), forced=True)

    def name_lock(self, before: bytes | None) -> None:
        """Let the lock be the one that is staged, unless it is not any more what it was."""
        if before is None:
            placing.give_name(self.stage, self.lock_path)
        else:
            placing.require(self.lock_path, before)
            placing.replace(self.stage, self.lock_path)

    def restore_lock(self, before: bytes | None) -> None:
        placing.remove(self.stage)
        if self.present_lock() not in self.ours:
            return  # it never became ours, or is somebody else's again
        if before is None:
            placing.remove(self.lock_path)
        else:
            self.stage_lock(before)
            placing.replace(self.stage, self.lock_path)

    def make_folders_above(self, place: str) -> None:
        missing = []
        folder = os.path.dirname(place)
        while folder and not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for folder in reversed(missing):
            self.make_folder(folder)

    def make_folder(self, place: str) -> None:
        self.at = place
        if not os.path.isdir(place):
            self.undo.append(lambda: _ignored(placing.remove_folder(place)))
            placing.make_folder(place)

    def remove_folder(self, folder: str) -> None:
        place = self.at = os.path.join(self.disk.root, folder)
        kept = keeping.of(place)
        if kept is not None:
            self.undo.append(lambda: placing.make_folder(place, kept.mode))
            placing.remove_folder(place)

    def stage_file(self, change: Change) -> None:
        """Write a file under its temporary name."""
        if change.after is None:
            return
        self.at = self.disk.place(change.path)
        stage = _stage(self.disk, change.path, change.stage_key)
        kept = keeping.of(self.disk.place(change.like or change.path)) if change.like or change.before is not None else None
        if kept is not None and change.executable:
            kept = replace(kept, mode=kept.mode | _RUN)
        self.undo.append(lambda: placing.remove(stage))
        self.staged[change.path] = placing.make(stage, change.after, kept=kept, forced=change.forced, executable=change.executable)

    def finish(self, change: Change) -> None:
        """Let a file be what it becomes, unless it is not any more what it was."""
        place = self.at = self.disk.place(change.path)
        stage = _stage(self.disk, change.path, change.stage_key)
        if change.before is None:
            self.undo.append(lambda: self.take_away(place, change.path))
            placing.give_name(stage, place)
            return
        found = placing.require(place, change.before)
        before, kept = change.before, keeping.of(place)
        self.undo.append(lambda: self.put_back(place, change, before, kept))
        if change.after is None:
            placing.remove(place)
            return
        placing.replace(stage, place)
        if found.st_nlink > 1:
            self.other_names[change.path] = found.st_nlink - 1

    def take_away(self, place: str, path: str) -> None:
        if placing.is_made(place, self.staged.get(path)):
            placing.remove(place)

    def put_back(self, place: str, change: Change, data: bytes, kept: Kept | None) -> None:
        gone = change.after is None and not os.path.lexists(place)
        if gone or placing.is_made(place, self.staged.get(change.path)):
            stage = _stage(self.disk, change.path, change.stage_key)
            placing.make(stage, data, kept=kept, forced=True)
            placing.replace(stage, place)


def _ignored(result: object) -> None:
    """Take a step for what it does."""
