"""Names of servers' tools in rules of clients that put one `_` between both (`my_db_get`), so that nobody sees where the server's ends.

Such a client holds the whole name against a rule. Another one has to be told of a server and a tool: of every way in which the name can
be read. Those that no server has close nothing; the one that is meant is among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconv.core.ir import Rule

Way = tuple[str, str | None]
"""A server, and its tool; None for all of its tools."""
_APART = "__"


def ways(rule: Rule) -> tuple[Way, ...]:
    """Return the servers and tools that a rule can be about."""
    joined = _joined(rule)
    found = [_way(joined[:at], joined[at + 1 :]) for at, char in enumerate(joined) if char == "_" and 0 < at < len(joined) - 1]
    return tuple(found) or ((rule.server or "", rule.tool),)


def further(rule: Rule) -> tuple[Way, ...]:
    """Return those of them whose server's name ends in what a star of the rule stands for."""
    joined = _joined(rule)
    return tuple(_way(joined[: at + 1], joined[at:]) for at, char in enumerate(joined) if char == "*")


def _joined(rule: Rule) -> str:
    """Return the name as its client joins it; nothing, where both stand apart."""
    return "" if _APART in rule.native else f"{rule.server}_{rule.tool or '*'}"


def _way(server: str, tool: str) -> Way:
    return server, None if tool == "*" else tool
