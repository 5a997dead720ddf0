"""What an agent may do, and whether one agent may do more than another. The only place that knows this law.

Compared are effects, not tool names: `read`, `write`, `run` (commands outside a sandbox; covers the other three),
`network`, and each MCP server, every one at a level: not at all, after asking, as the user's own settings say, or
unattended. Besides, restrictions on a part (a denied pattern, a blocking hook) must survive.
No client is named here: a client's facts are in the agent (its sandbox, its rules) or in the vocabulary.
"""

from __future__ import annotations

from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import fields, hook_handlers, partial, patterns, plain_words, restrictions, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.ir import Agent, Hook, Permissions, Rule, ToolGrant, Tools
    from agentconv.core.partial import Part

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
GUARD_EVENTS = frozenset({"before-tool", "permission-request"})
"""Events whose hooks can keep a tool from being used."""
ALL_TOOLS = "*"
EVERY_SERVER = "*"
EVERY_CAPABILITY = "*"
_NOT_IN_TOOL_NAMES = expression(r"[^A-Za-z0-9_-]")


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


Guard: TypeAlias = "tuple[str, frozenset[str] | None, str]"
"""Portable event, what it is about (`hook_matchers.meaning`), and what is run."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What an agent may do."""

    levels: Mapping[str, Level]
    """Level of each of `EFFECTS`."""
    servers: dict[str, frozenset[str]]
    """MCP tools by server that the agent names; `*` is all of them."""
    every_server: bool
    """Whether all servers of the client are open to it."""
    denied_servers: frozenset[str]
    """MCP servers that are closed to it whatever else is open."""
    parts: frozenset[Part]
    guards: frozenset[Guard]
    """Hooks that can block."""
    asks: bool
    """Whether the client asks by default, so that inheriting the user's settings is asking unless the user chose otherwise."""
    tools: frozenset[str] = frozenset()
    """The capabilities that are open to it, in full or in part."""
    reached: frozenset[str] = frozenset()
    """Capabilities whose patterns are no boundary, since another one that is open does the same."""
    confined: bool = False
    """Whether its commands run in a sandbox that lets them write: a shell that asks for each of them takes its place."""

    def may(self, effect: str) -> bool:
        """Whether the effect is possible at all; running commands covers the others."""
        return self.levels[effect] > Level.NO or self.levels["run"] > Level.NO

    def is_empty(self, had: Effects) -> bool:
        """Whether nothing is possible any more where something was: no effect, and no MCP server of those that were open."""
        servers, before = (one.every_server or any(one.servers.values()) for one in (self, had))
        return (before or any(map(had.may, EFFECTS))) and not any(map(self.may, EFFECTS)) and not (servers and before)

    def bounds(self, capability: str) -> bool:
        """Whether a denied part of a capability is a boundary, which nothing that the agent does unattended goes past."""
        whole_shell = all(part[0] != "shell" for part in self.parts)
        commands = self.levels["run"] > Level.ASK and whole_shell and EFFECT_OF.get(capability, "run") != "run"
        return not commands and capability not in self.reached


def effects(
    agent: Agent, servers: Iterable[str] = (), format_id: str | None = None, *, trusted: bool = False, held: bool | None = None
) -> Effects:
    """Compute what an agent may do.

    Args:
        agent: The agent.
        servers: The MCP servers that its set names.
        format_id: The client that runs it, whose tools an agent without a list inherits; by default, the one it is from, and then
            what a key outside of the fields grants counts only where they say nothing.
        trusted: Whether such a key counts whatever the fields say, because its author wrote it beside them.
        held: Whether only that is closed which the client closes, rather than all that the author meant to be closed by any
            client's words; by default, where a client is given.
    """
    granting = tuple(agent.extras) if format_id is None else (format_id,)
    trusted = trusted or format_id is not None
    held = format_id is not None if held is None else held
    format_id = format_id or (agent.origin.format if agent.origin else None)
    agent = restrictions.in_fields(agent) if agent.extras else agent
    own = _own_effects(agent.tools, agent.permissions, format_id, held=held)
    levels = own.levels
    for client in granting if agent.extras else ():
        levels = _with_grants(levels, agent, client, trusted=trusted)
    named = dict.fromkeys((*(server.name for server in agent.mcp_servers or ()), *servers))
    mcp = _mcp(agent, named, own=vocabulary.fact(format_id or fields.client_of(agent), "own_servers_open"))
    asks = vocabulary.fact(format_id, "asks_by_default")
    confined = is_confined(agent)
    guards = _guards(agent, levels)
    return Effects(levels, mcp.open, mcp.every, mcp.denied, own.parts | mcp.parts, guards, asks, own.tools, own.reached, confined)


