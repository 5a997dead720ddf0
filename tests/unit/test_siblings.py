"""The files that clients read together with those that a user names."""

import pytest

from agentconv.sources import discovery

FILES = (
    "one/.claude/agents/a.md",
    "one/.claude/agents/deep/b.md",
    "one/.codex/agents/c.toml",
    "two/.claude/agents/a.md",
    "plugin/.claude-plugin/plugin.json",
    "plugin/agents/d.md",
    "plugin/agents/e.md",
    "loose/f.md",
    "loose/g.md",
)


@pytest.fixture
def siblings(tmp_path, monkeypatch):
    """A function that returns the paths and places of the siblings of files."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"name": "plugin"}' if name.endswith(".json") else "---\nname: a\ndescription: d\n---\n")
    monkeypatch.chdir(tmp_path)

    def siblings(*names, stdin_name=""):
        found = discovery.siblings(discovery.discover(names, stdin_name=stdin_name))
        return {file.path: file.location.removeprefix(f"{tmp_path}/") for file in found}

    return siblings


def test_of_the_same_client_and_project(siblings):
    """They are those of the file's own client, wherever that finds them in the file's own project."""
    assert siblings("one/.claude/agents/a.md") == {".claude/agents/deep/b.md": "one/.claude/agents/deep/b.md"}


def test_of_standard_input(siblings):
    """What standard input is said to be is not its own sibling, be it there or not."""
    there = siblings("-", stdin_name="one/.claude/agents/a.md")
    new = siblings("-", stdin_name="one/.claude/agents/new.md")

    assert set(there.values()) == {"one/.claude/agents/deep/b.md"}
    assert set(new.values()) == {"one/.claude/agents/a.md", "one/.claude/agents/deep/b.md"}


def test_of_several_projects(siblings):
    """Paths tell projects apart as those of the files do, and what is named is nobody's sibling."""
    found = siblings("one/.claude/agents/deep/b.md", "two/.claude/agents/a.md")

    assert found == {"one/.claude/agents/a.md": "one/.claude/agents/a.md"}


def test_of_a_plugin(siblings):
    """The folder of a plugin is a place of its client's only by the plugin's manifest."""
    assert set(siblings("plugin/agents/d.md").values()) == {"plugin/.claude-plugin/plugin.json", "plugin/agents/e.md"}


def test_of_nothing(siblings):
    """A folder's files have none: each of them was found, and none was named. No more has a file that no client looks for."""
    assert siblings("one") == {}
    assert siblings("loose/f.md") == {}
