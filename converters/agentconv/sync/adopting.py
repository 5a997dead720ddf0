"""Agents that stand in a target alone, taken into the source: each becomes a file there, and what the target has counts as settled."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from agentconv.conversion.converting import Options, convert
from agentconv.conversion.insisting import insisting
from agentconv.conversion.shared_files import Shared
from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.install.lock import Synced
from agentconv.sources.loaded import Loaded
from agentconv.sync import digests, source_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.sync.present import File
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Sources
    from agentconv.sync.views import View, Views


Orphan: TypeAlias = "tuple[File, str, Agent]"
"""An agent that stands in a target alone: the file, the place in one that holds several, and what it says."""


@dataclass(slots=True)
class Adopting:
    """What becomes of agents that are nobody's."""

    settings: Settings
    sources: Sources
    widening: Collection[str] = ()
    """What the user insists on: agents that may do more in the source than they may in the target."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Sources that are made or changed, with their bytes."""
    settled: list[Synced] = field(default_factory=list)
    """What is there already of them."""
    taken: list[tuple[File, str, Agent, str]] = field(default_factory=list)
    """What was taken in: the file, the place in it, the agent, and its source."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    """What the source's format cannot say of them."""

    def take(self, orphans: Iterable[Orphan], *, named: bool) -> None:
        """Take in what can be taken in; of several of one name the first, where the source's file is the same whichever is taken.

        Args:
            orphans: The agents.
            named: Whether a person named them.

        Raises:
            InputError: Several of a name that a person named say different things.
        """
        names = {agent.name for _, agent in self.sources.agents()}
        by_name: dict[str | None, list[Orphan]] = {}
        for one in orphans:
            by_name.setdefault(one[2].name, []).append(one)
        for name, several in by_name.items():
            if name not in names and not self._say_the_same(several):
                told = _which(several)
                if named:
                    raise InputError(told)
                self.diagnostics.append(told)
                continue
            for file, pointer, agent in several:
                if file.problem is not None:
                    self.diagnostics.append(_not_taken(file, agent, file.problem, "mend it first"))
                elif name not in names:
                    names.add(name)
                    self._one(file, pointer, agent)

    def _say_the_same(self, several: Sequence[Orphan]) -> bool:
        """Whether the source's file is the same one, whichever of several agents is taken in."""
        if len(several) == 1:
            return True
        done = [self._converted(file, agent) if file.problem is None else None for file, _, agent in several]
        written = {one.file.data if one is not None and one.file is not None else None for one in done}
        return len(written) == 1 and None not in written

    def _converted(self, file: File, agent: Agent) -> Converted | None:
        """Return what an agent is in the source's format."""
        piece = Loaded(file.path, file.target, None, (fields.changed(agent, {"id": agent.name or "agent"}),), (State.LOADS,))
        options = insisting(Options(deploy=True, models=self.settings.models), self.widening)
        return next(iter(convert([piece], self.settings.source_format, options)), None)

    def unheld(self, orphans: Iterable[Orphan]) -> dict[tuple[str, str], str]:
        """Return by their places the agents that the source cannot hold, with the reasons: nobody is told to take those in."""
        found = {}
        for file, pointer, agent in orphans:
            done = self._converted(file, agent) if file.problem is None else None
            if done is not None and done.file is None:
                found[file.path, pointer] = self._why(done)
        return found

    def _why(self, done: Converted | None) -> str:
        """Say why an agent has no place in the source."""
        refusal = next((loss for loss in done.losses if loss.severity == "refusal"), None) if done else None
        reason = f" ({refusal.field}: {refusal.detail})" if refusal else ""
        return f"{registry.FORMATS[self.settings.source_format].title} cannot hold it{reason}"

    def _one(self, file: File, pointer: str, agent: Agent) -> None:
        done = self._converted(file, agent)
        if done is None or done.file is None:
            self.diagnostics.append(_not_taken(file, agent, self._why(done)))
            return
        path, data = self._place(done.file.path), done.file.data
        if isinstance(done.file.shared, Shared):
            path = done.file.path
            present = self.files.get(path, self.sources.files[path].data if path in self.sources.files else b"")
            data = done.file.shared.merge(present).data if present else data
        outside = self._outside(file, path)
        if outside is not None:
            self.diagnostics.append(_not_taken(file, agent, outside))
            return
        self.files[path] = data
        self.losses += done.losses
        self.taken.append((file, pointer, agent, path))
        self.settled.append(_settled(file, pointer, agent, path))

    def _outside(self, file: File, path: str) -> str | None:
        """Say why an agent would not be kept in step in the source: nobody looks there, or the target writes elsewhere."""
        row, source = registry.FORMATS[file.target], self.settings.source
        if self.settings.excludes(path) or ((self.settings.root / source).is_file() and path != source):
            return f"`{path}` is no part of the source"
        if row.folders and row.holds_several(file.path):
            return f"agents go into `{row.folders[0]}`; move it there first"
        return None

    def _place(self, path: str) -> str:
        """Return a file for a new agent of the source: where the source is, under a name that is free without case."""
        inside = self.settings.source not in (".", "") and (self.settings.root / self.settings.source).is_dir()
        end = registry.FORMATS[self.settings.source_format].end(path)
        base = PurePosixPath(path.removesuffix(end))
        base = PurePosixPath(self.settings.source, base.name) if inside else base
        there = {one.casefold() for one in (*self.sources.files, *self.files)}
        name, number = f"{base}{end}", 2
        while name.casefold() in there or (self.settings.root / name).exists():
            name, number = f"{base}-{number}{end}", number + 1
        return name

    def with_files(self) -> list[SourceFile]:
        """Return the files of the source, with those that were made or changed."""
        made = {path: source_files.made(path, data, self.settings.source_format) for path, data in self.files.items()}
        return [made.pop(path, file) for path, file in self.sources.files.items()] + list(made.values())


