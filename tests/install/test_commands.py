"""Packs deployed, updated and taken away with the command line: nothing of the user's is lost, nothing of ours is left."""

import json
import re
import shutil

import pytest

import pack_files
from agentconv.cli import main
from agentconv.cli.run import build_parser
from agentconv.core import losses
from agentconv.install import deployment, places
from agentconv.render import explained

TEN = ["claude-code", "codex", "copilot", "gemini-cli", "qwen-code", "opencode", "kilo", "roo", "cursor", "cline"]
ALSO_READ = {"copilot", "cursor"}


def agent(name, prompt="Help with one thing, and do it well.", **header):
    lines = "".join(f"{key}: {value}\n" for key, value in {"name": name, "description": f"Does {name}", **header}.items())
    return f"---\n{lines}---\n\n{prompt}\n"


ONE = {"reviewer.md": agent("reviewer", tools="Read, Grep"), "writer.md": agent("writer", tools="Read, Write"), "gone.md": agent("gone")}
TWO = {
    "reviewer.md": agent("reviewer", "Review it anew.", tools="Read, Grep"),
    "writer.md": agent("writer", "Write better.", tools="Read, Write, Bash"),
    "fresh.md": agent("fresh"),
}


def test_deployed_to_all(project, give, run, asked, tree):
    """The agents get to all assistants, those that read another one's folder excepted, and a second run changes nothing."""
    give(ONE)
    before = tree()
    first = asked("install", "backend-agents", "--accept", "--to", ",".join(TEN))
    targets = {target["target"]: target for target in first.report["results"][0]["targets"]}
    after = tree()
    again = asked("install", "backend-agents", "--accept")

    assert [*targets] == [target for target in places.targets() if target in TEN]
    assert {name for name, target in targets.items() if target["left_out"]} == ALSO_READ
    assert {len(target["entries"]) for name, target in targets.items() if name not in ALSO_READ} == {3}
    assert {*first.actions().values()} == {"write"}
    assert {*again.actions().values()} == {"same"}
    assert tree() == after
    assert {*asked("status").states().values()} == {"up-to-date"}
    run("uninstall", "backend-agents")
    assert tree() == before


def test_left_out_only_where_it_loads(project, give, asked, tree):
    """An agent that Copilot would not load from Claude Code's folder gets a file of its own there."""
    give({"reviewer.md": agent("reviewer", description="Use it: for reviews"), "writer.md": agent("writer")})
    done = asked("install", "backend-agents", "--accept", "--to", "claude-code,copilot")
    (left,) = (target["left_out"] for target in done.report["results"][0]["targets"] if target["target"] == "copilot")

    assert left == [{"agent": "writer", "reads": "claude-code"}]
    assert ".github/agents/reviewer.agent.md" in tree()


def test_left_out_although_wider(project, give, asked):
    """What an assistant that reads another one's folder lets an agent do beyond its author's word is said."""
    give({"reviewer.md": agent("reviewer", tools="Read, Grep")})
    done = asked("install", "backend-agents", "--accept", "--to", "claude-code,cursor")
    (losses,) = (target["losses"] for target in done.report["results"][0]["targets"] if target["target"] == "cursor")

    assert [loss["code"] for loss in losses] == ["widened-elsewhere"]


def test_wider_elsewhere_once_it_comes(project, give, run):
    """What an assistant refused is told by name once it reads it in another one's folder, which is to come there later."""
    give({f"{name}.md": agent(name, tools="Read, Grep, mcp__x__y") for name in ("reviewer", "planner")})
    refused = run("install", "backend-agents", "--accept", "--to", "cursor", code=1).err
    told = run("install", "backend-agents", "--accept", "--to", "cursor,claude-code").err

    assert "refusal[widening] 2 agents" in refused
    assert "warning[widened-elsewhere] to Cursor, 2 agents" in told


