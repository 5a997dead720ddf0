"""A check that could not be made leaves the report that a CI takes up, with what is wrong in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main
from agentconv.cli.exit_codes import Exit

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "---\nname: reviewer\ndescription: Reviews\n---\n\nReview.\n"
WRONG = {
    "an unknown rule": (["lint", ".", "--select", "NOPE"], "", "", "title=agentconv::there is no rule `NOPE`"),
    "settings": (["lint", "."], "agentconv.toml", "[lint]\nselct = []\n", "file=agentconv.toml,line=2,col=1,title=agentconv::there is no"),
    "a lock": (["sync", "--check"], "agentconv.lock", "{", "file=agentconv.lock,line=1,col=1,title=agentconv::no valid lock"),
    "no source": (
        ["sync", "--check"],
        "agentconv.toml",
        'source = "codex"\ntargets = ["cursor"]\n',
        "title=agentconv::no agents in the source",
    ),
}


@pytest.fixture(name="project")
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an agent, in which the commands run."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/reviewer.md").write_text(AGENT)
    (tmp_path / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_an_annotation(wrong: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file where there is one, as it is seen from here."""
    words, path, data, said = WRONG[wrong]
    if path:
        (project / path).write_text(data)
    code = main([*words, "--output-format", "github"])
    out = capsys.readouterr()

    assert (code, out.out.startswith(f"::error {said}")) == (Exit.USAGE, True), out.out
    assert "error: " in out.err


@pytest.mark.parametrize("kind", ["gitlab", "junit", "sarif", "json"])
def test_the_artifact_is_there(kind: str, project: Path) -> None:
    """It says what is wrong; a file that is there stays as it is, for nobody has looked what it is."""
    words = ["lint", ".", "--select", "NOPE", "--output-format", kind, "--output-file"]

    assert main([*words, "report"]) == Exit.USAGE
    assert "there is no rule `NOPE`" in (project / "report").read_text()
    assert main([*words, ".claude/agents/reviewer.md"]) == Exit.USAGE
    assert (project / ".claude/agents/reviewer.md").read_text() == AGENT


def test_notes_of_the_source_are_lint_s(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A check of what is in step repeats none of them: a baseline may have accepted them."""
    (project / ".claude/agents/reviewer.md").write_text(AGENT.replace("Reviews", "Reviews: much"))
    main(["sync", "-q"])
    capsys.readouterr()
    code = main(["sync", "--check", "--output-format", "github"])

    assert (code, "::notice" in capsys.readouterr().out) == (Exit.OK, False)
    main(["sync", "--check", "-v", "--output-format", "github"])
    assert "::notice" in capsys.readouterr().out
    main(["sync", "--check", "--output-format", "gitlab"])
    assert [one["check_name"] for one in json.loads(capsys.readouterr().out) if one["severity"] == "info"] == []
