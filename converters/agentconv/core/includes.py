"""Files whose text a client puts into another file: what names them, and what was found there.

A format says where a file of its own names others (`INCLUDES`, a function of a file's text). Who has the disk, or the bundle,
looks for them, and hands the reader a text that has them beside it (`SourceText.included`). Nothing is read from elsewhere.
"""

from __future__ import annotations

import posixpath

from agentconv.core.dataclass import dataclass

MOST_BYTES = 1024 * 1024
"""A larger file is not put into another one."""


@dataclass(frozen=True, slots=True)
class Include:
    """A place in a file where its client puts the text of another one."""

    path: str
    """As the file names it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Included:
    """A file that another one names, as it was found."""

    path: str
    """Relative to what the other one's path is relative to; empty where it leads elsewhere."""
    data: bytes | None = None
    problem: str | None = None
    """Why there is no data."""
    missing: bool = False
    """Whether the client has none of it either."""


UNSEEN = Included("", problem="only the text of this file is here, and not what lies beside it")
"""What is known of a file where nobody could look for it."""


def beside(path: str, named: str) -> str | None:
    """Return the path of a file that another one names; None for what leads out of that one's folder."""
    parts = named.split("/")
    if named.startswith(("/", "~")) or ".." in parts or any(char in named for char in "\\:\0{"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), named))


def why_elsewhere(named: str) -> str:
    """Say why a path is followed nowhere."""
    if "{" in named:
        return "its path depends on a variable of the environment"
    return "its path leads out of the folder of the file that names it"
