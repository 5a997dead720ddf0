"""A disk that fails, kills or changes at its n-th call: what the tests of writing share."""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agentconv import disk
from thorough import in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MODULES = [importlib.import_module(f"agentconv.disk.{found.name}") for found in pkgutil.iter_modules(disk.__path__)]
WRITING = frozenset({"open", "write", "fsync", "chmod", "chown", "setxattr", "close", "link", "replace", "unlink", "mkdir", "rmdir"})
CALLS = WRITING | {"look into", "close again", "stat", "lstat", "fstat", "read", "dup", "listxattr", "getxattr", "listdir", "flock"}
"""Every function of the system by which `agentconv.disk` asks a disk, or changes it."""
BEFORE_COMPARING = CALLS - {"read", "close", "close again", "fstat", "replace", "unlink", "dup", "flock"}
"""Those before which another program's change is seen: between comparing and replacing is a moment that no system call closes."""


class Faulty:
    """A module of the system whose n-th call, counted over all such modules of a run, does something else first."""

    def __init__(self, real: Any, run: Run) -> None:
        self.real = real
        self.run = run

    def __getattr__(self, name: str) -> Any:
        return self.run.counted(name, getattr(self.real, name))


class Run:
    """Counts the calls of one run."""

    def __init__(self, number: int, then: Callable[[], Any], names: frozenset[str]) -> None:
        self.number = number
        self.then = then
        self.names = names
        self.count = 0
        self.read: set[int] = set()
        """Descriptors of what is open to be read alone."""

    def counted(self, name: str, real: Any) -> Any:
        if name not in CALLS:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            own = self.name(name, arguments)
            self.count += own in self.names
            if self.count != self.number or own not in self.names:
                return self.kept(own, real(*arguments, **named))
            if name == "close":  # a file is closed, whatever comes of that
                real(*arguments, **named)
                return self.then()
            self.then()
            return self.kept(own, real(*arguments, **named))

        return call

    def name(self, name: str, arguments: tuple[Any, ...]) -> str:
        """Tell what is done to a file that is written from what is done to one that is read."""
        if name == "open":
            return "open" if arguments[1] & (os.O_WRONLY | os.O_RDWR) else "look into"
        if name == "close" and arguments[0] in self.read:
            self.read.remove(arguments[0])
            return "close again"
        return name

    def kept(self, name: str, result: Any) -> Any:
        if name == "look into":
            self.read.add(result)
        return result


@contextmanager
def at(number: int, then: Callable[[], Any], names: frozenset[str] = WRITING) -> Iterator[Run]:
    """Do something before the n-th call; 0 for never."""
    run = Run(number, then, names)
    real = [(module, name, getattr(module, name)) for module in MODULES for name in ("os", "fcntl") if hasattr(module, name)]
    for module, name, found in real:
        setattr(module, name, Faulty(found, run))
    try:
        yield run
    finally:
        for module, name, found in real:
            setattr(module, name, found)


def count(work: Callable[[], Any], names: frozenset[str] = WRITING) -> int:
    """Return how many calls a piece of work makes."""
    with at(0, lambda: None, names) as run:
        work()
    return run.count


def tried(calls: int, first: int = 0, share: int = 6) -> Sequence[int]:
    """Return the numbers of the calls at which something is tried: one of `share`, begun at `first`; in a thorough run all of them."""
    return in_turns(range(1, calls + 1), share, first)


def raising(error: BaseException) -> Callable[[], None]:
    """Return what raises an error."""

    def fail() -> None:
        raise error

    return fail


def killed(work: Callable[[], Any], number: int, names: frozenset[str] = WRITING) -> bool:
    """Do a piece of work in a process that kills itself before its n-th call; return whether it came to that."""
    child = os.fork()
    if child == 0:
        try:
            with at(number, lambda: os.kill(os.getpid(), signal.SIGKILL), names):
                work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
