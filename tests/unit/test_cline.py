"""Cline 3.0.65, as measured: the closing fence, tools by name, models with their provider."""

from __future__ import annotations

import pytest

from agent_files import agent_of, convert_agent, output, read
from agentconv.core.format import State
from agentconv.core.ir import Agent, Model, Origin, Prompt, ToolGrant, Tools

HEADER = "name: n\ndescription: d\n"


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (f"---\n{HEADER}---\nB\n---\nC", "B\n---\nC"),
        (f"---\n---\n{HEADER}---\nB", "B"),
        (f"---\n# c\n---\n{HEADER}---\nB", "B"),
        (f"---\n%YAML 1.2\n---\n{HEADER}---\nB", "B"),
        (f"---\n{HEADER}...\n---\nB", "B"),
        (f"--- \t\n{HEADER}---\u00a0\nB", "B"),
        ("---\nname: n\ndescription: |\n  a\n---\n  b\n---\nB", "b\n---\nB"),
        (f"---\r\n{HEADER}---\r\nB\r\nC\r\n", "B\r\nC"),
        (f"\ufeff---\n{HEADER}---\nB", "B"),
    ],
)
def test_where_the_header_ends(text: str, prompt: str) -> None:
    """The header ends at the one line `---` that the client can take."""
    agent = agent_of("cline", text)

    assert ("n", prompt) == (agent.name, agent.prompt.text if agent.prompt else None)


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{HEADER}---\n  \n",
        f"---\n{HEADER}",
        f"\n---\n{HEADER}---\nB",
        f"\ufeff\ufeff---\n{HEADER}---\nB",
        f"---\n{HEADER}name: m\n---\nB",
        f"---\n{HEADER}tools:\n---\nB",
        f'---\n{HEADER}maxIterations: "5"\n---\nB',
        f"---\n{HEADER}maxIterations: 9007199254740993\n---\nB",
        f"---\n{HEADER}modelId: 017\n---\nB",
        '---\nname: n\ndescription: "a\n---\nb"\n---\nB',
    ],
)
def test_what_the_client_does_not_load(text: str) -> None:
    """A file without a prompt, with a value of another type, or without a header that ends, is not loaded."""
    assert State.LOADS not in read("cline", text).states


@pytest.mark.parametrize(
    ("word", "capability"),
    [("Bash", "shell"), ("list_files", "shell"), ("WRITE_TO_FILE", "fs.edit"), ("spawn_agent", "delegate"), ("nosuchtool", None)],
)
def test_tool_words(word: str, capability: str | None) -> None:
    """Words count in any case, and older ones stand for those of today."""
    (grant,) = agent_of("cline", f"---\n{HEADER}tools: [{word}]\n---\nB").tools.allow

    assert (word, capability) == (grant.native, grant.capability)


def test_configured_agents_have_no_tools_of_servers() -> None:
    """A tool of an MCP server is dropped and reported: the client gives such agents none."""
    tools = Tools("list", (ToolGrant("mcp__a__b", "claude-code", "mcp", None, "a", "b"), ToolGrant("Read", "claude-code", "fs.read")))
    agent = Agent(name="n", description="d", prompt=Prompt("B"), tools=tools, origin=Origin("claude-code", "n.md"))
    done = convert_agent(agent, "cline")

    assert [grant.native for grant in agent_of("cline", output(done)).tools.allow] == ["read_files"]
    assert [(loss.code, loss.detail) for loss in done.losses if loss.field == "tools.allow"] == [("tool-unknown", "mcp__a__b")]


def test_model_keeps_its_provider_at_home() -> None:
    """`modelId` counts with `providerId`; `model` is passed over."""
    agent = agent_of("cline", f"---\n{HEADER}providerId: anthropic\nmodelId: claude-sonnet-5-5\nmodel: x\n---\nB")

    assert Model("id", "claude-sonnet-5-5", "anthropic") == agent.model
    assert agent.extras == {"cline": {"model": "x"}}
