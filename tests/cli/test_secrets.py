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


def below(*lines: str) -> str:
    """Return lines as they stand below a name of a server's environment."""
    return "".join(f"          {line}\n" for line in lines)


TORN = f"""---
name: a
description: Uses a server.
mcpServers:
  - tickets:
      command: tickets-mcp
      env:
        API_KEY: >-
{below("Zx9wArcgZr6pqFlx72YNQm7t")}\
        DB_PASSWORD: "\\
{below('RzL2pX9vKc4NwY8sHd3FuJg1"')}\
        PRIVATE_KEY: |
{below(*PRIVATE_KEY.splitlines())}\
---

Use it.
"""
"""Secrets below their names; and a private key whose own dashes end the header, so that the prompt begins in the middle of it."""


@pytest.mark.parametrize(
    "arguments", ["to-json . -o a.json --diff", "convert . -t toml,opencode,roo -o . --diff", "lint .", "inspect . -v"]
)
def test_secrets_that_are_torn_apart(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A secret is masked wherever its lines go: into another file, or into the text of a bundle."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(TORN)
    monkeypatch.chdir(tmp_path)
    run(arguments.split())
    told = "".join(capsys.readouterr())

    assert told
    assert [secret for secret in ("Zx9wA", "RzL2p", *(line[4:9] for line in KEY_LINES)) if secret in told] == []


PASSWORD = KEY_LINES[1][:20]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (TOKEN, ["--diff"]),
        (f"key {KEY_LINES[1][:40]}", ["--diff"]),
        (f"https://ada:{PASSWORD}@example.com", ["-v"]),
        (f"my token={PASSWORD}", ["-v"]),
    ],
)
def test_names_that_are_secrets(
    name: str, more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a name is masked, the legal form that it gets in the target is masked, too."""
    (tmp_path / "a.md").write_text(f"---\nname: {json.dumps(name)}\ndescription: Does it.\n---\n\nI am {name}.\n")
    monkeypatch.chdir(tmp_path)
    for form in ("text", "json"):
        run(["convert", "a.md", "-f", "claude-code", "-t", "roo", "-o", ".", "--output-format", form, *more])
    told = "".join(capsys.readouterr())

    assert told.count("becomes") > 1
    assert [secret for secret in (TOKEN, PASSWORD) if secret[6:12].lower() in told.lower()] == []


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


KEY = "q7Zk2mB9xTr4LwPd8sVnHc3eYf6uJg1a"
SERVER = f"""---
name: tickets
description: Looks at tickets
mcpServers:
  - tickets:
      command: tickets-mcp
      args: ["--api-key", "{KEY}"]
---

Look at them.
"""


@pytest.mark.parametrize("target", ["claude-code", "json", "toml"])
def test_what_keeps_a_credential_says_so(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files of the same format and bundles hold what a server is given as it is, and a warning names it and its place."""
    (tmp_path / "tickets.md").write_text(SERVER)
    monkeypatch.chdir(tmp_path)
    run(["convert", "tickets.md", "-f", "claude-code", "-t", target, "-o", "out/"])
    told = capsys.readouterr().err
    written = "".join(path.read_text() for path in tmp_path.glob("out/**/*") if path.is_file())

    assert KEY in written
    assert "tickets.md:7:28: warning: `api-key` is given `q7Zk…`, which looks like a secret, and is kept as it is" in told


def test_output_that_is_asked_for_is_exact(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """What is written to standard output is data, whatever stands in it."""
    text = SERVER.replace("Look at them.", "::add-mask::x\n##[group]\x1b[2J\u2028\u202e\U000e0041").encode()
    (tmp_path / "tickets.md").write_bytes(text)
    run(["convert", str(tmp_path / "tickets.md"), "-f", "claude-code", "-t", "claude-code"])

    assert capfdbinary.readouterr().out == text
