"""What was committed in step with its source, though the lock that was committed with it is older: it was settled all the same.

A lock that was forgotten in a commit says of a field what was settled before it. Who then puts the old words back in a target's file
has edited it, and by the lock alone nobody has: the edit would be overwritten as if it were what the last run left.

That a commit has a text settles nothing by itself. Somebody's edit of a target may be committed, too, and is one until the source says
it. So a field counts as settled where a commit's target says what that commit's source gives it. And it only counts where the lock says
of the agent what it said in that commit: a lock that is ahead of git was written by a run since then, and that is what was left.
Without git nothing of this is known, and the lock alone counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InputError
from agentconv.install import lock as lock_file
from agentconv.sync import digests, present, texts
from agentconv.sync.decisions import Entry
from agentconv.sync.views import alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.sync.bases import Bases
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.git import Git
    from agentconv.sync.situation import Situation
    from agentconv.sync.views import View

    Place = tuple[str, str, str]
    """The target, the file and the pointer."""

_COMMITS = 20
"""So far back a commit is looked for."""


@dataclass(slots=True)
class _Open:
    """An entry of which it matters what was settled, and what commits say of that, the newest first."""

    candidate: Candidate
    view: View
    """What the source gives for it now."""
    locked: Synced
    """What the lock says of it."""
    settled: dict[str, Agent | None] = field(default_factory=dict)
    """By field what a commit had in step since then; None where that is what the lock says."""

    is_done: bool = False
    """Whether nothing is left of which an earlier commit could say more."""

    @property
    def place(self) -> Place:
        """Where it is."""
        return (self.candidate.target, *self.candidate.place)

    def see(self, given: Agent, there: Agent) -> None:
        """Take the fields that a commit had in step for settled, where no later one had.

        Args:
            given: What that commit's source gives.
            there: What the commit has in the target.
        """
        new, had, was = (digests.grouped(one) for one in (digests.of(given), digests.of(there), self.locked.fields))
        paths = {*new, *had, *was} - self.locked.own.keys()
        for path in paths - self.settled.keys():
            if new.get(path) == had.get(path) and digests.HIDDEN not in (new.get(path), was.get(path)):
                self.settled[path] = given if new.get(path) != was.get(path) else None
        self.is_done = paths <= self.settled.keys()

    def make_up(self, bases: Bases) -> bool:
        """Let what was settled since then count; return whether that is anything."""
        since = {path: agent for path, agent in self.settled.items() if agent is not None}
        if not since:
            return False
        fixed = {path: sha for path, sha in self.locked.fields.items() if _row(path) not in since}
        for row, agent in since.items():
            fixed |= {path: sha for path, sha in digests.of(agent).items() if _row(path) == row}
        was = self.candidate.base(bases)
        said = {path: fields.get(since[path], path) for path in (*digests.TEXTS, *digests.LISTS) if path in since}
        blob = ""
        if was is not None:
            blob = bases.keep(alone(self.candidate.target, self.candidate.path, fields.with_values(was, said))[1])
        self.candidate.bases = [replace(self.locked, fields=fixed, blob=blob)]
        self.candidate.wider = self.candidate.allowed = ()  # which is judged again
        return True


def _row(path: str) -> str:
    """Return the row of the table of decisions that a field belongs to."""
    return digests.GROUP if digests.restrains(path) else path


def make_up(found: Sequence[Candidate], situation: Situation, bases: Bases) -> Iterator[Candidate]:
    """Give the entries of which the lock is behind what was settled since then, and yield them.

    Args:
        found: Every entry, decided by what the lock says.
        situation: What the run starts from.
        bases: Has the commits, and keeps texts.
    """
    every = [_Open(one, one.view, one.bases[0]) for one in found if one.view is not None and _is_open(one)]
    open_, known = every, dict[str, bytes]()
    for name in _commits(bases.git, every):
        commit = _Commit(bases.git, bases.git.blobs(name, _paths(open_)), known)
        rows = _rows(commit)
        open_ = [one for one in open_ if rows.get(one.place) == one.locked]
        sources = commit.texts(one.candidate.key[0] for one in open_)
        open_ = [one for one in open_ if not _is_of_lock(one, commit.blobs, sources)]
        there = commit.texts(one.candidate.path for one in open_)
        for target in dict.fromkeys(one.candidate.target for one in open_):
            _see(there, situation, sources, [one for one in open_ if one.candidate.target == target])
        open_ = [one for one in open_ if not one.is_done]
        if not open_:
            break
    yield from (one.candidate for one in every if one.make_up(bases))


@dataclass(slots=True)
class _Commit:
    """What a commit has of some files: read together, since there may be thousands of them."""

    git: Git
    blobs: Mapping[str, str]
    """By path the ids of their texts."""
    known: dict[str, bytes]
    """By their ids the texts that were read."""

    def texts(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return by path the texts of those that it has."""
        wanted = {path: self.blobs[path] for path in paths if path in self.blobs}
        self.known |= self.git.texts(sorted({*wanted.values()} - self.known.keys()))
        return {path: self.known[blob] for path, blob in wanted.items() if blob in self.known}


