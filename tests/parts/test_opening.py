"""What a set allows beside a user's own rules: it comes where nothing of theirs says otherwise, and goes past none of them."""

from __future__ import annotations

import pytest

from agentconv.core.ir import Rule
from agentconv.core.parts import PermissionSet
from agentconv.parts.permissions import opening
from agentconv.parts.registry import part_format


def rules(client, *said):
    """Return rules: `bash allow`, `bash "git *" deny`."""
    found = []
    for one in said:
        word, *pattern, effect = one.split("|")
        found.append(Rule(effect, word, client, pattern=pattern[0] if pattern else None))
    return tuple(found)


def opened(there, part, *, client="opencode", maps=True, resolution=None):
    """Return the rules of a file with those of another set beside them, in short."""
    file = PermissionSet(rules=rules(client, *there), resolution=resolution)
    found = opening.opened(file, PermissionSet(rules=rules(client, *part)), maps=maps)
    return ["|".join(str(one) for one in (rule.native, rule.pattern, rule.effect) if one is not None) for rule in found.rules]


@pytest.mark.parametrize(
    ("there", "part", "after"),
    [
        ([], ["bash|git *|allow"], ["bash|git *|allow"]),
        (["bash|*|ask"], ["bash|git *|allow"], ["bash|*|ask", "bash|git *|allow"]),
        (["bash|ask"], ["bash|git *|allow"], ["bash|*|ask", "bash|git *|allow"]),
        (["bash|*|ask", "bash|git push *|deny"], ["bash|git *|allow"], ["bash|*|ask", "bash|git *|allow", "bash|git push *|deny"]),
        (["edit|ask", "bash|rm *|deny", "read|ask"], ["bash|ls|allow"], ["edit|ask", "bash|ls|allow", "bash|rm *|deny", "read|ask"]),
    ],
)
def test_in_a_map_it_stands_before_what_the_user_says_of_less(there, part, after):
    """The last rule that matches decides: what denies or asks about a part of it stays behind, and what is about all else before."""
    assert opened(there, part) == after


@pytest.mark.parametrize(
    ("there", "part"),
    [
        (["bash|deny"], ["bash|git *|allow"]),
        (["bash|*|deny"], ["bash|git *|allow"]),
        (["*|deny"], ["bash|git *|allow"]),
        (["bash|*|allow"], ["bash|git *|allow"]),
        (["bash|git *|ask"], ["bash|git *|allow"]),
        (["bash|git *|deny"], ["bash|git *|allow"]),
        (["bash|rm *|deny"], ["bash|allow"]),
        (["*|ask"], ["bash|allow"]),
        (["bash|*|ask"], ["bash|git *|ask", "bash|rm *|deny"]),
    ],
)
def test_in_a_map_it_does_not_come(there, part):
    """Where the user denies or opens all of it, or says something in these very words, nothing comes; nor does what only asks."""
    assert opened(there, part) == there


def test_where_the_strictest_decides_the_order_says_nothing():
    """What is allowed comes, what only asks does not, and people read it by what it does."""
    after = opened(["Read|allow", "Bash|rm *|deny"], ["Bash|ls|allow", "Bash|git *|ask"], client="claude-code", maps=False)

    assert after == ["Read|allow", "Bash|ls|allow", "Bash|rm *|deny"]


WORD = "launch-process"
"""What runs commands in Auggie, where the first rule that matches decides."""


def test_where_the_first_rule_decides_nothing_of_the_users_is_opened():
    """What is allowed stands behind all that is there, and those keep their order."""
    there = [f"{WORD}|^rm|deny", f"{WORD}|^git|ask", f"{WORD}|^ls|allow"]

    assert opened(there, [f"{WORD}|allow"], client="auggie", maps=False, resolution="first") == [*there, f"{WORD}|allow"]


@pytest.mark.parametrize(
    ("part", "after"),
    [
        (["^dd|deny"], ["^dd|deny", "^ls|allow", "^rm|deny", "allow"]),
        (["^git push|ask"], ["^rm|deny", "^git push|ask", "^ls|allow", "allow"]),
        (["^git push|ask", "^dd|deny"], ["^dd|deny", "^rm|deny", "^git push|ask", "^ls|allow", "allow"]),
    ],
)
def test_what_restrains_holds_where_the_first_rule_decides(part, after):
    """A rule that denies or asks comes before what opens it, and none goes before a denial of the user's that it would soften."""
    there = PermissionSet(rules=rules("auggie", *(f"{WORD}|{one}" for one in ("^ls|allow", "^rm|deny", "allow"))), resolution="first")
    found = part_format("auggie", "permissions").beside(there, PermissionSet(rules=rules("auggie", *(f"{WORD}|{one}" for one in part))))

    assert ["|".join(str(one) for one in (rule.pattern, rule.effect) if one is not None) for rule in found.rules] == after


def test_a_list_of_what_is_ignored_is_not_opened():
    """In a list in which the last line decides, one that opens something would go past the user's own lines."""
    assert opened(["Read|secrets/**|deny"], ["Read|secrets/a|allow"], client="cursor", maps=False, resolution="last") == [
        "Read|secrets/**|deny"
    ]


def test_folders_and_the_mode_of_a_session():
    """Folders come to those that are there, each once; a mode comes where the file says none."""
    there = PermissionSet(folders=("../a", "../b"))
    part = PermissionSet(folders=("../b", "../c"), mode="plan")

    assert opening.opened(there, part, maps=False).folders == ("../a", "../b", "../c")
    assert opening.opened(there, part, maps=False).mode == "plan"
    assert opening.opened(PermissionSet(mode="default"), part, maps=False).mode == "default"
    assert opening.opened(PermissionSet(), PermissionSet(), maps=False).folders is None
