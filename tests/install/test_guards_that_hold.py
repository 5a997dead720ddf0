"""Whether a guard holds, said alike of a hook of the whole set and of an agent's own, by every command that judges it."""

from __future__ import annotations

import io
import json
import sys

import pytest

from agentconv.cli import main

AGENT = """\
---
name: one
description: Works under a guard.
tools: Read, Bash
{}---

You do what you are asked, and a guard looks at each call first.
"""
OWN = """\
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: {}
"""
SCRIPT = ".claude/hooks/guard.sh"
GUARD = "#!/bin/sh\nif grep -q rm; then echo no >&2; exit 2; fi\n"


@pytest.fixture
def source(project):
    """A project with a guard, of the whole set or of its agent's own; the function that makes it returns its root."""

    def make(command, text=None, *, own=True, whole=True, more=None):
        (project / ".claude/agents").mkdir(parents=True)
        (project / ".claude/agents/one.md").write_text(AGENT.format(OWN.format(json.dumps(command)) if own else ""))
        hooks = {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": command}]}]} if whole else {}
        (project / ".claude/settings.json").write_text(json.dumps({"hooks": hooks | (more or {})}))
        if text is not None:
            (project / SCRIPT).parent.mkdir()
            (project / SCRIPT).write_text(text)
            (project / SCRIPT).chmod(0o755)
        return project

    return make


@pytest.fixture
def wheel(run, tmp_path, monkeypatch):
    """A function that packs a project, goes on to an empty one, and returns the wheel."""

    def pack(name="guards"):
        run("pack", ".", "--name", name, "--version", "1.0", "--with", "all", "-o", tmp_path / "dist")
        (tmp_path / "other/.claude").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "other")
        return tmp_path / f"dist/{name}-1.0-py3-none-any.whl"

    return pack


def _said(done):
    return " ".join((done.out + done.err).split())


@pytest.mark.parametrize("command", ["/opt/corp/bin/guard", "corp-guard --strict", "~/guard.sh", '"$DIR/$(uname).sh"'])
def test_what_nobody_sees_here(command, source, wheel, run):
    """It is held if it is installed, for an agent as for the whole set, and each command that brings it says so."""
    source(command)
    name = command.strip('"').split()[0]
    seen = _said(run("inspect", ".", "--effects", "--for", "claude-code"))
    packed = _said(run("pack", ".", "--name", "guards", "--version", "0.9", "--with", "all", "--dry-run"))
    file = wheel()
    installed = _said(run("install", file, "--to", "claude-code", "--accept"))
    later = _said(run("status"))

    assert "no if installed" in seen
    assert f"settings.json:1): if installed: Claude Code (it runs `{name}`, which nobody sees here)" in seen
    assert f"a guard of `one` runs `{name}`" in packed
    assert f"the hook `before-tool/Bash` runs `{name}`" in packed
    for said in (installed, later):
        assert f"a guard of `one` runs `{name}`" in said
        assert f"a guard of `hooks/before-tool/Bash` runs `{name}`" in said


@pytest.mark.parametrize("installed", [False, True])
def test_a_pack_where_settings_switch_hooks_off(installed, source, wheel, run, tmp_path):
    """The table says that nobody is held, and which file it is, though the pack does not bring that file; what is in it is no pack's."""
    source(SCRIPT, GUARD)
    file = wheel()
    if installed:
        run("install", file, "--to", "claude-code", "--accept")
    off = {"disableAllHooks": True, "permissions": {"deny": ["WebFetch"]}}
    (tmp_path / "other/.claude/settings.local.json").write_text(json.dumps(off))
    seen = _said(run("inspect", "--effects", file, "--for", "claude-code", code=1))

    assert "NOT HELD: Claude Code (.claude/settings.local.json switches all hooks off)" in seen
    assert ("no not held (!)" in seen) is installed
    assert ": held: " not in seen
    assert "WebFetch (" not in seen


@pytest.mark.parametrize(
    "case",
    [
        (
            "#!/bin/sh\nexit 0\n" + GUARD,
            "no not held (!)",
            "NOT HELD: Claude Code (runs `.claude/hooks/guard.sh`, which lets everything pass",
        ),
        ("", "no not held (!)", "NOT HELD: Claude Code (runs `.claude/hooks/guard.sh`, which lets everything pass"),
        (GUARD + "# as before\n", "no edited", "edited: Claude Code (since it was installed: `.claude/hooks/guard.sh`;"),
        (GUARD, "no held", "held: Claude Code"),
    ],
)
def test_a_script_that_somebody_edited(case, source, wheel, run, tmp_path):
    """What it lets pass nobody knows; where it plainly stops nothing, nobody is held: in the project, and of the pack."""
    text, own, whole = case
    source(SCRIPT, GUARD)
    file = wheel()
    run("install", file, "--to", "claude-code", "--accept")
    (tmp_path / "other" / SCRIPT).write_text(text)
    for words in (["."], [file]):
        seen = _said(run("inspect", *words, "--effects", "--for", "claude-code"))

        assert own in seen
        assert f"PreToolUse Bash (.claude/settings.json:7): {whole}" in seen


def test_lint_warns_of_a_guard_that_lets_everything_pass(source, run):
    """It is no error: its author may not have begun; both rules name what is run."""
    source(SCRIPT, "#!/bin/sh\n")
    told = _said(run("lint", code=1))

    assert "warning[AC508] missing-guard-script a guard of one runs `.claude/hooks/guard.sh`, which lets everything pass" in told
    assert "warning[AC514] missing-hook-script Claude Code runs `.claude/hooks/guard.sh`, which lets everything pass" in told


