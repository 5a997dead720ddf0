"""What the source gives for a target now: converted with the names and files that its agents have there already, and read back."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from agentconv.conversion.along import NOTHING, With
from agentconv.conversion.converting import Options, convert
from agentconv.conversion.insisting import insisting
from agentconv.conversion.options import Pin
from agentconv.conversion.shared_files import Shared, pointer
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code
from agentconv.core.restraints import RESTRAINING, SERVERS
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import places
from agentconv.parts import registry as registry_of_parts
from agentconv.sync import beside_agents, known, overriding, read_beside, rules_beside, unchanged
from agentconv.sync.had_anyway import HadAnyway
from agentconv.sync.named_servers import Servers
from agentconv.sync.sources import key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sources.loaded import Loaded
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key, Sources

_JUDGED_BY: frozenset[Kind] = frozenset({SERVERS, *RESTRAINING})  # type: ignore[arg-type]
"""The kinds of parts by which agents are judged: what restrains all of them, and servers, which may be open to all of them."""


@dataclass(frozen=True, slots=True)
class View:
    """One agent, as a target is to have it."""

    target: str
    path: str
    pointer: str
    key: Key
    """Its agent in the source."""
    source: Agent
    """That agent."""
    agent: Agent
    """As the target's reader has it."""
    data: bytes
    """A file of it alone."""
    losses: tuple[Loss, ...] = ()


@dataclass(slots=True)
class Views:
    """All agents, as a target is to have them."""

    target: str
    entries: list[View] = field(default_factory=list)
    refused: dict[Key, tuple[Loss, ...]] = field(default_factory=dict)
    """Agents that the target cannot hold, with the reasons."""
    skipped: set[Key] = field(default_factory=set)
    """Agents that the configuration leaves out."""
    losses: list[Loss] = field(default_factory=list)
    """What is of no agent alone."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


def of(
    sources: Sources,
    target: str,
    settings: Settings,
    locked: Iterable[Synced],
    scope: Scope | None = None,
    *,
    widening: Collection[str] = (),
    others: Sequence[Views] = (),
) -> Views:
    """Return what the source gives for a target.

    Args:
        sources: The agents of the source.
        target: The target.
        settings: What the configuration says.
        locked: What is settled of the target.
        scope: Where to; the project by default.
        widening: What the user insists on, whatever the source closes.
        others: What the source gives for assistants whose files the target's client may read.
    """
    where = places.targets()[target]
    views = Views(target)
    pieces = list(_wanted(sources, target, settings, views.skipped))
    ids = {agent.id: (key(piece, agent), agent) for piece in pieces for agent in piece.agents}
    pins = _pins(ids, locked, lambda path: scope.path_in_project(where, path) if scope else path)
    overrides = overriding.Overriding(settings, target)
    options = insisting(configured(Options(deploy=True, pins=pins), settings, target, scope, overrides), widening)
    servers = Servers(settings, scope)
    options = replace(
        options,
        along=judged_with(settings),
        servers_of=servers.of,
        beside=_beside_of(settings, target, scope, others),
        read=files_of(Disk(scope.root)) if scope else None,
        their_rules=rules_beside.of(scope) if scope and not scope.is_user else None,
    )
    options = HadAnyway(target, settings, locked, scope).judging(options, sources)
    results = [one for one in convert(pieces, target, options, beside_agents.parts(settings, scope)) if one.part is None]
    together = {agent.id: agent for one in results if one.file and isinstance(one.file.shared, Shared) for agent in one.file.shared.agents}
    told = [each for one in results for each in one.diagnostics if each.code != Code.PARTS]  # which those say who write the parts
    views.diagnostics += beside_agents.placed(told, scope) if scope is not None else told
    for one in results:
        for id_ in (id_ for id_ in one.agents if id_ in ids):
            _take(views, servers.hinted(one), id_, ids[id_], together)
    views.losses += (loss for one in results if not one.agents for loss in one.losses if loss.part is None)
    views.diagnostics += overrides.vain
    of_set = tuple(loss for loss in views.losses if loss.code in known.OF_SET)
    placed = partial(scope.path, where) if scope and scope.is_user else str
    views.entries = [replace(view, losses=(*view.losses, *of_set), path=placed(view.path)) for view in views.entries]
    return views


def configured(
    options: Options, settings: Settings, target: str, scope: Scope | None = None, overrides: overriding.Overriding | None = None
) -> Options:
    """Return the options of a conversion with what the configuration says of a target; `overrides`: what says that, where it is asked."""
    overrides = overrides or overriding.Overriding(settings, target)
    return replace(options, models=settings.models, overriding=overrides, keeps_wider=_kept_wider(settings, target, scope))


def _kept_wider(settings: Settings, target: str, scope: Scope | None) -> Callable[[Agent], Collection[str]] | None:
    """Return what tells what the configuration lets agents do beyond their source, in a file that comes before the source's own."""
    is_before = registry.load(target).SPEC.own_first and unchanged.is_read(settings, target, scope)
    if not is_before and not read_beside.counted(settings, target, scope):
        return None
    return lambda agent: overriding.kept_wider(settings, target, agent.name or "")


