"""Files that a merge is not done with: nothing is known of what they will say, be it of agents or of what is beside them."""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.sync import texts
from agentconv.sync.git import Git

if TYPE_CHECKING:
    from collections.abc import Collection

Way = tuple[str, int]
"""What mends a file, and at which line."""
_HINT = "what it gives in the other assistants is left as it is until then"


def why(path: str, data: bytes | None, unmerged: Collection[str]) -> tuple[str, Way] | None:
    """Say why nothing is known of a file, and what mends that; None where no merge is to blame.

    Args:
        path: Where it is, below the root.
        data: What is in it; None for one that is not there.
        unmerged: The files that git holds as not merged.
    """
    if data is not None and texts.is_marked(data):
        line = data.count(b"\n", 0, data.find(b"<<<<<<< ")) + 1
        return "it holds the marks of a merge that is not done", (f"choose between both sides, and git add {shlex.quote(path)}", line)
    if path not in unmerged:
        return None
    if data is None:
        word = shlex.quote(path)
        way = f"git rm {word}, if it is to go; else git checkout --theirs {word} (or --ours) brings it back, and git add {word}"
        return "git has not merged it yet: it is gone on one side", (way, 1)
    return "git has not merged it yet", (f"when it says what is meant: git add {shlex.quote(path)}", 1)


class Unsettled:
    """Asks of the files beside agents, as they are read; git is asked once, when the first is."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)

    @cached_property
    def unmerged(self) -> frozenset[str]:
        """The files below the root that git holds as not merged."""
        return Git(Path(self._root)).unmerged()

    def gone(self) -> list[str]:
        """Return the places of such files that are not there."""
        return self._absent

    @cached_property
    def _absent(self) -> list[str]:
        every = (os.path.join(self._root, path) for path in sorted(self.unmerged))
        return [path for path in every if not os.path.lexists(path)]

    def told(self, path: str, data: bytes | None) -> Diagnostic | None:
        """Return what is to be told of a file of which nothing is known; None where it is what it says."""
        below = os.path.relpath(os.path.realpath(path), self._root).replace(os.sep, "/")
        found = why(below, data, self.unmerged)
        if found is None:
            return None
        reason, (way, line) = found
        return Diagnostic(Code.BLOCKED, Severity.ERROR, f"not synced: {reason}", Span(path, line), f"{way}; {_HINT}")
