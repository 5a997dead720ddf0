"""Line ends: a file whose every line end is CRLF says to another format what its twin with LF says.

Readers keep each carriage return, as law 1 wants, and files of the target's own format keep their bytes. On the way to another
format a checkout of git's with `autocrlf` is read as the text that was checked in, so that one source gives the same files everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.line_ends import CRLF, MIXED, kind, to_lf
from agentconv.core.source import SourceText
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded

_SAID = {
    CRLF: ("line ends are CRLF", "read as LF, so that a checkout with other line ends gives the same files"),
    MIXED: ("line ends are mixed", "read as they are, so that a carriage return may come along"),
}


def normalised(source: SourceText) -> SourceText:
    """Return a text whose every line end is CRLF with LF in their place; any other as it is."""
    return SourceText(source.path, to_lf(source.data)) if kind(source.text) == CRLF else source


def as_lf(piece: Loaded) -> Loaded:
    """Return a file as its reader reads it with LF, where every line end is CRLF; what others say of its agents stays."""
    if piece.source is None or (text := normalised(piece.source)) is piece.source:
        return piece
    was, now = (next(loading.load_source(piece.format, one, results=piece.result is not None)) for one in (piece.source, text))
    if len(piece.agents) != len(was.agents):  # of a bundle that has others
        return piece
    if len(was.agents) != len(now.agents):  # a client that does not find its header with CRLF
        return next(loading.with_ids([now]))
    return replace(
        piece,
        source=text,
        agents=tuple(map(_as_read, piece.agents, was.agents, now.agents)),
        states=now.states if piece.states == was.states else piece.states,
        diagnostics=now.diagnostics if piece.diagnostics == was.diagnostics else piece.diagnostics,
        result=now.result,
    )


def _as_read(agent: Agent, was: Agent, now: Agent) -> Agent:
    """Return an agent with what its file says with LF, but for what a bundle or a configuration says in its place."""
    own = [head for head in fields.HEADS if getattr(was, head) != getattr(now, head) and getattr(agent, head) == getattr(was, head)]
    return fields.changed(agent, {head: getattr(now, head) for head in own})


class Pieces:
    """What a conversion reads, as often as it is asked for: with LF, but for files of the target's own format."""

    def __init__(self, pieces: Iterable[Loaded], target: str) -> None:
        self._pieces = pieces
        self._target = target
        self._met: dict[str, dict[str, None]] = {CRLF: {}, MIXED: {}}
        """Paths of files with agents, by their line ends."""

    def __iter__(self) -> Iterator[Loaded]:
        return map(self.read, self._pieces)

    def read(self, piece: Loaded) -> Loaded:
        """Return a file as it is read on the way to the target."""
        if piece.source is None or piece.format == self._target:
            return piece
        ends = kind(piece.source.text)
        found = as_lf(piece) if ends == CRLF else piece
        if found.agents and (found is not piece or ends == MIXED):
            self.meet(ends, piece.path)
        return found

    def meet(self, ends: str, path: str) -> None:
        """Take in that a file with agents has such line ends."""
        self._met[ends][path] = None

    def met(self, path: str) -> str | None:
        """Return the line ends of a file with agents, where they are not LF."""
        return next((ends for ends, paths in self._met.items() if path in paths), None)

    def told(self) -> Iterator[Diagnostic]:
        """Say once what was made of line ends other than LF."""
        for found, paths in self._met.items():
            yield from _told(found, paths)


def _told(found: str, paths: Mapping[str, None]) -> Iterator[Diagnostic]:
    for first in [*paths][:1]:
        what, then = _SAID[found]
        more = f" here and in {len(paths) - 1:,} more {'file' if len(paths) == 2 else 'files'}" if len(paths) > 1 else ""
        yield Diagnostic(Code.LINE_ENDS, Severity.NOTE, f"{what}{more}: {then}", Span(first))
