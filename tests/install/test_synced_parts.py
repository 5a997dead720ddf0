"""Skills, commands and servers that are kept in step with their source: one way, and nothing that anybody edited is lost."""

import json
import subprocess

import pytest

SERVERS = '{"mcpServers": {"tracker": {"command": "tracker-mcp", "args": ["--stdio"]}}}\n'
OURS = '# the person wrote this\n[mcp_servers.tracker]  # and this\ncommand = "tracker-mcp"\nargs = ["--stdio"]\n'
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


BY_HAND = f'{MINE}[mcp_servers.tracker]\ncommand = "mine"\n'


def test_the_sources_word_counts_of_a_part_that_is_named(source, run, tree):
    """An agent's name decides about no part, and a part's about no agent, nor about another part; one that is nowhere is a mistake."""
    run("sync")
    (source / SCRIPT).write_text("#!/bin/sh\necho mine\n")
    (source / ".codex/config.toml").write_text(BY_HAND)
    run("sync", "--prefer", "source", "reviewer", code=1)
    assert (SCRIPT in tree(), b"mine" in (source / SCRIPT).read_bytes()) == (True, True)
    wrong = run("sync", "--prefer", "source", "servers/trakcer", code=2)
    assert "did you mean `servers/tracker`?" in wrong.err
    run("sync", "--prefer", "source", "servers/tracker", code=1)
    assert "tracker-mcp" in (source / ".codex/config.toml").read_text()
    assert "echo mine" in (source / SCRIPT).read_text()
    run("sync", "--prefer", "source", "skills/changelog")
    assert "git log" in (source / SCRIPT).read_text()


@pytest.mark.parametrize("words", [("--prefer", "codex"), ("--adopt",), ("--carry-back",), ("--diff",)])
def test_a_part_is_no_agent(source, run, words):
    """Parts go one way: where agents are meant, a part's name is told what settles it."""
    run("sync")
    assert "agentconv sync --prefer source servers/tracker" in run("sync", *words, "servers/tracker", code=2).err


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


def test_a_run_that_writes_parts_alone_says_that_of_agents(source, run):
    """It is not nothing that was written, where only the agents are somebody else's matter; where no part is, it is."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\nwith = ["all"]\n')
    (source / ".codex/agents").mkdir(parents=True)
    (source / ".codex/agents/reviewer.toml").write_text('name = "reviewer"\ndescription = "Mine"\ndeveloper_instructions = "Mine."\n')

    assert "\nNo agent would be written. 1 needs a look." in run("sync", "--dry-run", code=1).out
    assert "\nNo agent was written. 1 needs a look." in run("sync", code=1).out
    assert "\nNothing was written. 1 needs a look." in run("sync", code=1).out


def test_what_is_kept_in_step_is_no_pack(source, run):
    """What sync keeps is nothing that could be uninstalled, restored or asked about as a pack."""
    run("sync")

    said = " ".join(run("status").out.split())
    assert "No pack is deployed in this project." in said
    assert "`agentconv sync --check` says whether it did" in said
    assert "not installed" in run("uninstall", ".", code=2).err


def test_a_word_that_means_nothing_is_told_at_its_line(source, run):
    """A mistake in `with` is one of the configuration, at its place."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\nwith = ["skils"]\n')

    assert "agentconv.toml:3:" in run("sync", code=2).err


def test_a_name_that_is_nowhere_is_told_before_anything_is_written(source, run, tree):
    """Agents would be written by then."""
    (source / "agentconv.toml").write_text(SOURCE["agentconv.toml"].replace('"all"', '"skills/changelogs"'))
    before = tree()
    run("sync", code=2)

    assert tree() == before


def test_what_a_target_cannot_hold_is_told_once_and_then_counted(source, run):
    """It is no failure of the next run, until there is another reason; `-v` says it again."""
    (source / ".mcp.json").write_text('{"mcpServers": {"old": {"type": "sse", "url": "https://example.com/sse"}}}\n')
    first, second, checked = run("sync", code=1), run("sync"), run("sync", "--check")
    (source / ".mcp.json").write_text('{"mcpServers": {"older": {"type": "sse", "url": "https://example.com/sse"}}}\n')
    other = run("sync", "--yes", code=1)

    assert all("refusal[server-transport]" in one.err for one in (first, other, run("sync", "-v")))
    assert all("1 part refused, as before: servers/older" in one.err for one in (run("sync"), run("sync", "--check")))
    assert all("refusal" not in one.err and "as before: servers/old (-v" in one.err for one in (second, checked))


