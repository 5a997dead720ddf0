"""Who looks for agents where a file lies."""

from __future__ import annotations

import pytest

from agentconv.sources import locations


@pytest.mark.parametrize(
    ("place", "client", "expected"),
    [
        (".claude/agents/a.md", "claude-code", {"claude-code", "copilot", "cursor", "goose", "auggie"}),
        (".codex/agents/a.toml", "codex", {"codex"}),
        ("team/.opencode/agents/deep/a.md", "opencode", {"opencode"}),
        ("opencode.json", "opencode", {"opencode", "kilo"}),
        (".opencode/opencode.json", "opencode", {"opencode"}),
        ("notes/a.md", "claude-code", set()),
        ("agents/a.md", "claude-plugin", set()),
    ],
)
def test_who_looks(place, client, expected, tmp_path):
    """The clients that read a folder are its own and those that read it too; where nobody looks, there is no difference to be told."""
    assert locations.looking(str(tmp_path / place), client) == expected


def test_who_looks_in_a_home(tmp_path, monkeypatch):
    """What a client reads of a project's folder of another, it does not read of the user's own."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert locations.looking(str(tmp_path / ".claude/agents/a.md"), "claude-code") == {"claude-code"}
