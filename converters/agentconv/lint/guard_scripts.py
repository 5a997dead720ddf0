"""Guards of agents whose scripts their project has not: nobody is held by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import freedom
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Code, Diagnostic, Severity, Span
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.parts.hooks import scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.sources.loaded import Loaded


def of(pieces: Iterable[Loaded], where: Mapping[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return by file and agent's id the scripts that its guards run and its project has not.

    Args:
        pieces: The files, as they were read.
        where: By path, where each is on the disk.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for piece in (piece for piece in pieces if not registry.FORMATS[piece.format].index):  # those of a plugin are in its folder
        for agent in (agent for agent in piece.agents if agent.hooks):
            if gone := project.without(where.get(piece.path, piece.path), scripts.of_guards(agent)):
                found.setdefault(piece.path, {})[agent.id] = tuple(gone)
    return found


def missing(found: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[Diagnostic]:
    """Say of which guards the scripts are not there."""
    for path, agents in found.items():
        for id_, gone in agents.items():
            message = f"a guard of {id_} runs {', '.join(f'`{one}`' for one in gone)}, which is not there: without it, it blocks nothing"
            hint = "put it there, or take the guard out"
            yield Diagnostic(Code.PARTS, Severity.WARNING, message, Span(path), hint, agent=id_, cause=Cause.GUARD)


def not_held(file: Inspected, without: Mapping[str, tuple[str, ...]]) -> Inspected:
    """Return what clients make of a file of whose agents these have guards without their scripts: nobody is held by them."""
    return replace(file, readings=tuple(map(_unguarded, file.readings, (one.agent in without for one in file.readings))))


def _unguarded(reading: Reading, without: bool) -> Reading:
    held = (freedom.GUARD, freedom.HELD)
    if not without or held not in reading.may:
        return reading
    may = tuple((freedom.GUARD, freedom.NOT_HELD) if one == held else one for one in reading.may)
    return replace(reading, may=may, more=(*reading.more, freedom.GUARD))
