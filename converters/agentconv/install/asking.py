"""What agents that are to be deployed may do beyond those that are there: bytes on the disk against bytes that will be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field
from agentconv.install import agent_scripts, consent, loosening, part_asking, reading_back, several_files, whole_files
from agentconv.install.checksums import sha256
from agentconv.install.draft import Draft
from agentconv.install.several_files import checksum
from agentconv.install.steps import nobody
from agentconv.install.whole_files import NOT_OURS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.grant import Grant
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.steps import Namesake, Wanted
    from agentconv.install.units import Units


@dataclass(frozen=True, slots=True)
class Asks:
    """What one agent asks for beyond what is there."""

    grants: tuple[Grant, ...]
    is_there: bool
    """Whether anything is deployed of it, in one target at least."""


@dataclass(slots=True)
class _Found:
    """What is known of one agent in all targets."""

    more: dict[Grant, None] = field(default_factory=dict)
    there: list[Agent] = field(default_factory=list)
    """As the clients read what is deployed of it."""
    unchanged: list[Wanted] = field(default_factory=list)
    """What is there already, byte for byte, and is not read for that."""
    is_new: bool = False
    """Whether it comes to a place where it is not."""
    unheld: dict[Grant, None] = field(default_factory=dict)
    """What it may do in places where it is not, because their clients do not hold it to its file."""


def more(
    reader: Reader,
    lock: Lock,
    pack: str,
    wanted: Iterable[Wanted],
    units: Units,
    *,
    force: bool,
    kept: Collection[str] = (),
) -> dict[str, Asks]:
    """Return by agent and part what it may do beyond what is deployed of it; nothing of those that ask for nothing more.

    What the lock says decides only whether a file is one of the pack's: one that is not counts for nothing.

    Args:
        reader: Reads what is there.
        lock: What is ours there.
        pack: Name of the pack.
        wanted: All of it that gets to where it is to be (`coming`): what does not come asks for nothing.
        units: Its agents and parts as they are in the pack.
        force: Whether what was edited is replaced.
        kept: Agents and parts in whose places a user's own stays.
    """
    entries = {entry.key: entry for entry in lock.entries if pack in entry.packs}
    found: dict[str, _Found] = {}
    wanted = tuple(wanted)
    for one in (one for one in wanted if not one.part):
        _look(found.setdefault(one.agent, _Found()), one, entries, reader, force=force and one.agent not in kept)
    of_agents = [one for one in wanted if agent_scripts.is_one(one, units)]
    for agent, grant in agent_scripts.more(reader, of_agents):
        found.setdefault(agent, _Found()).more[grant] = None
    asks = {agent: Asks(_asks(known, units.agents[agent]), bool(known.there or known.unchanged)) for agent, known in found.items()}
    of_parts = part_asking.more(
        reader, entries.values(), (one for one in wanted if one.part and one not in of_agents), units.parts, force=force
    )
    asks |= {id_: Asks(grants, there) for id_, (grants, there) in of_parts.items()}
    return {id_: one for id_, one in asks.items() if one.grants}


def all_of(wanted: Iterable[Wanted], units: Units) -> dict[str, tuple[Grant, ...]]:
    """Return by agent and part what it may do at all where it is to be: what it is, and what its clients do not hold it to."""
    found: dict[str, dict[Grant, None]] = {}
    for one in wanted:
        grants = found.setdefault(one.agent, dict.fromkeys(consent.grants(units.all[one.agent])))
        grants.update([(agent_scripts.grant(one), None)] if agent_scripts.is_one(one, units) else [])
        coming = None if one.part else reading_back.coming(one)[1]
        grants.update(dict.fromkeys(consent.unheld(coming, one.target) if coming is not None else ()))
    return {id_: tuple(grants) for id_, grants in sorted(found.items())}


def _look(known: _Found, one: Wanted, entries: Mapping[tuple[str, str], Entry], reader: Reader, *, force: bool) -> None:
    """Hold one file, or entry of one, against what is in its place."""
    data = reader.read(one.path)
    if one.shared is None and data == one.data:
        known.unchanged.append(one)
        return
    pointer, coming = reading_back.coming(one)
    there = reading_back.there(reader, one.target, one.path, pointer)
    entry = entries.get((one.path, pointer))
    if there is not None and coming is not None and (entry is not None or fields.same(there, coming)):
        known.there.append(there)
        if force or entry is None or _is_as_locked(entry, data, there):
            known.more.update(dict.fromkeys(consent.beyond(there, coming, one.target)))
            known.more.update(dict.fromkeys(loosening.of_agent(there, coming)))
            before = consent.unheld(there, one.target)
            known.more.update(dict.fromkeys(grant for grant in consent.unheld(coming, one.target) if grant not in before))
    else:
        known.is_new = True
        known.unheld.update(dict.fromkeys(consent.unheld(coming, one.target) if coming is not None else ()))


def coming(
    reader: Reader,
    lock: Lock,
    pack: str,
    wanted: Iterable[Wanted],
    *,
    force: bool,
    kept: Collection[str] = (),
    namesake: Namesake = nobody,
) -> Iterator[Wanted]:
    """Yield what gets to where it is to be, as planning decides it: what is somebody else's there stays, whatever anybody accepts.

    Args:
        reader: Reads what is there.
        lock: What is ours there.
        pack: Name of the pack.
        wanted: All that is to be there of it.
        force: Whether what was edited, or is somebody else's, is replaced.
        kept: Agents and parts in whose places a user's own stays.
        namesake: Returns the file in which a user has an agent of that name already.
    """
    draft = Draft(reader, lock, pack, force=force, kept=kept, namesake=namesake)
    groups: dict[tuple[str, str], list[Wanted]] = {}
    several = tuple(wanted)
    for one in (one for one in several if one.shared is not None):
        groups.setdefault((one.path, one.part), []).append(one)
    away = {id(each.wanted) for group in groups.values() for each in several_files.decided(draft, group) if each.action in NOT_OURS}
    for one in whole_files.together(draft, several):
        if id(one) not in away and (one.shared is not None or whole_files.decided(draft, one).action not in NOT_OURS):
            yield one


def _is_as_locked(entry: Entry, data: object, there: Agent) -> bool:
    """Whether nobody edited what is there: what somebody did stays, and asks for nothing."""
    found = checksum(there) if entry.pointer else sha256(data) if isinstance(data, bytes) else None
    return found == entry.deployed_sha256


def _asks(known: _Found, agent: Agent) -> tuple[Grant, ...]:
    """Return what an agent asks for beyond what is there; where it is new in a place, all that it does nowhere yet."""
    if not known.is_new:
        return tuple(known.more)
    unchanged = (reading_back.coming(one)[1] for one in known.unchanged)
    had = {grant for one in (*known.there, *unchanged) if one is not None for grant in consent.grants(one)}
    return tuple(dict.fromkeys((*known.more, *(grant for grant in consent.grants(agent) if grant not in had), *known.unheld)))
