"""Texts that assistants always read, kept in step: one passes over its file for another that is there, be it one that sync writes."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from agentconv.cli import main
from synced_projects import AGENTS, Project
from thorough import in_turns

TEXTS = {
    "CLAUDE.md": "Text zq000001.\n",
    "AGENTS.md": "Text zq000002.\n",
    "GEMINI.md": "Text zq000003.\n",
    ".github/copilot-instructions.md": "Text zq000004.\n",
}
MIXED = [names for number in (0, 1, 2, 3) for names in combinations(TEXTS, number)]
CASES = [(source, target, names, same) for source, target in permutations(AGENTS, 2) for names in MIXED for same in (True, False)]


def made(root, source, targets, texts):
    """Return a project of a source with a reading agent, and texts."""
    own = "[sync.copilot]\nown = true\n" if "copilot" in targets else ""
    project = Project(root, ())
    listed = ", ".join(f'"{one}"' for one in targets)
    said = f'source = "{source}"\ntargets = [{listed}]\nwith = ["instructions"]\naccept = ["not-enforced"]\n{own}'
    project.write("agentconv.toml", said)
    project.write(*AGENTS[source])
    for path, text in texts.items():
        project.write(path, text)
    return project


def texts(project):
    """Return the files that have one of the texts."""
    return {path: data.decode() for path, data in project.tree().items() if b"zq0" in data}


def again(project):
    """Return what is wrong with a second run, and with a look: the one changes nothing, and the other says so."""
    before = project.tree()
    code = project.sync().code
    wrong = [project.changes(before)] if project.changes(before) else []
    doubled = [path for path, text in texts(project).items() if any(text.count(one.strip()) > 1 for one in TEXTS.values())]
    return wrong + doubled + ([] if project.sync("--check").code == code else ["--check"])


@pytest.mark.parametrize(("source", "target", "names", "same"), in_turns(CASES, 37))
def test_a_second_run_changes_nothing_however_the_source_is_switched(tmp_path, source, target, names, same):
    """Whoever is the source, whoever follows, and whatever files of texts there are: no text is lost, doubled, or comes and goes."""
    project = made(tmp_path / "shop", source, (target,), {name: TEXTS["CLAUDE.md"] if same else TEXTS[name] for name in names})
    before, wrong = texts(project), {}
    code = project.sync("--yes").code
    wrong["sync"] = again(project)
    for to in (target, source) if code == 0 else ():
        project.sync("--switch-source", to, "--yes")
        wrong[to] = again(project)

    assert not any(wrong.values()), wrong
    assert before.items() <= texts(project).items()


def test_a_text_for_which_another_file_is_passed_over_is_told(tmp_path, monkeypatch, capsys):
    """OpenCode reads CLAUDE.md until somebody writes an AGENTS.md: sync says what convert says, and both ways out are green."""
    project = made(tmp_path / "shop", "claude-code", ("opencode",), {"CLAUDE.md": "One.\n"})
    codes = [project.sync().code, project.sync("--check").code]
    project.write("AGENTS.md", "Another one.\n")
    looked, done = project.sync("--check"), project.sync()
    monkeypatch.chdir(project.root)
    capsys.readouterr()
    main(["sync"])
    told = " ".join(capsys.readouterr().err.split())
    replaced = [project.sync("--prefer", "source", "instructions/CLAUDE").code, project.sync("--check").code, project.sync().code]
    text = project.read("AGENTS.md")
    project.remove("AGENTS.md")
    project.write("AGENTS.md", "One.\n")

    assert (codes, looked.code, done.code, replaced, text) == ([0, 0], 1, 1, [0, 0, 0], "One.\n")
    assert "instruction-conflict" in told
    assert "agentconv sync --prefer source instructions/CLAUDE replaces it" in told
    assert [project.sync().code, project.sync("--check").code] == [0, 0]


def test_an_edit_of_the_source_s_text_is_no_conflict_with_what_it_said_before(tmp_path, monkeypatch, capsys):
    """The files that a run brings up to date are its own; one that somebody edited is another text, which is told."""
    project = made(tmp_path / "shop", "claude-code", ("codex", "gemini-cli", "opencode"), {"CLAUDE.md": "One.\n"})
    first = project.sync().code
    monkeypatch.chdir(project.root)
    project.write("CLAUDE.md", "Two.\n")
    capsys.readouterr()
    code, told = main(["sync"]), capsys.readouterr().err
    project.write("GEMINI.md", "Three.\n")
    project.write("CLAUDE.md", "Four.\n")
    main(["sync"])
    edited = capsys.readouterr().err

    assert (first, code, project.read("AGENTS.md"), project.read("GEMINI.md")) == (0, 0, "Four.\n", "Three.\n")
    assert "instruction-conflict" not in told
    assert "instruction-conflict] to Gemini CLI" in edited
    assert "instruction-conflict] to Codex" not in edited


def test_what_one_target_gets_hides_the_source_s_file_from_another(tmp_path):
    """Codex gets AGENTS.md, for which OpenCode passes over CLAUDE.md: it is OpenCode's, too, at once, and stays as long as one needs it."""
    project = made(tmp_path / "shop", "claude-code", ("opencode", "codex"), {"CLAUDE.md": "One.\n", ".claude/rules/two.md": "Two.\n"})
    project.sync()
    first = project.tree()
    project.sync()
    project.write("CLAUDE.md", "Three.\n")
    project.sync()

    assert (first["AGENTS.md"], project.read("AGENTS.md")) == (b"One.\n\nTwo.\n", "Three.\n\nTwo.\n")
    assert project.sync("--check").code == 0


