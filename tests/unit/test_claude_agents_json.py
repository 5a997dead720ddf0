"""What `claude --agents` makes of its object: strict JSON, all or nothing, texts as they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent_files import convert_agent
from agentconv.core import fields, vocabulary
from agentconv.core.diagnostics import Code
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import Agent, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats.claude import agents_json, code

AGENT = {"description": "Helps.", "prompt": "You help."}


def read(text: str | bytes) -> ReadResult:
    return agents_json.read(SourceText("claude-agents.json", text if isinstance(text, bytes) else text.encode()))


def agent(**keys: Any) -> Agent:
    (found,) = read(json.dumps({"an-agent": {**AGENT, **keys}})).set.agents
    return found


@pytest.mark.parametrize(
    "text",
    [
        '{// x\n"a": {"description": "d", "prompt": "p"}}',
        '{"a": {"description": "d", "prompt": "p",}}',
        '{"a": {"description": "d", "prompt": "p", "maxTurns": NaN}}',
        '\u00a0{"a": {"description": "d", "prompt": "p"}}',
        '{"-a": {"description": "d", "prompt": "p"}}',
        '{"a": {"description": "d"}}',
        '{"a": {"description": "", "prompt": "p"}}',
        '{"a": {"description": "d", "prompt": "p", "tools": "Read"}}',
    ],
)
def test_one_mistake_stops_the_client(text: str) -> None:
    """What is no strict JSON, and what the client's schema does not take, keeps it from starting; the agent is recovered."""
    result = read(text)

    assert list(result.states) == [State.STOPS]
    assert result.diagnostics[0].message.startswith("Claude Code (--agents) does not start with this file: ")


@pytest.mark.parametrize("text", ['\ufeff{"a": %s}', ' \r\n{"a": %s}\n\t', '{"a:b": %s}', '{"": %s}', '{"a": 1, "a": %s}'])
def test_what_the_client_takes(text: str) -> None:
    """A byte order mark, colons in names, empty names, and repeated names, of which the last counts, are taken."""
    assert State.STOPS not in read(text % json.dumps(AGENT)).states


def test_texts_are_taken_as_they_stand() -> None:
    """Nothing is trimmed, and a backslash and n stay two characters."""
    found = agent(description="a\\nb ", prompt="  p\n\n")

    assert (found.description, fields.get(found, "prompt.text")) == ("a\\nb ", "  p\n\n")


def test_a_repeated_name_is_told() -> None:
    """Of two agents of one name the last one counts, and that is said."""
    result = read('{"a": {"description": "1", "prompt": "p"}, "a": {"description": "2", "prompt": "p"}}')

    assert [found.description for found in result.set.agents] == ["2"]
    assert [found.code for found in result.diagnostics] == [Code.DUPLICATE_KEY]


def test_bytes_that_are_not_utf_8_are_shown_as_such() -> None:
    """The client sees U+FFFD; the bytes stay."""
    data = b'{"a": {"description": "d\xff", "prompt": "p"}}'

    assert read(data).set.agents[0].description == "d\ufffd"


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        (["Read, Edit"], ["Read", "Edit"]),
        (["Bash(git:*)", "mcp__s__t"], ["Bash", "mcp__s__t"]),
        (["Agent(x, y)"], ["Agent"]),
        (["*", "Read"], []),
        ([""], []),
    ],
)
def test_tools_are_split_as_in_markdown_files(tools: list[str], expected: list[str]) -> None:
    """Each text of the list may hold several names; `*` is all of them."""
    assert expected == [grant.native for grant in agent(tools=tools).tools.allow]


def test_every_server_can_be_denied_but_not_allowed() -> None:
    """`mcp__*` among the allowed tools grants nothing, among the denied ones it closes every server."""
    allowed, denied = agent(tools=["Read", "mcp__*"]), agent(disallowedTools=["mcp__*"])

    assert [grant.server for grant in allowed.tools.allow] == [None, None]
    assert [grant.server for grant in denied.tools.deny] == ["*"]


def test_its_words_are_those_of_the_same_client() -> None:
    """The format has Claude Code's tools, models, modes and events, without a table of its own."""
    assert vocabulary.words_of("claude-agents-json") == "claude-code"
    assert vocabulary.tool_words("claude-agents-json") == vocabulary.tool_words("claude-code")
    assert "claude-agents-json" not in vocabulary.clients()


def test_nothing_is_lost_between_both_forms() -> None:
    """An agent goes from markdown to JSON and back with tools that only Claude Code has, its memory, and any model id."""
    text = "---\nname: a\ndescription: d\ntools: Read, LSP, Bash(git:*)\nmodel: some-model\nmemory: user\neffort: 3\n---\n\np\n"
    (before,) = code.read(SourceText("a.md", text.encode())).set.agents
    there = convert_agent(before, "claude-agents-json")
    assert there.file
    back = convert_agent(read(there.file.data).set.agents[0], "claude-code")
    assert back.file

    assert {loss.code for loss in (*there.losses, *back.losses)} == {"key-moved"}
    assert fields.same(before, code.read(SourceText("a.md", back.file.data)).set.agents[0])


def test_required_keys_are_always_written() -> None:
    """An agent without a prompt gets an empty one, without which the client would not start."""
    done = convert_agent(
        Agent(name="a", description="d", tools=Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),))), "claude-agents-json"
    )
    assert done.file

    assert json.loads(done.file.data) == {"a": {"description": "d", "prompt": "", "tools": ["Read"]}}


def test_names_lose_leading_dashes() -> None:
    """A name that starts with a dash is refused by the client, so it loses it."""
    done = convert_agent(Agent(name="--a", description="d", prompt=Prompt("p")), "claude-agents-json")
    assert done.file

    assert list(json.loads(done.file.data)) == ["a"]