def _not_taken(file: File, agent: Agent, reason: str, hint: str | None = None) -> Diagnostic:
    message = f"`{agent.name}` is not taken in: {reason}"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, file.where or Span(file.path), hint, agent=agent.name)


def place(one: Orphan) -> str:
    """Return where an agent is, as a person names it on the command line."""
    return f"{one[0].path}{one[1]}"


def _which(several: Sequence[Orphan]) -> Diagnostic:
    """Ask which of several agents of one name is meant, with a command for each."""
    name = several[0][2].name or ""
    where = ", ".join(f"{registry.FORMATS[one[0].target].title} ({place(one)})" for one in several)
    ways = [f"agentconv sync --adopt {shlex.quote(place(one))}" for one in several if one[0].problem is None]
    message = f"--adopt: which `{name}` is meant? They do not say the same: {where}"
    hint = f"choose one: {'; or '.join(ways)}" if ways else "mend one of them first"
    return Diagnostic(Code.USAGE, Severity.ERROR, message, hint=hint, agent=name)


def _settled(file: File, pointer: str, agent: Agent, source: str) -> Synced:
    """Return what is there, as an entry of the lock; what is settled of it is known once the source gives it."""
    # its place in a source of several is found by name alone, once it is there
    sha256 = "" if pointer else file.sha256
    return Synced(file.path, file.target, source, agent.name or "", "0" * 64, digests.of(agent), pointer, "", sha256, created=False)


def as_given(settled: Iterable[Synced], given: Iterable[Views]) -> list[Synced]:
    """Return entries of which that is settled what the source gives for them: what the target says beyond it stays, and is an edit.

    What an agent may do is known as it stands: where the configuration keeps it, that is what was taken in.
    """
    views = {(view.target, view.key): view for one in given for view in one.entries}  # wherever it is to be: its name may be taken there
    return [_as_view(one, views.get((one.target, one.agent))) for one in settled]


def _as_view(one: Synced, view: View | None) -> Synced:
    if view is None:
        return one
    new = digests.of(view.agent)
    if (view.path, view.pointer) != one.key and "name" in one.fields:  # its own is taken there, so that it goes by another one from now on
        new["name"] = one.fields["name"]
    own = {path: each for path, each in one.fields.items() if path not in new and path.startswith("extras.")}
    may = digests.members({*new, *one.fields})
    stands = {path: one.fields.get(path, digests.ABSENT) for path in may if new.get(path) != one.fields.get(path)}
    return replace(one, fields=new, own=own | stands, allows=digests.rights(view.source) if stands else "")


def keyed(settled: Iterable[Synced], loaded: Sources) -> list[Synced]:
    """Return what was settled, with the place that each agent has in its source."""
    places = {(key[0], agent.name): key for key, agent in loaded.agents()}
    return [replace(one, source_pointer=places.get((one.source, one.name), (one.source, ""))[1]) for one in settled]
