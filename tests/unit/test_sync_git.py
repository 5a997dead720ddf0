"""Sync in repositories as people have them: clones, branches, merges that took only a part, and conflicts in each of the files."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from agentconv.cli import main
from agentconv.install import lock
from agentconv.sync import candidates, locks, planning, unchanged
from agentconv.sync.git import Git
from synced_projects import SOURCE, Repository, agent

ONE, TWO = f"{SOURCE}/one.md", f"{SOURCE}/two.md"
CODEX, OPENCODE = ".codex/agents/one.toml", ".opencode/agents/one.md"
SETTINGS, SERVERS, COMMAND = ".claude/settings.json", ".mcp.json", ".claude/commands/go.md"
IN_TARGET = (OPENCODE, "opencode.json", ".opencode/command/go.md")


@pytest.fixture
def project(tmp_path) -> Repository:
    """Two agents in step, and committed."""
    project = Repository(tmp_path / "project")
    project.git("init", "-q", "-b", "main")
    for name in ("one", "two"):
        project.write(f"{SOURCE}/{name}.md", agent(name))
    assert project.sync().code == 0
    project.commit("start")
    return project


def _is_in_step(project: Repository) -> bool:
    """Whether nothing is to be done, and nothing said."""
    return project.sync("--check").code == 0


def _is_of_lock(project: Repository, *words: str) -> str:
    """Return what a check complains about, of the lock alone: nothing else is to be done."""
    told = project.sync("--check", *words)
    assert (told.code, told.looks, told.files) == (1, [], ()), told
    return told.errors


@pytest.mark.parametrize("words", [(), ("--depth", "1"), ("-c", "core.autocrlf=true")], ids=["whole", "shallow", "crlf"])
def test_a_clone_is_in_step(project, words):
    """Whoever clones what was committed has nothing to do, whatever history and line ends they have."""
    other = project.clone("other", *words)

    assert _is_in_step(other)
    assert other.sync().files == ()
    assert other.git("status", "--porcelain") == ""


def test_a_clone_without_a_lock_takes_over_what_is_equal(project):
    """A lock that was lost is made anew without a question; only what differs is told, and kept."""
    project.remove(lock.FILE)
    project.replace(CODEX, "Two.", "Typed here.")
    project.commit()
    other = project.clone("other")
    told = other.sync()

    assert told.looks == [("foreign", CODEX, "", ())]
    assert "Typed here." in other.read(CODEX)
    assert {one.path for one in other.lock().synced} == {".codex/agents/two.toml", OPENCODE, ".opencode/agents/two.md", ".roomodes"}


def test_lines_are_merged_with_a_text_that_only_git_has(project):
    """A clone has no store of its own: what was settled is found among git's objects, whatever was committed since."""
    project.replace(CODEX, "Three.", "Typed here.")
    project.commit()
    project.write("other.txt", "more\n")
    project.commit()
    other = project.clone("other")
    other.replace(ONE, "One.", "Eins.")
    told = other.sync()

    assert ("merged", CODEX, "", ("prompt.text",)) in told.looks
    assert "Eins.\n\nTwo.\n\nTyped here." in other.read(CODEX)


def test_lines_that_nobody_can_compare_are_a_conflict(project):
    """In a shallow clone the text that was settled may be nowhere: both sides stay, and it is told."""
    project.replace(CODEX, "Three.", "Typed here.")
    project.commit()
    other = project.clone("other", "--depth", "1")
    other.replace(ONE, "One.", "Eins.")
    told = other.sync()

    assert ("conflict", CODEX, "", ("prompt.text",)) in told.looks
    assert "Typed here." in other.read(CODEX)
    assert "Eins." not in other.read(CODEX)


def test_another_branch_is_in_step_with_itself(project):
    """Files and lock change together with the branch, there and back."""
    project.git("switch", "-qc", "side")
    project.replace(ONE, "Two.", "Zwei.")
    project.remove(TWO)
    project.sync()
    project.commit()
    for branch in ("main", "side", "main"):
        project.git("switch", "-q", branch)

        assert _is_in_step(project)


