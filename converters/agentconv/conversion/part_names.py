"""What agents of the target call the parts by that go along with them, so that those who name a renamed one can follow."""

from __future__ import annotations

import os
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core import effects, fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.losses import listed, quoted
from agentconv.core.parts import kind_of
from agentconv.formats import registry as formats
from agentconv.parts import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from agentconv.conversion.part_law import PartVerdict
    from agentconv.conversion.server_names import ServerNames
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.sources.parts_on_disk import LoadedPart


@dataclass(frozen=True, slots=True)
class PartNames:
    """The names of the parts of one conversion."""

    target: str
    verdicts: Sequence[PartVerdict]
    servers: ServerNames
    """What servers are called in the set."""
    container: str | None = None
    """The name of the container that they are in, where the target has one."""
    _renamed: dict[Kind, dict[str, str]] = field(default_factory=dict)
    """What is called otherwise, found once: every agent is asked whether it names any of it."""
    _skills: dict[str, list[PartVerdict]] = field(default_factory=dict)
    """Skills by what agents may call them by, found once as well."""
    _spoken: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """By client and folder, what servers are called by who stands there: the same for all parts."""

    def rename(self, projection: Projection) -> None:
        """Let an agent follow the parts that it names, where they have other names now."""
        self._rename_skills(projection)
        if servers := self.renamed("servers"):
            self._rename_servers(projection, servers)

    def _rename_skills(self, projection: Projection) -> None:
        """Let an agent name the skills that are there, by the names that they have."""
        named = projection.source.skills or ()
        meant = self._meant(projection, named) if named else {}
        gone = [name for name, one in meant.items() if one.part is None or kind_of(one.part) != "skills"]
        if "skills" in projection.target.holds and gone:
            named = tuple(name for name in named if name not in gone)
            projection.change("skills", named or None, "part-not-there", listed(gone))
        now = tuple(self._skill(name, meant[name]) if name in meant else name for name in named)
        if now != named:
            projection.change("skills", now, "part-renamed", listed(now))

    def _meant(self, projection: Projection, named: Sequence[str]) -> dict[str, PartVerdict]:
        """Return by name the skill that an agent means: of several of one name that of its own plugin, else the first, which is told."""
        if not self._skills:
            for one in self.verdicts:
                for name in dict.fromkeys(one.loaded.names if one.loaded.kind == "skills" else ()):
                    self._skills.setdefault(name, []).append(one)
        found: dict[str, PartVerdict] = {}
        for name in dict.fromkeys(named):
            there = self._skills.get(name, [])
            own = next((one for one in there if _lies_in(projection.source, one.loaded.root)), None)
            if there:
                found[name] = own or there[0]
            if own is None and len({one.part.name for one in there if one.part}) > 1:
                projection.remark("part-ambiguous", "skills", quoted(name))
        return found

    def _skill(self, name: str, one: PartVerdict) -> str:
        """Return what agents of the target call a skill by that is called so in the source."""
        names = self.called("skills", one.part.name or "") if one.part else (name,)
        return name if name in one.loaded.also_called and name in names else names[0]

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
        split = dict(_split(self.servers.called, partial(fields.get, agent))) if self.servers.called else {}
        agent = fields.with_values(agent, split) if split else agent
        names = self._in_set(agent)
        changed = dict(_following(names, partial(fields.get, agent))) if names else {}
        return fields.with_values(agent, changed) if changed else agent

    def _in_set(self, agent: Agent) -> dict[str, str]:
        """Return what an agent calls servers by that are called otherwise in the set, and not so by agents of the target, either."""
        names = {alias: name for alias, name in self.servers.aliases.items() if alias not in self.called("servers", name)}
        for (_, root), within in self.servers.within.items():
            other = {old: new for old, new in within.items() if old != new}
            names |= other if other and _lies_in(agent, root) else {}
        return names

    def spoken(self, loaded: LoadedPart) -> Mapping[str, str]:
        """Return what a part calls servers by, to what is to be said of them in the target."""
        who = loaded.client, loaded.root
        if who not in self._spoken:
            self._spoken[who] = {old: self.called("servers", name)[0] for old, name in self.servers.spoken(loaded).items()}
        return self._spoken[who]

    def renamed(self, kind: Kind) -> Mapping[str, str]:
        """Return old names to new ones, of parts that agents call otherwise in the target."""
        if kind not in self._renamed:
            found = ((one.loaded.part.name, one.part) for one in self.verdicts if one.part is not None and one.loaded.kind == kind)
            pairs = ((old, self.called(kind, part.name or "")[0]) for old, part in found)
            self._renamed[kind] = {old: new for old, new in pairs if old and new and old != new}
        return self._renamed[kind]

    def called(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return what agents of the target call a part by."""
        container = registry.container(self.target) if formats.FORMATS[self.target].index else None
        return container.called(self.container, kind, name) if container and self.container and name else (name,)


def _lies_in(agent: Agent, root: str) -> bool:
    """Whether an agent's file lies in the plugin of a folder."""
    source, root = agent.origin.source if agent.origin else "", root.replace(os.sep, "/")
    folders = (parent.as_posix() for parent in PurePosixPath(source).parents)
    return any(root == folder or root.endswith(f"/{folder}") for folder in folders if folder not in (".", "/"))


def _split(known: Collection[str], get: Callable[[str], Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the fields of an agent in which a tool of a known server is one word, `server_tool`, that was split elsewhere."""
    for path in ("tools.allow", "permissions.rules"):
        now = tuple(_said(one, known) for one in get(path) or ())
        if now != tuple(get(path) or ()):
            yield path, now


def _said(one: Any, known: Collection[str]) -> Any:
    """Return a grant or rule with the server that it is about; a denial is about all that it may be."""
    if not one.server or one.native != f"{one.server}_{one.tool}" or getattr(one, "effect", "allow") == "deny":
        return one
    server, tool = effects.of_server(one, known)
    return one if server == one.server else replace(one, server=server, tool=tool)


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
