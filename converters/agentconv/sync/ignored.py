"""What version control leaves out of a project, as git itself says it."""

from __future__ import annotations

import os
import subprocess
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SECONDS = 20
_QUIETLY = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""What a repository's own configuration would have git start."""


def among(paths: Iterable[str], root: Path) -> frozenset[str]:
    """Return those of some paths below a folder that git ignores; none where there is no git, or no repository."""
    git = which("git")
    wanted = list(paths)
    if git is None or not wanted:
        return frozenset()
    command = [git, *_NO_PROGRAMS, "check-ignore", "-z", "--stdin"]
    given = "\0".join(wanted).encode("utf-8", "surrogateescape")
    try:
        done = subprocess.run(  # noqa: S603 - git, with words of ours
            command, cwd=root, input=given, capture_output=True, timeout=_SECONDS, check=False, env={**os.environ, **_QUIETLY}
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return frozenset()
    found = done.stdout.decode("utf-8", "surrogateescape").split("\0") if done.returncode == 0 else []
    return frozenset(found) & frozenset(wanted)
