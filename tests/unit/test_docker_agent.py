"""Docker Agent: a map of agents in a YAML file, of which only what differs changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconv.core.ir import AgentSet, Origin, Prompt
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.docker import docker_agent
from agentconv.sources import sniffing

FILE = """\
# Two who bake.
version: "7"
agents:
  root:  # the first
    model: anthropic/claude-sonnet-4-5
    instruction: You lead.
    toolsets: [{type: shell}]

  baker:
    model: auto
    instruction: |
      You bake.
models:
  fast: {provider: openai, model: gpt-5.5}
"""
SOURCE = SourceText("docker-agent.yaml", FILE.encode())


def written(*agents):
    return docker_agent.write(AgentSet(agents), SOURCE).data.decode()


@pytest.fixture
def agents():
    return docker_agent.read(SOURCE).set.agents


def test_a_prompt_changes_alone(agents):
    """A prompt that is changed leaves every other byte of the file."""
    root, baker = agents

    assert FILE.replace("You lead.", "You follow.") == written(replace(root, prompt=Prompt("You follow.")), baker)


def test_a_name_is_changed_where_it_stands(agents):
    """An agent that is renamed keeps its place, and its comment."""
    root, baker = agents

    assert FILE.replace("  root:", "  chief:") == written(replace(root, name="chief"), baker)


def test_an_agent_goes_and_another_comes(agents):
    """An agent that is not wanted goes with its lines, and one that is new comes behind the one that it follows."""
    root, baker = agents
    waiter = replace(baker, name="waiter", origin=Origin("json", "agents.json"))
    gone = FILE.replace("  baker:\n    model: auto\n    instruction: |\n      You bake.\n", "")
    more = FILE.replace("models:", "  waiter:\n    model: auto\n    instruction: |\n      You bake.\nmodels:")

    assert (gone, more) == (written(root), written(root, baker, waiter))


def test_rules_of_the_file_are_told(agents):
    """What the file's own rules deny or ask for is told, since it goes nowhere with an agent."""
    rules = FILE + "permissions:\n  allow: [read_file]\n  ask: [shell]\n  deny: ['shell:cmd=rm*']\n"
    result = docker_agent.read(SourceText("docker-agent.yaml", rules.encode()))

    assert result.set.agents == agents
    assert [found.code.value for found in result.diagnostics] == ["parts"]
    assert "shell:cmd=rm*, shell" in result.diagnostics[0].message


def test_a_file_is_told_by_its_agents():
    """A YAML file anywhere is one of agents where a map of them has prompts or toolsets; a list of services is none."""
    told = [sniffing.by_head("team.yaml", text) for text in (FILE.encode(), b"agents:\n  web:\n    model: small\n", b"services:\n  web:\n")]

    assert told == ["docker-agent", None, None]
    assert registry.FORMATS["docker-agent"].holds_several("docker-agent.yaml")
