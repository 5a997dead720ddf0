"""A plugin that we write is one to Claude Code's own validator, and lists exactly the agents that were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from conversions import SETS, read_set
from drivers import claude_code, claude_plugin
from driving import Place, drive

import agentconv

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.core.ir import AgentSet

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("client", ["claude-plugin"], indirect=True)]

ABOUT = {"name": "house-rules", "version": "1.2.0", "description": "Agents of the house.", "authors": ("Ada <ada@example.org>",)}


def _plugin(place: Place, agents: AgentSet) -> agentconv.Result:
    result = agentconv.write(agents, "claude-plugin")
    result.save(place.project)
    return result


@pytest.mark.parametrize("name", [name for name in SETS if name != "own"])  # those come back as they were, mistakes included
def test_the_validator_takes_what_we_write(client: str, name: str, tmp_path: Path) -> None:
    """Whatever the agents are, the plugin has no error; what it warns of is only what nobody has said."""
    from dataclasses import replace

    place = Place.make(tmp_path)
    _plugin(place, replace(read_set(client, name), **ABOUT))
    sound, said = claude_plugin.validate(place)

    assert (sound, [remark for remark in said if "plugin.json" in remark or "manifest" in remark]) == (True, [])


@pytest.mark.parametrize("name", ["Claude Official", "cc-plugin-x", "Ärger & Söhne", "a b/c", "", "--", "anthropic"])
def test_any_name_becomes_a_sound_one(client: str, name: str, tmp_path: Path) -> None:
    """A set's name takes its legal form, under which the client loads the plugin and its validator finds no error."""
    from dataclasses import replace

    assert client
    place = Place.make(tmp_path)
    one = agentconv.reads("---\nname: one\ndescription: d\n---\nx\n", "claude-code")
    _plugin(place, replace(one, name=name))
    session = claude_code.drive(place, "--plugin-dir", place.project)

    assert list(session.agents) == [f"{claude_plugin.plugin_name(place.project)}:one"]
    assert claude_plugin.validate(place)[0]


def test_only_listed_agents_are_loaded(client: str, tmp_path: Path) -> None:
    """An agent that lies in the folder and is not listed, such as one that is refused, is no agent of the plugin."""
    place = Place.make(tmp_path)
    _plugin(place, agentconv.reads("---\nname: one\ndescription: d\n---\nx\n", "claude-code"))
    place.write("project/agents/other.md", "---\nname: other\ndescription: d\npermissionMode: plan\n---\nx\n")

    assert list(drive(client, place).agents) == ["one"]


def test_agents_are_added_to_a_plugin_that_is_there(client: str, tmp_path: Path) -> None:
    """The client loads those that were listed before, and ours."""
    place = Place.make(tmp_path)
    place.write("project/agents/old.md", "---\nname: old\ndescription: d\n---\nx\n")
    place.write("project/.claude-plugin/plugin.json", {"name": "mine", "agents": ["./agents/old.md"], "keywords": ["x"]})
    _plugin(place, agentconv.reads("---\nname: one\ndescription: d\n---\nx\n", "claude-code"))

    assert json.loads((place.project / ".claude-plugin/plugin.json").read_text())["agents"] == ["./agents/old.md", "./agents/one.md"]
    assert sorted(drive(client, place).agents) == ["old", "one"]
