"""What is deployed to hold a whole set back, and would go, or hold back less: that may be more than anybody accepted, and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.core import access, effects, patterns, widening
from agentconv.core.effects import server_key
from agentconv.core.parts import PermissionSet, SetHook
from agentconv.core.plain_words import HOOKS, SERVERS, server
from agentconv.core.restraints import RESTRAINING
from agentconv.core.restraints import SERVERS as OF_SERVERS
from agentconv.install import joined, part_asking, reading_back
from agentconv.install.grant import Grant
from agentconv.install.part_entries import PartFile
from agentconv.parts.hooks import restraints as of_hooks
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.ir import Agent, Rule
    from agentconv.core.parts import Part
    from agentconv.core.restraints import Restraint
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.steps import Wanted
    from agentconv.install.units import Units

_RUN = "run"
_STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}


def lost(reader: Reader, lock: Lock, pack: str, wanted: Iterable[Wanted], *, staying: Collection[str] = ()) -> dict[str, tuple[Grant, ...]]:
    """Return by hook and set of rules that is deployed what it holds back, and nothing that is to come does.

    Args:
        reader: Reads what is there: what its client reads now counts, not what a lock says of it.
        lock: What is ours.
        pack: The pack.
        wanted: What is to come of it.
        staying: Ids of what stays as it is in any case.
    """
    coming: dict[str, list[Part]] = {}
    servers: set[tuple[str, str]] = set()
    owners: dict[str, list[str]] = {}
    """By target the servers that rules for servers come with, which take the place of those that are there."""
    for one in wanted:
        if one.shared is not None and one.part in RESTRAINING:
            coming.setdefault(one.target, []).append(part_asking.alone(one))
            owners.setdefault(one.target, []).extend([one.agent] if one.beside else [])
        elif one.shared is not None and one.part == OF_SERVERS:
            servers.add((one.target, server_key(one.shared.name or "")))
    found: dict[str, dict[Grant, None]] = {}
    for entry in lock.entries:
        if entry.packs != (pack,) or entry.agent in staying or not _is_guard(entry):
            continue
        held = _held_by(entry, reader)
        lost_ones = _gone(held, coming.get(entry.target, ()), entry) if held is not None else ()
        if _is_of_servers(entry):
            lost_ones = (one for one in lost_ones if (entry.target, server_key(one.word.partition(":")[2])) in servers)
        of_servers = owners.get(entry.target, ()) if _is_of_servers(entry) else ()
        for grant in lost_ones:
            for id_ in (entry.agent, *of_servers):
                found.setdefault(id_, {})[grant] = None
    return {id_: tuple(several) for id_, several in found.items()}


def _is_guard(entry: Entry) -> bool:
    """Whether an entry is a hook, or a set of rules, be it one that closes tools of servers."""
    return entry.part in RESTRAINING and bool(entry.pointer) and (entry.agent.startswith(f"{entry.part}/") or _is_of_servers(entry))


def _is_of_servers(entry: Entry) -> bool:
    """Whether an entry has rules that close tools of servers, which go with these: a server that stays is not closed by them any more."""
    return entry.agent.startswith(f"{OF_SERVERS}/")


def _held_by(entry: Entry, reader: Reader) -> Part | None:
    """Return what is there for an entry, as its client reads it."""
    data = reader.read(entry.path)
    if not isinstance(data, bytes):
        return None
    name = entry.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return PartFile.read(entry.path, entry.target, entry.part, data).items.get(name)


def _gone(held: Part, coming: Sequence[Part], entry: Entry) -> Iterator[Grant]:
    """Yield what is held back now, and by none of what comes."""
    if entry.among and (isinstance(held, SetHook) or any(isinstance(one, PermissionSet) for one in coming)):
        return  # where the user had it before, it stays; rules come into one with the user's own, and none goes
    ours = {joined.shown(rule): deciding.text_of(rule) for rule in held.rules} if isinstance(held, PermissionSet) else {}
    came = {ours.get(one, one) for one in joined.came_of(entry)}
    for one in gone(held, coming):
        if not entry.among or one.text in came:
            yield from grants(held, one)


def gone(held: Part, coming: Sequence[Part]) -> Iterator[Restraint]:
    """Yield what a hook or a set of rules holds back, and none of those that come does.

    Args:
        held: What holds back now.
        coming: All of its client that come.
    """
    if isinstance(held, SetHook):
        guards = [effects.guard_of(one.definition) for one in coming if isinstance(one, SetHook) and of_hooks.of(one, None)]
        if not widening.is_guarded(effects.guard_of(held.definition), guards):
            yield from of_hooks.of(held, None)
    elif isinstance(held, PermissionSet):
        sets = [one for one in coming if isinstance(one, PermissionSet)]
        rules = [one.rule for several in sets for one in deciding.restraining(several)]
        texts = {one.text for several in sets for one in deciding.restraints(several)}
        old = {one.text: one.rule for one in deciding.restraining(held)}
        for one in deciding.restraints(held):
            if one.text not in texts and not (one.text in old and _is_ruled(old[one.text], rules)):
                yield one


def of_agent(before: Agent, after: Agent) -> Iterator[Grant]:
    """Yield what rules in an agent's own map hold back, and its new one does not: parts of a tool, and what it reads.

    What a whole tool does besides is compared as what the agent may do. So only maps count, of which the last rule that matches decides:
    rules of the set stand in them, too, since their clients take an agent's own before these.

    Args:
        before: As its client reads what is there.
        after: As it reads what is to be there.
    """
    if before.permissions.resolution != "last":
        return
    for one in deciding.restraining(PermissionSet(rules=before.permissions.rules, resolution="last")):
        about = deciding.effects_of(one)
        whole = one.rule.pattern is None or patterns.is_everything(one.rule.pattern)
        if one.rule.native == access.EVERY_CAPABILITY or (whole and about != {"read"}):
            continue
        said = [rule.effect for rule in after.permissions.rules if deciding.matches_all(rule, one.rule)]
        if not said or _STRICTNESS[said[-1]] < _STRICTNESS[one.rule.effect]:
            yield from (Grant(effect, f"what `{one.text}` holds back") for effect in sorted(about))


def behind(
    reader: Reader, mine: Collection[Entry], deployments: Iterable[Deployment], units: Units, waiting: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return by agent and part the guards that wait to hold back less, where it would be new and is not held to them.

    An earlier version's guards stay in the targets that hold them until what is looser is accepted; elsewhere, they kept out who might
    break them, and do so until then.

    Args:
        reader: Reads what is there.
        mine: What the lock has of the pack.
        deployments: What would come.
        units: Its agents and parts.
        waiting: Ids of what is not accepted.
    """
    known = {(entry.target, entry.agent) for entry in mine}
    guards: dict[str, list[Restraint]] = {}
    for entry in (entry for entry in mine if entry.agent in waiting and _is_guard(entry)):
        held = _held_by(entry, reader)
        guards.setdefault(entry.agent, []).extend(_restraints(held) if held is not None else ())
    found: dict[str, dict[str, None]] = {}
    for one in deployments:
        open_ = {id_: restraints for id_, restraints in guards.items() if (one.target, id_) not in known}
        for want in (want for want in one.wanted if open_ and (one.target, want.agent) not in known and want.agent not in waiting):
            broken = [id_ for id_, restraints in open_.items() if _is_held_back(want, restraints, units)]
            found.setdefault(want.agent, {}).update(dict.fromkeys(broken))
    return {id_: tuple(several) for id_, several in found.items() if several}