def is_confined(agent: Agent) -> bool:
    """Whether an agent runs commands in a sandbox that lets them write."""
    sandbox = agent.permissions.sandbox
    if sandbox is None or sandbox.files != "workspace-write" or agent.permissions.mode in READ_ONLY_MODES:
        return False
    origin = agent.origin.format if agent.origin else None
    return "shell" in accesses(agent.tools, replace(agent.permissions, sandbox=None), origin)


def _with_grants(levels: Mapping[str, Level], agent: Agent, format_id: str, *, trusted: bool) -> Mapping[str, Level]:
    """Return the levels with what keys outside of the fields grant."""
    found = dict(levels)
    for _, opened, unattended in restrictions.grants(agent, format_id):
        for effect in opened if trusted else ():
            found[effect] = max(found[effect], Level.INHERIT)
        for effect in unattended:
            if found[effect] and (trusted or found[effect] >= Level.INHERIT):
                found[effect] = Level.ALLOW
    return found


def exceeding(agent: Agent, format_id: str) -> list[str]:
    """Return the keys of a client that would let an agent do more than its fields say."""
    plain = _own_effects(agent.tools, agent.permissions, format_id, held=False).levels
    return [
        key
        for key, opened, unattended in restrictions.grants(agent, format_id)
        if any(plain[effect] < Level.INHERIT and not plain["run"] for effect in opened)
        or any(plain[effect] is Level.ASK for effect in unattended)
    ]


def usable(agent: Agent, format_id: str) -> dict[str, Level]:
    """Return the capabilities that are left to an agent in a client, in full, in part or in a sandbox, with their levels."""
    found = {capability: access.level for capability, access in accesses(agent.tools, agent.permissions, format_id).items()}
    for _, opened, _ in restrictions.grants(agent, format_id):
        for capability in sorted(vocabulary.capabilities(format_id)):
            if EFFECT_OF.get(capability) in opened:
                found.setdefault(capability, Level.INHERIT)
    sandboxed = max(_sandboxed(agent.tools, agent.permissions, format_id, held=False).values(), default=Level.NO)
    return {**found, "shell": sandboxed} if sandboxed else found


def server_key(name: str) -> str:
    """Return the form of a server's name that clients put into the names of its tools, so that both are one server."""
    return name if name == EVERY_SERVER else _NOT_IN_TOOL_NAMES.sub("_", name)


def of_server(one: ToolGrant | Rule, known: Iterable[str]) -> tuple[str, str | None]:
    """Return the server and the tool that a grant or rule names, where its client spells both in one word, `server_tool`.

    Of servers that are known, it is that with the longest name with which the word can begin, as `my_srv` for `my_srv_ping`.
    """
    server, flat = one.server or "", f"{one.server}_{one.tool}"
    if one.tool is None or not one.native.endswith(flat):
        return server, one.tool
    best = max((name for name in known if flat.startswith(f"{server_key(name)}_")), key=len, default=server)
    return best, flat[len(server_key(best)) + 1 :]


def covers(grant: ToolGrant, server: str, *, deny: bool = False) -> bool:
    """Whether a grant speaks of a server; denied, `*` is each of them."""
    if grant.server is None:
        return False
    return server_key(grant.server) == server_key(server) or (deny and grant.server == EVERY_SERVER)


@dataclass(frozen=True, slots=True)
class _Own:
    """What tools and permissions give; the fields are those of `Effects`."""

    levels: Mapping[str, Level]
    parts: frozenset[Part]
    tools: frozenset[str]
    reached: frozenset[str]


