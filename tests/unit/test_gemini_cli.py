"""Gemini CLI: what its loader takes, and what its agents may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, convert_file, read, state_of
from agentconv.conversion.converting import Options
from agentconv.core import effects
from agentconv.core.format import State, Whole
from agentconv.core.ir import Agent, AgentSet, Limits, McpServer, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry

ID = "gemini-cli"
LIST = """\
---
- kind: remote
  name: forecast
  description: Answers questions about the weather.
  agent_card_url: https://example.com/forecast.json
# the second one
- name: tides
  agent_card_url: https://example.com/tides.json
---
Notes.
"""


def _agent(**values: Any) -> Agent:
    return Agent(id="a", name="aa", description="d", prompt=Prompt("You help."), **values)


def _mcp(server: str, tool: str | None) -> ToolGrant:
    name = f"mcp__{server}__{tool}" if tool else f"mcp__{server}"
    return ToolGrant(name, "claude-code", "mcp", None, server, tool)


@pytest.mark.parametrize(
    ("word", "loads"),
    [
        ("read_file", True),
        ("search_file_content", True),
        ("discovered_tool_", True),
        ("*", True),
        ("mcp_*", True),
        ("mcp_a_b", True),
        ("mcp_a_b_c", True),
        ("mcp_A.b:c-1_*", True),
        ("mcp_a_*b", False),
        ("mcp_a_b_*", False),
        ("mcp_a___", False),
        ("mcp__a_b", False),
        ("mcp__a__b", False),
        ("mcp_a", False),
        ("mcp_a_", False),
        ("mcp_é_b", False),
        ("Read", False),
        ("read_file ", False),
        ("save_memory", False),
        ("", False),
    ],
)
def test_tool_names(word: str, loads: bool) -> None:
    """A name that is none of the client's costs the whole file."""
    text = f"---\nname: aa\ndescription: d\ntools: ['{word}']\n---\n\nYou help.\n"

    assert loads == (state_of(ID, text) is not State.NOT_LOADED)


def test_dropped_file_keeps_the_tools_that_its_author_listed() -> None:
    """Of a file with an unknown tool, the others are recovered, and not all tools."""
    agent = agent_of(ID, "---\nname: aa\ndescription: d\ntools: [read_file, edit_file]\n---\n\nYou help.\n")

    assert agent.tools.mode == "list"
    assert not effects.effects(agent).may("write")


def test_denied_tools_become_the_list_of_the_others() -> None:
    """The client has no list of denied tools: all others are listed, and a denied server closes those of the user."""
    plain = convert_agent(_agent(tools=Tools(deny=(ToolGrant("Bash", "claude-code", "shell"),))), ID)
    server = convert_agent(_agent(tools=Tools(deny=(_mcp("mail", None),))), ID)
    assert plain.file
    assert server.file

    assert "run_shell_command" not in plain.file.data.decode()
    assert "mcp_*" in plain.file.data.decode()
    assert "mcp_*" not in server.file.data.decode()
    assert "tools-narrowed" in [loss.code for loss in server.losses]


def test_servers_of_its_own_say_what_they_open() -> None:
    """The client opens an agent's own servers whatever its list says, so each gets the list that the agent has of it."""
    servers = (McpServer("docs", "stdio", "npx"), McpServer("my_wiki", "http", url="https://example.com/mcp"))
    tools = Tools("list", (ToolGrant("Read", "claude-code", "fs.read"), _mcp("my_wiki", "find")))
    done = convert_agent(_agent(tools=tools, mcp_servers=servers), ID)
    assert done.file
    again = agent_of(ID, done.file.data)

    assert [(server.name, server.enabled_tools) for server in again.mcp_servers or ()] == [("docs", ()), ("my_wiki", ("find",))]
    assert [grant.native for grant in again.tools.allow] == ["read_file"]


def test_server_with_an_underscore_is_not_granted() -> None:
    """The client splits a name at the second underscore: a server with one in its name is reported, and not granted."""
    tools = Tools("list", (ToolGrant("Read", "claude-code", "fs.read"), _mcp("my_wiki", "find"), _mcp("docs", None)))
    done = convert_agent(_agent(tools=tools), ID)
    assert done.file

    assert [grant.native for grant in agent_of(ID, done.file.data).tools.allow] == ["read_file", "mcp_docs_*"]
    assert [loss.detail for loss in done.losses if loss.code == "tool-unknown"] == ["mcp__my_wiki__find"]


