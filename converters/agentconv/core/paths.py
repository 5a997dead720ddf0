"""Paths that stand in somebody's files: whether one stays below the folder that it is meant from, on every system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import schema_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent


def stays_below(path: str) -> bool:
    """Whether a path is relative, and leads neither out of its folder nor into anybody's home, whichever system reads it."""
    parts = re.split(r"[/\\]", path)
    return parts[0] != "" and ".." not in parts and ":" not in path and "\0" not in path and path[0] not in "~$%"


def astray(agent: Agent, format_id: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of a client outside of an agent's fields that hold a path which leads out of the project, each with the path."""
    for key, value in agent.extras.get(format_id, {}).items():
        yield from ((key, path) for path in schema_files.paths(format_id, key, value) if not stays_below(path))
