"""Guards that settings keep from running: no command writes what they hold back, and each says which file it is."""

from __future__ import annotations

import json

import pytest

AGENT = """\
---
name: one
description: Works under a guard.
tools: Read, Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: {}
---

You do what you are asked, and a guard looks at each call first.
"""
GUARD = "echo 'Not now.' >&2; exit 2"
OFF = {
    "claude-code": (".claude/settings.json", '{"disableAllHooks": true}'),
    "qwen-code": (".qwen/settings.json", '{"disableAllHooks": true}'),
}


@pytest.fixture
def source(project):
    """A project whose agent has a guard; it returns what makes it, with what the guard runs, and another project beside it."""

    def make(command=GUARD, **settings):
        place = project / ".claude"
        (place / "agents").mkdir(parents=True)
        (place / "agents/one.md").write_text(AGENT.format(json.dumps(command)))
        if settings:
            (place / "settings.json").write_text(json.dumps(settings))
        return project

    return make


@pytest.mark.parametrize("target", sorted(OFF))
def test_no_guarded_agent_is_converted_to_where_hooks_are_off(target, source, run, tmp_path):
    """It could do what its guard holds back: it is refused, and the reason names the file."""
    source()
    path, text = OFF[target]
    (tmp_path / "to" / path).parent.mkdir(parents=True)
    (tmp_path / "to" / path).write_text(text)
    told = run("convert", ".", "-f", "claude-code", "-t", target, "-o", tmp_path / "to", code=1).err

    assert f"one: tool use that a hook may block in the source ({path} switches all hooks off)\n" in told
    assert not (tmp_path / "to" / path).with_name("agents").exists()


@pytest.mark.parametrize("settings", ['{"model": 5}', "{, }"])
def test_a_guard_in_settings_that_are_void_holds_nothing(settings, source, run, tmp_path):
    """The guard of the set would go into a file of which the client takes nothing: what it holds back is refused."""
    hook = {"matcher": "Bash", "hooks": [{"type": "command", "command": GUARD}]}
    source(hooks={"PreToolUse": [hook]})
    (tmp_path / "to/.claude").mkdir(parents=True)
    (tmp_path / "to/.claude/settings.json").write_text(settings)
    told = run("convert", ".", "-f", "claude-code", "-t", "claude-code", "-o", tmp_path / "to", "--with", "hooks", code=1).err

    assert "refusal[set-restraint] 1 agent" in told
    assert "it takes nothing of .claude/settings.json: " in told
    assert not (tmp_path / "to/.claude/agents").exists()


def test_sync_says_it_as_soon_as_it_is_so(source, run, project):
    """What is there was written before: `--check` is red, and names the file."""
    source()
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["qwen-code"]\n')
    run("sync")
    run("sync", "--check")
    (project / ".qwen/settings.json").write_text(OFF["qwen-code"][1])
    told = run("sync", "--check", code=1)

    assert ".qwen/settings.json switches all hooks off" in " ".join((told.out + told.err).split())


def test_the_last_file_decides(source, run, project):
    """What settings.local.json switches on again runs, whatever settings.json and the user's own say."""
    source(disableAllHooks=True)
    off = run("inspect", ".", "--effects", "--for", "claude-code")
    lint = run("lint", code=1).out
    (project / ".claude/settings.local.json").write_text('{"disableAllHooks": false}')
    on = run("inspect", ".", "--effects", "--for", "claude-code")

    assert "not held (!)" in off.out
    assert "a guard of one never runs: .claude/settings.json switches all hooks off" in " ".join(lint.split())
    assert "not held" not in on.out
    assert "nothing found" in run("lint").err


@pytest.mark.parametrize("command", ["corp-guard --strict", "python3 -m corpguard", "python3 .claude/check.py"])
def test_what_nobody_sees_here_is_held_where_it_is_installed(command, source, run, project):
    """A program of the machine, or a package: it is told, and neither called held nor not held."""
    source(command)
    (project / ".claude/check.py").write_text("import yaml\n")
    seen = run("inspect", ".", "--effects", "--for", "claude-code")

    assert "  if installed\n" in seen.out
    assert "which is no file of the project: on a machine without it, " in seen.out + seen.err


def test_a_missing_script_is_told_within_one_project(source, run):
    """Whoever converts there hears of it, as whoever installs does."""
    source("sh .claude/guard.sh")
    told = run("convert", ".", "-f", "claude-code", "-t", "qwen-code", "-o", ".").err

    assert "a guard of one runs `.claude/guard.sh`, which is not there: without it, it blocks nothing\n" in told
