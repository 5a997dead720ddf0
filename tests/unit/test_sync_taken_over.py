"""A file that a person wrote for a target, and that says what the source says, is kept in step from then on, and stays theirs."""

from __future__ import annotations

import json
import re

import pytest

from agentconv.install import places
from synced_projects import PLACES, SOURCE, Project, agent
from thorough import THOROUGH

MARK = "# Ada wrote this by hand"
FAMILIES = ("codex", "opencode", "roo", "cursor", "kiro", "goose-recipe")
"""One of each way to patch a file; a thorough run has all."""
TARGETS = tuple(target for target in places.targets() if target != "claude-code" and (THOROUGH or target in FAMILIES))
CODEX = PLACES["codex"].format("digger")


def by_hand(path: str, text: str) -> str:
    """Return a file as somebody else would have written it: with a comment, and in another order where that says nothing."""
    if path.endswith(".json"):
        return json.dumps(dict(reversed(json.loads(text).items())), indent=7) + "\n"
    said = re.search(r"(?m)^( *)(description|whenToUse|when_to_use)\b.*\n", text)
    assert said is not None, text
    rest = text[: said.start()] + text[said.end() :]
    first = re.search(rf"(?m)^{said[1]}\w+ ?[:=]", rest)
    at = first.start() if first is not None else said.start()
    return f"{rest[:at]}{said[1]}{MARK}\n{said[0]}{rest[at:]}"


def test_a_file_written_by_hand_is_changed_where_it_stands_and_never_deleted(tmp_path):
    """In every format: its comments and its order stay through edits of the source, and it stays when its source goes."""
    own = "".join(f"[sync.{target}]\nown = true\n" for target in TARGETS)
    one = Project(tmp_path / "shop", ())
    one.write("agentconv.toml", f'source = "claude-code"\ntargets = {json.dumps(TARGETS)}\n{own}')
    one.write(f"{SOURCE}/digger.md", agent("digger"))
    paths = {entry["target"]: entry["path"] for entry in one.sync().entries}
    one.remove("agentconv.lock")
    for path in paths.values():
        one.write(path, by_hand(path, one.read(path)))
    before = {path: one.read(path) for path in paths.values()}
    told = one.sync()
    assert {*paths} == {*TARGETS}
    assert (told.code, told.files) == (0, ())
    assert {("taken", f"{target} digger") for target in TARGETS} <= told.words()
    for old, new in (("Three.", "Three, and more."), ("Three, and more.", "Three, and no more.")):
        one.replace(f"{SOURCE}/digger.md", old, new)
        one.sync()
        found = {path: one.read(path) for path in before}

        assert all(new in text for text in found.values())
        assert {path: text.replace(new, "Three.") for path, text in found.items()} == before
    one.remove(f"{SOURCE}/digger.md")
    one.sync("--yes")

    assert {path: one.read(path) for path in found} == found


@pytest.fixture
def project(tmp_path):
    """A project of two agents, in step with Codex."""
    one = Project(tmp_path / "shop", ("codex",))
    for name in ("digger", "other"):
        one.write(f"{SOURCE}/{name}.md", agent(name))
    one.sync()
    return one


def test_a_comment_in_a_file_of_ours_stays_through_every_edit_of_the_source(project):
    """What a person adds is theirs also once the file was written since."""
    project.write(CODEX, f"{MARK}\n{project.read(CODEX)}")
    for old, new in (("One.", "One more."), ("Two.", "Two more."), ("Three.", "Three more.")):
        project.replace(f"{SOURCE}/digger.md", old, new)
        project.sync()

        assert new in project.read(CODEX)
        assert MARK in project.read(CODEX)
    project.remove(f"{SOURCE}/digger.md")
    project.sync("--yes")

    assert project.has(CODEX)


def test_a_comment_beside_an_edit_that_was_carried_back_stays(project):
    """The edit is the source's by then; the comment is nobody's but the file's."""
    project.write(CODEX, f"{MARK}\n{project.read(CODEX)}".replace("Two.", "Two in Codex."))
    project.sync("--carry-back")
    project.replace(f"{SOURCE}/digger.md", "One.", "One more.")
    project.sync()

    assert "Two in Codex." in project.read(f"{SOURCE}/digger.md")
    assert "One more." in project.read(CODEX)
    assert MARK in project.read(CODEX)


def test_a_file_of_ours_that_nobody_touched_goes_with_its_source(project):
    """After edits of the source, too; and so does one that was let go."""
    project.replace(f"{SOURCE}/digger.md", "One.", "One more.")
    project.sync()
    project.remove(f"{SOURCE}/digger.md")
    project.sync("--yes")

    assert not project.has(CODEX)


def test_a_file_that_was_taken_over_and_is_gone_is_ours_once_it_is_written_again(project):
    """Nothing of what somebody wrote is left in it."""
    project.remove("agentconv.lock")
    project.write(CODEX, f"{MARK}\n{project.read(CODEX)}")
    project.sync()
    project.remove(CODEX)
    project.sync()
    project.remove(f"{SOURCE}/digger.md")
    project.sync("--yes")

    assert not project.has(CODEX)


def test_what_convert_wrote_is_taken_over_without_a_word(project):
    """There is nothing in it that anybody has to be told of."""
    project.remove("agentconv.lock")

    assert project.sync().words() == set()
    assert project.sync().code == 0


def test_an_agent_that_was_taken_into_the_source_stays_where_somebody_wrote_it(tmp_path):
    """Whether its source goes, or its assistant: adopting wrote nothing of what stands there, be it an entry of a file of several."""
    own = "".join(f"[sync.{target}]\nown = true\n" for target in TARGETS)
    one = Project(tmp_path / "shop", ())
    one.write("agentconv.toml", f'source = "claude-code"\ntargets = {json.dumps(TARGETS)}\n{own}')
    one.write(f"{SOURCE}/digger.md", agent("digger"))
    one.write(f"{SOURCE}/planner.md", agent("planner"))
    paths = {entry["target"]: entry["path"] for entry in one.sync().entries if entry["agent"] == "digger"}
    texts = {target: by_hand(path, one.read(path)) for target, path in paths.items()}
    for target, path in paths.items():
        here = Project(tmp_path / target, (target,))
        here.write(f"{SOURCE}/planner.md", agent("planner"))
        here.sync()
        here.write(path, texts[target])
        told = here.sync("--adopt", "digger")

        assert ("adopted", f"{target} digger") in told.words(), (target, told)
        gone = here.copy(f"{target}-gone")
        gone.remove(f"{SOURCE}/digger.md")
        assert ("released", f"{target} digger") in gone.sync("--yes").words()
        here.configure(targets=())
        assert ("released", f"{target} digger") in here.sync("--yes").words()
        assert all(MARK in each.read(path) or path.endswith(".json") for each in (gone, here))
        assert all(each.has(path) for each in (gone, here))
