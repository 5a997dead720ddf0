"""What restrains a whole project, and who holds it, as `inspect --effects` says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

READS = "import json, sys\nif json.load(sys.stdin)['tool_input']['{}']:\n    print('no', file=sys.stderr)\n    sys.exit(2)\n"


PROMPT = {"type": "prompt", "prompt": "May it?"}
CASES: list[tuple[str, str, list[object], str]] = [
    ("Bash", "command", [], "held: Claude Code, GitHub Copilot, Cursor; not read: Codex"),
    (
        "Write",
        "file_path",
        [],
        "held: Claude Code; NOT HELD: GitHub Copilot (it reads `file_path`), Cursor (it reads `file_path`); not read: Codex",
    ),
    ("Bash", "command", [PROMPT], "held: Claude Code, Cursor; NOT HELD: GitHub Copilot (it takes nothing of it); not read: Codex"),
]


@pytest.mark.parametrize("case", CASES, ids=["held", "misread", "dropped"])
def test_who_holds_a_hook_of_the_project(
    case: tuple[str, str, list[object], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that reads the file holds a hook as far as what it runs finds what it reads there, and takes it at all."""
    matcher, reads, more, expected = case
    hooks: dict[str, list[object]] = {"PreToolUse": [{"matcher": matcher, "hooks": [{"type": "command", "command": "python3 g.py"}]}]}
    if more:
        hooks["Stop"] = [{"matcher": "", "hooks": more}]
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Works.\n---\n\nWork.\n")
    (tmp_path / ".claude/settings.json").write_text(json.dumps({"hooks": hooks}))
    (tmp_path / "g.py").write_text(READS.format(reads))
    monkeypatch.chdir(tmp_path)
    main(["inspect", "--effects", "--for", "claude-code,copilot,cursor,codex"])
    said = " ".join(capsys.readouterr().out.split())

    assert f"PreToolUse {matcher} (.claude/settings.json:1): {expected}" in said
