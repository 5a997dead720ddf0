"""`--jobs`: how many processes a command has work for. What comes of it is the same with any number."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from agentconv.conversion.options import Options
    from agentconv.conversion.shares import Shares
    from agentconv.sources.inputs import Discovery

_Found = TypeVar("_Found")
AUTO = "auto"


def add_jobs(group: argparse._ActionsContainer) -> None:
    """Add the option."""
    words = f"how many processes to work with (default: 1); {AUTO}: one for each processor, from a few hundred files on"
    group.add_argument("--jobs", type=_jobs, metavar=f"N|{AUTO}", default=1, help=words)


def _jobs(text: str) -> int | None:
    """Return how many processes are wanted; None where that is left to us.

    Raises:
        InputError: It is no number of processes.
    """
    if text.strip().lower() == AUTO:
        return None
    if not text.strip().isdecimal() or not int(text):
        raise registry.usage(f"--jobs does not take `{text}`", f"it is a number from 1 on, or {AUTO}")
    return int(text)


def number(options: argparse.Namespace, files: int) -> int:
    """Return how many processes there are to be for so many files: one where it is traced what goes wrong, so that each is traced once."""
    if options.jobs == 1 or options.debug:
        return 1
    from agentconv.core import workers

    return workers.number(options.jobs, files)


def mapped(work: Callable[[int], _Found], things: int, jobs: int) -> Iterator[_Found]:
    """Return what comes of each number below a limit, in order, by so many processes."""
    if jobs == 1:
        return map(work, range(things))
    from agentconv.core import workers

    return workers.mapped(work, things, jobs)


@contextmanager
def sharing(
    found: Discovery, options: argparse.Namespace, choices: Options, watch: Callable[[Iterable[Any]], Iterable[Any]]
) -> Iterator[Shares | None]:
    """Let processes share the files of a conversion; None where one does all of it."""
    jobs = number(options, len(found.files))
    if jobs == 1:
        yield None
        return
    from agentconv.conversion import shares

    if not shares.can_be_shared(found.files):
        yield None
        return
    with shares.Shares(found.files, jobs, choices, watch) as shared:
        yield shared
