"""The files of the source, as they are: nothing of what is in them is read yet."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError, Span
from agentconv.sources import discovery
from agentconv.sync import places, texts
from agentconv.sync.settings import HERE

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.places import Scope
    from agentconv.sources.discovery import Found
    from agentconv.sync.settings import Settings


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the source."""

    found: Found
    data: bytes

    @property
    def path(self) -> str:
        """Where it is, below the root."""
        return self.found.path

    @property
    def sha256(self) -> str:
        """The checksum of its text."""
        return texts.sha256(self.data)


def find(settings: Settings, scope: Scope) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Read the files of the source; what cannot be read is told, and stands for a file that is broken."""
    if scope.is_user and settings.source == HERE:
        folders = places.folders_of(settings.source_format, scope)
    else:
        place = os.path.normpath(os.path.join(scope.root, settings.source))
        folders = [place] if os.path.lexists(place) else []
    if not folders:
        return [], []
    found = discovery.discover(folders, settings.source_format)
    told, files = list(found.diagnostics), []
    for one in found.files:
        path = places.below(scope, one.location or "")
        if path is None or settings.excludes(path):
            continue
        try:
            files.append(SourceFile(replace(one, path=path), discovery.read_bytes(one)))
        except InputError as error:
            told.append(replace(error.diagnostic, span=Span(path)))
    return files, told