@lru_cache(maxsize=1024)
def _own_effects(tools: Tools, permissions: Permissions, format_id: str | None, *, held: bool) -> _Own:
    """Compute what tools and permissions give; most agents of a set share them."""
    levels = dict.fromkeys(EFFECTS, Level.NO)
    parts = {
        (capability, text, "deny")
        for grant in tools.deny
        if _enforced(grant)
        for capability in granted(grant)
        for text in partial.texts(grant, denies=True)
    }
    open_to, sandboxed = accesses(tools, permissions, format_id, held=held), _sandboxed(tools, permissions, format_id, held=held)
    for capability, access in open_to.items():
        effect = EFFECT_OF.get(capability)
        if effect:
            levels[effect] = max(levels[effect], access.level)
            parts |= access.parts
    for effect, level in sandboxed.items():
        levels[effect] = max(levels[effect], level)
    if levels["read"] or levels["run"]:
        levels["read"] = Level.ALLOW  # reading is never asked for: it has two levels only
    reached = frozenset(one for other, access in open_to.items() if not access.parts for one in vocabulary.reaches(format_id, other))
    return _Own(
        levels, frozenset(parts), frozenset(open_to).union(one for one, effect in EFFECT_OF.items() if effect in sandboxed), reached
    )


@dataclass(frozen=True, slots=True)
class Access:
    """How freely a capability may be used, and what restricts it to a part."""

    level: Level
    parts: frozenset[Part] = frozenset()


def limits_servers(agent: Agent) -> bool:
    """Whether an agent may not use every tool of every MCP server that the user has configured."""
    may = effects(agent)
    narrowed = any(ALL_TOOLS not in tools for tools in may.servers.values()) or any(part[0] == "mcp" for part in may.parts)
    return not may.every_server or bool(may.denied_servers) or narrowed


def whole_levels(agent: Agent) -> Mapping[str, Level]:
    """Return the levels of the effects, where what is open to a part only counts as closed (for a client without patterns)."""
    format_id = agent.origin.format if agent.origin else None
    levels = dict.fromkeys(EFFECTS, Level.NO)
    for capability, access in accesses(agent.tools, agent.permissions, format_id).items():
        effect = EFFECT_OF.get(capability)
        if effect and not access.parts:
            levels[effect] = max(levels[effect], access.level)
    for effect, level in _sandboxed(agent.tools, agent.permissions, format_id, held=False).items():
        levels[effect] = max(levels[effect], level)
    return levels


def on_network(agent: Agent) -> frozenset[str]:
    """Return what an agent may do on the network: its own tools' capabilities, or all where its commands reach it.

    What searches a provider's index is none that fetches any page.
    """
    origin, sandbox = agent.origin.format if agent.origin else None, agent.permissions.sandbox
    open_to = accesses(agent.tools, agent.permissions, origin).keys()
    every = frozenset(capability for capability, effect in EFFECT_OF.items() if effect == "network")
    return every if "shell" in open_to or (sandbox and sandbox.network) else every & open_to


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
            found[capability] = Access(level, access.parts | _by_patterns(capability, tools))
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
    whole = [grant.native for grant in tools.deny if not grant.server and not _enforced(grant)]
    gone = {word for denied in whole for word in vocabulary.closed_with(client, denied)}
    return {word: meanings for word, meanings in have.items() if word not in gone}


def _by_words(capability: str, permissions: Permissions, words: Mapping[str, tuple[str, ...]], client: str | None) -> Access:
    """Resolve the rules for a capability as a client does, which knows words: it is as open as the most open of its words.

    A listed tool that is none of these words is one about which a word for the same decides.
    """
    granting = [word for word, meanings in words.items() if capability in meanings]
    found = [_by_rules(capability, permissions, vocabulary.own_word(client or "", word)) for word in granting]
    return Access(max(access.level for access in found), frozenset().union(*(access.parts for access in found)))


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
    whole = [grant for grant in tools.deny if not _enforced(grant) and not grant.server]
    return have - {one for grant in whole for one in granted(grant) if not is_moot_denial(grant, one, tools, format_id)}


