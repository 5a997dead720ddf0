"""Servers that stand in a target though nothing gives them any more, and that agents there have beyond their authors' words.

A part that is to go may wait for a person's word. Such a server does not: what an agent was given meanwhile would open it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion.open_servers import OpenServers
from agentconv.core import effects, vocabulary
from agentconv.core.restraints import SERVERS
from agentconv.install import part_entries
from agentconv.sources.parts import Parts
from agentconv.sources.user_places import Home

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from agentconv.conversion.options import Options
    from agentconv.install.lock import Entry
    from agentconv.install.places import Scope
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart


def of(
    entries: list[Entry], pieces: list[Loaded], options: Mapping[str, Options], scope: Scope, *, looking_for: Collection[str]
) -> set[str]:
    """Return the ids of parts whose server an agent of a target may not use, and has as it is there now.

    Args:
        entries: What is ours.
        pieces: The source's files, whose words count.
        options: By target what is insisted on, and what tells of an agent as the target has it.
        scope: Where it all is.
        looking_for: The ids of the parts that are asked about.
    """
    mine = [one for one in entries if one.part == SERVERS and one.agent in looking_for]
    return {id_ for target, said in options.items() for id_ in _in(target, mine, pieces, said, scope)}


def _in(target: str, entries: list[Entry], pieces: list[Loaded], options: Options, scope: Scope) -> Iterator[str]:
    """Yield these of one target."""
    asked = [one for one in entries if one.target == target]
    if not asked or options.there is None or vocabulary.unenforced(target).servers:
        return
    standing = _standing(asked, target, scope)
    for id_ in {one.agent for one in asked}:
        going = {effects.server_key(one.part.name or ""): one for at, one in standing.items() if at == id_}
        servers = OpenServers(target, options, going)
        for piece in pieces:
            for agent in piece.agents:
                servers.meet_there(agent, options.there(piece, agent, False))
        if servers.staying():
            yield id_


def _standing(asked: list[Entry], target: str, scope: Scope) -> Mapping[str, LoadedPart]:
    """Return by their ids the servers as the target's client reads them now."""
    root = os.path.realpath(scope.root)
    home = Home(scope.root, scope.variables) if scope.is_user else None
    there = {
        (os.path.join(root, one.path), part_entries.pointer(one.part)): one for one in Parts([scope.root], [target], home).of("servers")
    }
    found = {one.agent: there.get((os.path.join(root, one.path), one.pointer)) for one in asked}
    return {id_: one for id_, one in found.items() if one is not None}
