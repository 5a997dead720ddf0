"""The files at the places where clients look for parts: in one project, or in the user's home.

A link that leads out is not followed, and what is larger than a client's file can be is not read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.source import SourceText
from agentconv.disk import reading
from agentconv.sources import inputs, sniffing
from agentconv.sources.inputs import Discovery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartSource, Place
    from agentconv.core.parts import FolderFile
    from agentconv.sources.user_places import Home

    class Unsettled(Protocol):
        """Knows files of which nothing is known, although they can be read: a merge is not done with them."""

        def told(self, path: str, data: bytes | None) -> Diagnostic | None:
            """Return what is to be told of such a file; None of any other."""

        def gone(self) -> list[str]:
            """Return the places of those that are not there."""


Found = TypeVar("Found")
_ANYWHERE, _TEXTS = "*/**/", (".md", ".cursorrules", ".kiroignore")
"""How a pattern begins that names files of any folder below the root, and how they end."""
_UNREADABLE = "put a file there that can be read, or take away what is there"
MAX_FILE_BYTES = 1024 * 1024
"""Of one file beside a SKILL.md."""
MAX_FOLDER_BYTES = 16 * 1024 * 1024
"""Of all of them together."""


@dataclass(slots=True)
class PlacesOnDisk:
    """The files of one project, or of the user's own, at the places of clients."""

    folder: Path
    """The project's root, or the user's home."""
    home: Home | None = None
    """The user's home, where the user's own parts are meant."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    """What reading found, but for what is said of a part."""
    texts: Mapping[str, bytes] = field(default_factory=dict)
    """By absolute path, what is read in place of what is on the disk: files that are open in an editor, saved before or not."""
    unsettled: Unsettled | None = None
    """Knows of which of the files nothing is known, where they are to be written elsewhere: those count as such that cannot be read."""
    _sources: dict[tuple[str, Place, Kind], tuple[PartSource, ...]] = field(default_factory=dict)
    """The files at a place of a client, as far as they were asked for."""
    _texts: tuple[str, ...] | None = None
    """All markdown files of the project, as far as that was asked for."""
    _of_all: dict[tuple[str, Callable[..., object]], object] = field(default_factory=dict)
    """By client and by who found it, what is true of several files together."""

    def once(self, client: str, who: Callable[..., object], find: Callable[[], Found]) -> Found:
        """Return what somebody finds in the files of a client together: once, although he is asked file after file."""
        if (client, who) not in self._of_all:
            self._of_all[client, who] = find()
        return cast("Found", self._of_all[client, who])

    def place(self, client: str, path: str) -> Path:
        """Return where a path of a client is that is relative to the project's root, or to the home."""
        return Path(self._at(client, path))

    def _at(self, client: str, path: str) -> str:
        folder, below = (self.folder, path) if self.home is None else self.home.below(client, path)
        return os.path.normpath(os.path.join(folder, below))

    def shown(self, client: str, path: str) -> str:
        """Return a path of a client as its user would name it."""
        place = self.place(client, path)
        return place.as_posix() if self.home is None else self.home.shown(place)

    def is_there(self, client: str, path: str, pattern: str) -> bool:
        """Whether there may be a file of a pattern at a place: for one that may be anywhere in the project, whether any is called so."""
        base = self._at(client, path)
        if any(self._unsaved(base, pattern)) or any(self._gone(base, pattern)):
            return True
        if "*" not in pattern:
            return os.path.lexists(os.path.normpath(os.path.join(base, pattern)))
        name = pattern.removeprefix(_ANYWHERE)
        if path or name == pattern or "*" in name or not name.endswith(_TEXTS):
            return os.path.lexists(base)
        return any(os.path.basename(path) == name for path in self._all_texts(Path(base)))

    def _unsaved(self, base: str, pattern: str) -> Iterator[str]:
        """Yield the files at a place that are open in an editor, and not on the disk yet."""
        for path in self.texts:
            below = os.path.relpath(path, base).replace(os.sep, "/") if path.startswith(f"{base}{os.sep}") else None
            is_here = path == base if not pattern else below is not None and _pattern(pattern).fullmatch(below)
            if is_here and not os.path.lexists(path):
                yield path

    def _gone(self, base: str, pattern: str) -> Iterator[str]:
        """Yield the files at a place that are not there, although a merge may bring them back."""
        for path in self.unsettled.gone() if self.unsettled is not None else ():
            below = os.path.relpath(path, os.path.realpath(base)).replace(os.sep, "/")
            if below == "." if not pattern else not below.startswith("../") and _pattern(pattern).fullmatch(below) is not None:
                yield path

    def sources(self, client: str, place: Place, kind: Kind) -> tuple[PartSource, ...]:
        """Return the files at a place of a client, in path order."""
        if (client, place, kind) not in self._sources:
            self._sources[client, place, kind] = tuple(self._found(client, place, kind))
        return self._sources[client, place, kind]

    def _found(self, client: str, place: Place, kind: Kind) -> Iterator[PartSource]:
        from agentconv.core.part_format import PartSource

        base = self.place(client, place.path)
        found = Discovery(diagnostics=self.diagnostics)
        top = os.path.realpath(self.folder if base.is_relative_to(self.folder) else base)
        for path in (*self._on_disk(found, place, base, top), *self._unsaved(os.fspath(base), place.pattern)):
            below = os.path.relpath(path, base).replace(os.sep, "/") if place.pattern else ""
            beside = self._beside(found, Path(path), top) if kind == "skills" and "/" in below else ()
            read = None if beside is None else self.read_file(path)
            if read is not None and beside is not None:
                shown = place.holds(below)
                yield PartSource(SourceText(shown, read[0]), place, beside, executable=read[1])
        for path in self._gone(os.fspath(base), place.pattern):
            self._is_settled(path, None)

    def _on_disk(self, found: Discovery, place: Place, base: Path, top: str) -> Iterable[str]:
        """Return the files at a place that is there, and leads nowhere else."""
        if not os.path.lexists(base) or (place.pattern and "*" not in place.pattern and not os.path.isfile(base / place.pattern)):
            return ()
        return self._paths(found, place, base, top) if inputs.followed(found, os.fspath(base), top) else ()

    def _paths(self, found: Discovery, place: Place, base: Path, top: str) -> Iterable[str]:
        """Return the files at a place; those that may be anywhere in the project are looked for once, whoever asks."""
        if not place.pattern:
            return [os.fspath(base)]
        if not place.pattern.startswith(_ANYWHERE) or not place.pattern.endswith(_TEXTS):
            return _matching(found, base, top, place.pattern)
        wanted = _pattern(place.pattern)
        below = {path: os.path.relpath(path, base).replace(os.sep, "/") for path in self._all_texts(base)}
        # an agent in a folder of its own (`.deepagents/agents/<name>/AGENTS.md`) is no text for that folder
        return [path for path, name in below.items() if wanted.fullmatch(name) and not sniffing.by_place(PurePosixPath(name))]

    def _all_texts(self, base: Path) -> tuple[str, ...]:
        """Return all files of the project that may be texts for a folder."""
        if self._texts is None:
            found = Discovery(diagnostics=self.diagnostics)
            self._texts = tuple(inputs.walk(found, base, os.path.realpath(self.folder), _TEXTS))
        return self._texts

    def read_file(self, path: str) -> tuple[bytes, bool] | None:
        """Return the bytes of a file, and whether it is a program."""
        if path in self.texts and not os.path.lexists(path):
            return self.texts[path], False
        try:
            data, status = reading.read(path, limit=inputs.MAX_AGENT_BYTES)
        except OSError as error:
            self.diagnostics.append(inputs.unread(path, f"cannot be read: {inputs.reason(error)}", hint=_UNREADABLE))
            return None
        if not self._is_settled(path, data):
            return None
        return self.texts.get(os.path.abspath(path), data) if self.texts else data, bool(status.st_mode & 0o100)

    def _is_settled(self, path: str, data: bytes | None) -> bool:
        """Whether a file says what its author means, as far as anybody wants to know; what is told of one that does not, is said once."""
        told = self.unsettled.told(path, data) if self.unsettled is not None else None
        if told is not None and told not in self.diagnostics:
            self.diagnostics.append(told)
        return told is None

    def _beside(self, found: Discovery, file: Path, top: str) -> tuple[FolderFile, ...] | None:
        """Return what is in a skill's folder beside SKILL.md; None where that cannot all be carried."""
        from agentconv.core.parts import FolderFile

        files: list[FolderFile] = []
        size = 0
        if not file.parent.is_dir():
            return ()  # it is open in an editor, and was never saved
        for path in inputs.walk(found, file.parent, top, ("",)):
            if path == os.fspath(file):
                continue
            try:
                data, status = reading.read(path, limit=MAX_FILE_BYTES)
            except OSError as error:
                self.diagnostics.append(_left_out(file, f"`{os.path.basename(path)}` in its folder: {inputs.reason(error)}"))
                return None
            if not self._is_settled(path, data):
                return None
            size += len(data)
            if size > MAX_FOLDER_BYTES:
                self.diagnostics.append(_left_out(file, f"its folder has more than {MAX_FOLDER_BYTES:,} bytes"))
                return None
            files.append(FolderFile(os.path.relpath(path, file.parent).replace(os.sep, "/"), data, bool(status.st_mode & 0o100)))
        return tuple(files)

    def has_file(self, client: str, path: str) -> bool:
        """Whether there is a file of the project, or of the user's, at a path that another one names."""
        whole = self.place(client, path)
        return whole.is_file() and inputs.followed(Discovery(), os.fspath(whole), os.path.realpath(self.folder))

    def named(self, client: str, paths: Iterable[str]) -> tuple[FolderFile, ...]:
        """Return files of the project that a part names by their paths, those that are there, with what these take in."""
        from agentconv.core import script_imports

        wanted = [*paths]
        known: dict[str, FolderFile | None] = {}

        def read(path: str) -> bytes | None:
            if path not in known:
                known[path] = self._named(client, path)
            return file.data if (file := known[path]) else None

        taken = script_imports.follow(wanted, read).files
        return tuple(file for path in (*wanted, *taken) if read(path) is not None and (file := known[path]))

    def _named(self, client: str, path: str) -> FolderFile | None:
        from agentconv.core.parts import FolderFile

        whole = self.place(client, path)
        found = Discovery(diagnostics=self.diagnostics)
        if not os.path.isfile(whole) or not inputs.followed(found, os.fspath(whole), os.path.realpath(self.folder)):
            return None
        try:
            data, status = reading.read(os.fspath(whole), limit=MAX_FILE_BYTES)
        except OSError:
            return None
        if not self._is_settled(os.fspath(whole), data):
            return None
        return FolderFile(path, data, bool(status.st_mode & 0o100))


