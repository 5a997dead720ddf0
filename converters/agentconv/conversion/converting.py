"""Conversion: project, write, read back with the target's own reader, compare. The laws are enforced here, each time.

Two passes: the first finds out names, the second holds one agent at a time.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.conversion import compare, naming
from agentconv.conversion.shared_files import IndexFile, Shared
from agentconv.core import fields, losses, restrictions
from agentconv.core import names as spelling
from agentconv.core.diagnostics import Code, Diagnostic, InputError, InternalError, LossKind, LossSeverity, Severity, Span
from agentconv.core.format import NO_CHOICES, Listed, Projection, State, Whole, WriteResult
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry
from agentconv.sources.loading import gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.conversion.naming import Name
    from agentconv.core.diagnostics import Loss
    from agentconv.core.format import Format, ModelChoices
    from agentconv.core.ir import Agent, McpServer
    from agentconv.core.shapes import Shapes
    from agentconv.sources.loading import Loaded

ON_DUPLICATE = ("suffix", "first", "error")
SET_WORDS = ("name", "version", "description", "license", "authors", "extras")


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose about a conversion."""

    allow_widening: bool = False
    only_loaded: bool = False
    on_duplicate: str = "suffix"
    sources: bool = True
    into: str | None = None
    """Path, below the output folder, of one file that takes all agents, where the format has such files besides single ones."""
    models: ModelChoices = NO_CHOICES
    deploy: bool = False
    """Give agents of the target's own format names and files of their own too, as those of other formats get them."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one agent, or of one file that holds none or several."""

    target: str
    agents: tuple[str, ...]
    """Ids of the agents."""
    file: OutputFile | None = None
    """None when it was not written, or in a file with others (`path`)."""
    path: str | None = None
    """The file that holds it among others, and that comes last."""
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
    if registry.FORMATS[target].bundle:
        yield _bundle(pieces, module, target, options)
        return
    names = _names(pieces, module, target, options)
    writer = _Writer(module, target, options, names)
    for piece in pieces:
        if piece.diagnostics or piece.about:
            lost = tuple(_set_losses(piece.about, target, writer.held(piece)))
            yield Converted(target, (), losses=lost, diagnostics=piece.diagnostics)
        if piece.about:
            writer.servers.update({server.name: server for server in piece.about.mcp_servers or ()})
        if writer.takes_index(piece):
            continue
        if piece.format == target and piece.source is not None and not options.deploy:
            yield from writer.same_format(piece, piece.source)
            continue
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if not (options.only_loaded and state.dropped):
                yield writer.other_format(agent, state, piece)
    yield from writer.shared_file()
    yield from writer.index_file()
    if writer.servers:
        yield Converted(target, (), losses=tuple(writer.servers_left()))
    if writer.named:
        yield Converted(target, (), diagnostics=tuple(writer.duplicates()))


def _own_text(piece: Loaded, state: State, target: str) -> SourceText | None:
    """Return the text that an agent is deployed with but for its name: its file's, where the client takes that as it stands."""
    alone = piece.format == target and len(piece.agents) == 1 and not registry.FORMATS[target].holds_several(piece.path)
    return piece.source if alone and not state.dropped else None


def _set_losses(about: AgentSet | None, target: str, held: AgentSet) -> Iterator[Loss]:
    """Say what a bundle holds for all its agents together, which single files, and the file that lists them, cannot."""
    if about is None:
        return
    if about.name and held.name and held.name != about.name:
        yield losses.loss("name-illegal", "the set", "set.name", target, f"`{about.name}` becomes `{held.name}`")
        about = replace(about, name=None)
    words = [name for name in SET_WORDS if getattr(about, name) and getattr(held, name) != getattr(about, name)]
    if words:
        yield losses.loss("set-dropped", "the set", "set", target, ", ".join(words))


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
        row = registry.FORMATS.get(piece.format)
        stem = spelling.stem_of(piece.path, row.suffixes if row else ())
        if piece.format == target and piece.source is not None and not options.deploy:
            own.update(agent.name for agent in piece.agents if agent.name)
            stems[stem.casefold()] = 2
            continue
        wanted.extend(
            naming.Named(agent.id, agent.name, stem, not state.dropped)
            for agent, state in zip(piece.agents, piece.states, strict=True)
            if not (options.only_loaded and state.dropped)
        )
    names = naming.assign(wanted, module.SPEC.legal_name, own, module.SPEC.reserved)
    if options.on_duplicate == "error":
        _forbid_duplicates(wanted, names)
    kept = {name.name for name in names.values()}
    renamed = {
        agent.name: names[agent.id].name
        for agent in wanted
        if agent.name and names[agent.id].code in ("name-illegal", "name-reserved") and agent.name not in kept
    }
    words = "|".join(re.escape(old) for old in sorted(renamed, key=len, reverse=True) if len(old) > 3)
    return _Names(names, renamed, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None, stems)


