"""Findings as people and programs see them, of every rule once. `AGENTCONV_ACCEPT=1` writes down `diagnostics.txt` as it is now."""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from test_rules import found, subject

from agentconv.cli import main
from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Subject
from agentconv.render import cells, findings, findings_machine
from agentconv.render.text import Style

FOLDER = Path(__file__).parent
SNAPSHOT = FOLDER / "diagnostics.txt"
SARIF = json.loads((FOLDER / "sarif-2.1.0.schema.json").read_text("utf-8"))
TITLES = [registry.FORMATS[client].title for client in registry.CLIENTS]


def example(rule):
    """Return what a rule finds in its bad example."""
    looked_at = subject(rule.bad, rule)
    return checking.Checked(looked_at, tuple(found(rule, looked_at)))


@pytest.fixture(scope="module")
def examples():
    """What every rule finds in its bad example."""
    return [example(rule) for rule in catalogue.rules().values()]


def test_every_diagnostic_once(examples):
    """Each has a place, a client, a next step and at most 160 characters, and is written as the snapshot says."""
    shown = []
    for one in examples:
        finding = one.findings[0]
        line, column = one.subject.source.position(finding.start)

        assert 1 <= line <= one.subject.text.count("\n") + 1
        assert column >= 1
        assert len(finding.message) <= 160
        assert any(title in finding.message for title in TITLES) or (finding.agent and finding.agent in finding.message)
        assert finding.help.strip() == finding.help != ""
        shown.append(findings.finding(finding, one.subject, one.subject.path, Style()) + "\n")
    document = "\n".join(shown)
    if os.environ.get("AGENTCONV_ACCEPT"):
        SNAPSHOT.write_text(document, "utf-8")

    assert document == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ("x " * 200, " y" * 200),
        ("\u200b" * 60, "\u200b" * 60),
        ("\u7684 \U0001f680 e\u0301 ", ""),
        ("\u7684 \U0001f680 " * 90, "\ud55c" * 90),
        ("o" + "\u0301" * 5000, ""),
    ],
    ids=["", "long", "hidden", "wide", "wide and long", "of no width"],
)
def test_a_line_is_shown_in_the_columns_that_there_are(examples, monkeypatch, columns, before, behind):
    """However long the line is, and however its characters are shown, what is flagged is in view, with the carets below it."""
    monkeypatch.setenv("COLUMNS", str(columns))
    seen = 0
    for one in examples:
        subject, finding = stretched(one, before, behind)
        *_, bar, line, carets, _ = ["", "", *findings.finding(finding, subject, "a.md", Style()).partition("help: ")[0].split("\n")]
        if bar.strip() == "|":
            seen += 1
            place = carets.index("^")
            under = next((char for at, char in enumerate(line) if cells.width(line[:at]) == place and cells.width(char)), "")

            assert cells.width(line) <= columns
            assert len(line) < 1000
            assert place < len(carets) <= max(columns, place + 2)
            assert set(carets[place:]) == {"^"}
            assert under.strip() in {subject.text[finding.start :].lstrip("\ufeff")[:1].strip(), "*", "\\"}
    assert seen > 100


def stretched(one, before, behind):
    """Return the file of a finding with more text before and behind what it flags, and the finding there."""
    text, finding = one.subject.text, one.findings[0]
    more = f"{text[: finding.start]}{before}{text[finding.start : finding.end]}{behind}{text[finding.end :]}"
    moved = replace(finding, start=finding.start + len(before), end=finding.end + len(before))
    return Subject(SourceText(one.subject.source.path, encode(more)), one.subject.format, one.subject.asked), moved


def test_carets_are_below_all_of_how_a_place_is_shown(examples):
    """What is hidden is shown as an escape, which is longer than it."""
    (hidden,) = (one for one in examples if one.findings[0].rule.code == "AC801")
    *_, shown, carets, _ = findings.finding(hidden.findings[0], hidden.subject, "a.md", Style()).split("\n")

    assert shown[carets.index("^") :].startswith("\\")
    assert len(carets) > carets.index("^") + 1


def test_sarif(examples):
    """Every finding is valid SARIF 2.1.0, at a rule that is listed, and refers to it by its place in the list."""
    jsonschema.Draft202012Validator.check_schema(SARIF)
    written = findings_machine.sarif(examples, {})
    jsonschema.Draft202012Validator(SARIF).validate(written)
    (run,) = written["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == sorted(catalogue.rules())
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len(run["results"]) >= len(rules)


def test_sarif_of_nothing_and_of_odd_paths():
    """Without findings there is a run without results; a path is an address, whatever its name."""
    row = catalogue.rules()["AC101"]
    odd = example(row)
    written = findings_machine.sarif([odd], {odd.subject.path: ".claude/agents/a b#é?.md"})

    jsonschema.Draft202012Validator(SARIF).validate(findings_machine.sarif([], {}))
    jsonschema.Draft202012Validator(SARIF).validate(written)
    location = written["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == ".claude/agents/a%20b%23%C3%A9%3F.md"


def test_what_is_not_looked_at_is_in_every_report(tmp_path, monkeypatch, capsys):
    """A file that nobody looked at is no clean one, to whoever sees a report alone: it is an error there, at its place."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/out.md").symlink_to("/etc/hostname")
    (tmp_path / ".claude/agents/one.md").write_text("---\nname: one\ndescription: Reads\n---\n\nRead.\n")
    monkeypatch.chdir(tmp_path)
    reports = {}
    for kind in ("sarif", "gitlab", "junit", "github"):
        assert main(["lint", "--for", "own", "--output-format", kind]) == 1
        reports[kind] = capsys.readouterr().out
    sarif, gitlab = json.loads(reports["sarif"]), json.loads(reports["gitlab"])
    jsonschema.Draft202012Validator(SARIF).validate(sarif)
    ((result,), (row,)) = sarif["runs"][0]["results"], gitlab
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert (result["level"], place, row["location"]["path"]) == ("error", *[".claude/agents/out.md"] * 2)
    assert '<testcase classname=".claude/agents/out.md" name="unreadable" file=".claude/agents/out.md" line="1">' in reports["junit"]
    assert "::error file=.claude/agents/out.md," in reports["github"]


def test_github(examples):
    """An annotation is one line, with its properties and its message escaped as GitHub asks."""
    written = findings_machine.github(examples, {})
    odd = example(catalogue.rules()["AC101"])

    assert len(written.splitlines()) == sum(len(one.findings) for one in examples)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in written.splitlines())
    assert "file=a%2Cb%3A100%25.md," in findings_machine.github([odd], {odd.subject.path: "a,b:100%.md"})
    assert findings_machine.github([], {}) == ""


def test_many_that_say_the_same_are_told_once(tmp_path, monkeypatch, capsys):
    """What is so of one agent after the other is one block, which names the other places."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    for number in range(1, 8):
        text = f"---\nname: helper-{number}\ndescription: Helps with part {number}.\ntools: Read, Grepp\n---\n\nHelp.\n"
        (folder / f"helper-{number}.md").write_text(text)

    main(["lint", "--for", "own"])
    several = capsys.readouterr().out
    main(["lint", "--for", "own", "--output-format", "concise"])
    each = capsys.readouterr().out
    for number in range(4, 8):
        (folder / f"helper-{number}.md").unlink()
    main(["lint", "--for", "own"])
    few = capsys.readouterr().out

    assert (several.count("AC301"), each.count("AC301"), few.count("AC301")) == (1, 7, 3)
    told = several.replace("\n  ", " ")
    assert "the same 6 times more: .claude/agents/helper-2.md:4, " in told
    assert "and 1 more (--output-format concise lists all)" in told
