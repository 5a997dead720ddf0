"""The files that a run changes: entry by entry, over the bytes that are there, and read back before anything counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import linked_folders, shared_files
from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk.placing import BACKUP, numbered
from agentconv.formats import registry
from agentconv.install.lock import Synced
from agentconv.install.steps import Change
from agentconv.sync import digests, known, lines, texts
from agentconv.sync.decisions import PUTS, Entry
from agentconv.sync.present import File
from agentconv.sync.views import alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.sync.bases import Bases
    from agentconv.sync.candidates import Candidate

STAYS = frozenset({Entry.LEAVE, Entry.STALE})
"""What leaves both the entry and the lock as they are."""


AWAY = "take the link, or what else is there, away: a file of its own is written then"
"""What can be done about a place that cannot be written to as it stands."""


def rewritten(
    found: Sequence[Candidate], files: Mapping[str, File], reader: Reader, bases: Bases, sources: Iterable[str] = ()
) -> tuple[dict[str, Change], list[Synced]]:
    """Return the files that change, and what the lock says afterwards; `sources` are the paths of the source, and of its folder."""
    left = [one.moved_from[0] for one in found if one.moved_from is not None]
    by_path: dict[str, list[Candidate]] = {}
    for one in found:
        by_path.setdefault(one.path, []).append(one)
    away = {path: why for path, several in by_path.items() if (why := _of_another(path, several, files.get(path), reader))}
    one_with = away | _linked([*(path for path in by_path if path not in away), *left], sources, reader)
    changes: dict[str, Change] = {}
    synced: list[Synced] = []
    for path, several in by_path.items():
        file = files.get(path) or File(path, several[0].target)
        for one in several:
            _stay(one, files, reader, one_with)
        data = _of_file(path, several, file, reader, one_with.get(path))
        _add(changes, path, file.data, data, bases)
        if file.data is not None and file.data != data and any(one.lets_go for one in several) and not bases.has(file.data):
            copy = back_up(changes, path, file.data, reader)
            several[0].copy = copy
        synced += [entry for one in several for entry in _entries(one, file, data, bases)]
    for one in found:
        if one.moved_from is not None and one.entry in PUTS and one.moved_from[0] not in by_path:  # where another one is by now
            _leave(changes, one, files)
    return changes, synced


def _add(changes: dict[str, Change], path: str, before: bytes | None, after: bytes | None, bases: Bases) -> None:
    if before == after:
        return
    kept = before is not None and bases.git.top is None
    changes[path] = Change(path, before, after, path, None, forced=kept)


def back_up(changes: dict[str, Change], path: str, data: bytes, reader: Reader) -> str:
    """Keep a copy of what a person lets go, where no version control has one, and return its name."""
    number = 0
    while True:
        number += 1
        name = numbered(path, BACKUP, number)
        there = reader.read(name)
        if there is None:
            changes[name] = Change(name, None, data, path + BACKUP, path, forced=True)
        if there in (None, data):
            return name


def _linked(paths: Iterable[str], sources: Iterable[str], reader: Reader) -> dict[str, str]:
    """Return the places that are the source's, or another one's, because of a link, each with why it is left alone."""
    real: dict[str, str] = {}

    def folder(path: str) -> str:
        above = path.rpartition("/")[0]
        if above not in real:
            real[above] = reader.folder(path)
        return real[above]

    homes = {folder(path): path.rpartition("/")[0] for path in sources}
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for path in paths:
        home = homes.get(folder(path), path.rpartition("/")[0])
        other = first.setdefault(f"{folder(path)}/{path.rpartition('/')[2]}", path)
        if home != path.rpartition("/")[0]:
            found[path] = f"its folder is that of the source, {home}, because of a symbolic link"
        elif other != path:
            found[path] = f"it is one file with {other}, because of a symbolic link"
    return found


def _of_another(path: str, several: Sequence[Candidate], file: File | None, reader: Reader) -> str | None:
    """Say why what is to be written would lie in another assistant's folder."""
    coming = next((one for one in several if one.entry in PUTS and one.view is not None), None)
    if coming is None or coming.view is None or coming.view.data == (file and file.data):
        return None
    return linked_folders.in_the_way(coming.target, path, coming.view.data, reader.folder)


def _of_file(path: str, several: Sequence[Candidate], file: File, reader: Reader, linked: str | None) -> bytes | None:
    """Return a file as it is to be."""
    if linked or file.blocked or (file.data is not None and reader.is_link(path)):
        for one in several:
            _block(one, linked or file.blocked or "a symbolic link is in its place", AWAY)
            one.renamed_to = None
        return file.data
    if registry.FORMATS[several[0].target].holds_several(path):
        return _several(path, several, file)
    return _alone(several[0], file)


