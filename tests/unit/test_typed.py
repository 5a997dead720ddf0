"""What a person is told to type is what works where they are."""

from __future__ import annotations

import sys

import pytest

from agentconv.cli import main, typed

PLACES = {
    "/home/me/.cache/uv/archive-v0/7Wp7qFihOSqpMFFT": "uvx --from agentconv-toolkit agentconv sync",
    "/home/me/.cache/pipx/394a87b19e42cd3": "pipx run --spec agentconv-toolkit agentconv sync",
    "/home/me/.local/share/uv/tools/agentconv-toolkit": "agentconv sync",
    "/home/me/.local/share/pipx/venvs/agentconv-toolkit": "agentconv sync",
    "/usr": "agentconv sync",
}


@pytest.mark.parametrize("place", PLACES)
def test_the_program_is_typed_as_it_was_started(place, monkeypatch):
    monkeypatch.setattr(sys, "prefix", place)

    assert typed.here("agentconv sync") == PLACES[place]
    assert typed.here("cd shop") == "cd shop"


def test_what_comes_next_can_be_typed(tmp_path, monkeypatch, capsys):
    """Of the overview, of `init`, and of the first run of `sync`."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Reads\n---\n\nRead.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", next(iter(PLACES)))
    for words in ([], ["init", "-t", "opencode"], ["sync", "--dry-run"]):
        main(words)
        told = capsys.readouterr().out

        assert "uvx --from agentconv-toolkit agentconv" in told
        assert "`agentconv sync" not in told