def _forbid_duplicates(wanted: list[naming.Named], names: dict[str, Name]) -> None:
    for agent in wanted:
        if names[agent.id].code == "name-duplicate":
            message = f"two agents are called `{agent.name}`"
            hint = "rename one of them, or choose --on-duplicate suffix or first"
            raise InputError(Diagnostic(Code.DUPLICATE_NAME, Severity.ERROR, message, hint=hint, agent=agent.id))


@dataclass(slots=True)
class _SharedFile:
    """A file that holds several agents, while it is being collected."""

    path: str
    original: SourceText
    ids: list[str]
    agents: list[Agent]


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
        self.shared: _SharedFile | None = None
        if options.into is not None or not self.row.folders:
            path = options.into or self.row.files[0]
            self.shared = _SharedFile(path, SourceText(path, b""), [], [])
        self.index = registry.index_of(target)
        self.listed = Listed((), AgentSet())
        """What the file that lists the agents' files is to say."""
        self.own_index: SourceText | None = None
        self.shapes: Shapes = {}
        self.named: dict[str, list[str]] = {}
        """Files of the target's own format, by the name of the agent that its client loads from them."""
        self.servers: dict[str, McpServer] = {}
        """The MCP servers that the set defines for all its agents, by name."""
        self.resolved: set[str] = set()
        """Those of them that the files of agents hold."""

    def same_format(self, piece: Loaded, source: SourceText) -> Iterator[Converted]:
        """Write a file of the target's own format: its bytes, or a patch where a bundle's fields were changed."""
        ids = tuple(agent.id for agent in piece.agents)
        dropped = any(state.dropped for state in piece.states)
        if dropped and self.options.only_loaded and len(ids) == 1:
            yield Converted(self.target, ids)
            return
        path = self.kept_path(piece.path)
        for agent, state in zip(piece.agents, piece.states, strict=True):
            if agent.name and not state.dropped:
                self.named.setdefault(agent.name, []).append(piece.path)
        found = self.module.read(source).set.agents if piece.agents else ()
        shares = self.row.holds_several(path)
        several = shares or len(ids) > 1
        if len(found) == len(piece.agents) and all(map(fields.same, found, piece.agents)):
            shared = Shared(self.module, path, found) if shares else None
            file = OutputFile(path, source.data, shared)
            yield Converted(self.target, ids, self.placed(file) if ids and not dropped else file, not_loaded=dropped)
        elif several:
            yield from self.changed_entries(piece, source, path, found)
        else:
            agent = piece.agents[0]
            name = self.own_name(agent, piece.path)
            if self.module.SPEC.named_by_stem and found and name.name != found[0].name:
                path = f"{path.rpartition('/')[0]}/{naming.unique_stem(name.name, self.stems)}{self.row.suffixes[0]}"
            original, trusted = SourceText(path, source.data), _author_wrote(agent, piece)
            yield self.checked(agent, path, original, name=name, not_loaded=dropped, trusted=trusted)

    def changed_entries(self, piece: Loaded, source: SourceText, path: str, found: Sequence[Agent]) -> Iterator[Converted]:
        """Write a file of several agents of which some were changed; an entry that cannot be written stays as it was."""
        before = {agent.origin.pointer: agent for agent in found if agent.origin}
        file = _SharedFile(path, source, [], [])
        for agent, state in zip(piece.agents, piece.states, strict=True):
            old = before.get(agent.origin.pointer) if agent.origin else None
            if old is not None and fields.same(old, agent):
                file.agents.append(old)
                yield Converted(self.target, (agent.id,), path=path, not_loaded=state.dropped)
                continue
            name, trusted = self.own_name(agent, piece.path), _author_wrote(agent, piece)
            done = self.checked(agent, path, None, name=name, not_loaded=state.dropped, into=file, trusted=trusted)
            if done.path is None and old is not None:
                file.agents.append(old)
            yield done
        yield self.together(file)

    def own_name(self, agent: Agent, path: str) -> Name:
        """Return the name of an agent that stays in its own format: its own, where that is legal."""
        wanted = naming.Named(agent.id, agent.name, spelling.stem_of(path, self.row.suffixes), first=True)
        return naming.assign([wanted], self.module.SPEC.legal_name)[agent.id]

    def duplicates(self) -> Iterator[Diagnostic]:
        """Say which of several agents of one name the client uses."""
        spec = self.module.SPEC
        for name, paths in self.named.items():
            if len(paths) > 1:
                yield naming.duplicate(spec, name, paths)

    def kept_path(self, path: str) -> str:
        """Return a source's own path, below the client's location unless it already holds one."""
        inside = not self.row.folders or self.row.holds_several(path) or any(f"/{folder}/" in f"/{path}" for folder in self.row.folders)
        found = path if inside else f"{self.row.folders[0]}/{path}"
        pure = PurePosixPath(found)
        number = 2
        while found in self.paths:
            found, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
        self.paths.add(found)
        return found

    def other_format(self, agent: Agent, state: State, piece: Loaded) -> Converted:
        """Write an agent that comes from another format, or from a text of this one that it goes on with."""
        name = self.names.names[agent.id]
        trusted = _author_wrote(agent, piece)
        authored, agent = agent, self.with_servers(agent)
        if name.code == "name-duplicate" and self.options.on_duplicate == "first":
            loss = losses.loss("duplicate-left-out", agent.id, "name", self.target, f"`{agent.name}`")
            return Converted(self.target, (agent.id,), None, losses=(loss,), not_loaded=state.dropped)
        if self.shared is not None:
            return self.checked(agent, self.shared.path, None, name=name, not_loaded=state.dropped, into=self.shared, trusted=trusted)
        path = f"{self.row.folders[0]}/{naming.unique_stem(name.name, self.stems)}{self.row.suffixes[0]}"
        text = _own_text(piece, state, self.target)
        original = SourceText(path, text.data) if text else None
        exact = piece.result is not None and agent is authored and not self.module.SPEC.named_by_stem
        return self.checked(agent, path, original, name=name, not_loaded=state.dropped, exact=exact, trusted=trusted)

    def with_servers(self, agent: Agent) -> Agent:
        """Return an agent with the servers that its set defines in place of their names, where its file can hold them."""
        if not self.servers or "mcp_servers" not in self.module.SPEC.holds:
            return agent
        named = {server.name for server in agent.mcp_servers or () if server.transport is None} & self.servers.keys()
        self.resolved |= named
        servers = tuple(self.servers[server.name] if server.name in named else server for server in agent.mcp_servers or ())
        return replace(agent, mcp_servers=servers) if named else agent

    def servers_left(self) -> Iterator[Loss]:
        """Say which servers of the set no file holds, and what to paste into the target's configuration."""
        left = {name: server for name, server in self.servers.items() if name not in self.resolved}
        if left:
            hint = f"define them in {registry.FORMATS[self.target].title}'s configuration: {_snippet(left.values())}"
            yield losses.loss("set-servers-dropped", "the set", "set.mcp_servers", self.target, ", ".join(left), hint=hint)

    def shared_file(self) -> Iterator[Converted]:
        """Write the file that took the agents of other formats."""
        if self.shared is not None and self.shared.agents:
            yield self.together(self.shared)

    def held(self, piece: Loaded) -> AgentSet:
        """Return what the file that lists the agents holds of a set's words: those of the first set that has some."""
        if self.index is None or piece.about is None or self.listed.about != AgentSet():
            return AgentSet()
        self.listed = replace(self.listed, about=self.index.held(piece.about))
        return self.listed.about

    def takes_index(self, piece: Loaded) -> bool:
        """Take a file of the target's own format that lists agents for the one to write, rather than as it is."""
        if self.index is None or piece.format != self.target or piece.agents or not f"/{piece.path}".endswith(f"/{self.row.index}"):
            return False
        if piece.path == self.row.index:
            self.own_index = piece.source
        return True

    def placed(self, file: OutputFile) -> OutputFile:
        """Note a file that is written, to be listed."""
        if self.index:
            self.listed = replace(self.listed, paths=(*(self.listed.paths or ()), file.path))
        return file

    def index_file(self) -> Iterator[Converted]:
        """Write the file that lists the agents' files, and check that it says what was meant."""
        if self.index is None or not (self.listed.paths or self.own_index):
            return
        path = self.row.index
        shared = IndexFile(self.index, path, replace(self.listed, paths=tuple(sorted(self.listed.paths or ()))))
        data = shared.write(self.own_index)
        problem = None if self.own_index and data == self.own_index.data else shared.mistake(data)
        if problem:
            diagnostic = Diagnostic(Code.INTERNAL, Severity.ERROR, f"internal error on the way to {self.target}: {problem}", Span(path))
            yield Converted(self.target, (), diagnostics=(diagnostic,))
            return
        yield Converted(self.target, (), OutputFile(path, data, shared, beside=True))

    def together(self, file: _SharedFile) -> Converted:
        """Write several agents, each checked alone before, into one file, and check that all are in it."""
        agents = tuple(file.agents)
        written = self.module.write(AgentSet(agents), file.original)
        again = self.module.read(SourceText(file.path, written.data)).set.agents
        if len(again) != len(agents) or not all(map(fields.same, again, agents)):
            problem = _internal(agents[0], self.target, "the agents of one file do not come back from it")
            return Converted(self.target, tuple(file.ids), diagnostics=(problem,))
        notes = tuple(_respelled(agents[0], file.original.path, written, "`")) if file.original.size else ()
        return Converted(self.target, (), OutputFile(file.path, written.data, Shared(self.module, file.path, agents)), diagnostics=notes)

    def checked(
        self,
        agent: Agent,
        path: str,
        original: SourceText | None,
        *,
        name: Name,
        not_loaded: bool = False,
        into: _SharedFile | None = None,
        exact: bool = False,
        trusted: bool = False,
    ) -> Converted:
        """Project, write, read back, compare. What breaks a law is not written.

        Args:
            agent: The agent.
            path: The file that it goes to.
            original: That file as it was, where it is of the target's own format.
            name: Its name there.
            not_loaded: Whether the client that it comes from does not load it.
            into: The file that it shares with others: then it is only collected there.
            exact: Whether reading the original, under any path, gives the agent.
            trusted: Whether its author wrote what keys outside of its fields grant.
        """
        given, agent = agent, restrictions.in_fields(agent, self.target) if agent.extras else agent
        exact = exact and agent is given
        projection = Projection(agent, self.module.SPEC, self.options.models, path, self.shapes, trusted=trusted)
        try:
            self.rename(projection, name)
            self.module.project(projection)
            written = None if _refused(projection) else self.written(projection, path, original, exact=exact)
        except InternalError as error:
            return Converted(self.target, (agent.id,), diagnostics=(_internal(agent, self.target, str(error)),), not_loaded=not_loaded)
        except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other agents
            message = f"{type(error).__name__}: {error}"
            return Converted(self.target, (agent.id,), diagnostics=(_internal(agent, self.target, message),), not_loaded=not_loaded)
        found = tuple(projection.losses)
        if written is None:
            return Converted(self.target, (agent.id,), losses=found, not_loaded=not_loaded)
        if into is not None:
            into.ids.append(agent.id)
            into.agents.append(projection.result())
            return Converted(self.target, (agent.id,), path=path, losses=found, not_loaded=not_loaded)
        notes = tuple(_respelled(agent, path, written)) if original else ()
        file = self.placed(OutputFile(path, written.data))
        return Converted(self.target, (agent.id,), file, losses=found, diagnostics=notes, not_loaded=not_loaded)

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

    def written(self, projection: Projection, path: str, original: SourceText | None, *, exact: bool) -> WriteResult | None:
        """Write a projected agent and hold it to the laws; None when that shows a reason to refuse it."""
        agent, projected = projection.source, projection.result()
        compare.check_declared(agent, projected, projection.declared, projection.shape)
        if exact and original and projected is agent:  # what was read from these bytes is what is read from them again
            limit = self.module.SPEC.max_bytes
            if limit is None or original.size <= limit:
                return WriteResult(original.data)
        blank = SourceText(path, b"")
        done = self.module.write(AgentSet((projected,)), original or blank)
        if original and done.data == original.data and any(state.dropped for state in self.module.read(original).states):
            anew = self.module.write(AgentSet((projected,)), blank)  # what it says is right, but the client never sees it
            done = replace(anew, whole=Whole.FILE)
        limit = self.module.SPEC.max_bytes
        if limit is not None and len(done.data) > limit:
            projection.refuse("refused-size", "prompt.text", f"{len(done.data):,} bytes, {limit:,} are read")
            return None
        again = self.module.read(SourceText(path, done.data))
        if len(again.set.agents) != 1 or again.states[0].dropped:
            reason = again.diagnostics[0].message if again.diagnostics else "no agent in it"
            raise InternalError(f"the output would not load: {reason}")
        compare.check_read_back(projected, again.set.agents[0])
        wider = self.wider(projection, again.set.agents[0])
        if wider and not self.options.allow_widening:
            projection.refuse("widening", "tools", ", ".join(wider))
            return None
        if wider:
            projection.losses.append(losses.loss("widened", agent.id, "tools", self.target, ", ".join(wider)))
        return done

    def wider(self, projection: Projection, again: Agent) -> list[str]:
        """Say what an agent that came back as it was projected may do beyond its author's words: once for those of one shape."""
        shape = projection.shape
        if shape is None or self.servers or projection.trusted:
            return compare.widenings(projection.source, again, self.target, self.servers, trusted=projection.trusted)
        if shape.wider is None:
            shape.wider = compare.widenings(projection.source, again, self.target, trusted=False)
        return shape.wider


