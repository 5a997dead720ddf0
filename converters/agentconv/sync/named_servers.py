"""The servers and skills that agents name: whether the targets have them, get them, or could."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from agentconv.conversion.defined_servers import names_of
from agentconv.core import effects
from agentconv.core.dataclass import replace
from agentconv.parts import places
from agentconv.sources.parts import Parts
from agentconv.sources.user_places import Home

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Loss
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings


class Servers:
    """The servers of one project, or of the user, by assistant."""

    def __init__(self, settings: Settings, scope: Scope | None) -> None:
        self._settings = settings
        self._home = Home(scope.root, scope.variables) if scope is not None and scope.is_user else None
        self._root = settings.root if scope is None else scope.root
        self.of = cache(self._of)
        """Returns the names of the servers that an assistant has, as its own."""

    def _of(self, client: str) -> frozenset[str]:
        found = Parts([self._root], [client], self._home).of("servers")
        return frozenset(effects.server_key(name) for one in found if one.taken for name in one.names)

    def _asked_for(self, names: Collection[str]) -> bool:
        """Whether the configuration takes servers along, as far as a target can have them."""
        along = self._settings.along
        if along is None:
            return False
        named = {effects.server_key(name) for kind, name in along.named if kind == "servers"}
        return along.needed or "servers" in along.kinds or named.issuperset(names)

    def hinted(self, done: Converted) -> Converted:
        """Return a result that says of servers of the source which stay there how they come along."""
        return replace(done, losses=tuple(map(self._hinted, done.losses)))

    def _hinted(self, loss: Loss) -> Loss:
        if loss.code in ("field-dropped", "skills-unreachable") and loss.field == "skills":
            return self._about_skills(loss)
        names = {effects.server_key(name) for name in names_of(loss)}
        if not names or not names <= self.of(self._settings.source_format) or self._asked_for(names):
            return loss
        return replace(loss, hint=self._to_come_along)

    def _about_skills(self, loss: Loss) -> Loss:
        """Return what is lost of an agent's skills with what to do about those that no file here is of, or that stay here."""
        named = loss.data.values[0] if loss.data and loss.data.values and isinstance(loss.data.values[0], tuple) else ()
        missing = [name for name in named if name != "*" and ":" not in name and name not in self._skills]
        if missing:
            folder = places.folder_of_skills(self._settings.source_format)
            listed = ", ".join(f"`{name}`" for name in missing)
            hint = f"no file here is {listed}: put it into {folder}/{missing[0]}/SKILL.md, or take it out"
            return replace(loss, hint=hint)
        return loss if self._settings.along or not named else replace(loss, hint=self._to_come_along)

    @property
    def _to_come_along(self) -> str:
        return f'`with = ["needed"]` in {self._settings.own_file} keeps what agents name in step, too'

    @cached_property
    def _skills(self) -> frozenset[str]:
        """The names of the source's skills."""
        found = Parts([self._root], [self._settings.source_format], self._home).of("skills")
        return frozenset(name for one in found if one.taken for name in one.names)
