"""The drivers see what the clients make of files in the clients' own words, good and bad: else the other tests prove nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from driving import Place, Session, drive
from installed import CLIENTS, UNDRIVEN

from agentconv.formats import registry

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.conformance

RESOURCES = ("list_mcp_resources", "list_mcp_resource_templates", "read_mcp_resource")
BODY = "You look at things, and you look twice.\n\n--- not a header\n"


@dataclass(frozen=True)
class Native:
    """Files of one client: the folder they are in, one that is plain, one with few tools, and bad ones."""

    folder: str
    plain: str
    """A file whose agent is named plain."""
    narrow: str
    """A file whose agent is named narrow, with fewer tools: to read files and use one tool of the server, where that can be said."""
    narrow_tools: set[str]
    always: set[str]
    """Tools that the client gives to every agent."""
    bad: dict[str, tuple[str, str]]
    """Files that make no agent, and what the client says of them; nothing where it says nothing."""
    suffix: str = ".md"


def _markdown(name: str, *lines: str, body: str = BODY) -> str:
    return "\n".join(["---", f"name: {name}", f"description: 'It''s {name}: look'", *lines, "---", "", body])


def _toml(name: str, *lines: str) -> str:
    return "\n".join([f'name = "{name}"', f'description = "It\'s {name}: look"', f"developer_instructions = '''\n{BODY}'''", *lines])


NATIVE = {
    "claude-code": Native(
        ".claude/agents",
        _markdown("plain"),
        _markdown("narrow", "tools: Read, mcp__github__get_issue"),
        {"Read", "mcp__github__get_issue"},
        set(),
        {
            "-dash": (_markdown("-dash"), 'names must not start with "-"'),
            "no-name": ("---\ndescription: x\n---\nx\n", ""),
            "broken": ("---\nname: broken\ndescription: [x\n  y: z\n---\nx\n", "frontmatter"),
        },
    ),
    "claude-plugin": Native(
        "agents",
        _markdown("plain"),
        _markdown("narrow", "tools: Read, mcp__github__get_issue"),
        {"Read", "mcp__github__get_issue"},
        set(),
        {},
    ),
    "codex": Native(
        ".codex/agents",
        _toml("plain"),
        _toml("narrow", "[features]", "shell_tool = false"),
        {f"mcp__github.{tool}" for tool in ("get_issue", "create_issue")},
        {"create_goal", "get_goal", "update_goal", "request_user_input", "view_image", "web_search", *RESOURCES},
        {"unknown": (_toml("unknown", 'color = "red"'), "unknown field `color`"), "text": ("x", "text.toml")},
        ".toml",
    ),
    "copilot": Native(
        ".github/agents",
        _markdown("plain"),
        _markdown("narrow", "tools: [view, github-get_issue]"),
        {"view", "github-get_issue"},
        set(),
        {"broken": ("---\ndescription: [x\n---\nx\n", "malformed"), "type": ("---\ndescription: 1\n---\nx\n", "description")},
        ".agent.md",
    ),
    "gemini-cli": Native(
        ".gemini/agents",
        _markdown("plain"),
        _markdown("narrow", "tools:", "  - read_file", "  - mcp_github_get_issue"),
        {"read_file", "mcp_github_get_issue"},
        {"complete_task"},
        {"tool": (_markdown("tool", "tools:", "  - Read"), "Invalid tool name"), "key": (_markdown("key", "color: red"), "color")},
    ),
    "opencode": Native(
        ".opencode/agents",
        _markdown("plain", "mode: subagent"),
        _markdown("narrow", "mode: subagent", "permission:", "  '*': deny", "  read: allow", "  github_get_issue: allow"),
        {"read", "github_get_issue"},
        set(),
        {},
    ),
    "kilo": Native(
        ".kilo/agents",
        _markdown("plain", "mode: subagent"),
        _markdown("narrow", "mode: subagent", "permission:", "  '*': deny", "  read: allow", "  github_get_issue: allow"),
        {"read", "github_get_issue"},
        set(),
        {"mode": (_markdown("mode", "mode: nonsense"), "")},
    ),
    "qwen-code": Native(
        ".qwen/agents",
        _markdown("plain"),
        _markdown("narrow", "tools:", "  - read_file", "  - mcp__github__get_issue"),
        {"read_file", "mcp__github__get_issue"},
        set(),
        {"short": (_markdown("short", body="short"), "short.md"), "mode": (_markdown("mode", "approvalMode: always"), "mode.md")},
    ),
}


def test_every_client_is_driven_or_it_is_said_why_not() -> None:
    """A client without a driver is left out by a row with the reason, and by nothing else."""
    driven = {name for name in CLIENTS if name != "node"}

    assert driven | UNDRIVEN.keys() == {*registry.CLIENTS}
    assert not driven & UNDRIVEN.keys()


each_client = pytest.mark.parametrize("client", NATIVE, indirect=True)


def _session(client: str, folder: Path, files: dict[str, str]) -> Session:
    place = Place.make(folder)
    for stem, text in files.items():
        place.write(f"project/{NATIVE[client].folder}/{stem}{NATIVE[client].suffix}", text)
    return drive(client, place)


@each_client
def test_an_agent_is_seen_as_it_is(client: str, tmp_path: Path) -> None:
    """The name, the description and the whole prompt of an agent arrive, and its tools are those that it may use."""
    native = NATIVE[client]
    session = _session(client, tmp_path, {"plain": native.plain, "narrow": native.narrow})
    plain, narrow = session.agents["plain"], session.agents["narrow"]

    assert session.failed is None
    assert [*session.agents] == ["narrow", "plain"] or [*session.agents] == ["plain", "narrow"]
    assert (plain.description, (plain.prompt or "").strip()) == ("It's plain: look", BODY.strip())
    assert native.narrow_tools | native.always == narrow.tools
    assert narrow.tools < plain.tools


@each_client
def test_a_bad_file_is_seen_to_make_no_agent(client: str, tmp_path: Path) -> None:
    """A file that the client drops makes no agent, what the client says of it is kept, and the others are there."""
    native = NATIVE[client]
    session = _session(client, tmp_path, {"plain": native.plain, **{stem: text for stem, (text, _) in native.bad.items()}})

    assert [*session.agents] == ["plain"]
    for _, message in native.bad.values():
        assert message in "\n".join(session.messages)


UNATTENDED = {
    "claude-code": (_markdown("plain", "permissionMode: acceptEdits"), {"write"}),
    "opencode": (_markdown("plain", "mode: subagent", "permission:", "  bash: allow"), {"run"}),
    "kilo": (_markdown("plain", "mode: subagent", "permission:", "  bash: allow"), {"run"}),
    "qwen-code": (_markdown("plain", "approvalMode: default"), set()),
}


@pytest.mark.parametrize("client", UNATTENDED, indirect=True)
def test_what_needs_no_asking_is_seen(client: str, tmp_path: Path) -> None:
    """An agent that may write, or run commands, without asking is told from one that asks."""
    text, effects = UNATTENDED[client]
    session = _session(client, tmp_path, {"plain": text, "other": NATIVE[client].plain.replace("plain", "other")})

    assert effects == session.agents["plain"].unattended
    assert session.agents["other"].unattended != effects


@pytest.mark.parametrize("client", ["gemini-cli", "qwen-code"], indirect=True)
def test_a_prompt_that_cannot_be_rendered_is_seen(client: str, tmp_path: Path) -> None:
    """An agent whose prompt the client takes for a template that it cannot fill in is listed, and cannot be called."""
    session = _session(client, tmp_path, {"broken": NATIVE[client].plain.replace("plain", "broken").replace("twice", "at ${HOME}")})

    assert "HOME" in (session.agents["broken"].error or "")


@pytest.mark.parametrize("client", ["opencode"], indirect=True)
def test_a_file_that_stops_the_client_is_seen(client: str, tmp_path: Path) -> None:
    """Where one bad file keeps the client from starting, that is what is said."""
    session = _session(client, tmp_path, {"plain": NATIVE[client].plain, "bad": _markdown("bad", "color: purple")})

    assert "color" in (session.failed or "")
