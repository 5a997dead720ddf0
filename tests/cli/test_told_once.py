"""What a conversion tells of agents that share a file, and of what is the same for all agents of two clients."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("one", "two", "three")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a few agents of Claude Code."""
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.md").write_text(f"---\nname: {name}\ndescription: Is {name}\ntools: Read\n---\n\nYou are {name}.\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_agents_of_a_shared_file_have_its_fate(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a report as JSON, each agent that went into a file with others says what became of that file, at each run."""
    for fate in ("created", "unchanged"):
        main(["convert", ".", "-t", "roo", "-o", str(project / "out"), "--output-format", "json"])
        results = json.loads(capsys.readouterr().out)["results"]

        assert {tuple(one["agents"]): one.get("fate") for one in results if one["agents"]} == {(name,): fate for name in NAMES}


def test_what_is_the_same_for_all_agents_is_told_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With -v, how two clients combine prompts is one line for all agents, with what that means; what differs is a line each."""
    main(["convert", ".", "-t", "codex", "-o", str(project / "out"), "-v"])
    said = capsys.readouterr().err.splitlines()
    modes = [line for line in said if "[prompt-mode]" in line]

    assert len(modes) == 1
    assert all(name in modes[0] for name in NAMES)
    assert modes[0].endswith("it is added to the client's own prompt")
    assert len([line for line in said if "[tools-approximated]" in line]) == len(NAMES)


def test_a_pack_tells_what_is_left_out_as_a_conversion_does(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file without an agent, and agents where no assistant looks, are the same lines whatever is made of the rest."""
    (project / ".claude/agents/notes.md").write_text("Just a text.\n", "utf-8")
    (project / "team/agents").mkdir(parents=True)
    (project / "team/agents/four.md").write_text("---\nname: four\ndescription: Is four\n---\n\nYou are four.\n", "utf-8")
    said = []
    for words in (
        ["convert", ".", "-t", "codex", "-o", "out"],
        ["pack", ".", "--name", "a-pack", "--version", "1.0.0", "--license", "MIT"],
    ):
        main([*words, "--dry-run"])
        said.append([line.partition(": agentconv")[0] for line in capsys.readouterr().err.splitlines() if ": note: " in line])

    assert len(said[0]) == 2
    assert said[1] == said[0]


def test_a_plugin_that_is_an_extension_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Agents that two clients read from one folder are read once, and every command tells which other client reads them."""
    for path, text in {
        "agents/tidy.md": "---\nname: tidy\ndescription: Tidies code\ntools: Read\n---\n\nYou tidy the code.\n",
        ".claude-plugin/plugin.json": '{"name": "kit", "version": "1.0.0", "description": "A kit"}\n',
        "gemini-extension.json": '{"name": "kit", "version": "1.0.0"}\n',
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    for words in (["lint", "."], ["inspect", "."], ["convert", ".", "-t", "codex", "-o", "out", "--dry-run"]):
        main(words)
        done = capsys.readouterr()
        told = [line for line in (done.out + done.err).splitlines() if "with `gemini-extension.json`" in line]

        assert len(told) == 1, words
        assert "agents of Claude Code plugin" in told[0]
        assert "--for gemini-extension" in told[0]


@pytest.mark.parametrize(("number", "hints"), [(3, 3), (9, 1)])
def test_what_many_strays_need_is_told_once(project: Path, capsys: pytest.CaptureFixture[str], number: int, hints: int) -> None:
    """Agents that stand in a target alone are told one by one; what to do about many of them, in words that fit each, once."""
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["opencode"]\n', "utf-8")
    (project / ".opencode/agents").mkdir(parents=True)
    for stray in range(number):
        text = f"---\ndescription: Is {stray}\nmode: subagent\n---\nYou are {stray}.\n"
        (project / f".opencode/agents/stray-{stray}.md").write_text(text, "utf-8")
    main(["sync", "--check"])
    said = capsys.readouterr().out

    assert (said.count("not ours"), said.count("into .claude/agents")) == (number, hints)


@pytest.mark.parametrize("words", [[], ["-v"]])
def test_of_a_refused_agent_only_the_refusal_is_told(project: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is not written loses nothing else, however much is told; of the agent beside it that is written, everything is."""
    (project / ".claude/agents/two.md").write_text("---\nname: two\ndescription: Is two\ncolor: red\nmodel: opus\n---\n\nYou are two.\n")
    (project / ".claude/agents/one.md").write_text(
        "---\nname: one\ndescription: Is one\ntools: Read, Grep\ncolor: red\nmodel: opus\n---\n\nYou are one.\n"
    )
    main(["convert", ".", "-t", "cursor", "-o", str(project / "out"), *words])
    told = capsys.readouterr().err
    of_one = [line for line in told.splitlines() if " one," in line or " one:" in line]

    assert [line.partition("]")[0] for line in of_one if words] == ["refusal[widening"] * len(words)
    assert ("tools-approximated" in told, "model-dropped" in told) == (False, True)
