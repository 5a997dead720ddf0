"""What agents' own guards run: it stays in the project that they come from, and where it is not, they block nothing."""

from __future__ import annotations

import os
import shlex
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Cause, Code, Diagnostic, Severity
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.render import text
from agentconv.sources import locations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.cli.destination import Destination
    from agentconv.conversion.converting import Converted
    from agentconv.core.part_format import Scope
    from agentconv.core.parts import FolderFile
    from agentconv.core.script_imports import Lack
    from agentconv.disk.output import OutputFile

_HOOKS = b"hooks"
"""What is in every file of an agent that has some: others need not be read again."""


def of(sources: Iterable[str]) -> Callable[[str], FolderFile | None]:
    """Return what gives a file of the project that agents come from, by its path there, where guards of theirs may take it elsewhere.

    Args:
        sources: The files that agents are read from; where those are of several projects that have different ones, none of them is meant.
    """
    roots: list[Path] = []

    def found(path: str) -> FolderFile | None:
        from agentconv.pack.carried_scripts import is_ones_own
        from agentconv.sources.parts_on_disk import PartsOnDisk

        if not roots:
            roots.extend(_projects(sources))
        there = [file for root in roots for file in PartsOnDisk(root).named("", [path])[:1]] if is_ones_own(path) else []
        return there[0] if there and all(one == there[0] for one in there) else None

    return cache(found)


def _projects(sources: Iterable[str]) -> list[Path]:
    """Return the projects that files are of; a user's own is none."""
    roots = (locations.project_root(Path(one)) for one in sources)
    return [one for one in dict.fromkeys(roots) if one is not None and one != Path.home()]


