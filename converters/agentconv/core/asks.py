"""Questions that are not asked any more: what one client asks its user for, and another one does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, effects, fields, vocabulary

if TYPE_CHECKING:
    from agentconv.core.ir import Agent

SERVERS = "servers"
"""What the calls of tools of MCP servers are called in a client's `unasked` and `partly_asked`."""
_ASKING_MODES = ("default", "dont-ask")
"""Modes by which a file itself wants its agent to ask, or to do nothing that it would have to ask for."""


def may_ask(format_id: str | None, effect: str) -> bool:
    """Whether a client asks for an effect where nobody says otherwise, if only in some of its sessions: what comes from it keeps that."""
    return vocabulary.asks_for(format_id, effect) or effect in vocabulary.tables(format_id or "").get("partly_asked", ())


def are_lost(home: str | None, client: str, effect: str) -> bool:
    """Whether an effect is asked for in one client, and not surely so in another one, where nobody says otherwise."""
    other = home is not None and vocabulary.words_of(home) != vocabulary.words_of(client)
    return other and may_ask(home, effect) and not vocabulary.asks_for(client, effect)


def lost(home: str | None, client: str) -> frozenset[str]:
    """Return what is asked for in one client, and not surely so in another one: effects, and the tools of servers."""
    if vocabulary.fact(home, "asks_by_default"):  # what it does unasked is so within bounds of its own, which the other one has not got
        return frozenset() if vocabulary.fact(client, "asks_by_default") else frozenset((*access.EFFECTS, SERVERS))
    return frozenset(effect for effect in (*access.EFFECTS, SERVERS) if are_lost(home, client, effect))


def dropped(author: Agent, result: Agent, client: str) -> list[str]:
    """Return the effects that an agent has unasked in a client, and that its author's client asks for where a file says nothing."""
    home = fields.client_of(author)
    may_be = access.EFFECTS if vocabulary.fact(home, "asks_by_default") else lost(home, client)
    if not may_be:
        return []
    before, after = effects.effects(author).levels, effects.effects(result, format_id=client).levels
    asked = (access.Level.ASK, access.Level.INHERIT)
    open_there = (
        one for one in access.EFFECTS if one in may_be and not vocabulary.asks_for(client, one) and after[one] is access.Level.INHERIT
    )
    return [one for one in open_there if max(before[one], before["run"]) in asked]


def is_unheld(author: Agent, client: str) -> bool:
    """Whether an author's own file wants to be asked, and the client documents such a limit and holds no agent to it."""
    return author.permissions.mode in _ASKING_MODES and bool(vocabulary.unenforced(client).free)
