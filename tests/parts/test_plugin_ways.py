"""What leaves a plugin, or goes into one, is called and placed as it has to be there, and never does more than before."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main
from agentconv.sources.parts_on_disk import PartsOnDisk

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


SKILL = "---\nname: check\ndescription: Checks for {0}\n---\nCheck {0}.\n"
HOUSE = {
    "name": "house",
    "owner": {"name": "Us"},
    "plugins": [
        {
            "name": "alpha",
            "source": "./plugins/a",
            "description": "The first",
            "mcpServers": {"db": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}},
        },
        {"name": "beta", "source": "./plugins/b", "mcpServers": {"unread": {"command": "unread"}}},
        {"name": "gamma", "source": "./plugins/c", "mcpServers": ["./servers.json", {"db": {"command": "c"}}], "skills": "./more"},
    ],
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of three plugins, of which one has a file of its own, with skills, agents and servers of the same names."""
    agent = "---\nname: rev\ndescription: Reviews for {0}\ntools: Read{1}\n---\nReview {0}.\n"
    files = {
        ".claude-plugin/marketplace.json": json.dumps(HOUSE),
        "plugins/a/agents/rev.md": agent.format("a", ", mcp__plugin_alpha_db"),
        "plugins/a/skills/check/SKILL.md": SKILL.format("a"),
        "plugins/b/.claude-plugin/plugin.json": '{"name": "beta"}',
        "plugins/b/agents/rev.md": agent.format("b", ""),
        "plugins/b/skills/check/SKILL.md": SKILL.format("b"),
        "plugins/c/servers.json": '{"web": {"type": "http", "url": "https://web.example/mcp"}}',
        "plugins/c/more/check/SKILL.md": SKILL.format("c"),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _written(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_plugins_of_a_marketplace_stay_several(house: Path) -> None:
    """Each has its own file, agents and parts, and the servers that its entry of the marketplace says where it has no file itself."""
    assert main(["convert", ".", "-f", "claude-plugin", "-t", "claude-plugin", "--with", "all", "-o", "out", "--marketplace", "-q"]) == 0
    found = _written(house / "out")

    assert json.loads(found["plugins/a/.claude-plugin/plugin.json"]) == {
        "name": "alpha",
        "description": "The first",
        "agents": ["./agents/rev.md"],
    }
    assert [found[f"plugins/{one}/skills/check/SKILL.md"] for one in "abc"] == [SKILL.format(one) for one in "abc"]
    assert found["plugins/b/agents/rev.md"] == (house / "plugins/b/agents/rev.md").read_text("utf-8")
    assert {one: set(json.loads(found[f"plugins/{one}/.mcp.json"])["mcpServers"]) for one in "ac"} == {"a": {"db"}, "c": {"db", "web"}}
    assert "plugins/b/.mcp.json" not in found
    offered = json.loads(found[".claude-plugin/marketplace.json"])
    assert (offered["name"], offered["owner"]) == ("house", {"name": "Us"})
    assert [(one["name"], one["source"]) for one in offered["plugins"]] == [
        ("alpha", "./plugins/a"),
        ("beta", "./plugins/b"),
        ("gamma", "./plugins/c"),
    ]


@pytest.mark.parametrize(("target", "name"), [("agent-plugin", "plugin.json"), ("gemini-extension", "gemini-extension.json")])
def test_they_are_several_in_other_containers(target: str, name: str, house: Path) -> None:
    """A plugin of another client is one plugin there, called what the marketplace calls it."""
    main(["convert", ".", "-f", "claude-plugin", "-t", target, "--with", "all", "-o", "out", "-q"])
    found = _written(house / "out")

    assert [json.loads(found[f"plugins/{one}/{name}"])["name"] for one in "abc"] == ["alpha", "beta", "gamma"]
    assert [found[f"plugins/{one}/skills/check/SKILL.md"] for one in "abc"] == [SKILL.format(one) for one in "abc"]
    assert not {path for path in found if not path.startswith("plugins/")}


def test_what_is_told_names_the_file_of_the_plugin(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding in one of several plugins stands at its path from the repository's root."""
    (house / "plugins/b/.claude-plugin/plugin.json").write_text('{"name": "be ta"}', "utf-8")
    main(["convert", ".", "-f", "claude-plugin", "-t", "claude-plugin", "-o", "out"])

    assert "plugins/b/.claude-plugin/plugin.json:1:10: warning" in capsys.readouterr().err


def test_what_is_wrong_with_the_marketplace_is_told(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That its client takes none of several plugins is said, whatever becomes of each."""
    (house / ".claude-plugin/marketplace.json").write_text(json.dumps({**HOUSE, "owner": "Us"}), "utf-8")
    main(["convert", ".", "-f", "claude-plugin", "-t", "agent-plugin", "--with", "all", "-o", "out"])

    assert "takes no plugin of this marketplace: `owner` must be a map" in " ".join(capsys.readouterr().err.split())


def test_servers_of_several_entries_are_several(house: Path) -> None:
    """Two plugins with a server of one name in the marketplace itself have one each, of which a project can have the first."""
    main(["convert", ".", "-f", "claude-plugin", "-t", "claude-code", "--with", "servers", "-o", ".", "-q"])

    assert json.loads((house / ".mcp.json").read_text("utf-8"))["mcpServers"]["db"] == {"command": "plugins/a/run"}


@pytest.mark.parametrize("client", ["codex", "copilot", "cursor"])
@pytest.mark.parametrize("beside", [(), (".claude-plugin/plugin.json",)])
def test_agent_plugins_are_read_by_others(client: str, beside: tuple[str, ...], tmp_path: Path) -> None:
    """Who reads an Agent Plugin has its skills and servers, and nothing of a plugin of Claude Code in the same folder."""
    schema = "https://agent-plugins.org/schemas/1.0.0/plugin.schema.json"
    web, own = {"type": "streamable-http", "url": "https://db.example/mcp"}, {"type": "stdio", "command": "./run"}
    files = {
        "plugin.json": json.dumps({"$schema": schema, "name": "garden"}),
        "skills/check/SKILL.md": SKILL.format("a"),
        "skills/deep/er/SKILL.md": SKILL.format("b"),
        "mcp.json": json.dumps({"$schema": schema.replace("plugin.schema", "mcp.schema"), "mcpServers": {"db": web, "own": own}}),
        ".mcp.json": '{"mcpServers": {"other": {"command": "x"}}}',
        **dict.fromkeys(beside, '{"name": "garden"}'),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    parts = PartsOnDisk(tmp_path)
    found = [one for kind in ("skills", "servers") for one in parts.of(client, kind) if one.source and one.source.place.contained]

    assert [(one.part.name, one.state, one.is_own) for one in found] == [(name, "loads", False) for name in ("check", "db", "own")]


def test_a_plugin_json_of_nobody_else_is_copilots_own(tmp_path: Path) -> None:
    """The same name without that schema is a plugin of Copilot, and of no other."""
    (tmp_path / "skills/check").mkdir(parents=True)
    (tmp_path / "plugin.json").write_text('{"name": "garden"}', "utf-8")
    (tmp_path / "skills/check/SKILL.md").write_text(SKILL.format("a"), "utf-8")

    assert [(one.part.name, one.is_own) for one in PartsOnDisk(tmp_path).of("copilot", "skills")] == [("check", True)]
    assert not PartsOnDisk(tmp_path).of("codex", "skills")
