"""Where results go: files below a folder, one file, or standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import scope
from agentconv.cli.destination import Destination, destination, several
from agentconv.cli.guard_scripts import GuardScripts
from agentconv.cli.left_behind import LeftBehind
from agentconv.cli.report import Report
from agentconv.conversion import linked_folders
from agentconv.conversion.open_servers import chooses
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.disk.saving import Fate, OutputFolder
from agentconv.formats import registry
from agentconv.render import printable, text
from agentconv.sources import locations

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.cli.exit_codes import Exit
    from agentconv.conversion.converting import Converted
    from agentconv.disk.output import OutputFile
    from agentconv.disk.saving import Saved
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.user_places import Home

PLANS = {
    Fate.CREATED: "create",
    Fate.MERGED: "add to",
    Fate.REPLACED: "replace",
    Fate.SAME: "unchanged",
    Fate.KEPT: "keep",
}
"""What is to be done with a file, while nothing is written."""


def output_folder(place: Destination, sources: Iterable[str]) -> OutputFolder | None:
    """Return the folder that files are saved below; None for standard output."""
    if place.file:
        return OutputFolder(place.file.parent, within=locations.project_root(place.file), sources=sources)
    return OutputFolder(place.folder, sources=sources) if place.folder else None


def _in_step(told: Diagnostic, *, is_user: bool) -> Diagnostic:
    """Say besides which command tells what it wrote from what somebody edited."""
    how = "`agentconv sync` keeps" if is_user else "`agentconv init`, then `agentconv sync`, keep"
    return replace(told, hint=f"{told.hint}; {how} such files in step with their source")


def _in_folder(file: OutputFile, target: str) -> OutputFile:
    """Return a file with its path below the folder of its client."""
    return replace(file, path=file.path.removeprefix(f"{registry.FORMATS[target].folders[0]}/"))


class Output:
    """Takes results one by one and writes them."""

    def __init__(self, options: argparse.Namespace, targets: Sequence[str], places: Mapping[str, str], found: Discovery) -> None:
        self.options = options
        self.targets = targets
        self.sources = [file.location for file in found.files if file.location]
        self.home = scope.destination(options, targets)
        """The user's home, where each target has a folder of its own."""
        self.place = Destination(folder=self.home.root) if self.home else destination(options, targets)
        self.folder = output_folder(self.place, self.sources)
        self.own: dict[str, OutputFolder] = {}
        """By target, the folder of the user's own agents; by folder, that of the user's own parts."""
        self.report = Report(options, targets, places)
        if self.home:
            self.report.below = "~"
            if told := scope.taken(options):
                self.report.diagnostic(told)
        self.left = LeftBehind(self.place, self.home)
        self._has_parts = False
        """Whether any skill, command or server went along by now."""
        self.guards = GuardScripts(self.sources, self.place, is_user=self.home is not None)
        self._for_all: dict[str, str] = {}
        """By file with MCP servers that went along, the target, none of whose agents has a choice of them."""
        self.waiting: Converted | None = None
        """The one result without a folder, until it is known to be the only one."""
        self.failures: dict[tuple[str, str], int] = {}
        """How many files of a folder cannot be written, by the folder and the reason."""

    def take(self, done: Converted) -> None:
        """Write one result and tell about it."""
        self.report.take(done)
        self.guards.look(done)
        self.left.look(done)
        self._has_parts = self._has_parts or done.part is not None
        if not done.agents and registry.FORMATS[done.target].bundle and not (done.file and self._has_parts):
            return  # a bundle of nothing
        if done.file and not self.place.folder:
            if done.file.beside:
                return
            if self.waiting is not None:
                raise several(self.place, self.targets)
            self.waiting = done
            return
        self.write(done)

    def write(self, done: Converted) -> None:
        """Write a result's file to where it belongs."""
        saved: Saved | None = None
        if done.file and self._is_of_another(done, done.file):
            pass
        elif done.file and self.home:
            saved = self._save_own(self.home, done.file, done)
            done = replace(done, file=replace(done.file, path=saved.path.as_posix())) if saved else done
        elif done.file and self.folder:
            named = replace(done.file, path=self.place.file.name) if self.place.file else done.file
            saved = self.save(self.folder, named, done.target)
        elif done.file:
            printable.data(done.file.data)
            self.report.to_stdout = True
        shown = self.preview(saved) if saved else None
        if saved and done.part == "servers" and not chooses(done.target):
            self._for_all[saved.path.as_posix()] = done.target
        unsaved = done.file is not None and saved is None and self.folder is not None
        self.report.result(done, "unsaved" if unsaved else saved.fate if saved else None, shown)

    def _save_own(self, home: Home, file: OutputFile, done: Converted) -> Saved | None:
        """Save a file among the user's own: an agent's in the folder of its client, a part's where that looks below the home folder."""
        if done.part is None:
            return self.save(self._own(home, done.target), _in_folder(file, done.target), done.target)
        folder, path = home.below(done.target, file.path)
        key = os.fspath(folder)
        if key not in self.own:
            within = home.root if folder.is_relative_to(home.root) else None
            self.own[key] = OutputFolder(folder, within=within, sources=self.sources, called=Path(home.shown(folder)))
        return self.save(self.own[key], replace(file, path=path), done.target)

    def _own(self, home: Home, target: str) -> OutputFolder:
        """Return the folder of the user's own agents of a target."""
        if target not in self.own:
            place = home.folder(target) or home.root
            within = home.root if place.is_relative_to(home.root) else None
            self.own[target] = OutputFolder(place, within=within, sources=self.sources, called=Path(home.shown(place)))
        return self.own[target]

    def save(self, folder: OutputFolder, file: OutputFile, target: str) -> Saved | None:
        """Save one file, or see what that would do; None when it cannot be done, which is told once per folder."""
        force, dry = self.options.force, self.options.check or self.options.diff or self.options.dry_run
        try:
            saved = (folder.fate if dry else folder.save)(file, force=force)
        except InputError as error:
            where = (folder.folder / file.path).parent.as_posix(), error.diagnostic.message
            if where not in self.failures:
                self.report.diagnostic(error.diagnostic)
            self.failures[where] = self.failures.get(where, 0) + 1
            self.report.unsaved += 1
            return None
        if saved.own and self.place.file:  # a folder that a link makes the source's own is in step; a file that was named was to be written
            hint = "it is left as it is; name another file with -o"
            self.report.diagnostic(
                Diagnostic(Code.USAGE, Severity.ERROR, "it is the source, under another name", Span(saved.path.as_posix()), hint)
            )
            self.report.unsaved += 1
            return None
        self.report.saved(saved, shared=file.shared is not None)
        if self.options.verbose and not dry:
            self.report.file(saved)
        if saved.diagnostic and not dry:
            synced = self.place.folder and saved.forcible and not registry.FORMATS[target].bundle
            self.report.diagnostic(_in_step(saved.diagnostic, is_user=self.home is not None) if synced else saved.diagnostic)
        return saved

    def _is_of_another(self, done: Converted, file: OutputFile) -> bool:
        """Say that a file would lie in another assistant's folder, and is not written: what is the source's own is in step by itself."""
        path, folder = file.path, self.folder
        if self.home and done.part is None:
            folder, file = self._own(self.home, done.target), _in_folder(file, done.target)
            path = os.path.join(self.home.folder(done.target) or "", file.path)
        if folder is None or self.place.file or registry.FORMATS[done.target].bundle:
            return False
        reason = linked_folders.in_the_way(done.target, path, file.data, folder.real, done.part or "")
        return reason is not None and self._is_kept_out(folder, file, reason)

    def _is_kept_out(self, folder: OutputFolder, file: OutputFile, reason: str) -> bool:
        """Tell it once per folder, unless nothing would be written anyway."""
        try:
            if folder.fate(file, force=True).fate is Fate.SAME:
                return False
        except InputError:
            return False  # which saving it says
        shown = folder.folder / file.path
        where = shown.parent.as_posix(), reason
        if where not in self.failures:
            message = f"it is not written: {reason}"
            self.report.diagnostic(Diagnostic(Code.EXISTS, Severity.ERROR, message, Span(shown.as_posix()), linked_folders.AWAY))
        self.failures[where] = self.failures.get(where, 0) + 1
        self.report.unsaved += 1
        return True

    def preview(self, saved: Saved) -> str | None:
        """Show what would happen to a file; return its diff where one is asked for."""
        shown = None
        if self.options.diff and saved.fate is not Fate.SAME:
            from agentconv.render import diff

            shown = diff.unified(saved.path.as_posix(), saved.present, saved.data)
        if self.report.json:
            return shown
        if shown:
            self.report.told = True
            self.report.line.clear()
            sys.stdout.write(shown)
        elif self.options.dry_run or (self.options.check and saved.fate is not Fate.SAME):
            word = "change" if self.options.check and saved.fate is Fate.KEPT and not saved.kept else PLANS[saved.fate]
            self.report.told = self.report.told or not self.options.dry_run or saved.is_kept  # what ends with 1
            self.report.line.clear()
            entries = f" of {text.names(saved.kept)}" if saved.kept else ""
            remark = f"  (other content{entries} is there; --force replaces it)" if word == "keep" or saved.kept else ""
            remark = f"  ({saved.problem})" if saved.problem else remark
            remark = "  (a program, or none, unlike the source; --force has it follow)" if saved.mode else remark
            print(f"{word:9} {text.safe(saved.path.as_posix())}{remark}")
        return shown

    def finish(self) -> Exit:
        """Write what waited, print the report, and return the exit code."""
        if self.waiting:
            self.write(self.waiting)
        for path, target in self._for_all.items():
            message = f"every agent of {text.client(target)} has the MCP servers in it, for no file of an agent chooses among them"
            self.report.diagnostic(Diagnostic(Code.PARTS, Severity.NOTE, message, Span(path)))
        for diagnostic in (*self.guards.told(), *self.left.told()):
            self.report.diagnostic(diagnostic)
        for (place, reason), number in self.failures.items():
            if number > 1:
                message = f"{number - 1:,} more {'file' if number == 2 else 'files'} in it: {reason}"
                self.report.diagnostic(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(place)))
        return self.report.finish()
