"""What a team knows already: how a finding is known again, what is never known, and what other tools are given to know it by."""

import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from test_rules import found, subject

from agentconv.cli import baseline, main
from agentconv.lint import catalogue, checking
from agentconv.render import findings_ci

RULES = [rule for rule in catalogue.rules().values() if rule.about != checking.SET]


def known_of(rule, text, also=frozenset()):
    """Return what the findings of a rule in a text are known by."""
    known = baseline.Baseline("known.json", also=also)
    return [known.of_finding(one, "a.md") for one in found(rule, subject(text, rule))]


def moved(text):
    """Return a file whose prompt begins and ends some lines later."""
    return text.replace("\n---\n", "\n---\n\n\n\n", 1) + "\n\n"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_finding_is_known_wherever_it_has_moved(rule):
    """What a finding is known by holds no line and no size; those of a rule that protects are known where the command names it."""
    also = frozenset({rule.code})
    before = known_of(rule, rule.bad, also)

    assert before
    assert None not in before
    assert (set(known_of(rule, rule.bad)) == {None}) is (rule.protects is not None)
    assert [entry.key for entry in known_of(rule, moved(rule.bad), also)][:1] == [entry.key for entry in before][:1]


def test_what_protects_is_known_where_the_command_names_the_rule(tmp_path, monkeypatch, capsys):
    """Both to write it and to use it: a file of a project lets nothing go by itself, and another agent's is new."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    text = "---\nname: {}\ndescription: Reads\n---\n\nRead\u200b.\n"
    (folder / "one.md").write_text(text.format("one"))
    known, also = ["lint", "--baseline", "known.json"], ["--baseline-also", "AC803"]

    assert [main([*known, "--update-baseline"]), main([*known, *also, "--update-baseline"])] == [1, 0]
    assert [main(known), main([*known, *also])] == [1, 0]
    (folder / "two.md").write_text(text.format("two"))
    assert main([*known, *also]) == 1
    assert "two.md:6:5" in capsys.readouterr().out.rpartition("AC803")[2]


HELD = "1 finding that it holds counts all the same, of rules that protect whoever reads a file: AC305"


@pytest.fixture
def widened(tmp_path, monkeypatch):
    """Return the baseline of a project whose agent may do more in Cursor, which the first run took for known."""
    monkeypatch.chdir(tmp_path)
    for folder, tools in ((".claude", "tools: Read, Grep\n"), (".cursor", "")):
        (tmp_path / folder / "agents").mkdir(parents=True)
        (tmp_path / folder / f"agents/{folder[1:]}.md").write_text(f"---\nname: {folder[1:]}\ndescription: Reads\n{tools}---\n\nRead.\n")
    assert main(["lint", "--baseline", "known.json", "--update-baseline", "--baseline-also", "AC305"]) == 0
    return tmp_path / "known.json"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [((), 1, HELD), (("--for", "own", "--baseline-also", "AC305"), 0, ""), (("--ignore", "AC305"), 0, "")],
)
def test_no_run_takes_out_what_another_one_takes_for_known(widened, capsys, words, code, told):
    """Neither one that does not name the rule, nor one that does not ask the assistant: it says nothing of what it has not looked for."""
    before = widened.read_bytes()
    capsys.readouterr()
    codes = [main(["lint", "--baseline", "known.json", *words, *more]) for more in ((), ("--update-baseline",))]
    said = capsys.readouterr().err

    assert codes == [code, code]
    assert told in said
    assert "no longer found" not in said
    assert before == widened.read_bytes()


def test_a_configuration_that_a_person_names_takes_what_protects_for_known(widened, capsys):
    """One that is found in the project does not, and says which run does; what is mended is taken out by either."""
    folder = widened.parent
    (folder / "agentconv.toml").write_text('[lint]\nbaseline = "known.json"\nbaseline-also = ["AC305"]\n')
    assert [main(["lint"]), main(["lint", "--config", "agentconv.toml"])] == [1, 0]
    assert "so does `baseline-also` below [lint] where a person names that file: --config agentconv.toml" in capsys.readouterr().err
    (folder / ".claude/agents/claude.md").write_text("---\nname: claude\ndescription: Reads\n---\n\nRead.\n")
    assert main(["lint", "--update-baseline"]) == 0

    assert "AC305" not in widened.read_text()


def test_folders_have_settings_of_their_own_beside_the_project_s_file_that_a_person_names(widened, capsys):
    """So it says with --config what it says without; beside a file that is no project's own, as a check of others has, they have none."""
    folder = widened.parent
    (folder / "agentconv.toml").write_text('[lint]\nbaseline = "known.json"\nbaseline-also = ["AC305"]\n')
    (folder / "base.toml").write_text((folder / "agentconv.toml").read_text())
    (folder / ".claude/agents/part").mkdir()
    (folder / ".claude/agents/part/agentconv.toml").write_text('[lint]\nignore = ["AC405"]\n')
    (folder / ".claude/agents/part/one.md").write_text("---\nname: one\ndescription: Reads\ncolor: mauve\n---\n\nRead.\n")

    assert [main(["lint", "--config", name]) for name in ("agentconv.toml", "base.toml")] == [0, 1]
    assert "AC405" in capsys.readouterr().out


def test_an_entry_knows_one_finding():
    """Two findings of one text need two entries; what is met a third time is new."""
    entry = baseline.Entry("AC101", "a.md", "a", "text")
    known = baseline.Baseline("known.json", entries=Counter({entry: 2}), left=Counter({entry.key: 2}))

    assert [known.takes(entry) for _ in range(3)] == [True, True, False]


