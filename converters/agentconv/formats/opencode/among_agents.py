"""Rules of the whole set in an agent's own map: what its file allows would go before them, since the last rule that matches decides."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import takewhile
from re import split
from typing import TYPE_CHECKING

from agentconv.core import access
from agentconv.formats.opencode import permission_maps
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Rule

_STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}


def among(own: Sequence[Rule], of_set: Sequence[Rule]) -> tuple[Rule, ...] | None:
    """Return an agent's rules so that what is denied or asked about for the whole set is so for it; None where its map cannot say that.

    Args:
        own: The agent's rules.
        of_set: Those of the set.
    """
    limits = limiting(of_set)
    if limits:
        rest = among(own, [rule for rule in of_set if rule not in limits])
        return None if rest is None else limited(rest, limits)
    counting = {(one.rule.native, one.rule.pattern) for one in deciding.counting(own)}
    rules = [rule for rule in own if (rule.native, rule.pattern) in counting]  # one word stands for several rules, and stays whole
    added: dict[str, list[Rule]] = {}
    for rule in of_set:
        behind = rules[rules.index(rule) :] if rule in rules else rules
        touching = _touching(behind, rule.native)
        if any(_STRICTNESS[one.effect] < _STRICTNESS[rule.effect] for one in touching):
            added.setdefault(rule.native, []).append(rule)
            if _is_glob(rule.native) and rule.effect == "ask" and any(one.effect == "deny" for one in _touching(rules, rule.native)):
                return None
    if not added:
        return tuple(own)
    partly = [word for word, more in added.items() if not all(one.effect == "deny" and _is_whole(one) for one in more)]
    if any(_is_glob(one.native) and _matches(one.native, word) and one.native != word for one in rules for word in partly):
        return None
    left = [rule for rule in rules if rule.native not in added]
    asking = [word for word, more in added.items() if _is_glob(word) and not any(one.effect == "deny" for one in more)]
    if any(word in partly and not _is_asked(added[word]) and _is_glob_for(asking, word) for word in added):
        return None
    words = sorted(added, key=lambda word: 0 if word in asking else 1 + _is_glob(word))  # what denies a tool decides after what asks
    return (*left, *(rule for word in words for rule in _together(rules, word, added[word])))


def limiting(of_set: Sequence[Rule]) -> list[Rule]:
    """Return the rules that leave only some tools of MCP servers open: a denial of all of them, and behind it what is open."""
    found: list[Rule] = []
    denied: Rule | None = None
    for rule in of_set:
        if denied is not None and rule.effect == "ask" and rule.native.startswith(denied.native[:-1]) and not _is_glob(rule.native):
            found += [rule] if denied in found else [denied, rule]
        denied = rule if rule.effect == "deny" and rule.native.endswith("_*") and _is_whole(rule) else denied
    return found


def limited(own: Sequence[Rule], limits: Sequence[Rule]) -> tuple[Rule, ...] | None:
    """Return rules that leave no more tools of servers open than limits do, and what is open as they have it; None where they cannot."""
    found = list(own)
    for place, limit in enumerate(limits):
        if limit.effect != "deny":
            continue
        about = [rule for rule in own if _may_match(rule.native, limit.native[:-1])]
        opened = takewhile(lambda rule: rule.effect != "deny", limits[place + 1 :])
        if all(rule.effect == "deny" for rule in about):
            continue
        if not all(map(_is_whole, about)):
            return None
        found = [rule for rule in found if not rule.native.startswith(limit.native[:-1])]
        found.append(limit)
        found += [again for one in opened for again in _as_before(own, one)]
    return tuple(found)


def _may_match(word: str, beginning: str) -> bool:
    """Whether a word, or a pattern, may be about a tool whose name begins in a way."""
    head = split("[*?]", word, maxsplit=1)[0]
    return head.startswith(beginning) or (head != word and beginning.startswith(head))


def _as_before(own: Sequence[Rule], limit: Rule) -> Iterator[Rule]:
    """Yield what rules say of a tool that a limit leaves open; where they say nothing, what the limit says."""
    said = [rule.effect for rule in own if _matches(rule.native, limit.native)]
    yield from permission_maps.rules_of(limit.format, limit.native, said[-1] if said else limit.effect, None)


def _is_glob(word: str) -> bool:
    return word != access.EVERY_CAPABILITY and bool(set(word) & set("*?"))


def _is_asked(more: Sequence[Rule]) -> bool:
    """Whether rules for a word ask about all that it does."""
    return any(_is_whole(rule) for rule in more)


def _is_glob_for(globs: Sequence[str], word: str) -> bool:
    """Whether a word, or a pattern for several, is one of those that patterns are about."""
    return any(glob != word and _matches(glob, word) for glob in globs)


def _matches(pattern: str, word: str) -> bool:
    return fnmatchcase(word, pattern)


def _touching(rules: Sequence[Rule], word: str) -> list[Rule]:
    """Return the rules that are about a word: its own and those of patterns, or else those for everything."""
    mine = [
        rule
        for rule in rules
        if rule.native == word
        or (_is_glob(word) and _matches(word, rule.native))
        or (_is_glob(rule.native) and _matches(rule.native, word))
    ]
    return [*mine, *[rule for rule in rules if rule.native == access.EVERY_CAPABILITY][-1:]] if _is_glob(word) or not mine else mine


def _together(rules: Sequence[Rule], word: str, more: Sequence[Rule]) -> Iterator[Rule]:
    """Yield the rules for a word: what is left of the agent's, and behind them the set's, of which none opens what the agent may not do."""
    mine = [rule for rule in rules if rule.native == word]
    closed = any(rule.effect == "deny" for rule in _touching(rules, word))
    whole = [rule.effect for rule in more if _is_whole(rule)]
    parts = [rule for rule in more if not _is_whole(rule) and not (closed and rule.effect == "ask")]
    floor = [*whole, *(["ask"] if closed and any(rule.effect == "ask" for rule in more) else [])]
    found: dict[str, str] = {}
    base = [rule.effect for rule in mine if _is_whole(rule)] or ([] if closed and "deny" not in whole else whole)
    if base:
        found["*"] = _strictest(base[-1], *floor)
    for rule in mine:
        if not _is_whole(rule):
            found[str(rule.pattern)] = _strictest(rule.effect, *floor)
    for rule in parts:
        found.pop(str(rule.pattern), None)  # the last rule decides, and a key stands where it was first
        found[str(rule.pattern)] = rule.effect
    format_id = more[0].format
    alone = list(found) == ["*"]
    for pattern, effect in found.items():
        yield from permission_maps.rules_of(format_id, word, effect, None if alone else pattern)


def _strictest(*several: str) -> str:
    return max(several, key=_STRICTNESS.__getitem__)


def _is_whole(rule: Rule) -> bool:
    return rule.pattern is None or rule.pattern == "*"
