"""Paths that stand in somebody's files: whether one stays below the folder that it is meant from, and whether a pattern means it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core import schema_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent


def stays_below(path: str) -> bool:
    """Whether a path is relative, and leads neither out of its folder nor into anybody's home, whichever system reads it."""
    parts = re.split(r"[/\\]", path)
    return parts[0] != "" and ".." not in parts and ":" not in path and "\0" not in path and path[0] not in "~$%"


def matches(path: str, pattern: str) -> bool:
    """Whether a path below a project's root is meant by a pattern in its settings: of the whole path, of a folder, or of a file's name."""
    pattern = pattern.removeprefix("./").rstrip("/")
    return any(fnmatchcase(candidate, pattern) for candidate in (path, path.rpartition("/")[2])) or fnmatchcase(path, f"{pattern}/*")


def astray(agent: Agent, format_id: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of a client outside of an agent's fields that hold a path which leads out of the project, each with the path."""
    for key, value in agent.extras.get(format_id, {}).items():
        yield from ((key, path) for path in schema_files.paths(format_id, key, value) if not stays_below(path))
