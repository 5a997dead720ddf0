"""An assistant that reads the source's folder beside files of its own: what an agent without such a file may do is never silent."""

from __future__ import annotations

import json
import re

import pytest

from agentconv.cli import main
from synced_projects import SOURCE, Project, agent

COPY = ".cursor/agents/one.md"
READS, FETCHES = "Read, Grep", "Read, Grep, WebFetch"


@pytest.fixture
def project(tmp_path):
    """A project whose one agent may read and fetch: what Cursor holds it to, in a file of its own, and not in the source's."""
    found = Project(tmp_path / "shop", targets=("cursor",))
    found.write(f"{SOURCE}/one.md", agent("one", tools=FETCHES))
    assert found.sync().code == 0
    return found


def losses(told):
    """Return what a run says of the source's own files: the assistant, the code and the agent."""
    return [(one["target"], one["code"], one["agent"]) for one in told.losses]


def test_a_narrower_source_makes_no_agent_do_more(project):
    """A copy that may do more than its source by now stays where without it the client reads a file by which it could do more still."""
    project.replace(f"{SOURCE}/one.md", FETCHES, READS)
    told = [project.sync(*words) for words in ((), (), ("--check",))]

    assert [one.code for one in told] == [1, 1, 1]
    assert all({"wider", "stale"} <= one.actions() for one in told)
    assert all("running commands" in hint for one in told for hint in [each["hint"] for each in one.entries if each["action"] == "wider"])
    assert "readonly: true" in project.read(COPY)


@pytest.mark.parametrize(
    ("tools", "more"), [(READS, ""), (FETCHES, "[sync.agents.two.cursor]\nskip = true\n")], ids=["refused", "left out"]
)
def test_an_agent_without_a_copy_is_told(project, tools, more):
    """Each run says what it may do by the source's own file, also one that checks, or finds nothing to do."""
    project.write(f"{SOURCE}/two.md", agent("two", tools=tools))
    project.configure(more)
    told = [project.sync(*words) for words in ((), (), ("-v",), ("--check",))]

    assert [losses(one) for one in told] == [[("cursor", "widened-elsewhere", "two")]] * 4


def test_a_copy_that_goes_is_told(project):
    """So does the run that takes the copy away, because somebody wants no such file."""
    project.configure("[sync.agents.one.cursor]\nskip = true\n")
    told = project.sync()

    assert "delete" in told.actions()
    assert losses(told) == [("cursor", "widened-elsewhere", "one")]


def test_a_file_of_ones_own_is_a_copy(project):
    """Where the client has another file of that name, which nobody syncs, it reads that."""
    project.configure("[sync.agents.one.cursor]\nskip = true\n")
    project.sync()
    project.write(".cursor/agents/other.md", "---\nname: one\ndescription: Mine.\nreadonly: true\n---\n\nDo it.\n")

    assert losses(project.sync()) == []


def test_a_strict_run_counts_it(project):
    """What may be done by another assistant's file fails `--strict`, and nothing accepts it."""
    project.configure("[sync.agents.one.cursor]\nskip = true\n")
    project.sync()

    assert project.sync().code == 0
    assert project.sync("--strict", "--accept").code == 1


def test_what_one_run_is_asked_for_is_none_of_the_next(project):
    """After `--allow-widening` a plain run and one that checks see the same, and neither trusts the lock."""
    project.replace(f"{SOURCE}/one.md", FETCHES, READS)
    asked = project.sync("--allow-widening")
    told = [project.sync(*words) for words in ((), ("--check",), ("-v",))]

    assert (asked.code, [one.code for one in told]) == (0, [1, 1, 1])
    assert {frozenset(one.actions()) for one in told} == {frozenset({"wider", "stale"})}


def test_a_client_of_its_own_files_alone_loses_a_wider_copy(tmp_path):
    """Where nothing else is read without it, a plain run takes it away, or asks first where that is much; both say what keeps it."""
    project = Project(tmp_path / "shop", targets=("agents-dir",))
    project.write(f"{SOURCE}/one.md", agent("one", tools=READS))
    project.sync("--allow-widening")
    (gone,) = project.sync().entries
    project.write(f"{SOURCE}/two.md", agent("two", tools=READS))
    project.sync("--allow-widening")

    assert gone["action"] == "delete"
    assert "--allow-widening=one, in each run and each check, writes it all the same" in gone["what"]
    assert "--allow-widening keeps those that may do more" in project.sync().errors
    assert project.has(".agents/agents/one.md")


EVERY = '"write", "network", "run"'


def test_no_configuration_widens(tmp_path):
    """What is refused is refused whatever a project's own configuration names: a person insists, in each run, for all or by name."""
    project = Project(tmp_path / "shop", ("agents-dir",), f"[sync.agents-dir]\nkeep-wider = [{EVERY}]\n")
    for name in ("one", "two"):
        project.write(f"{SOURCE}/{name}.md", agent(name, tools=READS))
    told, insisted = project.sync(), [project.sync("--allow-widening=one", *words) for words in ((), ("--check",))]
    project.remove(f"{SOURCE}/two.md")

    assert ("refused", "agents-dir one") in told.words()
    assert all("`keep-wider` was seen, and does not count: what sync writes" in one["hint"] for one in told.entries)
    assert [one.words() for one in insisted] == [
        {("write", "agents-dir one"), ("refused", "agents-dir two")},
        {("refused", "agents-dir two")},
    ]
    assert [project.sync("--allow-widening=one", *words).code for words in ((), ("--check",))] == [0, 0]
    assert project.sync("--allow-widening=someone").code == 2