def test_a_prompt_of_the_pack_costs_copilot_the_file_of_hooks(source, wheel, run, tmp_path):
    """Copilot takes nothing of Claude Code's file once the pack's hook that asks a model is in it: the guard goes into its own."""
    source(SCRIPT, GUARD, own=False, more={"Stop": [{"hooks": [{"type": "prompt", "prompt": "Is it done?"}]}]})
    file = wheel()
    run("install", file, "--to", "claude-code,copilot", "--accept")
    seen = _said(run("inspect", ".", "--effects", "--for", "claude-code,copilot"))

    assert SCRIPT in (tmp_path / "other/.github/hooks/hooks.json").read_text()
    assert "PreToolUse Bash (.github/hooks/hooks.json:8): held: GitHub Copilot" in seen
    assert "unchanged" in run("install", file, "--to", "claude-code,copilot", "--accept").out


@pytest.mark.parametrize("settings", ['{"permissions": 5}', '{"permissions": '])
def test_a_rule_that_cannot_be_added_keeps_away_what_it_holds_back(settings, project, run, tmp_path):
    """Settings to which nothing can be added hold nobody back: the agent is refused, as `install` keeps it away."""
    (project / ".claude/agents").mkdir(parents=True)
    (project / ".claude/agents/one.md").write_text(AGENT.format(""))
    (project / ".claude/settings.json").write_text('{"permissions": {"deny": ["Bash(rm:*)"]}}')
    (tmp_path / "to/.qwen").mkdir(parents=True)
    (tmp_path / "to/.qwen/settings.json").write_text(settings)
    told = _said(run("convert", ".", "-t", "qwen-code", "-o", tmp_path / "to", "--with", "all", code=1))

    assert "refusal[set-restraint] 1 agent" in told
    assert not (tmp_path / "to/.qwen/agents").exists()
    assert (tmp_path / "to/.qwen/settings.json").read_text() == settings


def test_what_a_guard_runs_goes_where_its_agent_is_converted_to(source, run, tmp_path):
    """It is a program there, too, with what it takes in; a second run has nothing to do, and --with none leaves it, told."""
    place = source(SCRIPT, GUARD + '. "$(dirname "$0")/lib.sh"\n', whole=False)
    (place / ".claude/hooks/lib.sh").write_text("true\n")
    told = _said(run("convert", ".", "-f", "claude-code", "-t", "qwen-code", "-o", tmp_path / "to"))
    again = run("convert", ".", "-f", "claude-code", "-t", "qwen-code", "-o", tmp_path / "to", "--check")
    none = _said(run("convert", ".", "-f", "claude-code", "-t", "qwen-code", "-o", tmp_path / "none", "--with", "none"))

    assert "what a guard of one runs goes along: `.claude/hooks/guard.sh`, `.claude/hooks/lib.sh`" in told
    assert (tmp_path / "to" / SCRIPT).stat().st_mode & 0o111
    assert (tmp_path / "to/.claude/hooks/lib.sh").read_text() == "true\n"
    assert "goes along" not in again.err
    assert "a guard of one runs `.claude/hooks/guard.sh`, which is not there" in none
    assert not (tmp_path / "none/.claude").exists()


@pytest.mark.parametrize("own", [True, False])
def test_another_file_in_a_script_s_place(own, source, run, tmp_path):
    """What that lets pass nobody knows: what the guard holds back is refused, unless --force replaces the file."""
    source(SCRIPT, GUARD, own=own, whole=not own)
    (tmp_path / "to" / SCRIPT).parent.mkdir(parents=True)
    (tmp_path / "to" / SCRIPT).write_text("look\n")
    words = ("convert", ".", "-f", "claude-code", "-t", "qwen-code", "-o", tmp_path / "to", "--with", "all")
    told = _said(run(*words, code=1))
    refused = not (tmp_path / "to/.qwen/agents").exists()
    run(*words, "--force")

    assert "another file is at .claude/hooks/guard.sh" in told
    assert refused
    assert (tmp_path / "to" / SCRIPT).read_text() == GUARD
    assert (tmp_path / "to/.qwen/agents/one.md").exists()


def test_sync_says_which_guard_has_no_script(source, run, project):
    """It is told when the agent is new or changed, and not in each run."""
    source(SCRIPT, whole=False)
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["qwen-code"]\n')
    first, second = _said(run("sync")), _said(run("sync"))

    assert "a guard of one runs `.claude/hooks/guard.sh`, which is not there: without it, it blocks nothing" in first
    assert "guard of one" not in second


def test_lint_of_a_text_that_is_in_no_place(source, run, project, monkeypatch, capfd):
    """Of a bundle, and of standard input, it is said what the project has where they are read: a warning, for they may go elsewhere."""
    source(SCRIPT, whole=False)
    run("to-json", ".", "-o", project / "all.json")
    told = [_said(run("lint", "all.json", code=1))]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((project / ".claude/agents/one.md").read_bytes())))
    main(["lint", "-", "-f", "claude-code"])
    told.append(" ".join(capfd.readouterr().out.split()))
    (project / SCRIPT).parent.mkdir()
    (project / SCRIPT).write_text(GUARD)
    (project / SCRIPT).chmod(0o755)
    run("lint", "all.json")

    for said in told:
        assert "warning[AC508] missing-guard-script a guard of one runs `.claude/hooks/guard.sh`, which is not there" in said


def test_what_a_guard_of_the_set_runs_of_the_machine_is_told_where_it_is_converted(source, run, tmp_path):
    """It is said of the set's hook as of the agent's own."""
    source("/opt/corp/bin/guard")
    told = _said(run("convert", ".claude/agents", "-f", "claude-code", "-t", "claude-code", "-o", tmp_path / "to", "--with", "all"))

    assert "warning: a guard of one, hooks/before-tool/Bash runs `/opt/corp/bin/guard`, which is no file of the project" in told
