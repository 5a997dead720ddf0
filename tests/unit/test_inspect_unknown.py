"""What nobody can know is never said as if it were known: whose words an agent is held against, and what holds all of them back."""

from __future__ import annotations

import json
import os

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

BROKEN = "---\nname: one\n<<<<<<< HEAD\ntools: Read\n=======\ntools: Bash\n>>>>>>> side\n---\nOne.\n"
SETTINGS = ".claude/settings.json"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """An agent that may run commands, as Claude Code and OpenCode have it."""
    found = Project(tmp_path / "shop", ("opencode",))
    found.write(f"{SOURCE}/one.md", agent("one", tools="Read, Bash"))
    found.write(f"{SOURCE}/two.md", agent("two", tools="Read, Bash"))
    found.write(SETTINGS, '{"permissions": {"deny": ["Bash(rm:*)"]}}\n')
    found.sync()
    monkeypatch.chdir(found.root)
    return found


def _effects(capsys, *words: str) -> tuple[int, str, str]:
    code = main(["inspect", "--effects", "--for", "claude-code,opencode", *words])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("source", [BROKEN, b"\xff\xfe\0", "", None])
def test_what_an_agent_may_do_is_not_known_while_its_source_cannot_be_read(project, capsys, source):
    """The file in the target says what it lets the agent do, and nobody can say whether that is too much."""
    assert _effects(capsys)[0] == 0
    path = f"{SOURCE}/one.md"
    project.remove(path)
    (project.root / path).mkdir() if source is None else project.write(path, source)
    code, out, _ = _effects(capsys)

    assert code == 1
    assert "asks (?)" in out
    assert "(?): whether its author allows it is not known" in out
    assert f"one: {path}: " in out
    assert "two: " not in out
    assert main(["inspect", "--for", "opencode", "--output-format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    known = {one["name"]: one.get("not_known") for file in found["results"] for one in file["readings"] if one["state"] == "loads"}
    assert path in (known["one"] or "")
    assert known["two"] is None


def test_whose_words_count_is_not_known_while_the_configuration_cannot_be_read(project, capsys):
    """`status` says it, too."""
    project.write("agentconv.toml", "source = [\n")
    code, out, _ = _effects(capsys)

    assert code == 1
    assert "one, two: agentconv.toml:" in " ".join(out.split()).replace(os.fspath(project.root) + "/", "")
    assert main(["status"]) == 1
    assert "what `agentconv sync` keeps in step is not known" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("settings", ['{"permissions": {', b"\xff\xfe\0", None])
def test_what_holds_all_agents_back_is_not_known_while_its_file_cannot_be_read(project, capsys, settings):
    """That nothing is listed would say that nothing does."""
    project.remove(SETTINGS)
    (project.root / SETTINGS).mkdir() if settings is None else project.write(SETTINGS, settings)
    code, out, errors = _effects(capsys)

    assert code == 1
    assert f"NOT KNOWN: {SETTINGS}" in out
    assert "what this file denies, asks for, or guards is not known" in " ".join(errors.split())
