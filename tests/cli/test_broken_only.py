"""Where the only agent of a project is none to its client, `init` and `convert` say which file that is, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("place", "content"),
    [
        (".codex/agents/x.toml", 'name = "x"\ndescription = "d\n'),
        (".claude/agents/x.md", "---\nname: x\n---\n\nHello.\n"),
        (".claude/agents/x.md", "Hello.\n"),
    ],
)
def test_init_names_the_broken_agent(
    place: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file stands in front of the error, and a hint behind it."""
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(content)
    monkeypatch.chdir(tmp_path)

    assert main(["init", "-t", "cursor"]) == 2

    told = capsys.readouterr().err
    assert told.startswith(f"{place}:")
    assert "there are no agents here: " in told
    assert "hint: " in told


def test_convert_sends_to_lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has just been told of a file that is no agent is not sent to where agents would be."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/x.md").write_text("Hello.\n")
    monkeypatch.chdir(tmp_path)

    assert main(["convert", ".", "-t", "codex"]) == 2
    assert "`agentconv lint` says what to change in the files above" in capsys.readouterr().err
