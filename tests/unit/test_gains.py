"""What may be done now that might not be done before: whatever widens is said, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import agentconv
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[2] / "fixtures"


def _claude(more: str = "", keys: str = "") -> agentconv.AgentSet:
    text = f"---\nname: a\ndescription: d\ntools: Read{more}\n{keys}---\n\nx\n"
    return agentconv.reads(text, "claude-code", path=".claude/agents/a.md")


def _opencode(rules: str) -> agentconv.AgentSet:
    text = f"---\ndescription: d\nmode: subagent\npermission:\n{rules}---\n\nx\n"
    return agentconv.reads(text, "opencode", path=".opencode/agents/a.md")


HOOK = "hooks:\n  PreToolUse:\n  - matcher: Bash\n    hooks:\n    - type: command\n      command: ./check.sh\n"
SERVER = "mcpServers:\n- desk: {command: desk-mcp}\n"
WIDER = {
    "tool": (_claude, (), (", Bash",), ["a: running commands"]),
    "hook": (_claude, (), ("", HOOK), ["a: hook PreToolUse: ./check.sh"]),
    "guard": (_claude, (", Bash", HOOK), (", Bash",), ["a: tool use that a hook may block in the source"]),
    "server": (_claude, (), ("", SERVER), ["a: MCP server desk (desk-mcp)"]),
    "tool of a server": (_claude, (", mcp__db__get",), (", mcp__db__get, mcp__db__drop",), ["a: MCP server db"]),
    "all of a server": (_claude, (", mcp__db__get",), (", mcp__db",), ["a: MCP server db"]),
    "any agent": (_claude, (", Agent(rev)",), (", Agent",), ["a: starting other agents: beyond `rev`"]),
    "one more agent": (_claude, (", Agent(rev)",), (", Agent(rev, dev)",), ["a: starting agent dev"]),
    "skill": (_claude, (), ("", "skills: [deploy]\n"), ["a: loading skill deploy"]),
    "mode": (
        _claude,
        (", Bash",),
        (", Bash", "permissionMode: bypassPermissions\n"),
        ["a: permission mode bypass, which asks before nothing"],
    ),
    "edits unasked": (_claude, (", Write",), (", Write", "permissionMode: acceptEdits\n"), ["a: writing files unattended"]),
    "pattern": (
        _opencode,
        ('  bash: {"*": deny, "git log *": allow}\n',),
        ('  bash: {"*": deny, "rm *": allow}\n',),
        ["a: shell beyond `git log * allow`"],
    ),
    "path": (
        _opencode,
        ('  "*": deny\n  read: {"*": deny, "docs/*": allow}\n',),
        ('  "*": deny\n  read: {"*": deny, "secrets/*": allow}\n',),
        ["a: read beyond `docs/* allow`"],
    ),
    "rule for a server's tool": (
        _opencode,
        ("  forge_drop: deny\n",),
        ("  forge_drop: ask\n",),
        ["a: mcp forge drop, which the source sets to deny"],
    ),
}


@pytest.mark.parametrize("case", WIDER)
def test_each_way_to_widen_is_said(case: str) -> None:
    """No two versions are alike where one may do what the other might not."""
    made: Callable[..., agentconv.AgentSet]
    made, before, after, said = WIDER[case]  # type: ignore[assignment]

    assert [str(gain) for gain in agentconv.compare(made(*before), made(*after))] == said


@pytest.mark.parametrize("format_id", registry.CLIENTS)
def test_nothing_is_wider_than_itself(format_id: str) -> None:
    """Whatever a file says, it may do no more than before where nothing changed."""
    for path in sorted((FIXTURES / format_id / "valid").glob("*")):
        if path.is_file():
            found = agentconv.reads(path.read_bytes(), format_id, path=path.name)
            assert agentconv.compare(found, found) == (), path


def test_what_holds_for_all_of_a_project_is_compared(tmp_path: Path) -> None:
    """A denial and a guard that are gone are said, as a server and a rule that came are."""
    settings = (
        '{"permissions": {"deny": ["Bash(rm:*)"]}, "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command",'
        ' "command": "./check.sh"}]}]}}'
    )
    places = []
    for name, text in (("before", settings), ("after", '{"permissions": {"allow": ["Bash(git:*)"]}}')):
        folder = tmp_path / name / ".claude" / "agents"
        folder.mkdir(parents=True)
        (folder / "a.md").write_text("---\nname: a\ndescription: d\n---\nx\n")
        (folder.parent / "settings.json").write_text(text)
        places.append(tmp_path / name)
    (places[1] / ".mcp.json").write_text('{"mcpServers": {"desk": {"command": "desk-mcp"}}}')

    assert [(gain.part, gain.word, gain.what) for gain in agentconv.compare(*places)] == [
        ("servers", "run", "MCP server desk is started: desk-mcp"),
        ("servers", "mcp:desk", "MCP server desk (desk-mcp)"),
        ("hooks", "hooks", "tool use that the hook PreToolUse Bash may block"),
        ("permissions", "unattended", "Bash(git:*) unattended, whoever uses it"),
        ("permissions", "run", "what `deny Bash(rm:*)` holds back"),
    ]


def test_what_is_compared_is_a_set_or_a_path() -> None:
    """Another value is the caller's to mend."""
    with pytest.raises(agentconv.InputError, match="not an int"):
        agentconv.compare(5, _claude())  # type: ignore[arg-type]


def test_the_levels_of_a_client_s_own_words_decide() -> None:
    """A made agent is compared as its words say."""
    made = agentconv.Agent(id="a", name="a", tools=agentconv.Tools(deny=(agentconv.ToolGrant("run", "sheet", "shell"),)))
    freer = agentconv.Agent(id="a", name="a", tools=agentconv.Tools(deny=(agentconv.ToolGrant("net", "sheet", "web.fetch"),)))
    said = [str(one) for one in agentconv.compare(agentconv.AgentSet((made,)), agentconv.AgentSet((freer,)))]

    assert said == ["a: running commands"]
