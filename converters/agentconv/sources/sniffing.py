"""Which format a file has: told from its path, then from its first lines (`registry.Row.looks`)."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.expressions import expression
from agentconv.disk import reading
from agentconv.formats import registry
from agentconv.sources import user_places

if TYPE_CHECKING:
    from agentconv.formats.registry import Row

_HEAD_BYTES = 8192
_COMMANDS = "commands"
"""What a folder of commands is called, in projects, plugins and catalogs."""
_OTHERS = frozenset({"readme", "changelog", "contributing", "license", "agents", "claude", "gemini"})
"""What files are called, without their end, that nobody takes for agents wherever they lie."""
_HEADED = expression(
    rb"(?i)(?:\xef\xbb\xbf)?(?:\s|<!--(?:(?!-->)[\s\S])*-->|#[^\n]*\n|```[^\n]*\n)*"
    rb"(?:---[^\n]*\n(?:(?!---)[^\n]*\n){0,60}?)?[ \t]*[\"']?(?:name|descr\w*|tools|model|mode|permission\w*)[\"']?[ \t]*:"
)
"""How a Markdown file begins that is meant for an agent, be its header broken: below a title or a comment, but not behind a text."""
_DEFAULTS = {".md": "claude-code", ".toml": "codex", ".json": "json", ".yaml": "roo", ".yml": "roo"}
"""What a file is taken for whose path and first lines tell nothing, by suffix: most loose files are that."""


def by_place(path: PurePosixPath, base: str | None = None) -> str | None:
    """Tell a format from a client's location that the path is in, be it of the user's own, or from a name that only its files have.

    Args:
        path: The path.
        base: The folder that it is relative to; without one, no location counts that only another file makes one.
    """
    posix = "/" + path.as_posix()
    folder, _, name = posix.rpartition("/")
    rows = _rows() if name in _names() else _rows_in(f"{folder}/")
    within: dict[str, int] = {}
    placed = registry.file_place(posix)
    for format_id, row, locations in rows:
        inside = any(one in posix and row.has(posix.partition(one)[2]) for one in locations)
        if inside and (not row.index or (base is not None and index_root(row, os.path.join(base, path)))):
            within[format_id] = len(row.end(posix))
        if (placed is not None and placed[0] == format_id) or (row.index and row.has_agents and posix.endswith(f"/{row.index}")):
            return format_id
    if within:
        return max(within, key=lambda format_id: within[format_id])  # `/agent.md` is no mere `.md`
    place = str(path) if base is None else os.path.abspath(os.path.join(base, path))
    own = user_places.at(place) if os.path.isabs(place) else None
    return own[0] if own and posix.endswith(registry.FORMATS[own[0]].suffixes) else None


@cache
def _names() -> frozenset[str]:
    """Return the names that tell a format wherever a file lies."""
    return frozenset(
        name
        for row in registry.FORMATS.values()
        for name in (
            *(PurePosixPath(one).name for one in row.files),
            *([PurePosixPath(row.index).name] if row.index else []),
            *(one.removeprefix("/") for one in row.suffixes if one.startswith("/")),
        )
    )


@cache
def _rows() -> tuple[tuple[str, Row, tuple[str, ...]], ...]:
    """Return the formats, each with its folders as they stand in a path."""
    return tuple((format_id, row, tuple(f"/{one}/" for one in row.folders)) for format_id, row in registry.FORMATS.items())


@lru_cache(maxsize=1024)
def _rows_in(folder: str) -> tuple[tuple[str, Row, tuple[str, ...]], ...]:
    """Return the formats in whose locations a folder lies: asked for one file after the other of it."""
    return tuple(row for row in _rows() if any(one in folder for one in row[2]))


def index_root(row: Row, path: str) -> Path | None:
    """Return the nearest folder above a path whose index file makes the folder on the way to the path a client's location."""
    place = Path(os.path.abspath(path))
    for folder in row.folders:
        depth = len(PurePosixPath(folder).parts)
        for above in place.parents:
            below = place.relative_to(above).parts[:depth]
            if PurePosixPath(*below) == PurePosixPath(folder) and (above / row.index).is_file():
                return above
    return None


def home(folder: Path) -> str | None:
    """Return the client in whose location a folder is, in a project or of the user's own."""
    posix = f"{PurePosixPath(os.path.abspath(folder))}/"
    for format_id, row in registry.FORMATS.items():
        inside = any(f"/{place}/" in posix for place in row.folders)
        if inside and (not row.index or index_root(row, os.path.abspath(folder))):
            return format_id
    own = user_places.at(os.path.abspath(folder))
    return own[0] if own else None


