"""The rules of several files of one client, which hold together, as one set: that is what another client's one file can say.

Where rules are a map of which the last that matches decides, the files of OpenCode and Kilo are merged as `mergeDeep` does (asked): what a
later file says of a word stands where the first one has the word, and patterns of a word likewise. Elsewhere all rules of all files count,
and those of a file that says what is ignored stand behind the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import rule_facts
from agentconv.core.dataclass import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.core.ir import Rule
    from agentconv.core.parts import PermissionSet


def united(sets: Sequence[PermissionSet]) -> PermissionSet:
    """Return the rules of files as one set, in the order in which the client looks at them; of what is said once, the first counts.

    What one file says twice stays so: in a list of files that are ignored, what opens something may stand in between.
    """
    first, *others = sets
    if not others:
        return first
    maps = [one for one in sets if _is_map(one)]
    rules = (*merged([one.rules for one in maps]), *_added_up([one for one in sets if one not in maps]))
    extras: dict[str, dict[str, Any]] = {}
    for one in reversed(sets):
        for format_id, held in one.extras.items():
            extras.setdefault(format_id, {}).update(held)
    said: dict[str, Any] = {
        name: next((value for one in sets if (value := getattr(one, name)) is not None), None) for name in ("mode", "sandbox", "resolution")
    }
    folders = tuple(dict.fromkeys(folder for one in sets for folder in one.folders or ()))
    return replace(first, rules=rules, extras=extras, folders=folders or first.folders, **said)


def _is_map(one: PermissionSet) -> bool:
    return one.resolution == "last" and not (one.origin and one.origin.source.endswith("ignore"))


def _added_up(sets: Sequence[PermissionSet]) -> Iterator[Rule]:
    """Yield all rules, without those of an earlier file that decide the same wherever they stand."""
    seen: set[Rule] = set()
    for one in sets:
        yield from (rule for rule in one.rules if rule not in seen or rule_facts.rules(rule.format).order == "last")
        seen.update(one.rules)


def merged(maps: Iterable[Sequence[Rule]]) -> tuple[Rule, ...]:
    """Return the rules of maps merged key by key: a whole word takes the place of its patterns, and these that of the whole word.

    Args:
        maps: The rules of each map, in the order in which they count.
    """
    words: dict[str, dict[str, list[Rule]]] = {}
    for one in maps:
        for word in dict.fromkeys(rule.native for rule in one):
            own: dict[str, list[Rule]] = {}
            for rule in one:
                if rule.native == word:
                    own.setdefault("" if rule.pattern is None else str(rule.pattern), []).append(rule)
            there = words.setdefault(word, {})
            if "" in own or "" in there:
                there.clear()
            there.update(own)
    return tuple(rule for patterns in words.values() for several in patterns.values() for rule in several)
