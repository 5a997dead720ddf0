"""GitHub Copilot CLI 1.0.102, as measured: strict YAML, words for tools, names from files."""

from __future__ import annotations

from typing import Any

import pytest

from agent_files import agent_of, convert_agent, output, read, written
from agentconv.core import effects
from agentconv.core.format import State
from agentconv.core.ir import Agent, McpServer, Origin, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats.copilot import spelling


def header(*lines: str, path: str = "agent.agent.md") -> SourceText:
    """Make a file with a description and more lines of header."""
    return SourceText(path, "\n".join(["---", "description: d", *lines, "---", "", "Body", ""]).encode())


@pytest.mark.parametrize(
    ("spelled", "shown"),
    [
        ("yes", "yes"), ("2026-01-01", "2026-01-01"), ("12:30:00", "12:30:00"), ("017", "017"), ("1_000", "1_000"), ("0o8", "0o8"),
        ("0X1F", "0X1F"), ("1e999", "1e999"), ("!!str 12", "12"), ("!x y", "y"), ("<<", "<<"), ('"a\\/b\\x41"', "a/bA"), ("''", None),
    ],
)  # fmt: skip
def test_text_in_yaml(spelled: str, shown: str | None) -> None:
    """What serde_yaml takes for text, the client takes for a name."""
    result = read("copilot", header(f"name: {spelled}"))

    assert (State.LOADS, shown) == (result.states[0], result.set.agents[0].display_name)


@pytest.mark.parametrize(
    "spelled",
    ["~", "null", "", "12", "0o17", "0b11", "+12", "-0", "1e3", ".5", "5.", ".inf", "true", "TRUE", "[a]", "{a: b}", "!!int 12", "!x",
     "99999999999999999999", "!!bool 3", "*none", "@x", "a: b", '"a\\qb"'],
)  # fmt: skip
def test_no_text_in_yaml(spelled: str) -> None:
    """What serde_yaml gives another type, or refuses, drops the file."""
    result = read("copilot", header(f"name: {spelled}"))

    assert list(result.states) == [State.NOT_LOADED]


@pytest.mark.parametrize("lines", [["x: 1", "x: 2"], ["x: {a: 1, a: 2}"], ["x:", "\ty: 1"], ["...", "x: 1"], ['x: "\x01"'], ["x: \ufffe"]])
def test_what_libyaml_or_serde_refuse(lines: list[str]) -> None:
    """A key given twice at any depth, tabs, a second document and control characters drop the file."""
    assert list(read("copilot", header(*lines)).states) == [State.NOT_LOADED]


def test_numbers_as_keys_are_not_texts_as_keys() -> None:
    """`1` and `"1"` are two keys to the client's parser."""
    assert list(read("copilot", header("x: {1: a, '1': b}")).states) == [State.LOADS]


@pytest.mark.parametrize(
    ("word", "capability", "server"),
    [
        ("READ", "fs.read", None), ("Bash", "shell", None), ("edit/editFiles", "fs.edit", None), ("search/view", "fs.read", None),
        ("tickets/get", "mcp", "tickets"), ("a/b/c", "mcp", "a/b"), ("tickets/*", "mcp", "tickets"), ("tickets/edit", "mcp", "tickets"),
        ("tickets-edit", "mcp", "tickets"), ("tickets-get", None, None), ("web-search", None, None), ("vscode/memory", None, None),
        ("Bash(git:*)", None, None), ("mcp__tickets__get", None, None), ("read edit", None, None), ("/edit", None, None),
    ],
)  # fmt: skip
def test_tool_words(word: str, capability: str | None, server: str | None) -> None:
    """Each word means what the client gives for it, and is read as itself."""
    found = spelling.grant(word)

    assert (capability, server) == (found.capability, found.server)
    assert spelling.reads_back(found)


def test_a_server_s_tool_is_never_one_of_the_client_s_own() -> None:
    """`tickets/create` is the client's own `create` where there is no such server, so it is called as the client calls the tool."""
    tools = Tools("list", (ToolGrant("mcp__tickets__create", "claude-code", "mcp", None, "tickets", "create"),))
    agent = Agent(name="a", description="d", prompt=Prompt("Do."), tools=tools, origin=Origin("claude-code", "a.md"))
    again = agent_of("copilot", output(convert_agent(agent, "copilot")))

    assert [grant.native for grant in again.tools.allow] == ["tickets-create"]
    assert not effects.effects(again, format_id="copilot").may("write")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("x.agent.md", "x"), ("x.md", "x"), ("a.b.agent.md", "a.b"), (".github/agents/team/x.md", "team--x"),
        ("project/.github/agents/a/b/x.agent.md", "a--b--x"), (".github/agents/x.chatmode.md", "x.chatmode"),
        (".github/chatmodes/x.chatmode.md", "x"), ("two words.agent.md", "two words"),
    ],
)  # fmt: skip
def test_names_come_from_paths(path: str, name: str) -> None:
    """An agent's name is its file's, with the folders below the client's own before it."""
    assert name == agent_of("copilot", header(path=path)).name


@pytest.mark.parametrize("path", [".github/agents/general-purpose.md", ".github/agents/.x.agent.md"])
def test_files_that_are_passed_over(path: str) -> None:
    """The one agent that no file replaces, and hidden files, are not loaded."""
    assert list(read("copilot", header(path=path)).states) == [State.NOT_LOADED]


@pytest.mark.parametrize(
    ("name", "legal"), [("Code Reviewer", "Code-Reviewer"), ("Rédacteur", "Redacteur"), ("审查员", "审查员"), ("..x", "x")]
)
def test_legal_names(name: str, legal: str) -> None:
    """A name becomes a stem of ASCII letters where it has any; the author's is shown."""
    again = agent_of("copilot", output(convert_agent(Agent(name=name, description="d"), "copilot")))

    assert (legal, None if name == legal else name) == (again.name, again.display_name)


def test_actions_alone_and_in_groups_are_the_same_hooks() -> None:
    """An action with a matcher of its own reads as a group of one; a matcher that is no text counts for nothing in a group."""
    alone = agent_of("copilot", header("hooks: {preToolUse: [{bash: x, matcher: edit}, {matcher: 3, hooks: [{bash: y}]}]}"))
    group = agent_of("copilot", header("hooks: {preToolUse: [{matcher: edit, hooks: [{bash: x}]}, {hooks: [{bash: y}]}]}"))

    assert alone.hooks == group.hooks


def test_last_block_has_no_line_break() -> None:
    """The client cuts the header's last line break off; what ends with one is written so that it stays."""
    assert agent_of("copilot", "---\ndescription: |\n  One.\n---\n").description == "One."
    agent = Agent(name="agent", description="One.\nTwo.\n")

    assert agent.description == agent_of("copilot", written("copilot", agent)).description


def test_servers_always_name_their_tools_and_arguments() -> None:
    """The client drops an agent whose server has no `tools`, or whose command has no `args`."""
    server = McpServer("docs", "stdio", "docs-server")
    done = convert_agent(Agent(name="a", description="d", mcp_servers=(server,)), "copilot")
    config: Any = output(done).data.decode()

    assert [loss for loss in done.losses if loss.field == "mcp_servers"] == []
    assert "args: []" in config
    assert 'tools:\n      - "*"' in config


def test_long_prompt_is_written_and_reported() -> None:
    """github.com takes no prompt of more than 30,000 characters; the CLI does."""
    done = convert_agent(Agent(name="a", description="d", prompt=Prompt("x" * 30_001)), "copilot")

    assert done.file
    assert "prompt-long" in [loss.code for loss in done.losses]