def by_path(path: PurePosixPath) -> str | None:
    """Tell a format from a path alone: its place, then its suffix where only one format has it."""
    told = by_place(path)
    if told:
        return told
    candidates = _candidates(path.name)
    return candidates[0] if len(candidates) == 1 else "claude-code" if path.suffix == ".md" else None


def _candidates(name: str) -> list[str]:
    """Return the formats whose files end as a name does, those with the longest such end: `.agent.md` is no mere `.md`."""
    return _candidates_of(name[name.find(".") :] if "." in name else "")


@lru_cache(maxsize=1024)
def _candidates_of(end: str) -> list[str]:
    telling = {format_id: [one for one in row.suffixes if one not in row.common] for format_id, row in registry.FORMATS.items()}
    ends = {format_id: max(map(len, filter(end.endswith, several)), default=0) for format_id, several in telling.items()}
    longest = max(ends.values())
    return [format_id for format_id, length in ends.items() if length == longest] if longest else []


def by_content(relative: PurePosixPath, place: str | os.PathLike[str]) -> str | None:
    """Tell the format of a file in no client's location; None for what is no agent, such as a project's own files."""
    if any(part.startswith(".") or part == _COMMANDS for part in relative.parts[:-1]):
        return None  # commands, and settings of clients and other tools, are no agents
    if relative.suffix == ".md" and not (may_be_agent(relative.name) and _HEADED.match(reading.head(os.fspath(place), _HEAD_BYTES))):
        return None  # nor are a project's own texts, in which lines stand as they do in headers
    return _by_looks(relative.name, place)


def may_be_agent(path: str, format_id: str | None = None) -> bool:
    """Whether the name of a file leaves it open that an agent of a format was meant; where all its files have one name, it does."""
    name = PurePosixPath(path).name
    if format_id and f"/{name}" in registry.FORMATS[format_id].suffixes:
        return True
    return not name.startswith("_") and name.partition(".")[0].casefold() not in _OTHERS


def of_file(path: Path) -> str | None:
    """Tell the format of a file that the user named."""
    place = PurePosixPath(os.path.abspath(path))
    told = by_place(place, place.anchor)
    if told:
        return told
    candidates = _candidates(place.name)
    if len(candidates) == 1:
        return candidates[0]
    return _by_looks(place.name, path) or _DEFAULTS.get(place.suffix)


def by_bytes(path: str, data: bytes) -> str | None:
    """Tell the format of a file from its path and its bytes alone: no disk is looked at, and nobody's home counts."""
    posix = path.replace("\\", "/").lstrip("/")
    folder, _, name = posix.rpartition("/")
    stem, dot, end = name.partition(".")
    told = _told_in(folder, dot + end) if stem and name not in _names() else by_place(PurePosixPath(posix))
    if told:
        return told
    place = PurePosixPath(posix)
    candidates = _candidates(place.name)
    if len(candidates) == 1:
        return candidates[0]
    return by_head(place.name, data) or _DEFAULTS.get(place.suffix)


def told_by_bytes(path: str, data: bytes) -> str:
    """Return the format of a file by its path and its bytes alone.

    Raises:
        InputError: Nothing tells it.
    """
    found = by_bytes(path, data)
    if found is None:
        hint = "name it: -f FORMAT"
        option = 'name it, as in format="claude-code", or the file as it is called in a project: path=".claude/agents/a.md"'
        what = f"nothing tells the format of `{path}`"
        raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, what, Span(path), hint=hint, option=option))
    return found


@lru_cache(maxsize=1024)
def _told_in(folder: str, end: str) -> str | None:
    """Return what the place of a file tells whose name tells nothing but by its end: once for all of a folder."""
    return by_place(PurePosixPath(folder, f"_{end}"))


def _by_looks(name: str, place: str | os.PathLike[str]) -> str | None:
    """Tell a format from the first lines of a file, among those whose files end so."""
    looking = any(registry.FORMATS[format_id].looks for format_id in _candidates(name))
    return by_head(name, reading.head(os.fspath(place), _HEAD_BYTES)) if looking else None


def by_head(name: str, text: bytes) -> str | None:
    """Tell a format from the first lines of a text, among those whose files end as a name does."""
    head = text[:_HEAD_BYTES]
    rows = ((format_id, registry.FORMATS[format_id].looks) for format_id in _candidates(name))
    return next((format_id for format_id, looks in rows if looks and re.search(looks, head)), None)
