"""Output files to the disk: only below the output folder, and never over bytes that are not ours."""

from __future__ import annotations

import os
import stat
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk import keeping, reading
from agentconv.disk.files import Blocked, Disk, Present
from agentconv.disk.placing import BACKUP, Changed, create, finish, identity, is_made, make_folders, numbered, remove, rewrite
from agentconv.disk.reading import reason_of
from agentconv.disk.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agentconv.disk.output import OutputFile
    from agentconv.disk.placing import Identity


_READ, _RUN = 0o444, 0o111


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
    at: tuple[int, int] = (1, 1)
    """Where in it that stands."""
    mode: bool = False
    """Whether all that differs is that one is a program and the other is none."""
    late: bool = False
    """Whether it came to be, or changed, since it was looked at."""
    own: bool = False
    """Whether it is a file, or in a folder, that was read: a link makes it so, and it is in step by itself."""
    other_names: int = 0
    """How many hard links there are to what was replaced; they lead to the old bytes from now on."""

    @property
    def forcible(self) -> bool:
        """Whether it is kept for its content alone."""
        return self.is_kept and not (self.late or self.problem)

    @property
    def is_kept(self) -> bool:
        """Whether something that is there stays although it is not what was to be written: the file, or entries of it."""
        return self.fate is Fate.KEPT or bool(self.kept)

    @property
    def diagnostic(self) -> Diagnostic | None:
        """Say what a user would not expect: that something was kept, or that a link has a part in it."""
        if self.is_kept:
            return self._told(Severity.WARNING, *self._why_kept())
        if self.own:
            return self._told(Severity.NOTE, "a link makes it one with the source; it is in step by itself, and is left as it is")
        return other_names(self.path.as_posix(), self.other_names) if self.other_names else None

    def _told(self, severity: Severity, message: str, hint: str | None = None) -> Diagnostic:
        return Diagnostic(Code.EXISTS, severity, message, Span(self.path.as_posix(), *self.at), hint)

    @property
    def way_out(self) -> str | None:
        """Say what can be done about what is kept."""
        return self._why_kept()[1] if self.is_kept else None

    def _why_kept(self) -> tuple[str, str]:
        if self.late:
            return "it changed while this ran, and is kept", "run it again"
        if self.mode:
            return "one of this content is there that is a program, or is none, unlike the source, and is kept", "--force has it follow"
        if self.problem:
            return f"nothing can be added to this file: {self.problem}", "mend the file, or write to another one with -o"
        if self.kept:
            names = ", ".join(f"`{name}`" for name in self.kept[:3]) + (f" and {len(self.kept) - 3} more" if len(self.kept) > 3 else "")
            message = f"entries of the same name with other content are there, and are kept: {names}"
            return message, "--force replaces them and keeps a copy of the file"
        return "a file with other content is there, and is kept", "--diff shows what differs; --force replaces it and keeps a copy"


def _called(within: Path | None, called: Path | None) -> str:
    """Say what the folder is out of which no link may lead."""
    return "the output folder" if within is None else "the project" if called is None else "your home folder"


def other_names(path: str, number: int) -> Diagnostic:
    """Say that there were hard links to a file that has other content now."""
    names = "another name" if number == 1 else f"{number:,} other names"
    message = f"it had {names} (hard links), where the old content stays"
    return Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(path), "link it anew, or use symbolic links")


