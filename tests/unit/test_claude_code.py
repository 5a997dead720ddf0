"""What Claude Code makes of its files, where a fixture is too coarse: grammars of values, one row a case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, make, output, read, state_of, written
from agentconv.core.format import State
from agentconv.core.ir import Agent, Invocation, McpServer, Model, Prompt, Sandbox, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry

ID = "claude-code"


def _file(**header: Any) -> SourceText:
    return make(ID, {"name": "a", "description": "Does one thing.", **header})


def _agent(**header: Any) -> Agent:
    return agent_of(ID, _file(**header))


@pytest.mark.parametrize(
    ("value", "mode", "words"),
    [
        ("Read", "list", ["Read"]),
        ("Read, Grep,Bash", "list", ["Read", "Grep", "Bash"]),
        ("Read Bash", "list", ["Read", "Bash"]),
        ("  Read ,, Edit ", "list", ["Read", "Edit"]),
        (["Read", "Grep, Edit"], "list", ["Read", "Grep", "Edit"]),
        (["Read", 5, None], "list", ["Read"]),
        ("Bash(git diff, log:*) Read", "list", ["Bash(git diff, log:*)", "Read"]),
        ("Read;Edit", "list", ["Read;Edit"]),
        ("Read\nEdit", "list", ["Read\nEdit"]),
        ("[Read, Edit]", "list", ["[Read", "Edit]"]),
        ("*", "inherit", []),
        ("Read, *", "inherit", []),
        (["*"], "inherit", []),
        ([], "none", []),
        ("", "none", []),
        (None, "none", []),
        (["", " "], "none", []),
        (12, "none", []),
        ({"Read": True}, "none", []),
    ],
    ids=json.dumps,
)
def test_tools_grammar(value: Any, mode: str, words: list[str]) -> None:
    """Tools are split at commas and blanks outside parentheses; `*` is everything, and a value without a name is nothing."""
    tools = _agent(tools=value).tools
    found = [grant.native if grant.pattern is None else f"{grant.native}({grant.pattern})" for grant in tools.allow]

    assert (mode, words) == (tools.mode, found)


@pytest.mark.parametrize(
    ("token", "server", "tool"),
    [("mcp__s__t", "s", "t"), ("mcp__s", "s", None), ("mcp__s__*", "s", None), ("mcp__a_b__c__d", "a_b", "c__d")],
)
def test_mcp_tools(token: str, server: str, tool: str | None) -> None:
    """MCP tools are named with their server; the server alone, or a star, is all of its tools."""
    (grant,) = _agent(tools=token).tools.allow

    assert (server, tool, "mcp") == (grant.server, grant.tool, grant.capability)


def test_agents_that_it_may_call() -> None:
    """`Agent(x, y)` grants the spawn tool and names whom it may call."""
    agent = _agent(tools="Read, Agent(writer, reader)")

    assert agent.delegates == ("writer", "reader")
    assert [grant.native for grant in agent.tools.allow] == ["Read", "Agent"]


@pytest.mark.parametrize(
    ("value", "effort"),
    [
        ("low", "low"),
        ("HIGH", "high"),
        ("med", "medium"),
        ("max", "max"),
        (3, 3),
        (-1, -1),
        ("12abc", 12),
        ("+7", 7),
        (["5"], 5),
        (2.5, 2),
        ("minimal", None),
        (" high", None),
        ("", None),
        (True, None),
        (None, None),
    ],
    ids=json.dumps,
)
def test_effort(value: Any, effort: str | int | None) -> None:
    """An effort is one of five words in any case, or the whole number at the start of the value."""
    assert effort == _agent(effort=value).effort


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        (10, 10),
        (10.0, 10),
        ("15", 15),
        ("12abc", 12),
        ("1,000", 1000),
        ("1_000", 1000),
        ("1e3", 1000),
        ("2.5e1", 25),
        ("12.9", 12),
        (["20"], 20),
        (0, None),
        (-3, None),
        (2.5, None),
        ("abc", None),
        ("0", None),
        (True, None),
        (None, None),
        ({}, None),
    ],
    ids=json.dumps,
)
def test_max_turns(value: Any, turns: int | None) -> None:
    """A turn limit is a positive whole number; text counts by its leading digits, with exponents and separators."""
    assert turns == _agent(maxTurns=value).limits.max_turns


@pytest.mark.parametrize(
    ("value", "skills"),
    [("a, b", ("a", "b")), (["a b", "c"], ("a", "b", "c")), ([], ()), ("", ()), (None, ()), ([1, 2], None), (5, None), ("a, *", ("*",))],
    ids=json.dumps,
)
def test_skills(value: Any, skills: tuple[str, ...] | None) -> None:
    """Skills are split as tools are; a list without a name is ignored."""
    assert skills == _agent(skills=value).skills


@pytest.mark.parametrize(
    ("value", "model"),
    [
        ("sonnet", Model("alias", "sonnet")),
        (" haiku ", Model("alias", "haiku")),
        ("INHERIT", Model("inherit")),
        ("gpt-5", Model("id", "gpt-5")),
        ("default", Model("id", "default")),
        ("  ", None),
        (5, None),
    ],
)
def test_model(value: Any, model: Model | None) -> None:
    """A model is trimmed and passed on as it stands; what is no text is ignored."""
    assert model == _agent(model=value).model


@pytest.mark.parametrize(
    ("name", "legal"),
    [("a", "a"), ("Two Words", "Two Words"), ("-a", "a"), ("a:b", "a-b"), ("a\uff1ab", "a-b"), ("x" * 300, "x" * 256), ("--", "")],
)
def test_legal_names(name: str, legal: str) -> None:
    """Names may hold anything but a colon of any width, a leading dash, and more than 256 characters."""
    module = registry.load(ID)

    assert legal == module.SPEC.legal_name(name)
    assert (name == legal) == (state_of(ID, _file(name=name)) is State.LOADS)


_CHECK = {"type": "command", "command": "./check"}
_BLOCK = {"matcher": "Bash", "hooks": [_CHECK]}


@pytest.mark.parametrize(
    ("hooks", "state", "kept"),
    [
        ({"PreToolUse": [_BLOCK]}, State.LOADS, 1),
        ({"Stop": [{"hooks": [_CHECK]}]}, State.LOADS, 1),
        ({"Stop": []}, State.LOADS, 0),
        ({}, State.LOADS, 0),
        (None, State.LOADS, 0),
        ({"PreToolUse": None}, State.DEGRADED, 0),
        ({"PreToolUse": _BLOCK}, State.NOT_LOADED, 0),
        ({"PreToolUse": [{"matcher": "Bash"}]}, State.NOT_LOADED, 0),
        ({"PreToolUse": [{"matcher": 5, "hooks": [_CHECK]}]}, State.NOT_LOADED, 0),
        ({"PreToolUse": [{"hooks": [{"type": "command"}]}]}, State.NOT_LOADED, 0),
        ({"PermissionRequest": [{"hooks": [{**_CHECK, "timeout": 0}]}]}, State.NOT_LOADED, 0),
        ({"Stop": [{"hooks": [{"type": "command"}, _CHECK]}]}, State.DEGRADED, 1),
        ({"Stop": [{"matcher": 5, "hooks": [_CHECK]}, _BLOCK]}, State.DEGRADED, 1),
        ({"Stop": "x"}, State.DEGRADED, 0),
        ({"NoSuchEvent": "x", "Stop": [_BLOCK]}, State.DEGRADED, 1),
        ({"NoSuchEvent": {"matcher": "Bash", "hooks": [_CHECK]}}, State.NOT_LOADED, 0),
        ({"Stop": [{"hooks": [_CHECK], "extra": {"PreToolUse": [_BLOCK]}}]}, State.NOT_LOADED, 0),
        (_BLOCK, State.NOT_LOADED, 0),
        ([_BLOCK], State.NOT_LOADED, 0),
        ([], State.NOT_LOADED, 0),
        ("x", State.NOT_LOADED, 0),
        (False, State.DEGRADED, 0),
    ],
    ids=json.dumps,
)
def test_hooks(hooks: Any, state: State, kept: int) -> None:
    """A guard that does not load drops the agent; other bad entries are dropped alone."""
    source = _file(hooks=hooks)

    assert state is state_of(ID, source), read(ID, source).diagnostics
    if state is not State.NOT_LOADED:
        assert kept == len(agent_of(ID, source).hooks or ())


@pytest.mark.parametrize(
    ("key", "value", "loads"),
    [
        ("PreToolUse", [_BLOCK], False),
        ("PreToolUse", [], True),
        ("PreToolUse", None, True),
        ("guards", _BLOCK, False),
        ("guards", {"a": {"b": _BLOCK}}, False),
        ("guards", {"a": {"b": {"c": {"d": _BLOCK}}}}, True),
        ("metadata", _BLOCK, True),
        ("notes", {"hooks": []}, True),
    ],
)
def test_guards_outside_hooks(key: str, value: Any, loads: bool) -> None:
    """What looks like a guard outside `hooks` drops the agent, three levels deep."""
    assert loads == (state_of(ID, _file(**{key: value})) is not State.NOT_LOADED)


@pytest.mark.parametrize(
    ("item", "taken"),
    [
        ("name", True),
        ({"s": {"command": "run"}}, True),
        ({"s": {"type": "stdio", "command": "run", "args": ["a"], "env": {"A": "b"}}}, True),
        ({"s": {"type": "http", "url": "https://x.example", "timeout": 5}}, True),
        ({"s": {"type": "streamable-http", "url": "https://x.example"}}, True),
        ({"s": {"type": "sdk", "name": "n"}}, True),
        ({"s": {"type": "sse-ide", "url": "u", "ideName": "e"}}, True),
        ({"a": {"command": "x"}, "b": {"command": "y"}}, True),
        ({}, True),
        (5, False),
        ({"s": None}, False),
        ({"s": {}}, False),
        ({"s": {"command": ""}}, False),
        ({"s": {"command": "x", "args": "y"}}, False),
        ({"s": {"command": "x", "timeout": 0}}, False),
        ({"s": {"command": "x", "alwaysLoad": "yes"}}, False),
        ({"s": {"type": None, "command": "x"}}, False),
        ({"s": {"type": "http", "url": "u", "oauth": {"authServerMetadataUrl": "http://x.example"}}}, False),
        ({"s": {"type": "ws", "url": 5}}, False),
        ({"a": {"command": "x"}, "b": {}}, False),
    ],
    ids=json.dumps,
)
def test_mcp_servers(item: Any, taken: bool) -> None:
    """Each item is a name or a map of servers whose keys the client takes; a bad one is dropped alone."""
    source = _file(mcpServers=["first", item])
    servers = agent_of(ID, source).mcp_servers or ()

    assert (State.LOADS if taken else State.DEGRADED) is state_of(ID, source)
    assert servers[0].name == "first"
    if taken:
        agent = agent_of(ID, source)

        assert agent.mcp_servers == agent_of(ID, written(ID, agent)).mcp_servers


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("one\\ntwo", "one\ntwo"),
        ("C:\\new", "C:\new"),
        ("it's: x", "it's: x"),
        ("50% off: today", "50% off: today"),
        ("`code`: x # y", "`code`: x # y"),
        ("has # hash", "has"),
    ],
)
def test_plain_descriptions(text: str, description: str) -> None:
    """A plain description is read as the client reads it: its own repair, comments, backslash-n."""
    assert description == agent_of(ID, f"---\nname: a\ndescription: {text}\n---\n").description


def test_prompt_is_trimmed_as_javascript_does() -> None:
    """The prompt loses JavaScript's blanks at its ends, and nothing else."""
    prompt = agent_of(ID, "---\nname: a\ndescription: d\n---\n\n\ufeff\u00a0 Text. \x1c\u2029\n").prompt

    assert Prompt("Text. \x1c") == prompt


