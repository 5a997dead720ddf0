"""A failure or a kill at any call that changes the disk: the project is as it was, or the next run finishes it."""

from __future__ import annotations

import errno
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import disk_faults
from agentconv.core.diagnostics import InputError
from agentconv.disk import placing
from agentconv.disk.files import Disk
from agentconv.install import applying, lock
from deployments import Project

CLAUDE, CODEX, ROO = ".claude/agents/one.md", ".codex/agents/one.toml", ".roomodes"
SEEN = disk_faults.BEFORE_COMPARING
FIRST = {"one": "v1", "two": "v1", "three": "v1"}
SECOND = {"one": "v2", "two": "v2", "four": "v2"}
MODES = "# mine\ncustomModes:\n  - slug: mine\n    name: Mine\n    roleDefinition: Me.\n    groups: [read]\n"
STEPS = {
    "install": lambda project: project.install("p", FIRST),
    "update": lambda project: project.install("p", SECOND, version="2"),
    "forced update": lambda project: project.install("p", SECOND, version="2", force=True),
    "uninstall": lambda project: project.uninstall("p"),
    "update of parts": lambda project: project.install_parts("p", "v2", version="2", script="other.sh"),
}
ERRORS = [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]
SERVERS = {".mcp.json": '{"mcpServers": {"mine": {"command": "mine"}}}\n', ".codex/config.toml": 'model = "mine"'}
"""Files that are mainly the user's, in which there is an entry of the pack's, too."""


def _prepared(root: Path, step: str) -> Project:
    """A project in which the step has something of each kind to do."""
    project = Project(root)
    root.mkdir()
    project.write(ROO, MODES)
    project.write(".claude/agents/mine.md", "mine\n")
    if step == "update of parts":
        return _prepared_parts(project)
    if step == "install":
        return project
    project.install("p", FIRST)
    (root / CODEX).chmod(0o640)
    project.write(CLAUDE, "edited\n")
    project.write(ROO, project.read(ROO).replace("roleDefinition: v1", "roleDefinition: edited", 1))
    project.write(".codex/agents/four.toml", "foreign\n")
    if step == "uninstall":
        project.install("p", SECOND)
    return project


def _prepared_parts(project: Project) -> Project:
    """Parts to update: a program that becomes another one, one that was edited, and entries among the user's own."""
    for path, text in SERVERS.items():
        project.write(path, text)
    project.install_parts("p", "v1")
    project.write(".codex/skills/s/run.sh", "edited\n")
    return project


def _expected(tmp_path: Path, step: str) -> dict[str, Any]:
    project = _prepared(tmp_path / "expected", step)
    STEPS[step](project)
    return project.tree()


def _count(tmp_path: Path, step: str) -> int:
    project = _prepared(tmp_path / "counted", step)
    number = disk_faults.count(partial(STEPS[step], project))
    assert number > 20
    return number


@pytest.mark.parametrize("error", ERRORS, ids=["full", "forbidden", "interrupted"])
@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_call_undoes_everything(tmp_path, step, error):
    """Files, modes, folders and the lock are what they were, byte for byte; or the call was not needed, and all is done."""
    expected, count = _expected(tmp_path, step), _count(tmp_path, step)
    project = _prepared(tmp_path / "project", step)
    before = project.tree()
    undone, numbers = 0, disk_faults.tried(count, ERRORS.index(error))
    for number in numbers:
        try:
            with disk_faults.at(number, disk_faults.raising(error)):
                STEPS[step](project)
        except (InputError, KeyboardInterrupt):
            assert project.tree() == before, number
            undone += 1
        else:
            assert project.tree() == expected, number
            shutil.rmtree(tmp_path / "project")
            project = _prepared(tmp_path / "project", step)

    assert undone >= len(numbers) / 2


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_call_is_finished_or_taken_back_by_the_next_run(tmp_path, step):
    """Each path has its old or its new bytes; the lock knows; the same command ends the same; uninstalling leaves nothing of ours."""
    expected, count = _expected(tmp_path, step), _count(tmp_path, step)
    template = _prepared(tmp_path / "template", step)
    before, users = template.tree(), _users_files(template)
    interrupted, numbers = 0, disk_faults.tried(count, [*STEPS].index(step))
    for number in numbers:
        shutil.copytree(template.root, tmp_path / "project", symlinks=True)
        project = Project(tmp_path / "project")
        assert disk_faults.killed(partial(STEPS[step], project), number)
        interrupted += _check_between(project, before, expected)
        shutil.copytree(project.root, tmp_path / "other", symlinks=True)
        STEPS[step](project)
        assert project.tree() == expected, number
        _check_uninstalled(Project(tmp_path / "other"), users, number, forced=step == "forced update")
        shutil.rmtree(project.root)
        shutil.rmtree(tmp_path / "other")

    assert interrupted > len(numbers) / 2


