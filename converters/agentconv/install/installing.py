"""One pack into one scope: chosen, held against the gate and what was accepted, converted, planned. Nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.install import (
    asking,
    consent,
    deployment,
    fates,
    gate,
    guarding,
    loosening,
    made_here,
    named_others,
    namesakes,
    open_to_all,
    proof,
)
from agentconv.install.guarding import Guards
from agentconv.install.lock import Accepted, Fates, LockedAgent, LockedPack
from agentconv.install.planning import NEEDS_A_LOOK, Action, Plan, plan
from agentconv.install.units import Units, checksum
from agentconv.packs import finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.diagnostics import InputError, Loss
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.grant import Grant
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.steps import Given, Namesake
    from agentconv.packs.finding import Pack

_T = TypeVar("_T")
_COMES = frozenset({Action.WRITE, Action.UPDATE, Action.REPLACE})


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for."""

    targets: tuple[str, ...] | None = None
    """None: what the lock says, else what is found."""
    agents: tuple[str, ...] = ()
    """As they are named; none for all."""
    force: bool = False
    accept: consent.Accepted = consent.NOTHING
    restore: bool = False
    """Whether what the lock says is to be there again, and nothing else: what was accepted of these bytes is, then."""
    preview: bool = False
    """Whether it is only to be seen what would be done: where nothing is accepted yet, once everything is."""
    keep: tuple[str, ...] = ()
    """Agents and parts in whose places the project's own is to stay, from now on."""
    give_up: tuple[str, ...] = ()
    """Those in whose places it is not to stay any longer."""
    others: open_to_all.Others = open_to_all.nobody
    """Returns the agents that an assistant has there, whoever wrote them: a server for all of its agents is open to these, too."""
    declined: bool = False
    """Whether a person was asked, and did not accept it: nothing of a pack that is new here comes, then."""


@dataclass(frozen=True, slots=True)
class Held:
    """An agent that asks for more than what is deployed, which therefore stays as it is."""

    agent: str
    version: str | None
    """The version that it was deployed from; None where it is not deployed."""
    more: tuple[Grant, ...]
    guards: tuple[str, ...] = ()
    """The hooks and rules that hold it back, and the scripts of its own guards, that do not come."""
    gone: str | None = None
    """The earlier version that its file was of, which is not there any more: nothing here has that text."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is known of a deployment before it is made."""

    pack: Pack
    before: LockedPack | None
    deployments: tuple[Deployment, ...]
    plan: Plan
    unsafe: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """By agent what keeps it from being deployed."""
    held: tuple[Held, ...] = ()
    accepted: tuple[Held, ...] = ()
    asked: tuple[consent.Asked, ...] = ()
    """What the agents of a pack that is new here ask for."""
    refused: Diagnostic | None = None
    """Why nothing of it is deployed."""
    missing: tuple[str, ...] = ()
    """The words that accept what is not accepted."""
    as_before: frozenset[str] = frozenset()
    """The targets for which the very same was asked for the last time: what they cannot hold was told then."""
    shown: tuple[Loss, ...] = ()
    """What conversion costs, as far as a person was told it before they agreed."""
    made_here: bool = False
    """Whether this is the project that the pack is made of, whose files stay its own."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something did not get to where it was to be, which nobody was told yet."""
        steps = {(step.target, step.agent) for step in self.plan.steps}
        refused = any(one.target not in self.as_before or (one.target, id_) in steps for one in self.deployments for id_ in one.refused)
        failed = any(step.action in NEEDS_A_LOOK for step in self.plan.steps)
        return bool(self.unsafe or self.held or self.refused or refused or failed or self._is_unwatched)

    @property
    def _is_unwatched(self) -> bool:
        """Whether something is new where an assistant reads it that does not hold what holds it back."""
        new = {(step.target, step.agent) for step in self.plan.steps if step.action in _COMES}
        found = ((one, id_) for one in self.deployments for id_ in one.unwatched)
        return any(one.target not in self.as_before or (one.left_out.get(id_, one.target), id_) in new for one, id_ in found)


