"""Files that were in a target before sync was: what says the same is ours, and of the others a person decides, by name."""

from __future__ import annotations

import subprocess

import pytest

from agentconv.cli import main
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
    """Of a stranger one field may be taken, or given; nothing else is settled then, and a bare `--carry-back` leaves it alone."""
    project.replace(".codex/agents/digger.toml", "When there is work", "When there is much work")
    project.sync("--prefer", side, "digger:prompt")
    left = next(one for one in project.sync("--carry-back").entries if one["agent"] == "digger")

    assert taken in project.read(f"{SOURCE}/digger.md")
    assert taken in project.read(".codex/agents/digger.toml")
    assert (left["action"], left["fields"]) == ("foreign", ["description"])
    assert "much" not in project.read(f"{SOURCE}/digger.md")
    project.sync("--prefer", "codex", "digger")
    assert "much" in project.read(f"{SOURCE}/digger.md")


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
    assert any("somebody wrote in it" in one["what"] for one in told.entries)
    assert [one["hint"].endswith("; or delete it") for one in project.sync().entries] == [True]


@pytest.fixture
def copied(tmp_path):
    """A committed project with hand-made copies of one agent for two assistants, each with a line of its own."""
    found = Project(tmp_path / "shop", targets=("codex", "opencode"))
    body = "One.\n\nTwo.\n\nThree.\n\nFour."
    found.write(f"{SOURCE}/digger.md", f"---\nname: digger\ndescription: Digs.\n---\n\n{body}\n")
    mine, theirs = body.replace("Two.", "Two.\n\nFrom Codex."), body.replace("Four.", "Four.\n\nFrom OpenCode.")
    found.write(
        CODEX, f'# Ask Ada first.\nname = "digger"\ndescription = "Digs."\nmodel = "m"\ndeveloper_instructions = """\n{mine}\n"""\n'
    )
    found.write(".opencode/agents/digger.md", f"---\ndescription: Digs.\nmode: subagent\n---\n\n{theirs}\n")
    return found


CODEX = ".codex/agents/digger.toml"
EACH = (f"{SOURCE}/digger.md", CODEX, ".opencode/agents/digger.md")


def in_git(project):
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=project.root, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"], cwd=project.root, check=True)


@pytest.mark.parametrize("words", [[("codex", "digger:prompt"), ("opencode", "digger:prompt")], [("target", "digger:prompt")]])
def test_copies_of_one_text_are_put_together(copied, words):
    """What each copy has beyond the text that it was made of is an edit of its own, and so is what the source has by now."""
    in_git(copied)
    copied.replace(f"{SOURCE}/digger.md", "One.", "One, since.")
    for each in words:
        copied.sync("--prefer", *each)

    assert [[line in copied.read(path) for line in ("One, since.", "From Codex.", "From OpenCode.")] for path in EACH] == [[True] * 3] * 3


@pytest.mark.parametrize("sides", [("codex", "opencode"), ("opencode", "codex"), ("target",)])
@pytest.mark.parametrize("beyond", ["One.", "Four."], ids=["in it", "at its end"])
def test_what_the_source_alone_has_is_not_deleted(copied, sides, beyond):
    """Nobody knows what a copy was made of, and so nobody deleted what it has not: each has the lines of all."""
    copied.replace(f"{SOURCE}/digger.md", beyond, f"{beyond}\n\nFrom the source.")
    for side in sides:
        copied.sync("--prefer", side, "digger:prompt")
    if beyond == "Four.":  # where both go on otherwise, the target's word counts
        assert "From Codex." in copied.read(f"{SOURCE}/digger.md")
        return
    assert [[line in copied.read(path) for line in ("From the source.", "From Codex.", "From OpenCode.")] for path in EACH] == [
        [True] * 3
    ] * 3


def test_without_git_what_gives_way_is_kept_in_a_copy(copied):
    """A line that the copy has otherwise goes, which is told, and is kept beside the source."""
    copied.replace(f"{SOURCE}/digger.md", "Four.", "Four in the source.")
    told = copied.sync("--prefer", "opencode", "digger:prompt")

    assert '1 line of the source goes: "Four in the source."' in next(one["what"] for one in told.entries if one["action"] == "carried")
    assert "Four in the source." in copied.read(f"{SOURCE}/digger.md.agentconv-backup")
    assert "copied" in told.actions()


