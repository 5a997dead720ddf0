"""The languages of patterns, each with what reads a text of it, and what writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.patterns import gitignore, globs, prefix, regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.patterns.form import Form

READERS: dict[str, Callable[[str], Form | None]] = {
    "glob": globs.read,
    "regex": regex.read,
    "prefix": prefix.read,
    "gitignore": gitignore.read,
    "fnmatch": globs.read_fnmatch,
}
WRITERS: dict[str, Callable[[Form], list[str] | None]] = {
    "glob": globs.write,
    "regex": regex.write,
    "fnmatch": globs.write_fnmatch,
}