def selection(pack: Pack, lock: Lock, request: Request, scope: Scope) -> dict[str, tuple[str, ...] | None]:
    """Return the targets that a pack is for, and which of its agents each gets.

    A pack has one version here: targets that it is already deployed to are always among them.

    Raises:
        InputError: No assistant is found, or there is no such agent.
    """
    before = lock.pack(pack.manifest.name)
    known: dict[str, tuple[str, ...] | None] = dict(before.targets) if before else {}
    named = request.targets if request.targets is not None else tuple(known) or tuple(scope.present(lock))
    if not named:
        raise nothing_found(scope)
    ids = deployment.agent_ids(pack.manifest, request.agents)
    for target in named:
        if not ids:
            known[target] = None if request.targets is not None else known.get(target)
        elif target not in known:
            known[target] = ids
        else:
            old = known[target]
            known[target] = None if old is None else tuple(sorted({*old, *ids}))
    return known


def nothing_found(scope: Scope) -> InputError:
    """Make the error for a place in which no assistant is found."""
    where = "your home folder" if scope.is_user else "this project"
    return registry.usage(f"no assistant is found in {where}", "name those that are meant: --to claude-code,codex")


def prepare(pack: Pack, scope: Scope, reader: Reader, lock: Lock, request: Request, *, deployed: Pack | None = None) -> Prepared:
    """Find out what deploying a pack would do.

    Args:
        pack: The pack.
        scope: Where to.
        reader: Reads what is there.
        lock: What is ours there.
        request: What the user asks for.
        deployed: The version that is deployed, where that is here too: its bytes then tell what is its own.

    Raises:
        InputError: The pack is damaged, or what is asked for cannot be.
    """
    before = lock.pack(pack.manifest.name)
    chosen = selection(pack, lock, request, scope)
    pieces = list(pack.pieces())
    units = Units(pieces)
    ids = {id_ for names in chosen.values() for id_ in units.chosen(names)}
    unsafe = gate.unsafe(pieces, ids) | guarding.astray(units, scope, ids)
    ours = [entry for entry in lock.entries if pack.manifest.name in entry.packs]
    converted = deployment.deploy(pack.manifest, pieces, chosen, scope, reader, present=scope.present(lock), ours=ours)
    done = tuple(_looked_at(one, units, scope, reader) for one in converted)
    wanted = [want for one in done for want in one.wanted if want.agent not in unsafe]
    sources = _sources(pack, units)
    kept = _kept(pack, units, before, request)
    namesake = namesakes.of(scope, lock, pack.manifest.name)
    coming = tuple(asking.coming(reader, lock, pack.manifest.name, wanted, force=request.force, kept=kept, namesake=namesake))
    asks = asking.more(reader, lock, pack.manifest.name, coming, units, force=request.force, kept=kept)
    asks = _with_looser(asks, loosening.lost(reader, lock, pack.manifest.name, wanted, staying=kept))
    for_others = open_to_all.grants(done, request.others, units, scope)
    asks = {id_: replace(one, grants=(*one.grants, *for_others.get(id_, ()))) for id_, one in asks.items()}
    seen = before is None and request.preview and request.accept == consent.NOTHING
    open_ = {id_: more for id_, more in asks.items() if not _is_accepted(more.grants, before, pack, request, (id_, sources.get(id_)))}
    given = proof.given([pack, deployed], before, scope, reader)
    here = made_here.is_made_here(pack, scope, reader)
    case = _Case(
        pack, before, request, chosen, units, ids, sources, asks, {} if seen else open_, unsafe, done, given, scope, kept, here, namesake
    )
    left, held, planned = case.settled(reader, lock)
    left = tuple(_with_servers_there(one, units, scope, planned, request.others) for one in left)
    asked = consent.asked(_joined(asking.all_of(coming, units), for_others)) if before is None else ()
    missing = consent.words(more.grants for more in open_.values())
    refused = _refusal(pack, before, missing, request, comes=any(one.wanted for one in left))
    if refused is not None and not request.preview:
        done = tuple(_with_servers_there(_without(one, unsafe), units, scope, planned, request.others) for one in done)
        return Prepared(pack, before, done, _nothing(lock), unsafe, asked=asked, refused=refused, missing=missing)
    waiting = {one.agent for one in held}
    taken = {id_: more for id_, more in asks.items() if id_ not in open_ and id_ not in waiting}
    told = () if request.restore or before is None else tuple(_held(before, taken, {}))
    as_before = frozenset(_as_before(pack, before, chosen))
    return Prepared(pack, before, left, planned, unsafe, held, told, asked, refused, missing, as_before, made_here=here)


