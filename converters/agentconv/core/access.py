"""How freely an agent may use each capability, by its tools, its rules, its mode and its sandbox.

No client is named here: a client's facts are in the agent or in the vocabulary.
"""

from __future__ import annotations

from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core import partial, patterns, rule_facts, vocabulary
from agentconv.core.dataclass import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Permissions, Rule, ToolGrant, Tools
    from agentconv.core.partial import Ordered, Part, Rows

EFFECT_OF = {
    "fs.read": "read",
    "fs.list": "read",
    "fs.search": "read",
    "fs.write": "write",
    "fs.edit": "write",
    "notebook.edit": "write",
    "web.fetch": "network",
    "web.search": "network",
    "shell": "run",
}


HARMLESS = frozenset({"delegate", "todo", "skill", "ask"})


CAPABILITIES = (*EFFECT_OF, *sorted(HARMLESS), "mcp")


EFFECTS = ("read", "write", "network", "run")


READ_ONLY_MODES = frozenset({"plan", "read-only"})
"""Modes that an author closes writing and running with."""


HELD_MODES = frozenset({"read-only"})
"""Those of them that a client holds an agent to: all others give way to a more permissive caller, and close nothing there."""


CLOSED_BY_MODES = ("write", "run")


_ASKING_MODES = frozenset({"default", "dont-ask"})
"""Modes that ask before what the user's settings do not allow, or deny it; so does each that closes nothing."""


EVERY_CAPABILITY = "*"


class Level(IntEnum):
    """How freely an effect may be used."""

    NO = 0
    ASK = 1
    INHERIT = 2
    """As the user's own settings of the client say."""
    ALLOW = 3
    """Without asking, because the agent's file says so."""


_LEVELS = {"deny": Level.NO, "ask": Level.ASK, "allow": Level.ALLOW}


_UNATTENDED: Mapping[str, tuple[str, ...]] = {"bypass": EFFECTS, "auto": EFFECTS, "accept-edits": ("write",)}
"""What a mode leaves unattended, where no client says otherwise."""
ASKING_FOR_NOTHING = frozenset(mode for mode, free in _UNATTENDED.items() if free == EFFECTS)
"""Modes in which nothing at all is asked for."""


@dataclass(frozen=True, slots=True)
class Access:
    """How freely a capability may be used, and what restricts it to a part."""

    level: Level
    parts: frozenset[Part] = frozenset()
    freer: frozenset[Ordered] = frozenset()
    """Patterns of which some are open more freely than all of it."""
    reopened: frozenset[Ordered] = frozenset()
    """Patterns of which a later one may open some of what one before it closes."""


@lru_cache(maxsize=1024)
def accesses(tools: Tools, permissions: Permissions, format_id: str | None, *, held: bool = False) -> Mapping[str, Access]:
    """Return each capability that is open outside of a sandbox, with its level; closed ones are left out.

    Args:
        tools: The agent's tools.
        permissions: Its permissions.
        format_id: The client whose tools are inherited where there is no list.
        held: Whether only that is closed which the client closes.
    """
    words = _words_left(tools, format_id) if held and format_id else None
    have = capabilities_of(tools, format_id) if words is None else {capability for several in words.values() for capability in several}
    found: dict[str, Access] = {}
    for capability in sorted(have):
        meant = permissions if words is not None else _without_moot(capability, tools, permissions, format_id)
        access = _by_rules(capability, meant) if words is None else _by_words(capability, permissions, words, format_id)
        level = _by_mode(EFFECT_OF.get(capability), access.level, permissions, format_id, held=held)
        if level:
            freer = access.freer if level < Level.ALLOW else frozenset()
            found[capability] = Access(level, access.parts | _by_patterns(capability, tools), freer, access.reopened)
    return found


def is_moot(rule: Rule, capability: str, tools: Tools, permissions: Permissions, client: str | None) -> bool:
    """Whether a rule closes a tool, or asks for it, beside the client's first tool for the same, which the agent may use more freely."""
    first = vocabulary.tool_for(client, capability) if client else None
    if not client or first is None or rule.effect == "allow" or not _is_beside(rule.native, capability, client):
        return False
    left = _words_left(tools, client) or {}
    return first in left and _by_rules(capability, permissions, first).level > _LEVELS[rule.effect]


def is_moot_denial(denied: ToolGrant, capability: str, tools: Tools, client: str | None) -> bool:
    """Whether a tool is denied beside the client's first tool for the same, which is left to the agent."""
    if not client or denied.server or not _is_beside(denied.native, capability, client):
        return False
    return vocabulary.tool_for(client, capability) in (_words_left(tools, client) or {})