def test_findings_name_parts(source, run):
    """What programs read of a check names the parts that would change, those that were edited, and those that a target cannot hold."""
    user_only = "---\nname: wipe\ndescription: Wipes\ndisable-model-invocation: true\n---\n\nRun wipe.sh.\n"
    folder = source / ".claude/skills/wipe"
    run("sync")
    folder.mkdir()
    (folder / "SKILL.md").write_text(user_only)
    (folder / "wipe.sh").write_text("exit\n")
    (source / SKILL).write_text((source / SKILL).read_text() + "Mine.\n")
    (source / ".mcp.json").write_text(SERVERS.replace("--stdio", "--other"))
    results = json.loads(run("sync", "--check", "--output-format", "sarif", code=1).out)["runs"][0]["results"]
    found = {
        (
            one["ruleId"],
            one["level"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["message"]["text"].split(":")[0].removesuffix(". Help"),
        )
        for one in results
    }
    github = run("sync", "--check", "--output-format", "github", code=1).out

    assert {(rule, level, path) for rule, level, path, _ in found} == {
        ("sync-keep-edited", "error", SKILL),
        ("sync-update", "error", ".codex/config.toml"),
        ("sync-refused", "error", "agentconv.toml"),
        ("sync-write", "error", ".codex/skills/wipe/SKILL.md"),
        ("asks-dropped", "warning", "agentconv.toml"),
    }
    assert {said for *_, said in found} >= {"refused `skills/wipe` in gemini-cli", "update `servers/tracker` in codex, gemini-cli"}
    assert f"file={SKILL}" in github


def git(folder, *words):
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *words], cwd=folder, check=True, capture_output=True)


def test_what_is_staged_is_what_is_checked(source, run):
    """A check before a commit sees half of a change to a skill's script in the index, and nothing that is not staged."""
    git(source, "init", "-q")
    run("sync")
    git(source, "add", "-A")
    script = source / ".claude/skills/changelog/scripts/list.sh"
    script.write_text("#!/bin/sh\ngit log -2\n")
    run("sync", "--check", "--staged")
    git(source, "add", "-A")
    half = run("sync", "--check", "--staged", code=1).out
    run("sync")
    git(source, "add", "-A")
    run("sync", "--check", "--staged")

    assert SCRIPT in half


def test_what_version_control_does_not_have_is_nothing_of_a_check(source, run, tree):
    """Parts of a target that is not committed are written on each clone, and stand in no lock that is."""
    git(source, "init", "-q")
    config = source / "agentconv.toml"
    config.write_text(f"{config.read_text()}[sync.codex]\ncommitted = false\n")
    run("sync")
    written, locked = tree(), (source / "agentconv.lock").read_text()
    run("sync")
    again = tree()
    (source / SCRIPT).unlink()
    run("sync", "--check")
    run("sync")
    (source / ".claude/skills/changelog/scripts/list.sh").write_text("#!/bin/sh\ngit log -2\n")
    run("sync")

    assert SCRIPT in written
    assert "tracker" in (source / ".codex/config.toml").read_text()
    assert SKILL not in locked
    assert ".gemini/skills" in locked
    assert again == written
    assert "-2" in (source / SCRIPT).read_text()


def test_a_released_target_keeps_its_parts(source, run, tree):
    """What is released stays byte for byte, and is nobody's from then on; what is not released goes once the user insists."""
    run("sync")
    before = tree()
    run("sync", "--release", "codex")
    config = source / "agentconv.toml"
    config.write_text(config.read_text().replace('["codex", "gemini-cli"]', '["opencode"]'))
    told = run("sync", code=1)
    run("sync", "--yes")
    after = tree()

    assert "`targets` does not name gemini-cli any more; 2 of the parts" in told.err
    assert {path: data for path, data in after.items() if path.startswith(".codex")} == {
        path: data for path, data in before.items() if path.startswith(".codex")
    }
    assert not any(path.startswith(".gemini") for path in after)


