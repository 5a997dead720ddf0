"""What the configuration says of an agent under a name that it had: a merge brings the new name from the other side."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "---\nname: {name}\ndescription: Is {word}\ntools: Read, Bash\n---\n\nYou are {word}.\n"


def _git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words], check=True, capture_output=True)


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project in which one side renamed an agent, and the other said something of it, merged without a conflict."""
    monkeypatch.chdir(tmp_path)
    agents = tmp_path / ".claude/agents"
    agents.mkdir(parents=True)
    for name in ("fleet-night", "fleet-light"):
        (agents / f"{name}.md").write_text(AGENT.format(name=name, word=name), "utf-8")
    (tmp_path / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n', "utf-8")
    _git("init", "-b", "main", ".")
    main(["sync", "-q"])
    _git("add", "-A")
    _git("commit", "-m", "Begin")
    _git("checkout", "-b", "other")
    (agents / "fleet-night.md").unlink()
    (agents / "watch.md").write_text(AGENT.format(name="watch", word="fleet-night"), "utf-8")
    main(["sync", "-q"])
    _git("add", "-A")
    _git("commit", "-m", "Rename")
    _git("checkout", "main")
    with (tmp_path / "agentconv.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sync.agents.fleet-night.codex]\nsandbox = "read-only"\n')
    main(["sync", "-q"])
    _git("add", "-A")
    _git("commit", "-m", "Restrain")
    _git("checkout", "other")
    _git("checkout", "main", "--", "agentconv.toml")
    return tmp_path


def test_a_renamed_agent_is_told_by_its_new_name(merged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said under a former name is told with the name of now, not with one that is spelled nearly alike, and the hint works."""
    capsys.readouterr()
    code = main(["sync", "-n"])
    said = " ".join(capsys.readouterr().err.split())

    assert code != 0
    assert "`fleet-night` is called `watch` by now" in said
    assert "fleet-light`" not in said
    config = merged / "agentconv.toml"
    config.write_text(config.read_text("utf-8").replace("[sync.agents.fleet-night", "[sync.agents.watch"), "utf-8")
    main(["sync"])

    assert 'sandbox_mode = "read-only"' in (merged / ".codex/agents/watch.toml").read_text("utf-8")
