"""Agents of a user's own that have the name of one that comes, in a file of another name: an assistant would have two of that name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.diagnostics import InputError
from agentconv.core.ir import Agent
from agentconv.install import reading_back
from agentconv.sources import discovery
from agentconv.sources.loading import Loader
from agentconv.sources.user_places import Home

if TYPE_CHECKING:
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.steps import Namesake, Wanted


def of(scope: Scope, lock: Lock, pack: str) -> Namesake:
    """Return what gives the file in which an assistant has an agent of that name already; what is there is read once, when it is asked.

    Args:
        scope: Where something is deployed.
        lock: What is ours there: the files of the pack itself are nobody else's.
        pack: The pack's name.
    """
    ours = {entry.path for entry in lock.entries if pack in entry.packs}

    @cache
    def there(target: str) -> dict[str, str]:
        found = ((names.alike(name), path) for name, path in _agents(scope, target) if path not in ours)
        return {name: path for name, path in sorted(found, reverse=True)}  # noqa: C416 - of several the first

    def namesake(wanted: Wanted) -> str | None:
        if wanted.part or isinstance(wanted.shared, Agent):
            return None
        known = there(wanted.target)
        coming = reading_back.coming(wanted)[1] if known else None
        found = known.get(names.alike(coming.name)) if coming is not None else None
        return None if found == wanted.path else found

    return namesake


def _agents(scope: Scope, target: str) -> list[tuple[str, str]]:
    """Return the agents that an assistant has there, with the paths of their files."""
    try:
        if scope.is_user:
            found = discovery.discover_user(Home(scope.root, scope.variables), target)
        else:
            found = discovery.discover([str(scope.root)], target)
    except InputError:  # there is no such place, and so nobody
        return []
    pieces = [piece for piece in Loader(found.files) if piece.format == target]
    rows = ((agent, state, piece.path) for piece in pieces for agent, state in zip(piece.agents, piece.states, strict=False))
    return [(agent.name or "", path) for agent, state, path in rows if not state.dropped]
