"""A plan in the making: what was ours, what is to be, and which files change for that."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.disk.placing import BACKUP, numbered
from agentconv.install.besides import BESIDE
from agentconv.install.checksums import sha256
from agentconv.install.lock import ABSENT, Entry, Lock
from agentconv.install.steps import ONLY_THE_LOCK, Action, Change, Plan, Step, nobody, unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.disk.reader import Reader
    from agentconv.install.lock import LockedPack
    from agentconv.install.steps import Given, Namesake, Wanted

CHANGES = frozenset({Action.WRITE, Action.UPDATE, Action.REPLACE, Action.REMOVE})
"""What changes the entry itself."""
SETTLES = frozenset({Action.WRITE, Action.UPDATE, Action.REPLACE, Action.SAME, Action.ADOPT})
"""What ends with the entry being as the pack wants it."""


def decide(entry: Entry | None, present: str | None, wanted: str, pack: str, *, force: bool) -> Action:
    """Decide what becomes of one entry.

    Args:
        entry: What the lock says.
        present: The checksum of what is there; None for nothing.
        wanted: The checksum of what is to be there.
        pack: The pack that wants it.
        force: Whether what is not ours or was edited is replaced.
    """
    if entry is None:
        otherwise = Action.REPLACE if force else Action.FOREIGN
        return Action.WRITE if present is None else Action.ADOPT if present == wanted else otherwise
    if set(entry.packs) - {pack} and wanted != entry.deployed_sha256:
        return (Action.WRITE if present is None else Action.REPLACE) if force else Action.OTHER_PACK
    if present is None:
        return Action.WRITE
    if present == wanted:
        return Action.SAME if entry.deployed_sha256 == wanted and pack in entry.packs else Action.ADOPT
    if present == entry.deployed_sha256:
        return Action.UPDATE
    return Action.REPLACE if force else Action.KEEP_EDITED


def _by_path(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.path, []).append(entry)
    return found


class Draft:
    """Collects the decisions about all files, and makes the plan of them: what its arguments are, `planning.plan` says."""

    def __init__(
        self,
        reader: Reader,
        lock: Lock,
        pack: str,
        *,
        force: bool | Collection[str] = False,
        removing: bool = False,
        accept: bool = False,
        given: Given = unknown,
        kept: Collection[str] = (),
        made_here: bool = False,
        namesake: Namesake = nobody,
    ) -> None:
        self.given = given
        self.namesake = namesake
        self.made_here = made_here
        self.believing = removing or accept
        """Whether the lock's word is enough for what no bytes can tell: a person asked for the removal, or accepted all of an update."""
        self.believed: list[str] = []
        """Files of which the lock alone says that they are the pack's, and that go for it."""
        self.stuck = Action.RELEASE if removing else Action.BLOCKED
        """What becomes of an entry that is to go, and cannot be told from the user's: it stays, and stays ours while the pack does."""
        self.reader = reader
        self.lock = lock
        self.pack = pack
        self.force = force
        """Whether what is not ours or was edited is replaced, or the ids of agents and parts of which it is."""
        self.kept = kept
        """Ids of agents and parts in whose places a user's own stays, whatever is forced."""
        self.before = {entry.key: entry for entry in lock.entries}
        self.after = dict(self.before)
        self.by_path = _by_path(lock.entries)
        self.steps: list[Step] = []
        self.changes: dict[str, Change] = {}
        self.changed: set[tuple[str, str]] = set()
        """Keys of the entries that become others themselves."""
        self.synced = {one.key: one.source for one in lock.synced}
        """What is kept in step with the project's own agents, with the file that each follows."""
        self._identities = {reader.identity(path): path for path in self.by_path}

    def same_file(self, path: str, *, as_it_comes: bool = False) -> str | None:
        """Say why a path cannot have a file of its own: it is synced, or a link makes it one with another of ours that differs."""
        if (path, "") in self.synced:
            return f"it is kept in step with `{self.synced[path, '']}`"
        other = self._identities.setdefault(self.reader.identity(path), path)
        return None if as_it_comes or other == path else f"it is one file with `{other}`, because of a symbolic link"

    def change(self, path: str, before: bytes | None, after: bytes | None, *, forced: bool = False, executable: bool = False) -> None:
        """Let a file become another one, be it the same one that is a program now."""
        self.changes.pop(path, None)
        if before != after or (executable and not self.reader.is_program(path)):
            self.changes[path] = Change(path, before, after, path, None, forced, executable)

    def planned(self, path: str, data: bytes | None) -> bytes | None:
        """Return the bytes that a file will have by what is decided so far, where it has these now."""
        return self.changes[path].after if path in self.changes else data

    def back_up(self, path: str, data: bytes) -> str:
        """Keep a copy of a file, unless there is one, and return its path."""
        name, there = self._free(path, BACKUP, data)
        if there is None:
            self.changes[name] = Change(name, None, data, path + BACKUP, path, forced=True)
        return name

    def _free(self, path: str, suffix: str, data: bytes) -> tuple[str, bytes | None]:
        """Return the first name beside a file that is free, or has these bytes, and what is there."""
        for number in count(1):
            name = numbered(path, suffix, number)
            there = self.reader.read(name)
            if (there is None or there == data) and name not in self.changes:
                return name, there
        raise AssertionError

    def besides(self, path: str, part: str) -> tuple[str, bytes] | None:
        """Return the file with our version, of agents or a kind of part, that is beside a path, where it is as we wrote it."""
        for entry in self.by_path.get(path, ()):
            if entry.beside is not None and entry.part == part:
                there = self.reader.read(entry.beside)
                return (entry.beside, there) if isinstance(there, bytes) and sha256(there) == entry.beside_sha256 else None
        return None

    def put_beside(self, path: str, data: bytes | None, part: str) -> str | None:
        """Let our version (None: not any more) lie beside a path, and return its path. What a user made of an earlier one stays."""
        old = self.besides(path, part)
        if data is None:
            if old is not None:
                self.change(old[0], old[1], None)
            return None
        name, there = old or self._free(path, BESIDE, data)
        self.change(name, there, data)
        return name

    def entry(self, wanted: Wanted, pointer: str, checksum: str, *, created: bool, old: Entry | None) -> Entry:
        """Return what the lock says of an entry that is as a pack wants it; others that want the same keep it too."""
        packs = {self.pack, *(old.packs if old and old.deployed_sha256 == checksum else ())}
        first = old if old and len(packs) > 1 else None
        agent, source = (first.agent, first.source_sha256) if first else (wanted.agent, wanted.source_sha256)
        return Entry(
            wanted.path,
            pointer,
            wanted.target,
            agent,
            tuple(sorted(packs)),
            source,
            checksum,
            losses=wanted.losses,
            created=created,
            part=wanted.part,
            executable=wanted.executable,
        )

    def disown(self, entry: Entry) -> tuple[str, ...]:
        """Take the pack from an entry's owners, and return the others."""
        others = tuple(name for name in entry.packs if name != self.pack)
        if others:
            self.after[entry.key] = replace(self.after[entry.key], packs=others)
        return others

    def decide(self, agent: str, entry: Entry | None, present: str | None, wanted: str) -> Action:
        """Decide what becomes of one entry, as `decide` does: one that is not the pack's was edited.

        Of what a project keeps nothing is written, wherever it would go, and what is there stays: its own, or an earlier version's.
        """
        kept, force = agent in self.kept, self.is_forced(agent)
        action = decide(entry, present, wanted, self.pack, force=force)
        if entry is not None and action is Action.UPDATE and self.given(entry) is False:  # whatever the lock says of it
            action = Action.REPLACE if force else Action.KEEP_EDITED
        is_as_it_was = action is Action.SAME or (entry is not None and action is Action.ADOPT)
        return Action.KEPT if kept and not is_as_it_was else action

    def is_forced(self, agent: str) -> bool:
        """Whether what is not ours or was edited is replaced for an agent or part."""
        return agent not in self.kept and (self.force if isinstance(self.force, bool) else agent in self.force)

    def let_go(self, entry: Entry) -> tuple[Action, str | None]:
        """Decide about an entry that is to go, and is what the lock says it is; say why it cannot."""
        if self.given(entry):
            return Action.REMOVE, None
        if self.believing:
            self.believed.append(entry.path)
            return Action.REMOVE, None
        if entry.script:
            return Action.RELEASE, "nothing but the lock says that it was the pack's"
        return Action.BLOCKED, ONLY_THE_LOCK

    def leave(self, entry: Entry, action: Action, reason: str | None = None) -> None:
        """Take an entry from the lock, but for one that cannot go yet."""
        if action is not Action.BLOCKED:
            self.after.pop(entry.key, None)
        if action in CHANGES:
            self.changed.add(entry.key)
        self.steps.append(Step(action, entry.path, entry.pointer, entry.target, entry.agent, reason, part=entry.part))

    def plan(self, packs: Sequence[LockedPack]) -> Plan:
        """Return the plan of all that was decided."""
        made = sorted(self._missing_folders())
        kept = [path for (path, _), entry in self.after.items() if not entry.script or entry.created] + [
            path for one in self.lock.synced for path in one.ours
        ]
        beneath = {parent for path in kept for parent in parents(path)}
        folders = {*self.lock.folders, *(folder for folder in made if folder in beneath)}
        left = sorted(folders - beneath, key=lambda folder: (-folder.count("/"), folder))
        gone = [pack for pack in self.lock.packs if all(pack.name != other.name for other in packs)]
        entries = tuple(self._pending_entries())
        pending = replace(self.lock, packs=(*packs, *gone), entries=entries, folders=tuple(sorted(folders)))
        left_over = tuple(sorted(folders & beneath))
        after = replace(self.lock, packs=tuple(packs), entries=tuple(self.after.values()), folders=left_over)
        changes = sorted(self.changes.values(), key=lambda change: (change.like is None, change.path))
        believed = tuple(dict.fromkeys(self.believed))
        return Plan(tuple(self.steps), tuple(changes), self.lock, pending, after, tuple(made), tuple(left), believed)

    def _missing_folders(self) -> set[str]:
        folders = {parent for path, change in self.changes.items() if change.after is not None for parent in parents(path)}
        return {folder for folder in folders if not self.reader.is_folder(folder)}

    def _pending_entries(self) -> Iterator[Entry]:
        for key in {**self.before, **self.after}:
            old, new = self.before.get(key), self.after.get(key)
            entry = new or old
            if entry is None:
                continue
            if key in self.changed:
                was = old.deployed_sha256 if old else ABSENT
                entry = replace(entry, deployed_sha256=was, pending_sha256=new.deployed_sha256 if new else ABSENT)
            yield self._pending_beside(entry, old, new)

    def _pending_beside(self, entry: Entry, old: Entry | None, new: Entry | None) -> Entry:
        if new and new.beside:
            if new.beside not in self.changes:
                return entry
            was = old.beside_sha256 if old and old.beside == new.beside else ABSENT
            return replace(entry, beside_sha256=was, beside_pending_sha256=new.beside_sha256)
        if old and old.beside and old.beside in self.changes:
            return replace(entry, beside=old.beside, beside_sha256=old.beside_sha256, beside_pending_sha256=ABSENT)
        return entry


def parents(path: str) -> Iterator[str]:
    """Yield the folders that a path is in, below the root."""
    while "/" in path.lstrip("/"):
        path = path.rpartition("/")[0]
        yield path
