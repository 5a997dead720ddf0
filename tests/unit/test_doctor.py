"""`agentconv doctor`: which assistants are here, what is asked of their programs, and what is never started."""

import json
import sys

import pytest

from agentconv.cli import main
from agentconv.formats import registry
from agentconv.sources import programs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are scripts here")
AGENT = "---\nname: reader\ndescription: Reads.\n---\n\nRead.\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A project with two agents, a home, and a folder of programs."""
    for name in ("project/.claude/agents", "home/.codex/agents", "bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "project/.claude/agents/reader.md").write_text(AGENT)
    (tmp_path / "home/.codex/agents/own.toml").write_text('name = "own"\ndescription = "Reads."\ndeveloper_instructions = "Read."\n')
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def program(folder, name, script):
    """Make a program that leaves behind how it was called."""
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "$@ in $PWD with $#" >> {folder / "called"}\n{script}\n')
    path.chmod(0o755)
    return path


def told(capsys, *words):
    """Return what the command says as data, by assistant."""
    code = main(["doctor", "--output-format", "json", *words])
    found = json.loads(capsys.readouterr().out)

    assert found["exit_code"] == code
    return {one["id"]: one for one in found["assistants"]}


@pytest.mark.parametrize(
    ("said", "age"),
    [("999.0.1 (Claude Code)", "newer"), ("v0.1", "older"), ("{measured} (Claude Code)", "same"), ("no number", None), ("1", None)],
)
def test_versions_are_held_against_those_measured(place, capsys, said, age):
    """A program's version is newer than the one measured, older or the same, however it is spelled; else it is not known."""
    program(place / "bin", "claude", f'echo "{said.format(measured=registry.info("claude-code").verified["version"])}"')

    assert told(capsys)["claude-code"]["age"] == age


def test_a_program_is_asked_for_its_version_and_nothing_else(place, capsys):
    """It is started once, with `--version` alone, in a folder that is not the project's; with --no-programs, not at all."""
    program(place / "bin", "claude", "echo 1.2.3; touch left")
    unasked = told(capsys, "--no-programs")["claude-code"]["program"]
    called = (place / "bin/called").exists()
    asked = told(capsys)["claude-code"]["program"]
    lines = (place / "bin/called").read_text().splitlines()

    assert (unasked, called) == ({"path": str(place / "bin/claude")}, False)
    assert asked == {"path": str(place / "bin/claude"), "version": "1.2.3"}
    assert [line.startswith("--version in ") and line.endswith("with 1") for line in lines] == [True]
    assert not (place / "project/left").exists()


@pytest.mark.parametrize("path", ["{project}/bin", "bin", ".", "", "{project}/../links"])
def test_nothing_of_a_project_is_started(place, capsys, monkeypatch, path):
    """A program in the project, through a relative folder of PATH or a link, is never started."""
    for folder in (place / "project/bin", place / "project"):
        folder.mkdir(exist_ok=True)
        program(folder, "claude", "echo 1.2.3")
    (place / "links").mkdir()
    (place / "links/claude").symlink_to(place / "project/bin/claude")
    monkeypatch.setenv("PATH", path.format(project=place / "project"))
    found = told(capsys).get("claude-code", {}).get("program")

    assert found is None or "nothing of a project is started" in found["problem"]
    assert not any((folder / "called").exists() for folder in (place / "project/bin", place / "project"))


def test_a_program_that_hangs_or_fails_loses_nothing_else(place, capsys, monkeypatch):
    """It is told why its version is not known, and the other assistants are as they are."""
    monkeypatch.setattr(programs, "SECONDS", 0.2)
    program(place / "bin", "codex", "while :; do :; done")
    program(place / "bin", "claude", "").write_text("no program at all\0")
    found = told(capsys)

    assert "within 0.2 seconds" in found["codex"]["program"]["problem"]
    assert "cannot be started" in found["claude-code"]["program"]["problem"]
    assert found["claude-code"]["project"]["agents"] == {"loads": ["reader"]}


def test_what_each_assistant_loads(place, capsys):
    """Agents are counted by what their client makes of them, in the project and of the user; one that is lost makes it exit with 1."""
    (place / "project/.claude/skills/s").mkdir(parents=True)
    (place / "project/.claude/skills/s/SKILL.md").write_text("---\nname: s\ndescription: Does.\n---\n\nDo.\n")
    code = main(["doctor", "--no-programs"])
    shown = capsys.readouterr().out
    (place / "home/.codex/agents/own.toml").write_text("name = 1")
    lost = main(["doctor", "--no-programs"])

    assert "  project  1 agent in .claude/agents, 1 skill\n" in shown
    assert "  user     1 agent in ~/.codex/agents" in shown
    assert (code, lost) == (0, 1)
    assert "own.toml" in capsys.readouterr().out


def test_what_comes_next(place, capsys, monkeypatch):
    """Where an agent of the project is not as it was written, what says why is named; where no assistant is, what knows them."""
    (place / "project/.claude/agents/odd.md").write_text("---\nname: odd\ndescription: d\ncolor: none\n---\n\nDo it.\n")
    main(["doctor", "--no-programs"])
    odd = capsys.readouterr().out
    (place / "empty").mkdir()
    monkeypatch.chdir(place / "empty")
    monkeypatch.setenv("HOME", str(place / "empty"))
    main(["doctor", "--no-programs"])

    assert "1 not as written: odd\n" in odd
    assert odd.endswith("; `agentconv lint` says what is wrong with agents\n")
    assert capsys.readouterr().out.split(";")[0] == "No assistant is here that agentconv knows"


def test_an_assistant_has_what_it_reads_of_others(place, capsys):
    """Cursor has the agents of Claude Code's folder besides those of its own, each once; nothing is installed here."""
    (place / "project/.claude/agents/writer.md").write_text(AGENT.replace("reader", "writer"))
    (place / "project/.cursor/agents").mkdir(parents=True)
    (place / "project/.cursor/agents/reader.md").write_text(AGENT)
    main(["doctor"])
    said = capsys.readouterr().out

    assert told(capsys)["cursor"]["project"]["elsewhere"] == {".claude/agents": ["writer"]}
    assert "1 agent in .cursor/agents, 1 agent that it reads in .claude/agents" in said
    assert "not installed: no `claude` on PATH" in said
    assert "none of them installed" in said


def test_an_assistant_that_is_kept_in_step_is_here(place, capsys):
    """With no file of its own yet, it is a target all the same, and may read another assistant's files."""
    (place / "project/agentconv.toml").write_text('source = "claude-code"\ntargets = ["cursor"]\n')
    main(["doctor"])

    assert "0 agents in .cursor/agents, 1 agent that it reads in .claude/agents" in capsys.readouterr().out
