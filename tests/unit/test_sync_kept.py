"""What holds of an agent in one assistant alone: it stays through every run, follows a new name, and never grants in silence."""

from __future__ import annotations

import pytest

from agentconv.core.dataclass import replace
from agentconv.install import lock
from agentconv.sync import digests, present, texts
from synced_projects import PLACES, SOURCE, Project, agent

GUARDED = """\
---
description: Looks after the gate.
mode: subagent
temperature: 0.7
permission:
  edit: deny
  bash:
    "*": ask
    "git status*": allow
---

Look after the gate.
"""
GATE = ".opencode/agents/gate.md"


@pytest.fixture
def project(tmp_path):
    """A project with an agent of Claude Code, and another one that OpenCode alone has, and that may use the network unasked."""
    found = Project(tmp_path / "shop", targets=("opencode",))
    found.write(f"{SOURCE}/digger.md", agent("digger"))
    found.write(GATE, GUARDED)
    return found


def test_a_file_that_is_taken_in_as_it_stands_may_do_what_it_did(project):
    """Its author had it so: that is told when it is taken in, the file stays, and later runs say the same, whatever else changes."""
    adopted = project.sync("--adopt")
    project.replace(f"{SOURCE}/digger.md", "Two.", "Two and a half.")

    assert (adopted.code, "wider" in adopted.actions()) == (0, False)
    assert any("using the network" in one["what"] for one in adopted.entries if one["action"] == "kept")
    assert [project.sync().code for _ in range(3)] == [0, 0, 0]
    assert project.sync("-v").code == 0
    assert project.read(GATE) == GUARDED


def test_what_may_do_more_since_the_source_says_less_is_told_in_each_run(project):
    """A source that allows less than before is not overruled in silence by what was taken in."""
    project.sync("--adopt")
    project.replace(f"{SOURCE}/gate.md", "permissionMode: default", "tools: Read")
    told = [project.sync(*words) for words in ((), (), ("--check",), ("-v",))]

    assert [one.code for one in told] == [1, 1, 1, 1]
    assert all("wider" in one.actions() for one in told)
    assert project.read(GATE) == GUARDED


def test_what_was_made_to_do_more_is_told_in_each_run(project):
    """An edit after it was taken in is none that anybody took in."""
    project.sync("--adopt")
    project.replace(GATE, '"*": ask', '"*": allow')

    assert ["wider" in project.sync().actions() for _ in range(3)] == [True, True, True]


def test_a_configuration_alone_allows_nothing(project):
    """`keep` in the configuration says that the file stays; that it may do more than its source is told in each run."""
    project.write(f"{SOURCE}/gate.md", agent("gate", tools="Read"))
    project.configure("[sync.agents.gate.opencode]\nkeep = true\n")
    project.sync("--prefer", "opencode", "gate")

    assert ["wider" in project.sync().actions() for _ in range(3)] == [True, True, True]


def test_a_lock_alone_allows_nothing(project):
    """What may be done beyond the source stands in the configuration; a lock that says so of a file that grew is held against it."""
    project.sync("--adopt")
    project.replace(GATE, "edit: deny", "edit: allow")
    place = project.root / lock.FILE
    found = lock.read(place)
    grown = digests.of(present.parsed(GATE, "opencode", GUARDED.replace("edit: deny", "edit: allow").encode()).agents[""])
    (entry,) = (one for one in found.synced if one.name == "gate")
    crafted = replace(entry, own={path: grown[path] for path in entry.own}, bytes_sha256=texts.sha256(project.read(GATE).encode()))
    place.write_bytes(lock.dump(replace(found, synced=tuple(crafted if one == entry else one for one in found.synced))))

    assert [(told.code, "wider" in told.actions()) for told in (project.sync("--check"), project.sync("-v"))] == [(1, True)] * 2


