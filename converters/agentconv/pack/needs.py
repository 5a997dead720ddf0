"""What an agent asks of the assistant that runs it: tools, MCP servers, skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, effects, vocabulary
from agentconv.formats import registry
from agentconv.packs.manifest import Needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent

_OF_SERVERS = "mcp"
_ELSE = "claude-code"
"""Whose tools an agent inherits that was written for no client."""


def of(agent: Agent) -> Needs:
    """Return what an agent needs."""
    format_id = agent.origin.format if agent.origin and agent.origin.format in registry.CLIENTS else _ELSE
    have = set(effects.usable(agent, format_id)) - {_OF_SERVERS}
    servers = tuple(sorted(set(_servers(agent))))
    skills = tuple(dict.fromkeys(filter(None, agent.skills or ())))
    if agent.tools.mode == "inherit" and have >= set(vocabulary.capabilities(format_id)) - {_OF_SERVERS}:
        return Needs(every_tool=True, mcp_servers=servers, skills=skills)
    known = [capability for capability in access.CAPABILITIES if capability in have]
    return Needs(tuple(dict.fromkeys((*known, *_own_words(agent)))), mcp_servers=servers, skills=skills)


def _own_words(agent: Agent) -> Iterator[str]:
    """Yield the granted words that only the agent's own client knows."""
    for grant in agent.tools.allow:
        if not access.granted(grant) and not grant.server and grant.native:
            yield grant.native


def _servers(agent: Agent) -> Iterator[str]:
    """Yield the names of the MCP servers that an agent brings, refers to, or has tools of."""
    yield from (server.name for server in agent.mcp_servers or () if server.name)
    named = [grant.server for grant in agent.tools.allow]
    named += [rule.server for rule in agent.permissions.rules if rule.effect != "deny"]
    yield from (name for name in named if name and name != effects.EVERY_SERVER)