@pytest.mark.parametrize(("named", "written"), [('"network"', True), ('"write"', False)])
def test_a_copy_that_closes_something_may_be_meant(project, named, written):
    """Where the client reads the source's file without a copy, and lets an agent do more by that, a copy may be asked for."""
    project.replace(f"{SOURCE}/one.md", FETCHES, READS)
    project.write(f"{SOURCE}/two.md", agent("two", tools=READS))
    project.configure("".join(f"[sync.agents.{name}.cursor]\nkeep-wider = [{named}]\n" for name in ("one", "two")))
    told, checked = project.sync(), project.sync("--check")

    assert [one.code for one in (told, checked)] == [0 if written else 1] * 2
    assert project.has(".cursor/agents/two.md") is written
    assert project.sync("--check", "--strict").code == 1


def test_a_source_that_lies_elsewhere_is_read_by_nobody_else(tmp_path):
    """Cursor looks into Claude Code's folder, and into no other: no copy may do more there than the source says."""
    project = Project(tmp_path / "shop", ("cursor",), '[sync.agents.one.cursor]\nkeep-wider = ["network"]\n')
    said = project.read("agentconv.toml").replace('"claude-code"', '"team"\nsource-format = "claude-code"')
    project.write("agentconv.toml", said)
    project.write("team/one.md", agent("one", tools=READS))
    project.write("team/two.md", agent("two", tools=FETCHES))
    told = project.sync()

    assert told.words() == {("refused", "cursor one"), ("write", "cursor two")}
    project.write("agentconv.toml", said.replace("own = true\n", ""))
    assert (project.sync("--check").words(), project.has(".cursor/agents/two.md")) == ({("refused", "cursor one")}, True)


def test_a_copy_that_closes_something_does_nothing_else(project):
    """What may be done beyond the source in a copy may be done without it, too: what is edited in is told in each run."""
    project.replace(f"{SOURCE}/one.md", FETCHES, READS)
    project.configure(f"[sync.agents.one.cursor]\nkeep-wider = [{EVERY}]\n")
    project.sync()
    project.replace(COPY, "readonly: true\n", "")

    assert [(one.code, "wider" in one.actions()) for one in (project.sync(), project.sync("--check"))] == [(1, True)] * 2


def test_the_counts_are_true(project, capsys):
    """An assistant that has fewer of the agents is in step with those."""
    project.write(f"{SOURCE}/two.md", agent("two", tools=FETCHES))
    project.configure("[sync.agents.two.cursor]\nskip = true\n", targets=("codex", "cursor"))
    project.sync()
    main(["sync", "--project", str(project.root), "--strict"])
    said = capsys.readouterr()

    assert "2 agents in step with codex, 1 with cursor." in said.out
    assert "Cursor has no file of its own of two, and reads .claude/agents" in said.out
    assert "widened-elsewhere to Cursor" in " ".join(said.err.split())
    assert "widened" not in said.err.partition("hint: `accept")[2]


def test_a_refusal_says_what_is_narrower(project, capsys):
    """What would be written is narrower than what the client reads without it: to leave it out is no way."""
    project.write(f"{SOURCE}/two.md", agent("two", tools=READS))
    main(["sync", "--project", str(project.root)])
    said = " ".join(capsys.readouterr().out.split())

    assert '`keep-wider = ["network"]` in [sync.agents.two.cursor] writes it' in said
    assert "narrower than what Cursor reads without it" in said
    assert "skip = true" not in said


GUARDED = f"{READS}, Bash\nhooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: ./check.sh"
HINT = re.compile(r"`(keep-wider = \[[^\]]*\])` in (\[sync\.agents\.[^\]]*\])")


def test_a_hint_that_is_followed_is_not_given_again(tmp_path):
    """What the configuration can let pass, it does once it says so; of what it cannot, no hint says that it would."""
    project = Project(tmp_path / "shop", targets=("cursor", "copilot", "codex"))
    for name, tools in (("reader", READS), ("fetcher", FETCHES), ("guarded", GUARDED), ("server", f"{READS}, mcp__tracker__list")):
        project.write(f"{SOURCE}/{name}.md", agent(name, tools=tools))
    hints = HINT.findall(" ".join(one.get("hint") or "" for one in project.sync().entries))
    project.configure("".join(f"{table}\n{words}\n" for words, table in hints))
    told = project.sync()

    assert {table for _, table in hints} == {"[sync.agents.reader.cursor]", "[sync.agents.server.cursor]"}
    assert not HINT.findall(" ".join(one.get("hint") or "" for one in told.entries))
    assert not any("does not count" in (one.get("hint") or "") for one in told.entries)
    assert {(one["agent"], one["target"]) for one in told.entries if one["action"] == "refused"} == {
        ("guarded", target) for target in ("cursor", "copilot", "codex")
    }


def test_inspect_says_which_file_comes_first(project, capsys):
    """A client that has an agent from its own file and from the source's reads its own first."""
    main(["inspect", str(project.root), "--output-format", "json"])
    rows = json.loads(capsys.readouterr().out)["results"]

    assert [(row["path"], str(row).count("is read first")) for row in rows] == [(f"{SOURCE}/one.md", 1), (COPY, 0)]