def test_whole_life(project, give, run, asked, tree):
    """Edits survive the update and the removal; what left the pack goes, what is new comes."""
    give(ONE)
    before = tree()
    run("install", "backend-agents", "--accept", "--to", "claude-code,codex,roo")
    mine = project / ".codex/agents/reviewer.toml"
    mine.write_text(mine.read_text() + "# mine\n")
    modes = project / ".roomodes"
    modes.write_text(modes.read_text().replace("Does reviewer", "Does my reviewer"))
    edited = {".codex/agents/reviewer.toml", ".roomodes/customModes/reviewer"}
    states = asked("status", code=1).states()

    assert {path for path, state in states.items() if state == "edited"} == edited
    give(TWO, "2.0.0")
    states = asked("status", code=1).states()
    assert {state for path, state in states.items() if "gone" in path} == {"orphaned"}
    assert {state for path, state in states.items() if "fresh" in path} == {"stale"}
    update = asked("install", "backend-agents", code=1)
    actions = update.actions()
    assert {path for path, action in actions.items() if action == "keep-edited"} == edited
    assert {path.rpartition("/")[2].partition(".")[0] for path, action in actions.items() if action == "blocked"} == {"gone"}
    assert "Review it anew." in (project / ".codex/agents/reviewer.toml.agentconv-new").read_text()
    assert "Review it anew." in (project / ".claude/agents/reviewer.md").read_text()
    assert "--accept=write,network,run,mcp,leaving" in " ".join(run("install", "backend-agents", "-n", code=1).err.split())
    held = {one["agent"]: one for one in update.report["results"][0]["held"]}
    assert (held["writer"]["version"], "running commands" in held["writer"]["more"]) == ("1.0.0", True)
    assert (held["fresh"].get("version"), held["fresh"]["words"]) == (None, ["write", "network", "run", "mcp"])
    assert "Write better." not in (project / ".claude/agents/writer.md").read_text()
    assert {state for path, state in asked("status", code=1).states().items() if "writer" in path} == {"held"}

    actions = asked("install", "backend-agents", "--accept", code=1).actions()
    assert {path.rpartition("/")[2].partition(".")[0] for path, action in actions.items() if action == "remove"} == {"gone"}
    assert {path.rpartition("/")[2].partition(".")[0] for path, action in actions.items() if action == "write"} == {"fresh"}
    assert "Write better." in (project / ".claude/agents/writer.md").read_text()
    text = (mine.read_text(), modes.read_text())
    done = run("uninstall", "backend-agents", code=1)
    assert "reviewer.toml" in done.err
    assert mine.read_text() == text[0]
    assert "Does my reviewer" in modes.read_text()
    assert "writer" not in modes.read_text()
    assert {path for path in tree() if path not in before} == {
        ".codex", ".codex/agents", ".codex/agents/reviewer.toml", ".roomodes"
    }  # fmt: skip
    assert "Nothing is deployed" in run("status").out


