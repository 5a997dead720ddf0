"""`agentconv sync --watch`: what editors do to files ends in one run, and nothing is lost or deleted on the way."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from agentconv.cli.run import build_parser
from agentconv.cli.syncing import watcher
from agentconv.install import places
from agentconv.sync import settings, syncing
from agentconv.sync.planning import Choices
from agentconv.sync.watching import Watch
from synced_projects import SOURCE, Project, agent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from agentconv.sync.sources import Key

pytest.importorskip("watchfiles")
ONE, CODEX = f"{SOURCE}/one.md", ".codex/agents/one.toml"
LONG = 20
"""Seconds after which something does not happen any more."""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """A project in step, with five agents."""
    found = Project(tmp_path / "shop", ("codex",))
    for name in ("one", "two", "three", "four", "five"):
        found.write(f"{SOURCE}/{name}.md", agent(name))
    found.sync()
    monkeypatch.setenv("XDG_STATE_HOME", found.environment["XDG_STATE_HOME"])
    return found


@pytest.fixture
def watched(project) -> Iterator[tuple[list[float], list[str]]]:
    """When there was a run, and what was told, while the project is watched."""
    runs: list[float] = []
    told: list[str] = []
    stop = threading.Event()

    def now() -> settings.Settings:
        found = settings.read(project.root)
        assert found is not None
        return found

    def one(going: Collection[Key] | None = None) -> syncing.Run:
        return syncing.Run(now(), places.project(project.root), Choices(going=going))

    def run(going: Collection[Key]) -> None:
        runs.append(time.monotonic())
        each = one(going)
        each.apply(each.outcome(dry_run=False))

    watch = Watch(now, lambda: one().outcome(dry_run=True), run, told.append, lambda: None, stop)
    thread = threading.Thread(target=watch.watch, daemon=True)
    thread.start()
    until(lambda: bool(runs))
    time.sleep(0.5)  # until the folders are watched
    yield runs, told
    stop.set()
    thread.join(LONG)
    assert not thread.is_alive()


def until(happened: Callable[[], bool]) -> None:
    """Wait until something happened."""
    end = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def saved(project: Project, path: str, text: str) -> None:
    """Save a file as editors do: beside, and then in its place, which is empty for a moment."""
    project.write(f"{path}~", text)
    project.remove(path)
    os.rename(project.root / f"{path}~", project.root / path)


def test_a_storm_of_saves_is_a_few_runs(project, watched):
    """However often a file is saved, its last text is everywhere soon, after far fewer runs, and its target was never gone."""
    runs, told = watched
    before, saves = len(runs), 40
    for number in range(saves):
        saved(project, ONE, agent("one", [f"Number {number}."]))
        assert project.has(CODEX)
        time.sleep(0.02)
    until(lambda: "Number 39." in project.read(CODEX))
    time.sleep(1)

    assert len(runs) - before <= saves // 4  # a machine that is busy takes longer to save
    assert told == []


def test_much_is_not_deleted(project, watched):
    """Agents that go all at once keep their targets, and that is told."""
    _, told = watched
    for name in ("two", "three", "four", "five"):
        project.remove(f"{SOURCE}/{name}.md")
    until(lambda: bool(told))

    assert "4 agents would go" in told[0] or "would be deleted" in told[0]
    assert len(list((project.root / ".codex/agents").iterdir())) == 5


def test_a_skill_that_is_saved_is_in_step_soon(project, capsys):
    """What goes along with agents is watched as they are: a new skill, an edit of it, and its end, each with what lies beside it."""
    project.write("agentconv.toml", f'with = ["skills"]\n{project.read("agentconv.toml")}')
    options = build_parser("sync").parse_args(["--watch"])
    chosen = settings.read(project.root)
    assert chosen is not None
    watch = watcher(options, chosen)
    watch.stop = threading.Event()
    thread = threading.Thread(target=watch.watch, daemon=True)
    thread.start()
    time.sleep(1)
    skill, script = ".claude/skills/check/SKILL.md", ".claude/skills/check/run.sh"
    there, beside = skill.replace(".claude", ".codex"), script.replace(".claude", ".codex")
    project.write(script, "echo 1\n")
    project.write(skill, "---\nname: check\ndescription: Checks\n---\nRun run.sh.\n")
    until(lambda: project.has(there) and project.has(beside))
    saved(project, script, "echo 2\n")
    until(lambda: project.has(beside) and "echo 2" in project.read(beside))
    project.remove(script)
    project.remove(skill)
    project.write(".claude/skills/other/SKILL.md", "---\nname: other\ndescription: Others\n---\nDo.\n")
    until(lambda: not project.has(there) and not project.has(beside))
    watch.stop.set()
    thread.join(LONG)

    assert not thread.is_alive()
    assert "error" not in capsys.readouterr().err
