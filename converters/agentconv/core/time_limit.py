"""A limit to how long something may take: what meets it is given up, whatever it was doing.

In the main thread it is a timer of the system that counts what the process computes, so that a busy machine ends nothing. It wakes
patterns too, which hold back every other thread. In any other thread, and where there is no such timer, a second thread looks at the
clock.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_Found = TypeVar("_Found")
_AGAIN_SECONDS = 0.1
"""After that, who did not stop is told again: a destructor swallows what is raised in it."""


class OverTime(BaseException):
    """It took longer than it may. No `Exception`, so that nobody on the way takes it for one of theirs."""


def within(seconds: float, work: Callable[[], _Found]) -> _Found:
    """Return what some work gives.

    Raises:
        OverTime: It takes longer.
    """
    timed = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    return (_timed if timed else _watched)(seconds, work)


def _timed(seconds: float, work: Callable[[], _Found]) -> _Found:
    """Work under a timer of the system."""
    done = False

    def end(_number: int, _frame: FrameType | None) -> None:
        if not done:
            raise OverTime

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_SECONDS)
        return work()
    finally:
        try:  # the timer may go off on the way to here
            done = True
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, signal.SIG_DFL if before is None else before)  # None: it is not Python's


def _watched(seconds: float, work: Callable[[], _Found]) -> _Found:
    """Work while a second thread looks at the clock."""
    import ctypes

    raise_in, own = ctypes.pythonapi.PyThreadState_SetAsyncExc, ctypes.c_ulong(threading.get_ident())
    done, over = False, threading.Event()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = _AGAIN_SECONDS
            if not done:
                raise_in(own, ctypes.py_object(OverTime))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return work()
    finally:
        while True:
            try:
                done = True
                over.set()
                watcher.join()
                break
            except OverTime:  # told on the way to here; to take it back would leave CPython 3.11 with a call that never starts when traced
                continue
