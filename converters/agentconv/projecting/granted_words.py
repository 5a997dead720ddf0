"""What a target's own words for tools grant: the grants that a list of them is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import access, effects, vocabulary
from agentconv.core.ir import ToolGrant

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from agentconv.core.effects import Effects


SpellServer: TypeAlias = "Callable[[str, str | None], str]"
"""Writes an MCP server, or one of its tools, as a tool of the target."""


def without_repeats(found: Iterable[ToolGrant]) -> tuple[ToolGrant, ...]:
    """Return grants without those that stand before."""
    return tuple(dict.fromkeys(found))


def granting(target: str, word: str) -> ToolGrant:
    """Return the grant of one of the target's own words, as its reader gives it: the first of several capabilities stands for all."""
    meanings = vocabulary.grants(target, word)
    return ToolGrant(word, target, meanings[0] if meanings else None)


def server_grant(target: str, spell_server: SpellServer, server: str, tool: str | None) -> ToolGrant:
    """Return the grant of a server's tool, by what the client calls the server in the names of its tools."""
    called = effects.server_key(server) if vocabulary.fact(target, "flattens_servers") else server
    return ToolGrant(spell_server(called, tool), target, "mcp", None, called, tool)


def all_words(
    target: str, without: Collection[str], spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]
) -> tuple[ToolGrant, ...]:
    """Return the target's words for all its tools, MCP servers included, but for those that grant a capability left out."""
    found = []
    covered: set[str] = set()
    for word in vocabulary.tool_words(target):
        meanings = vocabulary.grants(target, word)
        if meanings and "mcp" not in meanings and not set(meanings) & set(without) and not set(meanings) <= covered:
            covered.update(meanings)
            found.append(granting(target, word))
    every = spell_server(effects.EVERY_SERVER, None)
    if every:
        found.append(ToolGrant(every, target, "mcp", None, effects.EVERY_SERVER))
    return tuple(filter(reads_back, found))


def open_servers(may: Effects, target: str, spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]) -> tuple[ToolGrant, ...]:
    """Return grants for the MCP servers, or those of their tools, that are open by name."""
    pairs = [
        (server, tool) for server, names in may.servers.items() for tool in (sorted(names) if effects.ALL_TOOLS not in names else [None])
    ]
    return tuple(filter(reads_back, (server_grant(target, spell_server, server, tool) for server, tool in pairs)))


def tools_within(may: Effects, target: str, on_network: Collection[str]) -> tuple[ToolGrant, ...]:
    """Return the target's tools whose effects stay within what an agent may do (for one that only has a sandbox)."""
    found = []
    closed = {capability for capability, effect in access.EFFECT_OF.items() if effect == "network"}.difference(on_network)
    for capability, effect in access.EFFECT_OF.items():
        native = vocabulary.tool_for(target, capability)
        if native and may.levels[effect] and not closed & set(vocabulary.grants(target, native)):
            found.append(granting(target, native))
    for capability in ("todo", "skill"):
        native = vocabulary.tool_for(target, capability)
        if native:
            found.append(granting(target, native))
    return without_repeats(found)