@pytest.mark.parametrize("named", ["[]", '["write"]'])
def test_what_is_named_is_all_that_is_allowed(project, named):
    """Without its names in the configuration, what was taken in is told in each run like anything else that may do more."""
    project.sync("--adopt")
    said = project.read("agentconv.toml")
    (line,) = (line for line in said.splitlines() if line.startswith("keep-wider = "))
    project.write("agentconv.toml", said.replace(line, f"keep-wider = {named}"))

    assert ["wider" in project.sync(*words).actions() for words in ((), ("--check",))] == [True, True]


def test_the_source_named_takes_back_what_is_kept_no_more(project):
    """What is told as a way out is one: `keep` goes first."""
    project.sync("--adopt")
    project.replace(f"{SOURCE}/gate.md", "permissionMode: default", "tools: Read")
    (way,) = (one["hint"] for one in project.sync().entries if one["action"] == "wider")
    assert "take `keep` out of [sync.agents.gate.opencode], then agentconv sync --prefer source gate" in way
    assert project.sync("--prefer", "source", "gate").code == 1
    assert project.read(GATE) == GUARDED
    said = project.read("agentconv.toml").splitlines()
    project.write("agentconv.toml", "\n".join(line for line in said if not line.startswith("keep")) + "\n")

    assert project.sync("--prefer", "source", "gate").code == 0
    assert "bash" not in project.read(GATE)
    assert project.sync().code == 0


def test_what_is_kept_and_untouched_goes_with_its_source(project):
    """A file that is as it was taken in was not edited, though the source says less than it."""
    project.sync("--adopt")
    project.remove(f"{SOURCE}/gate.md")
    told = project.sync()

    assert not any("was edited" in one["what"] for one in told.entries)


@pytest.mark.parametrize("stem", ["gate", "keeper"], ids=["in its file", "with its file"])
def test_what_is_said_of_an_agent_follows_its_name(project, stem):
    """An agent that the source calls otherwise keeps what the configuration says of it."""
    project.configure('[sync.agents.digger.opencode]\nmodel = "anthropic/claude-haiku-4-5"\n')
    project.sync("--adopt")
    project.replace(f"{SOURCE}/gate.md", "name: gate", "name: keeper")
    project.move(f"{SOURCE}/gate.md", f"{SOURCE}/{stem}.md")
    checked, told = project.sync("--check"), project.sync()

    assert (checked.code, told.code) == (1, 0)
    assert "[sync.agents.keeper.opencode]" in project.read("agentconv.toml")
    assert "[sync.agents.gate" not in project.read("agentconv.toml")
    assert "[sync.agents.digger.opencode]" in project.read("agentconv.toml")
    assert project.read(".opencode/agents/keeper.md") == GUARDED
    assert (project.sync().code, project.sync("--check").code) == (0, 0)


REVIEW = (
    "You review one change at a time, and you never edit files.",
    "Read the change, then the code around it, then its tests.",
    "Report the most serious finding first, with the file and the line.",
)
SAID = '[sync.agents.reviewer.codex]\nmodel = "gpt-6-luna"\n'


@pytest.fixture
def reviewed(tmp_path):
    """A project in step, which says something of one of its agents in one assistant."""
    found = Project(tmp_path / "shop", ("codex", "opencode", "roo"), SAID)
    found.write(f"{SOURCE}/reviewer.md", agent("reviewer", REVIEW, tools="Read"))
    found.write(
        f"{SOURCE}/planner.md", agent("planner", ("Plan the work, and write down each step.", "Ask before you begin."), tools="Read")
    )
    assert found.sync().code == 0
    return found


def renamed(project, lines, *, beside=None):
    """Give the agent another name and other words at once; perhaps with another agent of its first text beside it."""
    project.remove(f"{SOURCE}/reviewer.md")
    project.write(f"{SOURCE}/auditor.md", agent("auditor", lines, tools="Read", description="When a change is to be looked at"))
    if beside:
        project.write(f"{SOURCE}/{beside}.md", agent(beside, REVIEW, tools="Read"))


