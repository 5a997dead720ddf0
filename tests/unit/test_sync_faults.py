"""A failure or a kill at any call that changes the disk, while edits are carried back: it is as it was, or the next run finishes it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

import disk_faults
from agentconv.core.diagnostics import InputError
from agentconv.install import applying, lock, places
from agentconv.sync import settings, syncing
from agentconv.sync.planning import Choices
from agentconv.sync.selecting import Selection
from synced_projects import SOURCE, Project, agent

if TYPE_CHECKING:
    from collections.abc import Callable
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
    numbers = disk_faults.tried(count, share=4)
    for number in numbers:
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

    assert undone > len(numbers) / 2


def a_text_is_kept_before_its_file_is_there(project: Project) -> None:
    """A kill right after the files were written costs no merge: what was settled in them is found again."""
    _restore(project)
    last = ".opencode/agents/last.md"
    run, outcome = _planned(project)
    with mock.patch.object(applying, "apply", _then_killed(applying.apply)), pytest.raises(KeyboardInterrupt):
        run.apply(outcome)
    project.replace(last, "Three.", "Type zq000006.")
    project.replace(f"{SOURCE}/last.md", "One.", "Type zq000007.")
    told = project.sync()

    assert ("merged", last, "", ("prompt.text",)) in told.looks


def _then_killed(apply: Callable[..., object]) -> Callable[..., object]:
    def killed(*words: Any) -> object:
        apply(*words)
        raise KeyboardInterrupt

    return killed


def _keeping_texts_last(run: syncing.Run, outcome: Outcome, apply: Callable[..., object] = syncing.Run.apply) -> object:
    with mock.patch.object(run.bases, "save"):
        done = apply(run, outcome)
    run.bases.save()
    return done


def test_a_text_is_kept_before_its_file_is_there(project, monkeypatch):
    """It is, and a run that keeps it last is seen."""
    a_text_is_kept_before_its_file_is_there(project)
    monkeypatch.setattr(syncing.Run, "apply", _keeping_texts_last)

    with pytest.raises(AssertionError):
        a_text_is_kept_before_its_file_is_there(project)


def test_two_runs_at_once(project):
    """Of several runs that start at one time each does all or nothing, and it ends as one run does."""
    before = project.tree()
    expected = _expected(project, before)
    line = [sys.executable, "-m", "agentconv", "sync", "--carry-back", "--yes", "-q", "--project", os.fspath(project.root)]
    environment = {**os.environ, **project.environment}
    runs = [subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    codes = [run.wait(timeout=60) for run in runs]

    assert project.changes(expected) == ""
    assert set(codes) <= {0, 1, 2}
    assert not list(project.root.rglob("*agentconv-stage*"))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_kill_at_any_call_is_finished_by_the_next_run(project):
    """Each file has its old or its new bytes, nothing that was typed is lost, and the same command ends the same."""
    before = project.tree()
    expected = _expected(project, before)
    run, outcome = _planned(project)
    count = disk_faults.count(partial(run.apply, outcome))
    interrupted, numbers = 0, disk_faults.tried(count)
    seen: set[frozenset[tuple[str, bytes]]] = set()
    for number in numbers:
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

    assert interrupted > len(numbers) / 4
    assert len(seen) > 10
