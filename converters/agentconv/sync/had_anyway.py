"""Agents that a target has whatever is written for them: in the source's own folder, which its client reads, or in a file that stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from agentconv.core.dataclass import replace
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install.places import project, targets
from agentconv.sync import overriding, present, unchanged
from agentconv.sync.sources import key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.conversion.options import Options
    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sources.loaded import Loaded
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Sources


class HadAnyway:
    """The agents of one target that servers are open to as well as to those that are written."""

    def __init__(self, target: str, settings: Settings, locked: Iterable[Synced], scope: Scope | None) -> None:
        self._target = target
        self._settings = settings
        self._places = {one.agent: one for one in locked if one.target == target}
        self._scope = scope or project(settings.root)
        self._is_read = unchanged.is_read(settings, target, scope)
        self._is_served = self._is_read and not settings.formats[target].own
        self._own_first = registry.load(target).SPEC.own_first

    def judging(self, options: Options, sources: Sources) -> Options:
        """Return the options of a conversion with where it goes and what is there: all that writes agents or parts judges alike by that."""
        ids = frozenset(agent.id for at, agent in sources.agents() if at in self._places)
        root = os.path.realpath(self._scope.root)  # what the target reads of the source where it is, it has
        is_user = self._scope.is_user
        scope: Literal["project", "user"] = "user" if is_user else "project"
        return replace(options, scope=scope, root=root, rules_along=not is_user, there=self.of, staying=ids)

    def of(self, piece: Loaded, agent: Agent, written: bool) -> Agent | None:
        """Return an agent as the target has it by another file than what is written for it now; None where none counts."""
        if self._is_served:
            return self._instead(piece, agent)
        written = written and not overriding.is_skipped(self._settings, self._target, agent.name or "")
        stays = None if written else self._places.get(key(piece, agent))
        if stays is not None and (self._own_first or not self._is_read):
            like = self._scope.path_in_project(targets()[self._target], stays.path)
            return present.read(Disk(self._scope.root), stays.path, self._target, like).agents.get(stays.pointer)
        return self._instead(piece, agent) if self._is_read and not (written and self._own_first) else None

    def _instead(self, piece: Loaded, agent: Agent) -> Agent | None:
        """Return an agent as the target's client has it by the source's own file."""
        result = registry.load(self._target).read(piece.source) if piece.source is not None else None
        if result is None or len(result.set.agents) != len(piece.agents):
            return None
        at = [one.id for one in piece.agents].index(agent.id)
        return None if result.states[at].dropped else result.set.agents[at]
