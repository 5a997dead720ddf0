"""What servers are called in a set of several plugins, and how those who speak of one follow: parts by their fields, agents by theirs.

A plugin's client may call a server otherwise within it (`plugin_tools_db` for `db`), and two plugins may each have a `db`. In one set, the
first of a name keeps it, every other gets a number, and whoever spoke of it in its own plugin speaks of it by that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from agentconv.core import effects, hook_facts, hook_matchers
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.expressions import expression
from agentconv.core.part_format import difference
from agentconv.core.parts import Command, PermissionSet, Server, SetHook, Skill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agentconv.core.ir import Hook, Rule, ToolGrant
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_Entry = TypeVar("_Entry", "ToolGrant", "Rule")
_NAME = 64
"""How long a name with a number may be."""
_TOOLS = expression(r"[A-Za-z0-9_]+(?=[|)$\s]|$)")
"""What may be the last word of a tool's name in a matcher."""


@dataclass(slots=True)
class ServerNames:
    """The names of all servers of a set, and what somebody calls them by."""

    aliases: dict[str, str] = field(default_factory=dict)
    """Names that agents of plugins call servers by, to what these are called in the set."""
    within: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """By client and folder: names that servers have for those who stand there, to what they are called in the set; of several the first."""
    numbered: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By ids of servers that get a number, their names and those with it."""

    called: frozenset[str] = frozenset()
    """All names of servers in the set."""

    def spoken(self, loaded: LoadedPart) -> dict[str, str]:
        """Return what servers are called by a part, and what the set calls them."""
        return {**self.aliases, **self.within.get((loaded.client, loaded.root), {})}

    def named(self, loaded: LoadedPart) -> LoadedPart:
        """Return a server under its name in the set; any other part as it is."""
        if not isinstance(loaded.part, Server) or loaded.part.id not in self.numbered:
            return loaded
        definition = replace(loaded.part.definition, name=self.numbered[loaded.part.id][1])
        return replace(loaded, part=replace(loaded.part, definition=definition))


def of(parts: Iterable[LoadedPart], leaving: Callable[[LoadedPart], Part]) -> ServerNames:
    """Return the names of the servers among parts.

    Args:
        parts: All parts of a set.
        leaving: Returns a part as it is outside of its plugin: what is the same text there may be another file.
    """
    names = ServerNames()
    first: dict[str, list[tuple[str, Part]]] = {}
    servers = [one for one in parts if isinstance(one.part, Server)]
    taken = {effects.server_key(one.part.name or "") for one in servers}
    for one in servers:
        name, part = one.part.name or "", leaving(one)
        there = first.setdefault(effects.server_key(name), [])
        called = next((known for known, other in there if not difference(part, other)), None)
        if called is None:
            called = _numbered(name, taken) if there else name
            there.append((called, part))
        if called != name:
            names.numbered[one.part.id] = name, called
        if called != name or not one.also_called:
            names.within.setdefault((one.client, one.root), {}).setdefault(name, called)
        names.aliases |= dict.fromkeys(one.also_called, called)
    names.called = frozenset(called for there in first.values() for called, _ in there)
    return names


def _numbered(name: str, taken: set[str]) -> str:
    """Return a name with the first number that makes it another's."""
    number = 2
    while effects.server_key(found := f"{name[: _NAME - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    taken.add(effects.server_key(found))
    return found


def speaking(part: Part, names: Mapping[str, str]) -> Part | None:
    """Return a part that speaks of servers by other names; itself where it speaks of none, None where it cannot be made to.

    Args:
        part: Any part.
        names: What servers are called by it, to what they are called now; in the names of tools, both are spelled as these can be.
    """
    if not isinstance(part, (SetHook, PermissionSet, Skill, Command)):
        return part
    names = {effects.server_key(old): new for old, new in names.items()}
    if isinstance(part, SetHook):
        hook = _hook(part.definition, names)
        return part if hook is part.definition else None if hook is None else replace(part, definition=hook)
    if isinstance(part, PermissionSet):
        rules = tuple(_entry(one, names) for one in part.rules)
        return part if rules == part.rules else replace(part, rules=rules)
    changed: dict[str, Any] = {}
    for key in ("approved_tools", "denied_tools"):
        before = getattr(part, key)
        after = before and tuple(_entry(one, names) for one in before)
        changed |= {key: after} if after != before else {}
    if isinstance(part, Skill) and part.hooks:
        hooks = tuple(_hook(one, names) for one in part.hooks)
        if None in hooks:
            return None
        changed |= {"hooks": hooks} if hooks != part.hooks else {}
    return replace(part, **changed) if changed else part


def servers_of(part: Part) -> set[str]:
    """Return what a part calls the servers by that it speaks of; of a matcher, all of it."""
    if isinstance(part, SetHook):
        return {part.definition.matcher or ""}
    grants = part.rules if isinstance(part, PermissionSet) else ()
    entries = (*grants, *(getattr(part, "approved_tools", None) or ()), *(getattr(part, "denied_tools", None) or ()))
    matchers = {one.matcher for one in getattr(part, "hooks", None) or () if one.matcher}
    return {one.server for one in entries if one.server} | matchers


def _entry(one: _Entry, names: Mapping[str, str]) -> _Entry:
    """Return a grant or a rule that speaks of a server by its other name."""
    new = names.get(effects.server_key(one.server)) if one.server else None
    if one.server is None or new is None or effects.server_key(new) == effects.server_key(one.server):
        return one
    return replace(
        one, server=effects.server_key(new), native=one.native.replace(effects.server_key(one.server), effects.server_key(new), 1)
    )


def _hook(hook: Hook, names: Mapping[str, str]) -> Hook | None:
    """Return a hook about the same tools by their other names; None where nobody can say what its matcher is about then."""
    if hook_matchers.is_everything(hook) or hook.event not in hook_matchers.ON_TOOLS:
        return hook
    facts = hook_facts.hooks(hook.format)
    before, _, after = (facts.server_tool if facts else "").partition("{server}")
    between = after.partition("{tool}")[0]
    text = hook.matcher or ""
    if not before or not between:
        return hook
    words = {f"{before}{effects.server_key(old)}{between}": f"{before}{effects.server_key(new)}{between}" for old, new in names.items()}
    if words:
        any_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        text = re.sub(rf"(?<![A-Za-z0-9_-])(?:{any_of})", lambda found: words[found[0]], text)
    tools = {"x", *_TOOLS.findall(hook.matcher or "")}
    for old, new in words.items():
        for tool in tools:
            fits = hook_matchers.matches(hook.format, hook.matcher, old + tool)
            if fits and not hook_matchers.matches(hook.format, text, new + tool):
                return None
    return hook if text == hook.matcher else replace(hook, matcher=text)
