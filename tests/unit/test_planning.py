"""What is decided about each file and entry of a deployment: three-way, and never over what is not ours."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.disk.files import Disk
from agentconv.install import lock, planning
from agentconv.install.lock import Lock
from deployments import Project, actions, pack, wanted

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = {"one": "v1"}, {"one": "v2"}
CLAUDE, CODEX, ROO = ".claude/agents/one.md", ".codex/agents/one.toml", ".roomodes"
NEW = ".agentconv-new"
USERS_MODES = """# my modes
customModes:
  - slug: mine   # keep
    name: "Mine"
    roleDefinition: Me.
    groups: [read]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_absent_is_written_and_everything_goes_again(project):
    plan = project.install("p", ONE)
    again = project.install("p", ONE)

    assert actions(plan) == {"one.md": "write", "one.toml": "write", "one": "write"}
    assert actions(again) == {"one.md": "same", "one.toml": "same", "one": "same"}
    assert project.files() == [CLAUDE, CODEX, ROO, lock.FILE]
    assert actions(project.uninstall("p")) == {"one.md": "remove", "one.toml": "remove", "one": "remove"}
    assert project.tree() == {}


def test_unedited_is_updated_and_keeps_its_mode(project):
    project.install("p", ONE)
    (project.root / CLAUDE).chmod(0o600)
    plan = project.install("p", TWO, version="2")

    assert set(actions(plan).values()) == {"update"}
    assert project.read(CLAUDE) == "claude v2\n"
    assert (project.root / CLAUDE).stat().st_mode & 0o777 == 0o600
    assert "v2" in project.read(ROO)
    assert "v1" not in project.read(ROO)


def test_edited_is_kept_and_ours_is_beside(project):
    project.install("p", ONE)
    project.write(CLAUDE, "mine\n")
    project.write(ROO, project.read(ROO).replace("v1", "mine"))
    plan = project.install("p", TWO)

    assert plan.needs_a_look
    assert actions(plan) == {"one.md": "keep-edited", "one.toml": "update", "one": "keep-edited"}
    assert project.read(CLAUDE) == "mine\n"
    assert project.read(CLAUDE + NEW) == "claude v2\n"
    assert "mine" in project.read(ROO)
    assert "v2" in project.read(ROO + NEW)
    assert [entry.beside for entry in project.lock().entries] == [CLAUDE + NEW, None, ROO + NEW]


def test_what_is_beside_goes_when_it_is_settled(project):
    project.install("p", ONE)
    project.write(CLAUDE, "mine\n")
    project.write(ROO, project.read(ROO).replace("v1", "mine"))
    project.install("p", TWO)
    project.write(CLAUDE, "claude v2\n")
    project.write(ROO, project.read(ROO).replace("mine", "v2"))
    plan = project.install("p", TWO)

    assert actions(plan) == {"one.md": "adopt", "one.toml": "same", "one": "adopt"}
    assert project.files() == [CLAUDE, CODEX, ROO, lock.FILE]


def test_what_a_user_made_of_the_file_beside_stays(project):
    project.install("p", ONE)
    project.write(CLAUDE, "mine\n")
    project.install("p", TWO)
    project.write(CLAUDE + NEW, "merging\n")
    project.install("p", {"one": "v3"})

    assert project.read(CLAUDE + NEW) == "merging\n"
    assert project.read(f"{CLAUDE}{NEW}-2") == "claude v3\n"
    project.uninstall("p")
    assert project.files() == [CLAUDE, CLAUDE + NEW]


def test_a_users_file_with_the_name_of_the_one_beside_is_not_touched(project):
    project.install("p", ONE)
    project.write(CLAUDE, "mine\n")
    project.write(CLAUDE + NEW, "mine too\n")
    project.install("p", TWO)
    project.uninstall("p")

    assert project.read(CLAUDE + NEW) == "mine too\n"
    assert project.files() == [CLAUDE, CLAUDE + NEW]


def test_foreign_stays_and_the_rest_is_written(project):
    project.write(CLAUDE, "mine\n")
    project.write(ROO, USERS_MODES.replace("slug: mine", "slug: one"))
    before = project.read(ROO)
    plan = project.install("p", ONE)

    assert actions(plan) == {"one.md": "foreign", "one.toml": "write", "one": "foreign"}
    assert plan.needs_a_look
    assert (project.read(CLAUDE), project.read(ROO)) == ("mine\n", before)
    project.uninstall("p")
    assert project.files() == [CLAUDE, ROO]


def test_identical_is_adopted(project):
    project.write(CLAUDE, "claude v1\n")

    assert actions(project.install("p", ONE))["one.md"] == "adopt"
    assert actions(project.install("p", TWO))["one.md"] == "update"