def _commits(git: Git, every: Sequence[_Open]) -> Iterator[str]:
    """Yield the commits that may have settled something, the newest first: the last one says enough, as a rule."""
    if every:
        yield "HEAD"
        yield from git.commits(_paths(every), _COMMITS)


def _paths(several: Iterable[_Open]) -> list[str]:
    """Return the files that say something of entries: the lock, theirs and those of their sources."""
    return sorted({lock_file.FILE, *(path for one in several for path in (one.candidate.path, one.candidate.key[0]))})


def _is_of_lock(one: _Open, blobs: Mapping[str, str], sources: Mapping[str, bytes]) -> bool:
    """Whether a commit has what the lock says was settled, on both sides: nothing was, between that and what came later."""
    source = sources.get(one.candidate.key[0])
    is_left = blobs.get(one.candidate.path) == one.locked.blob
    return is_left and source is not None and texts.sha256(source) == one.locked.source_sha256


def _see(there: Mapping[str, bytes], situation: Situation, sources: Mapping[str, bytes], several: Sequence[_Open]) -> None:
    """See what a commit had in step of entries of one target; `there`: the files that it has, `sources`: those of their sources."""
    given = _given(sources, situation, several)
    for one in several:
        agent = _there(there.get(one.candidate.path), one.candidate) if one.place in given else None
        if agent is not None:
            one.see(given[one.place], agent)


def _is_open(one: Candidate) -> bool:
    """Whether what is settled of an entry matters: of one that both sides say alike it does not."""
    settled = one.settled
    is_apart = settled is not None and bool(settled.written or not settled.in_step)
    is_plain = len(one.bases) == 1 and digests.STRANGE not in one.bases[0].fields.values()
    return one.entry is Entry.FIELDS and is_apart and is_plain and not one.is_taken and one.moved_from is None


def _rows(commit: _Commit) -> dict[Place, Synced]:
    """Return what a commit's lock says of each entry."""
    data = commit.texts([lock_file.FILE]).get(lock_file.FILE)
    try:
        lock = lock_file.load(data, lock_file.FILE) if data is not None else None
    except InputError:  # a merge was committed with its marks
        return {}
    return {(one.target, *one.key): one for one in lock.synced} if lock is not None else {}


def _given(then: Mapping[str, bytes], situation: Situation, several: Sequence[_Open]) -> dict[Place, Agent]:
    """Return what a commit's source gives for entries of one target, by the configuration of now."""
    there = [one for one in several if one.candidate.key[0] in then]
    files = situation.sources.files
    others = {path: data for path, data in then.items() if data != files[path].data}
    if not others:
        return {one.place: one.view.agent for one in there}
    given = {(view.target, view.path, view.pointer): view.agent for view in situation.given_by(several[0].candidate.target, others).entries}
    return {one.place: given[one.place] for one in there if one.place in given}


def _there(data: bytes | None, one: Candidate) -> Agent | None:
    """Return what a commit has in an entry's place, whose file says this in it."""
    if data is None:
        return None
    file = present.parsed(one.path, one.target, data, one.file.like if one.file is not None else "")
    return None if file.problem else file.agents.get(one.pointer)
