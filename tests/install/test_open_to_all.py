"""Servers that every agent of an assistant has: a pack that brings one asks for who is there already, and status says which came since."""

import json
import os

import pytest

EVERYTHING = "Read, Bash, Edit, Write, WebFetch, WebSearch"
SERVER = {"mcpServers": {"forge": {"command": "forge-mcp"}}}
OPEN = "open to agents there that may not use it"


@pytest.fixture
def packed(project, run, monkeypatch, tmp_path):
    """A function that builds a pack of one agent, with the server where its tools name it, and puts it into the project."""

    def packed(name, tools):
        home = tmp_path / f"of-{name}"
        files = {".claude/agents/" + name + ".md": agent(name, tools)}
        if "forge" in tools:
            files[".mcp.json"] = json.dumps(SERVER)
        for path, text in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text)
        monkeypatch.chdir(home)
        run("pack", ".", "--with", "all", "--name", f"{name}-pack", "--version", "1.0", "-o", os.fspath(project))
        monkeypatch.chdir(project)
        return next(project.glob(f"{name}_pack-*.whl"))

    return packed


def agent(name, tools):
    return f"---\nname: {name}\ndescription: Does {name}\ntools: {tools}\n---\n\nDo.\n"


@pytest.fixture
def smith(packed):
    """A pack that brings the server, to which its own agent has a right."""
    return packed("smith", f"{EVERYTHING}, mcp__forge")


def write(project, path, text):
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text)


def test_a_server_asks_for_the_agents_of_the_project_that_may_not_use_it(project, run, smith):
    """Cursor reads Claude Code's agents, too: the one that may not use the server is named before anything is accepted."""
    write(project, ".claude/agents/limited.md", agent("limited", EVERYTHING))
    write(project, ".claude/agents/free.md", "---\nname: free\ndescription: Does all\n---\n\nDo.\n")
    write(project, ".cursor/agents/copy.md", "---\nname: copy\ndescription: Copies\n---\n\nDo.\n")
    write(project, ".claude/agents/copy.md", agent("copy", EVERYTHING))
    done = run("install", smith, "--to", "cursor", code=1)

    assert " ".join(done.out.split()).count(f"MCP server forge in Cursor, {OPEN} (copy, limited): servers/forge") == 1
    assert "warning[server-open-there] 2 agents (copy, limited)" in done.err
    assert "`forge` in .cursor/mcp.json\n" in done.err
    assert not (project / ".cursor/mcp.json").exists()
    run("install", smith, "--to", "cursor", "--accept")
    assert json.loads((project / ".cursor/mcp.json").read_text()) == SERVER


def test_a_server_that_nobody_lacks_asks_for_nothing_more(project, run, smith):
    """Agents without limits have what the user has; where agents' files choose among servers, nobody gets one unasked."""
    write(project, ".claude/agents/free.md", "---\nname: free\ndescription: Does all\n---\n\nDo.\n")
    write(project, ".cursor/agents/reader.md", "---\nname: reader\ndescription: Reads\nreadonly: true\n---\n\nDo.\n")
    write(project, ".opencode/agents/own.md", "---\ndescription: Does it\nmode: subagent\npermission:\n  'forge_*': deny\n---\n\nDo.\n")
    done = run("install", smith, "--to", "cursor,opencode", "-n")

    assert OPEN not in done.out
    assert "server-open-there" not in done.err


def test_a_server_asks_for_the_agents_of_other_packs(project, run, smith, packed):
    """Another pack's agent is held against what its author wrote there, whatever file of it the assistant has."""
    run("install", packed("guest", EVERYTHING), "--to", "cursor", "--accept")
    planned = run("install", smith, "--to", "cursor", "-n")
    shown = run("inspect", "--effects", smith, "--for", "cursor")

    assert f"{OPEN} (guest)" in " ".join(planned.out.split())
    assert f"{OPEN} (guest)" in " ".join(shown.out.split())
    assert [one for one in shown.err.splitlines() if "server-open-there" in one] == [
        one for one in planned.err.splitlines() if "server-open-there" in one
    ]
    run("install", smith, "--to", "cursor", "--accept")
    assert "these may not use it: guest" in " ".join(run("status").err.split())


def test_a_server_that_somebody_adds_later_is_an_error_of_status(project, run, packed, asked):
    """Until it is taken note of: then it is told, as what was there from the first."""
    guest = packed("guest", EVERYTHING)
    run("install", guest, "--to", "cursor", "--accept")
    run("status")
    write(project, ".cursor/mcp.json", json.dumps(SERVER))
    told = " ".join(run("status", "-q", code=1).err.split())

    assert "every agent of Cursor has the MCP server `forge` in .cursor/mcp.json:1, and these may not use it: guest" in told
    assert f"`agentconv install PATH/{guest.name}` takes note of it" in told
    assert asked("status", code=1).report["diagnostics"][0]["severity"] == "error"
    assert "may not use it: guest" in run("status", "--output-format", "github", code=1).out
    run("install")  # which only restores what the lock says
    run("status", code=1)
    assert "server-open-there" in run("install", guest).err
    assert "may not use it: guest" in run("status").err


def test_sync_leaves_a_server_out_that_an_agent_of_a_pack_may_not_use(project, run, packed):
    """The agent of the pack is held against its author's words; without it, the server goes to the source's own."""
    guest = packed("guest", EVERYTHING)
    run("install", guest, "--to", "cursor", "--accept")
    write(project, ".claude/agents/smith.md", agent("smith", f"{EVERYTHING}, mcp__forge"))
    write(project, ".mcp.json", json.dumps(SERVER))
    write(project, "agentconv.toml", 'source = "claude-code"\ntargets = ["cursor"]\nwith = ["needed"]\n\n[sync.cursor]\nown = true\n')
    told = " ".join(run("sync", code=1).err.split())

    assert "server-open-to-all" in told
    assert "forge: guest" in told
    assert not (project / ".cursor/mcp.json").exists()
    assert (project / ".cursor/agents/smith.md").is_file()
    run("uninstall", "guest-pack")
    run("sync")
    assert "forge" in (project / ".cursor/mcp.json").read_text()


def test_a_person_sees_it_before_the_answer(project, run, smith, monkeypatch):
    """What is asked on a terminal has the warning in it."""
    from agentconv.cli import install as command

    write(project, ".claude/agents/limited.md", agent("limited", EVERYTHING))
    seen = []

    def agrees(_, prepared):
        seen.extend(command.deployed.question(prepared, _plain(), verbose=False))
        return False

    monkeypatch.setattr(command, "_is_asked", lambda *_: not seen)
    monkeypatch.setattr(command, "_agrees", agrees)
    run("install", smith, "--to", "cursor", code=1)

    assert any("server-open-there" in one for one in seen)
    assert seen[-1].endswith("[y/N]")


def _plain():
    import io

    from agentconv.render import text

    return text.style(io.StringIO(), "never")
