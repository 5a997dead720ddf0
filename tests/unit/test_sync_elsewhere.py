"""Every run holds every assistant's agents to the source, whatever the configuration that came with a change leaves out."""

from __future__ import annotations

import os
from unittest import mock

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

FILE = ".codex/agents/digger.toml"
ELSEWHERE = "[sync.agents.digger.codex]\n"
LEFT_OUT = {
    "not a target any more": (("opencode",), "", 'add "codex" to `targets`'),
    "excluded": (("codex", "opencode"), f'exclude = ["{FILE}"]\n{ELSEWHERE}skip = true\n', "take it out of `exclude`"),
    "its folder is excluded": (("codex", "opencode"), f'exclude = [".codex/*"]\n{ELSEWHERE}skip = true\n', "take it out of `exclude`"),
    "skipped": (("codex", "opencode"), f"{ELSEWHERE}skip = true\n", "says `skip = true`"),
}


@pytest.fixture
def project(tmp_path):
    """A project with an agent that only reads, in step, and then free of Codex."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep"))
    assert found.sync().code == 0
    with mock.patch.dict(os.environ, found.environment):
        assert main(["sync", "--release", "codex", "--project", os.fspath(found.root)]) == 0
    return found


@pytest.mark.parametrize("looking", [(), ("--dry-run",), ("--check",)], ids=["sync", "dry run", "check"])
@pytest.mark.parametrize(("targets", "more", "way"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_file_that_no_run_writes_may_do_no_more_than_the_source(project, targets, more, way, looking):
    project.configure(more, targets)
    project.sync()  # which lets go of what it wrote there
    project.write(FILE, 'name = "Digger"\ndescription = "D"\ndeveloper_instructions = "I"\nsandbox_mode = "danger-full-access"\n')
    told = project.sync(*looking)

    assert told.code == 1
    assert ("wider", FILE, "", ()) in told.looks
    said = next(one for one in told.entries if one["action"] == "wider")
    assert said["what"] == "writing files, using the network, running commands"
    assert "sync does not write this file" in said["hint"]
    assert way in said["hint"]


def test_what_is_said_to_be_done_about_it_is_done_by_that(tmp_path):
    """Cursor reads the source's folder, and is refused what only reads: each step names the next, and the last one writes the file."""
    found, path = Project(tmp_path / "shop", targets=("cursor",)), ".cursor/agents/digger.md"
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep"))
    found.write(path, "---\nname: digger\ndescription: D\n---\n\nDig.\n")
    steps = ["", "[sync.cursor]\nown = true\n", '[sync.cursor]\nown = true\n[sync.agents.digger.cursor]\nkeep-wider = ["network"]\n']
    hints = []
    for more in steps:
        found.write("agentconv.toml", f'source = "claude-code"\ntargets = ["cursor"]\n{more}')
        told = found.sync("--prefer", "source", "digger")
        hints += [one["hint"] for one in told.entries if one["action"] == "wider"]

    assert "`own = true` in [sync.cursor] of agentconv.toml" in hints[0]
    assert '`keep-wider = ["network"]` in [sync.agents.digger.cursor], and agentconv sync --prefer source digger' in hints[1]
    assert all(f"narrow {path}, delete it" in one for one in hints)
    assert "--config" not in hints[1]
    assert "readonly: true" in found.read(path)
    assert found.sync("--check").code == 0


def test_a_file_that_the_run_removes_is_not_held_against_another_agent(tmp_path):
    """Of two whose names differ by case the one gets another name: what it had is gone, and may do nothing."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    found.write(f"{SOURCE}/digger.md", agent("digger"))
    found.write(f"{SOURCE}/ops/Digger.md", agent("Digger", tools="Read, Grep"))
    found.sync()
    found.replace(f"{SOURCE}/digger.md", "name: digger", "name: shipper")
    told = found.sync()

    assert {("rename", "codex shipper"), ("rename", "opencode shipper")} <= told.words()
    assert "wider" not in told.actions()


def test_as_it_was_written_it_is_let_alone(project):
    project.configure("", ("opencode",))

    assert project.sync("--check").looks == []


@pytest.mark.parametrize("targets", [("opencode",), ("codex", "opencode")], ids=["no target", "a target"])
def test_who_means_it_names_it(project, targets, tmp_path):
    """Only what is named, in a configuration that a person names: a project's own silences nothing."""
    project.write(FILE, 'name = "digger"\ndescription = "D"\ndeveloper_instructions = "I"\nsandbox_mode = "danger-full-access"\n')
    skip = "skip = true\n" if "codex" in targets else ""
    exclude = f'exclude = ["{FILE}"]\n'
    named = ("--check", "--config", os.fspath(tmp_path / "base.toml"))
    told = []
    for words in ('["write", "run"]', '["write", "run", "network"]'):
        project.configure(f"{exclude}{ELSEWHERE}{skip}keep-wider = {words}\n", targets)
        (tmp_path / "base.toml").write_text(project.read("agentconv.toml"))
        told.append(project.sync(*named))

    assert ["wider" in one.actions() for one in told] == [True, False]
    assert told[1].code == 0
    assert "wider" in project.sync("--check").actions()