def test_an_agent_that_was_edited_along_with_its_name_is_the_same(reviewed):
    """What is said of it, and what was edited in its files, stays its own."""
    reviewed.replace(".opencode/agents/reviewer.md", "one change", "each change")
    renamed(reviewed, (REVIEW[0], REVIEW[1].replace("tests", "callers"), *REVIEW[2:], "Say when nothing was found."))
    told = reviewed.sync()

    assert {("rename", "codex auditor"), ("rename", "opencode auditor"), ("rename", "roo auditor")} <= told.words()
    assert "delete" not in told.actions()
    assert "gpt-6-luna" in reviewed.read(".codex/agents/auditor.toml")
    assert "[sync.agents.auditor.codex]" in reviewed.read("agentconv.toml")
    assert all(words in reviewed.read(".opencode/agents/auditor.md") for words in ("each change", "its callers", "Say when"))


@pytest.mark.parametrize(
    ("lines", "beside"), [(("Count what was spent.", "Name what is missing."), None), (REVIEW[:2], "copy")], ids=["unlike", "like two"]
)
def test_an_agent_that_is_not_known_again_gets_nothing_unsaid(reviewed, lines, beside):
    """What was said of the one that is gone holds for no other, stops nothing, and is told at its line in each run."""
    renamed(reviewed, lines, beside=beside)
    checked, told, again = reviewed.sync("--check"), reviewed.sync(), reviewed.sync()

    assert [one.code for one in (checked, told, again)] == [1, 0, 0]
    assert all("take what stands in [sync.agents.reviewer] out" in one.errors for one in (checked, told, again))
    assert all("auditor" not in one.errors for one in (checked, told, again))
    assert SAID in reviewed.read("agentconv.toml")


def test_agents_that_are_made_of_one_text_are_none_another(reviewed):
    """A new one that is like the one that went, and as like one that stays, is a new one."""
    reviewed.write(f"{SOURCE}/second.md", agent("second", (*REVIEW, "Look at names.")))
    reviewed.sync()
    renamed(reviewed, (*REVIEW, "Look at names.", "Look at types."))

    assert "rename" not in reviewed.sync().actions()


def test_an_agent_is_known_again_beside_one_of_nearly_its_text_that_goes(reviewed):
    """It is the one that it is most like."""
    reviewed.write(f"{SOURCE}/second.md", agent("second", (*REVIEW, "Look at names first, and at types later.")))
    reviewed.sync()
    reviewed.remove(f"{SOURCE}/second.md")
    renamed(reviewed, (*REVIEW, "Say when nothing was found."))
    told = reviewed.sync("--yes")

    assert {("rename", "codex auditor"), ("delete", "codex second")} <= told.words()
    assert "[sync.agents.auditor.codex]" in reviewed.read("agentconv.toml")


def test_what_is_said_of_the_new_name_counts(project):
    """Where both names have a table, a person has to see to it: none is overwritten."""
    project.sync("--adopt")
    project.write("agentconv.toml", project.read("agentconv.toml") + '\n[sync.agents.keeper.opencode]\ncolor = "#102030"\n')
    project.replace(f"{SOURCE}/gate.md", "name: gate", "name: keeper")
    told = project.sync()

    assert "the source has no agent `gate`" in told.errors
    assert "[sync.agents.gate.opencode]" in project.read("agentconv.toml")


@pytest.mark.parametrize(("lost", "word"), [((), "restore"), (("agentconv.lock",), "left")])
def test_what_is_kept_of_a_file_that_is_gone_is_written_again_or_told(tmp_path, lost, word):
    """A limit that only that file said is not dropped: it is there again, or nothing takes its place until somebody decides."""
    one = Project(tmp_path / "shop", ("copilot",))
    one.write(f"{SOURCE}/other.md", agent("other"))
    path = PLACES["copilot"].format("quoter")
    one.write(path, "---\nname: Quoter\ndescription: Quotes\ndisable-model-invocation: true\n---\n\nQuote it.\n")
    one.sync("--adopt")
    for each in (path, *lost):
        one.remove(each)
    told = one.sync()

    assert "invocation.by" in one.read("agentconv.toml")
    assert (word, "copilot quoter") in told.words()
    assert ("disable-model-invocation: true" in one.read(path)) is (word == "restore")
    assert (one.has(path), told.code) == ((True, 0) if word == "restore" else (False, 1))


