"""The vocabulary is data with evidence: each table says where it comes from, and its words resolve as the client does."""

from __future__ import annotations

import datetime as dt

import pytest

from agent_files import agent_of, make, minimal
from agentconv.core import access, known_models, references, schema_files, server_variables, vocabulary, word_faults
from template_format import CLIENTS

pytestmark = pytest.mark.usefixtures("with_the_template")
FACTS = {
    "client",
    "evidence",
    "verified",
    "source",
    "servers",
    "enforces_patterns",
    "flattens_servers",
    "ignores_case",
    "asks_by_default",
    "unasked",
    "partly_asked",
    "own_servers_open",
} | {
    "description_tokens",
    "known_elsewhere",
    "server_tool",
    "shows_model_names",
    "lists_need_prompts",
    "lists_unwritten",
    "needs_known_tools",
    "idle",
    "own_words_first",
    "restraining",
}
TABLES = {
    "tools",
    "aliases",
    "retired",
    "closes",
    "modes",
    "events",
    "models",
    "tiers",
    "references",
    "install",
    "patterns",
    "commands",
    "unenforced",
    "mode_commands",
    "hooks",
    "reaches",
    "variables",
    "unattended",
    "rules",
}
TIERS = {"frontier", "large", "medium", "small"}


@pytest.mark.parametrize("client", CLIENTS)
def test_words_have_evidence(client: str) -> None:
    """Each client's words name the client's version, their source and the day when they were verified, and nothing unknown."""
    table = vocabulary.tables(client)

    assert table["client"].split()[-1][0].isdigit()
    assert table["source"]
    assert dt.date.fromisoformat(str(table["verified"]))
    assert set() == table.keys() - FACTS - TABLES


@pytest.mark.parametrize("client", CLIENTS)
def test_variables_are_of_known_languages(client: str) -> None:
    """Languages of references are those that there are, and stand in fields of a server that hold texts, each in one way."""
    known = server_variables.variables(client)

    assert {known.language, known.configured} <= {None, *references.LANGUAGES}
    assert sorted({*known.places, *known.meant}) == sorted((*known.places, *known.meant))
    assert set(references.PLACES) >= {*known.places, *known.meant}


@pytest.mark.parametrize("client", CLIENTS)
def test_limits_that_are_not_enforced_are_keys_of_the_client(client: str) -> None:
    """What holds nobody is a key of the client's files, whose values that limit nothing it takes, and it is said what to do instead."""
    known = vocabulary.unenforced(client)
    values = [({limit: value}, limit) for limit, several in known.free.items() for value in several if "." not in limit]
    refused = [limit for keys, limit in values if schema_files.complaint(client, limit, keys[limit])]

    assert {limit.partition(".")[0] for limit in known.free} <= schema_files.load(client)["properties"].keys()
    assert not refused
    assert bool(known.free or known.servers) == bool(known.instead)


@pytest.mark.parametrize("client", CLIENTS)
def test_models_are_of_known_makers(client: str) -> None:
    """Each client serves known makers' models, and its tiers are those that there are."""
    table = vocabulary.tables(client)

    assert set() == set(table.get("models", {}).get("serves", ())) - vocabulary.read(vocabulary.MAKERS)["providers"].keys()
    assert set() == table.get("tiers", {}).keys() - TIERS


@pytest.mark.parametrize("client", CLIENTS)
def test_every_capability_is_known(client: str) -> None:
    """Each tool means portable capabilities, or nothing that another client has; an alias is another word of a tool."""
    words = vocabulary._words(client)
    meanings = {meaning for several in (*words.tools.values(), *words.retired.values()) for meaning in several}

    assert set() == meanings - set(access.CAPABILITIES)
    assert set() == set(words.aliases.values()) - words.tools.keys()


@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_denied_word_takes_along_is_a_word(client: str) -> None:
    """The words that go with a denied one are the client's own, and grant what that one grants."""
    for word, others in vocabulary.tables(client).get("closes", {}).items():
        assert all(set(vocabulary.grants(client, other)) == set(vocabulary.grants(client, word)) != set() for other in others)


@pytest.mark.parametrize("client", CLIENTS)
def test_first_word_resolves_to_itself(client: str) -> None:
    """The word that is written for a capability is read as that capability."""
    for capability in access.CAPABILITIES:
        word = vocabulary.tool_for(client, capability)
        if word is not None:
            found = vocabulary.tool_word(client, word)

            assert found
            assert (found.native, capability in found.capabilities, found.how) == (word, True, "exact")