@pytest.mark.parametrize("words", [("opencode", "digger"), ("target", "digger"), ("opencode", "digger:model")])
def test_what_a_copy_never_had_was_not_deleted_there(copied, words):
    """A copy without a model is one that nobody wrote a model into: the source keeps its own."""
    copied.replace(f"{SOURCE}/digger.md", "name: digger", "name: digger\nmodel: opus")
    copied.replace(CODEX, 'model = "m"\n', "")
    copied.sync("--prefer", "opencode", "digger:description")
    copied.sync("--prefer", *words)
    copied.sync("--carry-back")

    assert "model: opus" in copied.read(f"{SOURCE}/digger.md")


@pytest.mark.parametrize("flag", ["--dry-run", "--diff", "--yes"])
def test_what_may_do_more_once_it_is_replaced_is_told(copied, flag):
    """A copy that is held tighter than the source gives way by a person's word alone, who reads before what that sets free."""
    copied.replace(CODEX, 'model = "m"', 'sandbox_mode = "read-only"')
    copied.replace(".opencode/agents/digger.md", "mode: subagent", 'mode: subagent\npermission:\n  "*": deny')
    hints = {one["target"]: one["hint"] for one in copied.sync().entries if one["action"] == "foreign"}
    told = copied.sync(flag, "--prefer", "source", "digger")
    said = {one["target"]: one["what"] for one in told.entries if one["action"] == "replace"}

    assert all("would let it do more: " in one and "writing files" in one for one in (hints["codex"], hints["opencode"]))
    assert all("it may do more there than it did: " in one for one in (said["codex"], said["opencode"]))


@pytest.mark.parametrize(
    "text", ['name = "digger"\ndescription = "Mine"\ndeveloper_instructions = "Mine."\n', "name = [\n"], ids=["foreign", "broken"]
)
def test_what_somebody_wrote_is_replaced_by_name_alone(copied, text):
    """Without a name `--prefer source` decides conflicts: a file that is not ours, or that no client reads, may be a person's only one."""
    copied.write(CODEX, text)
    all_of_them = copied.sync("--prefer", "source")
    kept = copied.read(CODEX)
    copied.sync("--prefer", "source", "digger")

    assert (all_of_them.code, kept) == (1, text)
    assert copied.read(CODEX) != text


def test_an_edit_that_holds_it_tighter_is_told_when_it_is_taken_back(copied):
    """What was narrowed after it was written is set free by the same word, and that is said, too."""
    copied.sync("--prefer", "source", "digger")
    copied.replace(CODEX, 'name = "digger"', 'name = "digger"\nsandbox_mode = "read-only"')
    told = copied.sync("--prefer", "source", "digger")

    assert any("it may do more there than it did: writing files" in one["what"] for one in told.entries)


@pytest.mark.parametrize("is_ours", [False, True], ids=["foreign", "edited"])
def test_what_the_configuration_keeps_stays_whatever_is_preferred(copied, is_ours):
    """Somebody wrote `keep` for this very agent: another one's command line does not undo that in silence."""
    if is_ours:
        copied.sync("--prefer", "source", "digger")
        copied.replace(CODEX, 'name = "digger"', 'name = "digger"\nmodel = "m"')
    copied.replace(CODEX, 'model = "m"', 'sandbox_mode = "read-only"')
    copied.configure("[sync.agents.digger.codex]\nkeep = true\n")
    told = copied.sync("--prefer", "source", "digger")
    (held,) = (one for one in told.entries if one["action"] == "kept")

    assert 'sandbox_mode = "read-only"' in copied.read(CODEX)
    assert "take it out first" in held["hint"]
    copied.configure("")
    copied.sync("--prefer", "source", "digger")
    assert "sandbox_mode" not in copied.read(CODEX)


@pytest.mark.parametrize("has_git", [False, True])
def test_a_line_that_nobody_committed_gives_way_into_a_copy(copied, has_git):
    """In a conflict the target's word counts, and the source's, which git does not have, is kept."""
    copied.sync("--prefer", "source", "digger")
    if has_git:
        in_git(copied)
    copied.replace(f"{SOURCE}/digger.md", "Three.", "Three in the source.")
    copied.replace(CODEX, "Three.", "Three in Codex.")
    copied.sync("--prefer", "codex", "digger")

    assert "Three in Codex." in copied.read(f"{SOURCE}/digger.md")
    assert "Three in the source." in copied.read(f"{SOURCE}/digger.md.agentconv-backup")