def _with_looser(asks: Mapping[str, asking.Asks], looser: Mapping[str, tuple[Grant, ...]]) -> dict[str, asking.Asks]:
    """Return what is asked for, with what nothing would hold back any more."""
    more = {id_: asking.Asks((*asks[id_].grants, *grants) if id_ in asks else grants, is_there=True) for id_, grants in looser.items()}
    return {**asks, **more}


def _looked_at(one: Deployment, units: Units, scope: Scope, reader: Reader) -> Deployment:
    """Return a deployment with what is told of guards whose scripts are not there."""
    return replace(one, diagnostics=(*one.diagnostics, *guarding.without_scripts(one, units, scope, reader)))


def _with_servers_there(one: Deployment, units: Units, scope: Scope, planned: Plan, others: open_to_all.Others) -> Deployment:
    """Return a deployment with what is told of servers that an assistant has then: those of others, and the pack's for agents of others.

    So it is of what stands in the place of a server or skill that agents of the pack name.
    """
    to_its_own = open_to_all.to_its_own(one, units, scope, planned.steps)
    told = (*open_to_all.told(one, others, units, scope), *to_its_own, *named_others.told(one, units, scope, planned.steps))
    return replace(one, losses=(*one.losses, *map(deployment.fitting, told)))


def _as_before(pack: Pack, before: LockedPack | None, chosen: Mapping[str, tuple[str, ...] | None]) -> Iterator[str]:
    """Yield the targets to which the very same bytes went, or were to go, the last time."""
    if before is not None and before.manifest_sha256 == pack.manifest_sha256:
        yield from (target for target, ids in chosen.items() if target in before.targets and before.targets[target] == ids)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of a deployment once it is known what is accepted."""

    pack: Pack
    before: LockedPack | None
    request: Request
    chosen: Mapping[str, tuple[str, ...] | None]
    units: Units
    ids: Collection[str]
    sources: Mapping[str, str]
    asks: Mapping[str, asking.Asks]
    open: Mapping[str, asking.Asks]
    """What of it is not accepted."""
    unsafe: Mapping[str, tuple[Diagnostic, ...]]
    deployments: tuple[Deployment, ...]
    given: Given
    scope: Scope
    kept: tuple[str, ...]
    made_here: bool
    namesake: Namesake

    def settled(self, reader: Reader, lock: Lock) -> tuple[tuple[Deployment, ...], tuple[Held, ...], Plan]:
        """Return what comes, what is held, and the plan: where a guard does not come, nothing that it holds back does."""
        guards = Guards(self.units, self.deployments)
        away = guards.away(reader, lock, self.pack.manifest.name, {*self.open, *self.unsafe})
        mine = [entry for entry in lock.entries if self.pack.manifest.name in entry.packs]
        waiting = loosening.behind(reader, mine, self.deployments, self.units, self.open.keys())
        found = self._planned(reader, lock, _joined(guards.unwatched(away), waiting))
        kept_out = guards.kept_out(reader, lock, self.pack.manifest.name, found[2])
        unguarded = guards.unguarded(reader, lock, self.pack.manifest.name, found[2], self.kept)
        if not self.made_here:
            idle, off = guards.idle(reader, self.scope, self.kept)
            kept_out, unguarded = kept_out | idle, _joined(unguarded, off)
        if not kept_out and not unguarded:
            return found
        left, held, planned = self._planned(reader, lock, _joined(_joined(guards.unwatched(away | kept_out), waiting), unguarded), kept_out)
        there = {(step.action, step.path) for step in planned.steps}
        told = tuple(step for step in guarding.in_the_way(found[2]) if (step.action, step.path) not in there)
        return left, held, replace(planned, steps=(*planned.steps, *told))

    def _planned(
        self, reader: Reader, lock: Lock, unwatched: Mapping[str, tuple[str, ...]], away: Collection[tuple[str, str]] = ()
    ) -> tuple[tuple[Deployment, ...], tuple[Held, ...], Plan]:
        stopped = {*self.unsafe, *self.open, *unwatched}
        comes = (want for one in self.deployments for want in one.wanted if want.agent not in stopped)
        comes = (want for want in comes if (want.target, want.agent) not in away)
        alone = loosening.lost(reader, lock, self.pack.manifest.name, comes, staying={*stopped, *self.asks, *self.kept})
        held = tuple(_held(self.before, self.open, {**dict.fromkeys(alone, ()), **unwatched}))
        stopped |= alone.keys()
        left = tuple(_without(one, stopped) for one in self.deployments)
        locked = self._locked(self._accepted(left, stopped), stopped)
        wanted = [want for one in left for want in one.wanted]
        targets, request = set(locked.targets), self.request
        planned = plan(
            reader,
            lock,
            locked,
            wanted,
            targets=targets,
            force=request.force,
            held=stopped,
            accept=request.accept.lets_go,
            given=self.given,
            made_here=self.made_here,
            namesake=self.namesake,
        )
        planned = fates.noted(planned, locked.name, self._fates(left, {agent.id for agent in locked.agents}, planned))
        return left, held, _with_folders(planned, lock) if request.restore else planned

    def _fates(self, left: Iterable[Deployment], deployed: Collection[str], planned: Plan) -> Fates:
        """Return who does not come, or is not held: what only restores the lock takes no note of servers that came since."""
        opened = [loss for one in left for loss in open_to_all.to_its_own(one, self.units, self.scope, planned.steps)]
        found = replace(fates.of(self.deployments, left, deployed, opened), taken=fates.taken(planned.steps))
        known = self.before.fates if self.before is not None and self.request.restore else None
        return found if known is None else replace(found, opened=known.opened)

    def _locked(self, accepted: Accepted, stopped: Collection[str]) -> LockedPack:
        """Return what the lock is to say of a pack: of an agent that stays as it was, what it said."""
        pack, before, manifest = self.pack, self.before, self.pack.manifest
        names = {agent.id: agent.name for agent in manifest.agents} | {id_: part.name or "" for id_, part in self.units.parts.items()}
        was = before.version if before and before.version != manifest.version else None
        old = {agent.id: replace(agent, version=agent.version or was) for agent in before.agents} if before else {}
        new = {id_: LockedAgent(id_, names[id_], self.sources[id_]) for id_ in self.ids}
        left = {id_: old[id_] for id_ in stopped if id_ in old and id_ not in new}  # guards that the pack does not give any more
        entries = (old.get(id_) if id_ in stopped else agent for id_, agent in sorted({**new, **left}.items()))
        file = None if pack.origin == finding.PIP else _file(pack)
        agents = tuple(agent for agent in entries if agent is not None)
        known = (pack.manifest_sha256, pack.wheel_sha256, self.chosen, agents, accepted, self.kept)
        return LockedPack(manifest.name, manifest.version, pack.origin, file, *known)

    def _accepted(self, left: Iterable[Deployment], stopped: Collection[str]) -> Accepted:
        """Return what is accepted of a pack: now, or before and still of the same; of an agent that stays as it was, what was."""
        before = self.before
        known = before.accepted.grants if before and before.accepted else {}
        old = {agent.id: agent.source_sha256 for agent in before.agents} if before else {}
        coming = asking.all_of((want for one in left for want in one.wanted), self.units)
        words = {id_: known[id_] for id_ in stopped if id_ in known}
        for id_ in coming.keys() - set(stopped):
            may = consent.words([coming[id_]])
            same = old.get(id_) == self.sources[id_]
            now = self.asks[id_].grants if id_ in self.asks else ()
            words[id_] = consent.in_order((*(grant.word for grant in now), *(word for word in known.get(id_, ()) if same or word in may)))
        manifest = self.pack.manifest
        return Accepted(manifest.version, self.pack.manifest_sha256, {id_: found for id_, found in words.items() if found})


def _joined(one: Mapping[str, tuple[_T, ...]], other: Mapping[str, tuple[_T, ...]]) -> dict[str, tuple[_T, ...]]:
    return {id_: (*one.get(id_, ()), *other.get(id_, ())) for id_ in sorted(one.keys() | other.keys())}


def _kept(pack: Pack, units: Units, before: LockedPack | None, request: Request) -> tuple[str, ...]:
    """Return in whose places the project's own stays.

    Raises:
        InputError: There is no such agent or part.
    """
    new, old = (deployment.agent_ids(pack.manifest, words, units.parts) for words in (request.keep, request.give_up))
    return tuple(sorted({*(before.kept if before else ()), *new} - set(old)))


def _sources(pack: Pack, units: Units) -> dict[str, str]:
    """Return the checksum of what each agent and part is in a pack."""
    return {**deployment.source_hashes(pack.manifest), **{id_: checksum(part) for id_, part in units.parts.items()}}


def _with_folders(planned: Plan, lock: Lock) -> Plan:
    """Return a plan after which the lock has the folders that it had: in which of them there is nothing here, a checkout alone knows."""
    pending, after = (replace(one, folders=lock.folders) for one in (planned.lock_pending, planned.lock_after))
    return replace(planned, lock_pending=pending, lock_after=after)


def _nothing(lock: Lock) -> Plan:
    return Plan((), (), lock, lock, lock)


def _is_accepted(more: Iterable[Grant], before: LockedPack | None, pack: Pack, request: Request, unit: tuple[str, str | None]) -> bool:
    """Whether what an agent asks for is accepted: by this command line, or, where that restores the lock, once before, of these bytes.

    Args:
        more: What it asks for.
        before: What the lock says of the pack.
        pack: The pack.
        request: What the user asks for.
        unit: The agent's or part's id, and the checksum of what it is in the pack; None of what left it.
    """
    if request.accept.covers(more):
        return True
    id_, source = unit
    known = before.accepted if before and request.restore else None
    if before is None or known is None or known.sha256 != pack.manifest_sha256:
        return False
    old = next((agent for agent in before.agents if agent.id == id_), None)
    same = old is not None and old.source_sha256 == source  # an update that was held left what is accepted of an earlier one
    return same and {grant.word for grant in more} <= set(known.grants.get(id_, ()))


def _refusal(pack: Pack, before: LockedPack | None, missing: Collection[str], request: Request, *, comes: bool) -> Diagnostic | None:
    """Say why nothing of a pack is deployed; None where anything of it may be."""
    name, version = pack.manifest.name, pack.manifest.version
    if before is None:
        if not missing or (comes and not request.declined):
            return None
        message = f"{name} {version} is not installed: nobody accepted what it asks for"
        words = ",".join(consent.in_order((*request.accept.words, *missing)))
        hint = f"if that is what they should do, run it again with --accept, or --accept={words}"
        return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)
    if request.restore and version != before.version:
        message = f"the lock has {name} {before.version}, and {version} is here"
        back = f"bring {before.version} back{f': pip install {name}=={before.version}' if pack.origin == finding.PIP else ''}"
        hint = f"{back}; or update: agentconv install {name}"
        return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)
    taken = request.accept.everything and not request.restore
    if version == before.version and before.manifest_sha256 != pack.manifest_sha256 and not taken:
        message = f"{name} {version} has other files than what was deployed as {version}"
        hint = "a version does not change: ask whoever made it; if it is what you want, name it, and run it again with --accept"
        return Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint)
    return None


def _without(one: Deployment, stopped: Collection[str]) -> Deployment:
    """Return a deployment without the agents that the gate stopped."""
    return replace(
        one,
        wanted=tuple(want for want in one.wanted if want.agent not in stopped),
        left_out={agent: other for agent, other in one.left_out.items() if agent not in stopped},
        elsewhere={at: agent for at, agent in one.elsewhere.items() if at[1] not in stopped},
        unwatched=tuple(id_ for id_ in one.unwatched if id_ not in stopped),
        losses=tuple(loss for loss in one.losses if deployment.owner(loss) not in stopped),
    )


def _held(before: LockedPack | None, more: Mapping[str, asking.Asks], unwatched: Mapping[str, tuple[str, ...]]) -> Iterator[Held]:
    """Yield the agents that ask for more than those that are deployed, and those whose guards do not come."""
    old = {agent.id: agent for agent in before.agents} if before else {}
    for id_ in sorted(more.keys() | unwatched.keys()):
        asks = more.get(id_)
        there = id_ in old and (asks is None or asks.is_there)
        version = (old[id_].version or before.version) if before and there else None
        gone = old[id_].version if id_ in old and not there else None
        yield Held(id_, version, asks.grants if asks else (), unwatched.get(id_, ()), gone)


def _file(pack: Pack) -> str:
    """Return the name of a wheel or folder, which holds nothing of where on this machine it is."""
    return pack.place.replace("\\", "/").rstrip("/").rpartition("/")[2]
