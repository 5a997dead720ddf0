"""What agents of the target call the parts by that go along with them, so that those who name a renamed one can follow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import effects, fields
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.losses import listed
from agentconv.core.parts import kind_of
from agentconv.formats import registry as formats
from agentconv.parts import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agentconv.conversion.part_law import PartVerdict
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind


@dataclass(frozen=True, slots=True)
class PartNames:
    """The names of the parts of one conversion."""

    target: str
    verdicts: Sequence[PartVerdict]
    container: str | None = None
    """The name of the container that they are in, where the target has one."""

    def rename(self, projection: Projection) -> None:
        """Let an agent follow the parts that it names, where they have other names now."""
        self._rename_skills(projection)
        if servers := self.renamed("servers"):
            self._rename_servers(projection, servers)

    def _rename_skills(self, projection: Projection) -> None:
        """Let an agent name the skills that are there, by the names that they have."""
        named, skills, gone = projection.source.skills or (), self.renamed("skills"), self._no_skills()
        skills |= {alias: skills.get(name, name) for alias, name in self._aliases("skills").items()}
        if "skills" in projection.target.holds and (lost := [name for name in named if name in gone]):
            named = tuple(name for name in named if name not in gone)
            projection.change("skills", named or None, "part-not-there", listed(lost))
        if skills.keys() & set(named):
            now = tuple(skills.get(name, name) for name in named)
            projection.change("skills", now, "part-renamed", listed(now))

    def _no_skills(self) -> set[str | None]:
        """Return the names of the source's skills that are none in the target."""
        skills = (one for one in self.verdicts if one.loaded.kind == "skills")
        return {one.loaded.part.name for one in skills if one.part is None or kind_of(one.part) != "skills"}

    def _rename_servers(self, projection: Projection, names: Mapping[str, str]) -> None:
        """Let an agent follow servers, in its references and in its tools."""
        for path, now in _following(names, projection.get):
            projection.change(path, now, "part-renamed", listed(dict.fromkeys(names.values())))

    def author_of(self, agent: Agent) -> Agent:
        """Return an agent as its author would have written it, had the servers the names that they have now."""
        servers = self.renamed("servers")
        changed = dict(_following(servers, partial(fields.get, agent))) if servers else {}
        return fields.with_values(agent, changed) if changed else agent

    def out_of_plugin(self, agent: Agent) -> Agent:
        """Return an agent that names the servers of its plugin as the set does."""
        aliases = self._aliases("servers")
        changed = dict(_following(aliases, partial(fields.get, agent))) if aliases else {}
        return fields.with_values(agent, changed) if changed else agent

    def renamed(self, kind: Kind) -> dict[str, str]:
        """Return old names to new ones, of parts that agents call otherwise in the target."""
        found = ((one.loaded.part.name, one.part) for one in self.verdicts if one.part is not None and one.loaded.kind == kind)
        pairs = ((old, self._called(kind, part.name or "")[0]) for old, part in found)
        return {old: new for old, new in pairs if old and new and old != new}

    def _aliases(self, kind: Kind) -> dict[str, str]:
        """Return what agents of a plugin call its parts by, to their names, where agents of the target do not call them so."""
        found = [(one.loaded, one.part or one.loaded.part) for one in self.verdicts if one.loaded.also_called and one.loaded.kind == kind]
        pairs = ((alias, loaded.part.name or "", part.name or "") for loaded, part in found for alias in loaded.also_called)
        return {alias: name for alias, name, new in pairs if alias not in self._called(kind, new)}

    def _called(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return what agents of the target call a part by."""
        container = registry.container(self.target) if formats.FORMATS[self.target].index else None
        return container.called(self.container, kind, name) if container and self.container and name else (name,)


def _following(names: Mapping[str, str], get: Callable[[str], Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the fields of an agent that name servers which have other names now, with these."""
    keys = {effects.server_key(old): new for old, new in names.items()}
    for path in ("mcp_servers", "tools.allow", "tools.deny", "permissions.rules"):
        now, hit = [], False
        for one in get(path) or ():
            own = one.name if path == "mcp_servers" else one.server
            new = None if own is None or (path == "mcp_servers" and one.transport) else keys.get(effects.server_key(own))
            now.append(one if new is None else replace(one, **{"name" if path == "mcp_servers" else "server": new}))
            hit = hit or new is not None
        if hit:
            yield path, tuple(now)