def test_an_agent_of_another_name_is_another_agent(project):
    project.configure("", ("opencode",))
    project.write(FILE, 'name = "sower"\ndescription = "D"\ndeveloper_instructions = "I"\nsandbox_mode = "danger-full-access"\n')

    assert project.sync("--check").code == 0


def test_a_check_takes_the_configuration_of_another_place(project, tmp_path):
    """The one of the branch that a change goes into, which the change cannot edit."""
    kept = tmp_path / "base.toml"
    kept.write_text(project.read("agentconv.toml"))
    project.sync()
    project.configure("", ("opencode",))
    project.replace(f"{SOURCE}/digger.md", "Two.", "Two, edited.")
    told = project.sync("--check", "--config", os.fspath(kept))

    assert told.words() >= {("update", "codex digger"), ("update", "opencode digger")}


def test_a_hint_names_the_file_of_the_project(project, tmp_path):
    """Whoever reads it looks for the file that a check was told to take instead in vain."""
    kept = tmp_path / "base.toml"
    kept.write_text(project.read("agentconv.toml"))
    project.write(FILE.replace("digger", "other"), 'name = "other"\ndescription = "D"\ndeveloper_instructions = "I"\n')
    told = str(project.sync("--check", "--config", os.fspath(kept)).entries)

    assert "agentconv.toml" in told
    assert "base.toml" not in told


@pytest.mark.parametrize("words", [(), ("--check", "--all")])
def test_it_is_only_looked_at_with_it(project, words):
    told = project.sync(*words, "--config", "base.toml")

    assert (told.code, "--config goes with --check" in told.errors) == (2, True)


def test_one_that_says_nothing_of_sync_is_told(project, tmp_path):
    (tmp_path / "base.toml").write_text("[lint]\n")
    told = project.sync("--check", "--config", os.fspath(tmp_path / "base.toml"))

    assert (told.code, "does not say what to sync" in told.errors) == (2, True)


def test_who_lets_go_of_an_assistant_is_told_what_speaks_of_it(tmp_path, capsys):
    """Each setting of which nothing comes without it, with its line."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    found.write(f"{SOURCE}/digger.md", agent("digger"))
    found.configure(f'accept = ["not-enforced:codex"]\n[sync.codex]\nmodel = "gpt-6-luna"\n{ELSEWHERE}effort = "low"\n')
    assert found.sync().code == 0
    with mock.patch.dict(os.environ, found.environment):
        main(["sync", "--release", "codex", "--project", os.fspath(found.root)])
    told = " ".join(capsys.readouterr().out.split()).split("and take out what speaks of it: ")[1:]

    assert [line.split(":")[-2] for line in told] == ["3", "4", "6"]


def test_who_reads_the_source_has_an_agent_without_a_copy(tmp_path):
    """A file that is deleted, or left out, where the client reads the source's folder too is told to take no agent away."""
    found = Project(tmp_path / "shop", targets=("copilot", "opencode"))
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep"))
    found.configure("", ("copilot", "opencode"))
    first = found.sync()
    assert first.code == 0
    for copy in (".github/agents/digger.agent.md", ".opencode/agents/digger.md"):
        (found.root / copy).unlink()
    restored = {one["target"]: str(one) for one in found.sync().entries if one["action"] == "restore"}
    found.configure("[sync.agents.digger.copilot]\nskip = true\n", ("copilot", "opencode"))
    (deleted,) = (str(one) for one in found.sync().entries if one["action"] == "delete")
    told = "GitHub Copilot reads .claude/agents/digger.md as well, and has the agent until that is deleted"

    assert {target: told in words for target, words in restored.items()} == {"copilot": True, "opencode": False}
    assert told in deleted


@pytest.mark.parametrize("path", [".opencode/opencode.json", ".opencode/opencode.jsonc", "opencode.json"])
def test_agents_of_every_configuration_are_held_to_the_source(tmp_path, path):
    """OpenCode adds up what its configurations and its files say of an agent."""
    found = Project(tmp_path / "shop", targets=("opencode",))
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep"))
    found.sync()
    found.write(path, '{"agent": {"digger": {"permission": {"*": "deny", "bash": "allow"}}}}\n')
    told = found.sync("--check")

    assert told.code == 1
    assert [one["path"] for one in told.entries if one["action"] == "wider"] == [path]


def test_roles_that_a_configuration_declares_are_held_to_the_source(tmp_path):
    """Codex gives a file the name that its configuration says, and several files' names to one."""
    found = Project(tmp_path / "shop", targets=("codex",))
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep"))
    found.sync()
    roles = "".join(f'[agents.{name}]\ndescription = "D"\nconfig_file = "free.toml"\n' for name in ("sower", "digger"))
    found.write(".codex/config.toml", roles)
    found.write(".codex/free.toml", 'sandbox_mode = "danger-full-access"\ndeveloper_instructions = "I"\n')
    told = found.sync("--check")

    assert told.code == 1
    assert [one["path"] for one in told.entries if one["action"] == "wider"] == [".codex/free.toml"]
