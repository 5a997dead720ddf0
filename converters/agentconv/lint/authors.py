"""Whose words an agent is held against where several assistants have one of its name: the project's source's, else the first one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.names import stem_of
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded


class Authors:
    """The agents of projects by what they are called."""

    def __init__(self, sources: Mapping[str, str], roots: Mapping[str, str]) -> None:
        """Take what is known of projects.

        Args:
            sources: By root the format of a project's source, where its configuration names one.
            roots: By path the root of the project that a file belongs to.
        """
        self._sources = sources
        self._roots = roots
        self._taken: list[tuple[Loaded, Agent]] = []
        self._known: dict[tuple[str, str], tuple[Loaded, Agent]] = {}
        self._of_packs: dict[tuple[str, str], tuple[Loaded, Agent]] = {}
        self._lost: dict[tuple[str, str], dict[str, str]] = {}
        """By project and name, the formats of files that may say what an agent may do, and of which nothing is known, with the reasons."""
        self._unread: dict[str, str] = {}
        """By project why it is not known whose words count."""

    def lose(self, root: str, name: str, format_id: str, why: str) -> None:
        """Take that nothing is known of the file of an agent."""
        self._lost.setdefault((root, names.alike(name)), {}).setdefault(format_id, why)

    def lose_source(self, root: str, why: str) -> None:
        """Take that it is not known which assistant's words count in a project."""
        self._unread[root] = why

    def unknown(self, path: str, format_id: str, name: str | None) -> str:
        """Say why it is not known what the author of an agent in a file allows it; nothing where that is known."""
        root = self._roots.get(path, "")
        key = root, names.alike(name or "")
        if key in self._of_packs:
            return ""
        known = self._known.get(key)
        for lost, why in self._lost.get(key, {}).items():
            if lost == format_id or known is None or self._rank(root, lost) <= self._rank(root, known[0].format):
                return why
        alike = (piece for piece, agent in self._taken if names.alike(agent.name) == key[1])
        several = {piece.format for piece in alike if self._roots.get(piece.path, "") == root}
        return self._unread.get(root, "") if len(several) > 1 else ""

    def take(self, pieces: Iterable[Loaded], root: str | None = None) -> None:
        """Take files, which belong to one project where that is named."""
        for piece in pieces:
            for agent, state in zip(piece.agents, piece.states, strict=False):
                if agent.name and not state.dropped and piece.format in registry.READERS:
                    self._taken.append((piece, agent))
                    key = self._roots.get(piece.path, "") if root is None else root, names.alike(agent.name)
                    there = self._known.setdefault(key, (piece, agent))
                    if self._rank(key[0], piece.format) < self._rank(key[0], there[0].format):
                        self._known[key] = piece, agent
                elif state.dropped and piece.format in registry.READERS and piece.diagnostics:
                    place = self._roots.get(piece.path, "") if root is None else root
                    stem = stem_of(piece.path, registry.FORMATS[piece.format].suffixes)
                    for name in {agent.name or stem, stem}:
                        self.lose(place, name, piece.format, f"{piece.path}: {piece.diagnostics[0].message}")

    def take_packs(self, pieces: Iterable[Loaded], root: str) -> None:
        """Take files of packs whose agents are deployed in a project: they say what those may do, in whatever file they are there."""
        for piece in pieces:
            for agent, state in zip(piece.agents, piece.states, strict=False):
                if agent.name and not state.dropped:
                    self._of_packs.setdefault((root, names.alike(agent.name)), (piece, agent))

    def _rank(self, root: str, format_id: str) -> int:
        return -1 if self._sources.get(root) == format_id else registry.READERS.index(format_id)

    def of(self, piece: Loaded, name: str | None) -> tuple[Loaded, Agent] | None:
        """Return the agent that one of a file is held against, with its file; None where that is its own, or there is none."""
        key = self._roots.get(piece.path, ""), names.alike(name or "")
        found = self._of_packs.get(key) or self._known.get(key) if name else None
        return None if found is None or found[0].format == piece.format else found

    def pairs(self) -> Iterator[tuple[Loaded, Agent, Loaded, Agent]]:
        """Yield the agents that are held against one of another file, with that."""
        for piece, agent in self._taken:
            if found := self.of(piece, agent.name):
                yield (piece, agent, *found)
