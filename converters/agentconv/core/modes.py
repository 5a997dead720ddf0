"""What a permission mode closes, as tools, since modes give way to a more permissive caller; and modes that grant nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, fields, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import Origin, ToolGrant

if TYPE_CHECKING:
    from agentconv.core.ir import Agent, Tools

_NOBODY = "json"
"""The format of what is in no client's words."""
_CLOSED = frozenset(capability for capability, effect in access.EFFECT_OF.items() if effect in access.CLOSED_BY_MODES)


def in_tools(agent: Agent, target: str, *, holds: bool = True) -> Agent:
    """Return an agent whose tools say what its mode closes, on its way to another client; the mode stays beside them.

    A mode that its client holds closes MCP servers as well, so what is left is listed; one that only says how to work is written
    as denied tools.

    Args:
        agent: The agent.
        target: Where it goes.
        holds: Whether the target's files say a mode at all; one of the same client then keeps it, and needs no more.
    """
    mode = agent.permissions.mode
    origin = agent.origin.format if agent.origin else None
    if mode not in access.READ_ONLY_MODES or (holds and origin and vocabulary.words_of(origin) == vocabulary.words_of(target)):
        return agent
    client = vocabulary.words_of(origin if origin and vocabulary.tool_words(origin) else target)
    tools = _reading(agent.tools, client) if mode in access.HELD_MODES else _without_writing(agent.tools, client)
    if tools == agent.tools:
        return agent
    told = agent.origin if fields.client_of(agent) else Origin(_NOBODY, "")
    return replace(agent, tools=tools, origin=told)  # words that the author did not choose say nothing of whose agent it is


def idle(agent: Agent, target: str) -> str | None:
    """Return an agent's mode where its client gives it nothing for it that its session has not, on its way to another client."""
    mode = agent.permissions.mode
    origin = agent.origin.format if agent.origin else None
    at_home = origin and vocabulary.words_of(origin) == vocabulary.words_of(target)
    return mode if mode and origin and not at_home and vocabulary.unattended(origin, mode) == () else None


def without_mode(agent: Agent) -> Agent:
    """Return an agent without its mode."""
    return replace(agent, permissions=replace(agent.permissions, mode=None))


def _reading(tools: Tools, client: str) -> Tools:
    """Return tools that neither write nor run, and are of no MCP server."""
    if tools.mode == "none":
        return tools
    given = tools.allow if tools.mode == "list" else [_granting(client, word) for word in vocabulary.tool_words(client)]
    left = tuple(one for one in given if not one.server and (found := set(access.granted(one))) and not found & {*_CLOSED, "mcp"})
    return replace(tools, mode="list" if left else "none", allow=left)


def _without_writing(tools: Tools, client: str) -> Tools:
    """Return tools that deny writing and running."""
    if tools.mode == "none":
        return tools
    if tools.mode == "list":
        return replace(tools, allow=tuple(one for one in tools.allow if not _CLOSED & set(access.granted(one))))
    closed = [word for word in vocabulary.tool_words(client) if _CLOSED & set(vocabulary.grants(client, word))]
    denied = {one.native for one in tools.deny if one.pattern is None}
    return replace(tools, deny=(*tools.deny, *(_granting(client, word) for word in closed if word not in denied)))


def _granting(client: str, word: str) -> ToolGrant:
    return ToolGrant(word, client, next(iter(vocabulary.grants(client, word)), None))
