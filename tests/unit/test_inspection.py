"""What each client makes of a file as it stands: its own reader's word, under a path of that client's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_files import FIXTURES, dealt, make, minimal, read, suffix
from agentconv.core import ir, plain_words, tool_summary, vocabulary
from agentconv.core.access import CAPABILITIES, EFFECTS
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import Agent, AgentSet, Permissions, Rule, Sandbox, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.sources import loading
from agentconv.sources.loaded import Loaded
from together import together

CASES = [
    pytest.param(format_id, path, id=f"{format_id}-{path.stem}")
    for format_id in registry.CLIENTS
    for path in sorted((FIXTURES / format_id).glob(f"*valid/*{suffix(format_id)}"))
]

GIT_ONLY = (Rule("deny", "*", "opencode", "*"), Rule("ask", "bash", "opencode", "shell", "git *"))


def inspect(format_id, source, asked=registry.CLIENTS):
    """Inspect one file."""
    (piece,) = loading.with_ids(loading.load_source(format_id, source))
    return inspection.inspect(piece, asked)


def grant(capability, client="claude-code", **more):
    """Make a grant of a capability in a client's own word."""
    return ToolGrant(vocabulary.tool_for(client, capability) or capability, client, capability, **more)


def words(client="claude-code", permissions=None, **tools):
    """Say what the tools of an agent let it do."""
    return tool_summary.tools(Agent(name="a", tools=Tools(**tools), permissions=permissions or Permissions()), client)


@together(CASES)
def test_own_client_says_what_its_reader_says(format_id, path):
    """In the file's own client, the states and remarks are those of its reader."""
    result = read(format_id, SourceText(path.name, path.read_bytes()))
    found = inspect(format_id, SourceText(path.name, path.read_bytes()), [format_id])
    states = [reading.state for reading in found.readings]
    meant = State.NOT_LOADED if result.diagnostics else State.NO_AGENT

    assert states == [*(result.states or [meant])]
    assert {remark.message for reading in found.readings for remark in reading.diagnostics} == {one.message for one in result.diagnostics}


@together(CASES)
def test_every_client_has_a_word_on_every_file(format_id, path):
    """Each client that is asked says something; what it loads has tools, and what it does not has a reason."""
    asked = dealt(path.as_posix().removeprefix(FIXTURES.as_posix()))
    found = inspect(format_id, SourceText(path.name, path.read_bytes()), asked)

    assert {reading.client for reading in found.readings} == set(asked)
    assert found.failures == ()
    for reading in found.readings:
        assert (reading.tools is not None) == (reading.state in inspection.LOADED)
        assert reading.state in (State.LOADS, State.NO_AGENT) or reading.reasons


@pytest.mark.parametrize("client", registry.CLIENTS)
def test_place(client):
    """A file is put where the client looks; one that is there already stays."""
    row = registry.FORMATS[client]
    moved = inspection.place("team/reviewer.abc", "json", client)

    assert moved == (f"{row.folders[0]}/reviewer{row.suffixes[0]}" if row.folders else row.files[0])
    assert moved == inspection.place(moved, client, client)


def test_clients_that_are_asked_by_default():
    """Without a word on it: the files' own clients and those that are present; of one, all who look there, or all where it does not."""
    piece = Loaded("a.md", "claude-code", SourceText("a.md", b""))

    assert inspection.clients([piece], []) == list(registry.CLIENTS)
    assert inspection.clients([piece], ["codex"]) == ["claude-code", "codex"]
    looking = {"a.md": frozenset({"claude-code", "cursor"})}
    assert inspection.clients([piece], ["claude-code"], looking) == ["claude-code", "cursor"]
    assert inspection.clients([piece], [], {"a.md": frozenset({"cursor"})}) == list(registry.CLIENTS)


def test_a_client_loads_no_file_of_another_kind():
    """One that takes any Markdown for an agent does not take a TOML file for one."""
    role = SourceText(".codex/agents/a.toml", b'name = "a"\ndescription = "d"\ndeveloper_instructions = "x"\n')
    readings = inspect("codex", role, ("opencode", "droid", "claude-plugin")).readings

    assert [(reading.state, reading.other_kind) for reading in readings] == [(State.NOT_LOADED, True)] * 3


def test_a_bug_in_one_reader_loses_no_other(monkeypatch):
    """A reader that fails is told as a bug, and the other clients are asked all the same."""
    monkeypatch.setattr(registry.load("codex"), "read", lambda _: 1 / 0)
    found = inspect("claude-code", make("claude-code", minimal("claude-code")), ["codex", "claude-code"])

    assert [reading.client for reading in found.readings] == ["claude-code"]
    assert "ZeroDivisionError" in found.failures[0].message


