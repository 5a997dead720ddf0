"""What an agent may do: with `access`, which knows its tools and rules, and `widening`, which compares, the only place that knows this law.

Compared are effects, not tool names: `read`, `write`, `run` (commands outside a sandbox; covers the other three),
`network`, and each MCP server, every one at a level: not at all, after asking, as the user's own settings say, or
unattended. Besides, restrictions on a part (a denied pattern, a blocking hook) must survive.
No client is named here: a client's facts are in the agent (its sandbox, its rules) or in the vocabulary.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import access, fields, partial, restrictions, vocabulary
from agentconv.core.access import EFFECT_OF, EFFECTS, Level
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent, Hook, Permissions, Rule, ToolGrant, Tools
    from agentconv.core.partial import Ordered, Part

GUARD_EVENTS = frozenset({"before-tool", "permission-request"})
"""Events whose hooks can keep a tool from being used."""
ALL_TOOLS = "*"
EVERY_SERVER = "*"
_NOT_IN_TOOL_NAMES = expression(r"[^A-Za-z0-9_-]")


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
    freer: frozenset[Ordered] = frozenset()
    """Patterns of which some open without being asked what is asked for, or is as the user's settings say, as a whole."""
    reopened: frozenset[Ordered] = frozenset()
    """Patterns of which later ones may open some of what is closed by one of `parts`."""
    unasked: frozenset[tuple[str, str]] = frozenset()
    """MCP servers, each with a tool or `*`, that rules open without being asked."""

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
    format_id = format_id or fields.client_of(agent)
    agent = restrictions.in_fields(agent) if agent.extras else agent
    own = _own_effects(agent.tools, agent.permissions, format_id, held=held)
    levels = own.levels
    for client in granting if agent.extras else ():
        levels = _with_grants(levels, agent, client, trusted=trusted)
    named = dict.fromkeys((*(server.name for server in agent.mcp_servers or ()), *servers))
    mcp = _mcp(agent, named, own=vocabulary.fact(format_id, "own_servers_open"))
    asks = vocabulary.fact(format_id, "asks_by_default")
    confined = is_confined(agent)
    guards = _guards(agent, levels)
    if guards and held and not _runs_guards(format_id):
        guards = frozenset()
    return Effects(
        levels,
        mcp.open,
        mcp.every,
        mcp.denied,
        own.parts | mcp.parts,
        guards,
        asks,
        own.tools,
        own.reached,
        confined,
        own.freer,
        own.reopened,
        mcp.unasked,
    )


def is_confined(agent: Agent) -> bool:
    """Whether an agent runs commands in a sandbox that lets them write."""
    sandbox = agent.permissions.sandbox
    if sandbox is None or sandbox.files != "workspace-write" or agent.permissions.mode in access.READ_ONLY_MODES:
        return False
    return "shell" in access.accesses(agent.tools, replace(agent.permissions, sandbox=None), fields.client_of(agent))


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
    found = {capability: one.level for capability, one in access.accesses(agent.tools, agent.permissions, format_id).items()}
    for _, opened, _ in restrictions.grants(agent, format_id):
        for capability in sorted(vocabulary.capabilities(format_id)):
            if EFFECT_OF.get(capability) in opened:
                found.setdefault(capability, Level.INHERIT)
    sandboxed = max(access.sandboxed(agent.tools, agent.permissions, format_id, held=False).values(), default=Level.NO)
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
    freer: frozenset[Ordered]
    reopened: frozenset[Ordered]


@lru_cache(maxsize=1024)
def _own_effects(tools: Tools, permissions: Permissions, format_id: str | None, *, held: bool) -> _Own:
    """Compute what tools and permissions give; most agents of a set share them."""
    levels = dict.fromkeys(EFFECTS, Level.NO)
    parts = {
        (capability, text, "deny")
        for grant in tools.deny
        if access.is_enforced(grant)
        for capability in access.granted(grant)
        for text in partial.texts(grant, denies=True)
    }
    open_to, sandboxed = (
        access.accesses(tools, permissions, format_id, held=held),
        access.sandboxed(tools, permissions, format_id, held=held),
    )
    freer: set[Ordered] = set()
    reopened: set[Ordered] = set()
    for capability, open_ in open_to.items():
        effect = EFFECT_OF.get(capability)
        if effect:
            levels[effect] = max(levels[effect], open_.level)
            parts |= open_.parts
            freer |= open_.freer
            reopened |= open_.reopened
    for effect, level in sandboxed.items():
        levels[effect] = max(levels[effect], level)
    if levels["read"] or levels["run"]:
        levels["read"] = Level.ALLOW  # reading is never asked for: it has two levels only
    reached = frozenset(one for other, open_ in open_to.items() if not open_.parts for one in vocabulary.reaches(format_id, other))
    tools_ = frozenset(open_to).union(one for one, effect in EFFECT_OF.items() if effect in sandboxed)
    return _Own(levels, frozenset(parts), tools_, reached, frozenset(freer), frozenset(reopened))


