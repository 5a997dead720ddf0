"""What sync must not do: each story of people and their files ends well, and breaking the one thing that it rests on is seen by it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from agentconv.core import fields
from agentconv.sync import bases, candidates, carrying, digests, lines, planning, preferring, rewriting, settling, texts, views
from agentconv.sync.decisions import Field, decide_field
from synced_projects import SOURCE, Project, Told, agent

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = f"{SOURCE}/one.md"
CODEX, OPENCODE = ".codex/agents/one.toml", ".opencode/agents/one.md"


@pytest.fixture
def project(tmp_path) -> Project:
    """A project with three agents, in step."""
    project = Project(tmp_path / "project")
    for name in ("one", "two", "three"):
        project.write(f"{SOURCE}/{name}.md", agent(name))
    assert project.sync().code == 0
    return project


def an_edit_that_was_merged_outlives_the_next_one(project):
    """What a person wrote into a target is there after any number of changes of its source."""
    for number in range(1, 4):
        project.replace(ONE, "One" if number == 1 else f"One {number - 1}", f"One {number}")
        if number == 1:
            project.replace(CODEX, "Three.", "Typed here.")
        told = project.sync()

        assert ("merged", CODEX, "", ("prompt.text",)) in told.looks
        assert f"One {number}." in project.read(CODEX)
        assert "Typed here." in project.read(CODEX)


def a_model_of_one_client_stays_with_it(project):
    """A model that the source's client does not have goes into the configuration, and the source stays as it is."""
    before = project.tree()
    project.write(CODEX, 'model = "gpt-5.1"\n' + project.read(CODEX))
    project.sync("--carry-back")

    assert project.read(ONE) == before[ONE].decode()
    assert '[sync.agents.one.codex]\nmodel = "gpt-5.1"' in project.read("agentconv.toml")
    assert project.sync().code == 0


def a_model_is_kept_with_its_provider(project):
    """What stands in a target for a provider and its model stands so in the configuration, and means the same there."""
    project.replace(OPENCODE, "mode: subagent", "mode: subagent\nmodel: openai/gpt-5.1")
    before = project.read(OPENCODE)
    told = project.sync("--carry-back")

    assert told.code == 0
    assert 'model = "openai/gpt-5.1"' in project.read("agentconv.toml")
    assert (project.read(OPENCODE), project.sync("--check").code) == (before, 0)


def no_agent_moves_another_one(project):
    """Two names that come to one file: whichever goes, or comes, the file of the other one is where it was."""
    project.write(f"{SOURCE}/a.md", agent("api-tester", ["First."]))
    project.sync()
    project.write(f"{SOURCE}/b.md", agent("api-tester", ["Second."]))
    project.sync()
    second = ".opencode/agents/api-tester-2.md"
    assert "Second." in project.read(second)
    project.remove(f"{SOURCE}/a.md")
    project.sync()
    assert "Second." in project.read(second)
    project.write(f"{SOURCE}/0.md", agent("api-tester", ["Third."]))
    project.sync()

    assert "Second." in project.read(second)
    assert "Third." in project.read(".opencode/agents/api-tester.md")


def the_same_edit_on_both_sides_is_none(project):
    """What was typed into a target and its source alike is no conflict, and is settled without a word."""
    for path in (ONE, CODEX, OPENCODE, ".roomodes"):
        project.replace(path, "Two.", "Typed twice.")
    told = project.sync()

    assert (told.code, told.entries, told.files) == (0, (), ())
    assert project.sync("--check").code == 0


def a_comment_is_no_edit(project):
    """What the client does not read may be written into a target: nobody is asked about it, and it is there after the next change."""
    project.write(CODEX, "# typed here\n" + project.read(CODEX).replace("\n", "\n\n", 1))
    told = project.sync()
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()

    assert (told.code, told.entries) == (0, ())
    assert "# typed here" in project.read(CODEX)
    assert "Zwei." in project.read(CODEX)


