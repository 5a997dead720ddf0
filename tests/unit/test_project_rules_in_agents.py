"""What a project denies stays denied to agents that are kept in step, and `inspect --effects` says whose own rules open it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "---\nname: rev\ndescription: Reviews.\ntools: Read, Bash\n---\nReview it.\n"
DENIES = {"permission": {"bash": {"*": "deny", "git *": "allow"}, "webfetch": "ask"}}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose source is Claude Code's folder, with rules of its own for OpenCode."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/rev.md").write_text(AGENT)
    (tmp_path / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["opencode"]\n')
    (tmp_path / "opencode.json").write_text(json.dumps(DENIES))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sync_keeps_to_what_the_project_denies(root: Path) -> None:
    """An agent's own rules would go before the project's; a change of these comes with the next run, and nothing with one more."""
    file = root / ".opencode/agents/rev.md"
    assert main(["sync"]) == 0
    first = file.read_text()
    assert main(["sync", "--check"]) == 0
    (root / "opencode.json").write_text("{}")
    assert main(["sync", "--check"]) == 1
    main(["sync"])

    assert '"*": deny\n    git *: ask' in first
    assert "bash: ask" in file.read_text()


def test_rules_that_are_kept_in_step_are_none_of_the_project(root: Path) -> None:
    """What sync itself wrote into the project's file changes nothing in the next run."""
    (root / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["opencode"]\nwith = ["permissions"]\n')
    (root / ".claude/settings.json").write_text(json.dumps({"permissions": {"deny": ["Bash(rm:*)"]}}))
    main(["sync"])

    assert main(["sync", "--check"]) == 0


@pytest.mark.parametrize(("own", "expected"), [("bash: allow", {"bash(*)"}), ("webfetch: allow", {"webfetch"}), ("edit: deny", set())])
def test_an_agent_that_opens_a_rule_again_is_named(own: str, expected: set[str], root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """OpenCode takes the agent's own rules before those of the project."""
    (root / ".opencode/agents").mkdir(parents=True)
    (root / ".opencode/agents/own.md").write_text(f"---\ndescription: Mine.\nmode: subagent\npermission:\n  {own}\n---\nMine.\n")
    main(["inspect", "--effects", ".", "--for", "opencode"])
    rows = " ".join(capsys.readouterr().out.split()).partition("For all agents")[2]
    opened = {word for word in ("bash(*)", "webfetch") if "NOT own" in rows.partition(f" {word} ")[2].partition("opencode.json:")[2][:60]}

    assert expected == opened


def test_an_agent_that_keeps_to_the_rules_is_not_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What sync wrote is held to them."""
    main(["sync"])
    main(["inspect", "--effects", ".", "--for", "opencode"])

    assert "NOT" not in capsys.readouterr().out.partition("For all agents")[2]
