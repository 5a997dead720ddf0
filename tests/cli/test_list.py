"""`agentconv list`: packs beside each other, and nothing that looks like a secret."""

import json
import zipfile

import pack_files

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_secret(run, tmp_path):
    """A secret in a description is not printed, in neither form."""
    agent = f"---\nname: leaky\ndescription: Uses {SECRET}\n---\n\nHi.\n".encode()
    site = pack_files.venv(tmp_path / ".venv")
    pack_files.install(site, pack_files.distribution(pack_files.packed({"leaky.md": agent})))
    shown = run("list", "--python", ".venv", code=0)
    listed = run("list", "--python", ".venv", "--output-format", "json", code=0)

    assert "leaky" in shown.out
    assert SECRET not in shown.out + listed.out
    assert json.loads(listed.out)["results"][0]["verified"] is True


def test_one_bad_pack(run, tmp_path):
    """A pack that may not be used is named beside the others, and the exit code says so."""
    site = pack_files.venv(tmp_path / ".venv")
    pack_files.install(site)
    pack_files.install(site, name="other", package="other")
    (site / "other/agents/writer.md").unlink()
    done = run("list", "--python", ".venv", code=1)

    assert done.out.startswith("backend-agents 1.2.0: 2 agents\n")
    assert "`agents/writer.md` is missing" in done.err
    assert "looked in .venv/lib" in done.err


def test_hooks_of_an_agents_own(run, tmp_path):
    """What an agent's own hooks run is said by the list and in the pack's README."""
    hook = 'hooks:\n  PreToolUse:\n    - hooks: [{type: command, command: "exit 2"}]\n'
    (tmp_path / ".claude" / "agents").mkdir(parents=True)
    (tmp_path / ".claude" / "agents" / "ops.md").write_text(f"---\nname: ops\ndescription: Runs.\n{hook}---\n\nRun.\n")
    run("pack", ".", "--name", "guards", "--version", "1.0", "--no-lint", "-q", code=None)
    with zipfile.ZipFile(tmp_path / "dist" / "guards-1.0-py3-none-any.whl") as wheel:
        readme = wheel.read("guards-1.0.dist-info/METADATA").decode()
        wheel.extractall(pack_files.venv(tmp_path / ".venv"))
    listed = run("list", "--python", ".venv", code=0).out

    assert "- Hook of its own: runs `exit 2` on `PreToolUse`\n" in readme
    assert "hook PreToolUse: exit 2\n" in listed


def test_no_grant_is_cut(run, tmp_path, monkeypatch):
    """What an agent asks for is shown whole, in the words of `inspect`, however narrow the terminal is."""
    servers = [f"a-server-with-a-long-name-{letter}" for letter in "abcdefghijkl"]
    tools = ", ".join(["Read", "Grep", "Bash", "WebFetch", *(f"mcp__{name}__query" for name in servers)])
    agent = f"---\nname: asker\ndescription: Asks.\ntools: {tools}\nskills: house-style\n---\n\nAsk.\n"
    (tmp_path / ".claude" / "agents").mkdir(parents=True)
    (tmp_path / ".claude" / "agents" / "asker.md").write_text(agent)
    run("pack", ".", "--name", "askers", "--version", "1.0", "--no-lint", "-q", code=0)
    with zipfile.ZipFile(tmp_path / "dist" / "askers-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(pack_files.venv(tmp_path / ".venv"))
    monkeypatch.setenv("COLUMNS", "40")
    inspected = run("inspect", ".", "--for", "claude-code", "-v", code=0).out.split()
    listed = run("list", "--python", ".venv", code=0).out.split()
    wanted = ["read", "search", "shell", "web", *(f"mcp:{name}" for name in servers)]

    assert [word for word in listed if word in wanted] == wanted
    assert [word for word in wanted if word not in inspected and not word.startswith("mcp:")] == []
    assert "skill:house-style" in listed
    assert "…" not in " ".join(listed)
