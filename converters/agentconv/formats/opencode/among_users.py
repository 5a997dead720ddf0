"""Rules of a set in the map that a user has: they come to it, and what is there stays as it is, byte for byte, as far as it may.

The last rule that matches decides. So what denies goes behind what is there, and what asks about all of a word before it: what the user
allows of that is the user's word. Only what is said of the very same, and is opposed to that, is said anew.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core import access
from agentconv.formats.opencode import among_agents, permission_maps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Rule

    Patterns = dict[str | None, str]
    """What is done, by pattern; None for a word that has an action alone."""

_STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}
_WHOLE = (None, "*")


def among(own: Sequence[Rule], of_set: Sequence[Rule]) -> tuple[Rule, ...] | None:
    """Return a user's rules with those of a set among them, which hold; None where one map cannot say both.

    Args:
        own: The user's rules.
        of_set: Those of the set that deny or ask.
    """
    limits = among_agents.limiting(of_set)
    maps = maps_of(own)
    for word, more in maps_of(rule for rule in of_set if rule not in limits).items():
        found = _placed(maps, word, more)
        if found is None:
            return _said_anew(own, of_set)
        maps = found
    rules = tuple(_rules(maps, own, of_set))
    held = among_agents.limited(rules, limits) if limits else rules
    return None if held is None else (*held, *_missing(held, limits))


def _said_anew(own: Sequence[Rule], of_set: Sequence[Rule]) -> tuple[Rule, ...] | None:
    """Return the rules with the set's as an agent's own map has them: stricter, where the user's go before them."""
    held = among_agents.among(own, of_set)
    return None if held is None else _with_missing(held, [*_missing(held, of_set)])


