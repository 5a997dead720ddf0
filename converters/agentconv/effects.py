"""What an agent may do, and whether one agent may do more than another. The only place that knows this law.

Compared are effects, not tool names: `read`, `write`, `run` (commands outside a sandbox; covers the other three),
`network`, and each MCP server, every one at a level: not at all, after asking, as the user's own settings say, or
unattended. Besides, restrictions on a part (a denied pattern, a blocking hook) must survive.
No client is named here: a client's facts are in the agent (its sandbox, its rules) or in the vocabulary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.ir import Agent, Permissions, Rule, ToolGrant, Tools

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
_READ_ONLY_MODES = frozenset({"plan", "read-only"})
_GUARD_EVENTS = frozenset({"before-tool", "permission-request"})
ALL_TOOLS = "*"
EVERY_SERVER = "*"
_NOT_IN_TOOL_NAMES = re.compile(r"[^A-Za-z0-9_-]")
Part: TypeAlias = tuple[str, str, str]
"""A restriction on a part: capability, pattern, what happens."""


class Level(IntEnum):
    """How freely an effect may be used."""

    NO = 0
    ASK = 1
    INHERIT = 2
    """As the user's own settings of the client say."""
    ALLOW = 3
    """Without asking, because the agent's file says so."""


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
    guards: frozenset[tuple[str, str]]
    """Hooks that can block: (portable event, what they run)."""

    def may(self, effect: str) -> bool:
        """Whether the effect is possible at all; running commands covers the others."""
        return self.levels[effect] > Level.NO or self.levels["run"] > Level.NO


def effects(agent: Agent, servers: Iterable[str] = (), format_id: str | None = None) -> Effects:
    """Compute what an agent may do.

    Args:
        agent: The agent.
        servers: The MCP servers that its set names.
        format_id: The client that runs it, whose tools an agent without a list inherits; by default, the one it is from.
    """
    format_id = format_id or (agent.origin.format if agent.origin else None)
    levels, parts = _own_effects(agent.tools, agent.permissions, format_id)
    named = {server.name for server in agent.mcp_servers or ()} | set(servers)
    denials: list[ToolGrant | Rule] = [*agent.tools.deny, *(rule for rule in agent.permissions.rules if rule.effect == "deny")]
    denied = {server_key(one.server) for one in denials if one.server and not one.tool}
    denied |= {server_key(one.name) for one in agent.mcp_servers or () if one.enabled is False}
    closed = {("mcp", f"{server_key(one.server)} {one.tool}", "deny") for one in denials if one.server and one.tool}
    closed |= {("mcp", f"{server_key(one.name)} {tool}", "deny") for one in agent.mcp_servers or () for tool in one.disabled_tools or ()}
    asked = [rule for rule in agent.permissions.rules if rule.effect == "ask" and rule.server]
    closed |= {("mcp", f"{server_key(rule.server or '')} {rule.tool or ALL_TOOLS}", "ask") for rule in asked}
    open_servers = {name: tools for name, tools in _servers(agent, named).items() if not denied & {name, EVERY_SERVER}}
    return Effects(levels, open_servers, agent.tools.mode == "inherit", frozenset(denied), parts | closed, _guards(agent))


def server_key(name: str) -> str:
    """Return the form of a server's name that clients put into the names of its tools, so that both are one server."""
    return name if name == EVERY_SERVER else _NOT_IN_TOOL_NAMES.sub("_", name)


def covers(grant: ToolGrant, server: str, *, deny: bool = False) -> bool:
    """Whether a grant speaks of a server; denied, `*` is each of them."""
    if grant.server is None:
        return False
    return server_key(grant.server) == server_key(server) or (deny and grant.server == EVERY_SERVER)


@lru_cache(maxsize=1024)
def _own_effects(tools: Tools, permissions: Permissions, format_id: str | None) -> tuple[Mapping[str, Level], frozenset[Part]]:
    """Compute the levels and restrictions that tools and permissions give; most agents of a set share them."""
    capabilities = _capabilities(tools, format_id)
    levels = dict.fromkeys(EFFECTS, Level.NO)
    for capability in capabilities:
        for effect in _effects_of(capability, permissions):
            levels[effect] = Level.INHERIT
    _apply_mode(levels, permissions.mode)
    parts = {(grant.capability or "", grant.pattern or "", "deny") for grant in tools.deny if _enforced(grant)}
    parts |= _apply_rules(levels, permissions.rules, capabilities)
    if levels["read"] or levels["run"]:
        levels["read"] = Level.ALLOW  # reading is never asked for: it has two levels only
    return levels, frozenset(parts)


def _capabilities(tools: Tools, format_id: str | None) -> set[str]:
    if tools.mode == "inherit":
        have = vocabulary.capabilities(format_id) if format_id else set(CAPABILITIES)
    elif tools.mode == "none":
        return set()
    else:
        have = {grant.capability for grant in tools.allow if grant.capability}
    return have - {grant.capability for grant in tools.deny if not _enforced(grant) and not grant.server}