def _enforced(grant: ToolGrant) -> bool:
    """Whether the source client holds the agent to the grant's pattern, rather than to the whole tool."""
    return grant.pattern is not None and vocabulary.fact(grant.format, "enforces_patterns")


def _by_patterns(capability: str, tools: Tools) -> frozenset[Part]:
    """Return the restriction of a capability that is granted for what some patterns match only."""
    grants = [grant for grant in tools.allow if capability in granted(grant)] if tools.mode == "list" else []
    if not grants or not all(map(_enforced, grants)):
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


def _is_whole(rule: Rule) -> bool:
    return (rule.pattern is None or patterns.is_everything(rule.pattern)) and not rule.server


def in_order(permissions: Permissions) -> list[Rule]:
    """Return the rules so that the last one that matches decides."""
    rules = list(permissions.rules)
    if permissions.resolution == "last":
        return rules
    if permissions.resolution == "first":
        return rules[::-1]
    return sorted(rules, key=lambda rule: ("allow", "ask", "deny").index(rule.effect))


def _whole(permissions: Permissions, capability: str) -> str | None:
    """Return what the rules say about all uses of a capability: allow, ask or deny."""
    found = [rule.effect for rule in in_order(permissions) if speaks_of(rule, capability) and _is_whole(rule)]
    return found[-1] if found else None


def _by_rules(capability: str, permissions: Permissions, word: str | None = None) -> Access:
    """Resolve the rules for a capability, or one word that stands for it: what holds for all of it, and what only for a part."""
    level = Level.INHERIT
    special: dict[str, str] = {}
    for rule in in_order(permissions) if permissions.rules else ():
        if not (speaks_of(rule, capability) if word is None else _names(rule, word)):
            continue
        if _is_whole(rule):
            level, special = _LEVELS[rule.effect], {}
        for text in partial.texts(rule, denies=rule.effect != "allow") if not _is_whole(rule) else ():
            special.pop(text, None)
            special[text] = rule.effect
    if level is Level.NO:
        opened = [pattern for pattern, effect in special.items() if effect != "deny"]
        if not opened:
            return Access(Level.NO)
        level = max(_LEVELS[special[pattern]] for pattern in opened)
        return Access(level, frozenset({(capability, partial.only(special), "only")}))
    parts = {(capability, pattern, effect) for pattern, effect in special.items() if _LEVELS[effect] < level}
    if EFFECT_OF.get(capability) == "read":
        parts = {part for part in parts if part[2] == "deny"}  # reading is never asked for
    return Access(level, frozenset(parts))


def opening(permissions: Permissions, capability: str) -> tuple[Rule, ...]:
    """Return the rules that open a part of a capability, all of which is closed else; nothing where some of them close again."""
    found: list[Rule] | None = None
    for rule in in_order(permissions):
        if not speaks_of(rule, capability):
            continue
        if _is_whole(rule):
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


def _sandboxed(tools: Tools, permissions: Permissions, format_id: str | None, *, held: bool) -> Mapping[str, Level]:
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


@dataclass(frozen=True, slots=True)
class _Mcp:
    """Which MCP servers are open."""

    open: dict[str, frozenset[str]]
    every: bool
    denied: frozenset[str]
    parts: frozenset[Part]


