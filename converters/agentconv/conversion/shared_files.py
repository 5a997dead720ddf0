"""Files that several agents share, once they are to be put into one that is there: not a byte changes that is not theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconv.conversion import several
from agentconv.core import fields
from agentconv.core.source import SourceText
from agentconv.disk.output import Merged

if TYPE_CHECKING:
    from agentconv.core.format import Format, Index, Listed
    from agentconv.core.ir import Agent

_WORDS = ("name", "version", "description", "license", "authors")


@dataclass(frozen=True, slots=True)
class Shared:
    """The agents of one file that holds several, ready to be put into one that is there."""

    module: Format
    path: str
    agents: tuple[Agent, ...]

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put the agents into a file: new ones are added, the same ones left, others of one name kept unless forced.

        Not a byte changes that is not theirs; the result is read back, and where the client would not take it, nothing changes.
        """
        original = SourceText(self.path, present)
        before = self.module.read(original)
        wanted = list(before.set.agents)
        places = {agent.name: place for place, agent in enumerate(wanted)}
        kept: list[str] = []
        replaced = False
        for agent in self.agents:
            place = places.get(agent.name)
            if place is None:
                wanted.append(agent)
            elif not fields.same(wanted[place], agent):
                replaced = replaced or force
                wanted[place] = replace(agent, origin=wanted[place].origin) if force else wanted[place]
                kept += [] if force else [agent.name or ""]
        done = several.rewrite(self.module, original, wanted, {agent.name for agent in self.agents})
        if done.problem:
            return Merged(present, tuple(agent.name or "" for agent in self.agents), problem=done.problem)
        return Merged(done.data, tuple(kept), replaced)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that lists the files of a format's agents, ready to be put into one that is there."""

    index: Index
    path: str
    listed: Listed
    """What it is to say; the paths sorted."""

    def write(self, original: SourceText | None) -> bytes:
        """Write the file: from nothing, or by changing one that belongs to these very agents."""
        if original is None:
            return self.index.write(self.listed, SourceText(self.path, b""))
        before = self.index.read(original)
        same = before.paths is None or set(before.paths) == set(self.listed.paths or ())
        if before.problem or (same and self.index.held(before.about) == self.listed.about):
            return original.data
        return self.index.write(replace(self.listed, paths=None) if before.paths is None else self.listed, original)

    def mistake(self, data: bytes) -> str | None:
        """Say what a written file does not say as it was meant; None where it does."""
        again = self.index.read(SourceText(self.path, data))
        if again.problem:
            return f"`{self.path}` would not load: {again.problem}"
        if again.paths is not None and set(again.paths) != set(self.listed.paths or ()):
            return f"`{self.path}` does not list the agents that were written"
        words = (name for name in _WORDS if getattr(self.listed.about, name) not in (None, getattr(again.about, name)))
        wrong = next(words, None)
        return f"`{self.path}` gives another {wrong}" if wrong else None

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put the list into a file: paths that are not in it are added, words that it has stay unless forced.

        Where the file lists no agent, the client takes all of its folder, and ours with it: that stays so.
        """
        original = SourceText(self.path, present)
        before = self.index.read(original)
        if before.problem:
            return Merged(present, ("the list of agents",), problem=before.problem)
        ours = {name: getattr(self.listed.about, name) for name in _WORDS if getattr(self.listed.about, name)}
        differing = [name for name in ours if getattr(before.about, name) not in (None, "", (), ours[name])]
        words = {name: word for name, word in ours.items() if force or name not in differing}
        paths = None if before.paths is None else (*before.paths, *sorted(set(self.listed.paths or ()) - set(before.paths)))
        wanted = replace(before, paths=paths, about=replace(before.about, **words))
        data = self.index.write(wanted, original)
        again = self.index.read(SourceText(self.path, data))
        if again.problem or again.about != wanted.about or set(again.paths or ()) != set(paths or ()):
            return Merged(present, ("the list of agents",), problem="it cannot be changed without changing what else is in it")
        return Merged(data, () if force else tuple(differing), replaced=force and bool(differing))
