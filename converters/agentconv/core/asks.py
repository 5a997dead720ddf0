"""Questions that are not asked any more: what one client asks its user for, and another one does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, effects, fields, vocabulary

if TYPE_CHECKING:
    from agentconv.core.ir import Agent

_ASKING_MODES = ("default", "dont-ask")
"""Modes by which a file itself wants its agent to ask, or to do nothing that it would have to ask for."""


def dropped(author: Agent, result: Agent, client: str) -> list[str]:
    """Return the effects that an agent has unasked in a client, and that its author's client asks for where a file says nothing."""
    home = fields.client_of(author)
    if not vocabulary.fact(home, "asks_by_default"):
        return []
    before, after = effects.effects(author).levels, effects.effects(result, format_id=client).levels
    asked = (access.Level.ASK, access.Level.INHERIT)
    open_there = (one for one in access.EFFECTS if not vocabulary.asks_for(client, one) and after[one] is access.Level.INHERIT)
    return [one for one in open_there if max(before[one], before["run"]) in asked]


def is_unheld(author: Agent, client: str) -> bool:
    """Whether an author's own file wants to be asked, and the client documents such a limit and holds no agent to it."""
    return author.permissions.mode in _ASKING_MODES and bool(vocabulary.unenforced(client).free)
