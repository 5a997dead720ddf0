"""A failure or a kill at any call that changes the disk, while edits are carried back: it is as it was, or the next run finishes it."""

from __future__ import annotations

import errno
import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

import disk_faults
from agentconv.core.diagnostics import InputError
from agentconv.install import lock, places
from agentconv.sync import settings, syncing
from agentconv.sync.planning import Choices
from agentconv.sync.selecting import Selection
from synced_projects import SOURCE, Project, agent

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.sync.planning import Outcome

CODEX, OPENCODE, ROO = ".codex/agents/one.toml", ".opencode/agents/one.md", ".roomodes"
ERRORS = [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]
TYPED = {f"zq{number:06d}" for number in range(1, 6)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in which a run with carry-back has something of each kind to do, and texts that people typed on all sides."""
    project = Project(tmp_path / "here/project")
    for name in ("one", "old", "last"):
        project.write(f"{SOURCE}/{name}.md", agent(name))
    assert project.sync().code == 0
    project.replace(CODEX, "One.", "Type zq000001.")
    project.write(CODEX, f'# zq000002\nmodel = "gpt-5.1"\n{project.read(CODEX)}')
    project.replace(OPENCODE, "Three.", "Type zq000003.")
    project.replace(f"{SOURCE}/last.md", "Two.", "Type zq000004.")
    project.replace(ROO, "When there is work for last", "Type zq000005.")
    project.remove(f"{SOURCE}/old.md")
    for folder in (project.root, project.root.with_name("project-state")):
        shutil.copytree(folder, project.root.parent / "before" / folder.name)
    monkeypatch.setenv("XDG_STATE_HOME", project.environment["XDG_STATE_HOME"])
    return project


def _planned(project: Project) -> tuple[syncing.Run, Outcome]:
    chosen = settings.read(project.root)
    assert chosen is not None
    run = syncing.Run(chosen, places.project(chosen.root), Choices(), Selection())
    return run, run.outcome(dry_run=False)


def _restore(project: Project) -> None:
    """Let everything be as it was, with what is remembered of it elsewhere."""
    for folder in (project.root, project.root.with_name("project-state")):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(project.root.parent / "before" / folder.name, folder)


def _expected(project: Project, before: dict[str, bytes]) -> dict[str, bytes]:
    told = project.sync("--carry-back")
    assert {"carried", "update", "delete"} <= told.actions()
    expected = project.tree()
    assert {path for path, data in expected.items() if before.get(path) != data} >= {
        "agentconv.toml",
        f"{SOURCE}/one.md",
        f"{SOURCE}/last.md",
    }
    assert project.tokens() >= TYPED
    _restore(project)
    return expected


def test_an_error_at_any_call_undoes_everything(project):
    """Sources, targets, configuration and lock are what they were to the byte, or the call was not needed and all is done."""
    before = project.tree()
    expected = _expected(project, before)
    run, outcome = _planned(project)
    count = disk_faults.count(partial(run.apply, outcome))
    undone = 0
    for number in range(1, count + 1):
        _restore(project)
        error = ERRORS[number % len(ERRORS)]
        try:
            with disk_faults.at(number, disk_faults.raising(error)):
                run.apply(outcome)
        except (InputError, KeyboardInterrupt):
            found = project.changes(before)
            assert found == "" or project.changes(expected) == "", (error, number)
            undone += not found
        else:
            assert project.changes(expected) == "", (error, number)

    assert undone > count / 2


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_kill_at_any_call_is_finished_by_the_next_run(project):
    """Each file has its old or its new bytes, nothing that was typed is lost, and the same command ends the same."""
    before = project.tree()
    expected = _expected(project, before)
    run, outcome = _planned(project)
    count = disk_faults.count(partial(run.apply, outcome))
    interrupted = 0
    seen: set[frozenset[tuple[str, bytes]]] = set()
    for number in range(1, count + 1):
        _restore(project)
        assert disk_faults.killed(partial(run.apply, outcome), number)
        found = {path: data for path, data in project.tree().items() if "agentconv-stage" not in path and path != lock.FILE}
        for path in {*before, *expected, *found} - {lock.FILE}:
            assert found.get(path) in (before.get(path), expected.get(path)), (number, path)
        assert project.tokens() >= TYPED, number
        interrupted += project.lock().interrupted
        state = frozenset((path, b"" if "agentconv-stage" in path else data) for path, data in project.tree().items())
        if state not in seen:
            seen.add(state)
            project.sync("--carry-back", "--yes")
            assert project.changes(expected) == "", number

    assert interrupted >= len(seen) > 10
