"""A text with a credential in it is compared as any other, though the lock keeps nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synced_projects import Project, agent

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, THIRD = (f"ghp_{letter}1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8" for letter in "ABC")
TARGETS = ("opencode", "roo")


def _text(token: str) -> str:
    return agent("aide", ["One.", f"Use {token}.", "Three."])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project in step, of an agent with a token in its prompt."""
    found = Project(tmp_path / "project", targets=TARGETS)
    found.write(found.place("source", "aide"), _text(FIRST))
    found.sync()

    return found


@pytest.mark.parametrize("target", TARGETS)
def test_another_token_in_the_source_is_written(project: Project, target: str) -> None:
    """What only the source changed is no edit of the target's, and nobody is told to carry the old one back."""
    project.replace(project.place("source", "aide"), FIRST, SECOND)
    told = project.sync()

    assert (told.code, told.looks) == (0, [])
    assert SECOND in project.read(project.place(target, "aide"))


@pytest.mark.parametrize("target", TARGETS)
def test_another_token_in_a_target_is_an_edit(project: Project, target: str) -> None:
    """What only the target changed stays there, and can be carried back."""
    project.replace(project.place(target, "aide"), FIRST, SECOND)
    told = project.sync()

    assert ("edited" in told.actions(), SECOND in project.read(project.place(target, "aide"))) == (True, True)

    project.sync("--carry-back")

    assert SECOND in project.read(project.place("source", "aide"))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("word", [THIRD, "the vault"])
def test_a_token_that_both_sides_changed_is_a_conflict(project: Project, target: str, word: str) -> None:
    """Neither side's change is lost, be it that one of them took the token out."""
    project.replace(project.place("source", "aide"), FIRST, word)
    project.replace(project.place(target, "aide"), FIRST, SECOND)
    told = project.sync()

    assert "conflict" in told.actions()
    assert (SECOND in project.read(project.place(target, "aide")), word in project.read(project.place("source", "aide"))) == (True, True)


@pytest.mark.parametrize("target", TARGETS)
def test_an_edited_token_is_not_deleted_with_its_agent(project: Project, target: str) -> None:
    """An agent that is gone from the source leaves a file alone in which somebody put another token."""
    project.replace(project.place(target, "aide"), FIRST, SECOND)
    project.remove(project.place("source", "aide"))
    project.sync()

    assert SECOND in project.read(project.place(target, "aide"))


def test_the_lock_tells_nothing_of_a_token(project: Project) -> None:
    """Not even a checksum of the prompt is there."""
    (entry, *_) = project.lock().synced

    assert entry.fields["prompt.text"] == "*"