def _with_missing(rules: Sequence[Rule], missing: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules with those beside them that are about words of which they say nothing.

    What asks about several tools goes first, since a rule for one of them may deny it, and none there opens any. What stands behind a rule
    for more tools that says as much is not written: none there is less strict, and it would have what is denied be asked about.
    """
    new = [rule for rule in missing if not _is_held(rule, rules)]
    wide = [rule for rule in new if rule.effect == "ask" and rule.pattern is None and is_glob(rule.native)]
    return (*wide, *rules, *(rule for rule in new if rule not in wide))


def _is_held(rule: Rule, there: Sequence[Rule]) -> bool:
    """Whether a rule for more tools, the last one that is about these, says as much of them as another one does."""
    said = [one.effect for one in there if one.pattern is None and is_glob(one.native) and fnmatchcase(rule.native, one.native)]
    return bool(said) and _STRICTNESS[said[-1]] >= _STRICTNESS[rule.effect]


def _missing(rules: Sequence[Rule], of_set: Sequence[Rule]) -> Iterator[Rule]:
    words = {rule.native for rule in rules}
    return (rule for rule in of_set if rule.native not in words)


def maps_of(rules: Iterable[Rule]) -> dict[str, Patterns]:
    """Return what rules say by word, in the order in which the words stand."""
    found: dict[str, Patterns] = {}
    for rule in rules:
        found.setdefault(rule.native, {})[None if rule.pattern is None else str(rule.pattern)] = rule.effect
    return found


def _rules(maps: Mapping[str, Patterns], own: Sequence[Rule], of_set: Sequence[Rule]) -> Iterator[Rule]:
    """Yield the rules of maps; a word of which nothing is new keeps the rules that it had."""
    before = maps_of(own)
    format_id = (*of_set, *own)[0].format if of_set or own else ""
    for word, patterns in maps.items():
        if list(before.get(word, {}).items()) == list(patterns.items()):
            yield from (rule for rule in own if rule.native == word)
        else:
            for pattern, effect in patterns.items():
                yield from permission_maps.rules_of(format_id, word, effect, pattern)


def _placed(maps: Mapping[str, Patterns], word: str, more: Patterns) -> dict[str, Patterns] | None:
    """Return maps with what a set says of a word in them; None where they do not hold that without saying anew what is there."""
    words = list(maps)
    wider = [place for place, one in enumerate(words) if one != word and is_glob(one) and fnmatchcase(word, one)]
    if word in maps:
        place = words.index(word)
        touching = (maps[one] for one in words[place + 1 :] if _touches(one, word))
        if any(_laxest(one) < _strictest(more) for one in touching):
            return None
        before = [maps[words[one]] for one in wider if one < place]
        joined = _joined(maps[word], more, _level(before))
        return None if joined is None else {**maps, word: joined}
    level = _level([maps[words[one]] for one in wider])
    left = {pattern: effect for pattern, effect in more.items() if effect == "deny" or not _is_asked(pattern, level)}
    if not left:
        return dict(maps)
    at = len(words) if "deny" in left.values() or not wider else wider[-1] + 1
    narrower = [place for place, one in enumerate(words) if is_glob(word) and one != word and fnmatchcase(one, word)]
    if narrower and "deny" not in left.values():
        at = wider[-1] + 1 if wider else 0  # what is said of one of its tools goes before what is asked about all of them
    return {**{one: maps[one] for one in words[:at]}, word: left, **{one: maps[one] for one in words[at:]}}


def _is_asked(pattern: str | None, level: str | None) -> bool:
    """Whether what asks about all of a word, or a part of it, says nothing new beside what is said of everything, or would open that."""
    return level == "deny" or (level == "ask" and pattern in _WHOLE)


def _level(wider: Sequence[Patterns]) -> str | None:
    """Return what the last of the words for several says of all that a word is about."""
    if not wider:
        return None
    last = wider[-1]
    return (
        min(last.values(), key=_STRICTNESS.__getitem__) if len(set(last.values())) == 1 else max(last.values(), key=_STRICTNESS.__getitem__)
    )


def _joined(mine: Patterns, more: Patterns, level: str | None) -> Patterns | None:
    """Return what a word says, and a set says of it; None where a part that is asked about cannot stand among what is there."""
    if set(mine.values()) == {"deny"} and not set(mine).isdisjoint(_WHOLE):
        return mine
    found: dict[str, str] = {"*" if pattern is None else pattern: effect for pattern, effect in mine.items()}
    whole = {effect for pattern, effect in more.items() if pattern in _WHOLE}
    parts = {pattern: effect for pattern, effect in more.items() if pattern is not None and pattern != "*"}
    if "deny" in whole:
        found = _behind(found, "*", "deny")
    elif "ask" in whole and "*" in found:
        found["*"] = max(found["*"], "ask", key=_STRICTNESS.__getitem__)
    elif "ask" in whole and not _is_asked("*", level):
        found = {"*": "ask", **found}
    for pattern, effect in parts.items():
        put = _denied(found, pattern) if effect == "deny" else _asked(found, pattern)
        if put is None:
            return None
        found = put
    if list(found) == ["*"] and None in mine:
        return {None: found["*"]}
    return {pattern: effect for pattern, effect in found.items()}  # noqa: C416 - of another type


def _denied(found: dict[str, str], pattern: str) -> dict[str, str]:
    """Return patterns of which one is denied, whatever stands there of others."""
    behind = list(found)[list(found).index(pattern) :] if pattern in found else []
    return found if behind and all(found[one] == "deny" for one in behind) else _behind(found, pattern, "deny")


def _asked(found: dict[str, str], pattern: str) -> dict[str, str] | None:
    """Return patterns of which one is asked about, behind what is there and before all that is denied; None where something allows it."""
    if found.get(pattern) in ("ask", "deny") or found.get("*") == "deny":
        return found
    left = {one: effect for one, effect in found.items() if one != pattern}
    words = list(left)
    at = next((place for place, one in enumerate(words) if left[one] == "deny"), len(words))
    if any(left[one] == "allow" for one in words[at:]):
        return None
    return {**{one: left[one] for one in words[:at]}, pattern: "ask", **{one: left[one] for one in words[at:]}}


def _behind(found: Mapping[str, str], pattern: str, effect: str) -> dict[str, str]:
    return {**{one: said for one, said in found.items() if one != pattern}, pattern: effect}


def is_glob(word: str) -> bool:
    """Whether a word stands for several, be it for all."""
    return word == access.EVERY_CAPABILITY or bool(set(word) & set("*?"))


def _touches(one: str, word: str) -> bool:
    return (is_glob(one) and fnmatchcase(word, one)) or (is_glob(word) and fnmatchcase(one, word))


def strictest(*several: str) -> str:
    """Return the strictest of some effects."""
    return max(several, key=_STRICTNESS.__getitem__)


def _laxest(patterns: Patterns) -> int:
    return min(map(_STRICTNESS.__getitem__, patterns.values()))


def _strictest(patterns: Patterns) -> int:
    return max(map(_STRICTNESS.__getitem__, patterns.values()))
