"""How a file gets its name, and what files beside it are called: the same for conversions and for deployments."""

from __future__ import annotations

import os

BACKUP = ".agentconv-backup"
"""A copy of what `--force` replaced."""


def numbered(path: str, suffix: str, number: int) -> str:
    """Return the n-th name for a file beside another one."""
    return f"{path}{suffix}" if number == 1 else f"{path}{suffix}-{number}"


def give_name(temporary: str, place: str) -> None:
    """Give a temporary file its name, which nothing is to have.

    Raises:
        FileExistsError: Something has it.
    """
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(place):
            raise FileExistsError(place) from None
        os.replace(temporary, place)
        return
    os.unlink(temporary)


def reason_of(error: Exception) -> str:
    """Say what the system says of an error."""
    if isinstance(error, UnicodeEncodeError):
        return f"file names are {error.encoding} here, which has no `{error.object[error.start]}`"
    return ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
