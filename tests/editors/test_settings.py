"""An editor marks what a plain `agentconv lint` shows: with the settings that hold there, or those of the file that a person names."""

import json

import pytest

from agentconv.cli import main
from agentconv.cli.linting.texts import LintTexts
from agentconv.core.diagnostics import InputError
from agentconv.editors import diagnostics
from agentconv.editors.positions import Positions

AGENT = "---\nname: a\ndescription: Reviews: a change\u200b\ntools: Read, Bsh\n---\nLook at it.\n"
COMMAND = "---\nname: go\ndescription: Goes\nargument-hint: [a] [b]\n---\nGo.\n"
FILES = {".claude/agents/a.md": AGENT, ".claude/commands/go.md": COMMAND}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a baseline, of whose files everything was known that may be."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "agentconv.toml").write_text('[lint]\nbaseline = "known.json"\n')
    monkeypatch.chdir(tmp_path)
    main(["lint", "-q", "--update-baseline"])
    return tmp_path


def linted(capsys, *words):
    """Return by file what `agentconv lint` finds."""
    capsys.readouterr()
    main(["lint", "--output-format", "json", *words])
    found = json.loads(capsys.readouterr().out)["findings"]
    return {path: [one["code"] for one in found if one["path"] == path] for path in FILES}


def looked(project, looker, path, text=None):
    return looker.look(str(project / path), FILES[path] if text is None else text, {}, [str(project)])


def marked(project, looker):
    return {path: [one.rule.code for one in looked(project, looker, path).findings] for path in FILES}


def test_what_is_known_is_not_marked(project, capsys):
    """What the project's baseline holds is not shown, be it of an agent or a part; what protects is, and so is what is new."""
    found, plain = linted(capsys), linted(capsys, "--isolated")
    new = looked(project, LintTexts(), ".claude/agents/a.md", AGENT.replace("Bsh", "Bsh, Raed"))

    assert marked(project, LintTexts()) == found
    assert (found[".claude/commands/go.md"], bool(plain[".claude/commands/go.md"])) == ([], True)
    assert (set(found[".claude/agents/a.md"]), len(plain[".claude/agents/a.md"]) > 1) == ({"AC803"}, True)
    assert ["Raed" in one.message for one in new.findings if one.rule.code != "AC803"] == [True]


def test_a_part_that_is_named_has_the_settings_of_its_project(project, capsys):
    """It is known whose a command is by where it lies, as it is of an agent."""
    assert linted(capsys, *FILES) == linted(capsys)
    assert linted(capsys, ".claude/commands/go.md")[".claude/commands/go.md"] == []


def test_a_baseline_that_cannot_be_read_is_told(project, capsys):
    """Everything is marked then, and the baseline's place says why."""
    (project / "known.json").write_text("{")
    found = looked(project, LintTexts(), ".claude/agents/a.md")

    assert [one.rule.code for one in found.findings] == linted(capsys, "--isolated")[".claude/agents/a.md"]
    assert [one.span.path for one in found.diagnostics] == ["known.json"]


def test_a_configuration_that_a_person_names(project, capsys):
    """It holds in place of the project's, as of `agentconv lint --config`, and leaves out what protects, too."""
    (project / "mine.toml").write_text('[lint]\nignore = ["AC803"]\n')

    assert marked(project, LintTexts(config="mine.toml")) == linted(capsys, "--config", "mine.toml")
    assert "AC803" not in str(marked(project, LintTexts(config="mine.toml")))


def test_a_configuration_that_is_nowhere(project):
    """Whoever starts the server is told at once."""
    with pytest.raises(InputError, match=r"nowhere\.toml"):
        LintTexts(config="nowhere.toml")


def test_what_helps_is_said_without_flags(project):
    """Nobody types a command in an editor: what leaves out a rule that protects is named as it can be said there."""
    text = AGENT.replace("name: a", "# agentconv: ignore[AC803]\nname: a")
    found = looked(project, LintTexts(), ".claude/agents/a.md", text)
    (mark,) = (diagnostics.of_finding(one, Positions(text)) for one in found.findings if one.rule.code == "AC803")

    assert ("--" in mark.message, "`ignore` in a configuration that a person names, does" in mark.message) == (False, True)
