"""Qwen Code: what its loader makes of files, its line reader, and what its agents may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, read, state_of, written
from agentconv.core import effects
from agentconv.core.access import Level
from agentconv.core.format import State
from agentconv.core.ir import Agent, Limits, McpServer, Permissions, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.families import tool_tokens
from agentconv.families.frontmatter import Header, parse
from agentconv.formats import registry
from agentconv.formats.gemini import qwen_lines
from agentconv.yaml.grammar import YAML_2

ID = "qwen-code"


def _file(header: str, body: str = "You look after the release notes.") -> str:
    return f"---\nname: release-notes\ndescription: Writes them.\n{header}---\n\n{body}\n"


def _agent(**values: Any) -> Agent:
    return Agent(id="a", name="aa", description="d", prompt=Prompt("Ten characters."), **values)


LINES: list[tuple[str, dict[str, Any]]] = [
    ("a: b: c", {"a": "b: c"}),
    ("a:b", {"a": "b"}),
    ('a: "x\\n\\"y\\""', {"a": 'x\\n"y"'}),
    ("a: 'x'", {"a": "'x'"}),
    ("a: [x, y]", {"a": "[x, y]"}),
    ("a:\n  - x\n  - true\n  - 0x10\nb: 1e3", {"a": ["x", True, 16], "b": 1000}),
    ("a:\n - x", {}),
    ("a:\n  k: v\n    deep: 1\nb: .5", {"a": {"k": "v", "deep": 1}, "b": 0.5}),
    ("a: x\n  more", {"a": "x"}),
    ("a:\nb: x\n  - y", {"a": ["y"], "b": "x"}),
    ("  - x", {"": ["x"]}),
    ("a: 1\na: 2", {"a": 2}),
    ("# a: 1\n\n  # b\na: # c", {"a": "# c"}),
    ("a: Infinity\nb: 1_000\nc: +7", {"a": "Infinity", "b": "1_000", "c": 7}),
    ("$a: 1", {"$a": 1}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_line_reader(text: str, expected: dict[str, Any]) -> None:
    """Where YAML fails, each line is read by itself, as the client's `parseSimple` does; there are as many lines as before."""
    found = qwen_lines.rewritten(text)
    header = parse(Header(SourceText("", found.text.encode()), 0, len(found.text), len(found.text), grammar=YAML_2))

    assert found.text.count("\n") == text.count("\n")
    assert expected == {key.replace("$$", "$"): value for key, value in header.values.items()}


def test_line_reader_keeps_places() -> None:
    """What is wrong with a value is shown where it stands in the file."""
    text = "---\nname: release-notes\ndescription: Writes: them\ncolor: Purple\n---\n\nYou look after the notes.\n"
    found = next(one for one in read(ID, text).diagnostics if "color" in one.message)

    assert found.span
    assert (found.span.line, found.span.column) == (4, 8)


def test_one_changed_value_of_lines() -> None:
    """A value is patched in a header that only the line reader reads; the others keep their bytes."""
    text = "---\nname: release-notes\ndescription: Writes: them\ncolor: cyan\ntools:\n  - edit\n---\n\nYou look after the notes.\n"
    source = SourceText("a.md", text.encode())
    agent = replace(agent_of(ID, source), color="pink")

    assert text.replace("cyan", "pink") == written(ID, agent, source).decode()


@pytest.mark.parametrize(
    ("name", "loads"),
    [
        ("aa", True),
        ("a", False),
        ("审查", True),
        ("a" * 50, True),
        ("a" * 51, False),
        ("' aa '", True),
        ("a b", False),
        ("a.b", False),
        ("_aa", False),
        ("aa-", False),
        ("MAIN", False),
        ("mains", True),
        ("12", True),
        ("true", True),
        ("[a-b]", True),
        ("{a: b}", False),
        ("", False),
    ],
)
def test_names(name: str, loads: bool) -> None:
    """A name is 2 to 50 letters, digits, `-` and `_`, and no reserved word; what is no text becomes one."""
    text = f"---\nname: {name}\ndescription: d\nmodel: fast\n---\n\nTen characters.\n"

    assert loads == (state_of(ID, text) not in (State.NOT_LOADED, State.NO_AGENT))


@pytest.mark.parametrize("name", ["Release Notes", "x", "Default", "-_-", "a" * 60, "😀", "übung.2", "fork"])
def test_any_name_becomes_legal(name: str) -> None:
    """Each name gets a form that the client takes, or none."""
    legal = registry.load(ID).SPEC.legal_name(name)

    assert legal == registry.load(ID).SPEC.legal_name(legal)
    assert not legal or convert_agent(replace(_agent(), name=legal), ID).file


@pytest.mark.parametrize(
    ("header", "mode"),
    [
        ("", "accept-edits"),
        ("tools: [read_file]\n", None),
        ("tools: [read_file, web_fetch]\n", "accept-edits"),
        ("disallowedTools: [edit, write_file, notebook_edit, web_fetch, web_search]\n", None),
        ("approvalMode: bubble\n", "default"),
        ("approvalMode: plan\npermissionMode: bypassPermissions\n", "plan"),
        ("permissionMode: auto\n", "accept-edits"),
        ("permissionMode: dontAsk\n", "default"),
        ("approvalMode: ''\npermissionMode: plan\n", "plan"),
        ("permissionMode: Plan\n", "accept-edits"),
    ],
)
def test_modes(header: str, mode: str | None) -> None:
    """`approvalMode` goes before Claude Code's word for it; without either, an agent edits and fetches unasked."""
    assert mode == agent_of(ID, _file(header)).permissions.mode


