"""Comments in files that leave out rules: those that are there."""

from __future__ import annotations

import pytest

import agentconv

AGENT = "---\nname: reviewer\ndescription: Reviews: all\n{}\n---\n\nYou review changes.\n"


@pytest.fixture
def found(tmp_path):
    """A function that returns what is found in an agent's file that has a comment, and whose description is not strict YAML."""
    file = tmp_path / ".claude/agents/reviewer.md"
    file.parent.mkdir(parents=True)

    def found(comment):
        file.write_text(AGENT.format(comment))
        return [(one.code, one.span.line, one.span.column, one.hint) for one in agentconv.lint(tmp_path)]

    return found


@pytest.mark.parametrize(
    ("comment", "column", "hint"),
    [
        ("# agentconv: ignore[AC1O1]", 21, "did you mean `AC101`?"),
        ("# agentconv: ignore[AC602, unquoted-colons]", 28, "did you mean `unquoted-colon`?"),
        ("# agentconv: ignore(AC1011)", 21, "did you mean `AC101`?"),
        ("# agentconv: ignore: zzz", 22, "take it out: `agentconv rule` lists those that are there"),
        ("# agentconv: ignore[TEAM001]", 21, "install the distribution that brings it, or take it out"),
    ],
)
def test_a_rule_that_is_not_there(found, comment, column, hint):
    """A comment that names no rule is a finding at the word, and leaves out nothing."""
    codes = found(comment)

    assert [code for code, *_ in codes] == ["AC101", "AC610"]
    assert codes[1][1:3] == (4, column)
    assert codes[1][3].startswith(hint)


@pytest.mark.parametrize(
    "comment",
    [
        "# agentconv: ignore",
        "# agentconv: ignore[AC101]",
        "# agentconv: ignore [unquoted-colon]",
        "# agentconv: ignore: ac101",
        "# agentconv: ignore AC101 # why",
        "# agentconv: ignore(AC101)",
        "# agentconv:ignore[AC103,AC101",
        "# agentconv: ignore[AC103, AC610, AC101, AC1]",
    ],
)
def test_a_rule_that_is_there(found, comment):
    """A comment leaves out the rules that it names, however they stand there."""
    assert found(comment) == []


@pytest.mark.parametrize(
    "comment", ["# agentconv: ignore[AC103]", "# agentconv: ignore: AC103", "# agentconv: ignore AC103", "# agentconv: ignored"]
)
def test_no_other_rule_is_left_out(found, comment):
    """What names a rule leaves out that one: no way of writing it is taken for all of them."""
    assert [code for code, *_ in found(comment)] == ["AC101"]


def test_each_file_of_a_part_is_looked_at(tmp_path, monkeypatch, capsys):
    """A file of instructions has such comments, too."""
    from agentconv.cli import main

    (tmp_path / "CLAUDE.md").write_text("# agentconv: ignore[AC9999]\n\nHello.\n")
    monkeypatch.chdir(tmp_path)
    code = main(["lint", ".", "--output-format", "github"])

    assert code == 1
    assert "file=CLAUDE.md,line=1,endLine=1,col=21,endColumn=27,title=AC610 unknown-rule" in capsys.readouterr().out
