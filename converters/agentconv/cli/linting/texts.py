"""What `agentconv lint` finds in a file as it stands in an editor: with the project's configuration, and the files beside it."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.cli import configuration, lint
from agentconv.cli.linting import files as lint_files
from agentconv.cli.linting import folders as lint_folders
from agentconv.cli.linting import kept as lint_kept
from agentconv.cli.linting import known as lint_known
from agentconv.cli.linting import mending as lint_mending
from agentconv.conversion import model_choices
from agentconv.conversion.options import Options
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.editors.looked import MOST_BYTES, Included, Looked
from agentconv.formats import registry
from agentconv.lint import checking, project
from agentconv.sources import discovery, locations, part_places, settings_file, sniffing
from agentconv.sources.inputs import Discovery, Found
from agentconv.sources.loading import Loader
from agentconv.sources.read_before import ReadBefore
from agentconv.sync import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.cli.baseline import Baseline
    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.linting.folders import LintFolders
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject


_PROJECTS = 4
"""Of how many projects the files are kept that lie beside those that are open."""


class LintTexts:
    """Looks at open files, one after the other; what lies beside them on the disk is read again where it changed."""

    def __init__(self, clients: list[str] | None = None, config: str | None = None) -> None:
        """Take the clients to ask where `--for` names some, and the configuration where `--config` names one.

        Raises:
            InputError: That configuration cannot be meant.
        """
        parser = argparse.ArgumentParser(add_help=False)
        lint.add_arguments(parser)
        self._template = parser.parse_args(["--quiet"])
        self._template.clients, self._template.config = clients, config
        if config:
            configuration.settle(argparse.Namespace(**vars(self._template)))
        self._listed: dict[tuple[str, str], list[Found]] = {}
        """By project and format, the files that are read together."""
        self._beside: dict[tuple[str, str], dict[str, tuple[object, list[Subject]]]] = {}
        """The same as they were read: by location what tells that one changed, and the file."""
        self._before: dict[str, ReadBefore] = {}
        """By project, what was read of its skills and other parts."""

    def forget(self) -> None:
        """Look again for what is on the disk; a file that is as it was is not read again."""
        self._listed.clear()
        project.forget()

    def look(self, location: str, text: str, others: Mapping[str, str], folders: Sequence[str]) -> Looked:
        """Look at a file as it stands in an editor."""
        data = _encoded(text)
        if os.path.basename(location) in (settings_file.FILE, settings_file.PYTHON):
            return Looked(diagnostics=tuple(_wrong_settings(location, data)))
        if len(data) > MOST_BYTES:
            return _too_large(location, len(data)) if _is_at_home(location) else Looked()
        options, troubles = self._settled(location)
        texts = {location: data, **{place: _encoded(other) for place, other in others.items()}}
        found = _found(location, data, folders)
        agents = self._agents(found, texts, options, troubles) if found is not None else Looked()
        parts = self._parts(location, texts, options, () if found is not None else troubles)
        return _both(agents, parts) if agents.subject and parts.subject else parts if parts.subject else agents

    def _settled(self, location: str) -> tuple[argparse.Namespace, tuple[Diagnostic, ...]]:
        """Return what the project's configuration says; where it cannot be meant, why, and what holds without one."""
        options = argparse.Namespace(**{**vars(self._template), "sources": [location]})
        try:
            configuration.settle(options)
        except InputError as error:
            options = argparse.Namespace(**{**vars(self._template), "sources": [location], "isolated": True})
            configuration.settle(options)
            return options, (error.diagnostic,)
        return options, ()

    def _agents(
        self, found: Discovery, texts: Mapping[str, bytes], options: argparse.Namespace, troubles: tuple[Diagnostic, ...]
    ) -> Looked:
        """Look at a file of agents."""
        chosen, rules, troubles = _chosen(options, found, troubles)
        files, diagnostics = lint_files.read(Loader(found.files, keep=False, results=True), found, chosen)
        location = found.files[0].location or ""
        placed = partial(_placed, file=found.files[0])
        if not files or (not _is_at_home(location) and not files[0].subject.agents()):
            return Looked(diagnostics=(*troubles, *map(placed, diagnostics)))
        siblings = self._siblings(found, texts)
        lint_files.introduce(files, siblings)
        lint_files.leave_out_versions([] if chosen.is_asked else files)
        kept = lint_kept.Kept(chosen)
        kept.leave_out(files)
        files += lint_files.included(files)
        known, troubles = _known(options, troubles)
        looked = _checked(files, rules, siblings, known, chosen=chosen, kept=kept)
        looked.diagnostics = (*troubles, *map(placed, (*diagnostics, *looked.diagnostics)))
        looked.targets = tuple(client for client in self._targets(files[0], chosen, location) if registry.FORMATS[client].has_agents)
        looked.options = _converting(location)
        return looked

    def _targets(self, file: LintFile, chosen: LintFolders, location: str) -> tuple[str, ...]:
        """Return the other assistants that a project is for: those that are asked about, and those that it keeps in step."""
        synced = tuple(_synced(location))
        return tuple(client for client in dict.fromkeys((*chosen.clients(location), *synced)) if client != file.subject.format)

    def _parts(self, location: str, texts: Mapping[str, bytes], options: argparse.Namespace, troubles: tuple[Diagnostic, ...]) -> Looked:
        """Look at a file in which a project has parts, such as a skill, or rules for all that works there; at any other one, not at all."""
        place = part_places.of(location)
        if place is None:
            return Looked()
        found = Discovery()
        options.sources = [place.root]
        chosen, rules, troubles = _chosen(options, found, troubles)
        before = self._before[place.root] = self._before.pop(place.root, ReadBefore())
        before.look_again()
        while len(self._before) > _PROJECTS:
            self._before.pop(next(iter(self._before)))
        open_file = lint_files.OpenFile(location, place.kinds, place.clients, texts, before)
        files = lint_files.of_parts(found, [place.root], chosen, open_file=open_file)
        if not files:
            return Looked(diagnostics=troubles)
        known, troubles = _known(options, troubles)
        looked = _checked(files, rules, [], known, chosen=chosen, kept=lint_kept.Kept(chosen))
        looked.diagnostics = (*troubles, *looked.diagnostics)
        looked.parts = tuple(file.subject for file in files)
        looked.targets = self._targets(files[0], chosen, os.path.join(place.root, settings_file.FILE))
        return looked

    def _siblings(self, found: Discovery, texts: Mapping[str, bytes]) -> list[Subject]:
        """Return the files beside one, those that are open as they stand in the editor, and only what changed is read again."""
        own = found.files[0]
        project_of = (own.within, own.format)
        if project_of not in self._listed:
            self._listed[project_of] = [replace(own, data=None), *discovery.siblings(found)]
        known = self._beside.pop(project_of, {})
        now: dict[str, tuple[object, list[Subject]]] = {}
        for file in self._listed[project_of]:
            place = os.path.abspath(file.location or "")
            if place == own.location:
                continue
            data = texts.get(place)
            state = (file, data if data is not None else _state(place))
            before = known.get(place)
            now[place] = before if before and before[0] == state else (state, lint_files.as_siblings([replace(file, data=data)]))
        self._beside[project_of] = now
        while len(self._beside) > _PROJECTS:
            self._beside.pop(next(iter(self._beside)))
        return [subject for _, several in now.values() for subject in several]


