"""Hooks, rules and instructions among a user's own: nothing of theirs is lost, nothing that restrains is opened, whoever comes and goes."""

import json
import os
from pathlib import Path

import pytest

GUARD = "#!/bin/sh\necho no >&2\nexit 2\n"
RUNS = '{{"type": "command", "command": "$CLAUDE_PROJECT_DIR/{}", "timeout": {}}}'
SETTINGS = '{{"permissions": {{"deny": [{}]}}, "hooks": {{"PreToolUse": [{{"matcher": "Bash", "hooks": [{}]}}]}}}}\n'
TWO = SETTINGS.format('"WebFetch"', ", ".join((RUNS.format("scripts/a.sh", 5), RUNS.format("scripts/b.sh", 5))))
SOURCE = {
    "agentconv.toml": 'source = "claude-code"\ntargets = ["codex", "gemini-cli", "opencode"]\nwith = ["all"]\n',
    ".claude/settings.json": TWO,
    "scripts/a.sh": GUARD,
    "scripts/b.sh": GUARD + "# b\n",
    "CLAUDE.md": "Use tabs.\n",
}
MINE = {
    ".codex/hooks.json": '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "mine"}]}]}}\n',
    ".gemini/settings.json": '{"theme": "dark"}\n',
    "opencode.json": '{\n  // mine\n  "permission": {"edit": "ask", "bash": {"*": "allow", "git push *": "deny"}}\n}\n',
}


def write(folder, files):
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755 if path.endswith(".sh") else 0o644)


@pytest.fixture
def source(project):
    """A project whose source guards and denies, and in whose targets' files its user has some of all that."""
    write(project, SOURCE | MINE)
    return project


def guards(path, event):
    """Return the scripts that hooks of a file run, with their times, in order."""
    groups = json.loads(path.read_text()).get("hooks", {}).get(event, [])
    return [(os.path.basename(one["command"]), one.get("timeout")) for group in groups for one in group["hooks"]]


def test_guards_follow_their_source_wherever_they_stand(source, run):
    """A hook that anybody puts before another one shifts its number alone: each stays what it is, an edit of the source reaches its own."""
    codex, gemini = source / ".codex/hooks.json", source / ".gemini/settings.json"
    run("sync")
    codex.write_text(codex.read_text().replace("[{", '[{"matcher": "Bash", "hooks": [{"type": "command", "command": "first"}]}, {', 1))
    run("sync", "--check")
    three = ", ".join((RUNS.format("scripts/c.sh", 5), RUNS.format("scripts/a.sh", 7), RUNS.format("scripts/b.sh", 5)))
    write(source, {".claude/settings.json": SETTINGS.format('"WebFetch"', three), "scripts/c.sh": GUARD})
    run("sync")

    assert guards(codex, "PreToolUse") == [("first", None), ("mine", None), ("a.sh", 7), ("b.sh", 5), ("c.sh", 5)]
    assert guards(gemini, "BeforeTool") == [("a.sh", 7000), ("b.sh", 5000), ("c.sh", 5000)]
    run("sync", "--check")


def test_what_leaves_the_source_takes_nothing_of_the_users_along(source, run):
    """Guards go, and rules that came to the user's; an edited one and the user's own stay, and so do the scripts."""
    gemini = source / ".gemini/settings.json"
    run("sync")
    gemini.write_text(gemini.read_text().replace("5000", "9000", 1))
    run("sync", code=1)
    (source / ".claude/settings.json").write_text("{}\n")
    run("sync", code=1)

    assert (source / ".codex/hooks.json").read_text() == MINE[".codex/hooks.json"]
    assert guards(gemini, "BeforeTool") == [("a.sh", 9000)]
    assert "tools" not in json.loads(gemini.read_text())
    assert (source / "opencode.json").read_text() == MINE["opencode.json"]
    assert (source / "scripts/a.sh").read_text() == GUARD


def test_rules_come_to_those_that_are_there(source, run):
    """A denial is put among a user's own rules, put back where it was taken out, and what the user adds stays."""
    place = source / "opencode.json"
    run("sync")
    place.write_text(place.read_text().replace('"webfetch": "deny"', '"webfetch": "allow", "task": "deny"'))
    run("sync")
    rules = place.read_text()

    assert all(one in rules for one in ('"task": "deny"', '"webfetch": "deny"'))
    assert '"webfetch": "allow"' not in rules


def test_a_text_that_was_written_is_no_source(source, run):
    """Where the source's own file goes, and its assistant would read the one that was written from it, that one is not converted on."""
    run("sync")
    (source / "CLAUDE.md").unlink()
    (source / ".claude/settings.json").unlink()
    told = run("sync", code=1).err
    there = (source / "AGENTS.md").read_text()
    run("sync", "--yes")

    assert "nothing was taken away" in told
    assert there == "Use tabs.\n"
    assert not any((source / name).exists() for name in ("AGENTS.md", "GEMINI.md"))


