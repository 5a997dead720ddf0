"""What other programs are told of a run."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from agentconv import __version__
from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

ANYWHERE = f"uvx --from agentconv-toolkit=={__version__} agentconv"
"""What a command begins with where agentconv is not installed."""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """A project in step, with an agent of whose limits Codex holds none."""
    found = Project(tmp_path / "shop", ("codex",))
    for name in ("one", "two"):
        found.write(f"{SOURCE}/{name}.md", agent(name, tools="Read"))
    found.sync()
    monkeypatch.chdir(found.root)
    return found


def report(capfdbinary, kind, *words):
    """Return the exit code, and what was printed."""
    code = int(main(["sync", "--check", "--output-format", kind, *words]))
    return code, capfdbinary.readouterr().out.decode()


def accept(project):
    """Have the configuration accept what targets do not hold, so that a report is about what is not in step."""
    project.write("agentconv.toml", 'accept = ["not-enforced", "asks-dropped"]\n' + project.read("agentconv.toml"))


def test_annotations(project, capfdbinary):
    """Each change to come is a line where the source was changed, and each edit where it stands; what a target never holds is told, too."""
    in_step = report(capfdbinary, "github")
    strict = report(capfdbinary, "github", "--strict")
    project.write("agentconv.toml", 'accept = ["not-enforced:codex"]\n' + project.read("agentconv.toml"))
    accepted = [report(capfdbinary, "github", "--strict", *words)[0] for words in ((), ("--accept=not-enforced",), ("--accept",))]
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")
    project.replace(".codex/agents/two.toml", "Two.", "Deux: zwei.")
    code, said = report(capfdbinary, "github")

    limit = "file=agentconv.toml,line=1,col=1,title=not-enforced::Codex, 2 agents: Codex does not hold the agent to this"
    assert in_step[0] == 0
    assert in_step[1].startswith(f"::warning {limit}")
    assert strict[0] == 1
    assert accepted == [1, 0, 0]
    assert strict[1].startswith(f"::error {limit}")
    assert code == 1
    assert said.splitlines() == [
        (
            f"::error file={SOURCE}/one.md,line=7,col=1,title=sync-update::update `one` in codex (.codex/agents/one.toml): prompt: 1 line. "
            f"Help: run `{ANYWHERE} sync`, and commit what it changes"
        ),
        (
            "::error file=.codex/agents/two.toml,line=6,col=1,title=sync-edited::edited `two` in codex: prompt: 1 line. "
            f"Help: agentconv sync --carry-back takes it into {SOURCE}/two.md; "
            f"agentconv sync --prefer source two takes it back (where it is not installed: {ANYWHERE} ...)"
        ),
    ]


def found_in(kind, said):
    """Return how often each code is in a report, of those that every run tells, and of what is to be written."""
    if kind == "json":
        document = json.loads(said)
        return {"not-enforced": len(document.get("limits", ())), "update": len(document["entries"])}
    if kind == "gitlab":
        codes = [one["check_name"] for one in json.loads(said)]
    elif kind == "sarif":
        codes = [one["ruleId"] for one in json.loads(said)["runs"][0]["results"]]
    elif kind == "junit":
        codes = [case.get("name") for case in ET.fromstring(said).iter("testcase")]  # noqa: S314 - it is ours
    elif kind == "github":
        codes = [line.partition("title=")[2].partition("::")[0] for line in said.splitlines()]
    else:
        return {"not-enforced": said.count("[not-enforced]"), "update": said.count("  update  ")}
    assert set(codes) <= {"not-enforced", "sync-update", "agentconv sync"}
    return {"not-enforced": codes.count("not-enforced"), "update": codes.count("sync-update")}


@pytest.mark.parametrize("strict", [(), ("--strict",)], ids=["lax", "strict"])
@pytest.mark.parametrize("kind", ["text", "json", "github", "gitlab", "junit", "sarif"])
def test_every_form_of_a_report_carries_the_same_findings(project, capfdbinary, kind, strict):
    """What people read is what a job's report has, whether all is in step or not, and the exit code is the same."""
    codes, found = [], []
    for change in (True, False):
        codes.append(int(main(["sync", "--check", "--output-format", kind, *strict])))
        printed = capfdbinary.readouterr()
        found.append(found_in(kind, (printed.out + (printed.err if kind == "text" else b"")).decode()))
        if change:
            project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")

    assert codes == [1 if strict else 0, 1]
    assert found == [{"not-enforced": 1, "update": 0}, {"not-enforced": 1, "update": 1}]


def test_what_the_configuration_accepts_is_told_as_notes_are(project, capfdbinary):
    """It is no annotation of each run; who asks for notes has it."""
    project.write("agentconv.toml", 'accept = ["not-enforced:codex"]\n' + project.read("agentconv.toml"))
    quietly, told = report(capfdbinary, "github"), report(capfdbinary, "github", "-v")

    assert quietly == (0, "")
    assert told[0] == 0
    assert told[1].startswith("::notice file=agentconv.toml,line=1,col=1,title=not-enforced::Codex, 2 agents: ")


