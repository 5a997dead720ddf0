"""What is always read becomes one file of the target, or a file and rules; who would read it twice is said before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    ".claude/agents/reader.md": "---\nname: reader\ndescription: Reads\ntools: Read\n---\n\nYou read what you are given.\n",
    "CLAUDE.md": "Use tabs.\n",
    ".claude/rules/kind.md": "Be kind.\n",
}


@pytest.fixture(name="project")
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of Claude Code with two texts that are always read."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _convert(target: str, *more: str) -> int:
    return main(["convert", ".", "-f", "claude-code", "-t", target, "--with", "instructions", *more])


def test_one_file_holds_all_where_the_target_has_but_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In place, `AGENTS.md` hides `CLAUDE.md` from OpenCode: so both texts stand in it, and who reads both files is told."""
    assert _convert("opencode", "-o", ".") == 0
    told = capsys.readouterr().err

    assert (project / "AGENTS.md").read_text() == "Use tabs.\n\nBe kind.\n"
    assert "instruction-joined" in told
    assert "`CLAUDE.md` and `AGENTS.md`: GitHub Copilot, Cursor, Factory Droid" in " ".join(told.split())


def test_what_is_read_in_place_is_not_written(project: Path) -> None:
    """Copilot reads both files where they are: nothing is written for it; elsewhere, the text is a file, and the rule a rule."""
    assert _convert("copilot", "-o", ".") == 0
    assert not (project / "AGENTS.md").exists()
    assert _convert("copilot", "-o", "out") == 0

    assert (project / "out/AGENTS.md").read_text() == "Use tabs.\n"
    assert (project / "out/.github/instructions/kind.instructions.md").read_text() == '---\napplyTo: "**"\n---\n\nBe kind.\n'


def test_texts_that_differ_are_not_merged(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of the target that has another text stays as it is, and both are named."""
    (project / "AGENTS.md").write_text("Another text.\n")

    assert _convert("codex", "-o", ".") == 1
    assert "`CLAUDE.md` and `AGENTS.md`" in capsys.readouterr().err
    assert (project / "AGENTS.md").read_text() == "Another text.\n"


def test_agent_in_a_folder_of_its_own_is_no_text_of_that_folder(project: Path) -> None:
    """The `AGENTS.md` of an agent of deepagents-code is none of the texts that Codex reads in the folders of a project."""
    for path in (".deepagents/agents/scout/AGENTS.md", "docs/AGENTS.md"):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text("---\nname: scout\ndescription: Looks\n---\nLook around.\n")
    found = PartsOnDisk(project).of("codex", "instructions")

    assert [one.path for one in found] == ["docs/AGENTS.md"]


@pytest.mark.parametrize(
    ("path", "text", "reader"),
    [
        (".gemini/settings.json", '{"context": {"fileName": ["CLAUDE.md", "AGENTS.md"]}}', "Gemini CLI"),
        (".codex/config.toml", 'project_doc_fallback_filenames = ["CLAUDE.md"]\n', ""),
    ],
)
def test_a_reader_by_its_configuration_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], path: str, text: str, reader: str
) -> None:
    """Who reads both files since its configuration names them is told; Codex takes a fallback in place of a file, not beside it."""
    (project / path).parent.mkdir()
    (project / path).write_text(text)
    assert _convert("opencode", "-o", ".") == 0
    told = " ".join(capsys.readouterr().err.split())

    assert ("`CLAUDE.md` and `AGENTS.md`: GitHub Copilot, " + f"{reader}, " * bool(reader) + "Cursor, Factory Droid") in told