def test_the_source_s_own_file_takes_in_no_other_text(tmp_path):
    """Copilot reads AGENTS.md and GEMINI.md; OpenCode has AGENTS.md alone, which is the source's: the other one is told."""
    project = made(tmp_path / "shop", "copilot", ("opencode",), {name: TEXTS[name] for name in ("AGENTS.md", "GEMINI.md")})
    codes = [project.sync().code, project.sync().code, project.sync("--prefer", "source").code]

    assert (codes, project.read("AGENTS.md")) == ([1, 0, 0], TEXTS["AGENTS.md"])


def test_a_file_that_says_the_same_is_the_one_that_follows(tmp_path):
    """Claude Code read AGENTS.md: as a target it goes on doing so, and gets no CLAUDE.md beside it."""
    project = made(tmp_path / "shop", "claude-code", ("gemini-cli",), {"AGENTS.md": "One.\n"})
    project.sync()
    project.sync("--switch-source", "gemini-cli")
    project.write("GEMINI.md", "Two.\n")
    project.sync()

    assert (project.read("AGENTS.md"), project.has("CLAUDE.md"), project.sync("--check").code) == ("Two.\n", False, 0)


OWN = "Use zq000001.\n"


def test_a_text_that_only_imports_what_the_target_reads_is_in_place(tmp_path):
    """`@AGENTS.md` is all that many a CLAUDE.md says: Codex and OpenCode read that file by themselves, and nothing is to be decided."""
    project = made(tmp_path / "shop", "claude-code", ("codex", "opencode", "roo"), {"CLAUDE.md": "@AGENTS.md\n", "AGENTS.md": OWN})
    codes = [project.sync().code, project.sync("--check").code]

    assert (codes, texts(project)) == ([0, 0], {"AGENTS.md": OWN})


def test_what_stands_beside_such_an_import_never_replaces_the_file(tmp_path, monkeypatch, capsys):
    """Codex has AGENTS.md alone, which the source imports: the other lines are told, also to one who prefers the source."""
    project = made(tmp_path / "shop", "claude-code", ("codex",), {"CLAUDE.md": "@AGENTS.md\n\nAnd more.\n", "AGENTS.md": OWN})
    monkeypatch.chdir(project.root)
    main(["sync"])
    told = " ".join(capsys.readouterr().err.split())
    codes = [project.sync("--prefer", "source").code, project.sync("--check").code]

    assert "instruction-shut" in told
    assert "instruction-conflict" not in told
    assert (codes, project.read("AGENTS.md")) == ([0, 0], OWN)


@pytest.mark.parametrize("way", ["import", "import and more", "link"])
def test_a_file_that_sync_wrote_stays_where_the_source_speaks_of_it(tmp_path, way):
    """The text moved: CLAUDE.md imports the AGENTS.md that sync wrote for Codex, or is a link to it. It stands nowhere else by then."""
    project = made(tmp_path / "shop", "claude-code", ("codex",), {"CLAUDE.md": OWN})
    project.sync()
    if way == "link":
        project.remove("CLAUDE.md")
        (project.root / "CLAUDE.md").symlink_to("AGENTS.md")
    else:
        project.write("CLAUDE.md", "@AGENTS.md\n" + ("\nAnd more.\n" if "more" in way else ""))
    project.sync()
    first = project.read("AGENTS.md")
    checked = project.sync("--check").code
    project.write("agentconv.toml", project.read("agentconv.toml").replace('"codex"', ""))
    project.sync("--yes")

    assert (first, checked, project.read("AGENTS.md")) == (OWN, 0, OWN)


def test_links_to_one_file_are_one_text(tmp_path):
    """CLAUDE.md and GEMINI.md are links to AGENTS.md: every assistant has the text, and no link is in anybody's way."""
    project = made(tmp_path / "shop", "claude-code", ("codex", "gemini-cli", "opencode"), {"AGENTS.md": OWN})
    for name in ("CLAUDE.md", "GEMINI.md"):
        (project.root / name).symlink_to("AGENTS.md")
    codes = [project.sync().code, project.sync("--check").code]
    project.write("AGENTS.md", "Now zq000002.\n")

    assert (codes, project.sync().code, project.sync("--check").code) == ([0, 0], 0, 0)