def test_a_known_error_is_told_in_each_run(tmp_path, monkeypatch, capsys):
    """An agent that its assistant does not read may be known, but is never passed over in silence."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text('---\nname: a\ndescription: [b\n  - c: "x\n---\n\nRead.\n')
    codes = [main(["lint", "--baseline", "known.json", *words]) for words in (("--update-baseline",), ())]
    told = capsys.readouterr().err.splitlines()

    assert codes == [0, 0]
    assert told == ["1 file looked at: nothing new found; 1 finding known already (1 error: AC103 1)"] * 2


def test_what_is_not_asked_about_stays_known(tmp_path, monkeypatch, capsys):
    """A run that looks at one file, or for one rule, renews what it has looked at alone; what is gone from the disk goes."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two", "gone"):
        path = tmp_path / f".claude/agents/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nname: {name}\ndescription: Reads\ncolor: mauve\nmode: opus\n---\n\nRead.\n")
    main(["lint", "--baseline", "known.json", "--update-baseline"])
    before = json.loads((tmp_path / "known.json").read_text())["findings"]
    for name in ("one", "two", "gone"):
        path = tmp_path / f".claude/agents/{name}.md"
        path.write_text(path.read_text().replace("color: mauve\n", "").replace("mode: opus\n", ""))
    (tmp_path / ".claude/agents/gone.md").unlink()
    main(["lint", ".claude/agents/one.md", "--select", "AC405", "--baseline", "known.json", "--update-baseline"])
    after = json.loads((tmp_path / "known.json").read_text())["findings"]
    capsys.readouterr()

    gone = [row for row in before if row["agent"] == "gone" or (row["agent"] == "one" and row["code"] == "AC405")]
    assert len(gone) >= 3
    assert after == [row for row in before if row not in gone]


def test_a_file_that_got_another_name_is_known(tmp_path, monkeypatch, capsys):
    """So is its agent, with it; what is new in it is new, and one that is not gone lends nothing to another."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    text = "---\nname: {}\ndescription: Reads\ncolor: mauve\n{}---\n\nRead.\n"
    (folder / "one.md").write_text(text.format("one", ""))
    known = ["lint", "--baseline", "known.json"]
    main([*known, "--update-baseline"])
    (folder / "one.md").rename(folder / "two.md")
    (folder / "two.md").write_text(text.format("two", ""))
    assert main(known) == 0
    (folder / "two.md").write_text(text.format("two", "mode: opus\n").replace("color: mauve", "color: red"))
    capsys.readouterr()
    assert main([*known, "--strict=notes"]) == 1
    told = capsys.readouterr().err
    assert "of its entries" in told
    assert "--update-baseline" not in told  # where something is new, nobody is invited to accept it
    (folder / "two.md").write_text(text.format("two", ""))
    main([*known, "--update-baseline"])
    (folder / "three.md").write_text(text.format("three", ""))

    assert main([*known, "--strict=notes"]) == 1


def test_reports_for_collectors_hold_what_a_file_says_as_text():
    """JUnit's XML parses, and GitLab's fingerprints are each one's own and the same after lines have moved, whatever the names are."""
    rule = catalogue.rules()["AC101"]
    first, second = (subject(text, rule) for text in (rule.bad, "---\n# moved" + rule.bad.removeprefix("---")))
    checked = [checking.Checked(one, tuple(found(rule, one) * 2)) for one in (first, second)]
    where = {first.path: 'a <b>&"\x0b\ufffe.md'}
    parsed = ET.fromstring(findings_ci.junit(checked[:1], [], where, lambda _: True))  # noqa: S314 - our own
    prints = [[row["fingerprint"] for row in json.loads(findings_ci.gitlab([one], [], where))] for one in checked]

    assert parsed[0].get("name") == 'a <b>&"\\x0b\ufffd.md'
    assert parsed.get("failures") == "2"
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 2


def test_a_project_says_once_where_its_baseline_is(tmp_path, monkeypatch, capsys):
    """From any folder, and in any recipe; a flag comes before it, no rule that protects is in it, and a folder below has no other one."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Reads\ncolor: mauve\n---\n\nRead.\u200b\n")
    (tmp_path / "agentconv.toml").write_text('[lint]\nbaseline = "known.json"\n')
    monkeypatch.chdir(tmp_path / ".claude")
    strict = ["lint", "..", "--strict=notes"]
    assert main([*strict, "--ignore", "AC803"]) == 1
    told = capsys.readouterr().err
    assert "../known.json: note: there is no such file yet, so that nothing is known\n  hint: --update-baseline writes it\n" in told
    assert main([*strict, "--update-baseline", "--ignore", "AC803"]) == 0

    assert main([*strict, "--ignore", "AC803"]) == 0
    assert main(strict) == 1
    (tmp_path / ".claude/agents/agentconv.toml").write_text('[lint]\nbaseline = "other.json"\n')
    capsys.readouterr()
    main(strict)
    assert "`baseline` of this folder does not count" in capsys.readouterr().err


def test_a_baseline_that_somebody_names_is_there(tmp_path, monkeypatch, capsys):
    """Whoever misspells it is told so."""
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "--baseline", "known.json"]) == 2
    assert "--update-baseline writes one" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["../known.json", "/known.json", "", 1])
def test_a_baseline_of_a_project_is_in_it(tmp_path, monkeypatch, capsys, path):
    """What a project says leads to no file elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agentconv.toml").write_text(f"[lint]\nbaseline = {json.dumps(path)}\n")

    assert main(["lint"]) == 2
    assert "agentconv.toml:2:1: error: `baseline` is the path of a file below" in capsys.readouterr().err
