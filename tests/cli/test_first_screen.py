"""What `agentconv` alone says of a project with many agents in several assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.cli import COMMANDS, main

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("one", "two", "three", "four", "five")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with agents of two assistants, in other words each, of which one has an agent that it does not load."""
    for folder in (".claude/agents", ".codex/agents"):
        (tmp_path / folder).mkdir(parents=True)
    for name in NAMES:
        (tmp_path / f".claude/agents/{name}.md").write_text(f"---\nname: {name}\ndescription: Is {name}\n---\n\nYou are {name}.\n", "utf-8")
        codex = f'name = "{name}"\ndescription = "Is {name}, too"\ndeveloper_instructions = "You are {name}."\n'
        (tmp_path / f".codex/agents/{name}.toml").write_text(codex, "utf-8")
    (tmp_path / ".codex/agents/broken.toml").write_text('name = "broken"\ndescription = "Breaks = =\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_differs_is_named_with_its_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first agents that say something else are named, with where they are, and what is typed to see all."""
    main([])
    few = " ".join(capsys.readouterr().out.split())
    main(["-v"])
    every = capsys.readouterr().out

    assert ".codex/agents/five.toml" in few
    assert "and 2 more (`agentconv -v` names all)" in few
    assert all(f".codex/agents/{name}.toml" in every for name in NAMES)


def test_it_measures_by_what_init_proposes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are compared with those whose agents `init` takes for the source, of which one that is not loaded is none."""
    for name in ("one", "two"):
        (project / f".codex/agents/{name}.toml").write_text(f'name = "{name}"\n', "utf-8")  # which Codex does not load
    main(["init", "--yes", "-n"])
    proposed = capsys.readouterr().out
    main([])
    said = " ".join(capsys.readouterr().out.split())

    assert 'source = "claude-code"' in proposed
    assert "Claude Code's 5 agents by name" in said
    assert "agentconv init -f claude-code" in said


def test_a_count_of_losses_says_what_lists_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where everything is in step, the losses that are only counted have a command that can be typed."""
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["opencode", "cursor"]\n', "utf-8")
    (project / ".claude/agents/one.md").write_text("---\nname: one\ndescription: Is one\nmemory: user\n---\n\nYou are one.\n", "utf-8")
    main(["sync"])
    capsys.readouterr()
    main([])

    assert "(agentconv sync --check -v)" in " ".join(capsys.readouterr().out.split())


def test_every_command_is_in_a_group_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help has each command once, below what it is for."""
    main(["--help"])
    said = capsys.readouterr().out
    rows = [line.split()[0] for line in said.partition("usage:")[2].partition("options:")[0].splitlines() if line[:3].strip()]

    assert "keep assistants in step:" in said
    assert all(rows.count(name) == 1 for name in COMMANDS)
