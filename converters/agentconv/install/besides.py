"""Names of the files that come to lie beside a deployed one."""

from __future__ import annotations

import hashlib

BESIDE = ".agentconv-new"
"""Our version of a file that a user edited."""
BACKUP = ".agentconv-backup"
"""A copy of what `--force` replaced; the same name that conversions give it."""


def numbered(path: str, suffix: str, number: int) -> str:
    """Return the n-th name for a file beside another one."""
    return f"{path}{suffix}" if number == 1 else f"{path}{suffix}-{number}"


def stage(path: str) -> str:
    """Return the name of the temporary file that becomes the file of a path: it follows from the path alone."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.agentconv-stage-{hashlib.sha256(path.encode()).hexdigest()[:16]}"