def test_force_keeps_a_copy(project, give, run):
    """`--force` takes the pack's version and keeps the user's beside it."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    file = project / ".claude/agents/reviewer.md"
    file.write_text("mine\n")
    run("install", "backend-agents", "--accept", code=1)
    run("install", "backend-agents", "--accept", "--force")

    assert file.read_text() == ONE["reviewer.md"]
    assert (project / ".claude/agents/reviewer.md.agentconv-backup").read_text() == "mine\n"
    assert not (project / ".claude/agents/reviewer.md.agentconv-new").exists()


def test_what_a_project_keeps(project, give, run, asked):
    """What a project keeps of its own is said once, stays whatever is forced, and is nothing to see to until that is taken back."""
    give(ONE)
    mine = project / ".claude/agents/reviewer.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\nname: reviewer\ndescription: Mine\n---\n\nMine.\n", "utf-8")
    before = mine.read_bytes()
    run("install", "backend-agents", "--accept", "--to", "claude-code,codex,roo", code=1)
    modes = project / ".roomodes"
    modes.write_text(modes.read_text().replace("Does reviewer", "Does my reviewer"))
    actions = asked("install", "backend-agents", "--keep", "reviewer").actions()
    kept = {".claude/agents/reviewer.md", ".roomodes/customModes/reviewer"}

    assert {path for path, action in actions.items() if action == "kept"} == kept
    assert actions[".codex/agents/reviewer.toml"] == "same"
    assert 'kept = [\n    "reviewer",\n]' in (project / "agentconv.lock").read_text()
    give(TWO, "2.0.0")
    kept.add(".codex/agents/reviewer.toml")  # as 1.0.0 has it
    there = (project / ".codex/agents/reviewer.toml").read_bytes()
    for words in (["install", "backend-agents", "--accept"], ["install", "backend-agents", "--force", "--accept"], ["install"]):
        run(*words)
        assert (project / ".codex/agents/reviewer.toml").read_bytes() == there
        assert {path for path, state in asked("status").states().items() if state == "kept"} == kept
        assert "reviewer" not in run("status", "-q").out
        assert (mine.read_bytes(), "Does my reviewer" in modes.read_text()) == (before, True)
    assert asked("install", "backend-agents", "--no-keep", "reviewer", code=1).actions()[".claude/agents/reviewer.md"] == "foreign"


def test_what_is_kept_is_kept_of_a_wheel_too(project, tmp_path, run, asked):
    """The lock alone says it, where the pack was a file: edited, gone, or as an earlier version had it."""

    def wheel(sources, version):
        files = pack_files.packed({path: text.encode() for path, text in sources.items()}, version=version)
        return pack_files.wheel(tmp_path, pack_files.distribution(files, version=version), version=version)

    run("install", wheel(ONE, "1.0.0"), "--accept", "--to", "claude-code,codex")
    claude, codex = project / ".claude/agents", project / ".codex/agents"
    (claude / "reviewer.md").write_text("mine\n", "utf-8")
    (claude / "writer.md").unlink()
    assert {".claude/agents/reviewer.md": "edited", ".claude/agents/writer.md": "missing"}.items() <= asked(
        "status", code=1
    ).states().items()
    run("install", tmp_path / "backend_agents-1.0.0-py3-none-any.whl", "--keep", "reviewer", "--keep", "writer")
    run("status")
    run("install", wheel(TWO | {"gone.md": ONE["gone.md"]}, "2.0.0"), "--accept")

    kept = {path for path, state in asked("status").states().items() if state == "kept"}
    assert kept == {
        f"{folder}/{name}"
        for folder, end in ((".claude/agents", "md"), (".codex/agents", "toml"))
        for name in (f"reviewer.{end}", f"writer.{end}")
    }
    (codex / "fresh.toml").unlink()
    assert asked("status", code=1).states()[".codex/agents/fresh.toml"] == "missing"


def test_what_is_kept_asks_for_nothing(project, give, run):
    """Of an agent that the project keeps nothing comes, in any version and to any place, and nothing has to be accepted for it."""
    mine = project / ".claude/agents/writer.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\nname: writer\ndescription: Mine\n---\n\nMine.\n", "utf-8")
    give({"writer.md": agent("writer", tools="Read, Edit")})
    run("install", "backend-agents", "--keep", "writer", "--to", "claude-code")
    give({"writer.md": agent("writer", tools="Read, Edit, Bash")}, "2.0.0")
    run("install", "backend-agents")
    mine.unlink()
    run("install", "backend-agents", "--to", "claude-code,codex")

    assert not mine.exists()
    assert not (project / ".codex/agents/writer.toml").exists()


def test_an_update_that_is_kept_out_stays_out(project, give, run, asked):
    """What asks for more in a new version is refused for good by keeping what is there: nothing forces it, and all is as it should be."""
    give({"writer.md": agent("writer", tools="Read, Edit")})
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    there = (project / ".claude/agents/writer.md").read_bytes()
    give({"writer.md": agent("writer", tools="Read, Edit, Bash")}, "2.0.0")
    run("install", "backend-agents", code=1)
    run("install", "backend-agents", "--keep", "writer")
    run("install", "backend-agents", "--accept", "--force")

    assert asked("status").states() == {".claude/agents/writer.md": "kept"}
    assert (project / ".claude/agents/writer.md").read_bytes() == there


def test_what_is_in_step_is_kept(project, give, run, asked):
    """A file that sync keeps in step with the project's own agent is no obstacle where the project keeps that agent."""
    mine = project / ".claude/agents/writer.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\nname: writer\ndescription: Mine\ntools: Read\n---\n\nMine.\n", "utf-8")
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n')
    run("sync")
    give({"writer.md": agent("writer", tools="Read, Edit")})
    run("install", "backend-agents", "--keep", "writer", "--to", "claude-code,codex")

    assert set(asked("status").states().values()) == {"kept"}
    run("sync", "--check")


def test_foreign_file_stays(project, give, run, asked):
    """A file that is not ours stays, the others are written, and the exit code says so."""
    give(ONE)
    file = project / ".claude/agents/reviewer.md"
    file.parent.mkdir(parents=True)
    file.write_text("mine\n")
    done = asked("install", "backend-agents", "--accept", "--to", "claude-code", code=1)

    assert done.actions()[".claude/agents/reviewer.md"] == "foreign"
    assert file.read_text() == "mine\n"
    assert (project / ".claude/agents/writer.md").read_text() == ONE["writer.md"]
    run("uninstall", "backend-agents")
    assert file.read_text() == "mine\n"


def test_identical_file_is_adopted(project, give, asked):
    """A file that is exactly what the pack deploys is ours from then on."""
    give(ONE)
    file = project / ".claude/agents/reviewer.md"
    file.parent.mkdir(parents=True)
    file.write_text(ONE["reviewer.md"])

    assert asked("install", "backend-agents", "--accept", "--to", "claude-code").actions()[".claude/agents/reviewer.md"] == "adopt"
    assert {*asked("status").states().values()} == {"up-to-date"}


def test_missing_file_comes_back(project, give, run, asked):
    """A deployed file that was deleted is missing, and written again."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    (project / ".claude/agents/reviewer.md").unlink()

    assert asked("status", code=1).states()[".claude/agents/reviewer.md"] == "missing"
    assert asked("install", "backend-agents", "--accept").actions()[".claude/agents/reviewer.md"] == "write"


def test_two_packs_share_an_agent(project, give, run, asked, tree):
    """An agent that two packs have stays until the last of them goes; one that is another's otherwise is left alone."""
    give(ONE)
    give({"reviewer.md": ONE["reviewer.md"], "writer.md": agent("writer", "Another one.")}, name="other-agents")
    before = tree()
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    done = run("install", "other-agents", "--accept", "--to", "claude-code", code=1)

    assert "backend-agents" in done.err
    run("uninstall", "backend-agents")
    assert {path for path in tree() if path.endswith(".md")} == {".claude/agents/reviewer.md"}
    run("uninstall", "other-agents")
    assert tree() == before