NETWORK = '[sync.agents.one.cursor]\nkeep-wider = ["network"]\n'


@pytest.fixture
def keeping(tmp_path):
    """A project with an agent that may only read, and a file of Cursor that may do more, as the configuration says."""
    found = Project(tmp_path / "shop", targets=("copilot", "cursor"), more=NETWORK)
    found.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep, Glob"))
    assert (found.sync("--yes").code, found.has(".cursor/agents/one.md")) == (0, True)
    return found


@pytest.mark.parametrize("target", ["copilot", "cursor"])
def test_an_edit_of_what_may_do_more_is_taken_back_like_any_other(keeping, target):
    """The trial of a carried edit is held to what the run is held to: what the configuration keeps wider, and the source's own file."""
    keeping.replace(keeping.place(target, "one"), "Two.", "Deux.")
    keeping.replace(f"{SOURCE}/one.md", "One.", "Un.")
    told = keeping.sync("--carry-back", "one")

    assert (told.code, ("carried", f"{target} one") in told.words()) == (0, True)
    assert all("Deux." in keeping.read(keeping.place(side, "one")) for side in ("source", "copilot", "cursor"))


def test_what_is_kept_wider_follows_a_new_name_where_no_other_target_is(tmp_path):
    """No target can hold the agent as long as the configuration knows its old name alone: its words say whose it is."""
    project = Project(tmp_path / "shop", targets=("cursor",), more=NETWORK)
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep, Glob"))
    project.sync()
    project.replace(f"{SOURCE}/one.md", "name: one", "name: other")
    project.move(f"{SOURCE}/one.md", f"{SOURCE}/other.md")

    assert (project.sync().code, "[sync.agents.other.cursor]" in project.read("agentconv.toml")) == (0, True)
    assert [project.has(f".cursor/agents/{name}.md") for name in ("one", "other")] == [False, True]


def test_another_agent_does_not_get_what_is_kept_for_one_that_is_gone(tmp_path):
    """What it says is another thing: nothing follows."""
    project = Project(tmp_path / "shop", targets=("cursor",), more=NETWORK)
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep, Glob"))
    project.sync()
    project.remove(f"{SOURCE}/one.md")
    project.write(f"{SOURCE}/other.md", agent("other", lines=("Delete what nobody needs.",), tools="Read"))
    project.sync()

    assert ("sync.agents.other" in project.read("agentconv.toml"), project.has(".cursor/agents/other.md")) == (False, False)


def test_what_an_edit_would_open_is_not_taken_back_for_what_is_kept(keeping):
    """What the configuration keeps is about one target: the source never says more for it."""
    before = keeping.read(f"{SOURCE}/one.md")
    keeping.replace(".cursor/agents/one.md", "readonly: true", "readonly: false")

    assert keeping.sync("--carry-back", "one").code == 1
    assert keeping.read(f"{SOURCE}/one.md") == before


def test_an_edit_that_stays_changes_no_lock(keeping):
    """A run that says that nothing was written leaves the lock as it was; and the edit is found again, until it is taken back."""
    before = keeping.read(lock.FILE)
    keeping.replace(".cursor/agents/one.md", "Two.", "Deux.")
    codes = [keeping.sync().code, keeping.sync().code]
    after = keeping.read(lock.FILE)
    keeping.replace(".cursor/agents/one.md", "Deux.", "Two.")

    assert (codes, after == before, keeping.sync().code, keeping.read(lock.FILE) == before) == ([1, 1], True, 0, True)


