"""Whether one agent may do more than another, and what. The only place that compares."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core import partial, plain_words
from agentconv.core.access import EFFECT_OF, EFFECTS, Level
from agentconv.core.dataclass import dataclass
from agentconv.core.effects import ALL_TOOLS, EVERY_SERVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from agentconv.core.effects import Effects, Guard
    from agentconv.core.partial import Ordered, Rows


def is_guarded(guard: Guard, guards: Collection[Guard]) -> bool:
    """Whether a guard is still there among some, and is about no less."""
    event, about, run = guard
    held = [other for when, other, does in guards if (when, does) == (event, run)]
    return any(other is None or (about is not None and about <= other) for other in held)


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


def widenings(ceiling: Effects, result: Effects, *, covered: bool = True) -> list[Widening]:
    """Return what the result may do beyond the ceiling; empty when nothing.

    Args:
        ceiling: What its author allows.
        result: What it may do.
        covered: Whether what commands could do, where the author lets it run some, is nothing more.
    """
    cover = ceiling.levels["run"] if covered else Level.NO
    allowed = {effect: max(ceiling.levels[effect], cover) for effect in EFFECTS}
    if ceiling.confined:
        allowed["run"] = max(allowed["run"], Level.ASK)
    if result.asks:  # where the client asks anyway, inheriting the user's settings takes nothing from an author who wants to be asked
        allowed = {effect: Level.INHERIT if level is Level.ASK else level for effect, level in allowed.items()}
    found = [_beyond(effect, allowed[effect], result.levels[effect]) for effect in EFFECTS if result.levels[effect] > allowed[effect]]
    found += [_unasked(*one) for one in _freer(ceiling, result, allowed)]
    found += _reopened(ceiling, result)
    opened = [name for name, tools in result.servers.items() if tools and not _within(ceiling, name, tools)]
    found += [Widening("every MCP server" if name == EVERY_SERVER else f"MCP server {name}", name) for name in opened]
    found += [_unasked_server(*one) for one in sorted(result.unasked) if _was_asked(ceiling, *one)]
    for capability, pattern, effect in sorted(partial.lost(ceiling.parts, result.parts, asks=result.asks)):
        asks = (effect == "ask" and result.asks) or (effect != "only" and _asks_for_all(result, capability))
        if (asks and not _opens(result, capability, pattern)) or (covered and _is_moot(ceiling, capability)):
            continue
        if _touches(result, capability, pattern):
            found.append(_beyond_part(capability, pattern, effect))
    if not all(is_guarded(guard, result.guards) for guard in ceiling.guards):
        found.append(Widening("tool use that a hook may block in the source", effect=plain_words.HOOKS))
    return list(dict.fromkeys(found))


def _freer(ceiling: Effects, result: Effects, allowed: Mapping[str, Level]) -> Iterator[tuple[str, str]]:
    """Yield the patterns, with their capability, that a result opens without being asked, where its author allows the whole of it less."""
    for capability, rows in sorted(result.freer):
        if Level.NO < allowed[EFFECT_OF[capability]] < Level.ALLOW:
            yield from ((capability, pattern) for pattern in partial.beyond(rows, _of(ceiling.freer, capability)))


def _reopened(ceiling: Effects, result: Effects) -> Iterator[Widening]:
    """Yield what a result opens again of what its author closes for good, or asks for."""
    for capability, rows in sorted(result.reopened - ceiling.reopened):
        if _is_moot(ceiling, capability):
            continue
        closed = {pattern: effect for about, pattern, effect in ceiling.parts if about == capability}
        for pattern, opened in sorted(partial.reopened(rows, closed, _of(ceiling.reopened, capability))):
            words = f"{plain_words.tool(capability)} `{opened}` of `{pattern}`, which the source sets to {closed[pattern]}"
            yield Widening(words, effect=EFFECT_OF.get(capability))


def _of(ordered: Collection[Ordered], capability: str) -> list[Rows]:
    return [rows for about, rows in ordered if about == capability]


def _unasked(capability: str, pattern: str) -> Widening:
    return Widening(f"{plain_words.tool(capability)} `{pattern}` without being asked", unasked=True, effect=EFFECT_OF[capability])


def _opens(result: Effects, capability: str, pattern: str) -> bool:
    """Whether a result that asks for all that a capability reaches opens some of it, which may be what a restriction is about."""
    opened = (one for rows in _of(result.freer, capability) for one in partial.unasked(rows))
    return any(partial.may_meet(one, pattern) for one in opened)


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


def _was_asked(ceiling: Effects, server: str, tool: str) -> bool:
    """Whether an author lets a tool of an MCP server, or all of one, be used, but not without being asked.

    Who names no server has them as each client does, and who may run any command unattended has them anyway.
    """
    if not ceiling.asks or ceiling.every_server or ceiling.levels["run"] is Level.ALLOW or server == EVERY_SERVER:
        return False
    if not _within(ceiling, server, frozenset({tool})) or ("mcp", f"{server} {tool}", "ask") in ceiling.parts:
        return False  # told as a server of which more is open, or as a rule that is gone
    flat = {name if name == EVERY_SERVER else f"{name}_" if one == ALL_TOOLS else f"{name}_{one}" for name, one in ceiling.unasked}
    wanted = f"{server}_" if tool == ALL_TOOLS else f"{server}_{tool}"
    return EVERY_SERVER not in flat and not any(wanted == one or (one.endswith("_") and wanted.startswith(one)) for one in flat)


def _unasked_server(server: str, tool: str) -> Widening:
    what = f"MCP server {server}" if tool == ALL_TOOLS else f"`{tool}` of MCP server {server}"
    return Widening(f"{what} without being asked", server, unasked=True)


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
