"""Work by several processes: in order, whole, and as one process does it, whatever becomes of them."""

import os
import signal
import threading
from contextlib import suppress
from itertools import islice

import pytest

from agentconv.core import workers
from agentconv.core.diagnostics import Code, Diagnostic, Severity

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no copies of a process here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]
HERE = os.getpid()


def lost(number):
    """End this process, if it is a copy, at one number."""
    if os.getpid() != HERE and number == 37:
        os.kill(os.getpid(), signal.SIGKILL)
    return Diagnostic(Code.LIMIT, Severity.NOTE, f"number {number}")


def broken(number):
    """Fail at one number."""
    return 1 // (number - 37)


def half_said(what, to):
    """Say half of something, and end this process."""
    data = workers.pickle.dumps(what)
    to.write(data[: len(data) // 2])
    to.flush()
    os._exit(1)


@pytest.mark.parametrize("jobs", [2, 3, 7])
def test_in_order(jobs):
    """What comes of each thing comes in order, with any number of workers and a last block that is not full."""
    assert [*workers.mapped(lambda number: (number, os.getpid() == HERE), 101, jobs)] == [(number, False) for number in range(101)]


def test_a_lost_worker_loses_nothing():
    """What a worker that is killed had left to do is done here, and nothing twice."""
    assert [*workers.mapped(lost, 100, 2)] == [lost(number) for number in range(100)]


def test_a_worker_that_is_lost_in_the_middle_of_a_word(monkeypatch):
    """Half of what a worker was saying is not taken for anything."""
    monkeypatch.setattr(workers, "_say", half_said)

    assert [*workers.mapped(str, 50, 2)] == [*map(str, range(50))]


def test_what_goes_wrong_goes_wrong_here():
    """An exception of a share is raised where somebody waits for it, after all that came before."""
    found = workers.mapped(broken, 100, 2)
    before = [*islice(found, 32)]

    assert before == [broken(number) for number in range(32)]
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_a_share_hears_what_it_is_told_wherever_it_is_done():
    """What all are told reaches a share that is done here after its worker is lost, too."""

    def work(share, hear):
        for _ in range(2):
            word = hear()
            if os.getpid() != HERE and word == "second" and 0 in share:
                os._exit(0)
            yield [(word, number) for number in share]

    with workers.Workers(work, 2 * workers.BLOCK, 2) as several:
        found = []
        for word in ("first", "second"):
            several.tell(word)
            found += [one for block in several.blocks() for one in block]

    assert found == [(word, number) for word in ("first", "second") for number in range(2 * workers.BLOCK)]


def test_none_is_left_over():
    """Whoever stops early, be it by Ctrl-C, leaves no worker behind."""
    several = workers.Workers(lambda share, _hear: iter([[1]] * len(share)), 1000, 2)
    pids = [one.process for one in several._workers]
    with suppress(KeyboardInterrupt), several:
        next(several.blocks())
        raise KeyboardInterrupt

    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_how_many(monkeypatch):
    """As many as are wanted; one by default for few things, where nothing can be copied, and while other threads work."""
    monkeypatch.setattr(workers, "can_fork", lambda: True)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2}, raising=False)

    assert [workers.number(None, things) for things in (199, 200)] == [1, 3]
    assert [workers.number(wanted, things) for wanted, things in ((2, 50), (64, 40), (1, 5000), (4, 0))] == [2, 3, 1, 1]
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    assert workers.number(8, 5000) == 1


def test_no_copy_while_threads_work(monkeypatch):
    """A process with other threads is not copied: what they hold would be held for ever."""
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert not workers.can_fork()
    finally:
        over.set()
        thread.join()
    monkeypatch.delattr(os, "fork")

    assert not workers.can_fork()
