"""Law 5 for permission rules and permissions modes: what ordered rules leave of each effect, and what counts as more."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.conversion import compare
from agentconv.core import access, effects, plain_words, vocabulary, widening
from agentconv.core.access import Level
from agentconv.core.ir import Agent, McpServer, Origin, Permissions, Rule, Sandbox, ToolGrant, Tools

if TYPE_CHECKING:
    from collections.abc import Iterable

NO, ASK, INHERIT, ALLOW = Level.NO, Level.ASK, Level.INHERIT, Level.ALLOW
WORDS = {
    "*": ("*", None),
    "read": ("fs.read", None),
    "edit": ("fs.edit", None),
    "bash": ("shell", None),
    "fetch": ("web.fetch", None),
    "gh_*": ("mcp", "gh"),
}


def rule(text: str) -> Rule:
    """Make a rule from words such as `allow bash git *`."""
    effect, word, *pattern = text.split(" ", 2)
    capability, server = WORDS[word]
    return Rule(effect, f"a-{word}", "nobody", capability, pattern[0] if pattern else None, server)  # type: ignore[arg-type]


def agent(*rules: str, resolution: str = "last") -> Agent:
    """Make an agent of no client with rules."""
    permissions = Permissions(None, tuple(map(rule, rules)), resolution if rules else None)  # type: ignore[arg-type]
    return Agent(id="a", permissions=permissions)


@pytest.mark.parametrize(
    ("rules", "write", "run"),
    [
        ((), INHERIT, INHERIT),
        (("deny edit",), INHERIT, INHERIT),  # fs.write is another word of this vocabulary
        (("deny *",), NO, NO),
        (("deny *", "allow edit"), ALLOW, NO),
        (("allow edit", "deny *"), NO, NO),
        (("deny *", "ask bash"), NO, ASK),
        (("allow *",), ALLOW, ALLOW),
        (("allow *", "ask bash"), ALLOW, ASK),
        (("deny *", "deny bash", "allow bash git *"), NO, ALLOW),
    ],
)
def test_the_last_rule_decides(rules: tuple[str, ...], write: Level, run: Level) -> None:
    """Of ordered rules the last that matches counts; a pattern opens its capability for a part."""
    found = effects.effects(agent(*rules)).levels

    assert (found["write"], found["run"]) == (write, run)


def test_first_and_deny_resolve_otherwise() -> None:
    """The same rules give other effects where the first one counts, or a denial."""
    rules = ("allow bash", "deny bash")
    levels = [effects.effects(agent(*rules, resolution=how)).levels["run"] for how in ("first", "last", "deny")]

    assert levels == [ALLOW, NO, NO]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("ask bash",), (), ["running commands without being asked"]),
        (("ask bash",), ("allow bash",), ["running commands unattended"]),
        (("deny *", "allow read"), ("deny *", "allow read", "ask bash"), ["running commands"]),
        (("deny bash rm *",), (), ["shell rm *, which the source sets to deny"]),
        (("deny *", "allow bash git *"), ("deny *", "allow bash"), ["shell beyond `git * allow`"]),
        (("deny *", "allow bash git *"), ("deny *", "allow bash git *"), []),
        (("deny *", "allow bash"), ("deny *", "ask bash"), []),
        ((), ("deny *", "ask gh_*"), []),
        (("deny *",), ("deny *", "ask gh_*"), ["MCP server gh"]),
        (("deny gh_*",), ("ask gh_*",), ["MCP server gh"]),
    ],
)
def test_what_counts_as_more(before: tuple[str, ...], after: tuple[str, ...], words: list[str]) -> None:
    """A rule that is missing, or wider, is named."""
    found = [str(one) for one in widening.widenings(effects.effects(agent(*before)), effects.effects(agent(*after)))]

    assert [word for word in found if word in words] == words
    assert bool(found) == bool(words)


def test_inheriting_is_asking_in_a_client_that_asks() -> None:
    """An author who wants to be asked loses nothing where the client asks unless its user chose otherwise."""
    ceiling = effects.effects(agent("ask bash"))
    result = effects.effects(Agent(id="a"), (), "claude-code")

    assert result.asks
    assert widening.widenings(ceiling, result) == []


def test_a_sandbox_confines_what_commands_do() -> None:
    """Commands in a sandbox have the effects that it leaves, and are not running commands."""
    permissions = Permissions(sandbox=Sandbox("workspace-write", network=False))
    found = effects.effects(Agent(id="a", permissions=permissions), (), "codex").levels

    assert (found["write"], found["run"]) == (INHERIT, NO)


def test_servers_are_compared_as_clients_flatten_them() -> None:
    """`my_srv` with the tool `x` and `my` with the tool `srv_x` are one tool to a client that joins them with `_`."""
    one = Tools("list", (ToolGrant("t", "nobody", "mcp", None, "my_srv", "x"),))
    other = Tools("list", (ToolGrant("t", "nobody", "mcp", None, "my", "srv_x"),))

    assert widening.widenings(effects.effects(Agent(tools=one)), effects.effects(Agent(tools=other))) == []


def test_a_list_that_opens_every_server_covers_each_of_them() -> None:
    """What a grant of all servers allows, a grant of one of them does not exceed."""
    every = effects.effects(Agent(tools=Tools("list", (ToolGrant("mcp_*", "nobody", "mcp", server="*"),))))
    one = effects.effects(Agent(tools=Tools("list", (ToolGrant("mcp_docs_*", "nobody", "mcp", server="docs"),))))

    assert widening.widenings(every, one) == []
    assert [(str(found), found.server) for found in widening.widenings(one, every)] == [("every MCP server", "*")]


def test_servers_are_named_in_the_order_in_which_they_are_defined() -> None:
    """The agent's own come first, then those that its set names: the words are the same in each run."""
    own, of_set = [f"own-{number}" for number in range(5)], [f"set-{number}" for number in range(5)]
    opened = effects.effects(Agent(mcp_servers=tuple(McpServer(name) for name in own)), of_set)

    beyond = widening.widenings(effects.effects(Agent(tools=Tools("none"))), opened)

    assert [one.server for one in beyond[-10:]] == own + of_set


