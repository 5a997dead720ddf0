"""Whether a pack's bytes convert to what lies in a place of it: what the lock says of a file is a claim, and lets no file go by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.install import deployment, part_asking, reading_back
from agentconv.install.steps import unknown
from agentconv.install.units import Units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry, LockedPack
    from agentconv.install.places import Scope
    from agentconv.install.steps import Given, Wanted
    from agentconv.packs.finding import Pack


def given(packs: Iterable[Pack | None], locked: LockedPack | None, scope: Scope, reader: Reader) -> Given:
    """Return what tells about the entries of a pack.

    Args:
        packs: The packs of its name that are here.
        locked: What the lock says of it: only a pack of these very bytes can tell what is none of it.
        scope: Where it is deployed.
        reader: Reads what is there.
    """
    here = [one for one in packs if one and locked]
    exact = next((one for one in here if locked and is_of(one, locked)), None)
    pack = exact or next(iter(here), None)
    if pack is None or locked is None:
        return unknown
    known = Units(pack.pieces()).all
    earlier = {agent.id for agent in locked.agents if agent.version}
    forms: dict[str, dict[tuple[str, str], Wanted]] = {}

    def tell(entry: Entry) -> bool | None:
        if entry.agent not in known:
            return None  # an earlier version may have had it
        if entry.target not in forms:
            done = deployment.deploy(pack.manifest, list(pack.pieces()), {entry.target: None}, scope, reader)
            forms[entry.target] = {(one.path, _pointer(one)): one for each in done for one in each.wanted}
        form = forms[entry.target].get(entry.key)
        if form is not None and entry.agent in earlier:
            return None  # an update left it as it was in an earlier version
        gives = form is not None and _gives(form, entry, reader)
        return gives or (False if exact else None)  # of another version, only what is in that one, too, can be told

    return tell


def is_of(pack: Pack, locked: LockedPack) -> bool:
    """Whether a pack has the very bytes that the lock is about."""
    return (pack.manifest.version, pack.manifest_sha256) == (locked.version, locked.manifest_sha256)


def _pointer(one: Wanted) -> str:
    """Return where an entry will be in its file."""
    return (part_asking.pointer(one) if one.shared is not None else "") if one.part else reading_back.coming(one)[0]


def _gives(form: Wanted, entry: Entry, reader: Reader) -> bool:
    """Whether what a pack is converted to is what is there."""
    if entry.among:
        return part_asking.is_of(form, entry)
    if form.part:
        return part_asking.is_version(reader, form)
    there, coming = reading_back.there(reader, entry.target, entry.path, entry.pointer), reading_back.coming(form)[1]
    return there is not None and coming is not None and _is_version(there, coming)


def _is_version(there: Agent, form: Agent) -> bool:
    """Whether an agent is one that some version of agentconv makes of a pack's: tools may be put otherwise, the prompt may not."""
    return (there.name, there.prompt and there.prompt.text) == (form.name, form.prompt and form.prompt.text)
