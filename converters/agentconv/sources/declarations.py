"""Agents that a client's own configuration names, with the keys that it gives them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Effect
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import AgentSet
from agentconv.formats import registry
from agentconv.sources import locations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent, Json
    from agentconv.core.source import SourceText
    from agentconv.sources.inputs import Found
    from agentconv.sources.loaded import Loaded


class Declarations:
    """What configurations say of agents' files; each is read once."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, list[Mapping[str, Json]]]] = {}
        """By root, and the real path of an agent's file, which may be that of several."""
        self._stopping: dict[str, Diagnostic] = {}
        """By root, why its client does not start."""

    def complete(self, file: Found, piece: Loaded) -> Loaded:
        """Return a piece with what its client's configuration gives it."""
        name = registry.FORMATS[file.format].settings
        if not name or file.location is None or piece.source is None:
            return piece
        place = Path(os.path.abspath(file.location))
        root = _root(place, name)
        if root is None:
            return piece
        given = self._of(root, file.format).get(os.path.realpath(place))
        stopping = self._stopping.get(os.fspath(root))
        if stopping is not None:
            return replace(piece, states=(State.STOPS,) * len(piece.agents), rejected=stopping)
        if given is None:
            return piece
        result = of_file(file.format, piece.source, given)
        told = result.diagnostics
        return replace(piece, agents=result.set.agents, states=result.states, diagnostics=told, result=None, declared=result, as_read=False)

    def _of(self, root: Path, client: str) -> Mapping[str, Sequence[Mapping[str, Json]]]:
        key = os.fspath(root)
        if key not in self._given:
            text = locations.settings(root, client)
            found = self._given[key] = {}
            if not text:
                return found
            from agentconv.sources import configured

            stops = [one for one in configured.remarks(client, text) if one.effect is Effect.STOPS]
            if stops:
                self._stopping[key] = stops[0]
            for one in configured.declared(client, text):
                found.setdefault(os.path.realpath(root / one.path), []).append(one.given)
        return self._given[key]


def of_file(client: str, source: SourceText, given: Sequence[Mapping[str, Json]]) -> ReadResult:
    """Return what is read of a file that a client's configuration names, with the keys that it gives, once by each name."""
    module: Any = registry.load(client)
    return _together([module.read_declared(source, one) for one in given])


def _together(results: Sequence[ReadResult]) -> ReadResult:
    """Return what is read of one file by each name that it is declared under; what it says itself, it says once."""
    first = results[0]
    agents: dict[str | None, tuple[Agent, State]] = {}
    for result in results:
        agents.update({agent.name: (agent, state) for agent, state in zip(result.set.agents, result.states, strict=True)})
    told = tuple(dict.fromkeys(one for result in results for one in result.diagnostics))
    rows = tuple(agents.values())
    return ReadResult(
        AgentSet(tuple(agent for agent, _ in rows)),
        tuple(state for _, state in rows),
        told,
        lambda _number, key: first.place and first.place(0, key),
    )


def _root(place: Path, name: str) -> Path | None:
    """Return the project whose configuration may name a file: none beyond version control's top, and not what its user has at home."""
    own = locations.project_root(place)
    home = os.path.expanduser("~")
    for folder in (own,) if own else place.parents:
        if own is None and os.fspath(folder) == home:
            return None
        if (folder / name).is_file():
            return folder
        if (folder / ".git").exists():
            return None
    return None
