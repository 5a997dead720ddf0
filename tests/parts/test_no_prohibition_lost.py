"""No set of rules loses a prohibition on its way to another client, as deciders from the clients' own sources see it."""

from __future__ import annotations

import json
from itertools import chain, permutations, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from permission_files import WRITTEN, client, projected, written

from agentconv.core.part_format import PartSource
from agentconv.core.parts import PermissionSet
from agentconv.core.source import SourceText
from agentconv.formats.opencode.among_agents import among
from agentconv.formats.opencode.permission_maps import rules_of
from client_patterns import glob
from client_rules import AROUND, ASKED, DECIDERS, FREE, MAY_ASK, WRAPPERS, Call, Line, entries_of, maps

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS = ("rm", "rm -rf", "git push", "npm run", "curl")
_PATHS = (".env", "secrets/**", "secrets", "src/", "/config/**", "**/*.pem", "src/*.py", "config/app.json")
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
        "my_db_get": _EFFECTS,
        "my_*": _EFFECTS,
        "*_get": _EFFECTS,
    }
    return st.lists(st.sampled_from(("*", *keys)), unique=True, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries({name: keys.get(name, _EFFECTS) for name in names})
    )


_DECISIONS = {"allow": "allow", "prompt": "ask", "forbidden": "deny"}
_SERVERS = ("mcp__tracker", "mcp__tracker__get", "mcp__tracker__*", "mcp__my_db__get", "mcp__my_db__g*")
_WHOLE = (*_SERVERS, "WebFetch", "WebFetch(domain:example.com)", "Bash", "Grep")
_NAMES = (
    "mcp_tracker_get",
    "mcp_tracker_*",
    "mcp_my_db_get",
    "mcp_*",
    "run_shell_command",
    "write_file",
    "replace",
    "grep_search",
    "web_fetch",
)
_FILES_OF: dict[str, st.SearchStrategy[Any]] = {
    "claude-code": st.fixed_dictionaries({"permissions": _lists(":*", _PATHS, (*_WHOLE, "mcp__*__get", "Read"))}),
    "qwen-code": st.fixed_dictionaries(
        {"permissions": _lists(" *", tuple(f"./{path}" for path in _PATHS if path[0] != "/"), (*_WHOLE, "Read", "Edit"))}
    ),
    "gemini-cli": st.fixed_dictionaries(
        {
            "tools": st.fixed_dictionaries(
                {key: st.lists(st.sampled_from(_NAMES), max_size=3) for key in ("exclude", "confirmationRequired")}
            )
        }
    ),
    "opencode": st.fixed_dictionaries({"permission": _map()}),
    "kilo": st.fixed_dictionaries({"permission": _map()}),
    "codex": st.lists(st.tuples(st.sampled_from(_COMMANDS), st.sampled_from(tuple(_DECISIONS))), max_size=4, unique=True),
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
    st.sampled_from([Call("fetch", "example.com"), Call("fetch", "b.example.com"), Call("fetch", "other.org")]),
    st.sampled_from([Call("server", name) for name in ("tracker/get", "tracker/set", "my_db/get", "my_db/get_all", "my/db_get")]),
)


_EMPTY = {"roo": ""}
"""A file without rules, where that is no map."""


def _without(format_id: str, file: Any, left_open: dict[str, str]) -> Any:
    """Return a file without the rules that were left open: what these forbid is refused elsewhere."""
    if format_id in ("opencode", "kilo"):
        entries = entries_of(file["permission"])
        open_at = [place for place, one in enumerate(entries) if {_said(*one), f"{one[2]} {one[0]}"} & set(left_open)]
        return [one for place, one in enumerate(entries) if place not in open_at and not _is_hidden(entries, place, open_at)]
    if format_id == "codex":
        return [one for one in file if f"{_DECISIONS[one[1]]} shell_tool({one[0]}:*)" not in left_open]
    if format_id == "gemini-cli":
        words = {"exclude": "deny", "confirmationRequired": "ask"}
        return {"tools": {key: [one for one in names if f"{words[key]} {one}" not in left_open] for key, names in file["tools"].items()}}
    lists = file["permissions"]
    return {"permissions": {effect: [one for one in texts if f"{effect} {one}" not in left_open] for effect, texts in lists.items()}}


def _is_hidden(entries: list[tuple[str, str, str]], place: int, open_at: list[int]) -> bool:
    """Whether a rule comes before one that was left open, and that matches all of it: it never counted."""
    return any(later > place and entries[later][1] == "*" and glob(entries[later][0], entries[place][0]) for later in open_at)