def _branches(project: Repository, one: dict[str, tuple[str, str]], other: dict[str, tuple[str, str]], *paths: str) -> None:
    """Edit, sync and commit on two branches; the second one commits these paths alone, if there are any."""
    project.git("switch", "-qc", "side")
    for path, edit in one.items():
        project.replace(path, *edit)
    project.sync()
    project.commit("one")
    project.git("switch", "-q", "main")
    for path, edit in other.items():
        project.replace(path, *edit)
    project.sync()
    project.commit("other", *paths)


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
def test_two_people_change_two_agents(project, how):
    """What they did to agents that are not neighbours git puts together, and it is in step as it is: lock and shared files, too."""
    for name in ("three", "four", "five"):
        project.write(f"{SOURCE}/{name}.md", agent(name))
    project.sync("--yes")
    project.commit()
    _branches(project, {ONE: ("Two.", "Zwei.")}, {f"{SOURCE}/three.md": ("Two.", "Deux.")})
    project.git(how, *(["--no-edit"] if how == "merge" else []), "side")

    assert _is_in_step(project)
    assert "Zwei." in project.read(CODEX)
    assert "Deux." in project.read(".codex/agents/three.toml")
    assert project.sync().files == ()


def test_two_people_change_one_agent(project):
    """The lock is in conflict, and the files are not: what is in them is what the source gives, and sync mends the lock without a word."""
    _branches(project, {ONE: ("One.", "Eins.")}, {ONE: ("Three.", "Drei.")})
    project.git("merge", "side", fails=True)
    assert "<<<<<<<" in project.read(lock.FILE)
    assert project.sync("--check").code == 1
    assert "<<<<<<<" in project.read(lock.FILE)
    told = project.sync()

    assert (told.code, told.files) == (0, ())
    assert "<<<<<<<" not in project.read(lock.FILE)
    assert "Eins.\n\nTwo.\n\nDrei." in project.read(CODEX)
    project.commit("merged")
    assert _is_in_step(project.clone("other"))


def test_either_side_of_a_lock_in_conflict_is_what_we_wrote(project):
    """Where the source has one side and a target still the other one, the target is written: nobody edited it."""
    _branches(project, {ONE: ("One.", "Eins.")}, {ONE: ("One.", "Uno.")})
    project.git("merge", "side", fails=True)
    for path, side in ((ONE, "--ours"), (CODEX, "--theirs"), (OPENCODE, "--ours"), (".roomodes", "--theirs")):
        project.git("checkout", side, path)
        project.git("add", path)
    told = project.sync()

    assert (told.code, set(told.files)) == (0, {CODEX, ".roomodes"})
    assert "Uno." in project.read(CODEX)
    assert _is_in_step(project)


def test_a_source_in_conflict_is_left_alone(project):
    """No side of it is written anywhere until it is merged; other agents are synced as ever."""
    _branches(project, {ONE: ("One.", "Eins.")}, {ONE: ("One.", "Uno.")})
    project.git("merge", "side", fails=True)
    project.git("checkout", "--ours", CODEX, OPENCODE, ".roomodes", lock.FILE)
    before = project.read(CODEX)
    project.replace(TWO, "Two.", "Deux.")
    told = project.sync()

    assert told.code == 1
    assert project.read(CODEX) == before
    assert "Deux." in project.read(".codex/agents/two.toml")
    project.git("checkout", "--ours", ONE)
    project.replace(ONE, "Two.", "Zwei.")
    assert project.sync().code == 1, "git has not merged it yet"
    assert project.read(CODEX) == before
    project.git("add", ".")
    assert project.sync().code == 0


