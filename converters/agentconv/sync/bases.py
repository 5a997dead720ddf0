"""Texts that were settled once, found again by git's id: in the file itself, in git, or in a store of our own beside git's objects.

A lock holds no text, and only merging by lines needs one.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from agentconv.disk import placing
from agentconv.disk.exclusive import state_folder
from agentconv.sync import texts
from agentconv.sync.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Bases:
    """Finds texts of one project, and keeps those that would be lost."""

    def __init__(self, root: Path) -> None:
        self.git = Git(root)
        self._root = root
        self._folder: Path | None = None
        self.to_keep: dict[str, bytes] = {}
        """Texts that are to be found again, by git's id."""

    @property
    def folder(self) -> Path:
        """Where texts are kept: in git's own folder, which no commit takes up, else in the user's state."""
        if self._folder is None:
            inside = self.git.own_folder()
            name = hashlib.sha256(os.fsencode(os.path.realpath(self._root))).hexdigest()[:16]
            self._folder = (inside or state_folder() / name) / "base"
        return self._folder

    def has(self, data: bytes) -> bool:
        """Whether git has the text of a file: then nothing is lost with it."""
        return self.git.blob(texts.blob(data)) is not None

    def text(self, blob: str, present: bytes | None = None) -> bytes | None:
        """Return a text by git's id.

        Args:
            blob: The id.
            present: A file that it may be.
        """
        if not blob:
            return None
        if blob in self.to_keep:
            return self.to_keep[blob]
        if present is not None and texts.blob(present) == blob:
            return texts.to_lf(present)
        try:
            kept = (self.folder / blob).read_bytes()
        except OSError:
            kept = None
        if kept is not None and texts.blob(kept) == blob:
            return kept
        return self.git.blob(blob)

    def history(self, path: str) -> Iterator[bytes]:
        """Yield the texts that a file had in git's commits, the newest first."""
        yield from (text for blob in self.git.history(path) if (text := self.git.blob(blob)) is not None)

    def keep(self, data: bytes) -> str:
        """Have a text found again later, and return its id."""
        blob = texts.blob(data)
        self.to_keep[blob] = texts.to_lf(data)
        return blob

    def save(self) -> None:
        """Write down what is to be found again. A disk that refuses costs a merge by lines, and nothing else."""
        for blob, data in self.to_keep.items():
            place = os.fspath(self.folder / blob)
            if os.path.exists(place):
                continue
            try:
                placing.make_folders(os.path.dirname(place))
                placing.create(place, data)
            except OSError:
                continue

    def prune(self, named: frozenset[str]) -> None:
        """Remove what no lock names any more. What a disk does not let go is left: everything else is done by then."""
        with suppress(OSError):
            for name in os.listdir(self.folder):
                if name not in named:
                    placing.remove(os.fspath(self.folder / name))