def _both(agents: Looked, parts: Looked) -> Looked:
    """Return what there is to say about a file that holds agents and parts."""
    findings = sorted((*agents.findings, *parts.findings), key=lambda one: (one.start, one.end, one.rule.code))
    told = tuple(dict.fromkeys((*agents.diagnostics, *parts.diagnostics)))
    return replace(agents, parts=parts.parts, findings=tuple(findings), diagnostics=told)


def _is_at_home(location: str) -> bool:
    """Whether a file lies where a client looks for agents."""
    return sniffing.by_place(PurePosixPath(location), os.sep) is not None


def _placed(told: Diagnostic, file: Found) -> Diagnostic:
    """Return what is said with the whole path of the file that it is about: the one that was looked at, or another one of its project."""
    if told.span is None:
        return told
    path = file.location or "" if told.span.path == file.path else os.path.join(file.within, told.span.path)
    return replace(told, span=replace(told.span, path=path))


def _encoded(text: str) -> bytes:
    """Return the bytes of an editor's text; half a character becomes U+FFFD, which has as many units."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _state(place: str) -> object:
    try:
        status = os.stat(place)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _found(location: str, data: bytes, folders: Sequence[str]) -> Discovery | None:
    """Return a file as discovery would have found it; None for one that is no agent's."""
    place = PurePosixPath(location)
    told = sniffing.by_place(place, os.sep) or _walked(place, data, folders)
    if told is None or registry.FORMATS[told].bundle:
        return None
    root = _root(location, told)
    path = os.path.relpath(location, root).replace(os.sep, "/")
    return Discovery([Found(path, location, told, within=os.fspath(root), data=data)])