def _author_wrote(agent: Agent, piece: Loaded) -> bool:
    """Whether a file says itself what the keys of an agent grant beside its fields, rather than a bundle in which it was edited."""
    if piece.source is None or not any(any(restrictions.grants(agent, format_id)) for format_id in agent.extras):
        return False
    written = registry.load(piece.format).read(piece.source).set.agents
    return any((one.tools, one.permissions, one.extras) == (agent.tools, agent.permissions, agent.extras) for one in written)


def _snippet(servers: Iterable[McpServer]) -> str:
    """Write servers as most clients' configurations have them."""
    keys = ("command", "args", "env", "cwd", "url", "headers")
    found = {one.name: {key: value for key in keys if (value := getattr(one, key)) is not None} for one in servers}
    return json.dumps({"mcpServers": found}, ensure_ascii=False)


def _respelled(agent: Agent, path: str, written: WriteResult, quote: str = "") -> Iterator[Diagnostic]:
    """Say what was spelled anew beside the values that were changed."""
    words = [f"{quote}{word}{quote}" for word in written.respelled]
    words += [f"the whole {written.whole}"] if written.whole else []
    if words:
        message = f"{', '.join(words)}: spelled anew, because the change would have let the client read it another way"
        yield Diagnostic(Code.RESPELLED, Severity.WARNING, message, Span(path), "look at it with --diff", agent.id)


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
    path = registry.FORMATS[target].files[0]
    data = module.write(agents, SourceText(path, b"")).data
    again = module.read(SourceText(path, data)).set
    if replace(again, diagnostics=()) != replace(agents, diagnostics=()):
        problem = _internal(agents.agents[0], target, "the canonical form is not exact") if agents.agents else None
        return Converted(target, ids, diagnostics=(*agents.diagnostics, *([problem] if problem else [])), not_loaded=not_loaded)
    return Converted(target, ids, OutputFile(path, data), diagnostics=agents.diagnostics, not_loaded=not_loaded)