def _mcp(agent: Agent, named: Iterable[str], *, own: bool) -> _Mcp:
    """Return the MCP servers that are open and closed; `own`: those that the agent defines are open whatever its list says."""
    tools = agent.tools
    every = tools.mode == "inherit"
    found: dict[str, set[str]] = {server_key(name): {ALL_TOOLS} for name in named} if every else {}
    for grant in tools.allow if tools.mode == "list" else ():
        if grant.server:
            found.setdefault(server_key(grant.server), set()).add(grant.tool or ALL_TOOLS)
    if own:
        found.update({server_key(server.name): {ALL_TOOLS} for server in agent.mcp_servers or () if server.transport})
    denied = {server_key(grant.server) for grant in tools.deny if grant.server and not grant.tool}
    parts = {("mcp", f"{server_key(grant.server)} {grant.tool}", "deny") for grant in tools.deny if grant.server and grant.tool}
    for rule in in_order(agent.permissions) if agent.permissions.rules else ():
        key = server_key(rule.server) if rule.server else EVERY_SERVER
        if _is_whole(rule) and speaks_of(rule, "mcp"):
            every = every and rule.effect != "deny"
            found = found if rule.effect != "deny" else {}
        elif rule.server and rule.effect == "deny" and not rule.tool:
            denied.add(key)
        elif rule.server and rule.effect != "allow":
            parts.add(("mcp", f"{key} {rule.tool or ALL_TOOLS}", rule.effect))
        elif rule.server:
            denied.discard(key)
        if rule.server and rule.effect != "deny" and agent.permissions.resolution:
            found.setdefault(key, set()).add(rule.tool or ALL_TOOLS)
    denied |= {server_key(server.name) for server in agent.mcp_servers or () if server.enabled is False}
    parts |= {("mcp", f"{server_key(one.name)} {tool}", "deny") for one in agent.mcp_servers or () for tool in one.disabled_tools or ()}
    _limit_to_enabled(found, agent)
    if agent.permissions.mode in HELD_MODES:
        every, found = False, {}
    opened = {name: frozenset(names) for name, names in found.items() if not denied & {name, EVERY_SERVER}}
    return _Mcp(opened, every, frozenset(denied), frozenset(parts))


def _limit_to_enabled(found: dict[str, set[str]], agent: Agent) -> None:
    """Leave of each server what its own definition opens."""
    for server in agent.mcp_servers or ():
        key = server_key(server.name)
        if server.enabled is False:
            found.pop(key, None)
        elif key in found and server.enabled_tools is not None:
            enabled = set(server.enabled_tools)
            found[key] = enabled if ALL_TOOLS in found[key] else found[key] & enabled


def _guards(agent: Agent, levels: Mapping[str, Level]) -> frozenset[Guard]:
    guards = [hook for hook in agent.hooks or () if hook.handlers and hook.event in GUARD_EVENTS]
    if not guards:
        return frozenset()
    from agentconv.core import hook_matchers

    return frozenset((hook.event or "", hook_matchers.meaning(hook), repr(_run(hook))) for hook in guards if not _is_idle(hook, levels))


def _run(hook: Hook) -> object:
    """Return what a hook runs, in terms that do not depend on its client where those are known."""
    return hook_handlers.meanings(hook.format, hook.handlers) if hook_handlers.known(hook.format) else hook.handlers


def _is_guarded(guard: Guard, result: Effects) -> bool:
    """Whether a guard is still there, and is about no less."""
    event, about, run = guard
    held = [other for when, other, does in result.guards if (when, does) == (event, run)]
    return any(other is None or (about is not None and about <= other) for other in held)


def _is_idle(hook: Hook, levels: Mapping[str, Level]) -> bool:
    """Whether a guard watches over nothing but tools of effects that the agent has not got at all."""
    from agentconv.core import hook_matchers

    meanings = [vocabulary.grants(hook.format, word) for word in hook_matchers.pieces(hook.matcher or "")]
    touched = {EFFECT_OF.get(capability) for several in meanings for capability in several} | {"run"}
    return all(meanings) and all(effect is not None and not levels[effect] for effect in touched)


@dataclass(frozen=True, slots=True)
class Widening:
    """Something that an agent may do beyond what its author allowed."""

    words: str
    server: str | None = None
    """The MCP server that it is about."""
    unasked: bool = False
    """Whether the author allows it too, but wants to be asked first."""
    effect: str | None = None
    """The effect that it is about, or `hooks`; None where that is a server, or a tool that comes to no effect."""

    def __str__(self) -> str:
        """Put it into words."""
        return self.words

    @property
    def name(self) -> str:
        """What it is called where somebody accepts it: `write`, `run unasked`, `mcp:NAME`, `hooks`; `tools` for what comes to no effect."""
        about = f"mcp:{self.server}" if self.server else self.effect or "tools"
        return f"{about} unasked" if self.unasked else about


