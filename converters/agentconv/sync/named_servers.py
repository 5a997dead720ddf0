"""The servers that agents name: whether the targets have them, get them, or could."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion.defined_servers import names_of
from agentconv.core import effects
from agentconv.core.dataclass import replace
from agentconv.sources.parts import Parts
from agentconv.sources.user_places import Home

if TYPE_CHECKING:
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

    def there(self, target: str) -> frozenset[str]:
        """Return the names of those that a target has, or gets in the same run."""
        along, own = self._settings.along, self.of(self._settings.source_format)
        named = {effects.server_key(name) for kind, name in along.named if kind == "servers"} if along else set()
        going = own if along and (along.needed or "servers" in along.kinds) else own & named
        return self.of(target) | going

    def hinted(self, done: Converted) -> Converted:
        """Return a result that says of servers of the source which stay there how they come along."""
        return replace(done, losses=tuple(map(self._hinted, done.losses)))

    def _hinted(self, loss: Loss) -> Loss:
        names = {effects.server_key(name) for name in names_of(loss)}
        if not names or not names <= self.of(self._settings.source_format):
            return loss
        return replace(loss, hint=f'`with = ["needed"]` in {self._settings.file.name} keeps what agents name in step, too')