def test_one_forgotten_sync_is_one_annotation(tmp_path, monkeypatch, capfdbinary):
    """It is at the source's file, at the line of the one field that was changed, and names the targets; the log of a job has it, too."""
    found = Project(tmp_path / "shop", ("codex", "opencode", "droid"))
    for name in ("one", "two", "three"):
        found.write(f"{SOURCE}/{name}.md", agent(name, tools="Read, Grep"))
    accept(found)
    found.sync()
    monkeypatch.chdir(found.root)
    found.replace(f"{SOURCE}/one.md", "tools: Read, Grep", "tools: Read")
    found.write(f"{SOURCE}/2.md", found.read(f"{SOURCE}/two.md").replace("name: two", "name: zwei"))
    (found.root / SOURCE / "two.md").unlink()
    (found.root / SOURCE / "three.md").unlink()
    said = report(capfdbinary, "github")[1].splitlines()
    main(["sync", "--check", "--output-format", "gitlab"])
    printed = capfdbinary.readouterr()

    assert sorted(line.partition("title=")[0] for line in said) == [
        f"::error file={SOURCE}/2.md,line=1,col=1,",
        f"::error file={SOURCE}/one.md,line=4,col=1,",
        "::error file=.codex/agents/three.toml,line=1,col=1,",
    ]
    assert sum("delete `three` in " in line and "its source is gone" in line and line.count(" droid") == 1 for line in said) == 1
    assert sum("update `one` in " in line and "what it may do" in line and line.count(" droid") == 1 for line in said) == 1
    assert len(json.loads(printed.out)) == 3
    assert f"{SOURCE}/2.md:1: error: rename `zwei` in " in printed.err.decode()


def test_the_log_of_a_job_ends_with_what_it_comes_to(project, capfdbinary):
    """Annotations go to one stream, and one line for who reads the log to the other; `-q` leaves it out."""
    said = []
    for words in ((), ("--quiet",)):
        main(["sync", "--check", "--output-format", "github", *words])
        said.append(capfdbinary.readouterr().err.decode())
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")
    main(["sync", "--check", "--output-format", "github"])

    assert said[0].startswith("2 agents in step with codex.")
    assert said[1] == ""
    assert "1 file would be written." in capfdbinary.readouterr().err.decode()


def test_what_is_yet_to_be_written_is_told_at_its_source(project, capfdbinary):
    """An annotation at a file that is not there is shown nowhere; a run that only looks, and passes, has warnings."""
    project.write(f"{SOURCE}/three.md", project.read(f"{SOURCE}/one.md").replace("name: one", "name: three"))
    code, said = report(capfdbinary, "github")
    main(["sync", "--dry-run", "--output-format", "github"])

    assert code == 1
    assert f"::error file={SOURCE}/three.md,line=1,col=1,title=sync-write::write `three` in codex (.codex/agents/three.toml)" in said
    assert f"::warning file={SOURCE}/three.md," in capfdbinary.readouterr().out.decode()


def test_what_makes_a_check_pass_is_said(project, capfdbinary):
    """Where something would be written, a check says which command writes it, also where only errors are told; else it does not."""
    said = [report(capfdbinary, "text")[1]]
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")
    said += [report(capfdbinary, "text")[1], report(capfdbinary, "text", "one")[1]]
    (project.root / SOURCE / "two.md").unlink()
    main(["sync", "--check", "--quiet"])
    quiet = capfdbinary.readouterr().err.decode()

    assert ["run `agentconv sync`, and commit what it changes" in one for one in (*said, quiet)] == [False, True, True, True]


def test_gitlab_and_junit(project, capfdbinary):
    """What is not in step are rows with fingerprints, and cases that fail; in step there is no row, and one case that passes."""
    accept(project)
    in_step = [report(capfdbinary, kind)[1] for kind in ("gitlab", "junit")]
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")
    project.replace(".codex/agents/two.toml", "Two.", "Deux.")
    rows = json.loads(report(capfdbinary, "gitlab")[1])
    suite = ET.fromstring(report(capfdbinary, "junit")[1])[0]  # noqa: S314 - it is ours

    assert (json.loads(in_step[0]), ET.fromstring(in_step[1]).get("failures")) == ([], "0")  # noqa: S314
    assert [(row["check_name"], row["severity"], row["location"]["path"]) for row in rows] == [
        ("sync-update", "major", f"{SOURCE}/one.md"),
        ("sync-edited", "major", ".codex/agents/two.toml"),
    ]
    assert rows[0]["description"].endswith(f"run `{ANYWHERE} sync`, and commit what it changes")
    assert len({row["fingerprint"] for row in rows}) == 2
    assert [(case.get("name"), [one.tag for one in case]) for case in suite] == [("sync-update", ["failure"]), ("sync-edited", ["failure"])]
    assert suite.get("failures") == "2"


