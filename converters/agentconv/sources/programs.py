"""The assistants that are installed: their programs on PATH, and which versions those are.

The one place that starts an assistant's program, and all that it starts is `PROGRAM --version`, of one that does not lie in the project:
without a shell, in an empty folder, for a few seconds. What it prints is data.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 15
"""How long a program may take to say its version."""
_VERSION = expression(r"(?<![\w.])v?(\d+(?:\.\d+)+)")
_QUIET = {"DISABLE_AUTOUPDATER": "1", "NO_UPDATE_NOTIFIER": "1", "CI": "1", "NO_COLOR": "1"}
"""What keeps programs from looking for a newer version of themselves, as far as they heed it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One assistant's program."""

    path: str
    version: str | None = None
    problem: str | None = None
    """Why its version is not known."""


def name_of(client: str) -> str | None:
    """Return the name of a client's program; None where it is none, or it is not known."""
    found: str | None = (vocabulary.installation(client) or {}).get("program")
    return found


def find(client: str, project: str, *, ask: bool = True, variables: Mapping[str, str] = os.environ) -> Program | None:
    """Return a client's program and its version; None where there is none, or the client is no program.

    Args:
        client: The format's id.
        project: The folder whose programs are never started.
        ask: Whether to start the program to learn its version.
        variables: The environment.
    """
    name = name_of(client)
    folders = [place for place in variables.get("PATH", "").split(os.pathsep) if os.path.isabs(place)]
    path = shutil.which(name, path=os.pathsep.join(folders)) if name and folders else None
    if path is None:
        return None
    if _is_below(path, project):
        return Program(path, problem="it lies in this project, and nothing of a project is started")
    return _asked(path, variables) if ask else Program(path)


def _is_below(path: str, project: str) -> bool:
    """Whether a program, or what a link makes it, lies in a project."""
    root = os.path.join(os.path.realpath(project), "")
    return any(os.path.join(place, "").startswith(root) for place in (os.path.realpath(path), os.path.abspath(path)))


def _asked(path: str, variables: Mapping[str, str]) -> Program:
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 - a program that the user has on PATH, asked for its version alone
                [path, "--version"],
                cwd=folder,
                env={**variables, **_QUIET},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Program(path, problem=f"it does not say its version within {SECONDS} seconds")
        except OSError as error:
            return Program(path, problem=f"it cannot be started: {(error.strerror or str(error)).lower()}")
    said = (done.stdout[:4096] + b"\n" + done.stderr[:4096]).decode("utf-8", "replace")
    found = _VERSION.search(said)
    return Program(path, found[1]) if found else Program(path, problem="it says no version")


def measured(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a version, to compare it by; None where it has none."""
    found = _VERSION.search(text)
    return tuple(map(int, found[1].split("."))) if found else None
