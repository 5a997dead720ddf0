"""Files that `agentconv convert` wrote before anything was kept in step, and servers that agents name: what a first run of sync finds."""

from __future__ import annotations

import os
import subprocess

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

TIER = 'models = "tier"\n'


@pytest.fixture
def project(tmp_path):
    """A project with agents that ask for models, and nothing in step by now."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode", "roo"), more=TIER)
    found.write(f"{SOURCE}/reviewer.md", agent("reviewer", model="opus", tools="Read, Grep"))
    found.write(f"{SOURCE}/tester.md", agent("tester", model="sonnet"))
    return found


def convert(project, *words):
    root = os.fspath(project.root)
    assert main(["convert", root, "-f", "claude-code", "-t", "codex,opencode,roo", "-o", root, "--isolated", "-q", *words]) == 0


@pytest.mark.parametrize("how", ["off", "tier"])
@pytest.mark.parametrize("more", [TIER, 'models = "off"\n', TIER + '[sync.agents.reviewer.codex]\nmodel = "gpt-6-luna"\n'])
def test_what_convert_wrote_is_taken_over(project, how, more):
    """Files that convert made of this source with other options for models are ours: they get what the configuration says."""
    project.configure(more)
    fresh = project.copy("fresh")
    fresh.sync()
    convert(project, "--map-models", how)
    told = project.sync()
    there = {path: data for path, data in project.tree().items() if path != "agentconv.lock"}

    assert (told.code, told.looks) == (0, [])
    assert there == {path: data for path, data in fresh.tree().items() if path != "agentconv.lock"}
    assert project.sync("--check").code == 0


def test_what_convert_wrote_stays_on_the_way_out(project):
    """It was there before the first run, whatever that made of it: no way out deletes it, and each file is told."""
    convert(project)
    before = project.tree()
    project.sync()
    project.configure(targets=())
    told = project.sync("--yes")

    assert before.keys() <= project.tree().keys()
    assert {(one["action"], one["path"]) for one in told.entries} == {
        ("released", path) for path in before if path.startswith((".codex", ".opencode", ".roo"))
    }
    assert all("it was there before, or somebody wrote in it: it stays" in one["what"] for one in told.entries)


def test_what_is_left_names_files_that_sync_never_had(project, capsys):
    """A server that `convert` wrote into a target's settings is in no lock: the way out says that it stays."""
    project.write(".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker-mcp"}}}')
    convert(project, "--with", "servers")
    project.sync()
    project.configure(targets=())
    main(["sync", "--yes", "--project", os.fspath(project.root)])
    told = " ".join(capsys.readouterr().err.split())

    assert "what `sync` did not write, and it stays: .codex/config.toml, .roo/mcp.json, opencode.json" in told


@pytest.mark.parametrize("path", [".codex/agents/reviewer.toml", ".opencode/agents/reviewer.md", ".roomodes"])
def test_what_somebody_edited_since_is_no_file_of_ours(project, path):
    """One word that convert did not write makes it a stranger's file: it is kept, and told."""
    convert(project)
    project.replace(path, "Two.", "Second.")
    edited = project.read(path)
    told = project.sync()

    assert project.read(path) == edited
    assert [(word, place) for word, place, *_ in told.looks] == [("foreign", path)]


@pytest.fixture
def edited(project):
    """A project in which somebody edited what one target has, and wrote a remark beside it."""
    project.sync()
    project.replace(".codex/agents/reviewer.toml", "Two.", "Second. # mine")
    return project


def test_an_edit_that_gives_way_is_kept_beside(edited):
    """A person's word for the source takes an edit out of a file, and a copy of it stays, which is told."""
    path = ".codex/agents/reviewer.toml"
    before = edited.read(path)
    told = edited.sync("--prefer", "source", "reviewer")

    assert "Second." not in edited.read(path)
    assert edited.read(f"{path}.agentconv-backup") == before
    assert [one["what"] for one in told.entries if one["action"] == "copied"] == [
        f"what was there is kept in {path}.agentconv-backup (not for a commit: `*.agentconv-backup*` is a line for .gitignore)"
    ]


def test_an_edit_that_goes_with_its_agent_is_kept_beside(edited):
    """An edited file whose source is gone goes when a person says so, and a copy of it stays."""
    path = ".codex/agents/reviewer.toml"
    before = edited.read(path)
    edited.remove(f"{SOURCE}/reviewer.md")
    edited.sync("--prefer", "source", "reviewer", "--yes")

    assert not edited.has(path)
    assert edited.read(f"{path}.agentconv-backup") == before


def test_an_edit_that_git_has_needs_no_copy(edited):
    """What git has is not lost: nothing is kept beside it."""
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=edited.root, check=True)
    edited.sync("--prefer", "source", "reviewer")

    assert "Second." not in edited.read(".codex/agents/reviewer.toml")
    assert not edited.has(".codex/agents/reviewer.toml.agentconv-backup")


def errors(project, capsys):
    main(["sync", "--project", os.fspath(project.root)])
    return " ".join(capsys.readouterr().err.split())


@pytest.fixture
def served(tmp_path):
    """A project with an agent that names a server, which the source has."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    found.write(f"{SOURCE}/tester.md", agent("tester", mcpServers="[tracker]"))
    found.write(".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker-mcp"}}}')
    return found


def test_a_server_that_stays_in_the_source_is_told_with_the_way(served, capsys):
    """A server that only the source has is missing in the targets, and the hint says which setting takes it along."""
    told = errors(served, capsys)

    assert told.count("mcp-undefined") == 2
    assert '`with = ["needed"]` in agentconv.toml keeps what agents name in step, too' in told


def test_a_server_that_a_target_has_is_not_missing(served, capsys):
    """What stands in a target's configuration already is defined there."""
    served.write(".codex/config.toml", '[mcp_servers.tracker]\ncommand = "tracker-mcp"\n')
    served.write("opencode.json", '{"mcp": {"tracker": {"type": "local", "command": ["tracker-mcp"]}}}')

    assert "mcp-undefined" not in errors(served, capsys)


@pytest.mark.parametrize("words", ['"needed"', '"servers"', '"servers/tracker"'])
def test_a_server_that_goes_along_is_not_missing(served, capsys, words):
    """What is kept in step with the agents is defined in the targets in the same run."""
    served.configure(f"with = [{words}]\n")

    assert "mcp-undefined" not in errors(served, capsys)


def test_a_server_that_nobody_has_is_missing(served, capsys):
    """The way out of a server that is defined nowhere is the target's configuration."""
    served.remove(".mcp.json")
    told = errors(served, capsys)

    assert told.count("mcp-undefined") == 2
    assert "add it to [mcp_servers] in .codex/config.toml" in told


def test_convert_sees_servers_that_the_target_has(served, capsys):
    """A server that is not in the source, and stands where the agents go, is no loss of a conversion."""
    served.remove(".mcp.json")
    served.write(".codex/config.toml", '[mcp_servers.tracker]\ncommand = "tracker-mcp"\n')
    main(["convert", os.fspath(served.root / SOURCE), "-t", "codex", "-o", os.fspath(served.root), "--isolated"])

    assert "mcp-undefined" not in capsys.readouterr().err