def _stay(one: Candidate, files: Mapping[str, File], reader: Reader, one_with: Mapping[str, str]) -> None:
    """Let an entry stay where it is, where it would move and something is there that is not taken away: a link, and what it leads to."""
    path = one.moved_from[0] if one.moved_from is not None else ""
    file = files.get(path)
    if file is not None and path != one.path and (one_with.get(path) or file.blocked or reader.is_link(path)):
        _block(one, one_with.get(path) or file.blocked or f"a symbolic link is in the place of {path}", AWAY)


def _block(one: Candidate, reason: str, way: str = "") -> None:
    if one.entry in PUTS or one.entry is Entry.DELETE or (way and one.entry is Entry.FOREIGN):
        one.entry, one.reason, one.settled = Entry.LEAVE, reason, None
        one.way = way or f"mend it, or --prefer source {one.name} writes it anew"


def _alone(one: Candidate, file: File) -> bytes | None:
    """Return a file of one agent."""
    if one.entry is Entry.DELETE:
        return None
    if one.entry not in PUTS or one.view is None:
        return file.data
    there = one.file if one.moved_from is not None else file
    if one.settled is None:
        return texts.ended_as(one.view.data, file.data)
    if there is None or there.data is None:  # as it was settled, which the configuration keeps
        return texts.ended_as(alone(one.target, one.path, one.settled.agent)[1], file.data)
    agent = one.settled.agent
    if agent is one.there and one.moved_from is None:
        return file.data
    if fields.same(agent, one.view.agent) and _is_untouched(one, there):
        return texts.ended_as(one.view.data, there.data)
    module = registry.load(one.target)
    path = file.like or one.path
    written = module.write(AgentSet((agent,)), SourceText(path, texts.to_lf(there.data)))
    again = module.read(SourceText(path, written.data))
    is_kept = written.whole is None and len(again.set.agents) == 1 and not again.states[0].dropped
    if is_kept and fields.same(again.set.agents[0], agent):
        return texts.ended_as(written.data, there.data)
    if one.lets_go:  # a person has said so already: written anew, and what stood there is kept beside it where git does not have it
        return texts.ended_as(alone(one.target, one.path, agent)[1], there.data)
    _block(one, "what is there cannot be changed without changing what else is in it")
    return file.data


def line_of(one: Candidate, path: str) -> int:
    """Return the line at which a file says a field: the first that is another one with the source's value in its place."""
    if one.pointer or one.view is None or one.there is None or one.file is None or one.file.data is None:
        return 1
    both = {*digests.values(one.view.agent), *digests.values(one.there)}
    paths = digests.members(both) if path == digests.GROUP else (path,)
    agent = fields.with_values(one.there, {each: fields.get(one.view.agent, each) for each in paths})
    written = registry.load(one.target).write(AgentSet((agent,)), one.file.text).data
    return lines.differing(written.decode("utf-8", "replace"), one.file.text.data.decode("utf-8", "replace"))[0]


def _is_untouched(one: Candidate, file: File) -> bool:
    """Whether a file has the very bytes that it was left with, and nothing of its own: it holds nobody's words, be it a comment."""
    return any((base.created or one.is_given) and base.bytes_sha256 == file.sha256 and not base.own for base in one.bases)


def _several(path: str, several: Sequence[Candidate], file: File) -> bytes | None:
    """Return a file of several agents, in which nothing but ours changes."""
    module = registry.load(several[0].target)
    if file.problem is not None:
        for one in several:
            _block(one, file.problem)
        return file.data
    wanted = {one.pointer: agent for one in several if (agent := _wanted(one)) is not None}
    gone = {one.pointer for one in several if one.entry is Entry.DELETE}
    gone |= {one.moved_from[1] for one in several if one.moved_from is not None and one.entry in PUTS}
    agents: list[Agent] = []
    first = {id(agent): pointer for pointer, agent in file.agents.items()}
    for agent in file.found:
        pointer = first.get(id(agent))
        if pointer is not None and pointer in wanted:
            agents.append(replace(wanted.pop(pointer), origin=agent.origin))
        elif pointer is None or pointer not in gone:
            agents.append(agent)
    agents += [replace(agent, origin=None) for agent in wanted.values()]
    if len(agents) == len(file.found) and all(map(fields.same, agents, file.found)):
        return file.data
    done = shared_files.rewrite(module, file.text, agents, {agent.name for agent in agents})
    if done.problem:
        for one in several:
            _block(one, done.problem)
        return file.data
    if not agents and all(base.created for one in several for base in one.bases) and shared_files.is_bare(module, path, done.data):
        return None
    return texts.ended_as(done.data, file.data)


def _wanted(one: Candidate) -> Agent | None:
    return one.after if one.entry in PUTS and one.view is not None else None


