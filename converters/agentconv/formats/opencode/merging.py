"""One agent out of several files of OpenCode 1.18.33 or Kilo 7.7.9, merged as these do (asked): key by key, and maps deeply.

Configurations at the root come first, then folder by folder its configurations, its agents, and its modes. Of the markdown files of one
folder the last one counts, whole. What a configuration says below `mode` is merged by itself, and goes over all that. A word of a
permission map keeps its place where a later file says it anew, so that `"*"` of a later file decides over all words before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, replace
from agentconv.parts.permissions import uniting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.format import Fragment
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Key

_TOGETHER = {"permissions.rules": ("permission", "tools"), "limits.max_turns": ("steps", "maxSteps")}
"""Fields that several keys give, by the keys."""
_PROMPT = ("prompt.text", "prompt.mode", "prompt.syntax")


@dataclass(frozen=True, slots=True)
class Merging:
    """How a client puts together what its files say of one agent."""

    keys: Mapping[str, Key]
    configurations: tuple[str, ...]
    """Paths of the configurations, from the project's root, in the order in which they count."""
    roots: tuple[str, ...]
    """The client's folders in that order."""

    def layer(self, path: str) -> tuple[int, ...] | None:
        """Return where a file stands in the order; files of one layer are not merged, but the last one counts. None for any other."""
        head = path.partition("/")[0]
        root = self.roots.index(head) + 1 if head in self.roots else 0
        if path in self.configurations:
            return root, 0, self.configurations.index(path)
        leaf = path.split("/")[1] if root and "/" in path else ""
        return (root, 2 if leaf.startswith("mode") else 1) if leaf and path.endswith(".md") else None

    def merged(self, fragments: Sequence[Fragment]) -> tuple[Agent, dict[str, Fragment]]:
        """Return the agent, and by key which file's value it has.

        Args:
            fragments: What the files say, in the order in which they count.
        """
        modes = [one for one in fragments if _is_mode(one)]
        agents = [one for one in fragments if one not in modes]
        if agents and modes:
            low, high = self._over(agents), self._over(modes)
            agent = self._put(low[0], high[0], set(high[1]), by_user=True)
            return agent, {**low[1], **high[1]}
        return self._over(fragments, by_user=bool(modes))

    def _over(self, fragments: Sequence[Fragment], *, by_user: bool = False) -> tuple[Agent, dict[str, Fragment]]:
        first, *others = fragments
        agent, won = first.agent, dict.fromkeys(self._said(first), first)
        for one in others:
            said = self._said(one)
            agent = self._put(agent, one.agent, said, by_user=by_user or "/mode" in one.path.rpartition("/")[0])
            won.update(dict.fromkeys(said, one))
        return agent, won

    def _said(self, one: Fragment) -> set[str]:
        """Return the keys that a file gives an agent; a markdown file gives the prompt, be it empty."""
        named = {*self.keys, *(key for several in _TOGETHER.values() for key in several), "prompt"} - {"name"}
        said = {key for key in named if one.has(key)}
        return said | ({""} if one.path.endswith(".md") or "prompt" in said else set()) - {"prompt"}

    def _put(self, below: Agent, above: Agent, said: set[str], *, by_user: bool) -> Agent:
        """Return an agent with what another file says of it over what it is."""
        paths = {path for key in said if key in self.keys for path in self.keys[key].fields}
        paths |= {path for path, keys in _TOGETHER.items() if said.intersection(keys)}
        paths |= set(_PROMPT if "" in said else ()) | ({"invocation.by"} if by_user else set())
        values = {path: fields.get(above, path) for path in paths}
        if "permissions.rules" in paths:
            values["permissions.rules"] = uniting.merged([below.permissions.rules, above.permissions.rules])
            values["permissions.resolution"] = "last" if values["permissions.rules"] else None
        extras = cast("dict[str, dict[str, Json]]", _deeply(below.extras, above.extras))
        put = fields.with_values(below, values)
        return replace(put, id=above.id, name=above.name, origin=above.origin, extras=extras)


def _is_mode(one: Fragment) -> bool:
    return bool(one.agent.origin) and one.agent.origin.pointer.startswith("/mode/")  # type: ignore[union-attr]


def _deeply(below: object, above: object) -> object:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _deeply(below[key], value) if key in below else value for key, value in above.items()}}
