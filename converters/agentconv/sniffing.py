"""Which format a file has: told from its path, then from its first lines."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv import registry

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES = 8192
_BUNDLE = b"urn:agentconv:bundle:"
_HEADER = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[ \t]*(?:---|name[ \t]*:|description[ \t]*:)")
_ROLE = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[ \t]*\"?(?:name|description|developer_instructions)\"?[ \t]*=")
_TABLE = re.compile(rb"(?m)^[ \t]*\[")


def by_place(path: PurePosixPath) -> str | None:
    """Tell a format from a client's location that the path is in, or from the one name that a bundle has."""
    posix = "/" + path.as_posix()
    for format_id, row in registry.FORMATS.items():
        if path.suffix in row.suffixes and any(f"/{folder}/" in posix for folder in row.folders):
            return format_id
        if row.file == path.name:
            return format_id
    return None


def home(folder: Path) -> str | None:
    """Return the client in whose location a folder is."""
    posix = f"{PurePosixPath(os.path.abspath(folder))}/"
    found = (format_id for format_id, row in registry.FORMATS.items() if any(f"/{place}/" in posix for place in row.folders))
    return next(found, None)


def by_path(path: PurePosixPath) -> str | None:
    """Tell a format from a path alone: its place, then its suffix where only one format has it."""
    candidates = [format_id for format_id, row in registry.FORMATS.items() if path.suffix in row.suffixes]
    return by_place(path) or (candidates[0] if len(candidates) == 1 else None)


def by_content(relative: PurePosixPath, path: Path) -> str | None:
    """Tell the format of a file in no client's location; None for what is no agent, such as a project's own files."""
    if {PurePosixPath(place).parts[0] for row in registry.FORMATS.values() for place in row.folders} & set(relative.parts):
        return None  # a client's commands and settings are no agents
    head = _head(path)
    if relative.suffix == ".md":
        return "claude-code" if _HEADER.search(head) else None
    if relative.suffix == ".toml":
        return _toml(head)
    return None


def of_file(path: Path) -> str | None:
    """Tell the format of a file that the user named."""
    told = by_path(PurePosixPath(os.path.abspath(path)))
    if told or path.suffix not in {suffix for row in registry.FORMATS.values() for suffix in row.suffixes}:
        return told
    return _toml(_head(path)) or "codex"


def _toml(head: bytes) -> str | None:
    if _BUNDLE in head:
        return "toml"
    table = _TABLE.search(head)
    return "codex" if _ROLE.search(head, 0, table.start() if table else len(head)) else None


def _head(path: Path) -> bytes:
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""
