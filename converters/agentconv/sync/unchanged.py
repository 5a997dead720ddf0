"""Whether everything is as the last run left it, told from checksums alone: nothing is converted for that, and little is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.core import rule_facts
from agentconv.core.diagnostics import InputError
from agentconv.core.versions import FORMAT_VERSION
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import lock as lock_file
from agentconv.install import places as installed
from agentconv.parts.places import recorded, server_files
from agentconv.sync import known, places, source_files, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Lock, Synced
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile


def is_read(settings: Settings, target: str, scope: Scope | None) -> bool:
    """Whether a target's client reads the source's own folder, too, in the project (by default) or in the user's own scope."""
    if scope is not None and scope.is_user:
        return False
    client = installed.targets().get(target)
    return client is not None and settings.source_format in client.also_reads and _is_at_home(settings)


def _is_at_home(settings: Settings) -> bool:
    """Whether the source lies where its own client looks, at the project's root: others that read that folder look nowhere else."""
    row, place = registry.FORMATS[settings.source_format], f"{settings.source}/"
    return settings.is_anywhere or any(place.startswith(f"{folder}/") for folder in (*row.folders, *row.files))


def is_served(settings: Settings, target: str, scope: Scope) -> bool:
    """Whether a target's client reads the source's own folder, and nothing has to be written for it."""
    return is_read(settings, target, scope) and not settings.formats[target].own


def open_in_place(settings: Settings, target: str) -> frozenset[str]:
    """Return the files in which a target's client reads the source's servers where they are, and has them open to every agent there."""
    both = server_files(settings.source_format, installed.PROJECT) & server_files(target, installed.PROJECT)
    if not both:
        return both
    from agentconv.conversion.open_servers import chooses

    return frozenset() if chooses(target) else both


def is_judged_by_more(settings: Settings, scope: Scope) -> bool:
    """Whether there are servers that are open to every agent of a target, too: what is in these files is looked at in each run."""
    there = [one for one in settings.targets if any((scope.root / path).exists() for path in server_files(one, scope.name))]
    if not there:
        return False
    from agentconv.conversion.open_servers import chooses

    return not all(chooses(one) and not is_read(settings, one, scope) for one in there)


def in_step(settings: Settings, scope: Scope) -> Lock | None:
    """Return the lock, where everything is as the last run left it; None where that is not known without a closer look."""
    if (
        settings.unused
        or any(is_served(settings, target, scope) for target in settings.targets)
        or not all(row.committed for row in settings.formats.values())
        or is_judged_by_more(settings, scope)
    ):
        return None
    try:
        lock = lock_file.read(scope.lock, anywhere=scope.is_user)
        found, told, _ = source_files.find(settings, scope)
    except InputError:
        return None
    packs = {entry.path for entry in lock.entries} if lock is not None else set()
    files = [file for file in found if file.path not in packs]
    if lock is None or told or not lock.synced or not is_unchanged(settings, lock, files, settings.targets, scope):
        return None
    return lock


def is_unchanged(settings: Settings, lock: Lock, found: Sequence[SourceFile], targets: Sequence[str], scope: Scope) -> bool:
    """Whether every file, of the source and of the targets, is what the last run left, and no assistant has others.

    Args:
        settings: What the configuration says.
        lock: What the last run settled.
        found: The files of the source.
        targets: The targets that files are written for.
        scope: Where it all is.
    """
    reader = Disk(scope.root)
    head = (lock.written_by, lock.ir, lock.config_sha256) == (__version__, FORMAT_VERSION, settings.sha256)
    if not head or lock.interrupted or not settings.places.keys() <= {one.name for one in lock.synced}:
        return False
    hashes = {file.path: file.sha256 for file in found}
    if any(_is_idle(target, reader) for target in targets):  # which nobody looked at when files were written
        return False
    if any(_denies(target, reader, scope) for target in targets):  # which agents are to keep to, as they are now
        return False
    if any(places.others(settings, scope, {*hashes, *(one.path for one in lock.synced)})):  # which are held against the source
        return False
    by_target: dict[str, list[Synced]] = {target: [] for target in targets}
    for one in lock.synced:
        if known.is_widened(one):  # what one run was asked for is none of the next
            return False
        if one.target not in by_target or hashes.get(one.source) != one.source_sha256:
            return False
        by_target[one.target].append(one)
    counts = {len({one.agent for one in several}) for several in by_target.values()}
    every = all({one.source for one in several} == set(hashes) for several in by_target.values())
    return (
        len(counts) == 1 and every and all(_is_as_left(settings, target, several, reader, scope) for target, several in by_target.items())
    )


def _is_idle(target: str, reader: Reader) -> bool:
    """Whether settings that are there keep hooks of a target from running."""
    read = files_of(reader)
    there = [path for path, _ in recorded().get(target, {}).get("hooks", {}).get("project", ()) if read(path) is not None]
    if not there:
        return False
    from agentconv.sources import hooks_off

    return any(hooks_off.why(target, path, read) is not None for path in there)


def _denies(target: str, reader: Reader, scope: Scope) -> bool:
    """Whether a target's project has rules of its own that agents' files are to open nothing of."""
    if scope.is_user or all(reader.read(path) is None for path in rule_facts.restraining_files(target)):
        return False
    from agentconv.sync import rules_beside

    return bool(rules_beside.of(scope)(target))


def _is_as_left(settings: Settings, target: str, several: Sequence[Synced], reader: Reader, scope: Scope) -> bool:
    """Whether the files of a target are those that were left, and no others."""
    if set(places.of(settings, target, scope)) != {one.path for one in several}:
        return False
    shared: dict[str, dict[str, Synced]] = {}
    for one in several:
        if one.pointer:
            shared.setdefault(one.path, {})[one.pointer] = one
            continue
        there = reader.read(one.path)
        if not isinstance(there, bytes) or texts.sha256(there) != one.bytes_sha256:
            return False
    return all(_holds(path, target, entries, reader) for path, entries in shared.items())


def _holds(path: str, target: str, entries: dict[str, Synced], reader: Reader) -> bool:
    """Whether a file of several agents holds those that were left in it, and no others."""
    from agentconv.sync import digests, present

    agents = present.read(reader, path, target).agents
    said = {pointer: digests.of(agent) for pointer, agent in agents.items()}
    left = {pointer: digests.left(one.fields, one.own) for pointer, one in entries.items()}
    return said == left and not any(digests.HIDDEN in one.values() for one in left.values())
