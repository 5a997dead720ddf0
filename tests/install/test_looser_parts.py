"""A part that holds back less by itself than the one that is deployed asks, as anything does that may do more."""

from pathlib import Path

import pytest

from agentconv.core.ir import Hook, McpServer, ToolGrant
from agentconv.core.parts import Command, Server, Skill
from agentconv.install.looser_parts import looser

BASH = ToolGrant("Bash", "claude-code", "shell")
GUARD = Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"type": "command", "command": "exit 2"},))
_SKILL = "---\nname: deploy\ndescription: Deploys.\n{}---\n\nDeploy it.\n"


def server(**closed: object) -> Server:
    return Server("x", McpServer("x", "stdio", "npx", **closed))  # type: ignore[arg-type]


CASES = [
    (server(disabled_tools=("y", "z")), server(disabled_tools=("z",)), ["mcp:x: y of MCP server x"]),
    (server(enabled_tools=("y",)), server(enabled_tools=("y", "z")), ["mcp:x: z of MCP server x"]),
    (server(enabled_tools=("y",)), server(), ["mcp:x: tools beyond y of MCP server x"]),
    (server(enabled=False), server(), ["mcp:x: all tools of MCP server x"]),
    (server(disabled_tools=("y",)), server(enabled_tools=("z",)), []),
    (server(), server(disabled_tools=("y",)), []),
    (Skill(invoked_by="user"), Skill(), ["unattended: the model may start it, which its user alone could"]),
    (Command(denied_tools=(BASH,)), Command(), ["run: Bash, which was closed to it"]),
    (Skill(hooks=(GUARD,)), Skill(), ["hooks: tool use that its hook PreToolUse may block"]),
    (Skill(hooks=(GUARD,), denied_tools=(BASH,)), Skill(hooks=(GUARD,), denied_tools=(BASH,)), []),
    (Skill(), Skill(invoked_by="user", denied_tools=(BASH,), hooks=(GUARD,)), []),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_what_is_open_that_was_closed(before: Skill | Command | Server, after: Skill | Command | Server, expected: list[str]) -> None:
    """Only what was held back, and is not any more, and by the word that accepts it."""
    assert [f"{one.word}: {one.what}" for one in looser(before, after)] == expected


def _pack(run, root: Path, version: str, servers: str, header: str) -> str:
    source = root / version
    for path, text in {
        ".codex/agents/r.toml": 'name = "r"\ndescription = "Reads."\ndeveloper_instructions = "Read."\n',
        ".codex/config.toml": servers,
        ".claude/agents/c.md": "---\nname: c\ndescription: Counts.\ntools: Read\n---\n\nCount.\n",
        ".claude/skills/deploy/SKILL.md": _SKILL.format(header),
    }.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    run("pack", source, "--with", "all", "--name", "tools", "--version", version, "-o", root)
    return str(root / f"tools-{version}-py3-none-any.whl")


def test_an_update_that_opens_tools_of_a_server_or_a_skill_waits(project, run, tmp_path_factory):
    """Rules that close tools of servers stay as they were for all of them, and a skill stays its user's, until that is accepted."""
    root = tmp_path_factory.mktemp("packs")
    server = '[mcp_servers.{0}]\ncommand = "npx"\nargs = ["{0}"]\n'
    closed = '{}disabled_tools = ["{}"]\n'
    limited = closed.format(server.format("w"), "q")
    old = _pack(run, root, "1.0", closed.format(server.format("x"), "y") + limited, "disable-model-invocation: true\n")
    new = _pack(run, root, "2.0", server.format("x") + limited, "")
    settings, skill = project / ".claude/settings.json", project / ".claude/skills/deploy/SKILL.md"
    run("install", old, "--to", "claude-code", "--accept")
    held = run("install", new, code=1).err
    found = (settings.read_text(), "disable-model-invocation" in skill.read_text())
    run("install", new, "--accept=mcp:x,unattended")

    assert "`servers/x` asks for more than in 1.0, which stays: what `deny mcp__x__y` holds back" in held
    assert "`skills/deploy` asks for more than in 1.0, which stays: the model may start it, which its user alone could" in held
    assert "--accept=unattended,mcp:x" in held
    assert "mcp__x__y" in found[0]
    assert found[1]
    assert "mcp__x__y" not in settings.read_text()
    assert "mcp__w__q" in settings.read_text()
    assert "disable-model-invocation" not in skill.read_text()