def limits_servers(agent: Agent) -> bool:
    """Whether an agent may not use every tool of every MCP server that the user has configured."""
    may = effects(agent)
    narrowed = any(ALL_TOOLS not in tools for tools in may.servers.values()) or any(part[0] == "mcp" for part in may.parts)
    return not may.every_server or bool(may.denied_servers) or narrowed


def whole_levels(agent: Agent) -> Mapping[str, Level]:
    """Return the levels of the effects, where what is open to a part only counts as closed (for a client without patterns)."""
    format_id = fields.client_of(agent)
    levels = dict.fromkeys(EFFECTS, Level.NO)
    for capability, open_ in access.accesses(agent.tools, agent.permissions, format_id).items():
        effect = EFFECT_OF.get(capability)
        if effect and not open_.parts:
            levels[effect] = max(levels[effect], open_.level)
    for effect, level in access.sandboxed(agent.tools, agent.permissions, format_id, held=False).items():
        levels[effect] = max(levels[effect], level)
    return levels


def on_network(agent: Agent) -> frozenset[str]:
    """Return what an agent may do on the network: its own tools' capabilities, or all where its commands reach it.

    What searches a provider's index is none that fetches any page.
    """
    origin, sandbox = fields.client_of(agent), agent.permissions.sandbox
    open_to = access.accesses(agent.tools, agent.permissions, origin).keys()
    every = frozenset(capability for capability, effect in EFFECT_OF.items() if effect == "network")
    return every if "shell" in open_to or (sandbox and sandbox.network) else every & open_to


@dataclass(frozen=True, slots=True)
class _Mcp:
    """Which MCP servers are open."""

    open: dict[str, frozenset[str]]
    every: bool
    denied: frozenset[str]
    parts: frozenset[Part]
    unasked: frozenset[tuple[str, str]]


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
    for rule in access.in_order(agent.permissions) if agent.permissions.rules else ():
        key = server_key(rule.server) if rule.server else EVERY_SERVER
        if access.is_whole(rule) and access.speaks_of(rule, "mcp"):
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
    if agent.permissions.mode in access.HELD_MODES:
        every, found = False, {}
    opened = {name: frozenset(names) for name, names in found.items() if not denied & {name, EVERY_SERVER}}
    return _Mcp(opened, every, frozenset(denied), frozenset(parts), frozenset(_unasked_servers(agent)))


def _unasked_servers(agent: Agent) -> Iterator[tuple[str, str]]:
    """Yield the MCP servers, each with a tool or `*`, that rules open without being asked: of each, the last rule that is about it decides.

    A mode that asks for nothing opens all of them.
    """
    if agent.permissions.mode in access.ASKING_FOR_NOTHING:
        yield EVERY_SERVER, ALL_TOOLS
    last: dict[tuple[str, str], str] = {}
    for rule in access.in_order(agent.permissions) if agent.permissions.rules else ():
        if access.is_whole(rule) and access.speaks_of(rule, "mcp"):
            last = {(EVERY_SERVER, ALL_TOOLS): rule.effect}
        elif rule.server:
            key, tool = server_key(rule.server), rule.tool or ALL_TOOLS
            last = {one: effect for one, effect in last.items() if one[0] != key or tool != ALL_TOOLS} | {(key, tool): rule.effect}
    yield from (one for one, effect in last.items() if effect == "allow")


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
    return frozenset(guard_of(hook) for hook in guards if not _is_idle(hook, levels))


def guards_in(agent: Agent) -> list[Hook]:
    """Return the hooks of an agent's own that can keep a tool from being used."""
    return [hook for hook in agent.hooks or () if hook.event in GUARD_EVENTS]


def guard_of(hook: Hook) -> Guard:
    """Return what a hook that may block is, in terms that do not depend on its client."""
    from agentconv.core import hook_matchers

    return hook.event or "", hook_matchers.meaning(hook), repr(_run(hook))


def _runs_guards(format_id: str | None) -> bool:
    """Whether a client runs the hooks that an agent's own file has, as far as it is known what hooks it runs."""
    from agentconv.core import hook_facts

    facts = hook_facts.hooks(vocabulary.words_of(format_id)) if format_id is not None else None
    return facts is None or facts.agents


def _run(hook: Hook) -> object:
    """Return what a hook runs, in terms that do not depend on its client where those are known."""
    from agentconv.core import hook_handlers

    return hook_handlers.meanings(hook.format, hook.handlers, unquoted=True) if hook_handlers.known(hook.format) else hook.handlers


def _is_idle(hook: Hook, levels: Mapping[str, Level]) -> bool:
    """Whether a guard watches over nothing but tools of effects that the agent has not got at all."""
    from agentconv.core import hook_matchers

    meanings = [vocabulary.grants(hook.format, word) for word in hook_matchers.pieces(hook.matcher or "")]
    touched = {EFFECT_OF.get(capability) for several in meanings for capability in several} | {"run"}
    return all(meanings) and all(effect is not None and not levels[effect] for effect in touched)
