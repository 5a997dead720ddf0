"""What `agentconv lint` makes of a project that is kept in step: whose file is whose there, and what `sync` has still to do."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.render import text
from agentconv.sources import locations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.linting.folders import LintFolders
    from agentconv.conversion.options import Options
    from agentconv.install.lock import Lock, Synced
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Finding
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile

_SHOWN = 3
"""How many files a line names."""


class Kept:
    """The projects that lint meets, by what they say of sync, each read once."""

    def __init__(self, chosen: LintFolders) -> None:
        """Take who is asked about which file: what a person says of that counts before all of this."""
        self._chosen = chosen
        self._said: dict[Path, Settings | None] = {}
        self._locks: dict[Path, Lock | None] = {}
        self._converting: dict[tuple[Path, str], Options] = {}

    def leave_out(self, files: Iterable[LintFile]) -> None:
        """Do not ask an assistant of such a project about files in which it does not look for agents.

        It has its agents from the source by `sync`, which says of each what becomes of it there; and one that looks there only
        until it has a file of its own, or is not to have the agent, is asked about nothing but what protects whoever reads a file.
        """
        for file in files:
            if file.location is None or self._chosen.names_clients(file.location):
                continue
            said = self._of(file.location)
            if said is not None and file.subject.format != said.source_format:
                file.subject.versions = {}  # nobody goes by this file's word
            looking = locations.looking(file.location, file.subject.format) if said else frozenset()
            if said is None or not looking:
                continue
            kept = {said.source_format, *said.targets} - {file.subject.format}
            file.subject.asked = tuple(client for client in file.subject.asked if client not in kept or client in looking)
            if file.subject.format == said.source_format and _is_source(said, file.location):
                file.subject.to_come = frozenset(client for client in said.targets if said.formats[client].own)
                file.subject.as_synced = partial(self._options, said)
                file.subject.unwanted = _skipped(said, file)

    def told(self, files: Iterable[LintFile]) -> Iterator[Diagnostic]:
        """Say of each project what is out of step, so that nobody mends by hand what the next run of sync writes anew, or deletes."""
        for root in dict.fromkeys(root for file in files if file.location and (root := project.root(file.location))):
            said = self._at(root)
            lock = _lock(root) if said is not None else None
            if said is not None and lock is not None and lock.synced and (apart := _apart(said, lock)):
                hint = "run `agentconv sync`, and commit what it changes: it writes and deletes, or says what is to be mended"
                yield Diagnostic(
                    Code.EXISTS,
                    Severity.NOTE,
                    f"out of step with the source: {'; '.join(apart)}",
                    Span(os.path.relpath(said.root / said.own_file)),
                    hint,
                )

    def of_sync(self, file: LintFile) -> list[_Source]:
        """Return the sources of the agents or the part in a file, where `sync` writes it."""
        part = file.subject.part
        said = self._of(file.location) if file.location is not None and part is None else None
        said = self._at(Path(os.path.abspath(part.project.folder))) if part is not None and part.project is not None else said
        if said is None or file.location is None:
            return []
        if said.root not in self._locks:
            self._locks[said.root] = _lock(said.root)
        lock, path = self._locks[said.root], os.path.relpath(file.location, said.root).replace(os.sep, "/")
        if lock is None:
            return []
        found = [one for one in lock.synced if one.path == path and one.target == file.subject.format and one.target in said.targets]
        own = os.path.relpath(said.root / said.own_file)
        if not found:
            from agentconv.sync.unchanged_parts import NAME

            parts = (
                one for one in lock.entries if one.path == path and not one.pointer and one.target in said.targets and NAME in one.packs
            )
            return [_Source(one.agent, "", is_edited=False, settings=own, client=said.source_format) for one in parts]
        from agentconv.sync import texts

        left = {"", texts.sha256(file.subject.source.data)}
        return [_Source(one.name, os.path.relpath(said.root / one.source), one.bytes_sha256 not in left, own) for one in found]

    def own(self, files: Iterable[LintFile]) -> list[LintFile]:
        """Return the files that are no other's: those that `sync` writes follow their source, which is mended."""
        return [file for file in files if not self.of_sync(file)]

    def at_source(self, files: Sequence[LintFile], checked: Sequence[Checked]) -> list[Checked]:
        """Say of findings in files that `sync` writes where to mend them instead: a change there is an edit, and no fix makes one."""
        return [
            replace(one, findings=_at_source(one, sources)) if (sources := self.of_sync(file)) else one
            for file, one in zip(files, checked, strict=True)
        ]

    def _options(self, said: Settings, client: str) -> Options:
        """Return how `sync` converts for a target."""
        if (said.root, client) not in self._converting:
            from agentconv.conversion.options import Options
            from agentconv.install import places as installed
            from agentconv.sync import views

            self._converting[said.root, client] = views.configured(Options(deploy=True), said, client, installed.project(said.root))
        return self._converting[said.root, client]

    def _of(self, location: str) -> Settings | None:
        root = project.root(location)
        return self._at(root) if root is not None else None

    def _at(self, root: Path) -> Settings | None:
        if root not in self._said:
            said = _settings(root)
            self._said[root] = as_called_now(said) if said is not None else None
        return self._said[root]


@dataclass(frozen=True, slots=True)
class _Source:
    """What an agent, or a part, in a file that `sync` writes comes from."""

    name: str
    path: str
    """Empty for a part, of which the lock says no more than the kind and the name."""
    is_edited: bool
    """Whether somebody has written in the file since."""
    settings: str
    """The project's configuration, which gives a target words of its own."""
    client: str = ""
    """Of a part, the assistant that it comes from."""

    @property
    def shown(self) -> str:
        """What a person finds it by."""
        return self.path or f"`{self.name}` of {registry.load(self.client).SPEC.client}"