@pytest.mark.parametrize("client", CLIENTS)
def test_modes_and_events_resolve_to_themselves(client: str) -> None:
    """What is written for a portable mode or event is read as that mode or event."""
    modes = set(vocabulary.tables(client).get("modes", {}).values())
    events = set(vocabulary.tables(client).get("events", {}).values()) - {""}

    assert [mode for mode in modes if vocabulary.portable_mode(client, vocabulary.native_mode(client, mode) or "") != mode] == []
    assert [event for event in events if vocabulary.portable_event(client, vocabulary.native_event(client, event) or "") != event] == []


@pytest.mark.parametrize(
    ("word", "how", "capability"),
    [
        ("Read", "exact", "fs.read"),
        ("read", "case", "fs.read"),
        ("BASH", "case", "shell"),
        ("MultiEdit", "retired", "fs.edit"),
        ("apply_patch", "foreign", "fs.edit"),
        ("TodoWrite", "exact", "todo"),
        ("Artifact", "exact", None),
    ],
)
def test_words_of_claude_code(word: str, how: str, capability: str | None) -> None:
    """Exact, wrong-case, retired and foreign words resolve, each said to be what it is."""
    found = vocabulary.tool_word("claude-code", word)

    assert found
    assert (how, capability) == (found.how, found.capability)


def test_unknown_word_resolves_to_nothing() -> None:
    """A word that nobody knows means nothing."""
    assert vocabulary.tool_word("claude-code", "Teleport") is None


@pytest.mark.parametrize(
    ("client", "kind", "value", "served"),
    [
        ("claude-code", "alias", "sonnet", True),
        ("claude-code", "alias", "Opus", True),
        ("claude-code", "id", "claude-opus-5-5", True),
        ("claude-code", "id", "gpt-6.1-sol", False),
        ("codex", "id", "gpt-6.1-sol", True),
        ("codex", "alias", "sonnet", False),
        ("codex", "id", "llama-9", False),
        ("codex", "tier", "large", False),
    ],
)
def test_models_are_served(client: str, kind: str, value: str, served: bool) -> None:
    """A client serves its own vendor's models and its own aliases."""
    assert served == known_models.serves_model(client, kind, value)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_tool_of_a_server_is_named_as_the_client_reads_it(client: str) -> None:
    """What is said for `mcp__github__search` is read by the client as that tool of that server, and for `mcp__github` as all of it."""
    for word, tool in (("mcp__github__search_code", "search_code"), ("mcp__github", None)):
        own = vocabulary.server_tool(client, word)
        if own is None:
            continue
        header = {**minimal(client), "tools": [own]}
        (grant,) = agent_of(client, make(client, header)).tools.allow

        assert (grant.server, grant.tool) == ("github", tool)


@pytest.mark.parametrize(
    ("client", "word", "model"),
    [
        ("copilot", "Claude Haiku 4.5", "claude-haiku-4-5"),
        ("copilot", "Claude Opus 4.5 (copilot)", "claude-opus-4-5"),
        ("copilot", "GPT-5.2 (copilot)", "gpt-5.2"),
        ("copilot", "claude-sonnet-4.6", "claude-sonnet-4-6"),
        ("claude-code", "sonnet", None),
        ("claude-code", "claude-sonnet-5-5", None),
        ("opencode", "my model", None),
    ],
)
def test_a_model_by_the_name_that_is_shown(client: str, word: str, model: str | None) -> None:
    """A name that is shown, with or without its vendor, is one model's id; an alias for the newest of a kind is none."""
    assert known_models.named_model(client, word) == model


def test_names_of_models_lead_to_known_makers() -> None:
    """Each name that is shown has the id of a model whose maker is known, and is that id but for blanks and dots."""
    for name, model in vocabulary.read(vocabulary.MAKERS)["names"].items():
        assert known_models.model_provider(model), name
        assert name.translate(str.maketrans(" .", "--", "()")) == model.replace(".", "-"), name


@pytest.mark.parametrize("path", [path for path in vocabulary._written() if path.parent.name != "core"], ids=lambda path: path.stem)
def test_our_own_words_follow_the_schema(path):
    """What the words of another distribution's format are held to is what our own say."""
    assert word_faults.fault(vocabulary.read(path), "another") is None