def test_an_edit_is_taken_back_where_the_source_has_a_value_that_its_client_takes_otherwise(tmp_path):
    """The agent is there, and the value stays as it is written."""
    project = Project(tmp_path / "shop", targets=("codex",))
    project.write(f"{SOURCE}/one.md", agent("one", permissionMode="plann"))
    project.sync()
    project.replace(project.place("codex", "one"), "Two.", "Deux.")
    project.replace(project.place("codex", "one"), 'name = "one"', 'name = "two"')

    assert (project.sync("--carry-back", "prompt").code, project.sync("--carry-back", "name").code) == (1, 0)
    said = project.read(f"{SOURCE}/two.md")
    assert ["Deux." in said, "permissionMode: plann\n" in said, project.has(f"{SOURCE}/one.md")] == [True, True, False]


@pytest.mark.parametrize(("old", "new", "is_ours"), [("", "", True), ("readonly: true\n", "", False)])
def test_a_copy_that_may_do_more_gets_another_name_and_an_edit(tmp_path, old, new, is_ours):
    """What sync itself wrote there does not tell against it; what it may do besides does."""
    project = Project(tmp_path / "shop", ("cursor",), NETWORK)
    project.write(f"{SOURCE}/one.md", agent("one", REVIEW, tools="Read, Grep, Glob"))
    assert project.sync().code == 0
    text = project.read(project.place("cursor", "one")).replace("name: one", "name: getter")
    project.remove(project.place("cursor", "one"))
    project.write(project.place("cursor", "getter"), text.replace("one change", "each change").replace(old, new))
    told = project.sync("--check")

    assert ("renamed", "cursor one") in told.words() if is_ours else ("restore", "cursor one") in told.words()


@pytest.mark.parametrize(("rule", "word"), [("webfetch: deny", "fetching pages"), ("bash: deny", "running commands")])
def test_what_a_switch_keeps_holds_nothing_that_its_source_closes_later(tmp_path, rule, word):
    """The file stays, as is said, and each run and look says what it may do there; who says that it is meant has it in step, by effects."""
    project = Project(tmp_path / "shop", ("opencode", "gemini-cli"))
    project.write(f"{SOURCE}/tutor.md", agent("tutor"))
    project.sync()
    project.sync("--switch-source", "opencode")
    there, tool = project.read(f"{SOURCE}/tutor.md"), rule.partition(":")[0]
    project.write(path := ".opencode/agents/tutor.md", project.read(path).replace(f"{tool}: ask", rule))
    codes = [project.sync("--check").code, project.sync().code, project.sync().code, project.sync("--check").code]
    told = project.sync()
    back = project.sync("--switch-source", "claude-code")
    project.sync("--prefer", "target", "tutor")
    meant = project.sync("--check").code
    config = project.read("agentconv.toml")
    project.write("agentconv.toml", config.replace("keep = true", ""))
    project.sync("--prefer", "source", "tutor")

    assert ([*codes, back.code], meant) == ([1, 1, 1, 1, 2], 1 if tool == "bash" else 0)
    assert [(one["action"], one["path"]) for one in told.entries] == [("wider", f"{SOURCE}/tutor.md")]
    assert word in told.entries[0]["what"]
    assert project.read(f"{SOURCE}/tutor.md") != there
    assert project.sync("--check").code == 0


def test_what_is_kept_is_in_step_where_its_source_changes_otherwise(tmp_path):
    """Only what the source says of what an agent may do is about that: a text goes to the target as ever."""
    project = Project(tmp_path / "shop", ("opencode",))
    project.write(f"{SOURCE}/tutor.md", agent("tutor"))
    project.sync()
    project.sync("--switch-source", "opencode")
    project.write(path := ".opencode/agents/tutor.md", project.read(path) + "\nBe brief.\n")

    assert [project.sync().code, project.sync("--check").code] == [0, 0]
    assert "Be brief." in project.read(f"{SOURCE}/tutor.md")