def _at_source(one: Checked, sources: Sequence[_Source]) -> tuple[Finding, ...]:
    """Return the findings of a file that `sync` writes, each with what to mend instead, and without a fix."""

    def told(found: Finding) -> Finding:
        meant = [source for source in sources if source.name == found.agent] or sources
        places = [(source, _line(one.subject.text, found, source.path)) for source in meant[:_SHOWN]]
        if meant[0].is_edited and not any(line for _, line in places):
            more = f"somebody wrote in this file since: `agentconv sync --prefer source {meant[0].name}` has it as the source gives it"
        else:
            given = "" if any(line for _, line in places) else _given(one.subject.text, found, meant[0].settings)
            where = given or " or ".join(dict.fromkeys(f"{source.shown}{line}" for source, line in places))
            more = f"`agentconv sync` writes this file: what is to change in it is changed in {where}"
        return replace(found.with_more(more, more), fix=None)

    return tuple(map(told, one.findings))


def _line(text_: str, found: Finding, path: str) -> str:
    """Return the line of a source that says what a finding is about, behind a colon; nothing where none, or more than one, says that."""
    said = text_[found.start : found.end].strip()
    at = _lines(path, said) if said and path else []
    return f":{at[0]}" if len(at) == 1 else ""


def _given(text_: str, found: Finding, settings: str) -> str:
    """Return the lines of the configuration that give a target what a finding is about, such as a model; nothing where none does."""
    said = text_[found.start : found.end].strip().strip("\"'")
    at = [line for quote in "\"'" for line in _lines(settings, f"{quote}{said}{quote}")] if said else []
    return " or ".join(f"{settings}:{line}" for line in sorted(at)[:_SHOWN])


def _lines(path: str, said: str) -> list[int]:
    """Return the lines of a file that say something."""
    try:
        with open(path, encoding="utf-8") as file:
            return [number for number, line in enumerate(file.read().splitlines(), 1) if said in line]
    except (OSError, UnicodeError):
        return []


def _settings(root: Path) -> Settings | None:
    """Return what a project keeps in step; None where it does not say, or what it says cannot be meant."""
    from agentconv.sources import settings_file

    try:
        if not any("targets" in file.values for file in settings_file.of_folder(root)):
            return None
        from agentconv.sync import settings

        return settings.read(root)
    except InputError:
        return None


def as_called_now(said: Settings) -> Settings:
    """Return what a project says of its agents under the names that they have by now: the next run of sync takes these into it."""
    if not said.places:
        return said
    from agentconv.install import places as installed
    from agentconv.sync import source_files, sources, syncing
    from agentconv.sync.planning import Choices

    scope = installed.project(said.root)
    try:
        lock = _lock(said.root)
        found = {file.path: file for file in source_files.find(said, scope)[0]} if lock is not None else {}
        apart = [one for one in lock.synced if one.name in said.places and not _is_as_synced(one, found)] if lock is not None else []
        changed = [found[path] for path in dict.fromkeys(one.source for one in apart) if path in found]
        there = {agent.name for _, agent in sources.load(changed).agents()}
        if all(one.name in there for one in apart):
            return said
        return syncing.Run(said, scope, Choices(looking=True)).outcome(dry_run=True).settings
    except InputError:
        return said


def _is_as_synced(one: Synced, found: Mapping[str, SourceFile]) -> bool:
    return one.source in found and found[one.source].sha256 == one.source_sha256


def _lock(root: Path) -> Lock | None:
    from agentconv.install import lock
    from agentconv.install import places as installed

    try:
        return lock.read(installed.project(root).lock)
    except InputError:
        return None


def _is_source(said: Settings, location: str) -> bool:
    """Whether a file is one of the source's."""
    place = os.path.relpath(location, said.root).replace(os.sep, "/")
    return not said.excludes(place) and (said.is_anywhere or place == said.source or place.startswith(f"{said.source}/"))


def _skipped(said: Settings, file: LintFile) -> frozenset[str]:
    """Return the targets that are to have none of a file's agents."""
    names = [agent.name or "" for _, agent, _ in file.subject.agents()]
    return frozenset(client for client in said.targets if names and all(client in said.skipped.get(name, ()) for name in names))


def _apart(said: Settings, lock: Lock) -> list[str]:
    """Say what of the source is not as the last run of sync had it; a file of which nothing was ever written may be one that is refused."""
    from agentconv.install import places as installed
    from agentconv.sync import source_files

    try:
        found, _, unread = source_files.find(said, installed.project(said.root))
    except InputError:
        return []
    there = {file.path: file.sha256 for file in found}
    known = {one.source: one.source_sha256 for one in lock.synced}
    gone = sorted(path for path in known if path not in there and path not in unread)
    changed = sorted(path for path in known if path in there and there[path] != known[path])
    left = sum(one.source in gone for one in lock.synced)
    return [
        *([f"{_listed(gone)} {'is' if len(gone) == 1 else 'are'} gone, and {text.count(left, 'file')} of it left"] if gone else []),
        *([f"{_listed(changed)} {'was' if len(changed) == 1 else 'were'} changed"] if changed else []),
    ]


def _listed(paths: Sequence[str]) -> str:
    more = len(paths) - _SHOWN
    return ", ".join(f"`{path}`" for path in paths[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
