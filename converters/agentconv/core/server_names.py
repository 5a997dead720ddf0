"""Names of servers' tools in rules of clients that put one `_` between both (`my_db_get`), so that nobody sees where the server's ends.

Such a client holds the whole name against a rule. Another one has to be told of a server and a tool: of every way in which the name can
be read. Those that no server has close nothing; the one that is meant is among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def covered(pattern: str, known: Iterable[str]) -> Iterator[Way]:
    """Yield what a pattern over joined names covers of servers that are known, each with a tool, or a pattern of tools."""
    for server in known:
        yield from ((server, None if set(rest) == {"*"} else rest) for rest in _rests(pattern, f"{server}_") if rest)


def pattern_of(rule: Rule) -> str:
    """Return the pattern over joined names that a rule is; nothing, where it is another rule."""
    if rule.server is not None:
        return _joined(rule)
    return rule.native if rule.capability is None and rule.pattern is None and set(rule.native) & set("*?") else ""


def is_open(server: str) -> bool:
    """Whether a name has a part that stands for any text: of no one server."""
    return bool(set(server) & set("*?"))


def _rests(pattern: str, begun: str) -> set[str]:
    """Return what is left of a pattern after the beginning of a name, in each way in which it covers that."""
    found = {pattern}
    for char in begun:
        now = {rest for one in found for rest in _passed(one)}
        found = {rest if rest[0] == "*" else rest[1:] for rest in now if rest and rest[0] in ("*", "?", char)}
    return found if not any(set(one) == {"*"} for one in found) else {"*"}


def _passed(pattern: str) -> Iterator[str]:
    """Yield a pattern, and what follows the stars at its beginning, which may stand for nothing."""
    yield pattern
    while pattern.startswith("*"):
        pattern = pattern[1:]
        yield pattern