def _left_out(file: Path, reason: str) -> Diagnostic:
    return Diagnostic(Code.TOO_LARGE, Severity.ERROR, f"the skill is left out: {reason}", Span(file.as_posix()))


def matches(place: Place, path: str) -> bool:
    """Whether a client that looks at a place finds the file of a path there."""
    if not place.pattern:
        return path == place.path
    base = f"{place.path}/" if place.path else ""
    return path.startswith(base) and _pattern(place.pattern).fullmatch(path[len(base) :]) is not None


def _matching(found: Discovery, base: Path, top: str, pattern: str) -> Iterator[str]:
    """Yield the files below a folder that a pattern names."""
    if not os.path.isdir(base):
        return
    if "*" not in pattern:
        path = os.fspath(base / pattern)
        yield from (path,) if inputs.followed(found, path, top) else ()
        return
    wanted = _pattern(pattern)
    suffix = pattern.rpartition("/")[2].rpartition("*")[2]
    for path in inputs.walk(found, base, top, (suffix,)):
        if wanted.fullmatch(os.path.relpath(path, base).replace(os.sep, "/")):
            yield path


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Return what matches the paths that a place's pattern names: `**/` stands for any folders, `*` for what is in one name."""
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(words.get(word, re.escape(word)) for word in re.split(r"(\*\*/|\*\*|\*)", pattern)), re.DOTALL)