def _root(location: str, format_id: str) -> Path:
    """Return the project that a file is in: where it lists the agents' files, the folder that it makes a plugin."""
    path, row = Path(location), registry.FORMATS[format_id]
    listing = next((name for name in (row.index, row.catalog) if name and path.as_posix().endswith(f"/{name}")), None)
    if listing is not None:
        return path.parents[listing.count("/")]
    return locations.project_root(path) or path.parent


def _walked(place: PurePosixPath, data: bytes, folders: Sequence[str]) -> str | None:
    """Return the format of a file that lies in no client's place, where all of its folder is searched: there is no such place in it."""
    folder = next((one for one in folders if place.is_relative_to(one)), None)
    told = sniffing.by_head(place.name, data) if folder is not None else None
    if told is None or folder is None:
        return None
    return None if any(locations.of(Path(folder), client) for client in registry.READERS) else told


def _chosen(
    options: argparse.Namespace, found: Discovery, troubles: tuple[Diagnostic, ...]
) -> tuple[LintFolders, list[Rule], tuple[Diagnostic, ...]]:
    """Return what is chosen for each file, and the rules; where a folder's settings cannot be meant, without them."""
    try:
        chosen = lint_folders.LintFolders(options)
        return chosen, chosen.look_at(found), troubles
    except InputError as error:
        plain = argparse.Namespace(**{**vars(options), "isolated": True, "lint": None})
        chosen = lint_folders.LintFolders(plain)
        return chosen, chosen.look_at(found), (*troubles, error.diagnostic)


def _known(options: argparse.Namespace, troubles: tuple[Diagnostic, ...]) -> tuple[Baseline | None, tuple[Diagnostic, ...]]:
    """Return what the project's baseline takes for known; where it cannot be read, nothing, and why."""
    try:
        return lint_known.said(options), troubles
    except InputError as error:
        return None, (*troubles, error.diagnostic)


def _checked(
    files: list[LintFile], rules: list[Rule], siblings: list[Subject], known: Baseline | None, *, chosen: LintFolders, kept: lint_kept.Kept
) -> Looked:
    """Check a file, be it in each kind of parts that it has, and those that it includes; nothing mends one that follows its source."""

    def find(subject: Subject) -> tuple[Finding, ...]:
        return next(checking.check([subject], rules)).findings

    checked = checking.check([file.subject for file in files], rules, siblings)
    found = [lint_mending.offered(file, one, find) for file, one in zip(files, checked, strict=True)]
    if known is not None:
        found, _ = lint_known.new(files, found, known, chosen, rules)
    told = [*zip(files, map(checking.mended_first, kept.at_source(files, found)), strict=True)]
    own = [one for file, one in told if file.location == files[0].location]
    included = tuple(
        Included(file.location, file.subject.source, one.findings)
        for file, one in told
        if file.location != files[0].location and file.location
    )
    findings = tuple(finding for one in own for finding in one.findings)
    failures = tuple(failure for _, one in told for failure in one.failures)
    return Looked(
        files[0].subject, findings=findings, diagnostics=failures, included=included, find=find, follows=bool(kept.of_sync(files[0]))
    )


def _too_large(location: str, size: int) -> Looked:
    message = f"the file has {size:,} bytes; while it is edited, agentconv looks at files of up to {MOST_BYTES:,}"
    told = Diagnostic(Code.TOO_LARGE, Severity.NOTE, message, Span(location), "agentconv lint looks at it as it is on the disk")
    return Looked(diagnostics=(told,))


def _project(location: str) -> str:
    return os.fspath(locations.project_root(Path(location)) or os.path.dirname(location))


def _synced(location: str) -> list[str]:
    """Return the assistants that a project keeps in step; none where its configuration does not say, or cannot be meant."""
    try:
        said = settings.read(Path(_project(location)))
    except InputError:
        return []
    return [said.source_format, *said.targets] if said else []


def _converting(location: str) -> Options:
    """Return how a project converts its agents: what becomes of their models."""
    try:
        said = {key: value for file in settings_file.of_folder(Path(_project(location))) for key, value in file.values.items()}
        return Options(models=model_choices.choose(*settings_file.models(said)))
    except InputError:
        return Options()


def _wrong_settings(location: str, data: bytes) -> list[Diagnostic]:
    """Say what of a project's settings cannot be meant: the first thing that a command would stop at."""
    folder, instead = Path(location).parent, {os.path.basename(location): data}
    try:
        file = settings_file.read(Path(location), data)
        settings_file.check([file], __version__)
        configuration.check_file(file)
        settings.read(folder, instead)
    except InputError as error:
        return [error.diagnostic]
    return []