@pytest.mark.parametrize("here", [True, False])
def test_nothing_of_a_guard_is_left(project, run, monkeypatch, tmp_path_factory, here):
    """Its script goes with its folder; where the pack is gone, too, once it is accepted that only the lock says whose it is."""
    home = tmp_path_factory.mktemp("source")
    hook = '{"hooks": {"PreToolUse": [{"hooks": [' + RUNS.format(".claude/hooks/guard.sh", 5) + "]}]}}\n"
    write(home, {".claude/settings.json": hook, ".claude/hooks/guard.sh": GUARD})
    before = sorted(project.iterdir())
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guards", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    run("install", os.fspath(next(project.glob("*.whl"))), "--to", "claude-code", "--accept")
    there = (project / ".claude/hooks/guard.sh").exists()
    next(project.glob("*.tar.gz")).unlink()
    if not here:
        next(project.glob("*.whl")).unlink()
        run("uninstall", "guards", code=1)
        assert (project / ".claude/hooks/guard.sh").exists()
    run("uninstall", "guards", "--accept")
    for built in project.glob("*.whl"):
        built.unlink()

    assert there
    assert sorted(project.iterdir()) == before


def test_what_restrains_a_set_comes_with_any_of_its_agents(project, run, monkeypatch, tmp_path_factory):
    """A choice of agents is none of what holds them back; a command that none of them names stays away."""
    home = tmp_path_factory.mktemp("source")
    agents = {f".claude/agents/{name}.md": f"---\nname: {name}\ndescription: Does\ntools: Bash\n---\n\nDo it.\n" for name in ("one", "two")}
    write(home, SOURCE | agents | {".claude/commands/ship.md": "Ship it.\n"})
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guarded", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    run("install", os.fspath(next(project.glob("*.whl"))), "--to", "claude-code", "--agent", "one", "--accept")

    assert guards(project / ".claude/settings.json", "PreToolUse") == [("a.sh", 5), ("b.sh", 5)]
    assert "WebFetch" in (project / ".claude/settings.json").read_text()
    assert [one.name for one in (project / ".claude/agents").iterdir()] == ["one.md"]
    assert (project / "scripts/a.sh").exists()
    assert not (project / ".claude/commands").exists()


def test_guards_of_a_pack_come_with_their_scripts_and_go(project, run, monkeypatch, tmp_path_factory):
    """A script is asked for, comes as a program, stays while another assistant runs it, and is never taken from a user who had it."""
    home = tmp_path_factory.mktemp("source")
    write(home, SOURCE)
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guards", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    write(project, {".qwen/settings.json": '{"theme": "dark"}\n', "scripts/b.sh": SOURCE["scripts/b.sh"]})
    words = ("install", os.fspath(next(project.glob("*.whl"))), "--to", "codex,qwen-code")
    asked = run(*words, code=1).out
    run(*words, "--accept")
    installed = Path("scripts/a.sh")
    program, found = installed.stat().st_mode & 0o111, guards(project / ".qwen/settings.json", "PreToolUse")
    run("uninstall", "guards", "--to", "codex", "--accept")
    after_one = installed.exists()
    run("uninstall", "guards", "--accept")

    assert "run    script scripts/a.sh" in asked
    assert (bool(program), after_one, installed.exists()) == (True, True, False)
    assert found == [("a.sh", 5), ("b.sh", 5)]
    assert (project / ".qwen/settings.json").read_text() == '{"theme": "dark"}\n'
    assert not (project / ".codex/hooks.json").exists()
    assert Path("scripts/b.sh").read_text() == SOURCE["scripts/b.sh"]


def test_a_guard_whose_script_is_not_there_is_told_where_it_is_installed(project, run, monkeypatch, tmp_path_factory):
    """A script that the pack does not hold and the project has not got is named, be it of the set or of an agent; else nothing is."""
    home = tmp_path_factory.mktemp("source")
    hooks = "hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - {type: command, command: ./scripts/own.sh}\n"
    agent = f"---\nname: one\ndescription: Does\ntools: Bash\n{hooks}---\n\nDo it.\n"
    settings = SETTINGS.format('"WebFetch"', RUNS.format("scripts/gone.sh", 5))
    write(home, {".claude/settings.json": settings, ".claude/agents/one.md": agent})
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guards", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    words = ("install", os.fspath(next(project.glob("*.whl"))), "--to", "claude-code")
    told = run(*words, "--accept").err
    write(project, {"scripts/own.sh": GUARD, "scripts/gone.sh": GUARD})

    assert [line.split("`")[1::2] for line in told.splitlines() if "blocks nothing" in line] == [
        ["one", "scripts/own.sh"],
        ["hooks/before-tool/Bash", "scripts/gone.sh"],
    ]
    assert "blocks nothing" not in run(*words).err


