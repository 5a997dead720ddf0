"""What an assistant reads of a pack's files for another one: nothing is written for it then, and what is not held there is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare, linked_folders, set_restraints
from agentconv.conversion.along import EVERYTHING
from agentconv.conversion.carried_parts import CarriedParts
from agentconv.conversion.loose_parts import loose_in_place
from agentconv.conversion.options import Options
from agentconv.conversion.set_restraints import Unheld
from agentconv.core import effects, fields, losses
from agentconv.core.dataclass import dataclass, field
from agentconv.core.parts import SetHook
from agentconv.core.source import SourceText
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import part_places
from agentconv.install.part_entries import PartFile
from agentconv.sources import hooks_off

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.effects import Guard
    from agentconv.core.ir import Agent
    from agentconv.core.restraints import Restraint
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.places import Target
    from agentconv.install.steps import Wanted
    from agentconv.install.units import Units
    from agentconv.sources.hooks_off import Read
    from agentconv.sources.loaded import Loaded

UNHELD = frozenset({"widened-elsewhere", "part-loose-in-place"})
"""Losses by which an assistant does not hold what it reads in another one's file: nothing of a pack can be kept away from it."""
_HOOKS = "hooks"
_OPTIONS = Options(deploy=True, along=EVERYTHING)


@dataclass(frozen=True, slots=True)
class ReadElsewhere:
    """What of a pack one assistant reads where it is for others."""

    left_out: Mapping[str, str] = field(default_factory=dict)
    """Ids of the agents and parts, each with whose file it is in."""
    agents: Mapping[str, Agent] = field(default_factory=dict)
    """The agents among them, as it reads them there."""
    losses: tuple[Loss, ...] = ()
    """What it takes nothing of there, and what may be done there beyond what the author allowed."""
    unwatched: tuple[str, ...] = ()
    """Ids of those that a hook or a rule of the pack holds back, and that it does not hold there."""

    def agent(self, _: Loaded, agent: Agent, written: bool) -> Agent | None:  # noqa: ARG002 - as `Options.there` is called
        """Return an agent of the pack as it is read there; None of any other."""
        return self.agents.get(agent.id)


def of(units: Units, target: Target, others: Sequence[Deployment], ids: Collection[str], reader: Reader, *, gets: bool) -> ReadElsewhere:
    """Return what an assistant reads of what others get.

    Args:
        units: The pack.
        target: The assistant.
        others: What they get.
        ids: What of the pack comes.
        reader: Reads what is there, and says where it really is: a link may make a folder of its own another one's.
        gets: Whether the pack comes to it, too: what it does not read there is written for it.
    """
    agents: dict[str, tuple[str, Agent]] = {}
    for other in others:
        agents |= {id_: (other.target, agent) for id_, agent in _agents(target, other, reader) if id_ in ids}
    parts = _parts(target.id, others, ids, reader)
    watch = _watch(units, target.id, ids, parts, gets=gets) if agents or parts else Watch(target.id)
    told = [loss for id_, (_, agent) in agents.items() for loss in _as_seen(id_, units.agents[id_], agent, watch)]
    told += [loss for id_, (_, want) in parts.items() if (loss := _loose(units, id_, want, watch)) is not None]
    unwatched = (*(id_ for id_, (_, agent) in agents.items() if watch.agent(agent)), *(id_ for id_ in parts if watch.part(units, id_)))
    left_out = {id_: other for id_, (other, _) in (*agents.items(), *parts.items())}
    return ReadElsewhere(left_out, {id_: agent for id_, (_, agent) in agents.items()}, tuple(told), unwatched)


def _agents(target: Target, other: Deployment, reader: Reader) -> Iterator[tuple[str, Agent]]:
    """Yield the agents that a target loads from the files of another one, as that has them, and as it reads them."""
    module, known = registry.load(target.id), other.target in target.also_reads
    for one in (one for one in other.wanted if not one.part):
        if not known and not linked_folders.reads(target.id, other.target, one.path, reader.folder):
            continue
        result = module.read(SourceText(one.path, one.data))
        if len(result.states) == 1 and not result.states[0].dropped:
            yield one.agent, result.set.agents[0]


def _parts(target: str, others: Iterable[Deployment], ids: Collection[str], reader: Reader) -> dict[str, tuple[str, Wanted]]:
    """Return the parts that a target reads from the files of others, each with whose they are: no hook of a file that it takes none of."""
    found: dict[str, tuple[str, Wanted]] = {}
    of_parts = [(one.target, want) for one in others for want in one.wanted if want.part and not want.beside and want.agent in ids]
    theirs = [(other, want) for other, want in of_parts if part_places.reads(target, want.part, want.path, reader.folder)]
    read = files_of(reader)
    for other, want in theirs:
        if want.part != _HOOKS or not _is_broken(target, want.path, [one for _, one in theirs if one.path == want.path], read):
            found.setdefault(want.agent, (other, want))
    return found


