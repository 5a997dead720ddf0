"""Law 7: no report or diff prints more than four characters of what looks like a secret; the files themselves are exact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli.run import run

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "ghp_" + "aB3dE6gH9kL2" * 3
KEY_LINES = ["MIIEpQIBAAKCAQEA7v3n" * 3, "qk8Zr1YhT0sVb2Wc9Xd4" * 3]
PRIVATE_KEY = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *KEY_LINES, "-----END RSA PRIVATE KEY-----"])
AGENT = f"---\nname: a\ndescription: Logs in with {TOKEN}.\nmodel: {TOKEN}\ncolor: {TOKEN}\n---\n\nUse this:\n\n{PRIVATE_KEY}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(AGENT)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", ".", "-t", "codex", "-o", "out", "--output-format", "json", "--diff"],
        ["convert", ".", "-t", "codex", "-o", "out", "--diff"],
        ["convert", ".", "-t", "codex", "-o", "out", "-v"],
        ["convert", ".", "-t", "codex", "-o", "out", "--output-format", "json"],
        ["inspect", ".", "--for", "all", "--output-format", "json"],
        ["inspect", ".", "--for", "all", "-v"],
        ["lint", ".", "--for", "all", "--output-format", "json"],
        ["lint", ".", "--for", "all", "--output-format", "sarif"],
        ["lint", ".", "--for", "all"],
    ],
    ids=" ".join,
)
def test_no_report_gives_a_secret_away(
    arguments: list[str], project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is asked for, in whichever form."""
    monkeypatch.chdir(project)
    run(arguments)
    told = "".join(capsys.readouterr())

    assert told
    assert [secret for secret in (TOKEN, *KEY_LINES) if secret[:5] in told] == []


def test_report_with_a_secret_is_still_json(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(project)
    run(["convert", ".", "-t", "codex", "-o", "out", "--output-format", "json", "--diff"])
    report = json.loads(capsys.readouterr().out)

    assert '+description = "Logs in with ghp_…' in report["results"][0]["diff"]


def test_files_are_exact(project: Path) -> None:
    """A converted file and a bundle are data."""
    run(["convert", str(project), "-t", "codex,json", "-o", str(project / "out"), "-q"])

    assert PRIVATE_KEY in (project / "out/.codex/agents/a.toml").read_text()
    assert TOKEN in (project / "out/agents.json").read_text()
