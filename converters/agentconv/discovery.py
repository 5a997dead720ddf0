"""From what a user names to the files to read and their formats.

A project root is a folder with a client's location directly below it: of it, only those locations are read. Any other
folder is walked. Symbolic links to folders outside are not followed; each folder is entered once.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv import registry
from agentconv.diagnostics import Code, Diagnostic, InputError, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", "site-packages"})
STDIN = "-"
MAX_AGENT_BYTES = 16 * 1024 * 1024
"""Agent files above this size are not read; no client reads one. Bundles have no such bound."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read."""

    path: str
    """For people and for outputs: POSIX, relative to its SRC."""
    location: Path | None
    """Where it is; None for standard input."""
    format: str


@dataclass(slots=True)
class Discovery:
    """What the SRC arguments hold."""

    files: list[Found] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    """Places that were searched, for the message when nothing is there."""


def problem(message: str, hint: str | None = None, path: str | None = None) -> InputError:
    """Make an error that a user can mend."""
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(path) if path else None, hint))


def discover(arguments: Sequence[str], format_id: str | None = None, *, exclude: Sequence[str] = (), stdin_name: str = "") -> Discovery:
    """Find the files that the SRC arguments name.

    Args:
        arguments: Files, folders, globs, or `-`.
        format_id: The format that the user says they have.
        exclude: Formats whose own locations in a project are no source (the targets).
        stdin_name: A file name to tell the format of standard input from.

    Raises:
        InputError: An argument names nothing.
    """
    found = Discovery()
    paths = [path for argument in arguments for path in _expand(argument)]
    root = _common_root([path for path in paths if path is not None])
    for path in paths:
        if path is None:
            found.files.append(Found(stdin_name or "<stdin>", None, format_id or _stdin_format(stdin_name)))
        elif path.is_dir():
            _add_folder(found, path, root if len(paths) > 1 else path, format_id, exclude)
        else:
            _add_file(found, path, root if len(paths) > 1 else path.parent, format_id)
    found.files = list({file.location or file.path: file for file in found.files}.values())
    return found


def _stdin_format(name: str) -> str:
    if name:
        told = tell_format(PurePosixPath(name))
        if told:
            return told
    raise problem("the format of standard input is not known", "say it with -f FORMAT")


def _expand(argument: str) -> Iterator[Path | None]:
    if argument == STDIN:
        yield None
        return
    path = Path(argument)
    try:
        exists = path.exists() or path.is_symlink()
    except (OSError, ValueError):
        exists = False
    if exists:
        if not path.exists():
            raise problem(f"`{argument}` is a symbolic link that leads nowhere")
        yield path
        return
    if any(char in argument for char in "*?["):
        from glob import glob

        matches = sorted(glob(argument, recursive=True))
        if matches:
            yield from map(Path, matches)
            return
        raise problem(f"no file matches `{argument}`")
    raise problem(f"there is no file or folder `{argument}`", _near(path))


def _near(path: Path) -> str | None:
    from difflib import get_close_matches

    try:
        siblings = os.listdir(path.parent)
    except OSError:
        return None
    close = get_close_matches(path.name, siblings, 1, 0.7)
    return f"did you mean `{path.parent / close[0]}`?" if close else None


def _common_root(paths: list[Path]) -> Path:
    folders = [str(path.resolve() if path.is_dir() else path.resolve().parent) for path in paths]
    return Path(os.path.commonpath(folders)) if folders else Path()


def tell_format(path: PurePosixPath) -> str | None:
    """Tell a file's format from its path; None when the path does not say."""
    posix = "/" + path.as_posix()
    for format_id, row in registry.FORMATS.items():
        if path.suffix in row.suffixes and any(f"/{folder}/" in posix for folder in row.folders):
            return format_id
        if row.file == path.name:
            return format_id
    candidates = [format_id for format_id, row in registry.FORMATS.items() if path.suffix in row.suffixes]
    return candidates[0] if len(candidates) == 1 else None


