"""Skills, commands and servers of the source, kept in step one way: what was edited in a target stays there, and is told.

They stand in the lock as a pack of the project's own does, and are written as one is: file by file and entry by entry, the rest of a
file that is mainly the user's byte for byte as it was.
"""

from __future__ import annotations

import hashlib
import os
from functools import partial
from typing import TYPE_CHECKING

from agentconv.conversion.insisting import insisting
from agentconv.conversion.options import Options
from agentconv.core import names
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, LossSeverity, Severity
from agentconv.core.kinds import KINDS
from agentconv.core.suggestions import nearest
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import deployment, filled_in, lock, planning
from agentconv.install.lock import LockedAgent, LockedPack
from agentconv.install.open_to_all import nobody
from agentconv.install.steps import Plan
from agentconv.install.units import key
from agentconv.sync import (
    beside_agents,
    left_behind,
    left_open,
    needed_before,
    source_files,
    sources,
    taken_in,
    unread_agents,
    unsettled,
    views,
    where_it_is,
)
from agentconv.sync.files_after import KIND, FilesAfter
from agentconv.sync.had_anyway import HadAnyway
from agentconv.sync.unchanged_parts import NAME, digest, is_as_left

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.conversion.along import With
    from agentconv.conversion.servers_there import AgentThere
    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.open_to_all import Others
    from agentconv.install.places import Scope
    from agentconv.sources.parts import Parts
    from agentconv.sync.settings import Settings


