"""A report in a file that the user named for it: what is there gives way to it, unless it is one that was looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.disk.output import OutputFile, Whole
from agentconv.disk.saving import OutputFolder
from agentconv.sources import inputs, locations

if TYPE_CHECKING:
    from collections.abc import Iterable


def save(name: str, data: bytes, looked_at: Iterable[str], flag: str) -> None:
    """Write a report.

    Args:
        name: The file.
        data: The report.
        looked_at: Where the files are that it tells of.
        flag: What named the file.

    Raises:
        InputError: It was looked at itself, changed meanwhile, or the disk refuses.
    """
    if any(_is_one(name, location) for location in looked_at):
        raise inputs.problem("it is a file that was looked at, and is kept", f"name another one with {flag}", name)
    path = Path(name)
    if path.is_dir():
        raise inputs.problem("it is a folder, and one file is to be written", f"name a file in it with {flag}", name)
    saved = OutputFolder(path.parent, within=locations.project_root(path)).save(OutputFile(path.name, data, Whole(data)))
    if saved.is_kept:
        raise inputs.problem("it changed while this ran, and is kept", "run it again", name)


def _is_one(name: str, location: str) -> bool:
    try:
        return bool(location) and os.path.samefile(name, location)
    except OSError:
        return False
