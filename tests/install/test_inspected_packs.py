"""`inspect` of a pack: by name, wheel or folder, whole or some of its agents; its effects are those of what `install` would write."""

import pytest

READER = "---\nname: reader\ndescription: Reads what is there.\ntools: Read\n---\n\nRead it.\n"
GUARDED = """\
---
name: guarded
description: Runs what its guard lets pass.
tools: Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks: [{type: command, command: "exit 2"}]
---

Run the tests.
"""


@pytest.fixture
def pack(give):
    """The name of a pack that is in the project's environment, of two agents, one of which is guarded."""
    give({".claude/agents/reader.md": READER, ".claude/agents/guarded.md": GUARDED})
    return "backend-agents"


def test_its_effects_are_those_of_what_would_be_installed(pack, run, asked, tree):
    """Who gets what, and who stays away, is as `install` has it, were all accepted; one that is named and gets less is a finding."""
    before = tree()
    done = run("inspect", "--effects", pack, "--for", "codex,opencode,claude-code", code=1)
    seen = asked("inspect", "--effects", pack, "--for", "codex,opencode", code=1).report
    would = asked("install", pack, "--to", "codex,opencode", "--accept", "--dry-run", code=1).report

    assert seen["packs"] == would["results"]
    assert {one["path"] for one in seen["results"]} == {".opencode/agents/reader.md", ".codex/agents/reader.toml"}
    assert (
        "guarded\n  Claude Code  asks          asks          asks          no            held\n  not there: Codex, OpenCode\n" in done.out
    )
    assert "refusal[widening] to OpenCode, 1 agent" in done.err
    assert tree() == before


def test_agents_of_a_pack_are_named_behind_it(pack, run):
    """What is told is about them alone, also where no assistant gets them; a word that is no agent of it is told with those that are."""
    whole = run("inspect", pack, "reader").out
    seen = run("inspect", "--effects", pack, "guarded", "--for", "opencode", code=1)
    wrong = run("inspect", "--effects", pack, "gaurded", code=2).err

    assert ".claude/agents/reader.md" in whole
    assert "guarded" not in whole
    assert seen.out == "guarded\n\nnone of these agents is there in OpenCode\n"
    assert "reader" not in seen.err
    assert "did you mean `guarded`?" in wrong


def test_what_is_asked_for_without_names_is_what_install_would_do(pack, run, project):
    """The assistants are those of the project; where it has none, the author's own. A user's file in the way is none of the pack."""
    alone = run("inspect", "--effects", pack).out
    (project / ".opencode/agents").mkdir(parents=True)
    (project / ".opencode/agents/reader.md").write_text("---\ndescription: Mine.\n---\n\nMine.\n")
    seen = run("inspect", "--effects", pack)

    assert "Claude Code  .claude/agents  2 to write" in alone
    assert "OpenCode  .opencode/agents  1 in the way, 1 refused" in seen.out
    assert "guarded, reader\n\nnone of these agents is there in OpenCode" in seen.out
    assert ".opencode/agents/reader.md: warning: something else is there already, and is kept" in seen.err
    assert "packs are inspected one at a time" in run("inspect", pack, "other-1.0-py3-none-any.whl", code=2).err
    assert "--scope user is about your own agents" in run("inspect", "--effects", pack, "--scope", "user", code=2).err


def test_what_is_installed_is_held_against_what_its_author_said(run, give, project):
    """Servers that are an assistant's own are open to an agent that has none of its author: the pack says so, where it is here."""
    give({".claude/agents/builder.md": READER.replace("tools: Read", "tools: Read, Grep, Glob, Bash, Write, Edit, WebFetch, WebSearch")})
    (project / ".cursor").mkdir()
    run("install", "backend-agents", "--to", "cursor", "--accept")
    (project / ".cursor/mcp.json").write_text('{"mcpServers": {"own": {"command": "own-server"}}}\n')
    said = run("inspect", ".", "--effects", "--for", "cursor").out
    (project / "agentconv.lock").unlink()
    alone = run("inspect", ".", "--effects", "--for", "cursor").out

    assert "yes (!)" in said
    assert "yes (!)" not in alone