def test_another_source_takes_its_parts_along(source, run, tree):
    """After a switch, what the new source has is what the others follow, and no file went; what it cannot hold takes `--yes`."""
    run("sync")
    before = tree()
    run("sync", "--switch-source", "codex")
    switched = tree()
    run("sync")
    (source / SCRIPT).write_text("#!/bin/sh\ngit log -2\n")
    run("sync")
    user_only = "---\nname: wipe\ndescription: Wipes\n---\n\nRun wipe.sh.\n"
    (source / ".codex/skills/wipe/agents").mkdir(parents=True)
    (source / ".codex/skills/wipe/SKILL.md").write_text(user_only)
    (source / ".codex/skills/wipe/wipe.sh").write_text("exit\n")
    (source / ".codex/skills/wipe/agents/openai.yaml").write_text("policy:\n  allow_implicit_invocation: false\n")
    run("sync", code=1)

    assert before.keys() == switched.keys() == tree().keys() - {path for path in tree() if "wipe" in path}
    assert "-2" in (source / ".claude/skills/changelog/scripts/list.sh").read_text()
    assert "-2" in (source / ".gemini/skills/changelog/scripts/list.sh").read_text()
    assert "skills/wipe" in run("sync", "--switch-source", "gemini-cli", code=2).err


@pytest.mark.parametrize("is_edited", [False, True])
def test_who_wrote_a_part_is_known_after_a_switch_and_after_the_way_back(source, run, tree, is_edited):
    """What sync wrote for a target goes with it, though it was the source in between; what a person typed in it then stays."""
    run("sync")
    run("sync", "--switch-source", "codex")
    if is_edited:
        (source / SCRIPT).write_text("#!/bin/sh\ngit log -2\n")
    run("sync")
    run("sync", "--switch-source", "claude-code")
    run("sync")
    config = (source / "agentconv.toml").read_text()
    (source / "agentconv.toml").write_text(config.replace('"codex", ', "").replace(', "codex"', ""))
    run("sync", "--yes", code=1)

    assert {SKILL, SCRIPT} & tree().keys() == ({SCRIPT} if is_edited else set())
    assert (source / ".codex/config.toml").read_text() == MINE


def test_parts_need_no_agents(source, run, tree):
    """A source without agents has its parts in step, too; a SKILL.md or a command is never taken for an agent."""
    (source / ".claude/agents/reviewer.md").unlink()
    (source / ".claude/agents").rmdir()
    run("sync")
    run("sync", "--check")
    run("convert", ".", "-f", "claude-code", "-t", "opencode", "-o", "out", "--with", "all")

    assert SKILL in tree()
    assert not any("/agents/" in path for path in tree())


def test_nothing_is_converted_where_nothing_changed(source, run, monkeypatch):
    """A run that finds every file of both sides as the last one left it says the same without looking at what is in them."""
    run("sync")
    before = run("sync", "-v").out
    monkeypatch.setattr("agentconv.sync.parts.outcome", None)
    quick = run("sync").out
    changed = {
        ".claude/skills/changelog/scripts/list.sh": "#!/bin/sh\n",
        ".claude/skills/new/SKILL.md": "---\nname: new\ndescription: d\n---\nDo.\n",
        ".mcp.json": SERVERS.replace("--stdio", "--other"),
        SCRIPT: "#!/bin/sh\n",
        ".codex/config.toml": (source / ".codex/config.toml").read_text().replace("--stdio", "--other"),
        "agentconv.toml": SOURCE["agentconv.toml"].replace("all", "skills"),
    }
    for path, text in changed.items():
        place = source / path
        there = place.read_text() if place.exists() else None
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        run("sync", code=3)  # what looks closer is not there
        place.unlink() if there is None else place.write_text(there)

    assert quick.splitlines()[-1] == before.splitlines()[-1] == "in step, too: 1 skill, 1 MCP server"
    assert run("sync").out == quick


def test_one_file_of_several_targets_is_there_once_and_goes_with_the_last(source, run, asked):
    """What several assistants read in one file (`AGENTS.md`) is written once, stays with those that are left, and goes with the last."""
    (source / "CLAUDE.md").write_text("Be brief.\n")
    settings = source / "agentconv.toml"
    settings.write_text('source = "claude-code"\ntargets = ["codex", "kimi", "kiro"]\nwith = ["instructions"]\n')
    first = actions(asked("sync"))
    again = actions(asked("sync"))
    settings.write_text('source = "claude-code"\ntargets = ["kiro"]\nwith = ["instructions"]\n')
    run("sync", "--yes")
    left = (source / "AGENTS.md").read_text()
    settings.write_text('source = "claude-code"\ntargets = ["gemini-cli"]\nwith = ["instructions"]\n')
    run("sync", "--yes")

    assert (first["AGENTS.md"], again["AGENTS.md"]) == ("write", "same")
    assert left == "Be brief.\n"
    assert not (source / "AGENTS.md").exists()


TRACKER = '{"mcpServers": {"tracker": {"command": "tracker-mcp", "args": [%s], "env": {"TRACKER_KEY": "${%s}"}}}}\n'


