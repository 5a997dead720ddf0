"""What Codex makes of its role files, and what a list of tools becomes there, where a fixture is too coarse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, make, minimal, read, state_of, written
from agentconv.core.format import State
from agentconv.core.ir import Agent, McpServer, Permissions, Prompt, Sandbox, ToolGrant
from agentconv.core.source import SourceText
from agentconv.formats import registry

ID = "codex"
BASE = {"name": "a", "description": "Does one thing.", "developer_instructions": "You do one thing."}


def _agent(**header: Any) -> Agent:
    return agent_of(ID, make(ID, {**BASE, **header}))


def _from_claude(**header: Any) -> Agent:
    agent = agent_of("claude-code", make("claude-code", {"name": "a", "description": "Does one thing.", **header}))
    done = convert_agent(agent, ID)
    assert done.file, done.losses

    return agent_of(ID, done.file.data)


@pytest.mark.parametrize(
    ("tools", "sandbox", "denied"),
    [
        (["Read", "Grep"], Sandbox("read-only"), ["web_search"]),
        (["Read", "WebFetch"], Sandbox("read-only"), []),
        (["Read", "Write"], Sandbox("workspace-write", network=False), ["web_search"]),
        (["Edit"], Sandbox("workspace-write", network=False), ["shell_tool", "web_search"]),
        ([], Sandbox("read-only"), ["shell_tool", "web_search"]),
        (["TodoWrite"], Sandbox("read-only"), ["shell_tool", "web_search"]),
        (["Teleport"], Sandbox("read-only"), ["shell_tool", "web_search"]),
        (["Read", "Bash"], None, []),
        (["Bash(git:*)"], None, []),
        ("*", None, []),
    ],
    ids=str,
)
def test_tools_become_a_sandbox(tools: Any, sandbox: Sandbox | None, denied: list[str]) -> None:
    """A list of tools becomes the sandbox and switches that leave its effects; with a shell, the client's default."""
    agent = _from_claude(tools=tools)

    assert (sandbox, denied) == (agent.permissions.sandbox, [grant.native for grant in agent.tools.deny])


def test_absent_tools_are_the_default() -> None:
    """An agent without a list gets no sandbox of its own."""
    assert Permissions() == _from_claude().permissions


@pytest.mark.parametrize("mode", ["plan"])
def test_read_only_modes_become_a_sandbox(mode: str) -> None:
    """A mode that changes nothing becomes a read-only sandbox."""
    assert Permissions(sandbox=Sandbox("read-only")) == _from_claude(permissionMode=mode).permissions


def test_bypass_is_full_access_without_approval() -> None:
    """A bypass is written only as full access without approval."""
    done = convert_agent(agent_of("qwen-code", make("qwen-code", {**minimal("qwen-code"), "approvalMode": "yolo"})), "codex")
    assert done.file

    assert Permissions("bypass", sandbox=Sandbox("full")) == agent_of("codex", done.file.data).permissions


def test_a_role_keeps_the_servers_that_it_has() -> None:
    """A role of Codex's own that was edited keeps its servers and their limits, though none of them is started."""
    servers = {"s": {"command": "x", "enabled_tools": ["a"]}}
    role = make("codex", {**minimal("codex"), "mcp_servers": servers})
    done = convert_agent(replace(agent_of("codex", role), description="Another one."), "codex")
    assert done.file

    assert (McpServer("s", "stdio", "x", enabled_tools=("a",)),) == agent_of("codex", done.file.data).mcp_servers


@pytest.mark.parametrize("key", ["name", "description", "developer_instructions"])
@pytest.mark.parametrize("value", ["", " \t\n", "\u00a0\u3000\u2028", 5, ["x"]])
def test_blank_texts_drop_the_role(key: str, value: Any) -> None:
    """A role without a name, description or instructions, or with blank ones, is dropped."""
    assert State.NOT_LOADED is state_of(ID, make(ID, {**BASE, key: value}))


@pytest.mark.parametrize("key", ["name", "description", "developer_instructions"])
def test_missing_texts_drop_the_role(key: str) -> None:
    """A role that lacks one of the three is dropped."""
    assert State.NOT_LOADED is state_of(ID, make(ID, {name: value for name, value in BASE.items() if name != key}))


def test_texts_are_trimmed_but_for_the_prompt() -> None:
    """Name and description lose their blanks; the instructions keep them."""
    agent = _agent(name=" a b ", description="\td\n", developer_instructions="  p\n\n")

    assert ("a b", "d", Prompt("  p\n\n", mode="append")) == (agent.name, agent.description, agent.prompt)