def _restraints(held: Part) -> Iterable[Restraint]:
    if isinstance(held, SetHook):
        return of_hooks.of(held, None)
    return deciding.restraints(held) if isinstance(held, PermissionSet) else ()


def _is_held_back(want: Wanted, restraints: Sequence[Restraint], units: Units) -> bool:
    if want.part:
        return want.agent in units.loaded and bool(set_restraints.held_back(units.loaded[want.agent], restraints))
    coming = reading_back.coming(want)[1]
    return coming is not None and bool(set_restraints.breaking(coming, restraints, want.target))


def grants(held: Part, one: Restraint) -> Iterator[Grant]:
    """Yield what may be done where something is not held back any more."""
    if isinstance(held, SetHook):
        yield Grant(HOOKS, f"tool use that the hook {one.text} may block")
    else:
        yield from _of_rule(one)


def _is_ruled(rule: Rule, rules: Iterable[Rule]) -> bool:
    """Whether one of some rules holds back all that another one does, and no less."""
    strict = ("deny",) if rule.effect == "deny" else ("deny", "ask")
    return any(one.effect in strict and deciding.matches_all(one, rule) for one in rules)


def _of_rule(one: Restraint) -> Iterator[Grant]:
    what = f"what `{one.text}` holds back"
    about = one.effects - {OF_SERVERS}
    for effect in [_RUN] if _RUN in about else sorted(about):
        yield Grant(effect, what)
    if OF_SERVERS in one.effects:
        yield Grant(server(one.server) if one.server else SERVERS, what)
