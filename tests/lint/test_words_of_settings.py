"""Findings about a word in a file that `sync` writes, which the project's configuration gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_model_of_the_configuration_is_mended_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that agentconv.toml names for a target is changed in that line: the source's file says another one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/one.md").write_text("---\nname: one\ndescription: Is one\nmodel: sonnet\n---\n\nYou are one.\n", "utf-8")
    config = 'source = "claude-code"\ntargets = ["codex"]\n\n[models.codex]\nsonnet = "openrouter/qwen/qwen3-coder"\n'
    (tmp_path / "agentconv.toml").write_text(config, "utf-8")
    main(["sync", "-q"])
    capsys.readouterr()
    main(["lint"])
    said = " ".join(capsys.readouterr().out.split())

    assert "[AC407]" in said
    assert "what is to change in it is changed in agentconv.toml:5" in said