def test_a_target_in_conflict_is_left_alone(project):
    """A file with marks in it is neither written over nor read; once it is merged it is a file like any other."""
    _branches(project, {CODEX: ("One.", "Eins.")}, {CODEX: ("One.", "Uno.")})
    project.git("merge", "side", fails=True)
    before = project.read(CODEX)
    project.replace(ONE, "Two.", "Zwei.")
    told = project.sync()

    assert [look[:2] for look in told.looks] == [("left", CODEX)]
    assert project.read(CODEX) == before
    assert "Zwei." in project.read(OPENCODE)
    project.git("checkout", "--theirs", CODEX)
    project.git("add", CODEX)
    assert ("merged", CODEX, "", ("prompt.text",)) in project.sync().looks
    assert "Eins.\n\nZwei." in project.read(CODEX)


def test_a_configuration_in_conflict_stops_everything(project):
    """Nobody knows what is meant: nothing is written, whatever else changed."""
    _branches(project, {"agentconv.toml": ("source", "exclude = ['a']\nsource")}, {"agentconv.toml": ("source", "exclude = ['b']\nsource")})
    project.git("merge", "side", fails=True)
    project.replace(TWO, "Two.", "Deux.")
    before = project.tree()
    told = project.sync()

    assert told.code == 2
    assert "conflict" in told.errors
    assert project.tree() == before


def test_files_without_their_lock_are_written_by_no_run(project):
    """A merge, or a commit, that took the files alone: what is there is what the source gives, and a check complains of the lock."""
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()
    project.git("add", SOURCE, ".codex", ".opencode", ".roomodes")
    assert "not staged" in _is_of_lock(project, "--staged")
    project.git("commit", "-qm", "files alone")
    other = project.clone("other")

    assert "older" in _is_of_lock(other)
    assert other.sync().files == ()
    assert _is_in_step(other)
    assert other.git("status", "--porcelain").split() == ["M", lock.FILE]


def test_a_lock_without_its_files_loses_nothing(project):
    """A commit that took the lock alone: what is there is told as an edit, and stays until somebody says what counts."""
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()
    project.commit("lock alone", lock.FILE)
    other = project.clone("other")
    told = other.sync()

    assert told.files == ()
    assert "Two." in other.read(CODEX)
    assert other.sync("--prefer", "source").code == 0
    assert _is_in_step(other)


def test_another_version_is_no_change(project, monkeypatch):
    """Who has another agentconv finds everything in step, and does not write the files anew."""
    monkeypatch.setattr(unchanged, "__version__", "99.0")
    monkeypatch.setattr(planning, "__version__", "99.0")

    assert _is_in_step(project)
    assert project.sync().files == ()
    project.replace(ONE, "Two.", "Zwei.")
    assert set(project.sync().files) == {CODEX, OPENCODE, ".roomodes"}


def test_names_that_some_disks_take_for_one_have_files_of_their_own(project):
    """On a disk that does not tell capitals from others, no two agents share a file."""
    project.write(f"{SOURCE}/up.md", agent("One", ["Upper."]))
    project.sync()
    paths = [one.path for one in project.lock().synced if not one.pointer]

    assert len({path.casefold() for path in paths}) == len(paths) == 6
    assert "Upper." not in project.read(CODEX)


def test_nothing_of_ours_is_in_a_commit(project):
    """What is kept for merging lies among git's own files: `git status` knows nothing of it."""
    project.replace(CODEX, "Two.", "Typed here.")
    project.sync()

    assert project.git("status", "--porcelain").split() == ["M", CODEX]
    assert list((project.root / ".git/agentconv/base").iterdir())
    assert not Path(project.environment["XDG_STATE_HOME"]).exists()


@pytest.mark.parametrize("place", [".git/agentconv", ".git/agentconv/base"])
def test_a_link_among_gits_files_is_not_followed(tmp_path, place):
    """What is kept for merging goes to the user's own state then, and merges all the same."""
    project = Repository(tmp_path / "project")
    project.git("init", "-q", "-b", "main")
    (tmp_path / "elsewhere").mkdir()
    (project.root / place).parent.mkdir(exist_ok=True)
    (project.root / place).symlink_to(tmp_path / "elsewhere")
    project.write(f"{SOURCE}/one.md", agent("one"))
    project.sync()
    project.replace(CODEX, "Two.", "Typed here.")
    project.sync()

    assert not list((tmp_path / "elsewhere").iterdir())
    assert list(Path(project.environment["XDG_STATE_HOME"]).rglob("base/*"))


