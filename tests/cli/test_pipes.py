"""A message is one line in a pipe, and as wide as `COLUMNS` says where that is said, in every command alike."""

import pytest

AGENT = b"""---
name: reviewer
description: Reviews a change before it is merged.
tools: Read, Grep
model: opus
---

Review it.
"""
LINES = [
    ["convert", ".", "-t", "codex", "-o", "out", "-n"],
    ["convert", ".", "-t", "codexx", "-o", "out"],
    ["inspect", "gone-with-all-that-was-in-it"],
    ["lint", ".", "--config", "agentconv.toml"],
    ["pack", ".", "--name", "agents-of-a-team-with-a-long-name", "--version", "1.0.0", "-o", "dist", "-n"],
    ["install", "gone-with-all-that-was-in-it", "--to", "codex"],
    ["list", "--python", "gone-with-all-that-was-in-it"],
    ["init", "-f", "claude-code", "-t", "codex", "-n"],
    ["sync", "--config", "agentconv.toml", "-n"],
]
NARROW = 30


@pytest.fixture
def told(source, run, monkeypatch, tmp_path):
    """A function that runs a command line in a project, and returns the lines of its messages."""
    (source / "good.md").write_bytes(AGENT)
    root = source.parents[1]
    ignored = b'[lint]\nper-file-ignores = { "gone-*.md" = ["AC101"] }\n'
    (root / "agentconv.toml").write_bytes(b'source = "claude-code"\ntargets = ["codex"]\n' + ignored)
    monkeypatch.chdir(root)

    def told(words, columns):
        monkeypatch.setenv("COLUMNS", columns)
        return run(*words).err.splitlines()

    return told


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_whole_in_a_pipe(words, told):
    """Where nobody says how wide a line may be, the words of a message are one line; else none is wider, but for one long word."""
    whole = told(words, "")
    narrow = told(words, str(NARROW))

    assert [line for line in narrow if len(line) > NARROW and len(line.split()) > 1] == []
    assert len(narrow) > len(whole) > 0
    assert " ".join(" ".join(narrow).split()) == " ".join(" ".join(whole).split())