def test_chosen_agents(project, give, run, asked):
    """`--agent` chooses, adds to what is there, and is remembered; `--to` without it means all."""
    give(ONE)
    assert [*asked("install", "backend-agents", "--accept", "--to", "claude-code", "--agent", "reviewer").actions()] == [
        ".claude/agents/reviewer.md"
    ]
    assert [*asked("install", "backend-agents", "--accept").actions().values()] == ["same"]
    assert len(asked("install", "backend-agents", "--accept", "--agent", "writer").actions()) == 2
    assert "did you mean `writer`" in run("install", "backend-agents", "--accept", "--agent", "writr", code=2).err

    assert len(asked("install", "backend-agents", "--accept", "--to", "claude-code").actions()) == 3


def test_auto(project, give, run, asked):
    """`auto` takes the assistants that the project uses; where there is none, it says what to do."""
    give(ONE)
    assert "--to claude-code,codex" in run("install", "backend-agents", code=2).err
    (project / ".codex").mkdir()
    (project / "GEMINI.md").write_text("Be brief.\n")
    done = asked("install", "backend-agents", "--to", "auto", "--accept")

    assert [target["target"] for target in done.report["results"][0]["targets"]] == ["codex", "gemini-cli"]


def test_dry_run_writes_nothing(project, give, run, tree):
    """`--dry-run` says what would be, and nothing changes, neither on the way in nor out."""
    give(ONE)
    before = tree()
    done = run("install", "backend-agents", "--accept", "--to", "claude-code,roo", "-n")

    assert "write     .claude/agents/reviewer.md" in done.out
    assert tree() == before
    run("install", "backend-agents", "--accept", "--to", "claude-code,roo")
    there = tree()
    assert "remove    .roomodes (reviewer)" in run("uninstall", "backend-agents", "-n").out
    assert tree() == there


def test_user_scope(project, give, run, monkeypatch, tmp_path):
    """In user scope, files go where each client has the user's own, its environment variables heeded, and the lock below XDG_STATE_HOME."""
    home = tmp_path / "home"
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("CODEX_HOME", str(elsewhere))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "conf"))
    give({"reviewer.md": agent("reviewer")})
    targets = [target for target in TEN if target != "roo"]
    run("install", "backend-agents", "--accept", "--scope", "user", "--to", ",".join(targets))
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("reviewer*") if "shop" not in path.parts}

    assert names == {
        "elsewhere/agents/reviewer.toml",
        "home/.claude/agents/reviewer.md",
        "home/.cline/agents/reviewer.yaml",
        "home/.copilot/agents/reviewer.agent.md",
        "home/.cursor/agents/reviewer.md",
        "home/.gemini/agents/reviewer.md",
        "home/.qwen/agents/reviewer.md",
        "home/conf/kilo/agents/reviewer.md",
        "home/conf/opencode/agents/reviewer.md",
    }
    assert (home / ".local/state/agentconv/agentconv.lock").is_file()
    assert not (project / "agentconv.lock").exists()
    assert "edited" not in run("status", "--scope", "user").out
    run("uninstall", "backend-agents", "--scope", "user")
    assert not [path for path in tmp_path.rglob("*reviewer*") if "shop" not in path.parts]


def test_user_scope_has_no_place(project, give, run):
    """Roo Code keeps what is for all projects in the editor's storage: that is said, and nothing is written."""
    give(ONE)
    done = run("install", "backend-agents", "--scope", "user", "--to", "claude-code,roo", code=2)

    assert "custom_modes.yaml" in done.err
    assert not (project.parent / ".claude").exists()


def test_home_is_no_project(project, give, run, monkeypatch):
    """What clients have in the user's home makes no project of it."""
    give(ONE)
    (project.parent / ".claude" / "agents").mkdir(parents=True)
    plain = project.parent / "plain"
    plain.mkdir()
    monkeypatch.chdir(plain)
    run("install", project / ".venv/lib/python3.11/site-packages/backend_agents", "--accept", "--to", "claude-code")

    assert (plain / "agentconv.lock").is_file()


KEY = "gh" + "p_Zk3vQ9xT7mW2pL8sR4nB6cY1dF5gH0jKqUaE"
UNSAFE = {
    "key": agent("bad", f"Send them with {KEY}."),
    "ignored": agent("bad", f"Send them with {KEY}.", color="red # agentconv: ignore[AC810]"),
    "tags": agent("bad", "Review changes.\U000e0041\U000e0042"),
    "bidi": agent("bad", "Review \u202echanges\u202c."),
    "escaped": agent("bad", description='"Reviews \\u202echanges\\u202c."'),
}