def _listed(*words: str) -> Tools:
    """Return a list of some tools of Claude Code."""
    return Tools("list", tuple(tool_tokens.grant("claude-code", word) for word in words))


def test_edits_are_asked_for_unless_the_source_says_otherwise() -> None:
    """An agent whose author left the mode open, or lets it edit only, asks before it fetches; one that only reads needs no mode."""
    edits = convert_agent(_agent(), ID)
    reads = convert_agent(_agent(tools=Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),))), ID)
    accepts = convert_agent(_agent(permissions=Permissions("accept-edits")), ID)
    writes = convert_agent(_agent(tools=_listed("Read", "Write"), permissions=Permissions("accept-edits")), ID)
    fetches = convert_agent(_agent(tools=_listed("Read", "WebFetch")), ID)
    assert edits.file
    assert reads.file
    assert accepts.file
    assert writes.file
    assert fetches.file

    assert b"approvalMode: default\n" in edits.file.data
    assert [loss.code for loss in edits.losses] == ["asks"]
    assert b"approvalMode" not in reads.file.data
    assert b"approvalMode: default\n" in accepts.file.data
    assert b"approvalMode: auto-edit\n" in writes.file.data
    assert b"approvalMode: default\n" in fetches.file.data
    assert effects.effects(agent_of(ID, edits.file.data)).levels["write"] is Level.ASK


def test_nothing_is_a_list_of_what_is_withheld() -> None:
    """An empty list would grant all tools: one that no sub-agent gets stands for none, and is read as none."""
    done = convert_agent(_agent(tools=Tools("none")), ID)
    assert done.file

    assert b"tools:\n  - ask_user_question\n" in done.file.data
    assert agent_of(ID, done.file.data).tools == Tools("none")
    assert agent_of(ID, _file("tools: []\n")).tools == Tools("inherit")
    assert state_of(ID, _file("tools: []\n")) is State.DEGRADED


def test_servers_are_granted_tool_by_tool() -> None:
    """A whole server cannot be granted; of one that says what it opens, each of these is."""
    whole = (ToolGrant("mcp__docs", "claude-code", "mcp", None, "docs"), ToolGrant("mcp__mail", "claude-code", "mcp", None, "mail"))
    servers = (McpServer("docs", "stdio", "npx", enabled_tools=("search", "fetch")),)
    done = convert_agent(_agent(tools=Tools("list", whole), mcp_servers=servers), ID)
    assert done.file

    assert [grant.native for grant in agent_of(ID, done.file.data).tools.allow] == ["mcp__docs__search", "mcp__docs__fetch"]
    assert any("mcp__mail" in loss.detail for loss in done.losses if loss.code == "tool-unknown")


def test_denied_start_of_a_name_closes_every_server() -> None:
    """A wildcard that is not within one server is read as all of them."""
    agent = agent_of(ID, _file("disallowedTools: ['*', 'mcp__git*', mcp__docs__get_*]\napprovalMode: default\n"))

    assert [(grant.server, grant.tool) for grant in agent.tools.deny] == [("*", None), ("*", None), ("docs", "get_*")]


@pytest.mark.parametrize("header", ["executor: {kind: acp, command: x}\n", "executionBackend: container\n"])
def test_no_repair_beside_an_executor(header: str) -> None:
    """The client does not trust its line reader with a file that has another program, or a container, do the work."""
    assert state_of(ID, _file(header)) is State.LOADS
    assert state_of(ID, _file(header).replace("Writes them", "Writes: them")) is State.NOT_LOADED


@pytest.mark.parametrize(("body", "state"), [("123456789", State.NOT_LOADED), ("1234567890", State.LOADS), ("😀😀😀😀😀", State.LOADS)])
def test_body_has_ten_characters(body: str, state: State) -> None:
    """A shorter body costs the file; characters are counted as JavaScript does."""
    assert state == state_of(ID, _file("approvalMode: default\n", body))


def test_line_ends_are_line_feeds() -> None:
    """CRLF and lone CR are read as line feeds, in the header and in the prompt; the bytes stay."""
    data = _file("approvalMode: plan\n", "One\ntwo and three").encode().replace(b"\n", b"\r")
    source = SourceText("a.md", data)
    agent = agent_of(ID, source)
    done = convert_agent(replace(_agent(), prompt=Prompt("One\r\ntwo and three")), ID)

    assert agent.prompt == Prompt("One\ntwo and three")
    assert agent.permissions.mode == "plan"
    assert data == registry.load(ID).write(read(ID, source).set, source).data
    assert "line-ends" in [loss.code for loss in done.losses]


@pytest.mark.parametrize(
    ("seconds", "kept"), [(31, 31), (90.5, 90.5), (7.123456789, 7.123457), (0, None), (-5, None), (1e-9, None), (1e300, None)]
)
def test_bounds_on_time(seconds: float, kept: float | None) -> None:
    """The client counts minutes: any bound on time is held to a millionth of a second, or dropped."""
    done = convert_agent(_agent(limits=Limits(timeout_seconds=seconds)), ID)
    assert done.file

    assert kept == agent_of(ID, done.file.data).limits.timeout_seconds