def widenings(ceiling: Effects, result: Effects) -> list[Widening]:
    """Return what the result may do beyond the ceiling; empty when nothing."""
    cover = ceiling.levels["run"]
    allowed = {effect: max(ceiling.levels[effect], cover) for effect in EFFECTS}
    if ceiling.confined:
        allowed["run"] = max(allowed["run"], Level.ASK)
    if result.asks:  # where the client asks anyway, inheriting the user's settings takes nothing from an author who wants to be asked
        allowed = {effect: Level.INHERIT if level is Level.ASK else level for effect, level in allowed.items()}
    found = [_beyond(effect, allowed[effect], result.levels[effect]) for effect in EFFECTS if result.levels[effect] > allowed[effect]]
    opened = [name for name, tools in result.servers.items() if tools and not _within(ceiling, name, tools)]
    found += [Widening(f"MCP server {name}", name) for name in opened]
    for capability, pattern, effect in sorted(partial.lost(ceiling.parts, result.parts, asks=result.asks)):
        if (effect == "ask" and result.asks) or _is_moot(ceiling, capability) or (effect != "only" and _asks_for_all(result, capability)):
            continue
        if _touches(result, capability, pattern):
            found.append(_beyond_part(capability, pattern, effect))
    if not all(_is_guarded(guard, result) for guard in ceiling.guards):
        found.append(Widening("tool use that a hook may block in the source", effect=plain_words.HOOKS))
    return list(dict.fromkeys(found))


def _beyond_part(capability: str, pattern: str, effect: str) -> Widening:
    """Say which restriction on a part is gone."""
    shown = (partial.shown(pattern) if effect == "only" else pattern) or "at all"
    word = plain_words.tool(capability)
    words = f"{word} beyond `{shown}`" if effect == "only" else f"{word} {shown}, which the source sets to {effect}"
    return Widening(words, pattern.partition(" ")[0] if capability == "mcp" else None, effect=EFFECT_OF.get(capability))


def _within(ceiling: Effects, name: str, tools: frozenset[str]) -> bool:
    """Whether an agent's ceiling opens these tools of a server; names are compared as clients flatten them, `server_tool`."""
    if ceiling.denied_servers & {name, EVERY_SERVER}:
        return False
    if ALL_TOOLS in ceiling.servers.get(EVERY_SERVER, ()):  # its list says so
        return True
    if ceiling.every_server:
        return name not in ceiling.servers or ALL_TOOLS in ceiling.servers[name] or tools <= ceiling.servers[name]
    flat = {f"{server}_{tool}" for server, names in ceiling.servers.items() for tool in names}
    whole = tuple(f"{server}_" for server, names in ceiling.servers.items() if ALL_TOOLS in names)
    return all(f"{name}_{tool}" in flat or f"{name}_{tool}".startswith(whole) for tool in tools)


def _is_moot(ceiling: Effects, capability: str) -> bool:
    """Whether the author of a restriction lets the agent run any command, or use another tool, that can do all that it is about."""
    commands = ceiling.levels["run"] > Level.NO and all(part[0] != "shell" for part in ceiling.parts)
    return capability in ceiling.reached or (commands and capability in EFFECT_OF and capability != "shell")


def _asks_for_all(result: Effects, capability: str) -> bool:
    """Whether each command is asked for: a shell that is denied in part may become one that asks."""
    return capability == "shell" and result.levels["run"] <= (Level.INHERIT if result.asks else Level.ASK)


def _touches(result: Effects, capability: str, pattern: str) -> bool:
    """Whether what a restriction is about is open at all in the result."""
    if capability != "mcp":
        return capability in result.tools or capability not in EFFECT_OF
    server, _, tool = pattern.partition(" ")
    open_tools = _open_tools(result, server)
    return ALL_TOOLS in open_tools or any(fnmatchcase(name, tool) for name in open_tools)


def _open_tools(result: Effects, server: str) -> frozenset[str]:
    if server == EVERY_SERVER:
        return frozenset().union(*result.servers.values())
    return result.servers.get(server, frozenset())


def _beyond(effect: str, allowed: Level, level: Level) -> Widening:
    if allowed is Level.NO:
        return Widening(plain_words.EFFECTS[effect], effect=effect)
    words = f"{plain_words.EFFECTS[effect]} {'unattended' if level is Level.ALLOW else 'without being asked'}"
    return Widening(words, unasked=True, effect=effect)