def _enforced(grant: ToolGrant) -> bool:
    """Whether the source client holds the agent to the grant's pattern, rather than to the whole tool."""
    return grant.pattern is not None and vocabulary.enforces_patterns(grant.format)


def _effects_of(capability: str, permissions: Permissions) -> Iterator[str]:
    effect = EFFECT_OF.get(capability)
    if effect is None:
        return
    sandbox = permissions.sandbox
    if permissions.mode in _READ_ONLY_MODES and effect in ("write", "run"):
        return
    if sandbox is None or sandbox.files == "full":
        yield effect
        return
    if effect == "write" and sandbox.files == "read-only":
        return
    if effect != "run":
        yield effect
        return
    yield "read"
    if sandbox.files == "workspace-write":
        yield "write"
        if sandbox.network is None:
            yield "network"
    if sandbox.network:
        yield "network"


def _apply_mode(levels: dict[str, Level], mode: str | None) -> None:
    unattended = {"bypass": EFFECTS, "auto": EFFECTS, "accept-edits": ("write",)}.get(mode or "", ())
    for effect in EFFECTS:
        if not levels[effect]:
            continue
        if effect in unattended:
            levels[effect] = Level.ALLOW
        elif mode == "default":
            levels[effect] = Level.ASK


def _apply_rules(levels: dict[str, Level], rules: Iterable[Rule], capabilities: set[str]) -> set[tuple[str, str, str]]:
    """Apply permission rules: an allow raises a whole effect only when it has no pattern; restrictions stay parts."""
    parts: set[tuple[str, str, str]] = set()
    for rule in rules:
        effect = EFFECT_OF.get(rule.capability or "")
        if rule.capability not in capabilities or effect is None:
            continue
        if rule.effect == "allow":
            levels[effect] = Level.ALLOW if rule.pattern is None else levels[effect]
        else:
            parts.add((rule.capability or "", rule.pattern or "", rule.effect))
    return parts


def _servers(agent: Agent, named: set[str]) -> dict[str, frozenset[str]]:
    tools = agent.tools
    found: dict[str, set[str]] = {server_key(name): {ALL_TOOLS} for name in named} if tools.mode == "inherit" else {}
    for grant in tools.allow if tools.mode == "list" else ():
        if grant.server:
            found.setdefault(server_key(grant.server), set()).add(grant.tool or ALL_TOOLS)
    for server in agent.mcp_servers or ():
        key = server_key(server.name)
        if server.enabled is False:
            found.pop(key, None)
        elif key in found and server.enabled_tools is not None:
            enabled = set(server.enabled_tools)
            found[key] = enabled if ALL_TOOLS in found[key] else found[key] & enabled
    return {name: frozenset(names) for name, names in found.items()}


def _guards(agent: Agent) -> frozenset[tuple[str, str]]:
    return frozenset(
        (hook.event, repr((hook.matcher, hook.handlers))) for hook in agent.hooks or () if hook.handlers and hook.event in _GUARD_EVENTS
    )


def widenings(ceiling: Effects, result: Effects) -> list[str]:
    """Say in words what the result may do beyond the ceiling; empty when nothing."""
    cover = ceiling.levels["run"]
    allowed = {effect: max(ceiling.levels[effect], cover) for effect in EFFECTS}
    found = [_word(effect, allowed[effect], result.levels[effect]) for effect in EFFECTS if result.levels[effect] > allowed[effect]]
    for name, tools in result.servers.items():
        open_tools = ceiling.servers.get(name, frozenset({ALL_TOOLS}) if ceiling.every_server else frozenset())
        denied = ceiling.denied_servers & {name, EVERY_SERVER}
        if tools and (denied or (ALL_TOOLS not in open_tools and not tools <= open_tools)):
            found.append(f"MCP server {name}")
    for capability, pattern, effect in sorted(ceiling.parts - result.parts):
        server, _, tool = pattern.partition(" ") if capability == "mcp" else ("", "", "")
        open_tools = _open_tools(result, server)
        touched = ALL_TOOLS in open_tools or any(fnmatchcase(name, tool) for name in open_tools)
        if touched if capability == "mcp" else result.may(EFFECT_OF.get(capability, "run")):
            found.append(f"{capability} {pattern or 'at all'}, which the source sets to {effect}")
    if ceiling.guards - result.guards:
        found.append("tool use that a hook may block in the source")
    return found


def _open_tools(result: Effects, server: str) -> frozenset[str]:
    if server == EVERY_SERVER:
        return frozenset().union(*result.servers.values())
    return result.servers.get(server, frozenset())


def _word(effect: str, allowed: Level, level: Level) -> str:
    if allowed is Level.NO:
        return {"run": "running commands", "read": "reading files", "write": "writing files"}.get(effect, "using the network")
    return f"{effect} unattended" if level is Level.ALLOW else f"{effect} without being asked"