def _is_beside(word: str, capability: str, client: str) -> bool:
    """Whether a word is one of the client's for a capability, but not the first."""
    own = vocabulary.own_word(client, word)
    return own in vocabulary.tools_for(client, capability)[1:]


def _without_moot(capability: str, tools: Tools, permissions: Permissions, client: str | None) -> Permissions:
    """Return permissions without the rules that say nothing of a capability, since the client's first tool for it is open."""
    rules = tuple(rule for rule in permissions.rules if not is_moot(rule, capability, tools, permissions, client))
    return permissions if len(rules) == len(permissions.rules) else replace(permissions, rules=rules)


def _words_left(tools: Tools, client: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return the words of the tools that a client gives an agent, with what each stands for; None of a client without words.

    Those are the words that the agent lists, or all that the client has, but for those that it is denied by words of the client.
    """
    own = vocabulary.tool_words(client)
    if not own:
        return None
    have = {word: vocabulary.grants(client, word) for word in own} if tools.mode == "inherit" else {}
    for grant in tools.allow if tools.mode == "list" else ():
        if not grant.server:
            have[vocabulary.own_word(client, grant.native) or grant.native] = granted(grant)
    whole = [grant.native for grant in tools.deny if not grant.server and not is_enforced(grant)]
    gone = {word for denied in whole for word in vocabulary.closed_with(client, denied)}
    return {word: meanings for word, meanings in have.items() if word not in gone}


def _by_words(capability: str, permissions: Permissions, words: Mapping[str, tuple[str, ...]], client: str | None) -> Access:
    """Resolve the rules for a capability as a client does, which knows words: it is as open as the most open of its words.

    A listed tool that is none of these words is one about which a word for the same decides.
    """
    granting = [word for word, meanings in words.items() if capability in meanings]
    found = [_by_rules(capability, permissions, vocabulary.own_word(client or "", word)) for word in granting]
    parts: frozenset[Part] = frozenset().union(*(access.parts for access in found))
    freer: frozenset[Ordered] = frozenset().union(*(access.freer for access in found))
    return Access(max(access.level for access in found), parts, freer, frozenset().union(*(access.reopened for access in found)))


def granted(grant: ToolGrant | Rule) -> tuple[str, ...]:
    """Return the capabilities that a tool word stands for: several where its client does not tell them apart."""
    return vocabulary.also_meant(grant.format, grant.native, grant.capability)


def capabilities_of(tools: Tools, format_id: str | None) -> set[str]:
    """Return the capabilities that a list of tools, or the client whose tools are inherited, grants."""
    if tools.mode == "inherit":
        have = set(vocabulary.capabilities(format_id) if format_id else CAPABILITIES)
    elif tools.mode == "none":
        return set()
    else:
        have = {capability for grant in tools.allow for capability in granted(grant)}
    whole = [grant for grant in tools.deny if not is_enforced(grant) and not grant.server]
    return have - {one for grant in whole for one in granted(grant) if not is_moot_denial(grant, one, tools, format_id)}


def is_enforced(grant: ToolGrant) -> bool:
    """Whether the source client holds the agent to the grant's pattern, rather than to the whole tool."""
    return grant.pattern is not None and rule_facts.holds_patterns(grant.format)


def _by_patterns(capability: str, tools: Tools) -> frozenset[Part]:
    """Return the restriction of a capability that is granted for what some patterns match only."""
    grants = [grant for grant in tools.allow if capability in granted(grant)] if tools.mode == "list" else []
    if not grants or not all(map(is_enforced, grants)):
        return frozenset()
    return frozenset({(capability, partial.only({text: partial.INHERITED for grant in grants for text in partial.texts(grant)}), "only")})


def speaks_of(rule: Rule, capability: str) -> bool:
    """Whether a rule is about a capability, be it among others."""
    return rule.capability == EVERY_CAPABILITY or capability in granted(rule)


def _names(rule: Rule, word: str) -> bool:
    """Whether a rule is about a word: it has that very one, or a pattern for several."""
    if rule.capability == EVERY_CAPABILITY or rule.native == word:
        return True
    return "*" in rule.native and fnmatchcase(word, rule.native.replace("[", "[[]"))


def is_whole(rule: Rule) -> bool:
    """Whether a rule is about all that its tool does."""
    return (rule.pattern is None or patterns.is_everything(rule.pattern)) and not rule.server


def in_order(permissions: Permissions) -> list[Rule]:
    """Return the rules so that the last one that matches decides."""
    rules = list(permissions.rules)
    if permissions.resolution == "last":
        return rules
    if permissions.resolution == "first":
        return rules[::-1]
    return sorted(rules, key=lambda rule: ("allow", "ask", "deny").index(rule.effect))


def asked(capability: str, permissions: Permissions) -> list[str]:
    """Return the patterns that rules ask for, of a capability that is open without asking else; for reading, too."""
    level, special = _resolved(capability, permissions)
    return [text for text, effect in special.items() if effect == "ask" and level > Level.ASK]


def _resolved(capability: str, permissions: Permissions, word: str | None = None) -> tuple[Level, dict[str, str]]:
    """Return what rules say of all of a capability, and by pattern what they say of a part."""
    level = Level.INHERIT
    special: dict[str, str] = {}
    for rule in in_order(permissions) if permissions.rules else ():
        if not (speaks_of(rule, capability) if word is None else _names(rule, word)):
            continue
        if is_whole(rule):
            level, special = _LEVELS[rule.effect], {}
        for text in partial.texts(rule, denies=rule.effect != "allow") if not is_whole(rule) else ():
            special.pop(text, None)
            special[text] = rule.effect
    return level, special


def _by_rules(capability: str, permissions: Permissions, word: str | None = None) -> Access:
    """Resolve the rules for a capability, or one word that stands for it: what holds for all of it, and what only for a part."""
    level, special = _resolved(capability, permissions, word)
    if level is Level.NO:
        opened = [pattern for pattern, effect in special.items() if effect != "deny"]
        if not opened:
            return Access(Level.NO)
        level = max(_LEVELS[special[pattern]] for pattern in opened)
        return Access(level, frozenset({(capability, partial.only(special), "only")}))
    parts = {(capability, pattern, effect) for pattern, effect in special.items() if _LEVELS[effect] < level}
    rows: Rows = tuple(special.items())
    reopened = frozenset([(capability, rows)] if parts and partial.reopens(rows) else [])
    if EFFECT_OF.get(capability) == "read":
        parts = {part for part in parts if part[2] == "deny"}  # reading is never asked for
        return Access(level, frozenset(parts), reopened=reopened)
    is_freer = any(_LEVELS[effect] > level for effect in special.values())
    return Access(level, frozenset(parts), frozenset([(capability, rows)] if is_freer else []), reopened)


def opening(permissions: Permissions, capability: str) -> tuple[Rule, ...]:
    """Return the rules that open a part of a capability, all of which is closed else; nothing where some of them close again."""
    found: list[Rule] | None = None
    for rule in in_order(permissions):
        if not speaks_of(rule, capability):
            continue
        if is_whole(rule):
            found = [] if rule.effect == "deny" else None
        elif found is not None:
            found = None if rule.effect == "deny" else [*found, rule]
    return tuple(found or ())


def unattended(format_id: str | None, mode: str | None) -> tuple[str, ...]:
    """Return the effects that a client leaves unattended in a permission mode, where they are open."""
    said = vocabulary.unattended(format_id, mode) if format_id and mode else None
    return _UNATTENDED.get(mode or "", ()) if said is None else said


def _by_mode(effect: str | None, level: Level, permissions: Permissions, format_id: str | None, *, held: bool) -> Level:
    """Return the level that a permission mode leaves of one; outside of a sandbox."""
    sandbox, mode = permissions.sandbox, permissions.mode
    if effect is None or not level:
        return level
    if mode in (HELD_MODES if held else READ_ONLY_MODES) and effect in CLOSED_BY_MODES:
        return Level.NO
    files = sandbox.files if sandbox else "full"
    if (effect == "run" and files != "full") or (effect == "write" and files == "read-only"):
        return Level.NO
    if effect in unattended(format_id, mode):
        return max(level, Level.ALLOW)
    asks = mode in _ASKING_MODES or (held and mode in READ_ONLY_MODES - HELD_MODES)
    return min(level, Level.ASK) if asks and level is Level.INHERIT else level


def sandboxed(tools: Tools, permissions: Permissions, format_id: str | None, *, held: bool) -> Mapping[str, Level]:
    """Return the effects that a sandbox leaves to commands run in it."""
    sandbox, mode = permissions.sandbox, permissions.mode
    if sandbox is None or sandbox.files == "full" or mode in (HELD_MODES if held else READ_ONLY_MODES):
        return {}
    shell = accesses(tools, replace(permissions, sandbox=None), format_id, held=held).get("shell")
    if shell is None:
        return {}
    level = shell.level
    reached = ["read"]
    if sandbox.files == "workspace-write":
        reached += ["write", "network"] if sandbox.network else ["write"]
    elif sandbox.network:
        reached.append("network")
    outside = replace(permissions, sandbox=None)
    return {effect: _by_mode(effect, level, outside, format_id, held=held) for effect in reached}