def test_unknown_tool_is_said_with_its_place() -> None:
    """A tool that nobody has grants nothing, and a diagnostic says where it stands."""
    (diagnostic,) = read(ID, "---\nname: a\ndescription: d\ntools: Read, Teleport\n---\n").diagnostics
    span = diagnostic.span

    assert span
    assert (diagnostic.code.value, span.line, span.column) == ("unknown-tool", 4, 8)


def test_file_that_is_too_large() -> None:
    """A file over a mebibyte is not read by the client."""
    source = SourceText("a.md", b"---\nname: a\ndescription: d\n---\n" + b"x" * 1_048_576)

    assert State.NOT_LOADED is state_of(ID, source)


def test_extras_do_not_smuggle_a_key_past_its_field() -> None:
    """A stored key that contradicts the agent's field is dropped, and that is said."""
    agent = Agent(
        id="a",
        name="a",
        description="d",
        prompt=Prompt("p"),
        tools=Tools("none"),
        extras={ID: {"tools": "Bash", "model": "opus", "own": 1}},
    )
    done = convert_agent(agent, ID)

    assert done.file
    again = agent_of(ID, done.file.data)
    assert (again.tools.mode, again.model, again.extras) == ("none", None, {ID: {"own": 1}})
    assert [loss.code for loss in done.losses] == ["extra-overridden"] * 2