@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE)
def test_gate_blocks(project, give, run, asked, text):
    """Secrets and hidden characters keep an agent from being deployed, whatever its file says and `--force` or not; the others are."""
    give({"bad.md": text, "good.md": agent("good")})
    done = run("install", "backend-agents", "--accept", "--to", "claude-code,codex", "--force", code=1)
    report = run("install", "backend-agents", "--accept", "--output-format", "json", code=1)

    assert "bad.md" in done.err
    assert KEY not in done.out + done.err + report.out
    assert report.report["results"][0]["blocked"] == ["bad"]
    assert [path.name for path in (project / ".claude/agents").iterdir()] == ["good.md"]
    assert {*asked("status", code=1).states().values()} == {"up-to-date"}


def test_gate_is_about_what_is_chosen(project, give, run):
    """An agent that is not chosen blocks nothing."""
    give({"bad.md": UNSAFE["key"], "good.md": agent("good")})
    run("install", "backend-agents", "--accept", "--to", "claude-code", "--agent", "good")

    assert [path.name for path in (project / ".claude/agents").iterdir()] == ["good.md"]


WIDER = {
    "tools": (agent("a", tools="Read"), agent("a", tools="Read, Bash"), "running commands"),
    "mode": (agent("a"), agent("a", permissionMode="bypassPermissions"), "permission mode bypass"),
    "server": (
        agent("a", tools="Read"),
        agent("a", tools="Read", mcpServers="[{files: {command: npx, args: [files]}}]"),
        "MCP server files (npx files)",
    ),
    "server changed": (
        agent("a", mcpServers="[{files: {command: npx, args: [files]}}]"),
        agent("a", mcpServers="[{files: {command: npx, args: [evil]}}]"),
        "MCP server files (npx evil), which was another one",
    ),
    "hook": (
        agent("a"),
        agent("a", hooks="{PostToolUse: [{matcher: Write, hooks: [{type: command, command: ./format.sh}]}]}"),
        "hook PostToolUse: ./format.sh",
    ),
}


@pytest.mark.parametrize("case", WIDER)
def test_update_that_asks_for_more(project, give, run, case):
    """An update that asks for more is shown, and waits for `--accept`, with a later run too."""
    old, new, words = WIDER[case]
    give({"a.md": old})
    run("install", "backend-agents", "--to", "claude-code", "--accept")
    give({"a.md": new}, "2.0.0")
    first, second = (run("install", "backend-agents", code=1).err for _ in range(2))
    file = project / ".claude/agents/a.md"

    assert words in first
    assert words in second
    assert "--accept" in first
    assert file.read_text() == old
    assert words in run("install", "backend-agents", "--accept").out
    assert file.read_text() == new
    run("install", "backend-agents")


@pytest.mark.parametrize("origin", ["pip", "wheel"])
def test_what_is_held_is_told(origin, project, give, run, asked):
    """What an update left as it was is held, of the version that it is of, however often it is tried, until it is accepted."""

    def pack(version, tools, **header):
        sources = {"a.md": agent("a", tools=tools, **header), "b.md": agent("b", f"Does {version}.", tools="Read")}
        if origin == "pip":
            give(sources, version)
            return "backend-agents"
        files = pack_files.packed({path: text.encode() for path, text in sources.items()}, version=version)
        return pack_files.wheel(project, pack_files.distribution(files, version=version), version=version).name

    run("install", pack("1.0.0", "Read"), "--to", "claude-code")
    newer = pack("1.1.0", "Read, Bash")
    for _ in range(2):
        assert "`a` asks for more than in 1.0.0, which stays: running commands" in run("install", newer, code=1).err

    assert asked("status", code=1).states() == {".claude/agents/a.md": "held", ".claude/agents/b.md": "up-to-date"}
    told = run("status", code=1).out
    assert "held         .claude/agents/a.md: as in 1.0.0\n" in told
    assert f"`agentconv install {newer}` says what each waits for" in " ".join(told.split())
    (project / ".claude/agents/a.md").unlink()
    assert "held         .claude/agents/a.md: gone: it was as in 1.0.0, and installing that version again" in run("status", code=1).out
    assert "`a` is gone, and was as in 1.0.0, whose text is not here" in run("install", newer, code=1).err
    run("install", newer, "--accept")
    assert "up-to-date" in run("status").out
    run("install", pack("1.2.0", "Read, Bash", permissionMode="bypassPermissions"), code=1)
    assert "as in 1.1.0" in run("status", code=1).out
    run("install", pack("1.3.0", "Read"))
    run("status", code=0)


