"""Output files to the disk: atomically, and never over bytes that are not ours."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agentconv.diagnostics import Code, Diagnostic, InputError, Severity, Span

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.convert import OutputFile


class Fate(StrEnum):
    """What happens, or would happen, to one output file."""

    CREATED = "created"
    SAME = "unchanged"
    KEPT = "kept"
    """A file with other bytes is there and stays."""
    REPLACED = "replaced"
    """A file with other bytes was there; a copy of it is kept."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The fate of one output file."""

    path: Path
    fate: Fate
    diagnostic: Diagnostic | None = None


def fate(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Tell what saving a file would do.

    Raises:
        InputError: What is in the way cannot be read.
    """
    path = folder / file.path
    try:
        present = path.read_bytes()
    except FileNotFoundError:
        return Saved(path, Fate.CREATED)
    except OSError as error:
        raise _failed(path, error) from None
    if present == file.data:
        return Saved(path, Fate.SAME)
    if force:
        return Saved(path, Fate.REPLACED)
    hint = "see the difference with --diff, replace it with --force (a copy is kept)"
    message = "another file is there, and it is kept"
    return Saved(path, Fate.KEPT, Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(path.as_posix()), hint))


def save(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Write one file below a folder.

    Raises:
        InputError: The disk refuses.
    """
    saved = fate(folder, file, force=force)
    try:
        if saved.fate is Fate.REPLACED:
            write_atomic(_copy_path(saved.path), saved.path.read_bytes())
        if saved.fate in (Fate.CREATED, Fate.REPLACED):
            saved.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(saved.path, file.data)
    except OSError as error:
        raise _failed(saved.path, error) from None
    return saved


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part.

    Raises:
        OSError: The disk refuses; nothing is left behind.
    """
    handle, temporary = tempfile.mkstemp(prefix=".agentconv-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _copy_path(path: Path) -> Path:
    copy, number = path.with_name(path.name + ".agentconv-backup"), 2
    while copy.exists():
        copy, number = path.with_name(f"{path.name}.agentconv-backup-{number}"), number + 1
    return copy


def _failed(path: Path, error: OSError) -> InputError:
    message = f"cannot be written: {error.strerror or error}"
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(path.as_posix())))
