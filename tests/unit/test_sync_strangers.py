"""Files that were in a target before sync was: what says the same is ours, and of the others a person decides, by name."""

from __future__ import annotations

import pytest

from synced_projects import SOURCE, Project, agent

BY_HAND = """\
name = "{0}"
description = "When there is work for {0}"
developer_instructions = '''
{1}

Two.

Three.
'''
"""


@pytest.fixture
def project(tmp_path):
    """A project with two agents, that somebody wrote for Codex, too, by hand and in other words."""
    found = Project(tmp_path / "shop", targets=("codex",))
    for name in ("digger", "sower"):
        found.write(f"{SOURCE}/{name}.md", agent(name))
        found.write(f".codex/agents/{name}.toml", BY_HAND.format(name, "One by hand."))
    return found


def test_the_line_break_at_a_text_s_end_says_nothing(project):
    """Quotes on a line of their own close a text as well as those at its end do: the file is taken over as it stands."""
    written = BY_HAND.format("digger", "One.")
    project.write(".codex/agents/digger.toml", written)
    project.remove(".codex/agents/sower.toml")

    assert project.sync().code == 0
    assert project.read(".codex/agents/digger.toml") == written


def test_what_was_just_taken_in_is_not_edited(project):
    """A file that ends with a line break is in step with the source that was made of it, and its edits are carried back as any other's."""
    project.remove(f"{SOURCE}/digger.md")
    project.remove(".codex/agents/sower.toml")

    assert (project.sync("--adopt").code, project.sync().code) == (0, 0)
    project.replace(".codex/agents/digger.toml", "Two.", "Two by hand.")
    assert project.sync("--carry-back").code == 0
    assert "Two by hand." in project.read(f"{SOURCE}/digger.md")


def test_both_sides_of_a_text_that_ends_otherwise_are_merged(project):
    """The last line is one that both have: a line break after it is no edit of it."""
    project.write(".codex/agents/digger.toml", BY_HAND.format("digger", "One."))
    project.sync("--prefer", "source", "sower")
    project.replace(f"{SOURCE}/digger.md", "Three.", "Three in the source.")
    project.replace(".codex/agents/digger.toml", "One.", "One by hand.")
    project.sync()
    text = project.read(".codex/agents/digger.toml")

    assert "One by hand." in text
    assert "Three in the source." in text


def test_a_stranger_that_does_not_load_is_told_with_the_reason(project):
    """What is wrong with a file comes before what differs in it: taking its edits is no way out."""
    project.write(".codex/agents/digger.toml", BY_HAND.format("digger", "One by hand.") + "broken = = 1\n")
    told = next(one for one in project.sync().entries if one["agent"] == "digger")

    assert "not TOML" in told["what"]
    assert "--prefer codex" not in told["hint"]
    assert project.sync("--prefer", "source", "digger").code == 1
    assert "broken" not in project.read(".codex/agents/digger.toml")


@pytest.mark.parametrize("side", ["codex", "target"])
def test_without_names_nothing_is_taken_and_the_way_is_told(project, side):
    """Taking in what strangers wrote is asked for by name, and all the names are there to be typed."""
    before = project.tree()
    told = project.sync("--prefer", side)

    assert "agentconv sync --prefer codex digger sower" in told.errors
    assert project.changes(before) == ""
    assert project.sync("--prefer", "codex", "digger", "sower").code == 0
    assert "One by hand." in project.read(f"{SOURCE}/digger.md")
    assert "One by hand." in project.read(f"{SOURCE}/sower.md")


@pytest.mark.parametrize(("side", "taken"), [("codex", "One by hand."), ("source", "One.")])
def test_a_field_alone_is_decided(project, side, taken):
    """Of a stranger one field may be taken, or given; what else differs is told as an edit from then on."""
    project.replace(".codex/agents/digger.toml", "When there is work", "When there is much work")
    project.sync("--prefer", side, "digger:prompt")
    left = next(one for one in project.sync().entries if one["agent"] == "digger")

    assert taken in project.read(f"{SOURCE}/digger.md")
    assert taken in project.read(".codex/agents/digger.toml")
    assert (left["action"], left["fields"]) == ("edited", ["description"])


def test_a_stranger_that_was_replaced_goes_with_its_source(project):
    """What was written over it is all that is there: nothing of anybody's goes with it."""
    project.write(f"{SOURCE}/weeder.md", agent("weeder"))
    project.sync("--prefer", "source", "digger")
    project.sync("--prefer", "codex", "sower")
    project.remove(f"{SOURCE}/digger.md")
    project.remove(f"{SOURCE}/sower.md")
    told = project.sync("--yes")

    assert not project.has(".codex/agents/digger.toml")
    assert "One by hand." in project.read(".codex/agents/sower.toml")
    assert any("was there before" in one["what"] for one in told.entries)
    assert [one["hint"].endswith("; or delete it") for one in project.sync().entries] == [True]