def what_holds_a_comment_is_not_deleted(project):
    """Where the source is gone, a target goes if it is as it was left to the byte; else it is its author's."""
    project.write(CODEX, "# typed here\n" + project.read(CODEX))
    project.sync()
    project.remove(ONE)
    told = project.sync()

    assert ("released", "codex one") in told.words()
    assert ("new", CODEX, "", ()) in told.looks
    assert "# typed here" in project.read(CODEX)
    assert not project.has(OPENCODE)


def two_narrowings_are_not_mixed(project):
    """Where both sides changed what an agent may do, nothing of it is taken from either."""
    project.write(ONE, agent("one", tools="Read, Edit, Bash"))
    project.sync()
    project.replace(OPENCODE, "bash: ask", "bash: deny")
    project.write(ONE, agent("one", tools="Read, Bash"))
    before = project.read(OPENCODE)
    told = project.sync()

    assert ("conflict", OPENCODE, "", (digests.GROUP,)) in told.looks
    assert project.read(OPENCODE) == before


def other_line_ends_are_no_change(project):
    """A checkout with CRLF is in step with one with LF, and sync writes neither of them anew."""
    for path, data in project.tree().items():
        project.write(path, data.replace(b"\n", b"\r\n"))
    checked, told = project.sync("--check"), project.sync()

    assert (checked.code, told.code, told.files) == (0, 0, ())
    project.write(ONE, project.read(ONE).replace("Two.", "Zwei."))
    project.sync()
    assert project.read(CODEX).count("\n") == project.read(CODEX).count("\r\n")
    assert "Zwei." in project.read(CODEX)


def a_source_that_is_gone_takes_nothing_with_it(project):
    """A folder that is not there, or is empty, is a mistake until it is said to be meant."""
    before = {path for path in project.tree() if not path.startswith(SOURCE)}
    shutil.rmtree(project.root / SOURCE)
    told = project.sync()

    assert told.code == 2
    assert "--yes" in told.errors
    assert set(project.tree()) == before
    assert project.sync("--yes").code == 0
    assert set(project.tree()) == {"agentconv.toml"}


def a_text_that_git_does_not_have_is_found_again(project):
    """Lines are merged where nothing was ever committed: the text that was settled is kept elsewhere."""
    project.replace(ONE, "Two.", "Zwei.")
    project.sync()
    project.replace(OPENCODE, "Three.", "Typed here.")
    project.replace(ONE, "One.", "Eins.")
    told = project.sync()

    assert ("merged", OPENCODE, "", ("prompt.text",)) in told.looks
    assert "Eins.\n\nZwei.\n\nTyped here." in project.read(OPENCODE)


def a_part_of_what_the_source_says_is_no_edit(project):
    """A target that has one of two changes of its source already gets the other one, and nobody is asked."""
    for path, old, new in ((ONE, "One.", "Eins."), (ONE, "Three.", "Drei."), (CODEX, "One.", "Eins.")):
        project.replace(path, old, new)
    told = project.sync()

    assert (told.code, told.looks) == (0, [])
    assert "Eins.\n\nTwo.\n\nDrei." in project.read(CODEX)


def a_decision_is_about_the_lines_that_touch(project):
    """Whoever's word counts in a conflict, what either side wrote elsewhere in the text is kept."""
    for name in ("one", "two"):
        source, target = (project.place(side, name) for side in ("source", "codex"))
        for path, old, new in (
            (source, "One.", "Ours."),
            (source, "Two.", "Zwei."),
            (target, "One.", "Theirs."),
            (target, "Three.", "Drei."),
        ):
            project.replace(path, old, new)
        assert ("conflict", target, "", ("prompt.text",)) in project.sync().looks
    project.sync("--prefer", "source", "one")
    project.sync("--prefer", "target", "two")

    assert "Ours.\n\nZwei.\n\nDrei." in project.read(CODEX)
    assert "Ours.\n\nZwei.\n\nThree." in project.read(ONE)
    for side in ("source", "codex", "opencode"):
        assert "Theirs.\n\nZwei.\n\nDrei." in project.read(project.place(side, "two"))