def test_what_an_assistant_cannot_hold_any_more_is_told_as_that(project, give, run):
    """The pack has the agent still; what it closes by now is what Cursor holds no agent to."""
    give({"a.md": agent("a", tools="Read, Grep, WebFetch")})
    run("install", "backend-agents", "--to", "cursor", "--accept")
    give({"a.md": agent("a", tools="Read, Grep")}, "1.1.0")

    assert "orphaned     .cursor/agents/a.md: the assistant cannot hold it as the pack has it now\n" in run("status", code=1).out


def test_update_that_asks_for_less(project, give, run):
    """An update that asks for less is no question."""
    give({"a.md": agent("a", tools="Read, Bash")})
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    give({"a.md": agent("a", tools="Read")}, "2.0.0")
    run("install", "backend-agents", "--accept")

    assert (project / ".claude/agents/a.md").read_text() == agent("a", tools="Read")


def test_what_stands_there_of_a_refused_agent_is_told(project, give, run):
    """goose holds no agent to a list: one that somebody has there by that name is what it goes on using. What was ours goes."""
    give({"b.md": agent("b", tools="Read")})
    place = project / ".goose/agents/b.md"
    place.parent.mkdir(parents=True)
    place.write_text("---\nname: b\ndescription: Mine.\n---\n\nMine.\n")
    said = " ".join(run("install", "backend-agents", "--accept", "--to", "goose", code=1).err.split())
    place.unlink()
    gone = " ".join(run("install", "backend-agents", "--accept", "--to", "goose").err.split())

    assert "goose goes on using what stands here from before" in said
    assert "where it is not meant to stay: rm .goose/agents/b.md" in said
    assert "stands here from before" not in gone


def test_refused_agents_and_losses(project, give, run, asked):
    """An agent that a target cannot hold is named, the others are deployed, and losses are shown and locked."""
    give({"a.md": agent("a", tools="Read"), "b.md": agent("b", "", tools="Read")})
    done = asked("install", "backend-agents", "--accept", "--to", "codex", code=1)
    (target,) = done.report["results"][0]["targets"]

    assert target["refused"] == ["b"]
    assert "tools-approximated" in {loss["code"] for loss in target["losses"]}
    assert "tools-approximated" in (project / "agentconv.lock").read_text()
    again = run("install", "backend-agents", "--accept")
    assert "1 refused, as before" in again.out
    assert not again.err
    assert "refused" in run("install", "backend-agents", "--dry-run").err
    assert "to Roo Code" in run("install", "backend-agents", "--to", "codex,roo", "--accept", code=1).err
    give({"a.md": agent("a", tools="Read"), "b.md": agent("b", "", tools="Read, Grep")}, "2.0.0")
    assert "refusal[" in run("install", "backend-agents", "--accept", "-q", code=1).err


def test_quiet_never_ends_with_1_in_silence(project, give, run):
    """With `-q`, what needs a look is told all the same: what is in the way, what was edited, and what stays when the pack goes."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    edited = next((project / ".claude/agents").glob("*.md"))
    edited.write_text(edited.read_text() + "More.\n")
    give(ONE, "2.0.0")
    said = [run(*words, "-q", code=1) for words in (("status",), ("uninstall", "backend-agents"))]
    said.append(run("install", "backend-agents", "--accept", "--to", "claude-code", "-q", code=1))

    assert all(done.out or done.err for done in said)


def test_removed_pack_is_orphaned(project, give, run, asked):
    """When the pack is gone from the environment, what was deployed is orphaned, and can still be taken away."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    site = project / ".venv/lib/python3.11/site-packages"
    (site / "backend_agents-1.0.0.dist-info" / "RECORD").unlink()
    (site / "backend_agents-1.0.0.dist-info" / "METADATA").unlink()
    (site / "backend_agents-1.0.0.dist-info" / "entry_points.txt").unlink()

    assert {*asked("status", code=1).states().values()} == {"orphaned"}
    told = run("status", code=1).out
    assert "backend-agents 1.0.0; not in .venv/lib/python3.11/site-packages (the project's .venv)\n" in told
    assert "`pip install backend-agents==1.0.0` brings it back" in " ".join(told.split())
    assert "`agentconv uninstall backend-agents --accept=leaving` takes away" in " ".join(told.split())
    assert "nothing but the lock says" in run("uninstall", "Backend_Agents", code=1).err
    assert (project / ".claude/agents/reviewer.md").is_file()
    run("uninstall", "Backend_Agents", "--accept")
    assert not (project / ".claude").exists()


