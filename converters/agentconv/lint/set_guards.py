"""What restrains a whole project, and who holds it: the clients that read it where it stands, each judged as a conversion judges it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.conversion.along import EVERYTHING
from agentconv.conversion.carried_parts import CarriedParts
from agentconv.conversion.options import Options
from agentconv.core import effects
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.kinds import KINDS
from agentconv.core.parts import SetHook
from agentconv.core.restraints import RESTRAINING
from agentconv.lint import opened_again, project
from agentconv.parts import registry
from agentconv.parts.hooks import faults, scripts
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.effects import Guard
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.parts import Part
    from agentconv.core.restraints import Restraint
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart

_OPTIONS = Options(deploy=True, along=EVERYTHING)


@dataclass(slots=True)
class SetGuard:
    """One rule or hook of a whole project."""

    restraint: Restraint
    guard: Guard | None = None
    """What it is, of a hook."""
    held: list[str] = field(default_factory=list)
    """The clients that read it, and do what it says."""
    unheld: dict[str, str] = field(default_factory=dict)
    """Those that read it and do not, with the reason."""
    unread: list[str] = field(default_factory=list)
    """Those that do not look where it stands."""
    opened: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of those that hold it, the agents whose own rules let them do it again."""
    outside: tuple[str, ...] = ()
    """What it runs of the machine, which nobody sees here: it is held where that is installed."""
    edited: tuple[str, ...] = ()
    """What it runs or takes in that somebody edited since it was installed."""


def of(parts: Parts, asked: Sequence[str], edited: Collection[str] = (), pieces: Sequence[Loaded] = ()) -> Iterator[SetGuard]:
    """Yield what restrains a project, with what each of some clients makes of it.

    Args:
        parts: What there is in the project.
        asked: The clients.
        edited: Scripts that came with a pack, and that somebody edited since, by their paths from the project's root.
        pieces: The files of agents there.
    """
    kinds = [kind for kind in KINDS if kind in RESTRAINING and parts.may_restrain()]
    for one in (one for kind in kinds for one in _own(parts, kind) if one.meant or _off(one, one.client)):
        idle = {restraint.text: told for restraint in set_restraints.of(one) for told in _in_vain(one.part)}
        lost = {client: _unheld(one, client, place) | idle for client in asked if (place := _place(one, client)) is not None}
        opened = {client: opened_again.by_agents(one.part, client, pieces) for client in lost}
        for restraint in set_restraints.of(one):
            found = SetGuard(restraint, outside=_outside(one.part), edited=_run(one.part, edited))
            found.guard = effects.guard_of(one.part.definition) if isinstance(one.part, SetHook) else None
            for client in asked:
                if client not in lost:
                    found.unread.append(client)
                elif restraint.text in lost[client]:
                    found.unheld[client] = lost[client][restraint.text]
                else:
                    found.held.append(client)
                    found.opened |= {client: opened[client][restraint.text]} if restraint.text in opened[client] else {}
            yield found


def held(found: Iterable[SetGuard]) -> dict[str, frozenset[Guard]]:
    """Return by client the hooks that it holds all agents to."""
    by_client: dict[str, set[Guard]] = {}
    for one in found:
        if one.guard is not None:
            for client in one.held:
                by_client.setdefault(client, set()).add(one.guard)
    return {client: frozenset(guards) for client, guards in by_client.items()}


def _own(parts: Parts, kind: Kind) -> Iterator[LoadedPart]:
    """Yield the parts of a kind as the clients read them whose files they stand in, whoever else takes more of these."""
    yield from (one for one in parts.of(kind) if one.source is None)
    seen: set[tuple[str, str, str | None]] = set()
    every = (one for place in parts.places for client in parts.clients for one in place.of(client, kind))
    for one in (one for one in every if one.source is not None and one.source.place.native):
        at = os.path.join(one.root, one.path), one.source.place.at if one.source else "", one.part.name
        if at not in seen:
            seen.add(at)
            yield one


def _in_vain(part: Part) -> Iterator[str]:
    """Yield why a hook blocks nothing, whoever runs it: what it starts is not there, is no program, or lets all pass."""
    found = faults.of(part) if isinstance(part, SetHook) else ()
    yield from (fault.message for fault in found if fault.kind in faults.IN_VAIN)


def _run(part: Part, paths: Collection[str]) -> tuple[str, ...]:
    """Return which files of some paths are among those that a hook runs, or that these take in."""
    return tuple(file.path for file in part.files if file.path in paths) if isinstance(part, SetHook) and paths else ()


def _outside(part: Part) -> tuple[str, ...]:
    """Return what a hook runs that need be no file of its project, and is none."""
    if not isinstance(part, SetHook):
        return ()
    there = {file.path for file in part.files}
    guards = scripts.guards_of(part)
    taken = scripts.lacking(scripts.of_hooks(guards), part.files) if guards else ()
    _, names = scripts.absent(guards, there.__contains__)
    return (*names, *(one.word for one in taken if one.installed))


def _place(loaded: LoadedPart, client: str) -> Place | None:
    """Return the place of a client's that the file of a part is in; None where it does not look there."""
    module = registry.part_format(client, loaded.kind)
    path = loaded.source.text.path if loaded.source else loaded.path
    return next((place for place in module.project if matches(place, path)), None) if module else None


def _unheld(loaded: LoadedPart, client: str, place: Place) -> dict[str, str]:
    """Return what of it a client does not hold that reads it, and why."""
    if off := _off(loaded, client):
        return {one.text: off for one in set_restraints.of(loaded)}
    if _is_passed_over(loaded, client, place):
        return {one.text: "it takes nothing of it" for one in set_restraints.of(loaded)}
    if client == loaded.client:
        return {}
    carried = CarriedParts(client, _OPTIONS, {})
    carried.judge([loaded])
    return {one.restraint.text: one.reason for one in carried.restraints.open}


def _off(loaded: LoadedPart, client: str) -> str:
    """Say by which settings a client runs no hook in the project of one; nothing, where it does."""
    return project.hooks_off_in(loaded.root, client) if loaded.kind == "hooks" and loaded.root else ""


def _is_passed_over(loaded: LoadedPart, client: str, place: Place) -> bool:
    module = registry.part_format(client, loaded.kind)
    if client == loaded.client or module is None or loaded.source is None:
        return loaded.state.dropped
    result = module.read(replace(loaded.source, place=place))
    taken = (part.name for part, state in zip(result.parts, result.states, strict=True) if not state.dropped)
    return loaded.part.name not in taken