READS_PATH = """\
import json, sys
if json.load(sys.stdin)["tool_input"]["file_path"].endswith(".env"):
    print("no", file=sys.stderr)
    sys.exit(2)
"""
ON_WRITE = '{"hooks": {"PreToolUse": [{"matcher": "Write", "hooks": [' + RUNS.format(".claude/hooks/guard.py", 5) + "]}]}}\n"
AGENT = "---\nname: {}\ndescription: Works.\ntools: {}\n---\n\nWork.\n"


@pytest.mark.parametrize("to", ["claude-code,cursor", "claude-code"])
def test_a_guard_that_a_reader_of_others_files_does_not_hold(project, run, monkeypatch, tmp_path_factory, to):
    """Who may do there what it holds back is told by name, be that assistant named or used here; once, with an exit code."""
    home = tmp_path_factory.mktemp("source")
    agents = {f".claude/agents/{name}.md": AGENT.format(name, tools) for name, tools in (("free", "Read, Bash"), ("writer", "Read, Write"))}
    write(home, {".claude/settings.json": ON_WRITE, ".claude/hooks/guard.py": READS_PATH, **agents})
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guards", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    (project / ".cursor").mkdir()
    words = ("install", os.fspath(next(project.glob("*.whl"))), "--to", to, "--accept", "--output-format", "json")
    targets = json.loads(run(*words, code=1).out)["results"][0]["targets"]
    told = {loss["agent"]: loss["detail"] for one in targets for loss in one["losses"] if loss["code"] == "widened-elsewhere"}
    run(*words)
    beside = run("status").out
    next(project.glob("*.whl")).unlink()
    gone = run("status").out

    assert "Cursor, not held to all that is said of them, in another assistant's file: free, writer" in beside
    assert gone.replace("PATH/", "") == beside
    assert sorted(told) == ["free", "writer"]
    assert all("what PreToolUse Write holds back (it reads `file_path`)" in detail for detail in told.values())


def crew(home, project, run, monkeypatch, files):
    """Pack a set with an agent that may run commands, and return the wheel, from within the project."""
    write(home, files | {".claude/agents/free.md": AGENT.format("free", "Read, Bash")})
    monkeypatch.chdir(home)
    run("pack", ".", "--with", "all", "--name", "guards", "--version", "1.0", "-o", os.fspath(project))
    monkeypatch.chdir(project)
    return os.fspath(next(project.glob("*.whl")))


@pytest.mark.parametrize("kind", ["prompt", "command"])
def test_a_hook_in_a_file_that_a_reader_takes_nothing_of_stands_in_its_own(project, run, monkeypatch, tmp_path, kind):
    """A hook that asks a model costs Copilot all of Claude Code's settings, and Claude Code nothing: the guard comes for each."""
    hook = {"type": kind, "prompt" if kind == "prompt" else "command": "true"}
    write(project, {".claude/settings.json": json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [hook]}]}})})
    settings = SETTINGS.format("", RUNS.format("scripts/a.sh", 5))
    wheel = crew(tmp_path / "source", project, run, monkeypatch, {".claude/settings.json": settings, "scripts/a.sh": GUARD})
    for each in ("copilot", "copilot,claude-code"):
        run("install", wheel, "--to", each, "--accept")

    assert "scripts/a.sh" in (project / ".claude/settings.json").read_text()
    assert (project / ".github/hooks/hooks.json").exists() is (kind == "prompt")


@pytest.mark.parametrize("there", ['{"model": 5}', '{"hooks": {"PreToolUse": {"matcher": "Bash"}}}'])
def test_rules_that_would_hold_nothing_keep_what_they_hold_back_away(project, run, monkeypatch, tmp_path_factory, there):
    """Settings of which Claude Code takes nothing stay as they are, no agent comes that the rules hold back, and it is said why."""
    write(project, {".claude/settings.json": there})
    files = {".claude/settings.json": '{"permissions": {"deny": ["Bash(curl:*)"]}}'}
    told = run(
        "install", crew(tmp_path_factory.mktemp("source"), project, run, monkeypatch, files), "--to", "claude-code", "--accept", code=1
    )

    assert "rules in .claude/settings.json hold nothing: it takes nothing of the file: " in " ".join(told.err.split())
    assert not (project / ".claude/agents").exists()
    (project / ".claude/settings.json").write_text("{}")
    run("install", next(project.glob("*.whl")), "--to", "claude-code", "--accept")
    assert (project / ".claude/agents/free.md").exists()
