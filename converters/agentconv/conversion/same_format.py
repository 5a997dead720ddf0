"""Files of the target's own format: they keep their bytes, and where a bundle's fields were edited, only those change."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.conversion import naming
from agentconv.conversion.converted import Converted
from agentconv.conversion.law import Case
from agentconv.core import enforcement, fields, paths
from agentconv.core import names as spelling
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.disk.output import OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.conversion.files import Files
    from agentconv.conversion.naming import Name
    from agentconv.conversion.shared_files import Shared
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.source import SourceText
    from agentconv.sources.loaded import Loaded


class SameFormat:
    """Writes the files of the target's own format that a conversion meets."""

    def __init__(self, target: str, files: Files, *, only_loaded: bool) -> None:
        self.target = target
        self.module = registry.load(target)
        self.row = registry.FORMATS[target]
        self.files = files
        self.only_loaded = only_loaded
        self._paths_by_name: dict[tuple[str | None, str], list[str]] = {}
        """Files, by their project and the name of the agent that the client loads from them."""

    def convert(self, piece: Loaded, source: SourceText) -> Iterator[Converted]:
        """Write a file: its bytes, or a patch where a bundle's fields were changed."""
        ids = tuple(agent.id for agent in piece.agents)
        if piece.stray:
            return  # a README or a CLAUDE.md beside loose agents becomes none where agents are
        dropped = any(state.dropped for state in piece.states)
        if dropped and self.only_loaded and len(ids) == 1:
            yield Converted(self.target, ids)
            return
        if away := tuple(loss for agent in piece.agents for loss in self.files.law.kept_away(agent)):
            yield Converted(self.target, ids, losses=away)
            return
        found = (piece.declared or self.module.read(source).as_meant).set.agents if piece.agents else ()
        path = self.files.kept(self._loadable(piece.path, source, found), anywhere=piece.declared is not None)
        self._note(piece)
        shares = self.row.holds_several(path)
        if len(found) == len(piece.agents) and all(map(fields.same, found, piece.agents)):
            file = OutputFile(path, source.data, self._shared(path, found, source) if shares else None)
            listed = self.files.listed(file) if ids and not dropped else file
            told = (*self._astray(piece), *self._declared(piece, source))
            yield Converted(self.target, ids, listed, None, self._unheld(piece), told, dropped)
            yield from self.files.included(source, path)
        elif shares or len(ids) > 1:
            yield from self._entries(piece, source, path, found)
        else:
            yield from self._edited(piece, source, path, found)

    def _loadable(self, path: str, source: SourceText, found: Sequence[Agent]) -> str:
        """Return a path at which the client looks: a file's own, or, where nothing of that kind is called so, the nearest one."""
        if not found or path.endswith(self.row.ends):
            return path
        pure, suffixes = PurePosixPath(path), self.row.suffixes[:1] if self.row.folders else ()
        near = (
            [path + suffix for suffix in suffixes] + [f"{pure.with_suffix('')}{suffix}" for suffix in suffixes] + list(self.row.files[:1])
        )
        names = [agent.name for agent in found]

        def is_same(other: str) -> bool:
            return [agent.name for agent in self.module.read(source.put(source.data, other)).set.agents] == names

        return next(filter(is_same, near), near[0])

    def _astray(self, piece: Loaded) -> Iterator[Diagnostic]:
        """Say which paths the client will look at outside of the project: a file keeps its bytes, whoever wrote it."""
        for agent in piece.agents:
            for key, path in paths.astray(agent, self.target):
                message = f"`{key}` leads out of the project: `{path}`"
                hint = "make sure that the file is yours: its client reads or writes there"
                yield Diagnostic(Code.ASTRAY, Severity.WARNING, message, Span(piece.path), hint, agent.id)

    def _declared(self, piece: Loaded, source: SourceText) -> Iterator[Diagnostic]:
        """Say that a file is not all that its client reads of an agent: the configuration is the user's, and goes nowhere."""
        if piece.merged:  # the other files go along, or are named
            return
        alone = self.module.read(source).set.agents if piece.declared else piece.agents
        if len(alone) != len(piece.agents) or not all(map(fields.same, alone, piece.agents)):
            settings = registry.FORMATS[piece.format].settings
            message = f"`{settings}` says what this file does not, and is not written with it"
            yield Diagnostic(Code.ELSEWHERE, Severity.NOTE, message, Span(piece.path), f"elsewhere, copy the agent's table of `{settings}`")

    def _unheld(self, piece: Loaded) -> tuple[Loss, ...]:
        """Say what the client does not hold the agents of a file to that it loads."""
        loaded = [agent for agent, state in zip(piece.agents, piece.states, strict=True) if not state.dropped]
        return tuple(loss for agent in loaded for loss in enforcement.losses_of(agent.id, self.target, registry.unheld(self.target, agent)))

    def _note(self, piece: Loaded) -> None:
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if agent.name and not state.dropped:
                self._paths_by_name.setdefault((self.row.project_of(piece.path), agent.name), []).append(piece.path)

    def _edited(self, piece: Loaded, source: SourceText, path: str, found: Sequence[Agent]) -> Iterator[Converted]:
        """Write a file of one agent that was changed; where its name is the file's, under another path."""
        ((agent, state),) = zip(piece.agents, piece.states, strict=True)
        name = self._own_name(agent, piece.path)
        if self.module.SPEC.named_by_stem and found and name.name != found[0].name:
            path = self.files.named(name.name, path.rpartition("/")[0])
        text = source.put(source.data, path)
        yield from self.files.alone(Case(agent, piece, name, path, text), not_loaded=state.dropped)

    def _shared(self, path: str, found: tuple[Agent, ...], source: SourceText) -> Shared:
        """Return what puts a file's agents into one that holds others, too."""
        from agentconv.conversion.shared_files import Shared

        return Shared(self.module, path, found, source)

    def _entries(self, piece: Loaded, source: SourceText, path: str, found: Sequence[Agent]) -> Iterator[Converted]:
        """Write a file of several agents of which some were changed; an entry that cannot be written stays as it was."""
        before = {agent.origin.pointer: agent for agent in found if agent.origin}
        from agentconv.conversion.shared_files import Collected

        file = Collected(self.target, path, source)
        for agent, state in zip(piece.agents, piece.states, strict=True):
            old = before.get(agent.origin.pointer) if agent.origin else None
            if old is not None and fields.same(old, agent):
                file.leave(old)
                yield Converted(self.target, (agent.id,), path=path, not_loaded=state.dropped)
                continue
            done = self.files.among(Case(agent, piece, self._own_name(agent, piece.path), path), file, not_loaded=state.dropped)
            if done.path is None and old is not None:
                file.leave(old)
            yield done
        for done in file.written():
            yield done
        if file.result is not None:
            yield from self.files.included(file.result, path)

    def _own_name(self, agent: Agent, path: str) -> Name:
        """Return the name of an agent that stays in its own format: its own, where that is legal."""
        wanted = naming.Named(agent.id, agent.name, spelling.stem_of(path, self.row.suffixes), first=True)
        return naming.assign([wanted], self.module.SPEC.legal_name)[agent.id]

    def duplicates(self) -> Iterator[Diagnostic]:
        """Say which of several agents of one name the client uses."""
        for (_, name), several in self._paths_by_name.items():
            if len(several) > 1:
                yield naming.duplicate(self.module.SPEC, name, several)