def another_edit_outlives_a_decision(project):
    """Where two targets and the source changed one line, the word of one target says nothing of the other one's: that is still told."""
    for path, text in ((ONE, "Ours."), (CODEX, "Theirs."), (OPENCODE, "Typed here.")):
        project.replace(path, "Two.", text)
    project.sync()
    told = project.sync("--prefer", "target", "one")
    left = ("conflict", OPENCODE, "", ("prompt.text",))

    assert "Theirs." in project.read(ONE)
    assert told.looks == project.sync("--carry-back").looks == [left]
    project.sync("--prefer", "opencode", "one")
    assert all("Typed here." in project.read(path) for path in (ONE, CODEX, OPENCODE))


def what_is_settled_beside_a_conflict_is_merged_with(project):
    """A prompt is merged with what it was last, also where a conflict of another text is still open."""
    project.replace(ONE, "When there is work", "When there is need")
    project.replace(CODEX, "When there is work", "When there is time")
    project.replace(ONE, "One.", "Eins.")
    project.sync()
    project.replace(ONE, "Eins.", "One.")
    project.replace(CODEX, "Three.", "Typed here.")
    told = project.sync()

    assert {look[0] for look in told.looks} == {"conflict", "merged"}
    assert "One.\n\nTwo.\n\nTyped here." in project.read(CODEX)


def edits_that_touch_are_settled_once_they_are_carried(project):
    """A line that was put before another one in one target, and that other one changed in another: both are everywhere, once."""
    project.replace(CODEX, "Two.", "Typed here.\n\nTwo.")
    project.replace(OPENCODE, "Two.", "Typed there.")
    told = project.sync("--carry-back")

    assert told.code == 0
    for path in (ONE, CODEX, OPENCODE):
        assert "One.\n\nTyped here.\n\nTyped there.\n\nThree." in project.read(path)
    assert project.sync("--check") == Told(0)


def a_broken_source_is_no_deleted_one(project):
    """Nothing is known of an agent that does not load: its files are what they were, and so are all others."""
    before = {path: data for path, data in project.tree().items() if path != ONE}
    for broken in ("", "---\nname: [\n---\n", "<<<<<<< ours\n" + agent("one") + "=======\n" + agent("one") + ">>>>>>> theirs\n"):
        project.write(ONE, broken)
        told = project.sync()

        assert told.code == 1, broken
        assert {path: data for path, data in project.tree().items() if path != ONE} == before, broken


def _settling_what_is_there(*arguments: Any, **options: Any) -> settling.Settled:
    done = settling.settle(*arguments, **options)
    return replace(done, fields=digests.of(done.agent))


def _asking_what_was_settled_first(view: str | None, there: str | None, known: set[str | None]) -> Field:
    if there not in known and view != there:
        return decide_field(view, there, known)
    return Field.WRITE if there in known else Field.BOTH


def _merging_what_is_there_already(draft: Any, path: str, view: Any, there: Any, base: Callable[[], Any]) -> Field:
    draft.values[path] = lines.merged(*(fields.get(one, path) for one in (base(), view, there)))
    draft.merged.append(path)
    return Field.MET


def _looking_at_bytes(decide: Callable[..., None] = candidates.Candidate.decide) -> Callable[..., None]:
    def decided(one: candidates.Candidate, *arguments: Any) -> None:
        decide(one, *arguments)
        other = one.file is not None and one.bases and one.file.sha256 != one.bases[0].bytes_sha256
        if other and one.settled is not None and not one.pointer:
            one.settled = replace(one.settled, edited=("prompt.text",))

    return decided


def _naming_the_text_from_before(blob: Callable[..., str] = rewriting._blob) -> Callable[..., str]:
    return lambda one, *rest: one.bases[0].blob if one.settled and one.settled.left else blob(one, *rest)