class GuardScripts:
    """The scripts of one conversion's agents."""

    def __init__(self, sources: Iterable[str], place: Destination, *, is_user: bool) -> None:
        """Begin a conversion.

        Args:
            sources: The files that agents are read from.
            place: Where they go.
            is_user: Whether that is a user's own folder, for all projects.
        """
        self._is_user = is_user
        self._to = place.folder or (locations.project_root(place.file) if place.file else None)
        self._sources = sources
        self._runs: dict[str, dict[str, None]] = {}
        """By script, the agents that run it."""
        self._guarded: dict[str, dict[str, None]] = {}
        """By target, the agents that have guards."""
        self._outside: dict[str, tuple[str, dict[str, None]]] = {}
        """What need be no file of the project: the path at which it would be one, and the agents that run it."""
        self._started: set[str] = set()
        """Those that are started themselves, and have to be programs."""
        self._coming: set[str] = set()
        """What goes along beside parts: scripts of the whole set's hooks."""

    @cached_property
    def _from(self) -> list[Path]:
        """The projects that the agents come from."""
        return _projects(self._sources)

    def look(self, done: Converted) -> None:
        """Take note of what the guards of a file that is written run."""
        row, file = registry.FORMATS[done.target], done.file
        if self._to is None or file is None or row.bundle or row.index:  # which stand in no project
            return
        if done.part:
            self._coming.update([file.path] if file.beside else [])
            if done.part == "hooks" and not file.beside:
                self._read_hooks(done.target, file)
        elif _HOOKS in file.data:
            self._read(done.target, file)

    def _read(self, target: str, file: OutputFile) -> None:
        from agentconv.core import effects
        from agentconv.parts.hooks import scripts

        for agent in registry.load(target).read(SourceText(file.path, file.data)).set.agents:
            outside = scripts.of_machine(effects.guards_in(agent))
            if effects.guards_in(agent):
                self._guarded.setdefault(target, {})[agent.name or agent.id] = None
            for path, program in scripts.of_guards(agent).items():
                self._started.update([path] if program else [])
                self._runs.setdefault(path, {})[agent.name or agent.id] = None
            for name, path in outside.items():
                self._outside.setdefault(name, (path, {}))[1][agent.name or agent.id] = None

    def _read_hooks(self, target: str, file: OutputFile) -> None:
        """Take note of what guards of the whole set run of the machine; their scripts go along with them."""
        from agentconv.core.part_format import PartSource
        from agentconv.parts import registry as parts
        from agentconv.parts.hooks import scripts
        from agentconv.sources.places_on_disk import matches

        module = parts.part_format(target, "hooks")
        place = next((one for one in module.project if matches(one, file.path)), None) if module else None
        for part in module.read(PartSource(SourceText(file.path, file.data), place)).parts if module and place else ():
            for name, path in scripts.of_part(part).items():
                self._outside.setdefault(name, (path, {}))[1][f"hooks/{part.name or part.id}"] = None

    def told(self) -> Iterator[Diagnostic]:
        """Say which scripts are not there, or are others than those that the agents were written with."""
        if not (self._guarded or self._outside) or self._to is None:
            return
        yield from self._never_run(self._to)
        yield from self._of_machine(self._to)
        yield from self._follow()
        yield from self._goes_along()
        for path, agents in self._runs.items():
            head = f"a guard of {text.names([*agents])} runs `{path}`"
            if self._is_user:
                message = f"{head} of the project that is open: in one without it, it blocks nothing"
                hint = "convert into each project that has it, with -o, or let the hook say itself what it does"
                yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint, cause=Cause.GUARD)
            elif (told := self._in_project(path, head)) is not None:
                yield told

    def _never_run(self, to: Path) -> Iterator[Diagnostic]:
        """Say which agents have guards that the settings of the place where they go, or the user's own, keep from running."""
        for target, agents in self._guarded.items():
            from agentconv.sources import hooks_off

            read, at = files_of(Disk(to)), _scope(is_user=self._is_user)
            off = hooks_off.why(target, "", read, at) or (None if self._is_user else hooks_off.of_user(target, read))
            if off is not None:
                message = f"guards of {text.names([*agents])} never run: {off}"
                yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hooks_off.HINT, client=target, cause=Cause.GUARD)

    def _of_machine(self, to: Path) -> Iterator[Diagnostic]:
        """Say what guards run that is no file of the project, so that nobody sees it here."""
        from agentconv.parts.hooks import scripts

        reads = [files_of(Disk(one)) for one in (to, *self._from)]
        for name, (path, agents) in self._outside.items():
            if path not in self._runs or not any(read(path) for read in reads):
                self._runs.pop(path, None)
                for told, way in scripts.runs_outside([name]):
                    message = f"a guard of {text.names([*agents])} {told}"
                    yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=way, cause=Cause.GUARD)

    def _follow(self) -> Iterator[Diagnostic]:
        """Take note of what the scripts take in of other files where they come from, and say what of it is not there."""
        from agentconv.core import script_imports
        from agentconv.parts.hooks import scripts

        lacks: dict[str, dict[Lack, None]] = {}
        for disk in map(Disk, self._from):
            for path, agents in [*self._runs.items()]:
                found = script_imports.follow([path], files_of(disk))
                lacks.setdefault(text.names([*agents]), {}).update(dict.fromkeys(found.lacks))
                for taken in found.files:
                    self._runs.setdefault(taken, {}).update(agents)
        for agents_named, several in lacks.items():
            for takes in scripts.takes_in(several):
                hint = "put it there, or take the guard out"
                yield Diagnostic(Code.PARTS, Severity.WARNING, f"a guard of {agents_named} {takes}", hint=hint, cause=Cause.GUARD)

    def _goes_along(self) -> Iterator[Diagnostic]:
        """Say which scripts come with the agents that run them: they are programs, or are read by one."""
        along: dict[str, list[str]] = {}
        for path in (path for path in self._runs if path in self._coming):
            along.setdefault(text.names([*self._runs[path]]), []).append(f"`{path}`")
        for agents, paths in along.items():
            yield Diagnostic(Code.PARTS, Severity.NOTE, f"what a guard of {agents} runs goes along: {', '.join(paths)}", cause=Cause.GUARD)

    def _in_project(self, path: str, head: str) -> Diagnostic | None:
        disk = Disk(self._to or Path())
        there, idle = disk.read(path), path in self._started and not disk.is_program(path)
        found = ((root, Disk(root).read(path)) for root in self._from)
        root, own = next(((root, data) for root, data in found if isinstance(data, bytes)), (None, None))
        place = (self._to or Path()) / path
        if isinstance(there, bytes) and own in (None, there):
            message = f"{head}, which is there and is no program: it cannot be started, and blocks nothing"
            severity = Severity.WARNING if root == self._to else Severity.ERROR
            told = Diagnostic(Code.PARTS, severity, message, hint=f"chmod +x {_quoted(place)}", cause=Cause.GUARD)
            return told if idle else None
        if there is None and path in self._coming:
            return None
        copied = f"mkdir -p {_quoted(place.parent)} && cp -p {_quoted((root or Path()) / path)} {_quoted(place)}"
        if there is not None:
            message = f"{head}, and another file is there: what that lets pass is not held back"
            hint = f"see what is in it; `{copied}` takes the one that the agents were written with" if root else None
            return Diagnostic(Code.PARTS, Severity.ERROR, message, hint=hint, cause=Cause.GUARD)
        hint = copied if root is not None and root != self._to else "put it there, or take the guard out"
        return Diagnostic(
            Code.PARTS, Severity.WARNING, f"{head}, which is not there: without it, it blocks nothing", hint=hint, cause=Cause.GUARD
        )


def _scope(*, is_user: bool) -> Scope:
    return "user" if is_user else "project"


def _quoted(path: Path) -> str:
    return shlex.quote(os.path.relpath(path))