def test_what_was_settled_last_is_what_is_compared_with(project):
    """Lines are merged with what was settled, whatever HEAD has: it may be older, and say what nobody says any more."""
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()
    project.replace(CODEX, "Zwei.", "Two.")  # which HEAD has
    project.replace(ONE, "One.", "Eins.")
    told = project.sync()

    assert ("merged", CODEX, "", ("prompt.text",)) in told.looks
    assert "Eins.\n\nTwo.\n\nThree." in project.read(CODEX)


def _base_of_head(one, bases):
    """Return what HEAD has in an entry's place."""
    text = bases.git.show("HEAD", one.path)
    return candidates._in_text(one.bases[0], text, one.file.like) if text is not None and one.bases else None


def test_a_lock_of_another_meaning_makes_no_edit(project):
    """When what checksums are of has changed with a version, files that are as they were left are no edits, and later ones are found."""
    text = project.read(lock.FILE)
    digests = re.sub(r'(?m)^("?[a-z.]+"? = )"[0-9a-f]{16}"$', r'\1"0123456789abcdef"', text)
    project.write(lock.FILE, re.sub(r"(?m)^ir = \d+$", "ir = 1", digests))
    project.replace(CODEX, "Three.", "Typed here.")
    project.replace(ONE, "One.", "Eins.")
    told = project.sync()

    assert digests != text
    assert {look[1] for look in told.looks} == {CODEX}
    assert "Typed here." in project.read(CODEX)
    assert "Eins." in project.read(OPENCODE)
    assert "Eins." in project.read(".roomodes")


def test_what_is_staged_is_what_is_checked(project):
    """A check before a commit looks at the index: half of a change in it is seen, and what is not staged is not."""
    project.replace(ONE, "Two.", "Zwei.")
    unstaged = project.sync("--check", "--staged").code
    project.sync()
    project.git("add", ONE)
    half = project.sync("--check", "--staged")
    project.git("add", "-A")
    whole = project.sync("--check", "--staged").code

    assert (unstaged, half.code, whole) == (0, 1, 0)
    assert {one["path"] for one in half.entries} == {CODEX, OPENCODE, ".roomodes"}
    assert f"git add {CODEX} {OPENCODE} .roomodes agentconv.lock" in half.errors


def test_what_a_hook_does_not_see_is_staged_without_another_run(project, capsys):
    """pre-commit puts away what is not staged: a run that changes nothing afterwards is no end, and the files to stage are named."""
    project.replace(ONE, "Two.", "Zwei.")
    project.git("add", ONE)
    main(["sync", "--check", "--staged", "--project", os.fspath(project.root)])
    said = " ".join(capsys.readouterr().out.split())

    assert f"stage this, also if it changes nothing: git add {ONE} {TWO} {CODEX} {OPENCODE} .roomodes agentconv.lock" in said


def test_what_is_staged_in_another_state_than_here_is_told(project):
    """A run goes by the files: it would say that all is in step, and the check that a run is due, each time."""
    before = project.read(ONE)
    project.replace(ONE, "Two.", "Zwei.")
    project.git("add", ONE)
    due = project.sync("--check", "--staged").errors
    project.write(ONE, before)
    told = project.sync("--check", "--staged")

    assert (told.code, project.sync().code, "another state" in due) == (1, 0, False)
    assert f"git add {ONE} stages what is here; git restore {ONE} brings back what is staged" in told.errors
    project.git("add", ONE)
    assert project.sync("--check", "--staged").code == 0


def test_of_an_agent_that_is_gone_the_files_only_have_to_be_staged(project):
    """Where a run has taken away what was made of an agent, a check of the index names these files for `git add`."""
    project.git("rm", "-q", ONE)
    project.sync()
    said = project.sync("--check", "--staged")

    assert said.code == 1
    assert f"git add {CODEX} {OPENCODE} .roomodes agentconv.lock" in said.errors