def test_force_replaces_and_keeps_a_copy(project):
    project.write(CLAUDE, "mine\n")
    project.write(ROO, USERS_MODES.replace("slug: mine", "slug: one"))
    before = project.read(ROO)
    plan = project.install("p", ONE, force=True)

    assert actions(plan) == {"one.md": "replace", "one.toml": "write", "one": "replace"}
    assert not plan.needs_a_look
    assert project.read(CLAUDE + ".agentconv-backup") == "mine\n"
    assert project.read(ROO + ".agentconv-backup") == before
    assert project.read(CLAUDE) == "claude v1\n"
    assert "# my modes" in project.read(ROO)


def test_a_second_copy_has_another_name_and_the_same_copy_is_not_made_twice(project):
    for text in ("mine\n", "mine again\n", "mine\n"):
        project.write(CLAUDE, text)
        project.install("p", ONE, force=True)

    assert [path for path in project.files() if "backup" in path] == [f"{CLAUDE}.agentconv-backup", f"{CLAUDE}.agentconv-backup-2"]


def test_entries_of_a_users_file_come_and_go_and_its_bytes_stay(project):
    project.write(ROO, USERS_MODES)
    project.install("p", {"one": "v1", "two": "v1"})
    both = project.read(ROO)
    project.install("p", {"one": "v2"})

    assert both.startswith(USERS_MODES)
    assert ("slug: two" in both, "slug: two" in project.read(ROO)) == (True, False)
    project.uninstall("p")
    assert project.read(ROO) == USERS_MODES


def test_what_a_user_adds_moves_no_entry(project):
    project.install("p", ONE)
    ours = project.read(ROO).removeprefix("customModes:\n")
    project.write(ROO, USERS_MODES + ours)
    plan = project.install("p", TWO)

    assert actions(plan)["one"] == "update"
    project.uninstall("p")
    assert project.read(ROO) == USERS_MODES


def test_formatting_around_an_entry_is_no_edit(project):
    project.install("p", ONE)
    project.write(ROO, project.read(ROO).replace("    groups:", "    # why\n    groups:").replace("name: one", 'name: "one"'))

    assert actions(project.install("p", ONE))["one"] == "same"


def test_a_broken_file_is_left_and_nothing_is_forgotten(project):
    project.install("p", ONE)
    project.write(ROO, "customModes: [\n")
    plan = project.install("p", TWO)

    assert actions(plan) == {"one.md": "update", "one.toml": "update", "one": "blocked"}
    assert project.read(ROO) == "customModes: [\n"
    assert any(entry.path == ROO for entry in project.lock().entries)
    assert actions(project.uninstall("p"))["one"] == "release"
    assert project.files() == [ROO]


def test_what_left_the_pack_waits_for_a_broken_file_to_be_mended(project):
    project.install("p", {"one": "v1", "two": "v1"})
    sound = project.read(ROO)
    project.write(ROO, sound.replace("slug: one", "slug: one: two", 1))

    assert actions(project.install("p", TWO))["two"] == "blocked"
    project.write(ROO, sound)
    assert actions(project.install("p", TWO))["two"] == "remove"
    assert "two" not in project.read(ROO)


def test_what_left_the_pack_goes_unless_it_was_edited(project):
    project.install("p", {"one": "v1", "two": "v1"})
    project.write(".claude/agents/two.md", "mine\n")
    plan = project.install("p", ONE)

    assert actions(plan) == {
        "one.md": "same",
        "one.toml": "same",
        "one": "same",
        "two.md": "release",
        "two.toml": "remove",
        "two": "remove",
    }
    assert all(entry.agent == "one" for entry in project.lock().entries)
    project.uninstall("p")
    assert project.files() == [".claude/agents/two.md"]


def test_held_agents_stay_as_they_are(project):
    project.install("p", {"one": "v1", "two": "v1"})
    before = project.lock().entries
    plan = planning.plan(
        Disk(project.root), project.lock(), pack("p", "2", TWO), wanted(TWO), targets=("claude-code", "codex", "roo"), held=("one", "two")
    )

    assert (plan.steps, plan.changes) == ((), ())
    assert plan.lock_after.entries == before


def test_missing_is_written_again_and_no_trouble_when_it_goes(project):
    project.install("p", ONE)
    for path in (CLAUDE, ROO):
        (project.root / path).unlink()

    assert actions(project.install("p", ONE)) == {"one.md": "write", "one.toml": "same", "one": "write"}
    for path in (CLAUDE, ROO):
        (project.root / path).unlink()
    plan = project.uninstall("p")
    assert actions(plan) == {"one.md": "missing", "one.toml": "remove", "one": "missing"}
    assert not plan.needs_a_look
    assert project.tree() == {}


def test_two_packs_share_what_is_equal_until_the_last_goes(project):
    project.install("p", ONE)
    assert set(actions(project.install("q", ONE)).values()) == {"adopt"}
    assert {entry.packs for entry in project.lock().entries} == {("p", "q")}

    assert set(actions(project.uninstall("p")).values()) == {"shared"}
    assert project.read(CLAUDE) == "claude v1\n"
    project.uninstall("q")
    assert project.tree() == {}