def test_a_file_that_is_replaced_is_told_as_that_and_kept(copied):
    """A comment in a file is somebody's word, too."""
    told = copied.sync("--prefer", "source", "digger")

    assert ("replace", "codex digger") in told.words()
    assert "# Ask Ada first." not in copied.read(CODEX)
    assert "# Ask Ada first." in copied.read(f"{CODEX}.agentconv-backup")


def test_what_was_never_settled_is_no_edit(copied):
    """After one field was decided, the others stay as foreign as they were, whatever is carried back unasked."""
    copied.sync("--prefer", "codex", "digger:description")
    told = copied.sync("--carry-back")
    looks = {look for look in told.looks if look[1] == CODEX}

    assert looks == {("foreign", CODEX, "", ("model", "prompt.text"))}
    assert "model" not in copied.read("agentconv.toml")


def test_an_agent_that_is_named_for_carry_back_and_was_never_settled_is_told_why(copied):
    """Nothing comes of it, and that is said, with what does."""
    told = copied.sync("--carry-back", "digger")

    assert "never done" in told.errors
    assert "agentconv sync --prefer codex digger" in told.errors


def test_a_file_that_cannot_be_read_is_not_adopted_and_that_is_told(copied):
    """It stands there, and is broken: that is another thing than none."""
    copied.write(".codex/agents/oncall.toml", 'name = "oncall\n')
    told = copied.sync("--adopt", "oncall")

    assert told.code == 2
    assert "cannot be read" in told.errors


def test_the_copy_of_a_broken_source_is_not_offered(copied):
    """Nobody takes into the source what belongs to an agent that is there, and only has to be mended."""
    copied.write(f"{SOURCE}/digger.md", "---\nname: [\n---\n\nOne.\n")

    assert "new" not in copied.sync().actions()


def test_a_folder_that_is_read_beside_the_source_names_the_setting_first(tmp_path):
    """Copies for an assistant that reads the source's folder are kept in step once the configuration says so."""
    found = Project(tmp_path / "shop", targets=("copilot",))
    found.write("agentconv.toml", 'source = "claude-code"\ntargets = ["copilot"]\n')
    found.write(f"{SOURCE}/digger.md", agent("digger"))
    found.write(".github/agents/digger.agent.md", agent("digger"))
    hint = next(one["hint"] for one in found.sync().entries if one["action"] == "new")

    assert hint.startswith("`own = true` in [sync.copilot]")
    assert "delete" not in hint


def test_a_release_is_shown_before(copied):
    """`-n` says how many files it is about, and lets them be synced."""
    copied.sync("--prefer", "source", "digger")
    before = copied.tree()

    assert main(["sync", "--project", str(copied.root), "--release", "codex", "-n"]) == 0
    assert copied.changes(before) == ""


def test_what_is_asked_about_is_adopted_by_name_alone(tmp_path):
    """An agent that is perhaps one of the source's is left by `--adopt` that takes all, since the question stands; who names it answers."""
    project = Project(tmp_path / "shop", ("codex",))
    lines = ("Read one change at a time and say what could break.", "Then read its tests, and each caller of it.")
    project.write(f"{SOURCE}/reviewer.md", agent("reviewer", lines))
    for name, prompt in (("auditor", "\n\n".join((*lines, "Be brief."))), ("packer", "Pack what is built, and name each of the files.")):
        project.write(f".codex/agents/{name}.toml", f'name = "{name}"\ndescription = "D"\ndeveloper_instructions = """{prompt}"""\n')
    told = project.sync("--adopt")

    assert project.has(f"{SOURCE}/packer.md")
    assert [one["path"] for one in told.entries if one["needs_a_look"]] == [".codex/agents/reviewer.toml"]
    assert not project.has(f"{SOURCE}/auditor.md")
    project.sync("--adopt", "auditor")
    assert project.has(f"{SOURCE}/auditor.md")
