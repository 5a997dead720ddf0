"""How far a long run is: one line on a terminal, gone before anything else is written. Into a pipe or a file nothing comes of it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

_Item = TypeVar("_Item")
SLOW_SECONDS = 1.0
"""What is done sooner shows nothing."""
_BETWEEN_SECONDS = 0.1
_BAR = 24


class Progress:
    """The line. Whoever writes to the terminal clears it first; the next step draws it again."""

    def __init__(self, options: argparse.Namespace) -> None:
        told = options.output_format == "text" and not getattr(options, "quiet", False)
        self.shown = told and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"  # which cannot take a line away
        self.drawn = False
        self._next = time.monotonic() + SLOW_SECONDS

    def over(self, items: Iterable[_Item], total: int, words: str) -> Watched[_Item]:
        """Show how many of some things have been gone through, each time that is done."""
        return Watched(items, self, total, words)

    def show(self, done: int, total: int, words: str) -> None:
        """Draw the line, if it is time to."""
        if not self.shown or (now := time.monotonic()) < self._next:
            return
        self._next, self.drawn = now + _BETWEEN_SECONDS, True
        filled = _BAR * done // total if total > 0 else 0
        # a bundle holds more than there are files: how many is not known before
        line = f"[{'#' * filled:{_BAR}}] {done:,} of {total:,} {words}" if done <= total else f"{done:,} {words}"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self.drawn:
            self.drawn = False
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class Watched(Generic[_Item]):
    """Things that are gone through once or several times."""

    def __init__(self, items: Iterable[_Item], progress: Progress, total: int, words: str) -> None:
        self._items = items
        self._progress = progress
        self._total = total
        self._words = words

    def __iter__(self) -> Iterator[_Item]:
        for number, item in enumerate(self._items, 1):
            self._progress.show(number, self._total, self._words)
            yield item