def test_sarif(project, capfdbinary):
    """It is one run of SARIF, whose results name their rules, and their files."""
    accept(project)
    empty = json.loads(report(capfdbinary, "sarif")[1])
    project.write(f"{SOURCE}/one.md", "---\nname: [\n")
    project.replace(".codex/agents/two.toml", "Two.", "Deux.")
    code, said = report(capfdbinary, "sarif")
    run = json.loads(said)["runs"][0]

    assert empty["runs"][0]["results"] == []
    assert code == 1
    assert [(one["ruleId"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for one in run["results"]] == [
        ("sync-failed", f"{SOURCE}/one.md"),
        ("sync-edited", ".codex/agents/two.toml"),
    ]
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_what_lint_says_of_a_source_is_no_finding_of_sync(project, capfdbinary):
    """It is told where the source was changed, and not again in each check: lint has a baseline for it, and comments that leave it out."""
    accept(project)
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read, MultiEdit"))
    changed = report(capfdbinary, "github")[1]
    project.sync()

    assert "no longer has a tool `MultiEdit`" in changed
    assert report(capfdbinary, "github") == (0, "")


@pytest.mark.parametrize("kind", ["text", "github"])
def test_a_change_of_the_configuration_counts_once_it_is_merged(project, capfdbinary, kind):
    """By the configuration that is named the check is red, and nobody is sent to sync what is in step by the project's own."""
    project.write("base.toml", project.read("agentconv.toml"))
    project.write("agentconv.toml", project.read("agentconv.toml") + "\n[sync.agents.one.codex]\nskip = true\n")
    project.sync()
    code, said = report(capfdbinary, kind, "--config", "base.toml")
    project.replace(f"{SOURCE}/two.md", "Two.", "Zwei.")
    more = report(capfdbinary, kind, "--config", "base.toml")[1]

    assert code == 1
    assert "what this change says in agentconv.toml counts once it is merged" in " ".join(said.split())
    assert "agentconv sync`, and commit" not in said
    assert "agentconv sync`, and commit" in more


@pytest.mark.parametrize("kind", ["text", "github"])
def test_what_is_kept_wider_counts_once_it_is_merged(tmp_path, monkeypatch, capfdbinary, kind):
    """Nobody is told to write what the change says already, or to take out what it has under another name by now."""
    found = Project(tmp_path / "shop", ("cursor",), more='[sync.agents.one.cursor]\nkeep-wider = ["network"]\n')
    for name in ("one", "two"):
        found.write(f"{SOURCE}/{name}.md", agent(name, lines=(f"For {name}.",), tools="Read, Grep" if name == "one" else "Bash"))
    found.sync("--yes")
    monkeypatch.chdir(found.root)
    found.write("base.toml", found.read("agentconv.toml"))
    found.replace(f"{SOURCE}/one.md", "name: one", "name: other")
    found.move(f"{SOURCE}/one.md", f"{SOURCE}/other.md")
    assert "agentconv.toml" in found.sync("--yes").files
    code, said = report(capfdbinary, kind, "--config", "base.toml")
    said = " ".join(said.split())

    assert (code, found.sync("--check").code) == (1, 0)
    assert "keep-wider" not in said
    assert "take what stands in" not in said
    assert "a maintainer looks at it and merges it; until then this check goes by base.toml" in said


def test_a_file_that_goes_since_its_source_says_less_names_what_keeps_a_narrower_one(tmp_path, monkeypatch, capfdbinary):
    """Without it, the client reads the source's own file, and the agent may do more still: that comes before the flag."""
    found = Project(tmp_path / "shop", ("cursor",))
    found.write(f"{SOURCE}/one.md", agent("one"))
    found.sync()
    monkeypatch.chdir(found.root)
    found.replace(f"{SOURCE}/one.md", "name: one", "name: one\ntools: Read")
    said = report(capfdbinary, "github")[1]

    kept = '`keep-wider = ["network"]` in [sync.agents.one.cursor] writes it, which is narrower than what Cursor reads without it'
    assert f"which the target cannot hold; {kept}; agentconv sync --allow-widening=one" in said


def test_what_grows_is_named(tmp_path, monkeypatch, capfdbinary):
    """Who reads a check sees what an agent may do more from now on, where that is so; less is not named."""
    found = Project(tmp_path / "shop", ("opencode",))
    found.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep"))
    found.sync()
    monkeypatch.chdir(found.root)
    found.replace(f"{SOURCE}/one.md", "Read, Grep", "Read, Grep, Bash")
    more = report(capfdbinary, "github")[1]
    found.sync()
    found.replace(f"{SOURCE}/one.md", "Read, Grep, Bash", "Read")
    less = report(capfdbinary, "github")[1]

    assert "what it may do; now also: " in more
    assert "running commands" in more
    assert "what it may do. Help: " in less