class OutputFolder:
    """One folder below which a run saves files."""

    def __init__(self, folder: Path, *, within: Path | None = None, sources: Iterable[str] = (), called: Path | None = None) -> None:
        """Prepare to save below a folder; nothing is touched.

        Args:
            folder: What the files' paths are relative to.
            within: The folder out of which no link may lead, where that is another one.
            called: What the folder is for people, where that is something else.
            sources: The files that the run reads. What a link makes one with them, or puts into their folder, is never written.
        """
        self.folder = called or folder
        """What the paths that are told begin with."""
        self._root = folder
        self._disk = Disk(folder, within=within, called=_called(within, called))
        self._sources = Sources(sources)

    def fate(self, file: OutputFile, *, force: bool = False) -> Saved:
        """Tell what saving a file would do.

        Raises:
            InputError: It cannot be saved: what is in the way cannot be read, or leads out of the folder.
        """
        return self._fate(file, force=force)[0]

    def real(self, path: str) -> str:
        """Return the real folder that a file is in."""
        return self._disk.folder(path)

    def save(self, file: OutputFile, *, force: bool = False) -> Saved:
        """Write one file.

        Raises:
            InputError: The disk refuses.
        """
        saved, present = self._fate(file, force=force)
        others = finish(present.place, present.status) if present else 0
        forced = saved.fate is Fate.REPLACED
        if forced and present is not None and saved.mode:
            self._follow(file, present)
            return saved
        merged = file.shared is not None and saved.present is not None and saved.data != saved.present
        try:
            if saved.fate is Fate.CREATED:
                self._create(file)
            elif present is not None and (forced or merged):
                self._replace(file.path, present, saved.data, copied=forced)
                if _is_other_mode(file, present):
                    self._follow(file, present)
                return replace(saved, other_names=others)
        except (FileExistsError, Changed):
            return Saved(saved.path, Fate.KEPT, file.data, b"", late=True)
        except (OSError, ValueError) as error:
            raise _failed(saved.path, reason_of(error)) from None
        return saved

    def mend(self, path: str, before: bytes, data: bytes) -> Saved:
        """Let a file that was read have other bytes, if it still has those that it had then.

        Raises:
            InputError: The disk refuses.
        """
        shown = self.folder / path
        present = self._present(path, shown)
        if present is None or present.data not in (before, data):
            return Saved(shown, Fate.KEPT, data, b"", late=True)
        if present.data == data:
            return Saved(shown, Fate.SAME, data)
        try:
            rewrite(present.place, before, data)
        except Changed:
            return Saved(shown, Fate.KEPT, data, b"", late=True)
        except OSError as error:
            raise _failed(shown, reason_of(error)) from None
        return Saved(shown, Fate.REPLACED, data, before, other_names=present.status.st_nlink - 1)

    def _fate(self, file: OutputFile, *, force: bool) -> tuple[Saved, Present | None]:
        path = self.folder / file.path
        parts = file.path.split("/")
        if parts[0] == "" or ".." in parts or parts[-1] in ("", "."):
            raise _failed(path, "it is no file below the output folder")
        present = self._present(file.path, path)
        differs = present is None or present.data != file.data
        place, below = os.path.join(self._root, file.path), len(parts) > 1 or self.folder != self._root
        if differs and self._sources.hold(place, self._disk.folder(file.path), present, below=below):
            return Saved(path, Fate.SAME, present.data if present else file.data, own=True), present
        if present is None:
            return Saved(path, Fate.CREATED, file.data), None
        found = _against(path, file, present.data, force=force)
        if found.fate is Fate.SAME and _is_other_mode(file, present):
            found = replace(found, fate=Fate.REPLACED if force else Fate.KEPT, present=present.data, mode=True)
        return found, present

    def _follow(self, file: OutputFile, present: Present) -> None:
        """Make a file a program, for who may read it, or make it none.

        Raises:
            InputError: The disk refuses.
        """
        mode = stat.S_IMODE(present.status.st_mode)
        try:
            os.chmod(present.place, mode | (mode & _READ) >> 2 if file.executable else mode & ~_RUN)
        except OSError as error:
            raise _failed(self.folder / file.path, reason_of(error)) from None

    def _present(self, path: str, shown: Path) -> Present | None:
        try:
            present = self._disk.look(path)
        except (OSError, RuntimeError, ValueError) as error:
            raise _failed(shown, reason_of(error)) from None
        if isinstance(present, Blocked):
            raise _failed(shown, present.reason, "name the place that it leads to instead" if present.astray else None)
        return present

    def _create(self, file: OutputFile) -> None:
        """Write a new file; its folder is made when it turns out that there is none."""
        place = self._disk.at(file.path)
        try:
            create(place, file.data, executable=file.executable)
        except (FileNotFoundError, NotADirectoryError):
            make_folders(os.path.dirname(place))
            create(place, file.data, executable=file.executable)

    def _replace(self, path: str, present: Present, data: bytes, *, copied: bool) -> None:
        """Give a file other bytes; a copy of the old ones comes first."""
        copy = self._copied(path, present) if copied else None
        try:
            rewrite(present.place, present.data, data)
        except BaseException:
            if copy is not None and is_made(*copy) and is_made(present.place, identity(present.status)):
                remove(copy[0])  # what it is a copy of is there
            raise

    def _copied(self, path: str, present: Present) -> tuple[str, Identity] | None:
        """Keep a copy of a file, unless there is one; return the new one."""
        for number in count(1):
            name = numbered(path, BACKUP, number)
            there = self._disk.look(name)
            if there is None:
                place = self._disk.at(name)
                return place, create(place, present.data, kept=keeping.of(present.place), forced=True)
            if isinstance(there, Present) and there.data == present.data:
                finish(there.place, there.status)
                return None
        raise AssertionError


def _is_other_mode(file: OutputFile, present: Present) -> bool:
    """Whether one of a file and what is in its place is a program and the other is none: of a file that was read beside others, either."""
    if os.name == "nt" or file.shared is not None:
        return False
    is_program = reading.is_program(present.status)
    return file.executable != is_program and (file.executable or file.beside)


def _against(path: Path, file: OutputFile, present: bytes, *, force: bool) -> Saved:
    """Return what becomes of a file whose place has these bytes."""
    if file.says(present):
        return Saved(path, Fate.SAME, present)
    if file.shared is None:
        return Saved(path, Fate.REPLACED if force else Fate.KEPT, file.data, present)
    merged = file.shared.merge(present, force=force)
    unchanged = Fate.KEPT if merged.kept else Fate.SAME
    found = Fate.REPLACED if merged.replaced else unchanged if merged.data == present else Fate.MERGED
    return Saved(path, found, merged.data, present, merged.kept, merged.problem, merged.at)


def _failed(path: Path, reason: str, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"cannot be written: {reason}", Span(path.as_posix()), hint))
