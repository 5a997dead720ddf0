"""Skills, commands and servers that are kept in step with their source: one way, and nothing that anybody edited is lost."""

import pytest

SERVERS = '{"mcpServers": {"tracker": {"command": "tracker-mcp", "args": ["--stdio"]}}}\n'
MINE = '[mcp_servers.mine]\ncommand = "mine"\n'
SOURCE = {
    "agentconv.toml": 'source = "claude-code"\ntargets = ["codex", "gemini-cli"]\nwith = ["all"]\n',
    ".claude/agents/reviewer.md": "---\nname: reviewer\ndescription: Reviews\n---\n\nReview it.\n",
    ".claude/skills/changelog/SKILL.md": "---\nname: changelog\ndescription: Writes the changelog\n---\n\nRun scripts/list.sh.\n",
    ".claude/skills/changelog/scripts/list.sh": "#!/bin/sh\ngit log\n",
    ".mcp.json": SERVERS,
    ".codex/config.toml": MINE,
}
SKILL, SCRIPT = ".codex/skills/changelog/SKILL.md", ".codex/skills/changelog/scripts/list.sh"


@pytest.fixture
def source(project):
    """A project with a source of agents and parts, and a configuration of one target that is the user's."""
    for path, text in SOURCE.items():
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755 if path.endswith(".sh") else 0o644)
    return project


def actions(done):
    return {entry["path"] + entry["pointer"]: entry["action"] for entry in done.report["parts"]["entries"]}


def test_parts_are_kept_in_step(source, run, asked, tree):
    """The first run writes them, the second changes nothing and `--check` is content; an edit of the source follows."""
    first = actions(asked("sync"))
    after = tree()
    again = actions(asked("sync"))

    assert first[SKILL] == first[SCRIPT] == first[".codex/config.toml/mcp_servers/tracker"] == "write"
    assert (source / SCRIPT).stat().st_mode & 0o111
    assert {*again.values()} == {"same"}
    assert tree() == after
    run("sync", "--check")
    (source / ".claude/skills/changelog/scripts/list.sh").write_text("#!/bin/sh\ngit log -1\n")
    run("sync", "--check", code=1)
    run("sync")
    assert "-1" in (source / SCRIPT).read_text()


def test_a_part_that_is_gone_goes_but_for_what_was_edited(source, run, tree):
    """What leaves the source leaves the targets; an edited file of it stays, and the user's own entries stay byte for byte."""
    run("sync")
    (source / SCRIPT).write_text("#!/bin/sh\necho mine\n")
    for path in (".claude/skills/changelog/scripts/list.sh", ".claude/skills/changelog/SKILL.md"):
        (source / path).unlink()
    run("sync", code=1)
    (source / ".mcp.json").write_text('{"mcpServers": {}}\n')
    config = (source / ".codex/config.toml").read_text()
    run("sync", code=1)
    kept = (source / ".codex/config.toml").read_text()
    run("sync", "--yes")

    assert [path for path, data in tree().items() if path.startswith(".codex/skills") and data is not None] == [SCRIPT]
    assert kept == config != MINE
    assert (source / ".codex/config.toml").read_text() == MINE


def test_an_edit_in_a_target_stays_until_the_source_counts(source, run, asked):
    """An edited file is kept and told; `--prefer source` takes the source's."""
    run("sync")
    (source / SKILL).write_text((source / SKILL).read_text() + "Mine.\n")
    found = actions(asked("sync", code=1))[SKILL]
    mine = (source / SKILL).read_text()
    run("sync", "--prefer", "source")

    assert found == "keep-edited"
    assert "Mine." in mine
    assert "Mine." not in (source / SKILL).read_text()


def test_what_is_kept_in_step_is_no_pack(source, run):
    """What sync keeps is nothing that could be uninstalled, restored or asked about as a pack."""
    run("sync")

    assert "Nothing is deployed" in run("status").out
    assert "not installed" in run("uninstall", ".", code=2).err


def test_a_word_that_means_nothing_is_told_at_its_line(source, run):
    """A mistake in `with` is one of the configuration, at its place."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\nwith = ["skils"]\n')

    assert "agentconv.toml:3:" in run("sync", code=2).err
