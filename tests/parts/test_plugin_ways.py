"""What leaves a plugin, or goes into one, is called and placed as it has to be there, and never does more than before."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable

GARDEN = Path(__file__).parent / "fixtures" / "containers" / "claude-plugin" / "everything"


@pytest.fixture
def converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return what converts the plugin of the fixtures, which lies in a project, with all that it has."""
    shutil.copytree(GARDEN, tmp_path / "plugins" / "garden")
    monkeypatch.chdir(tmp_path)

    def convert(target: str, *words: str, source: str = "plugins/garden") -> Path:
        main(["convert", source, "-t", target, "--with", "all", "-q", *words])
        return tmp_path

    return convert


def test_a_server_has_the_name_by_which_agents_reach_it(converted: Callable[..., Path]) -> None:
    """Out of the plugin, its agent names the server as it is called, and in another plugin as that one's agents have to."""
    project = converted("claude-code", "-o", ".")
    converted("claude-plugin", "-f", "claude-code", "-o", "again", source=".")

    assert "mcp__seeds__find" in (project / ".claude/agents/gardener.md").read_text("utf-8")
    assert "mcp__plugin_agents_seeds__find" in (project / "again/agents/gardener.md").read_text("utf-8")


def test_the_folder_of_the_plugin_is_named_from_the_project(converted: Callable[..., Path]) -> None:
    """Where the plugin lies in the project, what names its folder names it from there; the skill's own one goes with the skill."""
    project = converted("claude-code", "-o", ".")
    servers = json.loads((project / ".mcp.json").read_text("utf-8"))["mcpServers"]

    assert servers["seeds"]["command"] == "plugins/garden/bin/seeds"
    assert "read plugins/garden/beds.json" in (project / ".claude/skills/changelog/SKILL.md").read_text("utf-8")


def test_elsewhere_the_folder_of_the_plugin_is_a_loss_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that starts a program of the plugin is refused with the line to write, and a text is told with its line."""
    monkeypatch.chdir(tmp_path)
    main(["convert", os.fspath(GARDEN), "-t", "opencode", "--with", "all", "-o", "elsewhere"])
    told = capsys.readouterr().err

    assert "server-reference" in told
    assert "the plugin's folder in line 1 of the text" in told


@pytest.mark.parametrize(("target", "file", "name"), [("gemini-extension", "gemini-extension.json", "${extensionPath}/bin/seeds")])
def test_containers_say_their_folder_each_in_its_way(target: str, file: str, name: str, converted: Callable[..., Path]) -> None:
    """From one container to another, the folder of the one is the folder of the other."""
    project = converted(target, "-o", "out")
    written = json.loads((project / "out" / file).read_text("utf-8"))

    assert written["mcpServers"]["seeds"]["command"] == name


def test_a_command_of_the_plugin_is_a_path_in_an_agent_plugin(converted: Callable[..., Path]) -> None:
    """An Agent Plugin has its own programs by paths from its root, and names the schema of both of its files."""
    project = converted("agent-plugin", "-o", "out")
    servers = json.loads((project / "out" / "mcp.json").read_text("utf-8"))

    assert servers["mcpServers"]["seeds"] == {"type": "stdio", "command": "./bin/seeds"}
    assert "agent-plugins.org" in servers["$schema"]
    assert not (project / "out" / "agents").exists()


def test_agents_that_nothing_was_said_of_are_refused_by_an_agent_plugin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word on parts, an agent is what was asked for, and there is no place for it."""
    code = main(["convert", os.fspath(GARDEN), "-t", "agent-plugin", "-o", os.fspath(tmp_path / "out")])

    assert code == 1
    assert "agent-unheld" in capsys.readouterr().err


def test_a_skill_of_the_user_alone_goes_into_no_agent_plugin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not all readers of an Agent Plugin keep a skill from the model, so it is refused there."""
    skill = tmp_path / ".claude/skills/deploy/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: deploy\ndescription: Deploys\ndisable-model-invocation: true\n---\nDeploy.\n", "utf-8")
    main(["convert", os.fspath(tmp_path), "-f", "claude-code", "-t", "agent-plugin", "--with", "all", "-o", os.fspath(tmp_path / "out")])

    assert "skill-refused-restraint" in capsys.readouterr().err
    assert not (tmp_path / "out" / "skills").exists()


def test_a_marketplace_offers_the_plugin(tmp_path: Path) -> None:
    """On request, a plugin has the file with which its client takes its folder, and that one finds the plugin's parts."""
    out = tmp_path / "out"
    main(
        [
            "convert",
            os.fspath(GARDEN),
            "-f",
            "claude-plugin",
            "-t",
            "claude-plugin",
            "--with",
            "all",
            "--marketplace",
            "-o",
            os.fspath(out),
            "-q",
        ]
    )
    offered = json.loads((out / ".claude-plugin/marketplace.json").read_text("utf-8"))
    code = main(["convert", os.fspath(GARDEN), "-t", "codex", "--marketplace", "-o", os.fspath(tmp_path / "codex"), "-q"])

    assert offered["plugins"] == [{"name": "garden", "source": "./", "description": "What the garden team uses."}]
    assert code == 2