def test_own_servers_open_where_the_client_opens_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a client that opens an agent's own servers whatever its list says, they count as open."""
    listed = Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),))
    given = Agent(tools=listed, mcp_servers=(McpServer("db", "stdio", "run"),), origin=Origin("claude-code", "a"))
    closed = effects.effects(given)
    monkeypatch.setattr(effects.vocabulary, "fact", lambda _format, name: name == "own_servers_open")
    opened = effects.effects(given)

    assert (closed.servers, opened.servers) == ({}, {"db": frozenset({"*"})})


def test_words_of_several_meanings_grant_and_close_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool word that stands for several capabilities grants them all, and denied closes them all."""
    monkeypatch.setattr(effects.vocabulary, "grants", lambda _format, _word: ("fs.write", "fs.edit"))
    grant = ToolGrant("edit", "nobody", "fs.edit")

    assert access.granted(grant) == ("fs.write", "fs.edit")
    assert access.capabilities_of(Tools("inherit", (), (grant,)), None).isdisjoint({"fs.write", "fs.edit"})


SEVERAL = [
    (client, capability)
    for client in vocabulary.clients()
    for capability in access.EFFECT_OF
    if len(vocabulary.tools_for(client, capability)) > 1
]
"""Each capability for which a client has more than one word."""


def denying(client: str, words: Iterable[str], *, rules: bool) -> Agent:
    """Make an agent of a client that denies words, by its tools or by its permission rules."""
    if rules:
        denied = tuple(Rule("deny", word, client, next(iter(vocabulary.grants(client, word)), None)) for word in words)
        return Agent("a", permissions=Permissions(rules=denied, resolution="last"), origin=Origin(client, "a"))
    tools = tuple(ToolGrant(word, client, next(iter(vocabulary.grants(client, word)), None)) for word in words)
    return Agent("a", tools=Tools("inherit", deny=tools), origin=Origin(client, "a"))


@pytest.mark.parametrize("rules", [False, True], ids=["tools", "rules"])
def test_a_client_closes_a_capability_when_all_its_words_are_denied(rules: bool) -> None:
    """One word that is left keeps it open; on the author's side that has to be the client's first word for it."""
    for client, capability in SEVERAL:
        words = vocabulary.tools_for(client, capability)
        for kept in words:
            denied = [word for word in words if word != kept]
            closing = set() if rules else {also for word in denied for also in vocabulary.closed_with(client, word)}
            agent = denying(client, denied, rules=rules)
            left = capability in access.accesses(agent.tools, agent.permissions, client, held=True)
            assert left is (kept not in closing), (client, capability, kept)
            meant = capability in access.accesses(agent.tools, agent.permissions, client)
            assert meant is (kept == words[0] and left), (client, capability, kept)
        agent = denying(client, words, rules=rules)

        assert capability not in access.accesses(agent.tools, agent.permissions, client, held=True), (client, capability)


def test_a_client_closes_nothing_for_words_that_it_does_not_take() -> None:
    """Words of other clients, and its own of older versions, count for the author, and hold nothing in what was written."""
    for client in vocabulary.clients():
        for other in vocabulary.clients():
            for word in (*vocabulary.tool_words(other), *vocabulary._words(other).retired):
                meanings = [one for one in vocabulary.grants(other, word) if one in access.EFFECT_OF and vocabulary.tools_for(client, one)]
                if not meanings or vocabulary.own_word(client, word):
                    continue
                tools = Tools("inherit", deny=(ToolGrant(word, other, meanings[0]),))
                held = access.accesses(tools, Permissions(), client, held=True)
                assert meanings[0] in held, (client, other, word)

                assert meanings[0] not in access.accesses(tools, Permissions(), client), (client, other, word)


def test_a_rule_decides_about_a_tool_that_is_no_word_of_rules() -> None:
    """OpenCode's `edit` decides about its tool `write`, which has no rule of its own name."""
    asks = Permissions(rules=(Rule("ask", "edit", "opencode", "fs.edit"),), resolution="last")
    listed = Tools("list", (ToolGrant("write", "opencode", "fs.write"),))

    assert access.accesses(listed, asks, "opencode", held=True)["fs.write"].level is ASK