def test_what_is_staged_and_not_yet_synced_wants_no_staging(project):
    """Where the files are not what they are to be, a run comes first."""
    project.replace(ONE, "Two.", "Zwei.")
    project.git("add", ONE)

    assert "git add" not in project.sync("--check", "--staged").errors


@pytest.mark.parametrize(
    ("story", "mutant"),
    [
        (test_what_was_settled_last_is_what_is_compared_with, (candidates.Candidate, "base", _base_of_head)),
        (test_either_side_of_a_lock_in_conflict_is_what_we_wrote, (locks, "_united", lambda sides: sides[0])),
        (test_lines_are_merged_with_a_text_that_only_git_has, (Git, "blob", lambda *_: None)),
        (test_a_source_in_conflict_is_left_alone, (Git, "unmerged", lambda _: frozenset())),
    ],
    ids=["what HEAD has", "one side of a lock", "no texts of git's", "what is not merged"],
)
def test_a_mutant_is_seen(project, story, mutant, monkeypatch):
    """What these rest on is seen to be missing."""
    monkeypatch.setattr(*mutant)

    with pytest.raises(AssertionError):
        story(project)


def test_a_project_without_its_lock_is_not_in_step(project):
    """Nothing else says what is ours; where version control is to pass it over, nobody can commit it."""
    project.git("rm", "-q", "--cached", "agentconv.lock")
    assert "not staged" in _is_of_lock(project, "--staged")
    project.remove("agentconv.lock")
    assert "it is not there" in _is_of_lock(project)

    project.write(".gitignore", "agentconv.lock\n")
    assert _is_in_step(project)


def test_who_wrote_a_lock_is_no_difference(project):
    """An entry says the same whichever version, or words of the configuration, it was written with."""
    written = project.read("agentconv.lock")
    project.write("agentconv.lock", re.sub(r'written_by = "[^"]*"', 'written_by = "0.0.1"', written))
    project.write("agentconv.toml", f"# In other words.\n{project.read('agentconv.toml')}")

    assert _is_in_step(project)


@pytest.fixture
def with_parts(tmp_path) -> Repository:
    """An agent, a skill, a server and a rule for all agents, in step and committed."""
    project = Repository(tmp_path / "parts", ("opencode",), 'with = ["all"]\n')
    project.git("init", "-q", "-b", "main")
    project.write(ONE, agent("one", tools="Read, Bash"))
    project.write(SETTINGS, '{"permissions": {"deny": ["Bash(rm:*)"]}}\n')
    project.write(SERVERS, '{"mcpServers": {"first": {"command": "first"}}}\n')
    project.write(COMMAND, "---\ndescription: Go\n---\nGo now.\n")
    project.sync()
    assert _is_in_step(project)
    project.commit("start")
    return project


def _merged_by_halves(project: Repository, path: str, one: str | None, other: str | None) -> None:
    """Leave a merge undone at a file, with the first side's text in it and no mark of the other one."""
    project.git("switch", "-qc", "side")
    project.write(path, other) if other is not None else project.remove(path)
    project.commit("other")
    project.git("switch", "-q", "main")
    project.write(path, one) if one is not None else project.remove(path)
    project.commit("one")
    project.git("merge", "side", fails=True)
    project.write(path, one) if one is not None else project.remove(path)
    assert Git(project.root).unmerged() == {path}


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        (SERVERS, '{"mcpServers": {"ours": {"command": "ours"}}}\n', '{"mcpServers": {"theirs": {"command": "theirs"}}}\n'),
        (SERVERS, None, '{"mcpServers": {"theirs": {"command": "theirs"}}}\n'),
        (SETTINGS, '{"permissions": {"deny": []}}\n', '{"permissions": {"deny": ["Bash(sudo:*)"]}}\n'),
        (SETTINGS, None, '{"permissions": {"deny": ["Bash(sudo:*)"]}}\n'),
        (COMMAND, "---\ndescription: Go\n---\nOurs.\n", "---\ndescription: Go\n---\nTheirs.\n"),
        (COMMAND, None, "---\ndescription: Go\n---\nTheirs.\n"),
        (ONE, None, agent("one", tools="Read, Bash, Edit")),
    ],
)
def test_nothing_of_a_file_that_git_has_not_merged_goes_anywhere(with_parts, path, one, other, capsys):
    """Be there marks in it or not, be it there or not, whatever kind it is: what the targets have of it stays."""
    before = {place: with_parts.read(place) for place in IN_TARGET}
    assert all(before.values())
    _merged_by_halves(with_parts, path, one, other)

    assert main(["sync", "--project", os.fspath(with_parts.root)]) == 1
    assert f"{path}:1:1: error" in (errors := capsys.readouterr().err)
    assert errors.count("git has not merged it yet") == 1
    assert {place: with_parts.read(place) for place in IN_TARGET} == before
    with_parts.git("add", "-A", ".")
    with_parts.sync("--yes")
    assert {place: with_parts.read(place) for place in IN_TARGET} != before