def test_two_packs_do_not_take_each_others_place(project):
    project.install("p", ONE)
    plan = project.install("q", TWO)

    assert set(actions(plan).values()) == {"other-pack"}
    assert plan.steps[0].packs == ("p",)
    assert plan.needs_a_look
    assert project.read(CLAUDE) == "claude v1\n"
    project.uninstall("q")
    assert actions(project.install("p", ONE)) == {"one.md": "same", "one.toml": "same", "one": "same"}


def test_an_update_does_not_change_what_another_pack_shares(project):
    project.install("p", ONE)
    project.install("q", ONE)

    assert set(actions(project.install("p", TWO)).values()) == {"other-pack"}
    assert set(actions(project.install("q", TWO)).values()) == {"update"}
    assert set(actions(project.install("p", TWO)).values()) == {"adopt"}


def test_targets_that_it_is_not_about_stay(project):
    project.install("p", ONE)
    plan = project.uninstall("p", ("codex",))

    assert actions(plan) == {"one.toml": "remove"}
    assert set(project.lock().packs[0].targets) == {"claude-code", "roo"}
    with pytest.raises(InputError, match="not installed for codex"):
        project.uninstall("p", ("codex",))
    with pytest.raises(InputError, match="`x` is not installed here"):
        project.uninstall("x")


def test_links_are_not_followed_out_of_the_project(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (project.root / ".claude").symlink_to(outside)
    plan = project.install("p", ONE)

    assert actions(plan) == {"one.md": "blocked", "one.toml": "write", "one": "write"}
    assert "symbolic link" in str(plan.steps[0].reason)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(("force", "action", "text"), [(False, "foreign", "mine\n"), (True, "replace", "claude v1\n")])
def test_a_link_in_a_files_place_stays(project, force, action, text):
    """What it leads to in the project counts as the file, is kept as such, and is written through the link when forced."""
    project.write("own.md", "mine\n")
    project.write(".claude/agents/x", "")
    (project.root / CLAUDE).symlink_to(project.root / "own.md")
    plan = project.install("p", ONE, force=force)

    assert actions(plan)["one.md"] == action
    assert project.read("own.md") == text
    assert (project.root / CLAUDE).is_symlink()
    assert not force or project.read(CLAUDE + ".agentconv-backup") == "mine\n"


@pytest.mark.parametrize("place", ["{outside}/x.md", "{root}/.git/config", "{root}/own/.env", "{root}/nowhere.md"])
def test_a_link_to_what_is_no_agents_file_blocks(project, place, tmp_path_factory):
    """Nothing is read or written out of the project, in version control's own folders, in hidden files, or where a link leads nowhere."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.md").write_text("mine\n")
    project.write(".git/config", "mine\n")
    project.write("own/.env", "mine\n")
    project.write(".claude/agents/x", "")
    (project.root / CLAUDE).symlink_to(place.format(outside=outside, root=project.root))
    before = project.read(CLAUDE) if (project.root / CLAUDE).exists() else None
    plan = project.install("p", ONE, force=True)

    assert actions(plan)["one.md"] == "blocked"
    assert (project.root / CLAUDE).is_symlink()
    assert before == (project.read(CLAUDE) if (project.root / CLAUDE).exists() else None)


def test_a_link_that_replaced_a_file_of_ours_stays(project):
    project.install("p", ONE)
    project.write("own.md", "claude v1\n")
    (project.root / CLAUDE).unlink()
    (project.root / CLAUDE).symlink_to(project.root / "own.md")

    assert actions(project.uninstall("p"))["one.md"] == "release"
    assert (project.root / CLAUDE).is_symlink()


def test_two_folders_that_are_one_get_one_file(project):
    project.write(".claude/agents/x", "")
    (project.root / ".codex").mkdir()
    (project.root / ".codex/agents").symlink_to(project.root / ".claude/agents")
    texts = wanted(ONE, ("claude-code",))
    both = [*texts, replace(texts[0], path=".codex/agents/one.md", target="codex")]
    plan = planning.plan(Disk(project.root), Lock(), pack("p", "1", ONE), both, targets=("claude-code", "codex"))

    assert [step.action for step in plan.steps] == ["write", "blocked"]


@pytest.mark.parametrize("what", ["file", "folder", "fifo"])
def test_something_else_in_the_way_is_left(project, what):
    if what == "file":
        project.write(".claude", "mine\n")
    elif what == "folder":
        (project.root / CLAUDE).mkdir(parents=True)
    else:
        (project.root / CLAUDE).parent.mkdir(parents=True)
        os.mkfifo(project.root / CLAUDE)
    plan = project.install("p", ONE, force=True)

    assert actions(plan) == {"one.md": "blocked", "one.toml": "write", "one": "write"}


def test_a_folder_that_was_there_stays(project):
    (project.root / ".claude").mkdir()
    project.install("p", ONE)
    assert project.lock().folders == (".claude/agents", ".codex", ".codex/agents")

    project.uninstall("p")
    assert project.tree().keys() == {".claude"}
