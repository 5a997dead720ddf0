"""What a set allows, beside a user's own rules in the same file: it comes where somebody accepted it, and goes past none of theirs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core import patterns
from agentconv.core.dataclass import replace
from agentconv.parts.permissions import joining

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.ir import Rule
    from agentconv.core.parts import PermissionSet

_ALL = "*"


def opened(there: PermissionSet, part: PermissionSet, *, maps: bool) -> PermissionSet:
    """Return the rules of a file with what another set allows beside them, as far as none of them says otherwise.

    Args:
        there: The rules that the file has, or is about to have.
        part: The set whose rules that allow come to them, with its folders, and the mode where the file says none.
        maps: Whether the last rule that matches decides, by maps of words, and not the strictest one or the first.
    """
    allowing = [rule for rule in part.rules if rule.effect == "allow" and rule not in there.rules]
    folders = tuple(dict.fromkeys((*(there.folders or ()), *(part.folders or ()))))
    found = replace(there, folders=folders or there.folders, mode=part.mode if there.mode is None else there.mode)
    if maps:
        for word in dict.fromkeys((rule.native, rule.pattern) for rule in allowing):
            found = replace(found, rules=_in_map(found.rules, [rule for rule in allowing if (rule.native, rule.pattern) == word]))
        return found
    if there.resolution == "last":  # a list of what is ignored, in which what opens something goes past what stands before it
        return found
    return replace(found, rules=joining.joined(there.rules, allowing, there.resolution or part.resolution))


def _in_map(there: Sequence[Rule], more: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules of a map with those of one word and pattern that allow something: behind what is said of all else, before the rest.

    They do not come where they would open what the user says in these very words, or denies as a whole, nor where all of it is open.
    """
    word, pattern = more[0].native, more[0].pattern
    about = [one for one in there if one.native == word]
    whole = [one.effect for one in there if str(one.pattern or _ALL) == _ALL and fnmatchcase(word, one.native)]
    if "deny" in whole or whole[-1:] == ["allow"] or any(str(one.pattern) == str(pattern) for one in about):
        return tuple(there)
    if pattern is None and (about or whole):
        return tuple(there)
    about = [_of_all(one) for one in about]
    first = [one for one in about if str(one.pattern) == _ALL]
    mine = [*first, *more, *(one for one in about if one not in first)]
    place = next((index for index, one in enumerate(there) if one.native == word), len(there))
    return (*there[:place], *mine, *(one for one in there[place:] if one.native != word))


def _of_all(one: Rule) -> Rule:
    """Return a rule for a whole tool as one of several for it."""
    return one if one.pattern is not None else replace(one, pattern=patterns.spoken(one.format, one.native, _ALL))
