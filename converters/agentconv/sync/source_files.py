"""The files of the source, as they are: nothing of what is in them is read yet."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError, Span
from agentconv.sources import discovery
from agentconv.sync import places, texts

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
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


def find(settings: Settings) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Read the files of the source; what cannot be read is told, and stands for a file that is broken."""
    root = os.fspath(settings.root)
    place = os.path.normpath(os.path.join(root, settings.source))
    if not os.path.lexists(place):
        return [], []
    found = discovery.discover([place], settings.source_format)
    told, files = list(found.diagnostics), []
    for one in found.files:
        path = places.below(root, one.location or "")
        if path is None or settings.excludes(path):
            continue
        try:
            files.append(SourceFile(replace(one, path=path), discovery.read_bytes(one)))
        except InputError as error:
            told.append(replace(error.diagnostic, span=Span(path)))
    return files, told