def test_agent_with_a_broken_guard_is_refused_by_name() -> None:
    """An agent whose stored guard the client would not load is refused; it is no bug of ours."""
    agent = Agent(id="a", name="a", description="d", prompt=Prompt("p"), extras={ID: {"hooks": {"PreToolUse": "x"}}})

    assert [loss.code for loss in convert_agent(agent, ID).losses] == ["refused-key"]


def test_denied_shell_is_denied_by_all_its_words() -> None:
    """Another client's denied shell becomes every word that Claude Code has for one."""
    deny = agent_of(
        "codex", make("codex", {"name": "a", "description": "d", "developer_instructions": "p", "features": {"shell_tool": False}})
    )
    agent = Agent(
        id="a", name="a", description="d", prompt=Prompt("p"), tools=Tools("list", _agent(tools="Read").tools.allow, deny.tools.deny)
    )
    done = convert_agent(agent, ID)

    assert done.file
    assert b"disallowedTools: Bash, PowerShell, Monitor\n" in done.file.data


def test_what_has_no_place_is_dropped_and_said() -> None:
    """Fields that the client does not have are losses, each with its code."""
    agent = Agent(
        id="a", name="a", description="d", prompt=Prompt("p", mode="append"), display_name="A", top_p=0.5, invocation=Invocation("user"),
        mcp_servers=(McpServer("s", "stdio", "run", cwd="/x"),), color="#ff0000",
    )  # fmt: skip
    found = {loss.field: loss.code for loss in convert_agent(agent, ID).losses}

    assert found == {
        "prompt.mode": "prompt-mode", "display_name": "looks-dropped", "color": "looks-dropped", "top_p": "field-dropped",
        "invocation.by": "invocation-dropped", "mcp_servers": "mcp-approximated",
    }  # fmt: skip


def test_sandbox_becomes_a_list_of_tools() -> None:
    """A read-only sandbox becomes a list without tools that write or run."""
    from agentconv.core.ir import Permissions

    agent = Agent(id="a", name="a", description="d", prompt=Prompt("p"), permissions=Permissions(sandbox=Sandbox("read-only")))
    done = convert_agent(agent, ID)

    assert done.file
    words = [grant.native for grant in agent_of(ID, done.file.data).tools.allow]
    assert {"Read", "Grep", "Glob"} <= set(words)
    assert not {"Write", "Edit", "Bash", "PowerShell", "Monitor"} & set(words)


def test_tool_with_an_open_parenthesis_takes_no_other_into_itself() -> None:
    """In a text of tools it would; so they are written as a list."""
    agent = agent_of("claude-agents-json", '{"a": {"description": "d", "prompt": "p", "tools": ["Bash(-it", "Read"]}}')
    done = convert_agent(agent, "claude-code")

    assert [grant.native for grant in agent_of("claude-code", output(done)).tools.allow] == ["Bash(-it", "Read"]
