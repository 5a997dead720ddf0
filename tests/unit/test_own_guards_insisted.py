"""An agent's own guard is not lifted by a word about the whole set's, and what is said then helps when it is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AGENT = """\
---
name: rev
description: Reviews code
tools: Read, Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - {type: command, command: exit 2}
---
Review the code.
"""


def test_what_is_insisted_on_for_the_set_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever names hooks is told that these are the project's, and which flag writes the agent; that flag does."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/rev.md").write_text(AGENT)
    monkeypatch.chdir(tmp_path)

    assert main(["convert", ".", "-t", "opencode", "-o", "out", "--allow-widening=hooks"]) == 1

    told = " ".join(capsys.readouterr().err.split())

    assert "--allow-widening=hooks is about what is said for the whole project" in told
    assert "; --allow-widening writes it all the same" in told
    assert main(["convert", ".", "-t", "opencode", "-o", "out", "--allow-widening"]) == 0
