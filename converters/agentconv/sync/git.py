"""What git knows of a project, asked without any change of it: no lock is taken, no hook or filter runs, nothing is asked."""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_SECONDS = 20
_COMMITS = 50
_UNDER_WAY = ("rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG")


class Git:
    """The repository that a folder is in; without git, or in none, everything is unknown."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _run(self, *words: str, given: bytes = b"") -> bytes | None:
        """Return what git prints, given something to read; None where it fails, or is not there."""
        command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *words]
        try:
            done = subprocess.run(  # noqa: S603 - fixed words, no shell
                command,
                check=False,
                cwd=self.root,
                env={**os.environ, **_QUIET},
                capture_output=True,
                input=given,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None

    @cached_property
    def top(self) -> Path | None:
        """The work tree's top folder."""
        if not any((folder / ".git").exists() for folder in (self.root, *self.root.parents)):
            return None
        found = self._run("rev-parse", "--show-toplevel")
        return Path(os.fsdecode(found.rstrip(b"\n"))) if found else None

    def own_folder(self) -> Path | None:
        """Return where things of ours are kept among git's own; None without git, or where a link leads to somewhere else from there."""
        inside = self.path("agentconv")
        return None if inside is None or any(map(os.path.islink, (inside, inside / "base", inside / "local.lock"))) else inside

    def path(self, name: str) -> Path | None:
        """Return where something of ours lies among git's own files: of this work tree alone."""
        found = self._run("rev-parse", "--git-path", name) if self.top else None
        return self.root / os.fsdecode(found.rstrip(b"\n")) if found else None

    def blob(self, blob: str) -> bytes | None:
        """Return a text by its id, whatever commit it is of."""
        return self._run("cat-file", "blob", blob) if self.top else None

    def history(self, path: str) -> list[str]:
        """Return the ids of the texts that a file had in the last commits that changed it."""
        words = ("log", f"--max-count={_COMMITS}", "--format=", "--raw", "--no-abbrev", "--no-renames", "--", path)
        rows = ((self._run(*words) if self.top else None) or b"").splitlines()
        return [row.split()[3].decode() for row in rows if row.startswith(b":")]

    def commits(self, paths: Collection[str], most: int) -> list[str]:
        """Return the last commits that changed any of some files, the newest first."""
        found = self._run("--literal-pathspecs", "log", f"--max-count={most}", "--format=%H", "--", *paths) if self.top else None
        return (found or b"").decode().split()

    def blobs(self, revision: str, paths: Collection[str]) -> dict[str, str]:
        """Return by path the ids of the texts that files have in a commit; nothing of what is no file there."""
        found = self._run("ls-tree", "-r", "-z", revision, "--", *paths) if self.top else None
        rows = (row.partition(b"\t") for row in (found or b"").split(b"\0") if row)
        return {os.fsdecode(path): row.split()[2].decode() for row, _, path in rows if row.split()[1] == b"blob"}

    def texts(self, blobs: Collection[str]) -> dict[str, bytes]:
        """Return texts by their ids, all by one call: those that are here."""
        given = "".join(f"{blob}\n" for blob in blobs).encode()
        found, at, texts = (self._run("cat-file", "--batch", given=given) if self.top and blobs else None) or b"", 0, {}
        while at < len(found):
            head, at = found[at : found.index(b"\n", at)].split(), found.index(b"\n", at) + 1
            if len(head) == 3:  # of what is missing there are two words, and no text
                texts[head[0].decode()] = found[at : at + int(head[2])]
                at += int(head[2]) + 1
        return texts

    def show(self, revision: str, path: str) -> bytes | None:
        """Return a file as it is in a commit (`HEAD`) or in the index (``, and the sides of a merge: `1`, `2`, `3`)."""
        return self._run("show", f"{revision}:./{path}" if not revision.isdigit() else f":{revision}:./{path}") if self.top else None

    def write_out(self, folder: Path, wanted: Callable[[str], bool]) -> Path | None:
        """Write the staged files below the root that are wanted into a folder; return where the root is in it, None where git refuses."""
        found, below = self._run("ls-files", "-z", "--", "."), self._run("rev-parse", "--show-prefix")
        if found is None or below is None:
            return None
        given = b"".join(path + b"\0" for path in found.split(b"\0") if path and wanted(os.fsdecode(path)))
        if self._run("checkout-index", "-z", "--stdin", "-q", f"--prefix={folder}/", given=given) is None:
            return None
        place = folder / os.fsdecode(below.rstrip(b"\n"))
        place.mkdir(parents=True, exist_ok=True)
        return place

    def unmerged(self) -> frozenset[str]:
        """Return the files, below the root, that a merge left undone."""
        found = self._run("ls-files", "-z", "-u", "--", ".") if self.top else None
        return frozenset(os.fsdecode(row.partition(b"\t")[2]) for row in (found or b"").split(b"\0") if row)

    def tracked(self, name: str) -> list[str]:
        """Return the files of a name, below the root, that git has."""
        found = self._run("ls-files", "-z", "--", name, f"**/{name}", given=b"") if self.top else None
        return sorted(os.fsdecode(path) for path in (found or b"").split(b"\0") if path)

    def ignored(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of some paths below the root that git passes over."""
        given = b"".join(os.fsencode(path) + b"\0" for path in paths)
        found = self._run("check-ignore", "-z", "--stdin", given=given) if self.top and paths else None
        return frozenset(os.fsdecode(path) for path in (found or b"").split(b"\0") if path) & frozenset(paths)

    def is_under_way(self) -> str | None:
        """Return what git is in the middle of."""
        folder = self.path("") if self.top else None
        return next((word for word in _UNDER_WAY if folder and (folder / word).exists()), None)