def test_more_than_the_author_allowed(monkeypatch):
    """Where a client takes no notice of the tools, what the agent may do beyond them is named."""
    agent = Agent(name="agent", origin=ir.Origin("opencode", "agent"))
    monkeypatch.setattr(registry.load("opencode"), "read", lambda _: ReadResult(AgentSet((agent,)), (State.LOADS,)))
    source = make("claude-code", {**minimal("claude-code"), "tools": "Read"})
    own, other = inspect("claude-code", source, ["claude-code", "opencode"]).readings

    assert (own.tools, own.wider) == ("read", ())
    assert other.tools == "all"
    assert other.wider == ("writing files", "using the network", "running commands")


def test_words_that_a_client_does_not_take_grant_nothing():
    """What an author meant by another client's word is no tool that the agent has."""
    source = make("claude-code", {**minimal("claude-code"), "tools": "read, apply_patch", "disallowedTools": "exec_command"})
    (reading,) = inspect("claude-code", source, ["claude-code"]).readings

    assert (reading.state, reading.tools, reading.capabilities) == (State.DEGRADED, "none", ())


def test_agents_of_one_file_are_told_apart(monkeypatch):
    """A file of several agents gives a reading of each, with its own remarks."""
    source = make("claude-code", minimal("claude-code"))
    one = registry.load("claude-code").read(source).set.agents[0]
    agents = tuple(replace(one, name=name) for name in ("first", "second"))
    monkeypatch.setattr(registry.load("claude-code"), "read", lambda _: ReadResult(AgentSet(agents), (State.LOADS, State.STOPS)))
    found = inspect("claude-code", source, ["claude-code"])

    assert found.agents == ("first", "second")
    assert [(one.agent, one.state, one.tools) for one in found.readings] == [
        ("first", State.LOADS, "all"),
        ("second", State.STOPS, None),
    ]


def test_an_agent_that_nobody_wrote_is_of_the_whole_file(monkeypatch):
    """Where a client makes one agent of a file that holds several, it is none of theirs."""
    source = make("claude-code", minimal("claude-code"))
    one = registry.load("claude-code").read(source).set.agents[0]
    agents = AgentSet(tuple(replace(one, name=name) for name in ("first", "second")))
    monkeypatch.setattr(registry.load("claude-code"), "read", lambda _: ReadResult(agents, (State.LOADS, State.LOADS)))
    monkeypatch.setattr(registry.load("opencode"), "read", lambda _: ReadResult(AgentSet((one,)), (State.LOADS,)))
    (reading,) = inspect("claude-code", source, ["opencode"]).readings

    assert (reading.agent, reading.state, reading.wider) == (None, State.LOADS, ())


def test_an_agent_that_goes_with_another_one_says_why(monkeypatch):
    """Where one agent takes a whole file with it, each of the others has that reason."""
    source = make("claude-code", minimal("claude-code"))
    one = registry.load("claude-code").read(source).set.agents[0]
    agents = AgentSet(tuple(replace(one, name=name) for name in ("first", "second")))
    message = "Claude Code does not load this: it is bad"
    remark = Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, source.span(), agent="second", general="it is bad")
    result = ReadResult(agents, (State.NOT_LOADED, State.NOT_LOADED), (remark,))
    monkeypatch.setattr(registry.load("claude-code"), "read", lambda _: result)

    found = inspect("claude-code", source, ["claude-code"]).readings

    assert [[reason.words for reason in reading.reasons] for reading in found] == [["it is bad"], ["it is bad"]]


def test_every_capability_has_a_word():
    """Each capability is in one word, and each effect has one."""
    worded = [capability for capabilities in plain_words.TOOLS.values() for capability in capabilities]

    assert sorted(worded) == sorted(CAPABILITIES)
    assert tuple(plain_words.EFFECTS) == EFFECTS


def test_tools_in_words():
    """Tools are said in the fewest plain words that are true."""
    read_shell = (grant("fs.read"), grant("shell"))

    assert words() == "all"
    assert words(mode="none") == "none"
    assert words(mode="list", allow=read_shell) == "read shell"
    assert words(mode="list", allow=(grant("fs.read"), ToolGrant("x", "claude-code", "mcp", None, "hub"))) == "read mcp:hub"
    assert words(mode="list", allow=(ToolGrant("nonsense", "claude-code"),)) == "none"
    assert words(deny=(grant("shell"),)) == "all but shell"
    assert words(deny=(grant("fs.write"),)) == "all but write"
    assert words(deny=(ToolGrant("x", "claude-code", "mcp", None, "hub"),)) == "all but mcp:hub"
    assert words(permissions=Permissions("plan")) == "all but write shell"
    assert words(permissions=Permissions("bypass")) == "all"  # its session decides
    assert words("qwen-code", Permissions("bypass")) == "all, unattended"
    assert words("opencode", Permissions(rules=GIT_ONLY, resolution="last")) == "shell, in part: shell, asks"
    assert words("codex", Permissions(sandbox=Sandbox("workspace-write"))) == "all, workspace-write sandbox"


@pytest.mark.parametrize("client", registry.FORMATS)
def test_every_client_looks_somewhere(client):
    """There is a place at which a client would look for any other's agent, also where it has no agents of its own."""
    assert inspection.place(".claude/agents/reviewer.md", "claude-code", client)
