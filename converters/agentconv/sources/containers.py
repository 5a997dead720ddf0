"""What a file that lists agents decides about them: whether the client takes any, and which of the listed files are there."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity, Span
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.sources import sniffing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.sources.inputs import Found
    from agentconv.sources.loaded import Loaded


class Containers:
    """The files that list agents, as they go by: each comes before the agents' files."""

    def __init__(self) -> None:
        self._rejected: dict[tuple[str, str], Diagnostic] = {}
        """By format and root, why the client takes nothing of it."""
        self._seen: set[tuple[str, str]] = set()
        """Formats and roots of the files that went by, or were looked at."""
        self._listed: dict[tuple[str, str], frozenset[str]] = {}
        """By format and root, the real paths of the agents' files that a file lists which did not go by."""

    def judge(self, file: Found, piece: Loaded) -> Loaded:
        """Return a piece with what its container decides, or, of a container, with what of it is not there."""
        if file.location is None or not registry.FORMATS[file.format].index:
            return piece
        if registry.FORMATS[file.format].is_index(file.path):
            return self._container(file, piece)
        place = os.path.abspath(file.location)
        root = sniffing.index_root(registry.FORMATS[file.format], place)
        if root is not None and (file.format, os.fspath(root)) not in self._seen:
            piece = replace(piece, diagnostics=(*self._above(file.format, root), *piece.diagnostics))
        known = self._listed.get((file.format, os.fspath(root))) if root is not None else None
        if root is not None and known is not None and os.path.realpath(place) not in known:
            why = _unlisted(file, root)
            told = (*piece.diagnostics, why)
            return replace(piece, states=(State.NOT_LOADED,) * len(piece.agents), rejected=why, diagnostics=told)
        reason = next(
            (found for (format_id, root), found in self._rejected.items() if format_id == file.format and place.startswith(root)), None
        )
        if reason is None:
            return piece
        return replace(piece, states=(State.NOT_LOADED,) * len(piece.agents), rejected=reason)

    def _above(self, format_id: str, root: Path) -> Iterator[Diagnostic]:
        """Look at the file that lists the agents of a folder which was named without it, and say what is wrong with it."""
        self._seen.add((format_id, os.fspath(root)))
        row, index = registry.FORMATS[format_id], registry.index_of(format_id)
        data = Disk(root).read(row.index)
        if index is None or not isinstance(data, bytes):
            return
        shown = Path(os.path.relpath(root / row.index)).as_posix()
        text = SourceText(shown, data)
        drops = [one for one in registry.load(format_id).read(text).diagnostics if one.effect is not None and one.effect.drops]
        drops = drops or _voided(format_id, root)
        if drops:
            self._rejected[format_id, os.path.join(root, "")] = drops[0]
        paths = index.read(text).paths
        if paths is not None and not drops:
            self._listed[format_id, os.fspath(root)] = frozenset(os.path.realpath(root / path) for path in paths)
        yield from drops

    def _container(self, file: Found, piece: Loaded) -> Loaded:
        row, index = registry.FORMATS[file.format], registry.index_of(file.format)
        if piece.source is None or index is None or file.location is None or not f"/{file.path}".endswith(f"/{row.index}"):
            return piece  # a catalog is at fault for itself: the folders that it lists are plugins without it
        root = Path(os.path.abspath(file.location)).parents[len(PurePosixPath(row.index).parts) - 1]
        self._seen.add((file.format, os.fspath(root)))
        drops = [one for one in piece.diagnostics if one.effect is not None and one.effect.drops]
        void = [] if drops else _voided(file.format, root)
        if drops or void:
            self._rejected[file.format, os.path.join(root, "")] = (drops or void)[0]
        missing = tuple(
            _missing(piece, path, place) for path, place in index.listed_places(piece.source) if not os.path.lexists(root / path)
        )
        result = piece.result and replace(piece.result, diagnostics=(*piece.result.diagnostics, *missing))
        return replace(piece, diagnostics=(*piece.diagnostics, *void, *missing), result=result)


def _voided(format_id: str, root: Path) -> list[Diagnostic]:
    """Return for which of its hooks a client takes nothing of the plugin of a folder."""
    from agentconv.sources import voided

    found = voided.of_folder(root, format_id)
    if found is None or found.span is None:
        return []
    return [replace(found, span=replace(found.span, path=Path(os.path.relpath(root / found.span.path)).as_posix()))]


def _unlisted(file: Found, root: Path) -> Diagnostic:
    row = registry.FORMATS[file.format]
    reason = f"`{row.index}` lists other files, and not this one"
    message = f"{row.title} does not load this agent: {reason}"
    hint = f"add `./{Path(os.path.abspath(file.location or '')).relative_to(root).as_posix()}` to its `agents`"
    return Diagnostic(
        Code.NOT_LOADED, Severity.WARNING, message, Span(file.path), hint, None, file.format, effect=Effect.DROPS, reason=reason
    )


def _missing(piece: Loaded, path: str, place: tuple[int, int]) -> Diagnostic:
    reason = f"`{path}` is listed and not there"
    span = piece.source.span(*place) if piece.source else None
    hint = "mend the path, or take it out of the list"
    return Diagnostic(Code.NOT_LOADED, Severity.WARNING, reason, span, hint, None, piece.format, effect=Effect.DROPS, reason=reason)
