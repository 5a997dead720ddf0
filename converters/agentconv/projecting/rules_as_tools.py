"""Tools as a list in the place of permission rules, for a target that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import access, effects, fields, patterns, plain_words, server_names, vocabulary
from agentconv.core.asks import SERVERS
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.ir import Tools
from agentconv.core.losses import listed
from agentconv.projecting.granted_words import all_words, granting, open_servers, server_grant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.access import Access
    from agentconv.core.effects import Effects
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Permissions, Rule, ToolGrant
    from agentconv.core.meant import Pattern
    from agentconv.projecting.granted_words import SpellServer


JoinPatterns: TypeAlias = "Callable[[Sequence[Pattern]], Pattern]"
"""Writes several patterns as the one that the target takes for a tool."""
_NO_TOOLS = Tools()
_WHOLE = "of {}, all of the server closes"
_EVERY = "of {}, every MCP server closes"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the target spells grants, or denials."""

    server: SpellServer
    reads_back: Callable[[ToolGrant], bool]


def tools_for_rules(projection: Projection, may: Effects, opens: Spelling, closes: Spelling, join: JoinPatterns | None) -> None:
    """Let a list of tools and a permission mode stand for permission rules; what is open for a part only, closes."""
    source = projection.source
    origin = fields.client_of(source)
    open_to = access.accesses(source.tools, source.permissions, origin)
    partly = sorted(capability for capability, one in open_to.items() if one.parts and one.parts <= may.parts)
    kept = _kept_open(partly, open_to, may, projection.target.id)
    asked = _asked_whole(partly, open_to, projection.target.id)
    partly = [capability for capability in partly if capability not in (*kept, *asked)]
    closed = {capability for capability in access.capabilities_of(source.tools, origin) if capability not in open_to} | set(partly)
    target = vocabulary.words_of(projection.target.id)
    values: dict[str, object] = {"permissions.rules": (), "permissions.resolution": None}
    parts = _open_parts(source, target, join) if join else {}
    partly = [capability for capability in partly if not any(capability in vocabulary.grants(target, word) for word in parts)]
    if parts and source.tools.mode == "inherit" and may.every_server and not may.denied_servers:
        others = all_words(target, closed, opens.server, opens.reads_back)
        values.update({"tools.mode": "list", "tools.allow": (*others, *parts.values())})
    elif source.tools.mode == "inherit" and may.every_server:
        words = [word for capability in sorted(closed) for word in vocabulary.tools_for(target, capability)]
        denied = [granting(target, word) for word in dict.fromkeys(words)]
        patterns_of_servers = {
            effects.server_key(rule.server or "") for rule in source.permissions.rules if server_names.is_open(rule.server or "")
        }
        whole = sorted(may.denied_servers - (patterns_of_servers - {effects.EVERY_SERVER}))
        denied += [server_grant(target, closes.server, server, None) for server in whole]
        denied += _denied_tools(projection, may, closes)
        values["tools.deny"] = tuple(dict.fromkeys([*source.tools.deny, *filter(closes.reads_back, denied)]))
    else:
        words = [vocabulary.tool_for(target, capability) or "" for capability in open_to if capability not in closed]
        allow = [granting(target, word) for word in dict.fromkeys(words) if word and not set(vocabulary.grants(target, word)) & set(partly)]
        servers = open_servers(may, target, opens.server, opens.reads_back)
        values.update({"tools.mode": "list", "tools.deny": (), "tools.allow": (*allow, *parts.values(), *servers)})
    asks = "shell" in kept and not vocabulary.fact(target, "asks_by_default")
    mode = "default" if asks or asked else _mode_for_rules(source.permissions, may)
    if source.permissions.mode is None and mode and vocabulary.native_mode(projection.target.id, mode):
        values["permissions.mode"] = mode
    projection.change_together(values, "rules-as-tools", listed(dict.fromkeys(rule.native for rule in source.permissions.rules)))
    _tell_changed_rules(projection, partly, asked)
    left = [capability for capability in open_to if capability not in closed]
    _tell_unasked(projection, may, left, open_to, asks=values.get("permissions.mode") == "default")
    _tell_kept(projection, kept, open_to)


def _tell_changed_rules(projection: Projection, partly: Sequence[str], asked: Sequence[str]) -> None:
    """Say what closes, or asks as a whole, since rules opened or asked for a part of it."""
    if partly:
        projection.declare("tools-narrowed", "permissions.rules", listed(partly, "{} is open to a part only, and closes"))
    if asked:
        projection.declare("tools-narrowed", "permissions.rules", listed(asked, "{} asks for all, where the source asks for a part"))


def _tell_unasked(projection: Projection, may: Effects, left: Iterable[str], open_to: Mapping[str, Access], *, asks: bool) -> None:
    """Say what rules ask for that the target does unasked: no list of tools says it, and for reading no client asks by itself.

    `asks` is whether its permission mode has it ask.
    """
    if all(rule.effect != "ask" for rule in projection.source.permissions.rules):
        return

    def is_free(effect: str | None) -> bool:
        return effect == "read" or (effect is not None and not asks and not vocabulary.asks_for(projection.target.id, effect))

    found = []
    for capability in (one for one in left if is_free(access.EFFECT_OF.get(one))):
        word, parts = plain_words.tool(capability), access.asked(capability, projection.source.permissions)
        found += [word] if open_to[capability].level is access.Level.ASK else [f"{word} {text}" for text in parts]
    if is_free(SERVERS):
        found += [text.replace(" ", "/", 1) for kind, text, effect in sorted(may.parts) if (kind, effect) == ("mcp", "ask")]
    if found:
        projection.remark("asks-dropped", "permissions.rules", listed(dict.fromkeys(found)))


