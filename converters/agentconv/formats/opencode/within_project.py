"""An agent's own map, which goes before what its project denies: it opens nothing of that.

Asked (OpenCode 1.18.33): the rules of an agent's file stand behind those of the project's, and the last that matches decides, so that
`bash: ask` in the one takes `bash: deny` of the other away.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.formats.opencode import permission_maps
from agentconv.formats.opencode.among_users import is_glob, maps_of, strictest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.ir import Rule
    from agentconv.formats.opencode.among_users import Patterns

    Said = list[tuple[str, str]]
    """Patterns with what is done, of which the last that matches decides."""


def within(own: Sequence[Rule], theirs: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return an agent's rules so that what its project denies is denied to it.

    Args:
        own: The agent's rules.
        theirs: Those of the project's files, in the order in which they count.
    """
    before = maps_of(own)
    maps = {word: _narrowed(patterns, _said_of(theirs, word)) for word, patterns in before.items()}
    for word in dict.fromkeys(rule.native for rule in theirs if rule.native not in maps):
        opening = [patterns for one, patterns in maps.items() if is_glob(one) and fnmatchcase(word, one)]
        said = _said_of(theirs, word)
        if opening and set(opening[-1].values()) != {"deny"} and any(effect == "deny" for _, effect in said):
            maps[word] = _narrowed(opening[-1], said)
    return tuple(_rules(maps, before, own))


def _rules(maps: Mapping[str, Patterns], before: Mapping[str, Patterns], own: Sequence[Rule]) -> Iterator[Rule]:
    for word, patterns in maps.items():
        if before.get(word) == patterns:
            yield from (rule for rule in own if rule.native == word)
        else:
            for pattern, effect in patterns.items():
                yield from permission_maps.rules_of(own[0].format, word, effect, pattern)


def _said_of(theirs: Sequence[Rule], word: str) -> Said:
    """Return what a project says of a word, from the last rule on that is about all of it."""
    matching = (rule for rule in theirs if rule.native == word or (is_glob(rule.native) and fnmatchcase(word, rule.native)))
    said = [("*" if rule.pattern is None else str(rule.pattern), str(rule.effect)) for rule in matching]
    last = max((place for place, (pattern, _) in enumerate(said) if pattern == "*"), default=0)
    return list(dict.fromkeys(said[last:]))


def _narrowed(mine: Patterns, said: Said) -> Patterns:
    """Return what an agent's map says of a word without what its project denies; what that opens again stays as the agent has it."""
    if set(mine.values()) == {"deny"} or all(effect != "deny" for _, effect in said):
        return mine
    found = {"*" if pattern is None else pattern: effect for pattern, effect in mine.items()}
    level = found["*"] if list(found) == ["*"] else None
    alike = _alike(found, said)
    if said[0] == ("*", "deny"):
        found = {"*": "deny"} if alike is None else alike
    for pattern, effect in said[1:] if said[0][0] == "*" else said:
        if effect == "deny":
            _deny(found, pattern)
        elif level is not None and "deny" in found.values():
            found.pop(pattern, None)
            found[pattern] = strictest(effect, level)
    if set(found.values()) == {"deny"} and "*" in found:
        return {None: "deny"}
    return {pattern: effect for pattern, effect in found.items()}  # noqa: C416 - of another type


def _alike(mine: Mapping[str, str], said: Said) -> dict[str, str] | None:
    """Return an agent's map where it opens some of what its project opens behind a denial of all, and nothing else; None of any other."""
    opened = {pattern: effect for pattern, effect in said[1:] if effect != "deny"}
    mine_opens = {pattern: effect for pattern, effect in mine.items() if effect != "deny"}
    first = next(iter(mine.items()))
    if first != ("*", "deny") or any(strictest(effect, opened.get(pattern, "deny")) != effect for pattern, effect in mine_opens.items()):
        return None
    return dict(mine)


def _deny(found: dict[str, str], pattern: str) -> None:
    behind = list(found)[list(found).index(pattern) :] if pattern in found else []
    if not behind or any(found[one] != "deny" for one in behind):
        found.pop(pattern, None)
        found[pattern] = "deny"
