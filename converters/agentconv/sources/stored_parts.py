"""The skills, commands and MCP servers of a bundle, each with its file where that is stored, as its client finds it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.format import State
from agentconv.core.kinds import KINDS
from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.sources import contents, made_parts
from agentconv.sources.parts_on_disk import LoadedPart
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from agentconv.core.ir import AgentSet, Origin
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.parts import Part
    from agentconv.sources.contents import Contained


def stored_parts(agents: AgentSet) -> tuple[LoadedPart, ...]:
    """Return the parts of a set, each with its file where that is stored."""
    stored = {source.path: source for source in agents.sources}
    places = _Places(agents)
    found: list[LoadedPart] = []
    for kind in KINDS:
        for part in getattr(agents, kind):
            origin, files = part.origin, getattr(part, "files", ())
            source = stored.get(origin.source) if origin else None
            place = places.of(kind, part, origin) if origin else None
            file = PartSource(SourceText(source.path, source.data), place, files, source.executable) if source and place else None
            whole = part if origin else made_parts.as_read(part)
            found.append(LoadedPart(kind, whole, State.LOADS, origin.format if origin else "json", file))
    return tuple(found)


class _Places:
    """Where the clients of a set's parts find them: in their own places, and in those of a plugin whose own file is stored, too."""

    def __init__(self, agents: AgentSet) -> None:
        self._sources = agents.sources
        self._containers: dict[str, Contained | None] = {}

    def of(self, kind: Kind, part: Part, origin: Origin) -> Place | None:
        """Return where a client finds a part's file."""
        module = registry.part_format(origin.format, kind)
        contained = self._container(origin.format)
        within = contained.contents.places.get(kind, ()) if contained else ()
        places = [one for one in (*within, *(module.project if module else ())) if matches(one, origin.source)]
        return next((one for one in places if one.name in ("", part.name) and origin.pointer.startswith(one.at)), None)

    def _container(self, client: str) -> Contained | None:
        if client not in self._containers:
            texts = [SourceText(one.path, one.data) for one in self._sources]
            self._containers[client] = contents.of_sources(texts, client)
        return self._containers[client]
