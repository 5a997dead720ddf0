"""Names of the files that come to lie beside a deployed one."""

from __future__ import annotations

BESIDE = ".agentconv-new"
"""Our version of a file that a user edited."""
_STAGE = ".agentconv-stage-"


def is_stage(name: str) -> bool:
    """Whether a file's name is one of a temporary file."""
    return name.startswith(_STAGE)


def stage(path: str) -> str:
    """Return the name of the temporary file that becomes the file of a path: it follows from the path alone."""
    import hashlib

    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{_STAGE}{hashlib.sha256(path.encode()).hexdigest()[:16]}"
