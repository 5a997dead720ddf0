"""What was found to read: the files, how a folder is walked for them, and how they are read.

Symbolic links that lead out of the project are not followed; each folder is entered once; what is no regular file is not opened.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk import reading
from agentconv.disk.files import stray
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.disk.files import Blocked
    from agentconv.sources.user_places import Home

SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", "site-packages"})
HOME = "it is a shell that makes a home of `~`; in Python: os.path.expanduser"
"""What is said of a path that a shell would have changed."""
STDIN = "-"
MAX_AGENT_BYTES = 16 * 1024 * 1024
"""Agent files above this size are not read. Bundles, which hold many, have no such bound."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read."""

    path: str
    """For people and for outputs: POSIX, relative to its SRC."""
    location: str | None
    """Where it is; None for standard input."""
    format: str
    named: bool = True
    """Whether the user named the file, rather than a folder that holds it."""
    within: str = ""
    """The folder out of which no link of it may lead, be it to mend the file."""
    data: bytes | None = None
    """What is read in place of what is on the disk: an editor has the file open, and it is not saved yet."""


@dataclass(slots=True)
class Discovery:
    """What the SRC arguments hold."""

    files: list[Found] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    """Places that were searched, for the message when nothing is there."""
    barren: list[tuple[str, str]] = field(default_factory=list)
    """Folders of a client in which there is no file that it reads, each with the client."""
    passed_over: list[str] = field(default_factory=list)
    """The targets' own locations, which are no source."""
    stdin_name: str = ""
    """What standard input is said to be called."""
    home: Home | None = None
    """The home of the user whose own agents are meant: where they are is told from there."""


def problem(
    message: str, hint: str | None = None, path: str | None = None, code: Code = Code.UNREADABLE, option: str | None = None
) -> InputError:
    """Make an error that a user can mend."""
    return InputError(Diagnostic(code, Severity.ERROR, message, Span(path) if path else None, hint, option=option))


def walk(found: Discovery, folder: Path, top: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    """Yield the files below a folder in path order; each real folder once, none outside of the real folder `top`."""
    seen: set[tuple[int, int]] = set()
    stack = [os.fspath(folder)]
    files: list[str] = []
    while stack:
        current = stack.pop()
        try:
            info = os.stat(current)
            if (info.st_dev, info.st_ino) in seen:
                continue
            seen.add((info.st_dev, info.st_ino))
            entries = list(os.scandir(current))
        except OSError as error:
            found.diagnostics.append(unread(current, f"cannot be read: {reason(error)}"))
            continue
        for entry in entries:
            is_folder = os.path.isdir(entry) if entry.is_symlink() else entry.is_dir()
            if entry.name in SKIPPED or not (is_folder or entry.path.replace(os.sep, "/").endswith(suffixes)):
                continue
            path = entry.path
            if entry.is_symlink() and not followed(found, path, top):
                continue
            if is_folder:
                stack.append(path)
            else:
                files.append(path)
    yield from sorted(files, key=lambda path: os.fsencode(path).replace(b"/", b"\0"))  # path order, part by part


def followed(found: Discovery, path: str, top: str) -> bool:
    """Whether a path is followed where it may be a link; one that is not is told."""
    blocked = _stray(path, top)
    if blocked is not None:
        severity = Severity.WARNING if os.path.isdir(path) else Severity.ERROR
        hint = "name it on the command line to read it" if blocked.astray else None
        found.diagnostics.append(unread(path, f"{blocked.reason}; it is not followed", severity, hint))
    return blocked is None


def strays(place: Path, top: Path) -> bool:
    """Whether a place leads out of a folder."""
    return _stray(os.fspath(place), os.path.realpath(top)) is not None


def _stray(path: str, top: str) -> Blocked | None:
    try:
        return stray(os.path.realpath(path, strict=True), top, link=None if os.path.isdir(path) else path)
    except (OSError, ValueError):
        return None  # leads nowhere, or to itself: reading it says so


def unread(path: str, message: str, severity: Severity = Severity.ERROR, hint: str | None = None) -> Diagnostic:
    """Say that something at a path is not read."""
    return Diagnostic(Code.UNREADABLE, severity, message, Span(Path(path).as_posix()), hint)


def read_bytes(file: Found) -> bytes:
    """Read a file's bytes.

    Raises:
        InputError: It cannot be read, is not a regular file, or is too large.
    """
    limit = None if registry.FORMATS[file.format].bundle else MAX_AGENT_BYTES
    if file.data is not None:
        return file.data
    if file.location is None:
        import sys

        try:
            data = sys.stdin.buffer.read(-1 if limit is None else limit + 1)
        except OSError as error:
            raise problem(f"standard input cannot be read: {reason(error)}") from None
        if limit is not None and len(data) > limit:
            raise _too_large(file, f"more than {limit:,}")
        return data
    try:
        return reading.read(file.location, limit=limit)[0]
    except reading.TooLarge as error:
        raise _too_large(file, f"{error.size:,}") from None
    except OSError as error:
        raise problem(f"cannot be read: {reason(error)}", None, file.path) from None


def _too_large(file: Found, size: str) -> InputError:
    message = f"the file has {size} bytes; agentconv reads agents of up to {MAX_AGENT_BYTES:,}"
    return problem(message, "no assistant can use a prompt of that size", file.path, Code.TOO_LARGE)


def reason(error: OSError) -> str:
    """Return what the system says is wrong."""
    return (error.strerror or str(error)).lower()