MUTANTS: dict[Callable[[Project], None], tuple[object, str, object]] = {
    an_edit_that_was_merged_outlives_the_next_one: (candidates, "settle", _settling_what_is_there),
    a_model_of_one_client_stays_with_it: (carrying.Carrying, "_home", lambda _, __, agent: (agent, ())),
    a_model_is_kept_with_its_provider: (carrying, "plain", lambda value: getattr(value, "value", value)),
    no_agent_moves_another_one: (views, "_pins", lambda *_: {}),
    the_same_edit_on_both_sides_is_none: (settling, "decide_field", _asking_what_was_settled_first),
    a_comment_is_no_edit: (candidates.Candidate, "decide", _looking_at_bytes()),
    what_holds_a_comment_is_not_deleted: (
        candidates.Candidate,
        "_is_as_left",
        lambda _, found, base: found == {**base.fields, **base.own},
    ),
    two_narrowings_are_not_mixed: (digests, "grouped", dict),
    other_line_ends_are_no_change: (texts, "to_lf", lambda data: data),
    a_source_that_is_gone_takes_nothing_with_it: (planning, "_guard", lambda *_: None),
    a_text_that_git_does_not_have_is_found_again: (bases.Bases, "save", lambda _: None),
    a_part_of_what_the_source_says_is_no_edit: (settling, "_merge", _merging_what_is_there_already),
    a_decision_is_about_the_lines_that_touch: (lines, "decided", lambda _, first, __: first),
    another_edit_outlives_a_decision: (preferring.Preference, "once_carried", lambda one: one),
    what_is_settled_beside_a_conflict_is_merged_with: (rewriting, "_blob", _naming_the_text_from_before()),
    edits_that_touch_are_settled_once_they_are_carried: (candidates.Candidate, "_known", lambda one, _: one.bases),
    a_broken_source_is_no_deleted_one: (candidates, "decide_entry", lambda *_, **__: candidates.Entry.DELETE),
}
"""By story, what it rests on, and what is there instead."""


def test_what_the_configuration_cannot_mean_is_told(project):
    """An override that its client does not take is a mistake, and no bug: nothing is written."""
    project.write(ONE, agent("one", tools="Read"))
    project.sync()
    project.configure('[sync.agents.one.opencode]\nmodel = "gpt-5.1"\n')
    before = project.tree()
    told = project.sync()

    assert told.code == 2
    assert "OpenCode does not take `gpt-5.1` as a model" in told.errors
    assert project.tree() == before


def test_an_override_that_does_not_narrow_changes_nothing_and_is_told(project):
    """The agent stays as narrow as its source has it, and no other one waits for it."""
    project.write(ONE, agent("one", tools="Read"))
    project.sync()
    project.configure('[sync.agents.one.codex]\nsandbox = "full"\n')
    told = project.sync()

    assert (told.code, told.files) == (1, ())
    assert "an override only narrows" in told.errors


def test_the_order_of_targets_does_not_matter(project):
    """The same agents, written in another order for targets that are named in another order, are the same files and the same lock."""
    other = Project(project.root.with_name("other"), project.targets[::-1])
    for name in ("two", "three", "one"):
        other.write(f"{SOURCE}/{name}.md", agent(name))
    other.sync()

    assert {**other.tree(), "agentconv.toml": b""} == {**project.tree(), "agentconv.toml": b""}


@pytest.mark.parametrize("story", MUTANTS, ids=lambda story: story.__name__)
def test_story(project, story):
    """It ends well."""
    story(project)


@pytest.mark.parametrize(("story", "mutant"), MUTANTS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_mutant_is_seen(project, story, mutant, monkeypatch):
    """The story ends badly where what it rests on is not there."""
    monkeypatch.setattr(*mutant)

    with pytest.raises(AssertionError):
        story(project)