def test_own_servers_are_listed_for_a_client_that_wants_that() -> None:
    """What only this client opens without a word is granted by name elsewhere."""
    agent = agent_of(ID, "---\nname: aa\ndescription: d\ntools: []\nmcp_servers:\n  docs:\n    command: npx\n---\n\nYou help.\n")
    done = convert_agent(agent, "claude-code")
    assert done.file

    assert b"tools: mcp__docs\n" in done.file.data


def test_remote_agent_stays_at_home() -> None:
    """A remote agent is held, and refused elsewhere, also where widening is allowed."""
    source = SourceText("forecast.md", b"---\nname: forecast\ndescription: d\nagent_card_url: https://example.com/card.json\n---\n")
    (agent,) = read(ID, source).set.agents
    away = convert_agent(agent, "claude-code", Options(allow_widening=True))
    home = convert_agent(agent, ID)

    assert agent.prompt is None
    assert [loss.code for loss in away.losses if loss.kind == "refused"] == ["refused-kind"]
    assert home.file
    assert home.file.data == source.data


def test_list_of_remote_agents() -> None:
    """Each entry is an agent with its place; the file comes back from a bundle as it was."""
    source = SourceText("agents.md", LIST.encode())
    result = read(ID, source)
    (bundle,) = [done.file for done in convert_file(source, ID, "json") if done.file]
    back = [done.file.data for done in convert_file(SourceText(bundle.path, bundle.data), "json", ID) if done.file]

    assert [(agent.name, agent.origin.pointer) for agent in result.set.agents if agent.origin] == [("forecast", "/0"), ("tides", "/1")]
    assert back == [source.data]


@pytest.mark.parametrize(
    ("number", "values", "kept"),
    [
        (0, {"description": "Says what the weather will be."}, b"# the second one\n- name: tides\n"),
        (1, {"name": "tide-times"}, b"- kind: remote\n  name: forecast\n"),
        (1, {"description": "Says when the water is high."}, b"\n---\nNotes.\n"),
    ],
)
def test_changed_entry_of_a_list(number: int, values: dict[str, Any], kept: bytes) -> None:
    """A changed value is patched in its entry; where a key comes in, the list is written anew, and the rest of the file stays."""
    source = SourceText("agents.md", LIST.encode())
    agents = list(read(ID, source).set.agents)
    agents[number] = replace(agents[number], **values)
    result = registry.load(ID).write(AgentSet(tuple(agents)), source)
    again = read(ID, SourceText("agents.md", result.data))

    assert [replace(agent, origin=None) for agent in again.set.agents] == [replace(agent, origin=None) for agent in agents]
    assert kept in result.data
    assert result.whole == (Whole.LIST if "description" in values and number == 1 else None)


def test_one_bad_entry_costs_the_whole_list() -> None:
    """The client drops the file; both agents are recovered."""
    result = read(ID, LIST.replace("  agent_card_url: https://example.com/tides.json\n", "  tools: []\n"))

    assert result.states == (State.NOT_LOADED, State.NOT_LOADED)


def test_file_that_starts_with_an_underscore_is_passed_over() -> None:
    """The client does not look at it; a person may mean it."""
    data = b"---\nname: aa\ndescription: d\n---\n\nYou help.\n"

    assert read(ID, SourceText(".gemini/agents/_draft.md", data)).states == (State.NOT_LOADED,)
    assert read(ID, SourceText(".gemini/agents/draft_.md", data)).states == (State.LOADS,)


def test_agent_without_a_prompt_is_not_written() -> None:
    """The client loads an empty body, and cannot call the agent."""
    done = convert_agent(Agent(id="a", name="aa", description="d"), ID)

    assert [loss.code for loss in done.losses] == ["refused-prompt"]
    assert state_of(ID, "---\nname: aa\ndescription: d\n---\n") is State.DEGRADED


@pytest.mark.parametrize(("seconds", "kept"), [(60, 60), (61, 120), (0.5, 60), (600.0, 600), (-5, 60)])
def test_bounds_on_time(seconds: float, kept: int) -> None:
    """The client counts whole minutes, at least one."""
    done = convert_agent(_agent(limits=Limits(timeout_seconds=seconds)), ID)
    assert done.file

    assert kept == agent_of(ID, done.file.data).limits.timeout_seconds
    assert (kept != seconds) == ("limit-approximated" in [loss.code for loss in done.losses])


def test_list_that_is_not_utf_8() -> None:
    """In the entries of a list, too, bytes that are not UTF-8 are what the client sees."""
    found = read("gemini-cli", b"---\n- name: far\n  description: caf\xe9\n  agent_card_url: https://a.example\n---\n").set.agents

    assert [agent.description for agent in found] == ["caf\ufffd"]
