"""What is chosen for each file that is linted: flags first, then the settings of the nearest folder above it that has some."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.cli import configuration, scope
from agentconv.cli.linting import settings as lint_settings
from agentconv.cli.linting.settings import LintSettings
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.sources import locations, settings_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from agentconv.lint.rule import Rule
    from agentconv.lint.subject import Settings
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.settings_file import SettingsFile

_REPOSITORY = ".git"
_ACCEPTED = {"not-enforced": "AC506"}
"""The rules that find in a file what `accept` says is known."""
_OF_RUN = ("strict", "accept")
"""Settings that hold for a run, and so are those of the project that is linted."""


class LintFolders:
    """The settings of every folder with files, each table read once."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Take what flags say.

        Raises:
            InputError: A word names no rule or no client.
        """
        self.select, self.ignore = _words("--select", options.select), _words("--ignore", options.ignore)
        lint_settings.check_rules([*(self.select or ()), *(self.ignore or ())])
        self.project: LintSettings = options.lint or LintSettings()
        self._options = options
        self._accepted = frozenset(getattr(options, "accepted", None) or ())
        self._alone = bool((options.config and not self._names_own()) or options.isolated or options.scope == scope.USER)
        """Whether what holds for the project holds for every file, wherever it is."""
        self._named = tuple(registry.others_named(options.clients)) if options.clients else None
        self._said: dict[str, LintSettings | None] = {}
        """What a folder itself says."""
        self._nearest: dict[str, LintSettings] = {}
        """What counts in a folder."""
        self._unasked: dict[int, list[Rule]] = {}
        self._found: Discovery | None = None

    def look_at(self, found: Discovery) -> list[Rule]:
        """Return the rules for any of the files that are looked at, and say what the folders of those that were found try in vain.

        Raises:
            InputError: Settings of a folder cannot be meant.
        """
        self._found = found
        chosen = {id(one): one for one in (self.of(file.location or found.stdin_name or None) for file in found.files)}
        for one in chosen.values() or [self.project]:
            lint_settings.tell(self._options, one.remark(self.select, self.ignore))
        everywhere = (*chosen.values(), self.project)  # where what restrains the project is looked at, too
        asked = {rule.code for one in everywhere for rule in one.rules(self.select, self.ignore)}
        return [rule for rule in catalogue.rules().values() if rule.code in asked]

    def of(self, location: str | None) -> LintSettings:
        """Return what a file's folders say."""
        if self._alone or location is None:
            return self.project
        folder = os.path.dirname(os.path.abspath(location))
        if folder not in self._nearest:
            self._nearest[folder] = self._look_up(folder, _top(location, folder))
        return self._nearest[folder]

    def _look_up(self, folder: str, top: str) -> LintSettings:
        for one in _up_from(folder, top):
            if one not in self._said:
                self._said[one] = self._read(one)
            if (said := self._said[one]) is not None:
                return said
        return self.project

    def _read(self, folder: str) -> LintSettings | None:
        """Return what one folder says of linting, if it says anything."""
        if os.path.realpath(folder) == os.path.realpath(self.project.folder) and self.project.place.path:
            return self.project
        files = settings_file.of_folder(Path(os.path.relpath(folder)))
        settings_file.check(files, __version__)
        for file in files if self._run and self._run in Path(os.path.realpath(folder)).parents else ():
            lint_settings.tell(self._options, _without_effect(file))
        return next((configuration.lint_table(file) for file in files if "lint" in file.values), None)

    def for_file(self, location: str | None, client: str = "") -> Settings:
        """Return what is chosen for one file of a client."""
        said = self.of(location)
        if id(said) not in self._unasked:
            asked = {rule.code for rule in said.rules(self.select, self.ignore)}
            self._unasked[id(said)] = [rule for rule in catalogue.rules().values() if rule.code not in asked]
        settings = said.for_file(location, unasked=self._unasked[id(said)])
        accepted = {rule.casefold() for code, rule in _ACCEPTED.items() if self._accepted & {code, f"{code}:{client}"}}
        return replace(settings, ignored=settings.ignored | accepted) if accepted else settings

    def idle(self, locations: Sequence[str], sources: Iterable[str]) -> list[Diagnostic]:
        """Say which patterns of paths mean none of the files, of the tables of folders that were looked at as a whole."""
        whole = tuple(os.path.join(os.path.realpath(one), "") for one in sources if os.path.isdir(one))
        said = {id(one): one for one in (self.project, *self._nearest.values())}.values()
        at_hand = [one for one in said if os.path.join(os.path.realpath(one.folder), "").startswith(whole)]
        return [told for one in at_hand for told in one.idle(locations)]

    @property
    def is_asked(self) -> bool:
        """Whether a person asks about certain clients: what a project says holds for all of its files, whichever of them somebody names."""
        return self._named is not None

    def names_clients(self, location: str | None) -> bool:
        """Whether somebody said which clients to ask about a file."""
        return self._named is not None or self.of(location).clients is not None

    def clients(self, location: str | None) -> tuple[str, ...]:
        """Return the clients to ask about a file besides its own: those that are there, where nobody said which."""
        if self._named is not None:
            return self._named
        said = self.of(location).clients
        return self._present if said is None else said

    def _names_own(self) -> bool:
        """Whether the file that a person names is the project's own, which its folders say more to than another one's."""
        place = os.path.realpath(self._options.config)
        own = (os.path.join(self._run, name) for name in (settings_file.FILE, settings_file.PYTHON)) if self._run else ()
        return place in own

    @cached_property
    def _run(self) -> Path | None:
        """The folder of the project whose settings hold for the run."""
        folder = configuration.folder_of_project(self._options)
        return Path(os.path.realpath(folder)) if folder is not None else None

    @cached_property
    def _present(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(scope.in_play(self._options, self._found))) if self._found else ()


def _without_effect(file: SettingsFile) -> Diagnostic | None:
    """Say that a folder has settings that hold for a whole run, of which it is only a part; None where it has none."""
    keys: list[tuple[str, ...]] = [(key,) for key in _OF_RUN if key in file.values]
    table = file.values.get("lint")
    keys += [("lint", key) for key in ("baseline", "baseline-also") if isinstance(table, dict) and key in table]
    if not keys:
        return None
    named, verb = " and ".join(f"`{key[-1]}`" for key in keys), "does" if len(keys) == 1 else "do"
    message = f"{named} of this folder {verb} not count: a run has that of the project that is linted"
    hint = f"say it there, or lint {os.path.dirname(file.path.as_posix()) or os.curdir} by itself"
    return Diagnostic(Code.USAGE, Severity.NOTE, message, file.place(*keys[0]), hint)


def _words(flag: str, given: list[str] | None) -> tuple[str, ...] | None:
    """Return the words that a flag was given.

    Raises:
        InputError: There is none.
    """
    if given is None:
        return None
    words = tuple(word.strip() for word in ",".join(given).split(",") if word.strip())
    if not words:
        raise registry.usage(f"{flag} has an empty value", "name codes, beginnings of codes, or names: `agentconv rule` lists them")
    return words


def _up_from(folder: str, top: str) -> Iterable[str]:
    """Yield a folder and those above it, up to one that is the last."""
    yield folder
    while folder != top and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        yield folder


def _top(location: str, folder: str) -> str:
    """Return the last folder whose settings are a file's: its repository's, or else its project's."""
    for one in _up_from(folder, os.sep):
        if os.path.lexists(os.path.join(one, _REPOSITORY)):
            return one
    return os.fspath(locations.project_root(Path(location)) or folder)