def test_the_environment_of_a_tool(project, give, run):
    """Where nobody named an environment, a pack that is not in our own need not be gone: both commands say where they looked."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    (project / ".venv/pyvenv.cfg").rename(project / ".venv/pyvenv.cfg-not-found")
    told = run("status", code=1).out
    missing = run("install", "backend-agents", "--accept", code=2).err

    assert " (the Python that runs agentconv)\n" in told
    assert "site-packages" in told
    assert "name it: agentconv status --python PATH" in " ".join(told.split())
    assert "uninstall" not in told
    assert "no pack `backend-agents` is installed in " in missing
    assert "hint: activate the environment that has them, or name it: --python PATH" in missing


def test_a_wheel_that_lies_elsewhere(project, tmp_path, run, tree):
    """The lock has its name alone, so that every hint says to name it by its path; named so, its own bytes tell what goes with it."""
    wheel = pack_files.wheel(tmp_path)
    before = tree()
    run("install", wheel, "--accept", "--to", "claude-code")
    (project / ".claude/agents/writer.md").unlink()

    path = f"PATH/{wheel.name}"
    told = " ".join(run("status", code=1).out.split())
    assert f"missing: `agentconv install {path}` writes it again" in told
    missing = run("install", code=2).err
    assert f"from the wheel `{wheel.name}`, and there is none here or in the project's folder\n" in missing
    assert f"hint: name it by its path: agentconv install {path}\n" in missing
    assert f"name the wheel that they are of (agentconv uninstall {path}), or" in run("uninstall", "backend-agents", code=1).err
    assert f"agentconv uninstall {path}" in run("uninstall", f"elsewhere/{wheel.name}", code=1).err
    run("uninstall", wheel)
    assert tree() == before


def test_wheel_and_folder(project, tmp_path, run, asked):
    """A pack may be a wheel or a folder; its absence later is no drift."""
    wheel = pack_files.wheel(tmp_path)
    folder = pack_files.write(tmp_path / "src" / "other_agents", pack_files.packed(name="other-agents"))
    run("install", wheel, "--accept", "--to", "claude-code")
    run("install", folder, "--accept", "--to", "codex")
    wheel.unlink()

    assert {*asked("status").states().values()} == {"up-to-date"}
    assert str(tmp_path) not in (project / "agentconv.lock").read_text()


def test_interrupted(project, give, run, asked):
    """What a run left half done is said, with what to run."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    lock = project / "agentconv.lock"
    text = lock.read_text()
    found = text.index("deployed_sha256 = ")
    line = text[found : text.index("\n", found)]
    lock.write_text(text.replace(line, f'{line}\npending_sha256 = "{"0" * 64}"', 1))

    assert "interrupted" in asked("status", code=1).states().values()
    assert "run again" in run("status", code=1).out
    run("install", "backend-agents", "--accept")
    assert {*asked("status").states().values()} == {"up-to-date"}


