"""Agents that a target has whatever is written for them: in the source's own folder, which its client reads, or in a file that stays."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from agentconv.core.dataclass import replace
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install.places import project, targets
from agentconv.sync import overriding, present, unchanged
from agentconv.sync.sources import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.conversion.options import Options
    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sources.loaded import Loaded
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key, Sources


class HadAnyway:
    """The agents of one target that servers are open to as well as to those that are written."""

    def __init__(self, sources: Sources, target: str, settings: Settings, locked: Iterable[Synced], scope: Scope | None) -> None:
        self._sources = sources
        self._target = target
        self._settings = settings
        self._places: Mapping[tuple[str, str], Synced] = {one.agent: one for one in locked if one.target == target}
        self._scope = scope or project(settings.root)
        self._is_read = unchanged.is_read(settings, target, scope)
        self._is_served = self._is_read and not settings.formats[target].own

    def judging(self, options: Options) -> Options:
        """Return the options of a conversion with where it goes and what is there: all that writes agents or parts judges alike by that."""
        ids = frozenset(agent.id for at, agent in self._sources.agents() if at in self._places)
        root = os.path.realpath(self._scope.root)  # what the target reads of the source where it is, it has
        is_user = self._scope.is_user
        scope: Literal["project", "user"] = "user" if is_user else "project"
        return replace(options, scope=scope, root=root, rules_along=not is_user, there=self.of, staying=ids)

    def of(self, piece: Loaded, agent: Agent, written: bool) -> Agent | None:
        """Return an agent as the target has it by another file than what is written for it now; None where none counts."""
        if self._is_served:
            return self._instead.get(key(piece, agent))
        written = written and not overriding.is_skipped(self._settings, self._target, agent.name or "")
        own_first = registry.load(self._target).SPEC.own_first
        stays = None if written else self._places.get(key(piece, agent))
        if stays is not None and (own_first or not self._is_read):
            return self._as_it_stays(stays)
        return self._instead.get(key(piece, agent)) if self._is_read and not (written and own_first) else None

    def _as_it_stays(self, stays: Synced) -> Agent | None:
        like = self._scope.path_in_project(targets()[self._target], stays.path)
        return present.read(Disk(self._scope.root), stays.path, self._target, like).agents.get(stays.pointer)

    @cached_property
    def _instead(self) -> Mapping[Key, Agent]:
        from agentconv.sync import serving  # which looks at what is given, too

        return serving.instead(self._sources, self._target)