@dataclass(frozen=True, slots=True)
class PartsOutcome:
    """What a run does with parts, or would do."""

    plan: Plan
    deployments: tuple[Deployment, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    as_before: frozenset[str] = frozenset()
    """The parts that targets cannot hold for the very reasons that an earlier run told of."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something stays that was not to stay, or did not get where it was to be."""
        wrong = any(one.severity is Severity.ERROR for one in self.told())
        return wrong or self.plan.needs_a_look or any({*one.refused} - self.as_before for one in self.deployments)

    def refused(self, target: str) -> dict[str, str]:
        """Return the parts that a target cannot hold, with the reasons."""
        found: dict[str, str] = {}
        for one in (one for one in self.deployments if one.target == target):
            for loss in one.losses:
                if loss.severity is LossSeverity.REFUSAL:
                    found.setdefault(f"{loss.part}/{loss.agent}", f"`{loss.part}/{loss.agent}`, {loss.detail}")
        return found

    def told(self) -> Iterator[Diagnostic]:
        """Yield what is to be told."""
        yield from dict.fromkeys((*self.diagnostics, *(remark for one in self.deployments for remark in one.diagnostics)))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a run."""

    along: With
    """Which parts are kept in step."""
    force: bool | tuple[str, ...] = False
    """Whether the source's word counts where a target was edited, or of which parts it does."""
    insist: bool = False
    """Whether all of them may go."""
    widening: Collection[str] = ()
    """What the user insists on, whatever the authors closed."""
    passing: frozenset[str] = frozenset()
    """Targets that are not looked at."""
    behind: frozenset[tuple[str, str]] = frozenset()
    """By target what agents need there that a switch leaves behind: what nothing else needs is the project's own from now on."""
    others: Others = nobody
    """Returns the agents that a target has, whoever wrote them there: a server for all of its agents is open to these, too."""


def behind(settings: Settings, scope: Scope, locked: Lock, agents: Mapping[str, Iterable[Agent]]) -> frozenset[tuple[str, str]]:
    """Return the targets and the ids of the parts that agents need there which a switch leaves behind.

    Args:
        settings: What the project says before the switch.
        scope: Where it all is.
        locked: What is ours there.
        agents: The agents by target.
    """
    mine = [entry for entry in locked.entries if NAME in entry.packs]
    return left_behind.needed(agents, mine, _beside(settings, scope, mine)) if agents else frozenset()


def outcome(settings: Settings, scope: Scope, reader: Reader, locked: Lock, wish: Wish) -> PartsOutcome:
    """Return what is to be done with parts.

    Args:
        settings: What the project says.
        scope: Where it all is.
        reader: Reads what is there.
        locked: What is ours there.
        wish: What is wanted.
    """
    loaded = _loaded(settings, scope, locked)
    if loaded.unjudged is not None:  # of which the agents' run tells
        return PartsOutcome(Plan((), (), locked, locked, locked))
    deploying = _deploying(settings, scope, reader, locked, wish, loaded=loaded)
    done = unread_agents.without_servers(deploying.after.settle(deploying.each), loaded, locked, deploying.mine)
    result = _decided(deploying, done, locked, wish)
    if scope.is_user or next(_refused(done), None) is not None:
        return result
    if wish.widening and outcome(settings, scope, reader, locked, replace(wish, widening=())).deployments != done:
        return result  # a run that does not insist has something else to say
    return _remembered(result, settings, scope, wish)


def _deploying(settings: Settings, scope: Scope, reader: Reader, locked: Lock, wish: Wish, *, loaded: sources.Sources) -> _Deploying:
    """Return how each target gets what it is to get."""
    mine = [entry for entry in locked.entries if NAME in entry.packs and entry.target not in wish.passing]
    beside = _beside(settings, scope, mine)
    taken = taken_in.of((one for one in mine if one.target != settings.source_format), beside, reader)
    ours = [one for one in mine if one not in taken]
    where = Options(scope="user", root=os.path.realpath(scope.root)) if scope.is_user else _in_project(scope, reader, ours)
    options = replace(insisting(where, wish.widening), along=wish.along, rules_along=not scope.is_user)
    options = replace(options, agents_there=partial(_of_others, loaded, locked, wish.others))
    others = [target for target in settings.targets if target not in (settings.source_format, *wish.passing)]
    before_us = needed_before.of(settings, wish.along, mine, locked, beside)
    had = {target: HadAnyway(target, settings, locked.synced, scope) for target in others}
    going = {target: replace(options, along=before_us.along(wish.along, target)) for target in others}
    as_said = {target: had[target].judging(views.configured(going[target], settings, target, scope), loaded) for target in others}
    gone = {entry.target for entry in mine} - {*settings.targets, settings.source_format}
    after = FilesAfter(reader, scope, _ours(mine, {*others, *(gone if wish.insist else ())}, taken, reader))
    return _Deploying(settings, scope, reader, loaded, beside, mine, as_said, after, taken, before_us, frozenset(gone))


def _decided(deploying: _Deploying, done: tuple[Deployment, ...], locked: Lock, wish: Wish) -> PartsOutcome:
    """Return what becomes of what is there, and is wanted."""
    settings, loaded, beside, mine, gone = deploying.settings, deploying.loaded, deploying.beside, deploying.mine, deploying.gone
    wanted = [want for one in done for want in one.wanted]
    _check_names(wish.force, {want.agent for want in wanted} | {entry.agent for entry in mine})
    wrong = bool(loaded.broken) or any(one.severity is Severity.ERROR for one in beside.diagnostics)
    own = {entry.target for entry in mine} & {settings.source_format}
    lost = _lost(mine, own, beside) if wish.along and not (wanted or wish.insist or wrong) else set[str]()
    waiting = {entry.agent for entry in mine} - {want.agent for want in wanted} - _refused_ids(done) if wrong else lost
    held = waiting - left_open.of(mine, loaded.pieces, deploying.as_said, deploying.scope, looking_for=waiting)
    stay = {*own, *wish.passing, *(gone if not wish.insist else ())}
    refused = tuple(_refused(done))
    standing = {(entry.target, entry.agent) for entry in mine} & set(_standing(done, loaded, locked))
    released = left_behind.released(wish.behind, mine, wanted)
    owned = left_behind.released({(one.target, one.agent) for one in deploying.taken}, deploying.taken, wanted)
    pack = LockedPack(NAME, "0", lock.OWN, None, settings.sha256, None, dict.fromkeys([*deploying.as_said, *sorted(stay)]), refused)
    targets, staying = {*deploying.as_said, *(gone if wish.insist else ())}, standing | released | owned
    plan = planning.plan(deploying.reader, locked, pack, wanted, targets=targets, force=wish.force, held=held, staying=staying, accept=True)
    told = [_emptied(len(held))] if lost & held else [_left(mine, gone)] if gone and not wish.insist else []
    told = [*beside_agents.placed(beside.diagnostics, deploying.scope), *told, *_stays(standing), *left_behind.told(released)]
    told += [*taken_in.told(one for one in deploying.taken if (one.target, one.agent) in owned), *deploying.before_us.told()]
    plan = left_behind.forgotten(plan, released | owned, NAME)
    return PartsOutcome(_settled(plan, settings, deploying.reader), done, tuple(told), _as_before(refused, locked))


@dataclass(frozen=True, slots=True)
class _Deploying:
    """What targets get, as often as it is asked: one may depend on what another one does."""

    settings: Settings
    scope: Scope
    reader: Reader
    loaded: sources.Sources
    beside: Parts
    mine: list[Entry]
    as_said: Mapping[str, Options]
    """By target what is wanted there, as the configuration says it."""
    after: FilesAfter
    taken: tuple[Entry, ...]
    """What was written for targets, and is the source's own by now."""
    before_us: needed_before.NeededBefore
    gone: frozenset[str]
    """Targets that the configuration does not name any more."""

    def each(self) -> Iterator[Deployment]:
        """Yield what each target gets, in the files that it has it in already."""
        is_asked = any(KIND in said.along.kinds for said in self.as_said.values())
        texts = {one.path for one in self.beside.of(KIND)} if is_asked else set[str]()
        for target, said in self.as_said.items():
            there, present = views.there(self.loaded, target, self.settings, self.scope), self.after.of(target)
            one = _filled_in(deployment.deploy_parts(there, target, replace(said, present=present), self.beside, self.scope), self.reader)
            told = tuple(beside_agents.placed(one.diagnostics, self.scope))  # as what reading has found is told: once
            wanted = tuple(where_it_is.of(want, self.mine, self.reader, present, texts) for want in one.wanted)
            yield replace(one, wanted=wanted, diagnostics=told)


def _loaded(settings: Settings, scope: Scope, locked: Lock) -> sources.Sources:
    """Return the source, with what of it cannot be read."""
    found, _, broken = source_files.find(settings, scope)
    loaded = sources.load(found, unsettled.Unsettled(scope.root).unmerged)
    loaded.of_project(scope.root, (one.source for one in locked.synced), broken, beside_agents.unknown_restraints(settings, scope))
    return loaded


def _of_others(loaded: sources.Sources, locked: Lock, others: Others, target: str) -> list[AgentThere]:
    """Return the agents that a target has besides the source's, which are judged as they are to be there."""
    paths = {one.path for one in locked.synced if one.target == target}
    mine = {names.alike(agent.name) for _, agent in loaded.agents()}
    return [one for one in others(target) if one.path not in paths and names.alike(one.agent.name) not in mine]


def _remembered(result: PartsOutcome, settings: Settings, scope: Scope, wish: Wish) -> PartsOutcome:
    """Return an outcome whose lock says how all of it is, so that the next run need not look: where there is nothing to be told again."""
    told_again = any(one.severity is not Severity.NOTE for one in result.told())
    gone = {one.path for one in result.plan.changes if one.after is None}
    after = result.plan.lock_after
    known = None if result.needs_a_look or told_again else digest(settings, wish.along, beside_agents.on_disk(scope), after, gone)
    return replace(result, plan=_known(result.plan, known)) if known else result


def _as_before(refused: Iterable[LockedAgent], locked: Lock) -> frozenset[str]:
    """Return the parts that are refused for the very reasons that an earlier run told of."""
    before = locked.pack(NAME)
    return frozenset(one.id for one in refused if before is not None and one in before.agents)


def _lost(mine: Iterable[Entry], own: Collection[str], beside: Parts) -> set[str]:
    """Return the parts that the source has no more: one that it has, and that does not go now, is refused, or nobody needs it."""
    there = {key(kind, one.part.id) for kind in KINDS for one in beside.of(kind)}
    return {entry.agent for entry in mine if entry.target not in own and entry.agent not in there}


def _refused_ids(done: Iterable[Deployment]) -> set[str]:
    """Return the parts that some target cannot hold by law."""
    return {id_ for one in done for id_ in one.refused}


def _staying(loaded: sources.Sources, locked: Lock, target: str) -> frozenset[str]:
    """Return the agents of which a target has a file: one that it could not hold any more stays there, and needs what it did."""
    there = {one.agent for one in locked.synced if one.target == target}
    return frozenset(agent.id for key, agent in loaded.agents() if key in there)


def _standing(done: Iterable[Deployment], loaded: sources.Sources, locked: Lock) -> Iterator[tuple[str, str]]:
    """Yield the parts that a target could not get any more for what restrains the whole set, and that agents need that stay there."""
    for one in done:
        if _staying(loaded, locked, one.target):
            yield from ((one.target, f"{loss.part}/{loss.agent}") for loss in one.losses if loss.code == "set-restraint")


def _stays(standing: Collection[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Say which parts stay where their agents do."""
    for target in sorted({target for target, _ in standing}):
        names = ", ".join(sorted(id_ for where, id_ in standing if where == target))
        message = f"{names}: what is there for {registry.FORMATS[target].title} stays as it was, as do the agents there that need it"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message)


def _check_names(named: bool | tuple[str, ...], known: Collection[str]) -> None:
    """Complain about a part that is named, and that nobody keeps in step.

    Raises:
        InputError: There is one.
    """
    for name in () if isinstance(named, bool) else named:
        if name not in known:
            near = nearest(name, sorted(known), 0.7)
            listed = (
                f"those that are: {', '.join(sorted(known)[:6])}"
                if known
                else "`with` in the configuration says what goes along with agents"
            )
            raise registry.usage(f"--prefer: no part `{name}` is kept in step", f"did you mean `{near}`?" if near else listed)


def _refused(done: Iterable[Deployment]) -> Iterator[LockedAgent]:
    """Yield the parts that targets cannot hold, each with a checksum of the targets and the reasons: what was told once is known by it."""
    reasons: dict[str, set[str]] = {}
    for one in done:
        for loss in one.losses:
            if loss.severity is LossSeverity.REFUSAL:
                reasons.setdefault(f"{loss.part}/{loss.agent}", set()).add(f"{one.target}\0{loss.code}\0{loss.detail}")
    for id_, several in sorted(reasons.items()):
        yield LockedAgent(id_, id_.partition("/")[2], hashlib.sha256("\n".join(sorted(several)).encode()).hexdigest())


def _filled_in(one: Deployment, reader: Reader) -> Deployment:
    """Return what a target gets without the loss of what a user has written there by hand."""
    settled = {(agent, f"definition.{field}") for agent, field in filled_in.settled(reader, one.wanted)}
    left = [loss for loss in one.losses if loss.code != filled_in.BY_HAND or (f"{loss.part}/{loss.agent}", loss.field) not in settled]
    return replace(one, losses=tuple(left))


def _known(plan: Plan, sha256: str) -> Plan:
    """Return a plan after which the lock knows of which files all this came."""
    packs = tuple(replace(pack, manifest_sha256=sha256) if pack.name == NAME else pack for pack in plan.lock_after.packs)
    return replace(plan, lock_after=replace(plan.lock_after, packs=packs))


def _left(mine: Iterable[Entry], gone: Collection[str]) -> Diagnostic:
    """Say that parts stand where `targets` does not name the assistant any more."""
    number = len({(entry.target, entry.agent) for entry in mine if entry.target in gone})
    message = f"`targets` does not name {', '.join(sorted(gone))} any more; {number} of the parts that are kept in step for it would go"
    hint = "agentconv sync --yes takes them away; --release FORMAT lets them stay, as yours"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)


def _ours(mine: Iterable[Entry], targets: Collection[str], taken: Collection[Entry], reader: Reader) -> set[str]:
    """Return the files that go where nobody wants them any more."""
    there = {one.path for one in mine if one.target in targets and not one.pointer and is_as_left(one, reader)}
    return there - {one.path for one in taken}


def _in_project(scope: Scope, reader: Reader, mine: Iterable[Entry]) -> Options:
    """Return where a project's parts go, and what is there: a file as we left it is no other text beside the source's, but a former one."""
    left = frozenset(entry.path for entry in mine if not entry.pointer and is_as_left(entry, reader))
    return Options(root=os.path.realpath(scope.root), read=files_of(reader), ours=left)


def _beside(settings: Settings, scope: Scope, mine: Iterable[Entry]) -> Parts:
    """Return the source's parts: a file that was written for a target is none, though the source may read it, too (`AGENTS.md`)."""
    written = [entry.path for entry in mine if not entry.pointer and entry.target != settings.source_format]
    return beside_agents.parts(settings, scope, without=written)


def _emptied(number: int) -> Diagnostic:
    message = f"the source has none of the parts any more that are kept in step; {number} in the targets would go"
    return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint="nothing was taken away; agentconv sync --yes insists")


def _settled(plan: Plan, settings: Settings, reader: Reader) -> Plan:
    """Return a plan after which the lock speaks of parts only where there are some.

    Of the source's own it does as long as they are what we wrote when that was a target: nobody's words but ours, if it becomes one again.
    """

    def is_known(one: Entry) -> bool:
        return NAME not in one.packs or one.target != settings.source_format or (bool(settings.targets) and is_as_left(one, reader))

    entries = tuple(one for one in plan.lock_after.entries if is_known(one))
    targets = dict.fromkeys(sorted({one.target for one in entries if NAME in one.packs}))
    packs = [replace(pack, targets=targets) if pack.name == NAME else pack for pack in plan.lock_after.packs]
    kept = tuple(pack for pack in packs if targets or pack.agents or pack.name != NAME)
    return replace(plan, lock_after=replace(plan.lock_after, entries=entries, packs=kept))