def _said(word: str, pattern: str, effect: str) -> str:
    return f"{effect} {word}({pattern})"


def _file(format_id: str, file: Any) -> PartSource:
    """Return a file where its client looks."""
    if format_id != "codex":
        place = client(format_id).project[0]
        return PartSource(SourceText(place.path, json.dumps(file).encode()), place)
    place = client("codex").project[1]
    calls = (f'prefix_rule(pattern={json.dumps(words.split(" "))}, decision="{decision}")\n' for words, decision in file)
    return PartSource(SourceText(f"{place.path}/team.rules", "".join(calls).encode()), place)


def _decided(format_id: str, file: Any, call: Call) -> int:
    """Return what a client decides by rules alone: where none is about it, nothing is held back."""
    return maps(file, call) if isinstance(file, list) and format_id != "codex" else DECIDERS[format_id](file, call, FREE)


@pytest.mark.parametrize("target", WRITTEN)
@pytest.mark.parametrize("source", sorted(_FILES_OF))
@settings(max_examples=settings().max_examples * 2)
@given(data=st.data())
def test_no_set_loses_a_prohibition(source: str, target: str, data: st.DataObject) -> None:
    """What a client denies or asks about, the target does so too, or stricter, but for rules that are left open, and told to be."""
    if source == target:
        return
    file = data.draw(_FILES_OF[source])
    call = data.draw(_CALLS)
    found = client(source).read(_file(source, file)).parts
    if not found:
        return
    projection = projected(found[0], target)
    made = {} if projection.omitted else written(projection.part, target)
    before = _decided(source, file, call)
    after = DECIDERS[target](made, call)
    if call.does == "search":
        before = max(before, ASKED)  # nobody knows what it prints: it is asked about, where a path may not be read
    if _decided(source, file, call) != _decided(source, _without(source, file, projection.left_open), call):
        before = max(before, DECIDERS[target](_EMPTY.get(target, {}), call))  # what could do it is refused, and no rule frees it

    assert after <= before, (call, file, made, projection.left_open)


_RUN_UNASKED = [one for one in WRITTEN if getattr(client(one), "client", None) and client(one).client.asks_for_rest]  # type: ignore[attr-defined]
"""The clients that run unasked what no rule is about, and whose rules can ask."""


@pytest.mark.parametrize("target", _RUN_UNASKED)
@pytest.mark.parametrize("source", sorted(set(_FILES_OF) & set(MAY_ASK)))
@given(data=st.data())
def test_what_a_client_asks_for_by_itself_is_asked_for(source: str, target: str, data: st.DataObject) -> None:
    """What no rule allows, and the source's client asks for then, the target does not do unasked: tools of servers like all else."""
    if source == target:
        return
    file, call = data.draw(_FILES_OF[source]), data.draw(_CALLS)
    found = client(source).read(_file(source, file)).parts
    if not found or call.does not in MAY_ASK[source]:
        return
    projection = projected(found[0], target)
    made = {} if projection.omitted else written(projection.part, target)
    if DECIDERS[source](file, call, ASKED) == FREE or projection.left_open:
        return

    assert DECIDERS[target](made, call) <= ASKED, (call, file, made)


@settings(max_examples=settings().max_examples * 5)
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


_OF_SERVERS = ("*_*", "tracker_*", "tracker_get", "tracker_set")
_SETS_OF_SERVERS: tuple[dict[str, str], ...] = (
    *({word: effect} for word in _OF_SERVERS for effect in ("ask", "deny")),
    *(dict((one, other)) for one in (("*_*", "ask"), ("tracker_*", "ask")) for other in (("tracker_get", "ask"), ("tracker_get", "deny"))),
    *({"tracker_get": one, "tracker_set": other} for one in ("ask", "deny") for other in ("ask", "deny")),
)
"""What denies or asks about tools of servers, none of it for nothing: the last that matches decides."""
_CALLS_OF_SERVERS = [Call("server", name) for name in ("tracker/get", "tracker/set", "other/get")]


def _of_servers(words: int) -> Iterator[dict[str, str]]:
    for named in permutations(_OF_SERVERS, words):
        yield from (dict(zip(named, effects, strict=True)) for effects in product(("allow", "ask", "deny"), repeat=words))


def _set_of(permission: dict[str, str]) -> PermissionSet:
    found = (rule for word, effect in permission.items() for rule in rules_of("opencode", word, effect, None))
    return PermissionSet("permissions", "permissions", tuple(found), "last")