def _beside_of(settings: Settings, target: str, scope: Scope | None, given: Sequence[Views]) -> Callable[[str], Sequence[Agent]] | None:
    """Return what tells which agents the target's client has by other assistants' files; they are read when the first is asked for."""
    if not read_beside.counted(settings, target, scope):
        return None
    found = cache(lambda: read_beside.standing(settings, target, scope, given))
    return lambda name: found().get(name, ())


def judged_with(settings: Settings) -> With:
    """Return the parts that are kept in step by which agents are judged: servers, and what restrains all agents."""
    return replace(settings.along, only=_JUDGED_BY) if settings.along is not None else NOTHING


def follow_parts(settings: Settings, target: str) -> bool:
    """Whether what a target gets of agents may change with a part: by what restrains them, or by a server that it has anyway.

    Servers do, too, where an agent's own rules go before those that close tools of them for the whole set.
    """
    along = settings.along or NOTHING
    if not along.kinds.isdisjoint(RESTRAINING):
        return True
    if unchanged.open_in_place(settings, target):
        return True
    if not (along.needed or SERVERS in along.kinds or any(kind == SERVERS for kind, _ in along.named)):
        return False
    rules: Any = registry_of_parts.part_format(target, "permissions")
    return rules is not None and rules.among is not None


def there(sources: Sources, target: str, settings: Settings, scope: Scope) -> list[Loaded]:
    """Return the files with the agents that a target has then: those that are left out, too, where it reads the source's own files."""
    return sources.pieces if unchanged.is_read(settings, target, scope) else list(_wanted(sources, target, settings, set()))


def _wanted(sources: Sources, target: str, settings: Settings, skipped: set[Key]) -> Iterator[Loaded]:
    """Yield the files with the agents that are not left out."""
    for piece in sources.pieces:
        out = [overriding.is_skipped(settings, target, agent.name or "") for agent in piece.agents]
        skipped |= {key(piece, agent) for agent, is_out in zip(piece.agents, out, strict=True) if is_out}
        if not any(out):
            yield piece
        elif not all(out):
            rows = [row for row, is_out in zip(zip(piece.agents, piece.states, strict=True), out, strict=True) if not is_out]
            yield replace(piece, agents=tuple(agent for agent, _ in rows), states=tuple(state for _, state in rows))


def _pins(ids: Mapping[str, tuple[Key, Agent]], locked: Iterable[Synced], in_project: Callable[[str], str]) -> dict[str, Pin]:
    """Return the names and files that agents have already."""
    has = {one.agent: Pin(one.name, in_project(one.path)) for one in locked}
    return {id_: has[of_agent] for id_, (of_agent, _) in ids.items() if of_agent in has}


def _take(views: Views, one: Converted, id_: str, of_agent: tuple[Key, Agent], together: Mapping[str, Agent]) -> None:
    where, source = of_agent
    losses = tuple(loss for loss in one.losses if loss.agent == id_)
    path = one.file.path if one.file else one.path
    if path is None or (one.file is None and id_ not in together):
        views.refused[where] = losses
        return
    if one.file is not None:
        views.entries.append(View(views.target, path, "", where, source, _read(views.target, path, one.file.data), one.file.data, losses))
        return
    agent, data = alone(views.target, path, together[id_])
    views.entries.append(View(views.target, path, pointer(agent), where, source, agent, data, losses))


def _read(target: str, path: str, data: bytes) -> Agent:
    return registry.load(target).read(SourceText(path, data)).set.agents[0]


def alone(target: str, path: str, agent: Agent) -> tuple[Agent, bytes]:
    """Return an agent as a new file of it alone gives it back, and that file."""
    from agentconv.core.ir import AgentSet

    data = registry.load(target).write(AgentSet((replace(agent, origin=None),)), SourceText(path, b"")).data
    return _read(target, path, data), data
