"""Guards of agents whose scripts their project has not: nobody is held by them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.conversion import freedom
from agentconv.core import effects
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Cause, Code, Diagnostic, Severity, Span
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.parts.hooks import letting_pass, scripts
from agentconv.sources import hooks_off

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.core.script_imports import Lack
    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.sources.loaded import Loaded


EDITED = "which somebody edited since it was installed: what it lets pass nobody knows"
MENDED = "see what is in it; `agentconv install PACK --force` brings the pack's own back"


@dataclass(frozen=True, slots=True)
class Lost:
    """The scripts of one agent's guards without which these block nothing."""

    missing: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    """Those that are there, but that nobody can start."""
    lacks: tuple[Lack, ...] = ()
    """What those that are there take in, and is not there."""
    off: str = ""
    """By which settings the client of its file runs no hook there."""

    machine: tuple[str, ...] = ()
    """What they run of the machine, or of the project, where it has not: nobody sees it here."""
    passing: tuple[str, ...] = ()
    """What they run that lets everything pass."""
    edited: tuple[str, ...] = ()
    """What they run or take in that somebody edited since it was installed: what that lets pass is not what their author let pass."""

    @property
    def is_idle(self) -> bool:
        """Whether a guard blocks nothing, whatever is installed on the machine."""
        return bool(self.missing or self.idle or self.off or self.passing or not all(one.installed for one in self.lacks))


def of(pieces: Iterable[Loaded], where: Mapping[str, str], edited: Collection[str] = ()) -> dict[str, dict[str, Lost]]:
    """Return by file and agent's id the scripts that its guards run and its project has not, or not as what can be started.

    Args:
        pieces: The files, as they were read.
        where: By path, where each is on the disk.
        edited: Scripts that came with a pack, and that somebody edited since, by their paths from the project's root.
    """
    found: dict[str, dict[str, Lost]] = {}
    for piece in (piece for piece in pieces if not registry.FORMATS[piece.format].index):  # those of a plugin are in its folder
        for agent in (agent for agent in piece.agents if agent.hooks):
            lost = _of_agent(agent, where.get(piece.path, piece.path), piece.format, edited)
            if lost != Lost():
                found.setdefault(piece.path, {})[agent.id] = lost
    return found


def _of_agent(agent: Agent, place: str, format_id: str, edited: Collection[str]) -> Lost:
    """Return what the guards of an agent lack, whose file is in a place."""
    named, guards = scripts.of_guards(agent), effects.guards_in(agent)
    gone = frozenset(project.without(place, named))
    missing, machine = scripts.absent(guards, lambda path: path not in gone)
    taken = project.taken_in(place, named) if edited else ()
    return Lost(
        missing,
        tuple(project.not_programs(place, named)),
        project.lacking(place, named),
        project.hooks_off(place, format_id) if guards else "",
        machine,
        tuple(project.letting_pass(place, guards)),
        tuple(path for path in (*named, *taken) if path in edited),
    )


def missing(found: Mapping[str, Mapping[str, Lost]]) -> Iterator[Diagnostic]:
    """Say of which guards the scripts are not there, or cannot be started."""
    for path, agents in found.items():
        for id_, lost in agents.items():
            if lost.missing:
                message = f"a guard of {id_} runs {_listed(lost.missing)}, which is not there: without it, it blocks nothing"
                yield _told(message, path, id_, "put it there, or take the guard out")
            for told, way in scripts.runs_outside(lost.machine):
                yield _told(f"a guard of {id_} {told}", path, id_, way)
            if lost.edited:
                yield _told(f"a guard of {id_} runs {_listed(lost.edited)}, {EDITED}", path, id_, MENDED)
            if lost.off:
                yield _told(f"a guard of {id_} never runs: {lost.off}", path, id_, hooks_off.HINT)
            for takes in scripts.takes_in(lost.lacks):
                yield _told(f"a guard of {id_} {takes}", path, id_, "put it there, or take the guard out")
            for passes in letting_pass.told(lost.passing):
                yield _told(f"a guard of {id_} {passes}", path, id_, letting_pass.MENDED)
            if lost.idle:
                message = f"a guard of {id_} starts {_listed(lost.idle)}, which is no program: it cannot be started, and blocks nothing"
                yield _told(message, path, id_, f"chmod +x {shlex.join(lost.idle)}")


def _told(message: str, path: str, id_: str, hint: str) -> Diagnostic:
    return Diagnostic(Code.PARTS, Severity.WARNING, message, Span(path), hint, agent=id_, cause=Cause.GUARD)


def _listed(paths: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in paths)


def not_held(file: Inspected, without: Mapping[str, Lost]) -> Inspected:
    """Return what clients make of a file of whose agents these have guards without their scripts: nobody is held by them."""
    return replace(file, readings=tuple(map(_unguarded, file.readings, (without.get(one.agent or "") for one in file.readings))))


def _unguarded(reading: Reading, without: Lost | None) -> Reading:
    held = (freedom.GUARD, freedom.HELD)
    if without is None or held not in reading.may:
        return reading
    if not without.is_idle:
        word = freedom.EDITED if without.edited else freedom.IF_INSTALLED
        return replace(reading, may=tuple((freedom.GUARD, word) if one == held else one for one in reading.may))
    may = tuple((freedom.GUARD, freedom.NOT_HELD) if one == held else one for one in reading.may)
    return replace(reading, may=may, more=(*reading.more, freedom.GUARD))