MISTAKES = {
    "no pack": (["install", "nothing-agents", "--to", "codex"], "no pack `nothing-agents` is installed"),
    "no assistant": (["install", "backend-agents", "--to", "codx"], "did you mean `codex`"),
    "no client of its own": (["install", "backend-agents", "--to", "json"], "not deployed to canonical JSON"),
    "auto and others": (["install", "backend-agents", "--to", "auto,codex"], "exclude each other"),
    "empty": (["install", "backend-agents", "--to", ""], "--to has an empty value"),
    "twice": (["install", "backend-agents", "backend-agents", "--to", "codex"], "named twice"),
    "no project": (["install", "backend-agents", "--project", "nowhere"], "no folder `nowhere`"),
    "project and user": (["status", "--scope", "user", "--project", "."], "exclude each other"),
    "not deployed": (["uninstall", "backend-agents"], "`backend-agents` is not installed in this project"),
    "uninstall auto": (["uninstall", "backend-agents", "--to", "auto"], "auto says nothing"),
    "no python": (["install", "backend-agents", "--python", "nowhere"], "--python"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(give, run, tree, case):
    """A mistake is said in a line with what to do, as JSON too, and writes nothing."""
    words, message = MISTAKES[case]
    give(ONE)
    before = tree()
    done = run(*words, code=2)
    report = json.loads(run(*words, "--output-format", "json", code=2).out)

    assert message in done.err
    assert "hint: " in done.err
    assert report["exit_code"] == 2
    assert tree() == before


def test_damaged_pack(project, give, run, asked, tree):
    """A pack that is not what it says is neither deployed nor compared, and that is drift."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    there = tree()
    (project / ".venv/lib/python3.11/site-packages/backend_agents/agents/reviewer.md").write_text("other\n")
    run("install", "backend-agents", "--accept", code=2)
    done = asked("status", code=1)

    assert tree() == there
    assert done.report["diagnostics"]
    assert {*done.states().values()} == {"up-to-date"}


def test_lock_with_conflict_marks(project, give, run, tree):
    """A lock that Git left in conflict is refused by all three, with its place, and nothing is written."""
    give(ONE)
    run("install", "backend-agents", "--accept", "--to", "claude-code")
    lock = project / "agentconv.lock"
    lock.write_text("<<<<<<< ours\n" + lock.read_text())
    there = tree()

    for words in (["install", "backend-agents"], ["uninstall", "backend-agents"], ["status"]):
        assert "agentconv.lock:1" in run(*words, code=2).err
    assert tree() == there


def test_unwritable_state_folder(project, give, run, monkeypatch):
    """Where the lock of user scope cannot be, that is said with a way out."""
    give(ONE)
    (project.parent / "state").write_text("a file\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(project.parent / "state"))
    done = run("install", "backend-agents", "--scope", "user", "--to", "claude-code", code=2)

    assert "XDG_STATE_HOME" in done.err
    assert not (project.parent / ".claude").exists()


def test_no_home(project, give, run, monkeypatch):
    """A home folder that is not there is said."""
    give(ONE)
    monkeypatch.setenv("HOME", str(project / "nowhere"))

    assert "home folder" in run("install", "backend-agents", "--scope", "user", "--to", "claude-code", code=2).err


def test_what_is_the_users_own_is_taken_for_good(project, give, run, asked):
    """An own agent stays, is told until somebody decides, and where the pack's was forced, the copy is told when that goes."""
    give(ONE)
    mine = project / ".claude/agents/reviewer.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\nname: reviewer\ndescription: Mine\n---\nMine.\n")
    run("install", "backend-agents", "--accept", "--to", "claude-code", code=1)
    states = asked("status", code=1).states()
    run("install", "backend-agents", "--accept", "--force")
    told = run("uninstall", "backend-agents").err

    assert states[".claude/agents/reviewer.md"] == "taken"
    assert {*states.values()} == {"taken", "up-to-date"}
    assert "mv .claude/agents/reviewer.md.agentconv-backup .claude/agents/reviewer.md brings it back" in told


def test_who_reads_along_and_takes_less_is_told(project, give, run):
    """An assistant that is used here and reads another one's folder says what it takes nothing of, whether it is asked for or not."""
    give({"careful.md": "---\nname: careful\ndescription: Careful\ntools: Read\npermissionMode: plan\n---\nLook.\n"})
    (project / ".github/agents").mkdir(parents=True)
    alone = run("install", "backend-agents", "--accept", "--to", "claude-code").err
    both = run("install", "backend-agents", "--accept", "--to", "claude-code,copilot", "-v").err

    assert "degraded-elsewhere" in alone
    assert "degraded-elsewhere" in both
    assert "permissions.mode" in alone


def test_restoring_leaves_the_lock_as_it_is(project, give, run):
    """Where a checkout has no file of the pack, what the lock says is written, and the lock is the same as before, byte for byte."""
    give(ONE)
    (project / ".claude").mkdir()
    run("install", "backend-agents", "--accept", "--to", "claude-code,codex")
    lock = (project / "agentconv.lock").read_bytes()
    for folder in (".claude", ".codex"):
        shutil.rmtree(project / folder)
    run("install")

    assert (project / ".claude/agents/reviewer.md").exists()
    assert (project / "agentconv.lock").read_bytes() == lock


def test_advice_says_which_commands_have_a_flag(run):
    """The page of a loss is for whoever meets it: a flag that not each command has which converts is told with those that have it."""
    converting = ("convert", "sync", "install", "pack")
    known = {command: {*re.findall(r"--[a-z][a-z-]+", build_parser(command).format_help())} for command in converting}
    wrong = []
    for code in losses.codes():
        page = explained.loss(code).partition("### What to do")[2].partition("### Where")[0]
        for flag in {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", page)} - {"--strict", "--scope", "--to", "--sandbox"}:
            having = [f"`agentconv {command}`" for command in converting if flag in known[command]]
            typed = re.search(rf"`agentconv (\w+)[^`]* {flag}", page)
            if len(having) < len(converting) and f"`{flag}` is a flag of {', '.join(having)}" not in page:
                wrong += [] if typed and flag in known.get(typed[1], {flag}) else [(code, flag)]

    assert wrong == []
    assert "`agentconv install` has none of the kind" in run("rule", "server-open-to-all", "--output-format", "markdown").out


def test_hints_name_what_the_command_has(capsys):
    """What a loss advises to type, `convert` has; of a pack it is left out unless `install` has it, too."""
    known = {}
    for command in ("convert", "install", "sync"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        known[command] = {*re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out)}
    told = [losses.loss(code, "one", "tools", "codex", "what") for code in losses.codes()]
    wrong = [
        (command, loss.code, word)
        for command, shown in (("convert", told), ("install", map(deployment.fitting, told)))
        for loss in shown
        for of, word in re.findall(r"(?:(?<=`)agentconv (sync) |(?:^|[\s`;]))(--[a-z][a-z-]+|agentconv convert)", loss.hint or "")
        if word not in known[of or command] and not (command == "convert" and word == "agentconv convert")
    ]

    assert sum("--" in (loss.hint or "") for loss in told) > 5
    assert wrong == []
