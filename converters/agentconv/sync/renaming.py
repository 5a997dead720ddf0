"""Agents that somebody renamed, or moved, in a target: what stays theirs there, and their new names taken into the source."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sync import digests, source_files, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.present import File
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Key, Sources


def followed(locked: Sequence[Synced], files: Mapping[str, File]) -> tuple[Synced, ...]:
    """Return what is settled, with the files that somebody called otherwise, or moved, where they are now.

    An agent is its name to a client: what was edited along with that is an edit there, and two files may have changed places.
    """
    whole = [one for one in locked if not one.pointer]
    at_home = {one.path for one in whole if _name(files.get(one.path)) == one.name}
    if all(one.path in at_home for one in whole):
        return tuple(locked)
    named: dict[tuple[str, str], list[File]] = {}
    for file in files.values():
        if file.path not in at_home and (name := _name(file)) is not None:
            named.setdefault((file.target, name), []).append(file)
    moved: dict[str, str] = {}
    for one in (one for one in whole if one.path not in at_home):
        found = named.get((one.target, one.name), [])
        same = [file for file in found if digests.of(file.agents[""]) == digests.left(one.fields, one.own)] or found
        if len(same) == 1 and same[0].path not in moved.values():
            moved[one.path] = same[0].path
    moved = _free(moved, {one.path for one in whole})
    return tuple(one if one.pointer else replace(one, path=moved.get(one.path, one.path)) for one in locked)


def _name(file: File | None) -> str | None:
    """Return the name of the one agent of a file; None where there is none, or nothing can be told of it."""
    return file.agents[""].name if file is not None and file.problem is None and "" in file.agents else None


def _free(moved: Mapping[str, str], ours: Collection[str]) -> dict[str, str]:
    """Return the moves but for those into the place of an agent that stays there, whatever it is called by now."""
    found = dict(moved)
    while taken := [old for old, new in found.items() if new in ours and new not in found]:
        for old in taken:
            del found[old]
    return found


def in_source(said: Collection[str], loaded: Sources, found: Iterable[Candidate]) -> dict[str, str]:
    """Return names that agents had, under which something is said of them, each with the one that its agent has in the source now."""
    keys = {key for key, _ in loaded.agents()}
    gone = {*said} - {agent.name or "" for _, agent in loaded.agents()}
    names: dict[str, set[str]] = {}
    for one in found if gone else ():
        if one.key in keys and one.name not in said:
            for old in gone.intersection(base.name for base in one.bases):
                names.setdefault(old, set()).add(one.name)
    news = [new for several in names.values() for new in several]
    return {old: new for old, (new, *more) in names.items() if not more and news.count(new) == 1}


@dataclass(frozen=True, slots=True)
class Renamed:
    """A new name that an agent got in a target, and what becomes of it."""

    candidate: Candidate
    name: str
    source: str
    """Its file in the source, from now on."""
    reason: str | None = None
    """Why the source does not take it."""
    is_done: bool = False


@dataclass(slots=True)
class Renaming:
    """What becomes of the source when names that were given in targets are taken into it."""

    settings: Settings
    sources: Sources
    files: dict[str, bytes | None] = field(default_factory=dict)
    """New bytes, by source; None for one that is gone."""
    found: list[Renamed] = field(default_factory=list)

    def take(self, candidates: Iterable[Candidate]) -> None:
        """Take in what can be taken in."""
        for one in candidates:
            if one.renamed_to not in (None, one.named):
                self.found.append(self._one(one, one.renamed_to or ""))

    @property
    def done(self) -> list[Renamed]:
        """The names that the source can take."""
        return [one for one in self.found if one.reason is None]

    def _one(self, one: Candidate, name: str) -> Renamed:
        agent = one.view.source if one.view is not None else None
        path = one.key[0]
        if agent is None or one.view is None or agent.name != one.view.agent.name:
            return Renamed(one, name, path, "its name there is not the source's own")
        if name in {each.name for _, each in self.sources.agents()} | {each.name for each in self.done}:
            return Renamed(one, name, path, f"the source has an agent `{name}`")
        if any(each.candidate.key == one.key for each in self.done):
            return Renamed(one, name, path, "it got another name elsewhere")
        end = registry.FORMATS[self.settings.source_format].end(path)
        folder, _, stem = path.removesuffix(end).rpartition("/")
        new = f"{folder}/{name}{end}".removeprefix("/") if stem == agent.name and PurePosixPath(name).name == name else path
        if new != path and (self.settings.root / new).exists():
            return Renamed(one, name, path, f"`{new}` is there already")
        data = self._written(path, new, one.key, {"name": name})
        if data is None:
            return Renamed(one, name, path, "the source cannot be changed there without spelling more of it anew")
        if new != path:
            self.files[path] = None
        self.files[new] = data
        self._mend_delegates(agent.name or "", name, path)
        return Renamed(one, name, new)

    def _mend_delegates(self, old: str, name: str, path: str) -> None:
        """Have agents that name another one go on to do so, where their file can be changed there alone."""
        for key, agent in self.sources.agents():
            if key[0] != path and agent.delegates and old in agent.delegates:
                named = tuple(name if each == old else each for each in agent.delegates)
                data = self._written(key[0], key[0], key, {"delegates": named})
                if data is not None:
                    self.files[key[0]] = data

    def _written(self, path: str, new: str, key: Key, values: Mapping[str, object]) -> bytes | None:
        """Return a source with other values for an agent, perhaps under another path; None where more would change with it."""
        file = self.sources.files[path]
        module = registry.load(self.settings.source_format)
        text = SourceText(new, texts.to_lf(self.files.get(path) or file.data), file.text.included)
        before = module.read(text).as_meant
        number = next((at for at, agent in enumerate(before.set.agents) if _pointer(agent) == key[1]), None)
        if number is None or before.states[number].dropped:
            return None
        wanted = [*before.set.agents]
        wanted[number] = fields.with_values(wanted[number], values)
        written = module.write(AgentSet(tuple(wanted)), text)
        again = module.read(SourceText(new, written.data, text.included)).as_meant
        same = len(again.set.agents) == len(wanted) and all(map(fields.same, again.set.agents, wanted)) and again.states == before.states
        return texts.ended_as(written.data, file.data) if same and not (written.whole or written.respelled or written.beside) else None

    def with_files(self) -> list[SourceFile]:
        """Return the files of the source as they are to be."""
        kept = [file for path, file in self.sources.files.items() if path not in self.files]
        return kept + [source_files.made(path, data, self.settings.source_format) for path, data in self.files.items() if data is not None]

    def settled(self, locked: Sequence[Synced]) -> tuple[Synced, ...]:
        """Return what is settled once the names are the source's: in the targets that had them first, it is what is there."""
        by_key = {one.candidate.key: one for one in self.done}
        return tuple(_settled(one, by_key.get(one.agent)) for one in locked)


def _settled(one: Synced, renamed: Renamed | None) -> Synced:
    if renamed is None:
        return one
    old = renamed.candidate
    moved = replace(one, source=renamed.source)
    if old.renamed_in is None or one.target != old.target or one.key not in (old.place, old.moved_from):
        return moved
    path, pointer, agent = old.renamed_in
    return replace(moved, path=path, pointer=pointer, name=renamed.name, fields={**one.fields, "name": digests.digest(agent.name)})


def _pointer(agent: Agent) -> str:
    return agent.origin.pointer if agent.origin else ""
