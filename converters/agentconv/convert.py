"""Conversion: project, write, read back with the target's own reader, compare. The laws are enforced here, each time.

Two passes: the first finds out names, the second holds one agent at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv import compare, fields, losses, naming, registry
from agentconv.diagnostics import Code, Diagnostic, InputError, InternalError, LossKind, LossSeverity, Severity, Span
from agentconv.format_base import Projection, State
from agentconv.ir import AgentSet
from agentconv.loading import gather
from agentconv.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.diagnostics import Loss
    from agentconv.format_base import Format
    from agentconv.ir import Agent
    from agentconv.loading import Loaded
    from agentconv.naming import Name

ON_DUPLICATE = ("suffix", "first", "error")


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose about a conversion."""

    allow_widening: bool = False
    only_loaded: bool = False
    on_duplicate: str = "suffix"
    sources: bool = True


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file to write, below the output folder."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one agent, or of one file that holds none or several."""

    target: str
    agents: tuple[str, ...]
    """Ids of the agents."""
    file: OutputFile | None = None
    """None when it was not written."""
    losses: tuple[Loss, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    not_loaded: bool = False
    """Whether the source client does not load it."""

    @property
    def refused(self) -> bool:
        """Whether the target cannot hold it."""
        return any(loss.kind is LossKind.REFUSED for loss in self.losses)

    @property
    def failed(self) -> bool:
        """Whether a law did not hold: a bug of ours."""
        return any(diagnostic.code is Code.INTERNAL for diagnostic in self.diagnostics)


def convert(pieces: Iterable[Loaded], target: str, options: Options = Options()) -> Iterator[Converted]:
    """Convert agents to a format, file by file.

    Args:
        pieces: What was read; iterated twice, so a list or a `Loader`.
        target: Format id.
        options: What the user chose.

    Yields:
        One result per output file, or per agent that was not written.

    Raises:
        InputError: Two agents share a name and `on_duplicate` is `error`.
    """
    module = registry.load(target)
    if not registry.FORMATS[target].folders:
        yield _bundle(pieces, module, target, options)
        return
    names = _names(pieces, module, target, options)
    writer = _Writer(module, target, options, names)
    for piece in pieces:
        if piece.diagnostics or piece.about:
            yield Converted(target, (), losses=tuple(_set_losses(piece.about, target)), diagnostics=piece.diagnostics)
        if piece.format == target and piece.source is not None:
            yield writer.same_format(piece, piece.source)
            continue
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if not (options.only_loaded and state is State.NOT_LOADED):
                yield writer.other_format(agent, state)
    if writer.named:
        yield Converted(target, (), diagnostics=tuple(writer.duplicates()))


def _set_losses(about: AgentSet | None, target: str) -> Iterator[Loss]:
    """Say what a bundle holds for all its agents together, which single files cannot."""
    if about is None:
        return
    words = [name for name in ("name", "version", "description", "license", "authors", "extras") if getattr(about, name)]
    if words:
        yield losses.loss("set-dropped", "the set", "set", target, ", ".join(words))
    if about.mcp_servers:
        yield losses.loss("set-servers-dropped", "the set", "set.mcp_servers", target, ", ".join(one.name for one in about.mcp_servers))


@dataclass(frozen=True, slots=True)
class _Names:
    names: dict[str, Name]
    renamed: dict[str, str]
    """Old name to new name, where no agent has the old name any more."""
    mention: re.Pattern[str] | None
    stems: dict[str, int]
    """Stems of the files that are of the target's format already, and the number that comes next to each."""


def _names(pieces: Iterable[Loaded], module: Format, target: str, options: Options) -> _Names:
    """Find the names of all agents in the target, before the first is written."""
    wanted: list[naming.Named] = []
    own: set[str] = set()
    stems: dict[str, int] = {}
    for piece in pieces:
        stem = PurePosixPath(piece.path).stem
        if piece.format == target and piece.source is not None:
            own.update(agent.name for agent in piece.agents if agent.name)
            stems[stem.casefold()] = 2
            continue
        wanted.extend(
            naming.Named(agent.id, agent.name, stem, state is not State.NOT_LOADED)
            for agent, state in zip(piece.agents, piece.states, strict=True)
            if not (options.only_loaded and state is State.NOT_LOADED)
        )
    names = naming.assign(wanted, module.SPEC.legal_name, own)
    if options.on_duplicate == "error":
        _forbid_duplicates(wanted, names)
    kept = {name.name for name in names.values()}
    renamed = {
        agent.name: names[agent.id].name
        for agent in wanted
        if agent.name and names[agent.id].code == "name-illegal" and agent.name not in kept
    }
    words = "|".join(re.escape(old) for old in sorted(renamed, key=len, reverse=True) if len(old) > 3)
    return _Names(names, renamed, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None, stems)


def _forbid_duplicates(wanted: list[naming.Named], names: dict[str, Name]) -> None:
    for agent in wanted:
        if names[agent.id].code == "name-duplicate":
            message = f"two agents are called `{agent.name}`"
            hint = "rename one of them, or choose --on-duplicate suffix or first"
            raise InputError(Diagnostic(Code.DUPLICATE_NAME, Severity.ERROR, message, hint=hint, agent=agent.id))


class _Writer:
    """Writes one agent after the other, each checked before it counts."""

    def __init__(self, module: Format, target: str, options: Options, names: _Names) -> None:
        self.module = module
        self.target = target
        self.options = options
        self.names = names
        self.row = registry.FORMATS[target]
        self.stems = names.stems
        self.paths: set[str] = set()
        self.named: dict[str, list[str]] = {}
        """Files of the target's own format, by the name of the agent that its client loads from them."""

    def same_format(self, piece: Loaded, source: SourceText) -> Converted:
        """Write a file of the target's own format: its bytes, or a patch where a bundle's fields were changed."""
        ids = tuple(agent.id for agent in piece.agents)
        not_loaded = State.NOT_LOADED in piece.states
        if not_loaded and self.options.only_loaded:
            return Converted(self.target, ids)
        path = self.kept_path(piece.path)
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if agent.name and state is not State.NOT_LOADED:
                self.named.setdefault(agent.name, []).append(piece.path)
        result = self.module.read(source) if piece.agents else None
        found = result.set.agents if result else ()
        if len(found) == len(piece.agents) and all(map(fields.same, found, piece.agents)):
            return Converted(self.target, ids, OutputFile(path, source.data), not_loaded=not_loaded)
        agent = piece.agents[0]
        wanted = naming.Named(agent.id, agent.name, PurePosixPath(piece.path).stem, first=True)
        name = naming.assign([wanted], self.module.SPEC.legal_name)[agent.id]
        return self.checked(agent, path, source, name=name, not_loaded=not_loaded)

    def duplicates(self) -> Iterator[Diagnostic]:
        """Say which of several agents of one name the client uses."""
        spec = self.module.SPEC
        for name, paths in self.named.items():
            if len(paths) > 1:
                message = f"`{name}` is defined in {', '.join(f'`{path}`' for path in paths)}; {spec.client} uses {spec.duplicates}"
                yield Diagnostic(Code.DUPLICATE_NAME, Severity.WARNING, message, Span(paths[1]), "rename all but one", name, spec.id)

    def kept_path(self, path: str) -> str:
        """Return a source's own path, below the client's location unless it already holds one."""
        inside = any(f"/{folder}/" in f"/{path}" for folder in self.row.folders)
        found = path if inside else f"{self.row.folders[0]}/{path}"
        pure = PurePosixPath(found)
        number = 2
        while found in self.paths:
            found, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
        self.paths.add(found)
        return found

    def other_format(self, agent: Agent, state: State) -> Converted:
        """Write an agent that comes from another format."""
        name = self.names.names[agent.id]
        not_loaded = state is State.NOT_LOADED
        if name.code == "name-duplicate" and self.options.on_duplicate == "first":
            loss = losses.loss("duplicate-left-out", agent.id, "name", self.target, f"`{agent.name}`")
            return Converted(self.target, (agent.id,), None, (loss,), not_loaded=not_loaded)
        path = f"{self.row.folders[0]}/{naming.unique_stem(name.name, self.stems)}{self.row.suffixes[0]}"
        return self.checked(agent, path, None, name=name, not_loaded=not_loaded)

    def checked(
        self, agent: Agent, path: str, original: SourceText | None, *, name: Name | None = None, not_loaded: bool = False
    ) -> Converted:
        """Project, write, read back, compare. What breaks a law is not written."""
        projection = Projection(agent, self.module.SPEC)
        respelled: list[str] = []
        try:
            if name is not None:
                self.rename(projection, name)
            self.module.project(projection)
            data = None if _refused(projection) else self.written(projection, path, original, respelled)
        except InternalError as error:
            return Converted(self.target, (agent.id,), None, (), (_internal(agent, self.target, str(error)),), not_loaded)
        except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other agents
            message = f"{type(error).__name__}: {error}"
            return Converted(self.target, (agent.id,), None, (), (_internal(agent, self.target, message),), not_loaded)
        file = OutputFile(path, data) if data is not None else None
        notes = tuple(_respelled(agent, original, respelled)) if original else ()
        return Converted(self.target, (agent.id,), file, tuple(projection.losses), notes, not_loaded)

    def rename(self, projection: Projection, name: Name) -> None:
        agent = projection.source
        if name.name != agent.name:
            old = f"`{agent.name}`" if agent.name else "no name"
            projection.change("name", name.name, name.code or "name-illegal", f"{old} becomes `{name.name}`")
        if agent.delegates and any(delegate in self.names.renamed for delegate in agent.delegates):
            renamed = tuple(self.names.renamed.get(delegate, delegate) for delegate in agent.delegates)
            projection.change("delegates", renamed, "delegates-renamed", ", ".join(renamed))
        if self.names.mention and agent.prompt and (match := self.names.mention.search(agent.prompt.text)):
            detail = f"`{match[0]}` is now `{self.names.renamed[match[0]]}`"
            projection.losses.append(losses.loss("name-mentioned", agent.id, "prompt.text", self.target, detail))

    def written(self, projection: Projection, path: str, original: SourceText | None, respelled: list[str]) -> bytes | None:
        """Write a projected agent and hold it to the laws; None when that shows a reason to refuse it."""
        agent, projected = projection.source, projection.result()
        compare.check_declared(agent, projected, projection.declared)
        data = self.module.write(AgentSet((projected,)), original, respelled)
        limit = self.module.SPEC.max_bytes
        if limit is not None and len(data) > limit:
            projection.refuse("refused-size", "prompt.text", f"{len(data):,} bytes, {limit:,} are read")
            return None
        again = self.module.read(SourceText(path, data))
        if len(again.set.agents) != 1 or again.states[0] is State.NOT_LOADED:
            reason = again.diagnostics[0].message if again.diagnostics else "no agent in it"
            raise InternalError(f"the output would not load: {reason}")
        compare.check_read_back(projected, again.set.agents[0])
        wider = compare.widenings(agent, again.set.agents[0], self.target)
        if wider and not self.options.allow_widening:
            projection.refuse("widening", "tools", ", ".join(wider))
            return None
        if wider:
            projection.losses.append(losses.loss("widened", agent.id, "tools", self.target, ", ".join(wider)))
        return data


def _respelled(agent: Agent, original: SourceText, keys: list[str]) -> Iterator[Diagnostic]:
    """Say which values were spelled anew beside the one that was changed."""
    if keys:
        words = ", ".join(keys)
        message = f"{words}: spelled anew, because the change would have let the client read it another way"
        yield Diagnostic(Code.RESPELLED, Severity.WARNING, message, Span(original.path), "look at it with --diff", agent.id)


def _refused(projection: Projection) -> bool:
    return any(loss.severity is LossSeverity.REFUSAL for loss in projection.losses)


def _internal(agent: Agent, target: str, message: str) -> Diagnostic:
    span = Span(agent.origin.source) if agent.origin else None
    hint = "the agent was not written; please report this with the agent's file"
    return Diagnostic(Code.INTERNAL, Severity.ERROR, f"internal error on the way to {target}: {message}", span, hint, agent.id)


def _bundle(pieces: Iterable[Loaded], module: Format, target: str, options: Options) -> Converted:
    """Write everything into one canonical document, and hold it to being exact."""
    agents = gather(iter(pieces), only_loaded=options.only_loaded, sources=options.sources)
    ids = tuple(agent.id for agent in agents.agents)
    not_loaded = not options.only_loaded and any(diagnostic.code is Code.NOT_LOADED for diagnostic in agents.diagnostics)
    path = registry.FORMATS[target].file or ""
    data = module.write(agents, None)
    again = module.read(SourceText(path, data)).set
    if replace(again, diagnostics=()) != replace(agents, diagnostics=()):
        problem = _internal(agents.agents[0], target, "the canonical form is not exact") if agents.agents else None
        return Converted(target, ids, None, (), (*agents.diagnostics, *([problem] if problem else [])), not_loaded)
    return Converted(target, ids, OutputFile(path, data), (), agents.diagnostics, not_loaded)