def test_an_author_of_the_client_itself_was_held_to_no_more_than_it_holds() -> None:
    """What stands in a file of the client is as wide as before where it goes back to it, and a promise where it goes elsewhere."""
    denied = replace(denying("kilo", ["bash"], rules=True), name="a")

    assert compare.widenings(denied, denied, "kilo") == []
    assert compare.widenings(denied, replace(denied, permissions=Permissions()), "opencode")


@pytest.mark.parametrize(
    ("gone", "kept", "words"),
    [
        ({"fs.list"}, {"fs.read", "fs.search"}, ["listing files"]),
        ({"fs.list", "fs.search"}, {"fs.read"}, ["search"]),
        ({"fs.edit", "web.search"}, {"fs.write", "shell"}, ["editing files", "web"]),
        ({"frobnicate"}, set[str](), ["frobnicate"]),
    ],
)
def test_what_is_gone_is_said_apart_from_what_stays(gone: set[str], kept: set[str], words: list[str]) -> None:
    """Where a word stands for several capabilities and some of them stay, those that are gone are told by words of their own."""
    assert plain_words.lost(gone, kept) == words


@pytest.mark.parametrize(
    ("source", "result", "said"),
    [
        (("ask bash",), ("ask bash", "allow bash rm *"), ["shell `rm *` without being asked"]),
        ((), ("allow bash rm *",), ["shell `rm *` without being asked"]),
        (("ask bash",), ("allow bash rm *", "ask bash"), []),
        (("ask bash", "allow bash rm *"), ("ask bash", "allow bash rm *"), []),
        (("ask bash", "allow bash rm *", "ask bash rm -r *"), ("ask bash", "allow bash rm *"), ["shell `rm *` without being asked"]),
        (("ask bash", "allow bash rm *", "ask bash git *"), ("ask bash", "allow bash rm *"), []),
        (("ask bash", "allow bash rm *"), ("ask bash", "allow bash rm *", "ask bash rm -r *"), []),
        (("allow bash",), ("ask bash", "allow bash rm *"), []),
        (("allow bash", "ask bash rm *"), ("ask bash", "allow bash rm *"), ["shell rm *, which the source sets to ask"]),
        (("allow bash", "ask bash rm *"), ("ask bash", "allow bash git *"), []),
        (
            ("allow bash", "deny bash g*"),
            ("allow bash", "deny bash g*", "allow bash git *"),
            ["shell `git *` of `g*`, which the source sets to deny"],
        ),
        (("allow bash", "deny bash g*", "allow bash git *"), ("allow bash", "deny bash g*", "allow bash git *"), []),
        (("ask edit", "deny bash"), ("ask edit", "allow edit src/*", "deny bash"), ["write `src/*` without being asked"]),
    ],
)
def test_what_a_pattern_opens_of_what_is_asked_for(source: tuple[str, ...], result: tuple[str, ...], said: list[str]) -> None:
    """Some of it unasked is more than all of it after asking, unless the author opens that very part, and closes none of it again."""
    found = widening.widenings(*(effects.effects(agent(*rules)) for rules in (source, result)))

    assert [str(one) for one in found] == said


_LINES = ("git push", "git log", "git", "rm x", "go")
_RULES = st.lists(
    st.builds(
        "{} bash{}".format,
        st.sampled_from(("allow", "ask", "deny")),
        st.sampled_from(("", " git *", " git push *", " g*", " rm *", " git log *")),
    ),
    max_size=4,
)


def _decided(rules: list[str], line: str) -> Level:
    """Return what the last rule that matches says of a command line."""
    level = INHERIT
    for one in rules:
        effect, _, *pattern = one.split(" ", 2)
        if not pattern or fnmatchcase(f"{line} ", pattern[0]):
            level = {"deny": NO, "ask": ASK, "allow": ALLOW}[effect]
    return level


@given(source=_RULES, result=_RULES)
def test_no_command_is_freer_than_the_source_has_it_without_a_word(source: list[str], result: list[str]) -> None:
    """Whatever rules there are, and in whatever order; what is denied may become what is asked for, if all of it is."""
    freer = [line for line in _LINES if _decided(result, line) > max(_decided(source, line), ASK)]
    found = widening.widenings(*(effects.effects(agent(*rules)) for rules in (source, result)))

    assert found or not freer, (freer, source, result)
