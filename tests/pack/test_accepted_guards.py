"""A guard that few assistants hold, and of which the pack's settings say that this is known: `--strict` counts it no more."""

import re

import pytest

from agentconv.cli import main

SETTINGS = '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "sh .claude/hooks/guard.sh"}]}]}}'
PACK = '[tool.agentconv.pack]\nname = "house"\nversion = "1.0"\nlicense = "MIT"\n'


@pytest.fixture
def pack(tmp_path, monkeypatch, capsys):
    """A function that packs a project with a guard, strictly, by these settings, and returns the exit code and what is said."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/hooks").mkdir()
    (tmp_path / ".claude/agents/reader.md").write_text("---\nname: reader\ndescription: Reads.\ntools: Read\n---\nRead it all.\n")
    (tmp_path / ".claude/settings.json").write_text(SETTINGS)
    (tmp_path / ".claude/hooks/guard.sh").write_text("#!/bin/sh\nexit 2\n")
    monkeypatch.chdir(tmp_path)

    def run(accept="", *words):
        (tmp_path / "pyproject.toml").write_text(PACK + accept)
        code = main(["pack", ".", "--with", "all", "--strict", "--dry-run", *words])
        return code, capsys.readouterr().err

    return run


def hinted(told):
    """Return the setting that the hint names, to the letter."""
    return re.search(r"`(accept = \[.*?\])`", told)[1]


def test_the_hint_settles_it(pack):
    """What it says to write is enough, and what is accepted is noted in each run."""
    code, told = pack()
    settled, noted = pack(hinted(told))

    assert (code, settled) == (1, 0)
    assert "accepted in the pack's settings" in noted


def test_a_name_alone_accepts_whatever_it_becomes(pack):
    """A person who does not want to say it anew with each change of the script leaves the checksum out."""
    code, _ = pack('accept = ["PreToolUse Bash"]')

    assert code == 0


def test_another_script_is_not_what_was_accepted(pack, tmp_path):
    """The checksum is of all that the guard is and runs."""
    _, told = pack()
    (tmp_path / ".claude/hooks/guard.sh").write_text("#!/bin/sh\nexit 0\n")
    code, again = pack(hinted(told))

    assert code == 1
    assert "it has another text now: read it, and write `PreToolUse Bash@" in again


def test_what_is_accepted_in_vain_is_told(pack):
    """A name of nothing is a slip."""
    code, told = pack('accept = ["PreToolUse Bash", "deny Bush"]')

    assert code == 1
    assert "`deny Bush` is accepted, and nothing that goes along is that" in told


def test_why_an_assistant_does_not_get_all_is_said_with_v(pack):
    """Assistants that get the same are one line, and the reasons are in the README."""
    _, short = pack('accept = ["PreToolUse Bash"]')
    _, whole = pack('accept = ["PreToolUse Bash"]', "-v")

    assert "(-v says why not more" in short
    assert len(short) < len(whole)
