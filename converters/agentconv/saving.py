"""Output files to the disk: atomically, only below the output folder, and never over bytes that are not ours."""

from __future__ import annotations

import os
from contextlib import suppress
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
    present: bytes | None = None
    """The bytes that are there, where they are others."""

    @property
    def diagnostic(self) -> Diagnostic | None:
        """Say that a file was kept; None for every other fate."""
        if self.fate is not Fate.KEPT:
            return None
        hint = "--diff shows what differs; --force replaces it and keeps a copy"
        message = "a file with other content is there, and is kept"
        return Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(self.path.as_posix()), hint)


def fate(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Tell what saving a file would do.

    Raises:
        InputError: It cannot be saved: what is in the way cannot be read, or leads out of the folder.
    """
    path = folder / file.path
    try:
        if _leads_out(folder, file.path):
            raise _failed(path, "a symbolic link leads out of the output folder", "name the folder that it leads to with -o")
        present = _present(path)
    except (OSError, RuntimeError) as error:
        raise _failed(path, _reason(error)) from None
    if present is None:
        return Saved(path, Fate.CREATED)
    if present == file.data:
        return Saved(path, Fate.SAME)
    return Saved(path, Fate.REPLACED if force else Fate.KEPT, present)


def _present(path: Path) -> bytes | None:
    """Return the bytes that are there; none, for a link to nowhere, are others too."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return b"" if os.path.islink(path) else None


def _leads_out(folder: Path, relative: str) -> bool:
    """Whether a symbolic link on the way to a file leads out of the folder that it is written to."""
    place = str(folder)
    for part in relative.split("/")[:-1]:
        place = f"{place}/{part}"
        if part == ".." or (os.path.islink(place) and not _inside(place, folder)):
            return True
    return False


def _inside(place: str, folder: Path) -> bool:
    root = os.path.realpath(folder)
    return os.path.commonpath([root, os.path.realpath(place)]) == root


def save(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Write one file below a folder.

    Raises:
        InputError: The disk refuses.
    """
    saved = fate(folder, file, force=force)
    try:
        if saved.fate is Fate.REPLACED:
            write_atomic(_copy_path(saved.path), saved.present or b"")
            write_atomic(saved.path, file.data)
        elif saved.fate is Fate.CREATED:
            saved.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(saved.path, file.data, new=True)
    except FileExistsError:
        if saved.path.is_file():  # it came to be since we looked
            return Saved(saved.path, Fate.KEPT, b"")
        raise _failed(saved.path, "a file is where a folder has to be") from None
    except OSError as error:
        raise _failed(saved.path, _reason(error)) from None
    return saved


def write_atomic(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part.

    Args:
        path: Where to.
        data: What.
        new: Nothing is to be there.

    Raises:
        FileExistsError: There is a file, and it was to be new.
        OSError: The disk refuses; nothing is left behind.
    """
    temporary = f"{path.parent}/.agentconv-{os.urandom(8).hex()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if new and _linked(temporary, path):
            os.unlink(temporary)
        else:
            os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _linked(temporary: str, path: Path) -> bool:
    """Give a file its name unless the name is taken; False where the file system has no hard links."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _copy_path(path: Path) -> Path:
    copy, number = path.with_name(path.name + ".agentconv-backup"), 2
    while os.path.lexists(copy):
        copy, number = path.with_name(f"{path.name}.agentconv-backup-{number}"), number + 1
    return copy


def _reason(error: OSError | RuntimeError) -> str:
    return ((isinstance(error, OSError) and error.strerror) or str(error)).lower()


def _failed(path: Path, reason: str, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"cannot be written: {reason}", Span(path.as_posix()), hint))
