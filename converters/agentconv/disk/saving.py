"""Output files to the disk: atomically, only below the output folder, and never over bytes that are not ours."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk.placing import BACKUP, give_name, numbered, reason_of

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.disk.output import OutputFile


class Fate(StrEnum):
    """What happens, or would happen, to one output file."""

    CREATED = "created"
    MERGED = "added to"
    """A file that several agents share was there; ours are in it now, and nothing else in it changed."""
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
    data: bytes
    """What is, or would be, in the file."""
    present: bytes | None = None
    """The bytes that are there, where they are others."""
    kept: tuple[str, ...] = ()
    """Names of agents whose entries in a shared file are others, and stay."""
    problem: str | None = None
    """Why a shared file can take nothing."""

    @property
    def diagnostic(self) -> Diagnostic | None:
        """Say that a file, or entries of it, were kept; None for every other fate."""
        if self.fate is not Fate.KEPT:
            return None
        hint = "--diff shows what differs; --force replaces it and keeps a copy"
        message = "a file with other content is there, and is kept"
        if self.problem:
            message, hint = f"agents cannot be added to this file: {self.problem}", "mend the file, or write to another one with -o"
        elif self.kept:
            names = ", ".join(f"`{name}`" for name in self.kept[:3]) + (f" and {len(self.kept) - 3} more" if len(self.kept) > 3 else "")
            message = f"entries of the same name with other content are there, and are kept: {names}"
            hint = "--force replaces them and keeps a copy of the file"
        return Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(self.path.as_posix()), hint)


def fate(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Tell what saving a file would do.

    Raises:
        InputError: It cannot be saved: what is in the way cannot be read, or leads out of the folder.
    """
    path = folder / file.path
    parts = file.path.split("/")
    if parts[0] == "" or ".." in parts or parts[-1] in ("", "."):
        raise _failed(path, "it is no file below the output folder")
    try:
        if _leads_out(path, folder):
            raise _failed(path, "a symbolic link leads out of the output folder", "name the folder that it leads to with -o")
        present = _present(path)
    except (OSError, RuntimeError, ValueError) as error:
        raise _failed(path, reason_of(error)) from None
    if present is None:
        return Saved(path, Fate.CREATED, file.data)
    if present == file.data:
        return Saved(path, Fate.SAME, present)
    if file.shared is None:
        return Saved(path, Fate.REPLACED if force else Fate.KEPT, file.data, present)
    merged = file.shared.merge(present, force=force)
    found = Fate.REPLACED if merged.replaced else Fate.KEPT if merged.kept else Fate.SAME if merged.data == present else Fate.MERGED
    return Saved(path, found, merged.data, present, merged.kept, merged.problem)


def _leads_out(path: Path, folder: Path) -> bool:
    """Whether a link between the output folder and a file leads out of the folder."""
    parent, top = os.path.dirname(path), os.fspath(folder)
    linked = False
    while len(parent) > len(top) and not linked:
        linked = os.path.islink(parent)
        parent = os.path.dirname(parent)
    return linked and not path.parent.resolve().is_relative_to(folder.resolve())


def _present(path: Path) -> bytes | None:
    """Return the bytes that are there; none for a link that leads nowhere."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return b"" if os.path.islink(path) else None


def save(folder: Path, file: OutputFile, *, force: bool = False) -> Saved:
    """Write one file below a folder.

    Raises:
        InputError: The disk refuses.
    """
    saved = fate(folder, file, force=force)
    try:
        if saved.fate is Fate.REPLACED:
            write_atomic(_copy_path(saved.path), saved.present or b"")
            write_atomic(saved.path, saved.data)
        elif file.shared is not None and saved.present is not None and saved.data != saved.present:
            write_atomic(saved.path, saved.data)
        elif saved.fate is Fate.CREATED:
            _create(saved.path, file.data)
    except FileExistsError:
        if saved.path.is_file():  # it came to be since we looked
            return Saved(saved.path, Fate.KEPT, file.data, b"")
        raise _failed(saved.path, "a file is where a folder has to be") from None
    except OSError as error:
        raise _failed(saved.path, reason_of(error)) from None
    return saved


def _create(path: Path, data: bytes) -> None:
    """Write a new file; its folder is made when it turns out that there is none."""
    try:
        write_atomic(path, data, new=True)
    except (FileNotFoundError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data, new=True)


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
    temporary = f"{os.path.dirname(path) or '.'}/.agentconv-{os.urandom(6).hex()}"
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
        if new:
            give_name(temporary, os.fspath(path))
        else:
            os.replace(temporary, path)
    except BaseException:  # an interrupt too leaves nothing behind
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _copy_path(path: Path) -> Path:
    names = (path.with_name(numbered(path.name, BACKUP, number)) for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def _failed(path: Path, reason: str, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"cannot be written: {reason}", Span(path.as_posix()), hint))
