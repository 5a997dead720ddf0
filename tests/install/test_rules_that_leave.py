"""A rule of a pack that stands among a user's own, and leaves the pack: it stays and is told until somebody says that it may go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentconv.cli import main

_AGENT = "---\nname: reviewer\ndescription: reviews\ntools: Read, Grep\n---\nReview.\n"
_OWN = {"permissions": {"deny": ["Bash(rm:*)"]}}


def _pack(root: Path, version: str, rules: dict[str, list[str]]) -> str:
    source = root / "source"
    (source / ".claude" / "agents").mkdir(parents=True, exist_ok=True)
    (source / ".claude" / "agents" / "reviewer.md").write_text(_AGENT)
    (source / ".claude" / "settings.json").write_text(json.dumps({"permissions": rules}))
    name = ["--name", "acme", "--version", version, "--license", "MIT", "-o", str(root / "dist"), "-q"]
    main(["pack", str(source), "--with", "all", *name])
    return str(next((root / "dist").glob(f"acme-{version}-*.whl")))


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return two versions of a pack, of which the later one has a rule less and a weaker one, and be in a project with rules of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    first = _pack(tmp_path, "1.0.0", {"deny": ["Read(./.env)", "Bash(terraform destroy:*)", "Bash(git push:*)"]})
    second = _pack(tmp_path, "1.1.0", {"deny": ["Read(./.env)"], "ask": ["Bash(git push:*)"]})
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".claude").mkdir()
    (project / ".claude" / "settings.json").write_text(json.dumps(_OWN))
    monkeypatch.chdir(project)
    assert main(["install", first, "--to", "claude-code", "--accept", "-q"]) == 0
    return first, second


def _rules(packs: tuple[str, str]) -> dict[str, list[str]]:
    del packs
    found: dict[str, list[str]] = json.loads(Path(".claude/settings.json").read_text())["permissions"]
    return found


def test_it_stays_and_is_told(packs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word for it nothing that the pack denied is open, and each rule is named with what takes it out."""
    assert main(["install", packs[1]]) == 1

    told = "".join(capsys.readouterr())
    assert "terraform destroy" in told
    assert "--accept=leaving" in told
    assert {"Bash(terraform destroy:*)", "Bash(git push:*)"} <= set(_rules(packs)["deny"])
    assert main(["status", "-q"]) == 1


def test_it_goes_when_somebody_says_so(packs: tuple[str, str]) -> None:
    """What left goes, what stays is as it was, and the pack goes out again without a word more."""
    assert main(["install", packs[1], "--accept=leaving", "-q"]) == 0
    assert _rules(packs) == {"deny": ["Bash(rm:*)", "Read(./.env)"], "ask": ["Bash(git push:*)"]}
    assert main(["status", "-q"]) == 0
    assert main(["uninstall", packs[1], "-q"]) == 0
    assert _rules(packs) == _OWN["permissions"]
