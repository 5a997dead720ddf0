"""Processes that are copies of this one, each with its share of some work; what they come to is taken up in order, here.

A share is a generator: what it yields goes to whoever waits for it, and `hear` gives it what it is told. A process that is lost loses
nothing: its share is done again here, up to where it was, and on. So a share has to come to the same wherever it runs, and touches
nothing but what is its own.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeAlias, TypeVar

from agentconv.core.dataclass import fields, is_dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Hear: TypeAlias = Callable[[], Any]
    """Waits for what comes next of what a share is told."""
    Work: TypeAlias = Callable[[Sequence[int], Hear], Iterator[Any]]
    """Does the share with those numbers."""

_Found = TypeVar("_Found")
BLOCK = 16
"""How many things in a row are one worker's, before the next ones are another's: so all are about as far at any time."""
FEWEST = 200
"""Below so many things, what starting another process costs is more than it gains."""
_PIPE_BYTES = 1024 * 1024
"""How much a worker may be ahead of whoever takes up what it does, where the system lets us say so."""


def can_fork() -> bool:
    """Whether this process can be copied: not everywhere, and not while others of its threads are at work."""
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def number(wanted: int | None, things: int) -> int:
    """Return how many workers there are to be.

    Args:
        wanted: As many; None for one for each processor that is ours, where there is enough to do.
        things: How many things there are to do.
    """
    if not can_fork():
        return 1
    if wanted is None:
        ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        wanted = ours if things >= FEWEST else 1
    return max(1, min(wanted, -(-things // BLOCK)))


class Workers:
    """Copies of this process, at work from when they are made until they are closed."""

    def __init__(self, work: Work, things: int, jobs: int, block: int = BLOCK) -> None:
        """Start them.

        Args:
            work: What does a share.
            things: How many things there are to do.
            jobs: How many workers.
            block: How many things in a row are one worker's.
        """
        blocks = [range(start, min(start + block, things)) for start in range(0, things, block)]
        self._order = [place % jobs for place in range(len(blocks))]
        """Whose each block is."""
        self._workers: list[_Worker] = []
        for job in range(jobs):
            share = [one for block in blocks[job::jobs] for one in block]
            self._workers.append(_Worker(work, share, [*self._workers]))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them, whatever they are at."""
        for worker in self._workers:
            worker.end()

    def tell(self, told: Any) -> None:
        """Tell all of them something."""
        data = _spelled(told)
        for worker in self._workers:
            worker.tell(told, data)

    def blocks(self) -> Iterator[Any]:
        """Yield what comes of each block, in order: each is one thing that a share yields."""
        for job in self._order:
            yield self._workers[job].next()


class _Worker:
    """One copy of this process, or what takes its place here."""

    def __init__(self, work: Work, share: Sequence[int], others: Sequence[_Worker]) -> None:
        self._work = work
        self._share = share
        self._told: list[Any] = []
        self._taken = 0
        """How much of what the share yields is taken up."""
        self._here: Iterator[Any] | None = None
        """The share, where it is done here."""
        heard, tells = os.pipe()
        says, said = os.pipe()
        _widen(said)
        self.descriptors = (tells, says)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # in the copy for good: who is interrupted ends it
        self.process = os.fork()
        if not self.process:
            unheard = [one for other in (self, *others) for one in other.descriptors]
            _copy(work, share, (heard, said), unheard)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        os.close(heard)
        os.close(said)
        self._tells, self._says = os.fdopen(tells, "wb"), os.fdopen(says, "rb")

    def tell(self, told: Any, data: bytes) -> None:
        """Tell it something, which is spelled for all of them; one that is lost is told all of it when its share is done here."""
        self._told.append(told)
        with suppress(BrokenPipeError):
            self._tells.write(data)
            self._tells.flush()

    def next(self) -> Any:
        """Return what its share yields next."""
        if self._here is None:
            try:
                found = pickle.load(self._says)  # noqa: S301 - of our own process
            except (EOFError, pickle.UnpicklingError):  # it is lost, perhaps in the middle of a word
                self._here = self._done_here()
            else:
                self._taken += 1
                return found
        return next(self._here)

    def _done_here(self) -> Iterator[Any]:
        """Return the share from where it was, done in this process."""
        here = self._work(self._share, iter(self._told).__next__)
        for _ in range(self._taken):
            next(here)
        return here

    def end(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        with suppress(BrokenPipeError):
            self._tells.close()
        self._says.close()


_VALUES: dict[type, Callable[[object], tuple[Any, ...]] | None] = {}
"""What `_values` has found."""


class _Pickler(pickle.Pickler):
    """Says of a value what makes it again, rather than what is in its slots, which takes several times as long."""

    def reducer_override(self, value: Any) -> Any:
        """Return how a value is made."""
        kind = value.__class__
        if kind not in _VALUES:
            _VALUES[kind] = _values(kind)
        values = _VALUES[kind]
        return NotImplemented if values is None else (kind, values(value))


def _values(kind: type) -> Callable[[object], tuple[Any, ...]] | None:
    """Return what gets all that a value of a type is made of, in order; None of a type whose values are made of more, or of one thing."""
    if not is_dataclass(kind) or hasattr(kind, "__post_init__") or "__reduce__" in vars(kind):
        return None
    own = fields(kind)
    return attrgetter(*(one.name for one in own)) if len(own) > 1 and all(one.init for one in own) else None


def _spelled(what: Any) -> bytes:
    """Return something as it goes to another process."""
    spelled = io.BytesIO()
    _Pickler(spelled, pickle.HIGHEST_PROTOCOL).dump(what)
    return spelled.getvalue()


def _say(what: Any, to: BinaryIO) -> None:
    """Say something to another process."""
    _Pickler(to, pickle.HIGHEST_PROTOCOL).dump(what)
    to.flush()


def _widen(descriptor: int) -> None:
    """Let more wait in a pipe."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _copy(work: Work, share: Sequence[int], ends: tuple[int, int], unheard: Iterable[int]) -> None:
    """Do a share in this process, which is a copy, and end it; what goes wrong goes wrong again where the share is then done."""
    try:
        for descriptor in unheard:
            os.close(descriptor)
        with os.fdopen(ends[0], "rb") as heard, os.fdopen(ends[1], "wb") as said:
            for found in work(share, lambda: pickle.load(heard)):  # noqa: S301 - of our own process
                _say(found, said)
    finally:
        os._exit(0)  # nothing of what this process is a copy of is to be written or closed twice


def mapped(work: Callable[[int], _Found], things: int, jobs: int, block: int = BLOCK) -> Iterator[_Found]:
    """Yield what comes of each number below a limit, in order, by several workers."""

    def share(numbers: Sequence[int], _hear: Hear) -> Iterator[list[_Found]]:
        for start in range(0, len(numbers), block):
            yield [work(one) for one in numbers[start : start + block]]

    with Workers(share, things, jobs, block) as workers:
        for found in workers.blocks():
            yield from found
