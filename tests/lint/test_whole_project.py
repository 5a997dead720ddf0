"""A project in one look: what each assistant loads from it as it stands, and what is to be known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    ".claude/agents/reader.md": "---\nname: reader\ndescription: Reads\ntools: Read\n---\n\nYou read what you are given.\n",
    ".opencode/agents/reader.md": "---\ndescription: Reads\nmode: subagent\n---\n\nYou read what you are given.\n",
    ".claude/skills/deploy/SKILL.md": "---\nname: deploy\ndescription: Deploys\ndisable-model-invocation: true\n---\n\nDeploy it.\n",
    ".agents/skills/deploy/SKILL.md": "---\nname: deploy\ndescription: Deploys\n---\n\nDeploy it.\n",
    ".mcp.json": '{"mcpServers": {\n"db": {"command": "npx", "args": ["db"], "env": {"TOKEN": "${TOKEN}"}}}}\n',
    ".codex/config.toml": '[mcp_servers.db]\ncommand = "npx"\nenv = { TOKEN = "${TOKEN}" }\n',
    ".claude/settings.json": '{"permissions": {"deny": [\n"Write(secrets/**)"]},\n"hooks": {"PreToolUse": [\n'
    '{"matcher": "bash", "hooks": [{"type": "command", "command": "exit 2"}]},\n'
    '{"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}]}}\n',
    ".github/hooks/guard.json": '{"version": 1, "hooks": {"PreToolUse": [\n'
    '{"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}]}}\n',
    "CLAUDE.md": "Use tabs.\n@AGENTS.md\n@docs/none.md\n",
    "AGENTS.md": "Be brief.\n",
    "QWEN.md": "Be brief.\n",
    "AGENTS.override.md": "Be long.\n",
}
ASKED = "claude-code,codex,copilot,opencode,qwen-code"


@pytest.fixture(name="project")
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with parts of several assistants."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_statements_say_what_each_client_makes_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is never loaded, loaded twice, taken literally or wider than its like is said by client, file and line."""
    assert main(["inspect", str(project), "--for", ASKED, "--output-format", "json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)["project"]
    said = {(one["topic"], one["client"], one["path"].removeprefix(f"{project}/"), one["line"]) for one in found["statements"]}

    assert found["loads"]["instructions"] == {"claude-code": 1, "codex": 1, "copilot": 2, "opencode": 1, "qwen-code": 2}
    assert found["loads"]["agents"]["claude-code"] == found["loads"]["agents"]["opencode"] == 1
    assert found["loads"]["commands"]["codex"] is None
    assert said >= {
        ("never", "codex", "AGENTS.md", 1),
        ("never", "opencode", "CLAUDE.md", 1),
        ("never", "claude-code", "CLAUDE.md", 3),
        ("twice", "copilot", "AGENTS.md", 1),
        ("twice", "qwen-code", "QWEN.md", 1),
        ("literally", "codex", ".codex/config.toml", 3),
        ("untrusted", "codex", ".codex/config.toml", 1),
        ("wider", "opencode", ".opencode/agents/reader.md", 1),
        ("rule", "claude-code", ".claude/settings.json", 2),
        ("hook", "claude-code", ".claude/settings.json", 4),
        ("wider", "codex", ".agents/skills/deploy/SKILL.md", 1),
    }
    assert ("never", "claude-code", "AGENTS.md", 1) not in said


@pytest.mark.usefixtures("project")
def test_table_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """The table and what is below it are no wider than eighty columns, whoever is asked; with `-v` each statement has its line."""
    main(["inspect", "--for", "all"])
    table = capsys.readouterr().out.partition("\nloads ")[2]
    main(["inspect", "--for", "all", "-v"])
    long = capsys.readouterr().out

    assert max(map(len, table.splitlines())) <= 80
    assert "instructions" in table
    assert "AGENTS.md:1 (GitHub Copilot): by itself, and as CLAUDE.md imports it" in long.replace("\n    ", " ")


def test_parts_that_are_not_what_is_meant_are_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A placeholder that is none there, a word that nothing takes, a skill's file that is missing and a scope without files have a line."""
    more = {
        ".claude/commands/fix.md": "---\ndescription: Fixes\n---\n\nFix $1.\nSay {{args}}.\n",
        ".claude/skills/write/SKILL.md": "---\nname: write\ndescription: Writes\n---\n\nRead [it](docs/how.md).\n",
        ".claude/rules/python.md": '---\npaths: ["./src/**"]\n---\n\nUse types.\n',
    }
    for name, text in more.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    assert main(["inspect", str(project), "--for", "claude-code", "--output-format", "json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)["project"]["statements"]
    said = {(one["topic"], one["path"].removeprefix(f"{project}/"), one["line"]) for one in found}

    assert said >= {
        ("literally", ".claude/commands/fix.md", 6),
        ("fault", ".claude/commands/fix.md", 5),
        ("fault", ".claude/skills/write/SKILL.md", 6),
        ("rule", ".claude/rules/python.md", 2),
    }


@pytest.mark.usefixtures("project")
def test_a_client_that_takes_now_this_and_now_that_is_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    """Of two skills of one name, OpenCode takes whichever it reads last, and Kilo the same each time (asked)."""
    main(["inspect", "--for", "opencode,kilo", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    hidden = {
        (one["client"], part["path"]): one.get("races", False)
        for part in found["parts"]
        for one in part["readings"]
        if part["kind"] == "skills" and "hidden_by" in one
    }
    said = {one["client"]: one["words"] for one in found["project"]["statements"] if one["kind"] == "skills" and one["topic"] == "never"}

    assert hidden == {("opencode", ".agents/skills/deploy/SKILL.md"): True, ("kilo", ".claude/skills/deploy/SKILL.md"): False}
    assert said == {
        "opencode": "it takes this one or .claude/skills/deploy/SKILL.md, now the one and now the other",
        "kilo": "it takes .agents/skills/deploy/SKILL.md",
    }


@pytest.mark.parametrize("text", ["", "x", "[]", '{"mcpServers": 5}'])
def test_a_file_that_stops_a_client_is_told_though_nothing_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Gemini CLI 0.61.0 does not start with an empty settings.json (asked): `inspect` says so, and `lint`, be there agents or none."""
    place = tmp_path / ".gemini/settings.json"
    place.parent.mkdir()
    place.write_text(text)
    monkeypatch.chdir(tmp_path)
    codes, said = [], []
    for agents in (False, True):
        if agents:
            (place.parent / "agents").mkdir()
            (place.parent / "agents/abc.md").write_text("---\nname: abc\ndescription: Does it\n---\n\nDo it now.\n")
        codes += [main(["inspect", "--for", "gemini-cli"]), main(["lint"])]
        said.append(capsys.readouterr().out.count("Gemini CLI does not start with this file"))

    assert codes == [1, 1, 1, 1]
    assert min(said) > 1


@pytest.mark.parametrize(("said", "expected"), [("", {"a/AGENTS.md": 3, "a/b/AGENTS.md": 1}), ("project_doc_max_bytes = 100000\n", {})])
def test_what_codex_cuts_off_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, expected: dict[str, int]
) -> None:
    """Codex 0.169.0 reads the first 32 KiB of the files from the root down to a folder (asked), or what its configuration says."""
    texts = {"AGENTS.md": "x" * 32_758, "a/AGENTS.md": "Tabs\nTabs\nTabs\n", "a/b/AGENTS.md": "Be brief.\n", "c/AGENTS.md": "Short.\n"}
    for path, text in {**texts, ".codex/config.toml": said}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    main(["inspect", "--for", "codex", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)["project"]["statements"]

    assert {one["path"]: one["line"] for one in found if one["topic"] == "never"} == expected