def _is_asked_for_on_purpose(there: dict[str, str], of_set: dict[str, str]) -> bool:
    """Whether the set stands there already, and what the file says behind it of a tool that it asks about is the user's own word."""
    stands = [one for one in there.items() if one[0] in of_set] == list(of_set.items())
    return stands and all(effect == "ask" for word, effect in of_set.items() if "*" in word)


def _most(there: dict[str, str], of_set: dict[str, str], call: Call) -> Any:
    """Return how open a call may be: what a set asks about, and a user allows by a word of servers, is the user's word."""
    mine, theirs = maps(entries_of(there), call), maps(entries_of(of_set), call)
    return mine if theirs == maps(entries_of({"*": "ask"}), call) else min(mine, theirs)


@pytest.mark.parametrize("of_set", _SETS_OF_SERVERS, ids=str)
def test_rules_of_servers_open_nothing_beside_what_is_there(of_set: dict[str, str]) -> None:
    """In all small maps, what either closes stays so, and what either asks about, but for what the user's own words allow."""
    beside = client("opencode").beside
    wrong = []
    for there in chain(_of_servers(1), _of_servers(2)):
        united = None if _is_asked_for_on_purpose(there, of_set) else beside(_set_of(there), _set_of(of_set))
        held = [(rule.native, str(rule.pattern or "*"), rule.effect) for rule in united.rules] if united else []
        wrong += [(there, held, call) for call in _CALLS_OF_SERVERS if united and maps(held, call) > _most(there, of_set, call)]

    assert wrong == []


_ASKED_OF_ALLOWED: dict[str, tuple[str, Any]] = {
    "asked behind what is allowed": ("opencode", {"permission": {"bash": {"*": "allow", "git push *": "ask"}}}),
    "asked before what is allowed": ("opencode", {"permission": {"bash": {"*": "ask", "rm *": "allow"}}}),
    "opened again": ("opencode", {"permission": {"bash": {"*": "allow", "git *": "deny", "git status *": "allow"}}}),
    "closed for good": ("kilo", {"permission": {"bash": {"git status *": "allow", "git *": "deny"}}}),
    "a path of what is allowed": ("kilo", {"permission": {"edit": {"src/*": "allow", "*.py": "ask"}}}),
    "all paths but some": ("kilo", {"permission": {"edit": {"*": "allow", "*.py": "ask", "src/a.py": "deny"}}}),
    "a list": ("qwen-code", {"permissions": {"allow": ["Bash", "Edit"], "ask": ["Bash(rm *)", "Edit(./src/**)"]}}),
    "a tool by two names": ("qwen-code", {"permissions": {"allow": ["run_shell_command"], "ask": ["Bash"]}}),
    "a command": ("claude-code", {"permissions": {"allow": ["Bash"], "ask": ["Bash(git push:*)"]}}),
    "the same path twice": ("claude-code", {"permissions": {"ask": ["Edit(**/*.py)", "Edit(src/**)"], "deny": ["Read(**/*.py)"]}}),
    "a word that says less": ("claude-code", {"permissions": {"deny": ["Read", "Read(src/**)"], "allow": ["Grep", "Edit"]}}),
    "a whole server": ("gemini-cli", {"tools": {"allowed": ["mcp_tracker_get"], "confirmationRequired": ["mcp_tracker_*"]}}),
    "a tool": ("gemini-cli", {"tools": {"allowed": ["run_shell_command", "replace"], "confirmationRequired": ["run_shell_command"]}}),
}
_TRIED = (
    *(Call("run", Line(tuple(text.split(" ")))) for text in _WORDS),
    *(Call(does, path) for does in ("read", "write", "search") for path in _FILES),
    *(Call("server", name) for name in ("tracker/get", "tracker/set")),
)


@pytest.mark.parametrize(("source", "file"), _ASKED_OF_ALLOWED.values(), ids=_ASKED_OF_ALLOWED)
def test_what_is_asked_about_in_between_is_not_allowed_elsewhere(source: str, file: Any) -> None:
    """What asks, or denies, a part of what is allowed as a whole stands beside that in each target, or nothing of it is allowed there."""
    (part,) = client(source).read(_file(source, file)).parts
    for target in (one for one in WRITTEN if one != source):
        projection = projected(part, target)
        made = _EMPTY.get(target, {}) if projection.omitted else written(projection.part, target)
        for call in _TRIED:
            before = max(_decided(source, file, call), ASKED if call.does == "search" else 0)
            if projection.left_open:  # what could do it is refused, and no rule frees it
                before = max(before, DECIDERS[target](_EMPTY.get(target, {}), call))

            assert DECIDERS[target](made, call) <= before, (target, call, made)
