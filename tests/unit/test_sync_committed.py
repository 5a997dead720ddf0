"""Edits in a project whose lock was forgotten in a commit: what a commit has in step is settled, whatever its lock says."""

from __future__ import annotations

import pytest

from agentconv.install import lock
from agentconv.sync.git import Git
from synced_projects import SOURCE, Repository, agent

ONE, CODEX, OPENCODE = f"{SOURCE}/one.md", ".codex/agents/one.toml", ".opencode/agents/one.md"
ROO = ".roomodes"


@pytest.fixture
def project(tmp_path) -> Repository:
    """An agent that was synced twice, and committed, the second time without the lock."""
    project = Repository(tmp_path / "project")
    project.git("init", "-q", "-b", "main")
    for name in ("one", "two"):
        project.write(f"{SOURCE}/{name}.md", agent(name))
    project.sync()
    project.commit("start")
    before = project.read(lock.FILE)
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()
    project.write(lock.FILE, before)
    project.commit("without the lock")
    return project


@pytest.mark.parametrize("is_committed", [False, True], ids=["uncommitted", "committed"])
@pytest.mark.parametrize("path", [CODEX, OPENCODE, ROO])
def test_who_puts_the_old_words_back_has_edited_the_file(project, path, is_committed):
    """By the lock alone it would be what the last run left, and would be overwritten without a word."""
    project.replace(path, "Zwei.", "Two.")
    if is_committed:
        project.commit("back")
    edited = project.read(path)
    told = project.sync()

    assert [(word, at) for word, at, _, _ in told.looks] == [("edited", path)]
    assert told.files == ()
    assert project.read(path) == edited
    assert project.sync("--carry-back").code == 0
    assert "Two." in project.read(ONE)


def test_an_edit_of_one_line_and_of_the_source_are_merged(project):
    """What is merged with is the text that was committed in step, and not the older one that the lock knows."""
    project.replace(CODEX, "Zwei.", "Two.")
    project.replace(ONE, "Three.", "Drei.")
    told = project.sync()

    assert [(word, at) for word, at, _, _ in told.looks] == [("merged", CODEX)]
    assert "Two.\n\nDrei." in project.read(CODEX)
    assert "Zwei.\n\nDrei." in project.read(OPENCODE)


def test_a_committed_edit_of_a_target_is_no_settled_text(project):
    """That git has it does not mean that the source says it: it stays an edit until it is taken, as does one that git does not have."""
    project.replace(CODEX, "Three.", "Typed here.")
    project.commit("an edit")
    other = ".codex/agents/two.toml"
    project.replace(other, "Three.", "Not committed.")
    told = project.sync("--check")

    assert {(word, at) for word, at, _, _ in told.looks} == {("edited", CODEX), ("edited", other)}
    told = project.sync("--carry-back")
    assert {("carried", "codex one"), ("carried", "codex two")} <= told.words()
    assert "Typed here." in project.read(ONE)
    assert "Not committed." in project.read(f"{SOURCE}/two.md")


def test_a_lock_that_is_ahead_of_git_counts(project):
    """A run wrote it, and its files, since the last commit: when the source goes back alone, nobody edited anything."""
    project.sync()
    project.commit("with the lock")
    project.replace(ONE, "Zwei.", "Deux.")
    project.sync()
    project.git("checkout", "-q", "--", ONE)
    told = project.sync()

    assert told.looks == []
    assert "Zwei." in project.read(CODEX)


def test_git_is_asked_as_often_for_many_agents_as_for_few(tmp_path, monkeypatch):
    """Who changes hundreds of agents, and commits that without a run of sync, waits for no call of git for each of them."""
    project = Repository(tmp_path / "several")
    project.git("init", "-q", "-b", "main")
    for number in range(12):
        project.write(f"{SOURCE}/a{number}.md", agent(f"a{number}"))
    project.sync()
    project.commit("start")
    asked: list[tuple[str, ...]] = []
    run = Git._run

    def counted(self: Git, *words: str, given: bytes = b"") -> bytes | None:
        asked.append(words)
        return run(self, *words, given=given)

    monkeypatch.setattr(Git, "_run", counted)
    numbers = []
    for several in ("0", "123456789"):
        for number in several:
            project.replace(f"{SOURCE}/a{number}.md", "Two.", "Zwei.")
        project.commit("without a run")
        asked.clear()
        assert project.sync("--check").code == 1
        numbers.append(len(asked))

    assert numbers[1] <= numbers[0] + 3  # one more commit is looked at


def test_without_git_the_lock_alone_counts(project, monkeypatch):
    """Nothing needs git: then the lock is what is known."""
    project.replace(CODEX, "Zwei.", "Two.")
    monkeypatch.setenv("PATH", "")
    told = project.sync()

    assert told.looks == []
    assert "Zwei." in project.read(CODEX)
