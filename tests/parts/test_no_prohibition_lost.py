"""No set of rules loses a prohibition on its way to another client, as deciders from the clients' own sources see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from permission_files import WRITTEN, client, projected, written

from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText
from agentconv.formats.opencode.among_agents import among
from agentconv.formats.opencode.permission_maps import rules_of
from client_rules import AROUND, DECIDERS, FREE, WRAPPERS, Call, Line, entries_of, maps

_COMMANDS = ("rm", "rm -rf", "git push", "npm run", "curl")
_PATHS = (".env", "secrets/**", "**/*.pem", "src/*.py", "config/app.json")
_GLOBS = (".env", "secrets/*", "*.pem", "src/*.py", "*/.env")
_WORDS = ("rm", "rm -rf x", "rm x", "git push origin", "git status", "npm run build", "curl -s u", "ls", "git", "rmdir x")
_FILES = (".env", "sub/.env", "secrets/a/b", "a.pem", "k/a.pem", "src/a.py", "src/k/a.py", "config/app.json", "README.md")
_EFFECTS = st.sampled_from(("allow", "ask", "deny"))


def _lists(commands: str, paths: tuple[str, ...], words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    run = st.sampled_from(_COMMANDS).map(lambda text: f"Bash({text}{commands})")
    path = st.builds("{}({})".format, st.sampled_from(("Read", "Edit")), st.sampled_from(paths))
    rule = st.one_of(run, path, st.sampled_from(words))
    return st.fixed_dictionaries({effect: st.lists(rule, max_size=3, unique=True) for effect in ("allow", "ask", "deny")})


def _map() -> st.SearchStrategy[Any]:
    run = st.dictionaries(st.sampled_from(("*", *(f"{text} *" for text in _COMMANDS))), _EFFECTS, min_size=1, max_size=4)
    path = st.dictionaries(st.sampled_from(("*", *_GLOBS)), _EFFECTS, min_size=1, max_size=3)
    whole = st.one_of(_EFFECTS, path)
    keys = {
        "bash": st.one_of(_EFFECTS, run),
        "read": whole,
        "edit": whole,
        "webfetch": _EFFECTS,
        "tracker_get": _EFFECTS,
        "tracker_*": _EFFECTS,
    }
    return st.lists(st.sampled_from(("*", *keys)), unique=True, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries({name: keys.get(name, _EFFECTS) for name in names})
    )


_SERVERS = ("mcp__tracker", "mcp__tracker__get", "WebFetch", "Bash", "Grep")
_FILES_OF: dict[str, st.SearchStrategy[Any]] = {
    "claude-code": st.fixed_dictionaries({"permissions": _lists(":*", _PATHS, (*_SERVERS, "Read"))}),
    "qwen-code": st.fixed_dictionaries({"permissions": _lists(" *", tuple(f"./{path}" for path in _PATHS), (*_SERVERS, "Read", "Edit"))}),
    "opencode": st.fixed_dictionaries({"permission": _map()}),
    "kilo": st.fixed_dictionaries({"permission": _map()}),
}
_LINES = st.builds(
    Line,
    st.sampled_from(_WORDS).map(lambda text: tuple(text.split(" "))),
    st.sampled_from(tuple(AROUND)),
    st.sampled_from(WRAPPERS),
    st.sampled_from(("", "/bin/")),
)
_CALLS = st.one_of(
    st.builds(Call, st.just("run"), _LINES),
    st.builds(Call, st.sampled_from(("read", "write", "search")), st.sampled_from(_FILES)),
    st.sampled_from([Call("fetch"), Call("server", "tracker_get"), Call("server", "tracker_set")]),
)


def _without(format_id: str, file: Any, left_open: dict[str, str]) -> Any:
    """Return a file without the rules that were left open: what these forbid is refused elsewhere."""
    if format_id in ("opencode", "kilo"):
        return [one for one in entries_of(file["permission"]) if not {_said(*one), f"{one[2]} {one[0]}"} & set(left_open)]
    lists = file["permissions"]
    return {"permissions": {effect: [one for one in texts if f"{effect} {one}" not in left_open] for effect, texts in lists.items()}}


def _said(word: str, pattern: str, effect: str) -> str:
    return f"{effect} {word}({pattern})"


def _decided(format_id: str, file: Any, call: Call) -> int:
    """Return what a client decides by rules alone: where none is about it, nothing is held back."""
    return maps(file, call) if isinstance(file, list) else DECIDERS[format_id](file, call, FREE)


@pytest.mark.parametrize("target", WRITTEN)
@pytest.mark.parametrize("source", sorted(_FILES_OF))
@settings(max_examples=120)
@given(data=st.data())
def test_no_set_loses_a_prohibition(source: str, target: str, data: st.DataObject) -> None:
    """What a client denies or asks about, the target does so too, or stricter, but for rules that are left open, and told to be."""
    if source == target:
        return
    file = data.draw(_FILES_OF[source])
    call = data.draw(_CALLS)
    place = client(source).project[0]
    found = client(source).read(PartSource(SourceText(place.path, json.dumps(file).encode()), place)).parts
    if not found:
        return
    projection = projected(found[0], target)
    made = {} if projection.omitted else written(projection.part, target)
    before = _decided(source, file, call)
    if before != _decided(source, _without(source, file, projection.left_open), call):
        return  # what a rule decides that is left open, is refused elsewhere
    after = DECIDERS[target](made, call)

    assert after <= before, (call, file, made, projection.left_open)


@settings(max_examples=300)
@given(of_set=_map().filter(lambda found: "*" not in found), own=_map(), call=_CALLS)
def test_an_agents_own_rules_open_nothing_of_the_set(of_set: Any, own: Any, call: Call) -> None:
    """What is denied or asked about for the whole set is so for an agent that allows it, and nothing is opened that the agent closes."""

    def rules(permission: Any) -> list[Any]:
        return [rule for word, pattern, effect in entries_of(permission) for rule in rules_of("opencode", word, effect, pattern)]

    restraining = [rule for rule in rules(of_set) if rule.effect != "allow"]
    held = among(rules(own), restraining)
    if held is None:
        return
    entries = [(rule.native, str(rule.pattern or "*"), rule.effect) for rule in held]
    strict = entries_of(of_set)
    together = maps([*strict, *entries], call)

    assert together <= maps(strict, call)
    assert together <= maps([*strict, *entries_of(own)], call)
