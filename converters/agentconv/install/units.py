"""What a pack deploys: its agents, and the skills, commands and servers that came along, each with a name that no other has in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.conversion.along import Named, With, along
from agentconv.core.kinds import KINDS
from agentconv.formats.canonical import part_documents
from agentconv.install.checksums import sha256
from agentconv.parts.hooks import scripts
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from agentconv.core.ir import Agent
    from agentconv.core.parts import FolderFile, Part
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart

    Unit: TypeAlias = Agent | Part

NEEDED = With(needed=True)


def key(kind: str, part_id: str) -> str:
    """Return what a part is called beside agents: as `--with` says it."""
    return f"{kind}/{part_id}"


def checksum(part: Part) -> str:
    """Return the checksum of a part as a pack has it."""
    return sha256(json.dumps(part_documents.plain(part), sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _run(agent: Agent, piece: Loaded) -> tuple[FolderFile, ...]:
    return scripts.of_paths(scripts.going_along(agent), piece.scripts)


class Units:
    """The agents and parts of a pack."""

    def __init__(self, pieces: Iterable[Loaded]) -> None:
        self._pieces = tuple(pieces)
        self.agents = {agent.id: agent for piece in self._pieces for agent in piece.agents}
        found = Parts()
        for piece in self._pieces:
            found.take(piece.parts)
        loaded = [one for kind in KINDS for one in found.of(kind) if one.taken]
        self.loaded: dict[str, LoadedPart] = {key(one.kind, one.part.id): one for one in loaded}
        self.parts: dict[str, Part] = {id_: one.part for id_, one in self.loaded.items()}
        self.all: dict[str, Unit] = {**self.agents, **self.parts}
        self.scripts = {agent.id: _run(agent, piece) for piece in self._pieces if piece.scripts for agent in piece.agents}
        """By agent what its own guards run, as far as that came along."""

    def chosen(self, agents: Iterable[str] | None) -> set[str]:
        """Return what goes with a choice of agents: all (None), or the parts that their fields name, and what restrains all of them."""
        if agents is None:
            return {*self.all}
        ids = set(agents) & self.agents.keys()
        restraining = {id_ for id_, one in self.loaded.items() if set_restraints.of(one)}
        return ids | restraining | self.named(ids)

    def named(self, agents: Iterable[str]) -> set[str]:
        """Return the parts that the fields of agents name."""
        named = Named(Parts())
        for piece in self._pieces:
            named.parts.take(piece.parts)
        for id_ in sorted(agents):
            named.take(self.agents[id_])
        return {key(one.kind, one.part.id) for one in along(NEEDED, named).parts}