def _tell_kept(projection: Projection, kept: Iterable[str], open_to: Mapping[str, Access]) -> None:
    """Say which limits of what stays open nothing holds any more."""
    for capability in kept:
        lost = listed((pattern for _, pattern, _ in sorted(open_to[capability].parts)), f"{plain_words.tool(capability)} {{}}")
        if capability == "shell":
            projection.declare("sandbox-dropped", "permissions.rules", lost)
        else:
            projection.warn("pattern-dropped", "permissions.rules", lost)


def _asks(target: str) -> bool:
    """Whether a client can be told to ask, or asks where nobody says otherwise."""
    return vocabulary.fact(target, "asks_by_default") or vocabulary.native_mode(target, "default") is not None


def _asked_whole(partly: Sequence[str], open_to: Mapping[str, Access], target: str) -> list[str]:
    """Return what is asked for in part, and as a whole in a target that asks for such effects."""
    found = [capability for capability in partly if all(effect == "ask" for _, _, effect in open_to[capability].parts)]
    return [capability for capability in found if _asks(target) and access.EFFECT_OF.get(capability) in ("write", "network", "run")]


def _kept_open(partly: Sequence[str], open_to: Mapping[str, Access], may: Effects, target: str) -> list[str]:
    """Return what is denied in part and stays open: what something else goes past, and commands where each is asked for instead."""
    asks = _asks(target)
    denied = [capability for capability in partly if all(effect == "deny" for _, _, effect in open_to[capability].parts)]
    return [capability for capability in denied if not may.bounds(capability) or (capability == "shell" and asks)]


def _open_parts(source: Agent, target: str, join: JoinPatterns) -> dict[str, ToolGrant]:
    """Return grants for the target's words that it holds to the very paths or commands that rules open, by word."""
    found = {}
    for word in vocabulary.tool_words(target) if source.tools == _NO_TOOLS else ():
        rules = {access.opening(source.permissions, capability) for capability in vocabulary.grants(target, word)}
        held = [patterns.carried(rule, target, word, denies=False) for rule in rules.pop()] if len(rules) == 1 else []
        if held and None not in held:
            pattern = join([pattern for several in held for pattern in several or ()])
            found[word] = replace(granting(target, word), pattern=pattern)
    return found


def _mode_for_rules(permissions: Permissions, may: Effects) -> str | None:
    """Return the permission mode that comes nearest to rules, and allows nothing that they do not."""
    levels = may.levels
    if levels["write"] is access.Level.ALLOW and levels["run"] is not access.Level.ALLOW:
        return "accept-edits"
    return "default" if any(rule.effect == "ask" for rule in permissions.rules) else None


def _denied_tools(projection: Projection, may: Effects, closes: Spelling) -> list[ToolGrant]:
    """Deny the tools of servers that rules deny, or all of a server where the target cannot deny them alone."""
    target = vocabulary.words_of(projection.target.id)
    found: list[ToolGrant] = []
    wider: dict[str, list[str]] = {}
    for rule, (server, tool) in _closed_ways(projection, may):
        one = server_grant(target, closes.server, server, tool)
        if server_names.is_open(server) and (server, tool) != (effects.EVERY_SERVER, None):
            one = server_grant(target, closes.server, effects.EVERY_SERVER, None)
            wider.setdefault(_EVERY, []).append(rule.native)
        elif tool is not None and (server_names.is_open(tool) or not closes.reads_back(one)):
            one = server_grant(target, closes.server, server, None)
            wider.setdefault(_WHOLE, []).append(rule.native)
        found.append(one)
    for detail, natives in wider.items():
        projection.declare("tools-narrowed", "permissions.rules", listed(dict.fromkeys(natives), detail))
    return found


def _closed_ways(projection: Projection, may: Effects) -> Iterator[tuple[Rule, server_names.Way]]:
    """Yield the servers and tools that denials close: those that their words can be about, and of known servers those that they cover."""
    own = {one.name for one in projection.source.mcp_servers or ()}
    there = projection.servers_known(projection.target.id) if projection.servers_known is not None else ()
    known = sorted(map(effects.server_key, own.union(there)))
    rules = list(access.in_order(projection.source.permissions))
    for at, rule in enumerate(rules):
        if rule.effect != "deny":
            continue
        ways = server_names.ways(rule) if rule.server is not None and _is_held(rule, may) else ()
        if any(server_names.is_open(server) for server, _ in ways):
            yield rule, next(way for way in ways if server_names.is_open(way[0]))
            continue
        yield from ((rule, way) for way in ways)
        opened = [server_names.pattern_of(one) for one in rules[at + 1 :] if one.effect != "deny"]
        for server, tool in server_names.covered(server_names.pattern_of(rule), known):
            later = [way[1] for pattern in opened for way in server_names.covered(pattern, [server])]
            if None not in later:
                yield rule, (server, "*" if later else tool)


def _is_held(rule: Rule, may: Effects) -> bool:
    """Whether nothing behind a denial opens again what it is about."""
    key = effects.server_key(rule.server or "")
    return ("mcp", f"{key} {rule.tool}", "deny") in may.parts if rule.tool else key in may.denied_servers
