"""Files to which nothing can be added, or that say nothing, are told as such, are no bug of ours, and lose no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    ".claude/agents/rev.md": "---\nname: rev\ndescription: Reviews code\ntools: Read\n---\nReview the code.\n",
    ".mcp.json": json.dumps({"mcpServers": {"tracker": {"command": "tracker-mcp"}}}),
}
BROKEN = {
    "the marks of a merge": b'<<<<<<< HEAD\n{"permission": {"bash": "ask"}}\n=======\n{"permi\n>>>>>>> other\n',
    "another encoding": '{"permission": {"bash": "ask"}}'.encode("utf-16"),
    "half of it": b'{"permission": {"bash": ',
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_the_source_s_own_broken_file_is_no_bug_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    """What goes to all assistants goes to the others, and what was to go into that file says where the fault is."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "opencode.json").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    code = main(["convert", ".", "-t", "all", "-o", "out", "--with", "servers"])
    told = capsys.readouterr().err

    assert (code, "internal error" in told) == (1, False)
    assert "error: nothing can be added to this file: OpenCode does not start with this file" in told
    assert (tmp_path / "out/.codex/agents/rev.toml").exists()


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_text_of_a_folder_is_no_skill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Where a text of a folder would become a skill, one that says nothing becomes none, and that is told."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/CLAUDE.md").write_text(text)
    (tmp_path / "CLAUDE.md").write_text("Be kind.\n")
    monkeypatch.chdir(tmp_path)
    code = main(["convert", ".", "-f", "claude-code", "-t", "roo", "-o", "out", "--with", "instructions"])
    told = capsys.readouterr().err

    assert (code, "internal error" in told, "instruction-refused-empty" in told) == (1, False, True)
    assert (tmp_path / "out/AGENTS.md").exists() or (tmp_path / "out/.roo").exists()
