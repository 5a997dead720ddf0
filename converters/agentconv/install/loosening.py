"""What is deployed to hold a whole set back, and would go, or hold back less: that may be more than anybody accepted, and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, widening
from agentconv.core.effects import server_key
from agentconv.core.parts import PermissionSet, SetHook
from agentconv.core.plain_words import HOOKS, SERVERS, server
from agentconv.core.restraints import RESTRAINING
from agentconv.core.restraints import SERVERS as OF_SERVERS
from agentconv.install import part_asking
from agentconv.install.grant import Grant
from agentconv.install.part_entries import PartFile
from agentconv.parts.hooks import restraints as of_hooks
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.ir import Rule
    from agentconv.core.parts import Part
    from agentconv.core.restraints import Restraint
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.steps import Wanted

_RUN = "run"


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
    ours = {rule.shown: deciding.text_of(rule) for rule in held.rules} if isinstance(held, PermissionSet) else {}
    came = {ours.get(one, one) for one in entry.came}
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
