"""Copies of what gave way: one that may do more than the source does not come back by a command that only speaks of the way out."""

from __future__ import annotations

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

COPY = ".opencode/agents/one.md.agentconv-backup"
FREE = "---\ndescription: x\nmode: subagent\n---\n\nGo.\n"
HELD = FREE.replace("mode: subagent\n", 'mode: subagent\npermission:\n  "*": deny\n  read: allow\n')


@pytest.fixture
def project(tmp_path, capsys) -> Project:
    """A project with an agent that reads, whose files in OpenCode go."""
    found = Project(tmp_path / "shop", ("opencode",))
    found.write(f"{SOURCE}/one.md", agent("one", tools="Read"))
    assert found.sync("--yes").code == 0
    capsys.readouterr()
    return found


def ended(project, capsys):
    """Take everything back, and return what is said of what is left."""
    project.configure(targets=())
    main(["sync", "--yes", "--project", str(project.root)])
    return capsys.readouterr().err


def test_a_wider_copy_is_named_as_such_before_the_command_that_brings_it_back(project, capsys):
    """The command comes behind what it would open, and behind that this is to be narrowed first."""
    project.write(COPY, FREE)
    told = ended(project, capsys)
    before, _, _ = told.partition(f"mv {COPY}")

    assert "may do more than `one` of Claude Code: " in before
    assert "running commands; narrow it there, and only then: " in before


@pytest.mark.parametrize(
    ("copy", "words"),
    [(HELD, "what was there before, which nothing else has)"), ("<<<<<<< a\nGo.\n=======\n>>>>>>> b\n", "what it may do is not known: ")],
)
def test_another_copy_comes_back_at_once_and_what_is_not_known_is_said(project, capsys, copy, words):
    """One that may do no more is just moved; of one that cannot be read nobody knows."""
    project.write(COPY, copy)
    told = ended(project, capsys)

    assert "may do more" not in told
    assert f"mv {COPY} {COPY.removesuffix('.agentconv-backup')} (" in told
    assert words in told


def test_init_says_it_too(project, capsys):
    """What proposes a start lists such copies, and what they would open, before it says how they come back."""
    project.write(COPY, FREE)
    for path in (".opencode/agents/one.md", "agentconv.toml", "agentconv.lock"):
        (project.root / path).unlink()
    main(["init", "-f", "claude-code", "-t", "codex", "--dry-run", "--project", str(project.root)])
    before, _, _ = " ".join(capsys.readouterr().out.split()).partition(" mv ")

    assert "may do more than in Claude Code: " in before
