"""What is to be committed, rather than what lies in the folder: git's index, written out beside and looked at there."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.kinds import KINDS
from agentconv.formats import registry
from agentconv.install.lock import FILE as LOCK
from agentconv.sources import settings_file
from agentconv.sync.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def written_out(root: Path, source: str, clients: Iterable[str] = ()) -> Iterator[Path]:
    """Have what is staged of a project's agents, lock and settings in a folder of its own for a while.

    Args:
        root: The project's root.
        source: Where its source is.
        clients: The assistants whose skills, commands and servers count, too.

    Raises:
        InputError: There is no git, or it refuses.
    """
    git = Git(root)
    if git.top is None:
        hint = "run it in a clone, or without --staged"
        raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, "--staged is about git's index, and there is none here", hint=hint))
    with tempfile.TemporaryDirectory(prefix="agentconv-") as folder:
        files, folders = _of_parts(clients)
        known, beginnings = {source, *files}, (f"{source}/", *folders)
        place = git.write_out(Path(folder).resolve(), lambda path: _is_ours(path) or path in known or path.startswith(beginnings))
        if place is None and (unmerged := git.unmerged()):
            listed = ", ".join(sorted(unmerged)[:3]) + (f" and {len(unmerged) - 3} more" if len(unmerged) > 3 else "")
            message = f"a merge is not done, so that nothing is staged of {listed}"
            raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="decide them, and `git add` them"))
        if place is None:
            raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, "git does not write out what is staged", hint="see `git status`"))
        before = Path.cwd()
        os.chdir(place)  # so that every path is told as it is in the project
        try:
            yield place
        finally:
            os.chdir(before)


def _of_parts(clients: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the files in which assistants have parts among other things, and what the paths of all others begin with."""
    from agentconv.parts.registry import part_format

    modules = [module for client in clients for kind in KINDS if (module := part_format(client, kind)) is not None]
    places = [place for module in modules for place in module.project]
    return [place.path for place in places if not place.pattern], [f"{place.path}/" for place in places if place.pattern]


def _is_ours(path: str) -> bool:
    """Whether a file may be an agent's, or say something of them."""
    name = path.rpartition("/")[2]
    if name in (LOCK, settings_file.FILE, settings_file.PYTHON) and "/" not in path:
        return True
    rows = registry.FORMATS.values()
    return any(path in row.files or any(path.startswith(f"{folder}/") for folder in row.folders) for row in rows) or path.endswith(".md")
