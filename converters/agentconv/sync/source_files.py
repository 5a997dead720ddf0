"""The files of the source, as they are: nothing of what is in them is read yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import InputError, Span
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install import places as installed
from agentconv.sources import discovery, including, inputs
from agentconv.sources.inputs import Found
from agentconv.sync import places, texts
from agentconv.sync.settings import HERE

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings


_LEFT = "what it has in the other assistants is left as it is until it can be read"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the source."""

    found: Found
    data: bytes
    text: SourceText
    """Its text with LF for line ends, and with what it includes."""

    @property
    def path(self) -> str:
        """Where it is, below the root."""
        return self.found.path

    @property
    def sha256(self) -> str:
        """The checksum of its text."""
        included = self.text.included or {}
        if not included:
            return texts.sha256(self.data)
        return texts.sha256(b"\0".join([texts.to_lf(self.data), *(one.data or b"" for _, one in sorted(included.items()))]))


def made(path: str, data: bytes, format_id: str) -> SourceFile:
    """Return a file of the source that is not there yet."""
    return SourceFile(Found(path, None, format_id), data, SourceText(path, texts.to_lf(data)))


def find(settings: Settings, scope: Scope) -> tuple[list[SourceFile], list[Diagnostic], dict[str, str]]:
    """Read the files of the source; return them, what is to be told, and by path why others cannot be read: those are broken, not gone."""
    if scope.is_user and settings.source == HERE:
        folders = places.folders_of(settings.source_format, scope)
    else:
        place = os.path.normpath(os.path.join(scope.root, settings.source))
        folders = [place] if os.path.lexists(place) or discovery.is_shut(place) else []
    if not folders:
        return [], [], {}
    found = discovery.discover(folders, settings.source_format)
    told, files, unread = [], [], {}
    for remark in found.diagnostics:
        path = places.below(scope, os.path.abspath(remark.span.path)) if remark.span is not None else None
        if path is not None:
            unread[path] = remark.message
        told.append(remark if path is None else replace(remark, span=Span(path), hint=remark.hint or _LEFT))
    for one in found.files:
        path = places.below(scope, one.location or "")
        if path is None or settings.excludes(path):
            continue
        try:
            data = inputs.read_bytes(one)
        except InputError as error:
            told.append(replace(error.diagnostic, span=Span(path), hint=error.diagnostic.hint or _LEFT))
            unread[path] = error.diagnostic.message
            continue
        text = SourceText(_like(settings, scope, path), texts.to_lf(data))
        files.append(SourceFile(replace(one, path=path), data, including.from_project(one, text) if _includes(one) else text))
    return files, told, unread


def _includes(file: Found) -> bool:
    return registry.FORMATS[file.format].includes


def _like(settings: Settings, scope: Scope, path: str) -> str:
    """Return the path that a file of the source would have in a project, by which its client's reader goes."""
    known = installed.targets().get(settings.source_format)
    return scope.path_in_project(known, path) if known is not None else path