def _told(path: Path, relative: PurePosixPath) -> str | None:
    """Tell a file's format from its path, then from its content."""
    told = tell_format(PurePosixPath(path.resolve().as_posix()))
    if told or path.suffix not in {suffix for row in registry.FORMATS.values() for suffix in row.suffixes}:
        return told
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return "codex" if relative.suffix == ".toml" else None
    return "toml" if b"urn:agentconv:bundle:" in head else "codex"


def _add_folder(found: Discovery, folder: Path, root: Path, format_id: str | None, exclude: Sequence[str]) -> None:
    locations = [
        (client, folder / place)
        for client in registry.CLIENTS
        if client not in exclude or client == format_id
        for place in registry.FORMATS[client].folders
        if format_id in (None, client) and (folder / place).is_dir()
    ]
    is_root = any((folder / place).is_dir() for client in registry.CLIENTS for place in registry.FORMATS[client].folders)
    if is_root and (format_id is None or locations):
        for client, location in locations:
            found.looked.append(str(location))
            for path in _walk(location, registry.FORMATS[client].suffixes):
                _append(found, path, root, client)
        return
    found.looked.append(str(folder))
    suffixes = registry.FORMATS[format_id].suffixes if format_id else tuple({s for row in registry.FORMATS.values() for s in row.suffixes})
    for path in _walk(folder, suffixes):
        told = format_id or _told(path, PurePosixPath(path.as_posix()))
        if told and (format_id or told not in ("json", "toml") or path.name == registry.FORMATS[told].file):
            _append(found, path, root, told)


def _add_file(found: Discovery, path: Path, root: Path, format_id: str | None) -> None:
    told = format_id or _told(path, PurePosixPath(path.as_posix()))
    if told is None:
        known = ", ".join(sorted({suffix for row in registry.FORMATS.values() for suffix in row.suffixes}))
        raise problem(f"the format of `{path}` is not known", f"say it with -f FORMAT, or name a file that ends in {known}")
    found.looked.append(str(path))
    _append(found, path, root, told)


def _append(found: Discovery, path: Path, root: Path, format_id: str) -> None:
    try:
        relative = path.relative_to(root)
    except ValueError:
        try:
            relative = path.resolve().relative_to(root.resolve())
        except ValueError:
            relative = Path(path.name)
    name = relative.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    found.files.append(Found(name, path, format_id))


def _walk(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files below a folder in path order; each real folder once, none outside the folder."""
    top = folder.resolve()
    seen: set[tuple[int, int]] = set()
    stack = [folder]
    files: list[Path] = []
    while stack:
        current = stack.pop()
        try:
            info = current.stat()
            if (info.st_dev, info.st_ino) in seen:
                continue
            seen.add((info.st_dev, info.st_ino))
            entries = list(os.scandir(current))
        except OSError:
            continue
        for entry in entries:
            path = current / entry.name
            if entry.is_dir(follow_symlinks=True):
                inside = not entry.is_symlink() or path.resolve().is_relative_to(top)
                if entry.name not in SKIPPED and inside:
                    stack.append(path)
            elif entry.name.endswith(suffixes):
                files.append(path)
    yield from sorted(files, key=lambda path: [os.fsencode(part) for part in path.parts])


def read_bytes(file: Found) -> bytes:
    """Read a file's bytes.

    Raises:
        InputError: It cannot be read, is not a regular file, or is too large.
    """
    if file.location is None:
        import sys

        return sys.stdin.buffer.read()
    try:
        info = os.stat(file.location)
        if not stat.S_ISREG(info.st_mode):
            raise problem("not a regular file", "clients skip it too", file.path)
        if info.st_size > MAX_AGENT_BYTES and registry.FORMATS[file.format].folders:
            error = problem(f"the file has {info.st_size:,} bytes; no client reads one so large", None, file.path)
            raise error
        with open(file.location, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise problem(f"cannot be read: {error.strerror or error}", None, file.path) from None