def _is_broken(target: str, path: str, coming: Sequence[Wanted], read: Read) -> bool:
    """Whether a target takes no hook of a file: for what is there, or once all that comes into it is there, too."""
    if hooks_off.broken(target, path, read) is not None:
        return True
    hooks = {want.shared.name or "": want.shared for want in coming if isinstance(want.shared, SetHook)}
    if not hooks:
        return False
    file = PartFile.read(path, coming[0].target, _HOOKS, read(path))
    data = file.rewritten(hooks, ())[0] if file.data else file.fresh(hooks.values())
    return hooks_off.broken(target, path, lambda other: data if other == path else read(other)) is not None


@dataclass(frozen=True, slots=True)
class Watch:
    """The hooks and rules of a pack that an assistant does not hold."""

    target: str
    open: tuple[Unheld, ...] = ()
    guards: frozenset[Guard] = frozenset()
    """The guards of the pack that it holds, for all its agents."""

    def agent(self, agent: Agent) -> list[str]:
        """Say what one of them holds an agent back from that it may do there, as it is read."""
        return self._said(set_restraints.breaking(agent, self._restraints, self.target))

    def part(self, units: Units, id_: str) -> list[str]:
        """Say the same of a part: nobody can tell what the model does with it."""
        return self._said(set_restraints.held_back(units.loaded[id_], self._restraints))

    @property
    def _restraints(self) -> list[Restraint]:
        return [one.restraint for one in self.open]

    def _said(self, broken: Collection[Restraint]) -> list[str]:
        said = (f"what {one.restraint.shown} holds back ({one.reason})" for one in self.open if one.restraint in broken)
        return list(dict.fromkeys(said))


def _watch(units: Units, target: str, ids: Collection[str], parts: Collection[str], *, gets: bool) -> Watch:
    """Return what an assistant does not hold: what a hook is told of a tool is the same wherever the hook stands that it runs."""
    restraining = {id_: one for id_, one in units.loaded.items() if id_ in ids and set_restraints.of(one)}
    comes = [one for id_, one in restraining.items() if gets or id_ in parts]
    away = [one for id_, one in restraining.items() if not gets and id_ not in parts]
    carried = CarriedParts(target, _OPTIONS, {})
    carried.judge(comes)
    lost = (Unheld(said, "it does not come there", one.part.id) for one in away for said in set_restraints.of(one))
    return Watch(target, (*carried.restraints.open, *lost), carried.restraints.guards)


def _as_seen(id_: str, author: Agent, agent: Agent, watch: Watch) -> Iterator[Loss]:
    """Yield what a target that reads another one's file takes nothing of, and what the agent may do beyond what its author allowed."""
    wider = compare.widenings(author, agent, watch.target)
    if wider and watch.guards:
        wider = set_restraints.without_held(wider, author, effects.effects(agent, format_id=watch.target), watch.guards)
    if wider or watch.agent(agent):
        beyond = losses.listed((*map(str, wider), *watch.agent(agent)))
        yield losses.loss("widened-elsewhere", id_, "tools", watch.target, beyond)
    lost = [path for path in fields.PATHS if _is_said(author, path) and not _is_said(agent, path)]
    if wider:
        lost = [path for path in lost if not path.startswith("tools.")]
    if author.hooks and all(set_restraints.is_held(hook, watch.guards) for hook in author.hooks):
        lost = [path for path in lost if path != "hooks"]
    if lost:
        yield losses.loss("degraded-elsewhere", id_, lost[0], watch.target, losses.listed(lost))


def _is_said(agent: Agent, path: str) -> bool:
    return not fields.is_absent(path, fields.get(agent, path))


def _loose(units: Units, id_: str, want: Wanted, watch: Watch) -> Loss | None:
    """Say what a target that reads a part in another one's file does not hold it to there."""
    if broken := watch.part(units, id_):
        detail = losses.listed(broken, f"`{want.path}`: {{}}")
        return losses.loss("part-loose-in-place", id_.partition("/")[2], "name", watch.target, detail, part=units.loaded[id_].kind)
    read = part_places.read(watch.target, want.part, want.path, want.data) if want.shared is None else None
    found = next(iter(read.parts), None) if read else None
    return loose_in_place(units.loaded[id_], found, want.path, watch.target) if found else _unlimited(want, watch.target)


def _unlimited(server: Wanted, target: str) -> Loss | None:
    """Say that a target that reads a server in another one's file does not read the rules there that close tools of it."""
    if not server.rules:
        return None
    detail = losses.listed((rule.shown for rule in server.rules), f"`{server.path}`: {{}}")
    return losses.loss("part-loose-in-place", server.agent.partition("/")[2], "name", target, detail, part="servers")
