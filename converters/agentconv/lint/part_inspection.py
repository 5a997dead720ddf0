"""What each client makes of the parts of a project (skills, servers, instructions, ...) as they lie there: who takes them, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import hook_facts, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.kinds import KINDS
from agentconv.core.parts import Server, SetHook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.format import State
    from agentconv.core.kinds import Kind
    from agentconv.core.parts import Part
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk

_RESTRAINTS = {
    "invoked_by": "who starts it is not held to what the file says",
    "denied_tools": "tools that the file closes stay open",
    "hooks": "its hooks do not run",
}


@dataclass(frozen=True, slots=True)
class PartReading:
    """What one client makes of a part."""

    client: str
    state: State
    hidden_by: str | None = None
    """The file of the part of this name that it takes instead."""
    races: bool = False
    """Whether it takes now this one and now the other."""
    trusted: bool = False
    """Whether it only looks there where the user trusts the folder."""
    optional: bool = False
    """Whether it only looks there where the user's settings say so."""
    remarks: tuple[str, ...] = ()
    """What of it is another thing there than its author meant."""


@dataclass(frozen=True, slots=True)
class InspectedPart:
    """One part, as each client reads it that looks where its file is."""

    path: str
    """Of its file, as the user would name it."""
    kind: Kind
    name: str
    readings: tuple[PartReading, ...]


def inspect(parts: Parts, asked: Sequence[str]) -> list[InspectedPart]:
    """Read the parts of places as each of the clients does, by kind and path."""
    found: dict[tuple[Kind, str, str], list[tuple[str, LoadedPart]]] = {}
    for kind in KINDS:
        for place in parts.places:
            for client in asked:
                for one in (*place.of(client, kind), *place.perhaps(client, kind)):
                    path = place.shown(client, one.source.text.path) if one.source else ""
                    shown = replace(one, hidden_by=place.shown(client, one.hidden_by)) if one.hidden_by else one
                    found.setdefault((kind, path, one.part.name or ""), []).append((client, shown))
    twice = runs_twice(parts, asked)
    ordered = sorted(found.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1:]))
    return [InspectedPart(path, kind, name, tuple(_readings(several, twice))) for (kind, path, name), several in ordered]


def races(client: str, kind: Kind) -> bool:
    """Whether a client takes, of several parts of one name, now this and now that one."""
    from agentconv.parts import registry

    return bool(getattr(registry.part_format(client, kind), "races", False))


def instead(other: str, *, races: bool) -> str:
    """Say what a client takes in place of a part."""
    return f"it takes this one or {other}, now the one and now the other" if races else f"it takes {other}"


def runs_twice(parts: Parts, asked: Sequence[str]) -> dict[tuple[str, int], str]:
    """Return, by client and hook, the file in which the client finds the same once more, so that it is run twice."""
    return {
        (client, id(one.part)): place.shown(client, other.path)
        for place in parts.places
        for client in asked
        for one, other in doubled(place, client)
    }


def doubled(place: PartsOnDisk, client: str) -> Iterator[tuple[LoadedPart, LoadedPart]]:
    """Yield the hooks that a client finds in a project twice and runs twice, each with the other one."""
    facts = hook_facts.hooks(vocabulary.words_of(client))
    hooks = [(one, one.part) for one in place.of(client, "hooks") if one.taken and isinstance(one.part, SetHook)]
    if facts is None or facts.once or len(hooks) < _PAIR:
        return
    from agentconv.parts.hooks import faults

    what = [faults.runs(part) for _, part in hooks]
    for index, (one, _) in enumerate(hooks):
        other = next((number for number, same in enumerate(what) if number != index and same == what[index]), None)
        if other is not None:
            yield one, hooks[other][0]


_PAIR = 2


def _unfired(client: str, one: LoadedPart, twice: dict[tuple[str, int], str]) -> Iterator[str]:
    """Yield what keeps a hook from doing what is meant, and where it is done twice."""
    if not isinstance(one.part, SetHook) or not one.taken:
        return
    from agentconv.parts.hooks import faults

    yield from (fault.message for fault in faults.of(one.part))
    if other := twice.get((client, id(one.part))):
        yield f"runs twice: {other} has it too"


def _readings(several: Sequence[tuple[str, LoadedPart]], twice: dict[tuple[str, int], str]) -> Iterator[PartReading]:
    """Yield what clients make of one part; what its author meant is what its own client reads."""
    meant = next((one.part for _, one in several if one.source and one.source.place.native), several[0][1].part)
    for client, one in several:
        said = tuple(told.message for told in one.told)
        place = one.source.place if one.source else None
        where = (bool(place and place.trusted), bool(place and place.optional))
        told = (*lost(meant, one.part), *literal(one.part), *_unfired(client, one, twice), *said)
        doubtful = one.hidden_by is not None and races(client, one.kind)
        yield PartReading(client, one.state, one.hidden_by, doubtful, *where, told)


def lost(meant: Part, part: Part) -> Iterator[str]:
    """Yield which restraints of its author a client does not hold a part to."""
    for name, words in _RESTRAINTS.items():
        wanted = getattr(meant, name, None)
        if wanted and wanted != "both" and getattr(part, name, None) != wanted:
            yield words


def literal(part: Part) -> Iterator[str]:
    """Yield the values of a server that look like references, and that the client hands on as they stand."""
    if isinstance(part, Server):
        from agentconv.parts.servers import faults as server_faults

        yield from (fault.message for fault in server_faults.of_references(part))
