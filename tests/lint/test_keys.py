"""A key that nobody meant is told once, whatever it is nearly the same as, and a key that is fine not at all."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import holds, make, minimal, state_of
from agentconv.core import schema_files
from agentconv.core.diagnostics import Severity
from agentconv.core.format import State
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Settings, Subject
from thorough import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.lint.rule import Finding

RULES = list(catalogue.rules().values())
SHAPES = [
    pytest.param(client, several, id=f"{client}-{'several' if several else 'one'}")
    for client in registry.CLIENTS
    for several in (False, True)
    if (registry.FORMATS[client].files if several else registry.FORMATS[client].folders)
]
"""Each client's files of one agent, and those of several."""
each_shape = pytest.mark.parametrize(("client", "several"), SHAPES)


def findings(client: str, source: SourceText) -> list[Finding]:
    """Return what the rules find in a file of a client."""
    (checked,) = checking.check([Subject(source, client, (client,), Settings(fixes=False))], RULES)

    assert checked.failures == ()
    return list(checked.findings)


def file(client: str, header: Mapping[str, Any], *, several: bool) -> SourceText:
    """Return a file in its client's place: one that holds an agent with these keys, or one that may hold several."""
    row, alone, module = registry.FORMATS[client], make(client, header), registry.load(client)
    if not several:
        return SourceText(f"{row.folders[0]}/{alone.path}", alone.data)
    if not row.folders:
        return SourceText(row.files[0], encode(json.dumps(json.loads(alone.text), indent=2)))
    written = json.loads(module.write(module.read(make(client, minimal(client))).set, SourceText(row.files[0], b"")).data)
    (place,) = written
    (name,) = written[place]
    written[place][name] = {**written[place][name], **header}
    return SourceText(row.files[0], encode(json.dumps(written, indent=2)))


@cache
def ordinary(client: str, key: str) -> dict[str, Any]:
    """Return a key that any agent of a client may have beside another one, so that what lacks that one is still taken for an agent."""
    rows = schema_files.load(client)["properties"].items()
    others = {name: row["examples"][0] for name, row in rows if row["examples"] and name not in (key, *minimal(client))}
    found = ({name: value} for name, value in others.items() if holds(client, value))
    return next(more for more in found if state_of(client, make(client, {**minimal(client, key), **more})) is State.LOADS)


def slips(client: str, key: str) -> Iterator[str]:
    """Yield ways in which a key is misspelled: a letter twice, two letters that changed places, one that is missing."""
    known = {name.casefold() for name in schema_files.load(client)["properties"]}
    middle = len(key) // 2
    found = (f"{key}{key[-1]}", f"{key[:-2]}{key[-1]}{key[-2]}", f"{key[:middle]}{key[middle + 1 :]}")
    yield from (slip for slip in dict.fromkeys(found) if slip.casefold() not in known)


def is_about(finding: Finding, source: SourceText, word: str) -> bool:
    """Whether a finding names a word, or stands in its line; at the very beginning stands what is about the whole file."""
    line = source.text[: source.text.index(word)].count("\n") + 1
    return f"`{word}`" in finding.message or (finding.start > 0 and source.position(finding.start)[0] == line)


MISSING = "is nearly that"
"""What is said besides of a key that is missing: which one may be meant for it."""


@each_shape
def test_a_misspelled_key_is_told_once(client: str, several: bool) -> None:
    """Each key of each client, misspelled beside itself or in its own place, is one finding; nothing else is said that was not before."""
    wrong = {}
    for number, (key, row) in enumerate(schema_files.load(client)["properties"].items()):
        value = next((one for one in row["examples"] if holds(client, one)), "text")
        whole = {**ordinary(client, key), **minimal(client, key), key: value}
        before = {(one.rule.code, one.message) for one in findings(client, file(client, whole, several=several))}
        for slip in in_turns(list(slips(client, key)), 3, number + several):
            beside = file(client, {**whole, slip: value}, several=several)
            instead = file(client, {**{name: one for name, one in whole.items() if name != key}, slip: value}, several=several)
            more = [one for one in findings(client, beside) if (one.rule.code, one.message) not in before]
            about = [one for one in findings(client, instead) if is_about(one, instead, slip) and MISSING not in one.message]
            if len(more) != 1 or not is_about(more[0], beside, slip) or len(about) != 1:
                wrong[slip] = [[f"{one.rule.code} {one.message}" for one in found] for found in (more, about, findings(client, instead))]

    assert wrong == {}


CLAUDE, GEMINI = (
    "---\nname: triage\ndescription: Sorts new reports\n{}\n---\n\nYou sort reports.\n",
    "---\nname: triage\n{}\n---\n\nYou sort.\n",
)


