"""Docker Agent: a map of agents in a YAML file, of which only what differs changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_files import convert_agent
from agentconv.core import access, effects
from agentconv.core.ir import AgentSet, Origin, Prompt, ToolGrant
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


RULES = "permissions:\n  allow: ['read_*']\n  ask: [fetch]\n  deny: ['shell:cmd=rm*']\n"


def test_rules_of_the_file_hold_its_agents_elsewhere():
    """What the file's own rules deny, in whole or in part, no agent of it may do in another client."""
    root, _ = docker_agent.read(SourceText("docker-agent.yaml", (FILE + RULES).encode())).set.agents
    both = replace(root, tools=replace(root.tools, allow=(*root.tools.allow, ToolGrant("filesystem/read_file", "docker-agent", "fs.read"))))
    done = convert_agent(both, "opencode")

    assert '"*": deny\n  read: allow\n' in done.file.data.decode()
    assert "restriction-moved" in [loss.code for loss in done.losses]


def test_rules_of_the_file_stay_where_they_are():
    """An agent changes, and the rules of its file keep their bytes; a new file gets the rules that all of its agents have."""
    source = SourceText("docker-agent.yaml", (FILE + RULES).encode())
    root, baker = docker_agent.read(source).set.agents
    changed = docker_agent.write(AgentSet((replace(root, prompt=Prompt("You follow.")), baker)), source)
    anew = docker_agent.write(AgentSet((root, baker)), SourceText("other.yaml", b""))
    again = docker_agent.read(SourceText("other.yaml", anew.data)).set.agents

    assert (FILE + RULES).replace("You lead.", "You follow.") == changed.data.decode()
    assert [one.extras["docker-agent"]["/permissions"] for one in again] == [
        {"allow": ["read_*"], "ask": ["fetch"], "deny": ["shell:cmd=rm*"]}
    ] * 2


def test_rules_of_the_file_let_agents_do_what_they_name():
    """What the rules allow is not asked for; an agent that inherits no such right elsewhere asks, and one of them alone has none."""
    root, _ = docker_agent.read(SourceText("docker-agent.yaml", (FILE + "permissions: {allow: [shell]}\n").encode())).set.agents

    assert effects.effects(root, format_id="docker-agent").levels["run"] is access.Level.ALLOW


def test_a_file_is_told_by_its_agents():
    """A YAML file anywhere is one of agents where a map of them has prompts or toolsets; a list of services is none."""
    told = [sniffing.by_head("team.yaml", text) for text in (FILE.encode(), b"agents:\n  web:\n    model: small\n", b"services:\n  web:\n")]

    assert told == ["docker-agent", None, None]
    assert registry.FORMATS["docker-agent"].holds_several("docker-agent.yaml")
