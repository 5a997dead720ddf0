"""A link that makes the folder of one assistant another one's: what would lie there for the one, the other reads."""

import pytest

AGENT = "---\nname: reviewer\ndescription: Reviews.\ntools: Read, Grep\n---\nReview what has changed.\n"


def link(place, leads):
    """Make a link to a folder beside it, which is made, too."""
    place.parent.mkdir(parents=True, exist_ok=True)
    (place.parent / leads).mkdir(parents=True)
    place.symlink_to(leads)


@pytest.mark.parametrize("made", [".claude/agents", ".opencode/agents"])
def test_no_pack_comes_into_the_folder_of_another_assistant(project, give, run, made):
    """Whichever of the two is the link: OpenCode would not start with Claude Code's file."""
    other = ".opencode/agents" if made == ".claude/agents" else ".claude/agents"
    link(project / made, f"../{other}")
    give({"reviewer.md": AGENT})
    told = run("install", "backend-agents", "--to", "claude-code", "--accept", code=1).err

    assert "OpenCode" in told
    assert "take the link away" in told
    assert [*(project / other).iterdir()] == []


def test_the_assistant_whose_folder_it_is_gets_its_own(project, give, run):
    """What cannot be written for the one does not take the place of what is for the other."""
    link(project / ".claude/agents", "../.opencode/agents")
    give({"reviewer.md": AGENT})
    run("install", "backend-agents", "--to", "claude-code,opencode", "--accept", code=1)

    assert "permission:" in (project / ".opencode/agents/reviewer.md").read_text()


def test_an_assistant_whose_folder_leads_to_one_it_reads_anyway(project, give, run):
    """Cursor reads Claude Code's folder, link or no link."""
    link(project / ".cursor/agents", "../.claude/agents")
    give({"reviewer.md": AGENT})
    run("install", "backend-agents", "--to", "claude-code", "--accept")

    assert (project / ".claude/agents/reviewer.md").is_file()


def test_what_another_one_reads_by_a_link_is_told(project, give, run):
    """It is read there as Claude Code's files are by those that look there anyway."""
    link(project / ".qwen/agents", "../.claude/agents")
    give({"reviewer.md": AGENT})
    done = run("install", "backend-agents", "--to", "claude-code,qwen-code", "--accept")

    assert "it reads .claude/agents too" in " ".join(done.out.split())


def test_nothing_is_converted_into_the_folder_of_another_assistant(project, run):
    """`convert` says it as `install` does."""
    link(project / ".claude/agents", "../.opencode/agents")
    (project / "from").mkdir()
    (project / "from/reviewer.md").write_text(AGENT)
    told = run("convert", "from", "-f", "claude-code", "-t", "claude-code", "-o", ".", code=2).err

    assert "its folder is that of OpenCode" in told
    assert [*(project / ".opencode/agents").iterdir()] == []
