"""What an agent may do in another client beyond its author's words, found once for all files that differ in their texts alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import tool_summary
from agentconv.formats import registry
from agentconv.lint import plain_texts

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agentconv.core.widening import Widening
    from agentconv.lint.subject import Subject

_MOST = 1000
"""Pairs of agents that are remembered; beyond, they are forgotten, and compared again."""


@cache
def _widenings(_client: str) -> dict[Hashable, list[Widening]]:
    """Return what was found so far, by all that it depends on."""
    return {}


def beyond(subject: Subject, client: str, number: int) -> list[Widening]:
    """Return what an agent may do in a client that its author did not allow: no text has a part in that, but for whether there is one."""
    own, read = subject.result, subject.reading(client)
    author, agent = own.set.agents[number], read.set.agents[number]
    if any(registry.FORMATS[one].distribution for one in (subject.format, client)):
        return compare.widenings(author, tool_summary.held(agent, client), client)
    found, unlimited = _widenings(client), tool_summary.is_unlimited(agent, client)
    both = subject.format, plain_texts.but_for_texts(own, number), plain_texts.but_for_texts(read, number), unlimited
    if both not in found:
        if len(found) >= _MOST:
            found.clear()
        found[both] = compare.widenings(author, tool_summary.held(agent, client), client)
    return found[both]


def place_of_limits(subject: Subject, number: int) -> tuple[int, int]:
    """Return where an agent's file says what it may do; its beginning, where it says nothing of that."""
    keys = (subject.key_of(path) for path in ("tools.allow", "tools.deny", "permissions.mode"))
    return next((subject.place(number, key) for key in keys if key and subject.has(number, key)), (0, 0))
