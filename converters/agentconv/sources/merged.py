"""Agents of which a client puts together what several of its files say: one agent, in the last of these files that is looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.format import ENTRY, Fragment, ReadResult
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import including, inputs, locations
from agentconv.sources.inputs import Found, strays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded


@dataclass(frozen=True, slots=True)
class _Agent:
    """What becomes of one agent of a file."""

    agent: Agent | None
    """None where it is told of in another file."""
    won: Mapping[str, Fragment]
    """By key, the file whose value it has."""
    fragments: tuple[Fragment, ...]
    own: Fragment
    told_in: Fragment
    """What is said in the file in which the agent is told of."""


class Merged:
    """What the files of a project say of its agents together; each project is looked at once."""

    def __init__(self, files: Iterable[Found]) -> None:
        """Take the files that are looked at: the agent is told of in the last of these."""
        self._files = {os.path.abspath(file.location): file for file in files if file.location is not None}
        self._known: dict[tuple[str, str], Mapping[str, Mapping[int, _Agent]]] = {}
        """By root and format, then file and number in it."""

    def complete(self, file: Found, piece: Loaded) -> Loaded:
        """Return a piece whose agents have what its client takes for them from other files, without those that are told of there."""
        if file.location is None or piece.source is None or not piece.agents or not hasattr(registry.load(file.format), "merging"):
            return piece
        root = locations.project_root(Path(file.location))
        if root is None:
            return piece
        known = (os.fspath(root), file.format)
        if known not in self._known:
            self._known[known] = self._of(root, file.format)
        there = self._known[known].get(os.path.abspath(file.location))
        return piece if there is None or max(there) >= len(piece.agents) else _with(piece, piece.source, there)

    def _of(self, root: Path, client: str) -> Mapping[str, Mapping[int, _Agent]]:
        module: Any = registry.load(client)
        merging = module.merging()
        layers: dict[tuple[int, ...], dict[str, Fragment]] = {}
        for path in self._paths(root, client, merging):
            for one in self._read(root, client, path):
                layers.setdefault(merging.layer(path), {})[one.agent.name or ""] = one
        by_name: dict[str, list[Fragment]] = {}
        for _, several in sorted(layers.items()):
            for name, one in several.items():
                by_name.setdefault(name, []).append(one)
        found: dict[str, dict[int, _Agent]] = {}
        for fragments in (tuple(several) for several in by_name.values() if len(several) > 1):
            agent, won = merging.merged(fragments)
            looked_at = [one for one in fragments if os.path.abspath(root / one.path) in self._files]
            for one in looked_at:
                own = replace(agent, id=one.agent.id, origin=one.agent.origin) if one is looked_at[-1] else None
                found.setdefault(os.path.abspath(root / one.path), {})[one.number] = _Agent(own, won, fragments, one, looked_at[-1])
        return found

    def _paths(self, root: Path, client: str, merging: Any) -> Sequence[str]:
        """Return the paths of the files that may say something together, in order; none where there is one place alone for agents."""
        configurations = [path for path in merging.configurations if os.path.isfile(root / path)]
        folders = [place for place in locations.of(root, client) if place.is_dir()]
        if not configurations and len({merging.layer(f"{place.relative_to(root).as_posix()}/x.md") for place in folders}) < 2:
            return ()
        listed = [path for place in folders for path in place.rglob("*.md") if path.is_file()]
        inside = [path.relative_to(root).as_posix() for path in listed if not strays(path, root)]
        return [*(path for path in configurations if not strays(root / path, root)), *sorted(inside)]

    def _read(self, root: Path, client: str, path: str) -> Sequence[Fragment]:
        """Return the agents of a file that its client takes."""
        place = os.path.abspath(root / path)
        file = self._files.get(place) or Found(path, place, client, within=os.fspath(root))
        file = replace(file, format=client)
        try:
            text = including.from_project(file, SourceText(path, inputs.read_bytes(file)))
            result = registry.load(client).read(text).as_meant
        except InputError:  # which is told of where the file itself is read
            return ()
        except (Exception, SystemExit):  # noqa: BLE001 - as above
            return ()
        rows = enumerate(zip(result.set.agents, result.states, strict=True))
        return [Fragment(path, agent, result, number) for number, (agent, state) in rows if not state.dropped]


def _with(piece: Loaded, source: SourceText, there: Mapping[int, _Agent]) -> Loaded:
    """Return a piece with the agents that its client puts together out of this file and others."""
    numbers = [number for number in range(len(piece.agents)) if number not in there or there[number].agent is not None]
    agents = tuple(_merged(there[number].agent, piece.agents[number]) if number in there else piece.agents[number] for number in numbers)
    states = tuple(piece.states[number] for number in numbers)
    told = tuple(_told(piece, source, there[number]) for number in numbers if number in there)
    gone = None if agents else next(_gone(piece, source, one) for one in there.values())
    away = {piece.agents[number].name for number in there if there[number].agent is None}
    said = tuple(one for one in piece.diagnostics if one.code is not Code.DUPLICATE_NAME or one.agent not in away)
    places = piece.result.as_meant.place if piece.result else None
    if places is None:
        places = registry.load(piece.format).read(source).as_meant.place

    def place(number: int, key: str, *within: str | int) -> tuple[int, int] | None:
        one = there.get(numbers[number])
        if one is not None and key not in ("", ENTRY) and key in one.won and one.won[key] != one.own:
            return None
        return places(numbers[number], key, *within) if places else None

    declared = ReadResult(AgentSet(agents), states, (*said, *told), place, gone)
    return replace(piece, agents=agents, states=states, diagnostics=(*said, *told), declared=declared, as_read=False, merged=True)


def _merged(agent: Agent | None, own: Agent) -> Agent:
    return own if agent is None else replace(agent, id=own.id, origin=own.origin)


def _told(piece: Loaded, source: SourceText, one: _Agent) -> Diagnostic:
    """Say out of which files an agent is put together."""
    client = registry.load(piece.format).SPEC.client
    others = ", ".join(f"`{other.path}`" for other in one.fragments if other != one.own)
    message = f"`{one.own.agent.name}` is also in {others}; {client} merges them key by key, and a later file wins"
    return _note(piece, source, one.own, message)


def _gone(piece: Loaded, source: SourceText, one: _Agent) -> Diagnostic:
    """Say in which file an agent is told of whose other parts stand here."""
    where = one.told_in.path
    return _note(piece, source, one.own, f"`{one.own.agent.name}` goes on in `{where}`, where all that is said of it is judged together")


def _note(piece: Loaded, source: SourceText, own: Fragment, message: str) -> Diagnostic:
    place = own.result.place and own.result.place(own.number, ENTRY)
    hint = "say all of it in one file, unless this is meant"
    return Diagnostic(Code.DUPLICATE_NAME, Severity.NOTE, message, source.span(*(place or (0,))), hint, own.agent.name, piece.format)