def test_what_a_user_fills_in_for_a_server_is_theirs(source, run, tree):
    """What a conversion could not tell a server is the user's to say: it stays, is no edit, and all else follows the source."""
    (source / ".mcp.json").write_text(TRACKER % ('"--stdio"', "OTHER"))
    lost = run("sync").err
    again, closely = run("sync").err, run("sync", "-v").err
    config = source / ".codex/config.toml"
    config.write_text(config.read_text() + 'env = {"TRACKER_KEY" = "filled in"}\n')
    run("sync")
    settled = run("sync", "-v").err
    config.write_text(config.read_text().replace("filled in", "filled in anew"))
    run("sync")
    (source / ".mcp.json").write_text(TRACKER % ('"--quiet"', "OTHER"))
    run("sync")

    assert "write ${TRACKER_KEY} in place of ${OTHER} at .mcp.json:1, so that" in " ".join(lost.split())
    assert "and not in a file that you commit" in " ".join(lost.split())
    assert ["server-reference-dropped" in told for told in (lost, again, closely, settled)] == [True, False, True, False]
    assert '"--quiet"' in config.read_text()
    assert 'env = {"TRACKER_KEY" = "filled in anew"}' in config.read_text()
    assert not [path for path in tree() if path.endswith(".agentconv-new")]


def test_what_a_user_filled_in_does_not_go_by_itself(source, run):
    """Where the source comes to say what its target can be told, a value that stands there is kept, and copied nowhere."""
    (source / ".mcp.json").write_text(TRACKER % ('"--stdio"', "OTHER"))
    run("sync")
    config = source / ".codex/config.toml"
    config.write_text(config.read_text() + 'env = {"TRACKER_KEY" = "filled in"}\n')
    run("sync")
    (source / ".mcp.json").write_text(TRACKER % ('"--stdio"', "TRACKER_KEY"))
    run("sync", code=1)

    assert "filled in" in config.read_text()
    assert "filled in" not in (source / ".codex/config.toml.agentconv-new").read_text()


def test_what_convert_wrote_is_told_in_the_first_run(source, run):
    """The first run that meets a server tells what it lost, though convert wrote it, and it is as it is to be."""
    (source / ".mcp.json").write_text(TRACKER % ('"--stdio"', "OTHER"))
    run("convert", ".", "-t", "codex", "-o", ".", "--with", "all")

    assert ["server-reference-dropped" in run("sync").err for _ in range(2)] == [True, False]


def test_what_only_agents_name_that_a_target_cannot_hold_is_told_once(source, run):
    """With the target that does not get it: another one does."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex", "cursor"]\nwith = ["needed"]\n')
    (source / ".claude/agents/reviewer.md").write_text(
        "---\nname: reviewer\ndescription: Reviews\ntools: Read, mcp__tracker__search\n---\n\nReview it.\n"
    )
    told = [" ".join(run("sync", *words).err.split()) for words in ((), (), ("-v",))]
    said = "MCP server `tracker` does not go to Cursor: only agents name it that no file of Cursor can hold"

    assert [said in one for one in told] == [True, False, True]
    assert "tracker" in (source / ".codex/config.toml").read_text()


@pytest.mark.parametrize("is_changed", [False, True])
def test_what_was_there_before_stays_on_the_way_out(source, run, is_changed):
    """An entry, or a file, that said what the source says was not written by sync, be it that the source's changes were written into it."""
    (source / ".codex/config.toml").write_text(OURS)
    (source / SKILL).parent.mkdir(parents=True)
    (source / SKILL).write_text(SOURCE[".claude/skills/changelog/SKILL.md"])
    run("sync")
    if is_changed:
        (source / ".mcp.json").write_text(SERVERS.replace("--stdio", "--other"))
        run("sync")
    (source / "agentconv.toml").write_text(SOURCE["agentconv.toml"].replace('"codex", ', ""))
    told = run("sync", "--yes", code=1)

    assert (source / ".codex/config.toml").read_text() == (OURS.replace("--stdio", "--other") if is_changed else OURS)
    assert (source / SKILL).read_text() == SOURCE[".claude/skills/changelog/SKILL.md"]
    assert not (source / SCRIPT).exists()
    assert "`tracker` stays, and is yours: it was there before anything was written" in " ".join(told.err.split())