@pytest.mark.parametrize(
    ("client", "path", "text", "told"),
    [
        pytest.param(
            "claude-code", ".claude/agents/triage.md", CLAUDE.format("tools: Read, model, effort"), ["AC301", "AC301"], id="tools"
        ),
        pytest.param("claude-code", ".claude/agents/triage.md", CLAUDE.format("color: red\ncolor: red"), ["AC107"], id="colour twice"),
        pytest.param(
            "gemini-cli",
            ".gemini/agents/triage.md",
            GEMINI.format("description: Sorts new reports\ntools: [guard, of its own, is missing, not valid]"),
            ["AC301"] * 4,
            id="tools in the words of messages",
        ),
        pytest.param(
            "gemini-cli",
            ".gemini/agents/triage.md",
            GEMINI.format("description: Sorts new reports\ntools: [a1, a2, a3, a4, a5, a6]"),
            ["AC301"] * 6,
            id="many tools",
        ),
        pytest.param(
            "copilot",
            ".github/agents/triage.agent.md",
            "---\ndescription: Sorts new reports\ndescription: Sorts\n---\n\nYou sort reports.\n",
            ["AC103"],
            id="a description twice where that is no YAML",
        ),
        pytest.param(
            "roo",
            ".roomodes",
            "customModes:\n  - slug: groups\n    name: Triage\n    roleDefinition: You sort reports.\n    groups: [read]\n    source: 5\n",
            ["AC406"],
            id="an agent that is called as a key",
        ),
        pytest.param(
            "opencode",
            "opencode.json",
            '{"agent": {"triage": {"description": "Sorts", "prompt": "You sort.", "permissions": {"bash": "deny"}}}}',
            ["AC199"],
            id="a key of another version",
        ),
        pytest.param("codex", ".codex/agents/triage.toml", 'name = "triage"\ndescription = \n', ["AC103"], id="no TOML"),
    ],
)
def test_what_a_message_happens_to_name_is_no_key(client: str, path: str, text: str, told: list[str]) -> None:
    """What is wrong is told of the key that it is about, and of no other one that stands in the message, or reads like it."""
    found = findings(client, SourceText(path, encode(text)))

    assert [one.rule.code for one in found if one.severity is not Severity.NOTE] == told


def test_each_tool_that_drops_an_agent_is_an_error() -> None:
    """However many words are no tools, the client drops the agent for each of them, also for those that its message leaves out."""
    text = GEMINI.format("description: Sorts new reports\ntools: [a1, a2, a3, a4, a5, a6]")
    found = findings("gemini-cli", SourceText(".gemini/agents/triage.md", encode(text)))

    assert {(one.rule.code, one.severity) for one in found} == {("AC301", Severity.ERROR)}


@pytest.mark.parametrize(
    ("client", "key", "value"),
    [
        pytest.param(client, key, value, id=f"{client}-{key}-{number}")
        for client in registry.CLIENTS
        for key, row in schema_files.load(client)["properties"].items()
        for number, value in enumerate(row.get("x-bad-examples", ()))
        if row["x-invalid"] == "drop-header"
    ],
)
def test_a_value_that_costs_the_whole_header_is_one_error(client: str, key: str, value: Any) -> None:
    """It is told as what opens every tool, once, and nothing is said of the keys that go with it."""
    header = {"name": "reviewer", "description": "Reviews changes before a merge", "tools": ["Read"], key: value}
    found = findings(client, SourceText(f"{registry.FORMATS[client].folders[0]}/reviewer.md", make(client, header).data))

    assert [finding.severity for finding in found] == [Severity.ERROR], [finding.message for finding in found]


@pytest.mark.parametrize(
    ("client", "word", "meant"),
    [
        ("claude-code", "claude-sonet-4", "claude-sonnet-4"),
        ("claude-code", "sonett", "sonnet"),
        ("claude-code", "cluade-opus-4-5", "claude-opus-4-5"),
        ("opencode", "anthropic/claude-hiaku-4-5", "anthropic/claude-haiku-4-5"),
        ("gemini-cli", "gemini-3-flahs", "gemini-3-flash"),
        ("claude-code", "claude-sonnet-9", None),
        ("claude-code", "openai:kimi-k2.7-code", None),
        ("claude-code", "my-own-model", None),
        ("codex", "gpt-5.1-codex-max", None),
        ("qwen-code", "qwen3-coder-plus", None),
        ("copilot", "Claude Haiku 4.5 (copilot)", None),
    ],
)
def test_misspelled_models(client: str, word: str, meant: str | None) -> None:
    """A model that is nearly one is told with the one that is meant, and no other is; of a new or a strange one, nothing is known."""
    found = [
        one.help for one in findings(client, file(client, {**minimal(client), "model": word}, several=False)) if one.rule.code == "AC413"
    ]

    assert found == ([f"did you mean `{meant}`?"] if meant else [])


@pytest.mark.parametrize(
    ("tools", "severity", "opens"),
    [
        ("", Severity.ERROR, "the agent has every tool"),
        ("tools: Read\n", Severity.WARNING, "the agent has the tools that its own list says"),
    ],
)
def test_what_is_open_is_what_the_list_that_counts_says(tools: str, severity: Severity, opens: str) -> None:
    """A limit that the client passes over opens every tool where no list of its own is beside it, and what that one says else."""
    text = f"---\nname: a\ndescription: Reviews changes before a merge\nallowedTools: Read\n{tools}---\n\nYou review.\n"
    (found,) = [one for one in findings("claude-code", SourceText(".claude/agents/a.md", text.encode())) if one.rule.code == "AC412"]

    assert (found.severity, found.message.partition(", and ")[2]) == (severity, opens)


@pytest.mark.parametrize(
    ("client", "does", "remedy"),
    [
        ("claude-code", "shows none", "write red, blue, green, yellow, purple, orange, pink or cyan"),
        (
            "opencode",
            "does not start",
            "write `#` and six hexadecimal digits, or primary, secondary, accent, success, warning, error or info",
        ),
        ("kilo", "drops the agent", "write `#` and six hexadecimal digits, or primary, secondary, accent, success, warning, error or info"),
    ],
)
def test_a_colour_is_told_in_the_words_of_its_client(client: str, does: str, remedy: str) -> None:
    """What the client does about a colour that is none, and what it takes, is what its own schema says."""
    source = SourceText(f"{registry.FORMATS[client].folders[0]}/a.md", b"---\nname: a\ndescription: Reads\ncolor: teal\n---\nRead.\n")
    (told,) = (one for one in findings(client, source) if one.rule.code == "AC405")

    assert told.message.endswith(f", which {does}")
    assert told.help == remedy
