"""Whether skills, commands and servers are as the last run left them, told from the bytes of their files: nothing is converted for that."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.core.kinds import KINDS
from agentconv.disk.files import Disk
from agentconv.install import part_places
from agentconv.install.checksums import sha256
from agentconv.install.part_entries import PartFile
from agentconv.sync import beside_agents, files_after

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentconv.conversion.along import With
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.places import Scope
    from agentconv.sources.parts_on_disk import PartsOnDisk
    from agentconv.sync.settings import Settings

NAME = "."
"""What they are called among packs: no distribution is called so."""


def digest(settings: Settings, along: With, disk: PartsOnDisk, lock: Lock, gone: Collection[str] = ()) -> str | None:
    """Return the checksum of all that decides what the targets get; None where a file cannot be read, or is left out.

    Args:
        settings: What the project says.
        along: Which parts go along.
        disk: What is there.
        lock: What is ours then: it is no source, and there.
        gone: Files that are there no more then.
    """
    ours = {entry.path for entry in lock.entries if NAME in entry.packs and not entry.pointer and entry.target != settings.source_format}
    said = (__version__, settings.sha256, along.needed, sorted(along.kinds), sorted(along.named))
    found = hashlib.sha256(repr(said).encode())
    texts = []
    for kind, path, sha, executable in _files(disk, settings.source_format):
        if path in ours or path in gone:
            continue
        found.update(repr((path, sha, executable)).encode())
        texts += [path] if kind == files_after.KIND else []
    for row in files_after.hiding(settings, texts, lambda path: path in ours or (path not in gone and os.path.lexists(disk.folder / path))):
        found.update(repr(row).encode())
    return None if disk.diagnostics else found.hexdigest()


def _files(disk: PartsOnDisk, client: str) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the files of a client's parts: kind, path, checksum, and whether it is a program."""
    for kind in KINDS:
        module = part_places.module_of(client, kind)
        for place in module.project if module is not None else ():
            for source in disk.sources(client, place, kind):
                yield kind, source.text.path, sha256(source.text.data), source.executable
                folder = posixpath.dirname(source.text.path)
                yield from ((kind, posixpath.join(folder, one.path), one.sha256, one.executable) for one in source.files)


def in_step(settings: Settings, along: With, scope: Scope, lock: Lock) -> Counter[str] | None:
    """Return how many parts of each kind there are, where all are as the last run left them and nothing is to be told; None else."""
    pack = lock.pack(NAME)
    if scope.is_user or pack is None or pack.targets.keys() - {*settings.targets, settings.source_format}:
        return None
    if pack.manifest_sha256 != digest(settings, along, beside_agents.on_disk(scope), lock):
        return None
    reader = Disk(scope.root)
    mine = [entry for entry in lock.entries if NAME in entry.packs and entry.target != settings.source_format]
    if not all(is_as_left(entry, reader) for entry in mine):
        return None
    return Counter(part.partition("/")[0] for part in {entry.agent for entry in mine})


def is_as_left(entry: Entry, reader: Reader) -> bool:
    """Whether a file, or an entry of one, is what was left there."""
    there = reader.read(entry.path)
    if not isinstance(there, bytes) or entry.pending or entry.beside:
        return False
    if not entry.pointer:
        return sha256(there) == entry.deployed_sha256
    file = PartFile.read(entry.path, entry.target, entry.part, there)
    return any(file.pointer(one) == entry.pointer and file.checksum(one) == entry.deployed_sha256 for one in file.found)
