"""What is there and cannot be read is told by whoever looks at a project: nobody knows what it holds agents to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["inspect", "lint"])
@pytest.mark.parametrize("place", [".claude/settings.json", ".mcp.json", ".claude/skills/one/SKILL.md"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, place: str
) -> None:
    """A link that leads nowhere is named once, with what to do."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: helper\ndescription: Helps.\n---\nHelp.\n")
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)

    assert main([command, "."]) != 0

    told = capsys.readouterr().err
    assert told.count(f"{place}: error: cannot be read: no such file or directory") == 1
    assert "put a file there that can be read" in told