def _check_between(project: Project, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Look at what a kill left; return whether the lock says that there was one."""
    found = project.tree()
    for path in {*before, *after, *found}:
        if "agentconv-stage" not in path and path != lock.FILE:
            assert found.get(path) in (before.get(path), after.get(path)), path
    changed = {path for path in found if path != lock.FILE and found[path] != before.get(path)}
    known = lock.read(project.lock_path) or lock.Lock()
    assert known.interrupted or not {path for path in changed if "agentconv-stage" not in path} or found == after
    settled = applying.settled(Disk(project.root), known)
    assert not settled.interrupted
    assert all(lock.ABSENT not in (entry.deployed_sha256, entry.beside_sha256) for entry in settled.entries)
    return known.interrupted


def _check_uninstalled(project: Project, users: dict[str, str], number: int, *, forced: bool) -> None:
    """Uninstall: what a user wrote or edited is there as it was, and nothing else but the copies of what was forced."""
    if project.lock().pack("p") is not None:
        project.uninstall("p")
    found = {path: project.read(path) for path in project.files()}
    assert lock.FILE not in found
    kept = {path.removesuffix(".agentconv-backup"): text for path, text in found.items()}
    assert users.items() <= {**kept, **found}.items() or forced, number
    assert set(kept) <= {*users, ROO, *SERVERS, _lock_stage()}, (number, found)
    assert all(found.get(path, text) == text for path, text in SERVERS.items()), number
    assert all(text in (*kept.values(), *found.values()) for path, text in users.items() if path != ROO), number
    assert MODES.partition("customModes:\n")[2] in found[ROO]


def _lock_stage() -> str:
    """Before there is a lock, its temporary file is all that a kill leaves; the next installation takes it away."""
    return Path(applying.lock_stage(Path(lock.FILE))).name


def _users_files(project: Project) -> dict[str, str]:
    return {path: project.read(path) for path in project.files() if project.read(path) in ("mine\n", "edited\n", "foreign\n")}


@pytest.mark.parametrize("step", ["update", "uninstall"])
def test_what_changes_while_it_runs_is_not_lost(tmp_path, step):
    """A file that is saved between planning and writing stays, and so does everything else."""
    project = _prepared(tmp_path / "project", step)
    from agentconv.install import planning
    from deployments import TARGETS, pack, wanted

    reader = Disk(project.root)
    if step == "update":
        plan = planning.plan(reader, project.lock(), pack("p", "2", SECOND), wanted(SECOND), targets=TARGETS)
    else:
        plan = planning.plan_removal(reader, project.lock(), "p")
    project.write(".codex/agents/two.toml", "just saved\n")
    before = project.tree()

    with pytest.raises(InputError, match="changed while this ran"):
        applying.apply(project.root, project.lock_path, plan)
    assert project.tree() == before


def test_what_appears_while_it_runs_is_not_overwritten(tmp_path):
    project = _prepared(tmp_path / "project", "install")
    plan = project.plan("p", FIRST)
    project.write(".codex/agents/two.toml", "just saved\n")
    before = project.tree()

    with pytest.raises(InputError):
        applying.apply(project.root, project.lock_path, plan)
    assert project.tree() == before


def test_a_lock_that_changed_since_planning_is_kept(tmp_path):
    """A plan holds for the lock that it was made with; what another run wrote into it meanwhile stays."""
    project = _prepared(tmp_path / "project", "install")
    plan = project.plan("p", FIRST)
    project.install("q", {"other": "v1"})
    before = project.tree()

    with pytest.raises(InputError, match="changed while this ran"):
        applying.apply(project.root, project.lock_path, plan)
    assert project.tree() == before


def test_a_lock_that_is_saved_at_any_call_is_kept(tmp_path):
    """Whoever changes the lock while it is worked with finds it as they left it, and the files with it are as they were."""
    project = _prepared(tmp_path / "project", "update")
    before, undone = project.tree(), 0
    for number in disk_faults.tried(disk_faults.count(partial(STEPS["update"], _prepared(tmp_path / "counted", "update")), SEEN)):
        try:
            with disk_faults.at(number, partial(project.write, lock.FILE, "# theirs\n"), SEEN):
                STEPS["update"](project)
        except InputError:
            assert {**project.tree(), lock.FILE: before[lock.FILE]} == before, number
            undone += 1
        assert project.read(lock.FILE) == "# theirs\n", number
        shutil.rmtree(project.root)
        project = _prepared(tmp_path / "project", "update")

    assert undone


def test_where_there_are_no_hard_links_files_are_written_all_the_same(tmp_path, monkeypatch):
    def link(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(placing.os, "link", link)
    project = _prepared(tmp_path / "project", "install")
    project.install("p", FIRST)

    assert project.read(CLAUDE) == "claude v1\n"
    assert not [path for path in project.files() if "stage" in path]


def test_a_planned_temporary_name_is_no_way_out(tmp_path):
    """A link that has the name of a temporary file is not written through."""
    from agentconv.install import besides

    project = _prepared(tmp_path / "project", "install")
    (tmp_path / "precious").write_text("mine\n")
    (project.root / besides.stage(CLAUDE)).symlink_to(tmp_path / "precious")
    project.install("p", FIRST)

    assert (tmp_path / "precious").read_text() == "mine\n"
    assert project.read(CLAUDE) == "claude v1\n"
