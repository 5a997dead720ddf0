"""Two assistants with an agent of one name: whose word counts is what the project says, whichever assistant is named first anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_FILES = {
    "agentconv.toml": 'source = "opencode"\ntargets = ["claude-code"]\n',
    ".opencode/agents/t.md": '---\ndescription: Writes tests\nmode: subagent\npermission:\n  "*": deny\n  read: allow\n---\n\nWrite.\n',
    ".claude/agents/t.md": "---\nname: t\ndescription: Writes tests\n---\n\nWrite.\n",
    ".mcp.json": '{"mcpServers": {"github": {"command": "gh-mcp"}}}\n',
}


def test_a_copy_is_held_against_the_projects_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Claude Code's copy may use beyond the source in OpenCode's words is told of that source, though Claude Code comes first else."""
    for path, text in _FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    main(["lint", "."])
    told = capsys.readouterr().out

    assert "AC305" in told
    assert ".opencode/agents/t.md" in told
