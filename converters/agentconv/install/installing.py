"""One pack into one scope: chosen, held against the gate, converted, planned. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.install import deployment, gate
from agentconv.install.lock import LockedAgent, LockedPack
from agentconv.install.planning import NEEDS_A_LOOK, plan
from agentconv.packs import finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from agentconv.core.diagnostics import Diagnostic, InputError
    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.planning import Plan
    from agentconv.packs.finding import Pack


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for."""

    targets: tuple[str, ...] | None = None
    """None: what the lock says, else what is found."""
    agents: tuple[str, ...] = ()
    """As they are named; none for all."""
    force: bool = False
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """An agent whose new version asks for more than the old one, which therefore stays."""

    agent: str
    version: str
    """The version that it was deployed from."""
    more: tuple[str, ...]


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
    asked: tuple[gate.Asked, ...] = ()
    """What the agents of a pack that is new here ask for."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something did not get to where it was to be."""
        refused = any(one.refused for one in self.deployments)
        failed = any(step.action in NEEDS_A_LOOK for step in self.plan.steps)
        return bool(self.unsafe or self.held or refused or failed)


def selection(pack: Pack, before: LockedPack | None, request: Request, scope: Scope) -> dict[str, tuple[str, ...] | None]:
    """Return the targets that a pack is for, and which of its agents each gets.

    A pack has one version here: targets that it is already deployed to are always among them.

    Raises:
        InputError: No assistant is found, or there is no such agent.
    """
    known: dict[str, tuple[str, ...] | None] = dict(before.targets) if before else {}
    named = request.targets if request.targets is not None else tuple(known) or tuple(scope.present())
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


def prepare(pack: Pack, scope: Scope, reader: Reader, lock: Lock, request: Request) -> Prepared:
    """Find out what deploying a pack would do.

    Args:
        pack: The pack.
        scope: Where to.
        reader: Reads what is there.
        lock: What is ours there.
        request: What the user asks for.

    Raises:
        InputError: The pack is damaged, or what is asked for cannot be.
    """
    before = lock.pack(pack.manifest.name)
    chosen = selection(pack, before, request, scope)
    pieces = list(pack.pieces())
    agents = {agent.id: agent for piece in pieces for agent in piece.agents}
    ids = {id_ for names in chosen.values() for id_ in (agents if names is None else names)} & agents.keys()
    unsafe = gate.unsafe(pieces, ids)
    more = tuple(_more(before, agents, ids - unsafe.keys())) if before else ()
    stopped = {*unsafe, *(() if request.accept else (one.agent for one in more))}
    done = deployment.deploy(pack.manifest, pieces, chosen, scope)
    done = [_without(one, stopped) for one in done]
    locked = _locked(pack, before, chosen, agents, ids=ids, stopped=stopped)
    wanted = [want for one in done for want in one.wanted]
    planned = plan(reader, lock, locked, wanted, targets=set(chosen), force=request.force, held=stopped)
    asked = gate.asked(agents[id_] for id_ in sorted(ids - stopped)) if before is None else ()
    return Prepared(pack, before, tuple(done), planned, unsafe, () if request.accept else more, more if request.accept else (), asked)


def _without(one: Deployment, stopped: Collection[str]) -> Deployment:
    """Return a deployment without the agents that the gate stopped."""
    return replace(
        one,
        wanted=tuple(want for want in one.wanted if want.agent not in stopped),
        left_out={agent: other for agent, other in one.left_out.items() if agent not in stopped},
        losses=tuple(loss for loss in one.losses if loss.agent not in stopped),
    )


def _more(before: LockedPack, agents: Mapping[str, Agent], ids: Iterable[str]) -> Iterable[Held]:
    """Yield the agents that ask for more than those that are deployed."""
    old = {agent.id: agent for agent in before.agents}
    for id_ in sorted(ids):
        more = gate.asks_for_more(old[id_].grants, agents[id_]) if id_ in old else ()
        if more:
            yield Held(id_, old[id_].version or before.version, more)


def _locked(
    pack: Pack,
    before: LockedPack | None,
    chosen: Mapping[str, tuple[str, ...] | None],
    agents: Mapping[str, Agent],
    *,
    ids: Iterable[str],
    stopped: Iterable[str],
) -> LockedPack:
    """Return what the lock is to say of a pack: of an agent that stays as it was, what it said."""
    manifest = pack.manifest
    sources = deployment.source_hashes(manifest)
    names = {agent.id: agent.name for agent in manifest.agents}
    old = {agent.id: replace(agent, version=agent.version or before.version) for agent in before.agents} if before else {}
    new = {id_: LockedAgent(id_, names[id_], sources[id_], gate.grants(agents[id_])) for id_ in ids}
    kept = {id_: old.get(id_) for id_ in stopped}
    entries = (kept.get(id_, agent) for id_, agent in sorted(new.items()))
    file = None if pack.origin == finding.PIP else _file(pack)
    return LockedPack(
        manifest.name,
        manifest.version,
        pack.origin,
        file,
        pack.manifest_sha256,
        pack.wheel_sha256,
        chosen,
        tuple(agent for agent in entries if agent is not None),
    )


def _file(pack: Pack) -> str:
    """Return the name of a wheel or folder, which holds nothing of where on this machine it is."""
    return pack.place.replace("\\", "/").rstrip("/").rpartition("/")[2]