def test_what_agents_that_stay_need_stays(source, run, asked):
    """Rules of the whole set that come to hold agents where they are take away neither what these need nor what was there before."""
    agent = "---\nname: reviewer\ndescription: Reviews\nskills: changelog\nmcpServers: [tracker]\n---\n\nReview it.\n"
    (source / ".claude/agents/reviewer.md").write_text(agent)
    for number in range(4):
        (source / f".claude/agents/r{number}.md").write_text(agent.replace("reviewer", f"r{number}"))
    (source / ".codex/config.toml").write_text(OURS)
    toml = SOURCE["agentconv.toml"].replace(', "gemini-cli"', "")
    (source / "agentconv.toml").write_text(toml.replace("all", "needed"))
    run("sync")
    (source / ".claude/settings.json").write_text('{"permissions": {"deny": ["Read(./.env)"]}}\n')
    (source / "agentconv.toml").write_text(toml.replace('"all"', '"needed", "permissions"'))
    told = run("sync", code=1)

    assert [(source / path).exists() for path in (SKILL, SCRIPT, ".codex/agents/reviewer.toml")] == [True] * 3
    assert (source / ".codex/config.toml").read_text() == OURS
    assert "skills/changelog: what is there for Codex stays as it was" in " ".join(told.err.split())
    assert told.out.count("stale") == 1
    assert "and 4 more (-v)" in told.out
    assert "remove" not in {*actions(asked("sync", code=1)).values()}


def test_comments_beside_what_goes_stay(source, run):
    """A note at the end of a file, or above an entry, is a person's, whatever stands before or below it."""
    (source / ".mcp.json").write_text('{"mcpServers": {"docs": {"command": "docs"}, "tracker": {"command": "tracker-mcp"}}}\n')
    run("sync")
    place = source / ".codex/config.toml"
    place.write_text(place.read_text().replace("[mcp_servers.tracker]", "# on the tracker\n[mcp_servers.tracker]") + "# dev note\n")
    (source / "agentconv.toml").write_text(SOURCE["agentconv.toml"].replace('"codex", ', ""))
    run("sync", "--yes")

    assert place.read_text() == f"{MINE}\n# on the tracker\n# dev note\n"


README, BROKEN = "# Our agents\n", "---\nname: [\n---\n\nFiles tickets.\n"


@pytest.mark.parametrize(("beside", "stays"), [({}, False), ({"README.md": README}, False), ({"notes.md": BROKEN}, True)])
def test_a_server_goes_with_the_last_agent_that_names_it(source, run, beside, stays):
    """A README beside the agents holds nothing; an agent that cannot be read may name the server, which stays until it can."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\nwith = ["needed", "commands"]\n')
    ticketer = source / ".claude/agents/ticketer.md"
    ticketer.write_text("---\nname: ticketer\ndescription: Files tickets\ntools: mcp__tracker__create\n---\n\nFile it.\n")
    command = source / ".claude/commands/release.md"
    command.parent.mkdir()
    command.write_text("---\ndescription: Release\n---\n\nRelease it.\n")
    run("sync")
    there = (source / ".codex/config.toml").read_text()
    ticketer.unlink()
    for name, text in beside.items():
        (source / ".claude/agents" / name).write_text(text)
    run("sync", code=int(stays))

    assert "tracker" in there
    assert ("tracker" in (source / ".codex/config.toml").read_text()) is stays


def test_a_guard_that_a_target_reads_where_it_is_does_not_stay(source, run):
    """Cursor reads Claude Code's hooks in place, and is not said to get none of them; Codex does not, and is."""
    (source / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex", "cursor"]\n')
    hook = {"matcher": "Bash", "hooks": [{"type": "command", "command": ".claude/hooks/guard.sh"}]}
    (source / ".claude/settings.json").write_text(json.dumps({"hooks": {"PreToolUse": [hook]}}))
    told = [line for line in run("sync").err.splitlines() if "set-restrictions-stay" in line]

    assert ["Codex" in line and "Cursor" not in line for line in told] == [True]


def test_a_server_goes_where_the_configuration_lets_its_agent_go(source, run):
    """No file of Cursor holds an agent to its tools; where `keep-wider` has one written, the server that it names goes along."""
    kept = '[sync.cursor]\nown = true\n[sync.agents.reviewer.cursor]\nkeep-wider = ["network"]\n'
    (source / "agentconv.toml").write_text(f'source = "claude-code"\ntargets = ["cursor"]\nwith = ["needed"]\n{kept}')
    (source / ".claude/agents/reviewer.md").write_text(
        "---\nname: reviewer\ndescription: Reviews\ntools: Read, mcp__tracker__search\n---\n\nReview it.\n"
    )
    told = run("sync")

    assert (source / ".cursor/agents/reviewer.md").is_file()
    assert "does not go to Cursor" not in told.err
    assert "tracker" in (source / ".cursor/mcp.json").read_text()
