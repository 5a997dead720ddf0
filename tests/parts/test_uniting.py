"""Rules of several files of one client are one set as the client merges them, seen by what its matcher decides."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from permission_files import client

from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText
from agentconv.parts.permissions.uniting import united
from client_rules import Call, Line, entries_of, maps

_ACTIONS = st.sampled_from(("allow", "ask", "deny"))
_WORDS = {"bash": ("*", "git *", "git push *", "rm *"), "edit": ("*", "src/*", "*.py"), "read": ("*", ".env")}
_FILES = st.lists(
    st.lists(st.sampled_from(("*", "webfetch", "tracker_*", "tracker_get", *_WORDS)), unique=True, min_size=1, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries(
            {
                name: st.one_of(_ACTIONS, st.dictionaries(st.sampled_from(_WORDS[name]), _ACTIONS, min_size=1))
                if name in _WORDS
                else _ACTIONS
                for name in names
            }
        )
    ),
    min_size=2,
    max_size=3,
)
_CALLS = (
    *(Call("run", Line(tuple(text.split(" ")))) for text in ("git status", "git push origin", "rm x", "ls")),
    *(Call(does, path) for does in ("read", "write") for path in ("src/a.py", "a.py", ".env", "README.md")),
    Call("fetch", "example.com"),
    *(Call("server", name) for name in ("tracker/get", "tracker/set")),
)


def _merge(one: Any, other: Any) -> Any:
    """Merge as `mergeDeep` does (asked of `debug config` of both clients): a key stays where it was first, with what was said last."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _merge(one[key], value) if key in one else value for key, value in other.items()}}


def _read(format_id: str, permission: Any) -> Any:
    place = client(format_id).project[0]
    (part,) = client(format_id).read(PartSource(SourceText(place.path, json.dumps({"permission": permission}).encode()), place)).parts
    return part


@pytest.mark.parametrize("format_id", ["opencode", "kilo"])
@given(files=_FILES)
def test_maps_of_several_files_decide_as_the_client_merges_them(format_id: str, files: list[Any]) -> None:
    """Each call is decided by the one set as by the client's own merged map: of a rule that is said twice, the place of the word counts."""
    found = united([_read(format_id, one) for one in files])
    ours = [(rule.native, str(rule.pattern or "*"), rule.effect) for rule in found.rules]
    merged = entries_of(reduce(_merge, files))

    assert [maps(ours, call) for call in _CALLS] == [maps(merged, call) for call in _CALLS]


_LINES = st.lists(st.sampled_from(("*.pem", "!*.pem", "secrets/", "!secrets/a")), min_size=1, max_size=5)


@given(lines=_LINES)
def test_lines_of_what_is_ignored_stay_as_they_are_behind_a_map(lines: list[str]) -> None:
    """What a line holds back it goes on holding back, beside a map that says something of all files, and behind a line that opens them."""
    ignored = next(one for one in client("kilo").project if one.path.endswith("ignore"))
    parts = client("kilo").read(PartSource(SourceText(ignored.path, "\n".join(lines).encode()), ignored)).parts
    rules = united([_read("kilo", {"read": "ask"}), *parts]).rules

    assert [rule.effect for rule in rules[:1]] == ["ask"]
    assert list(rules[1:]) == [rule for part in parts for rule in part.rules]
