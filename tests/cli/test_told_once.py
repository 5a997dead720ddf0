"""What a conversion tells of agents that share a file, and of what is the same for all agents of two clients."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("one", "two", "three")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a few agents of Claude Code."""
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.md").write_text(f"---\nname: {name}\ndescription: Is {name}\ntools: Read\n---\n\nYou are {name}.\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_agents_of_a_shared_file_have_its_fate(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a report as JSON, each agent that went into a file with others says what became of that file, at each run."""
    for fate in ("created", "unchanged"):
        main(["convert", ".", "-t", "roo", "-o", str(project / "out"), "--output-format", "json"])
        results = json.loads(capsys.readouterr().out)["results"]

        assert {tuple(one["agents"]): one.get("fate") for one in results if one["agents"]} == {(name,): fate for name in NAMES}


def test_what_is_the_same_for_all_agents_is_told_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With -v, how two clients combine prompts is one line for all agents, with what that means; what differs is a line each."""
    main(["convert", ".", "-t", "codex", "-o", str(project / "out"), "-v"])
    said = capsys.readouterr().err.splitlines()
    modes = [line for line in said if "[prompt-mode]" in line]

    assert len(modes) == 1
    assert all(name in modes[0] for name in NAMES)
    assert modes[0].endswith("it is added to the client's own prompt")
    assert len([line for line in said if "[tools-approximated]" in line]) == len(NAMES)
