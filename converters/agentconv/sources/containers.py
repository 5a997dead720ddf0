"""What a file that lists agents decides about them: whether the client takes any, and which of the listed files are there."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.sources.discovery import Found
    from agentconv.sources.loaded import Loaded


class Containers:
    """The files that list agents, as they go by: each comes before the agents' files."""

    def __init__(self) -> None:
        self._rejected: dict[tuple[str, str], Diagnostic] = {}
        """By format and root, why the client takes nothing of it."""

    def judge(self, file: Found, piece: Loaded) -> Loaded:
        """Return a piece with what its container decides, or, of a container, with what of it is not there."""
        if file.location is None or not registry.FORMATS[file.format].index:
            return piece
        if registry.FORMATS[file.format].is_index(file.path):
            return self._container(file, piece)
        place = os.path.abspath(file.location)
        reason = next(
            (found for (format_id, root), found in self._rejected.items() if format_id == file.format and place.startswith(root)), None
        )
        if reason is None:
            return piece
        return replace(piece, states=(State.NOT_LOADED,) * len(piece.agents), rejected=reason)

    def _container(self, file: Found, piece: Loaded) -> Loaded:
        row, index = registry.FORMATS[file.format], registry.index_of(file.format)
        if piece.source is None or index is None or file.location is None or not f"/{file.path}".endswith(f"/{row.index}"):
            return piece  # a catalog is at fault for itself: the folders that it lists are plugins without it
        root = Path(os.path.abspath(file.location)).parents[len(PurePosixPath(row.index).parts) - 1]
        drops = [one for one in piece.diagnostics if one.effect is not None and one.effect.drops]
        if drops:
            self._rejected[file.format, os.path.join(root, "")] = drops[0]
        missing = tuple(
            _missing(piece, path, place) for path, place in index.listed_places(piece.source) if not os.path.lexists(root / path)
        )
        result = piece.result and replace(piece.result, diagnostics=(*piece.result.diagnostics, *missing))
        return replace(piece, diagnostics=(*piece.diagnostics, *missing), result=result)


def _missing(piece: Loaded, path: str, place: tuple[int, int]) -> Diagnostic:
    reason = f"`{path}` is listed and not there"
    span = piece.source.span(*place) if piece.source else None
    hint = "mend the path, or take it out of the list"
    return Diagnostic(Code.NOT_LOADED, Severity.WARNING, reason, span, hint, None, piece.format, effect=Effect.DROPS, reason=reason)