@pytest.mark.parametrize("quotes", ["'''", '"""'])
def test_carriage_returns_in_multi_line_strings_stay(quotes: str) -> None:
    """A multi-line string of a file with CRLF holds CRLF, apart from the first line end."""
    text = f'name = "a"\r\ndescription = "d"\r\ndeveloper_instructions = {quotes}\r\none\r\ntwo\r\n{quotes}\r\n'
    prompt = agent_of(ID, text).prompt

    assert prompt
    assert prompt.text == "one\r\ntwo\r\n"


@pytest.mark.parametrize(
    "text", ["one\r\ntwo", "one\rtwo", "\n", "'''", '"""', "a\\", "\x00", "\x7f", "\U0001f600", "x'", 'x"', "a\n'''\n\"\"\""]
)
def test_any_prompt_is_written_exactly(text: str) -> None:
    """Whatever the prompt holds, the written file gives it back."""
    prompt = f"Start {text}"
    again = agent_of(ID, written(ID, _agent(developer_instructions=prompt)))

    assert Prompt(prompt, mode="append") == again.prompt


@pytest.mark.parametrize(
    "extra",
    ["x = {a = 1,}", "desktop = {\n  a = 1,\n  b = 2,\n}", 'instructions = "\\e[0m\\x41"'],
    ids=["trailing comma", "line breaks in a table", "short escapes"],
)
def test_toml_1_1_is_read(extra: str) -> None:
    """What TOML 1.1 added parses; whether the key is known is another matter."""
    result = read(ID, f'name = "a"\ndescription = "d"\ndeveloper_instructions = "p"\n{extra}\n')

    assert not [one for one in result.diagnostics if "not TOML" in one.message]


@pytest.mark.parametrize(
    ("header", "permissions", "extras"),
    [
        ({"sandbox_mode": "read-only"}, Permissions(sandbox=Sandbox("read-only")), {}),
        ({"sandbox_mode": "workspace-write"}, Permissions(sandbox=Sandbox("workspace-write")), {}),
        ({"approval_policy": "untrusted"}, Permissions("default"), {}),
        ({"approval_policy": "never"}, Permissions(), {"approval_policy": "never"}),
        ({"approval_policy": "on-request"}, Permissions(), {"approval_policy": "on-request"}),
        ({"approval_policy": "never", "sandbox_mode": "danger-full-access"}, Permissions("bypass", sandbox=Sandbox("full")), {}),
        (
            {"sandbox_mode": "workspace-write", "sandbox_workspace_write": {"network_access": True, "writable_roots": ["/x"]}},
            Permissions(sandbox=Sandbox("workspace-write", network=True)),
            {"sandbox_workspace_write": {"writable_roots": ["/x"]}},
        ),
    ],
    ids=str,
)
def test_switches(header: dict[str, Any], permissions: Permissions, extras: dict[str, Any]) -> None:
    """The sandbox, its network and the approval policy are read together; what has no neutral meaning stays."""
    agent = _agent(**header)

    assert (permissions, extras) == (agent.permissions, agent.extras.get(ID, {}))
    assert agent.permissions == agent_of(ID, written(ID, agent)).permissions


def test_dates_are_kept() -> None:
    """TOML's own types are kept in `extras` as canonical values and written back."""
    agent = agent_of(ID, 'name = "a"\ndescription = "d"\ndeveloper_instructions = "p"\n[desktop]\nat = 2026-01-02T03:04:05Z\nn = nan\n')

    assert agent.extras[ID] == {"desktop": {"at": {"$datetime": "2026-01-02T03:04:05+00:00"}, "n": {"$float": "nan"}}}
    assert agent.extras == agent_of(ID, written(ID, agent)).extras


def test_patch_keeps_comments() -> None:
    """Changing one key keeps the comments, order and spelling of the others."""
    from dataclasses import replace

    text = '# top\nname = "a" # who\ndescription = \'d\'\n\ndeveloper_instructions = "p"\n# end\n'
    source = SourceText("a.toml", text.encode())
    data = written(ID, replace(agent_of(ID, source), description="Else."), source)

    assert text.replace("'d'", '"Else."').encode() == data


@pytest.mark.parametrize(("name", "legal"), [("a", "a"), (" a ", "a"), ("Team: QA / lead", "Team: QA / lead"), ("\u3000", "")])
def test_legal_names(name: str, legal: str) -> None:
    """Names may hold anything; blanks at the ends go."""
    assert legal == registry.load(ID).SPEC.legal_name(name)


def test_own_denied_tools_become_switches() -> None:
    """Denied tools of Codex are the two switches that it has, in any order."""
    web, shell = ToolGrant("web_search", ID, "web.search"), ToolGrant("shell_tool", ID, "shell")
    agent = _agent(web_search="disabled", features={"shell_tool": False, "apps": False})

    assert (shell, web) == agent.tools.deny
    assert agent.extras[ID] == {"features": {"apps": False}}