def _leave(changes: dict[str, Change], one: Candidate, files: Mapping[str, File]) -> None:
    """Take an entry away from where it was."""
    path, pointer = one.moved_from or ("", "")
    if path == one.path:
        return  # another entry of the same file, which is rewritten already
    file = files.get(path)
    if file is not None and file.data is not None and not pointer and path not in changes:
        changes[path] = Change(path, file.data, None, path)


def _entries(one: Candidate, file: File, data: bytes | None, bases: Bases) -> list[Synced]:
    """Return what the lock says of an entry from now on."""
    if one.entry in STAYS:  # under the name that its source has by now: else nobody knows whose it is
        return [replace(base, source=one.key[0], source_pointer=one.key[1]) for base in one.bases]
    if one.entry not in PUTS or one.view is None or data is None:
        return []
    view, settled = one.view, one.settled
    fixed = dict(settled.fields) if settled is not None else digests.of(view.agent)
    sources = one.key
    blob = _blob(one, fixed, data, bases)
    left = "" if one.pointer else _left(one, file, data, fixed)
    return [
        Synced(
            one.path,
            one.target,
            sources[0],
            view.agent.name or one.name,
            one.source_sha256,
            fixed,
            one.pointer,
            sources[1],
            left,
            blob,
            dict(settled.own) if settled is not None else {},
            known.keys(view.losses),
            _is_ours(one, file, data, left),
            any(base.made and base.source_sha256 == one.source_sha256 for base in one.bases),
            digests.rights(view.source) if one.allowed else "",
        )
    ]


def _is_ours(one: Candidate, file: File, data: bytes, left: str) -> bool:
    """Whether a file, or an entry of one, holds nobody's words but ours: only such a one is ever written anew, or deleted.

    What was there before is somebody's for good, unless they had the whole of it replaced: that its bytes are ours by now does not make it
    ours. And so is a file of ours from when a person's words in it, be they comments, are settled along with ours.
    """
    there = one.file if one.moved_from is not None else file
    was = there.data if there is not None else None
    anew = not one.pointer and one.view is not None and texts.to_lf(data) == texts.to_lf(one.view.data)
    if anew and (one.replaces or was is None):
        return True
    if not one.bases:
        return not one.is_unlocked and (was is None or bool(one.pointer))
    touched = there is not None and was is not None and all(base.bytes_sha256 != there.sha256 for base in one.bases)
    taken = touched and not anew and left == texts.sha256(data)
    return all(base.created for base in one.bases) and (bool(one.pointer) or not taken)


def _left(one: Candidate, file: File, data: bytes, fixed: Mapping[str, str]) -> str:
    """Return the checksum of a file as it was left: what a person made of it is not ours to settle, be it a comment.

    A file with edits in it has the one from before them, as long as nothing else is settled: a run that writes nothing changes no
    lock. One that may do more than its source says has none. Both are looked at closely in each run. Where other fields are settled
    than before, the bytes that were left before are those of another agent.
    """
    present = texts.sha256(data)
    known = [base.bytes_sha256 for base in one.bases if base.bytes_sha256 and base.fields == fixed]
    if one.wider:
        return ""
    if one.settled is not None and not one.settled.in_step:
        same = known and data == file.data and present not in known and all(base.own == one.settled.own for base in one.bases)
        return known[0] if same else ""
    if data != file.data or not known or present in known or (one.view is not None and texts.to_lf(data) == texts.to_lf(one.view.data)):
        return present
    return known[0]


def _blob(one: Candidate, fixed: Mapping[str, str], data: bytes, bases: Bases) -> str:
    """Return git's id of a text that gives what is settled: the file as it is to be, where it does, else what the source gives alone.

    It is kept where it is a new one: whoever edits the file next, before git has it, takes away its only copy. In a file of several
    agents it stays what it is as long as its own agent does: else no two people could change two agents without a conflict in the lock.
    """
    view = one.view
    if view is None:
        return ""
    merged = (*digests.TEXTS, *digests.LISTS)
    left = {*one.settled.left} & {*merged} - {*one.settled.strange} if one.settled is not None else set()
    same = next((base.blob for base in one.bases if one.pointer and base.fields == fixed), "")
    if left and one.bases and not same:
        was = one.base(bases)
        if was is None or all(fixed.get(path) == one.bases[0].fields.get(path) for path in merged):
            return one.bases[0].blob
        text = alone(one.target, one.path, fields.with_values(view.agent, {path: fields.get(was, path) for path in left}))[1]
    else:
        text = data if one.settled is None or one.settled.in_step else view.data
    blob = same or texts.blob(text)
    return blob if any(base.blob == blob for base in one.bases) else bases.keep(text)