def test_a_target_that_git_has_not_merged_is_not_deleted(with_parts, capsys):
    """Its source is gone, and git asks about the file itself: a person answers, by the hint, and no run says two things of it."""
    with_parts.git("switch", "-qc", "theirs")
    with_parts.remove(ONE)
    with_parts.sync("--yes")
    with_parts.commit("gone")
    with_parts.git("switch", "-q", "main")
    with_parts.replace(ONE, "One.", "Eins.")
    with_parts.sync()
    with_parts.commit("edited")
    with_parts.git("merge", "theirs", fails=True)
    with_parts.git("rm", "-q", ONE)
    assert main(["sync", "--yes", "--project", os.fspath(with_parts.root)]) == 1
    told = capsys.readouterr()
    stays = with_parts.has(OPENCODE)
    with_parts.git("rm", "-qf", OPENCODE)
    main(["sync", "--yes", "--project", os.fspath(with_parts.root)])
    after = capsys.readouterr()

    assert stays
    assert f"git rm {OPENCODE}, if it is to go" in " ".join(told.out.split())
    assert "not synced" not in told.err + after.err
    assert "delete" not in told.out


def test_a_folder_in_the_place_of_a_source_deletes_nothing(with_parts, capsys):
    """Nobody said that the agent is to go."""
    with_parts.remove(ONE)
    (with_parts.root / ONE).mkdir()

    assert main(["sync", "--project", os.fspath(with_parts.root)]) == 1
    assert "a folder is in its place" in capsys.readouterr().err
    assert with_parts.has(OPENCODE)


@pytest.mark.parametrize("text", ['{"permissions": {', b"\xff\xfe\0", "<<<<<<< one\n{}\n=======\n[]\n>>>>>>> two\n", None])
def test_while_nobody_knows_what_restrains_all_agents_nothing_is_written(with_parts, text):
    """No agent loses a denial because the file that says it cannot be read."""
    before = {place: with_parts.read(place) for place in (*IN_TARGET, lock.FILE)}
    assert "rm *: deny" in before[OPENCODE]
    with_parts.remove(SETTINGS)
    (with_parts.root / SETTINGS).mkdir() if text is None else with_parts.write(SETTINGS, text)
    with_parts.replace(ONE, "Two.", "Zwei.")
    told = with_parts.sync()

    assert told.code == 1
    assert "what this file denies, asks for, or guards is not known" in told.errors
    assert {place: with_parts.read(place) for place in (*IN_TARGET, lock.FILE)} == before


def test_a_lock_of_a_version_that_compared_rules_otherwise_is_not_older_than_the_files(with_parts):
    """The bytes of both sides are those that it has: a check would ask for a run that has nothing to write."""
    text = with_parts.read(lock.FILE)
    written, number = re.subn(r'("permissions\.rules" = )"[0-9a-f]{16}"', r'\1"0123456789abcdef"', text)
    assert number == 1
    with_parts.write(lock.FILE, written)

    assert _is_in_step(with_parts)
