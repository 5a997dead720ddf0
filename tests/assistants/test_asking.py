"""A session of an assistant with `agentconv mcp`, with the client of the protocol's own SDK, over standard input and output."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agentconv.assistants import hints
from agentconv.assistants.asked import Desk
from agentconv.assistants.confinement import Confinement
from agentconv.assistants.server import INSTRUCTIONS
from agentconv.assistants.tools import TOOLS
from agentconv.cli import main
from agentconv.cli.mcp import printed
from agentconv.core import losses

SOURCE = Path(__file__).parents[2] / "converters"
AGENT = "---\nname: a\ndescription: Reviews: a change\ntools: Read, Bash\nmodel: opus\n---\nLook at it.\n"
QUESTIONS = {
    "inspect": ({}, ["inspect", ".", "--output-format=json"]),
    "lint": ({"path": ".claude/agents/a.md", "for": ["codex"]}, ["lint", "./.claude/agents/a.md", "--for=codex", "--output-format=json"]),
    "rule": ({"code": "AC101"}, ["rule", "AC101", "--output-format=json"]),
}


@pytest.fixture
def project(tmp_path):
    """A project of one agent."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(AGENT)
    return tmp_path


@pytest.fixture
def hinting(project, monkeypatch):
    """A project of which much is to be said: agents that are refused elsewhere, servers, hooks, and a slip."""
    (project / ".claude/agents/b.md").write_text("---\nname: b\ndescription: B\ntools: Read\nskills: [s]\n---\nB\n")
    (project / ".mcp.json").write_text('{"mcpServers": {"db": {"command": "db"}}}')
    guard = {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "x"}]}]}
    (project / ".claude/settings.json").write_text(json.dumps({"permissions": {"deny": ["Bash(rm:*)"]}, "hooks": guard}))
    monkeypatch.chdir(project)
    return project


def asked(project, *questions, write=False, mode="auto"):
    """Return the tools that a server has, and what it answers."""
    from mcp.client.client import Client  # a second of loading, for the few tests that ask
    from mcp.client.stdio import StdioServerParameters, stdio_client

    async def session():
        words = ["-m", "agentconv", "mcp", *(["--write"] if write else [])]
        server = StdioServerParameters(
            command=sys.executable, args=words, cwd=project, env={"PYTHONPATH": str(SOURCE), "HOME": str(project)}
        )
        async with Client(stdio_client(server, errlog=sys.__stderr__), mode=mode) as client:
            return (await client.list_tools()).tools, [await client.call_tool(name, said) for name, said in questions]

    return asyncio.run(asyncio.wait_for(session(), 60))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_answers_are_the_reports_of_commands(project, monkeypatch, capsys, mode):
    """A tool answers what the command of its name reports, as data and as text, whichever age of the protocol is spoken."""
    tools, answers = asked(
        project, *((name, said) for name, (said, _) in QUESTIONS.items()), ("rule", {"code": "unqoted-colon"}), mode=mode
    )
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(project))  # as it is for the server: whom a folder is read by depends on it
    reports = []
    for _, words in QUESTIONS.values():
        main(words)
        reports.append(json.loads(capsys.readouterr().out))
    *told, wrong = answers

    assert [tool.name for tool in tools if tool.annotations.read_only_hint] == ["inspect", "lint", "convert", "rule", "formats"]
    assert [(one.structured_content, json.loads(one.content[0].text), one.is_error) for one in told] == [
        (one, one, False) for one in reports
    ]
    assert (wrong.is_error, json.loads(wrong.content[0].text)["diagnostics"][0]["hint"]) == (True, "did you mean `unquoted-colon`?")


HINTS = {
    '--with needed,hooks (in sync: `with = ["hooks"]`) writes it': '`with: ["needed", "hooks"]` (in sync: `with = ["hooks"]`) writes it',
    "choose: -f claude-code, or say it with -f FORMAT": 'choose: `from: "claude-code"`, or say it with `from`',
    "leave the target out of -t": "leave the target out of `to`",
    "`--with none` leaves it out; --write does it": '`with: ["none"]` leaves it out; `write: true` does it',
    "--allow-widening writes it all the same": "for the person: --allow-widening writes it all the same",
    "agentconv convert . -t codex -o .": "for the person: agentconv convert . -t codex -o .",
    "--with all, and --force": "for the person: --with all, and --force",
    "--with all takes it along; write it by hand; --force replaces it": (
        '`with: ["all"]` takes it along; write it by hand; for the person: --force replaces it'
    ),
    "add a description to well-known agents": "add a description to well-known agents",
}
"""What a command says, and what of it is told who asked `convert`."""


@pytest.mark.parametrize(("said", "told"), HINTS.items())
def test_a_hint_names_what_the_tool_takes(said, told):
    """What is an argument is called as the schema calls it; what is none, and every command, is for the person, and whole."""
    takes = {tool.name: tool for tool in TOOLS}["convert"].schema(write=True)["properties"]

    assert hints.for_tool({"results": [{"hint": said}]}, takes) == {"results": [{"hint": told}]}


def advice(report):
    """Yield all that a report says is to be done."""
    if isinstance(report, dict):
        yield from (value for key, value in report.items() if key in ("hint", "help") and value)
    for one in report.values() if isinstance(report, dict) else report if isinstance(report, list) else ():
        yield from advice(one)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
@pytest.mark.parametrize("write", [False, True])
def test_every_hint_is_of_arguments_or_for_the_person(hinting, tool, write):
    """Whatever a hint names can be said to the tool as it stands there; and flags are told to nobody but the person."""
    asked = {"rule": ({"code": code} for code in losses.codes()), "convert": [{"to": ["all"]}]}.get(tool.name, [{}])
    desk = Desk(Confinement([str(hinting)], write=write), printed)
    told = {one for said in asked for one in advice(desk.answer(tool.name, said).report)}
    told |= {hints.said(losses.rule(code).hint or "", desk.schema(tool)["properties"]) for code in losses.codes()}
    ways = {way for one in told for way in one.split("; ")}
    free = {one for one in ways if not one.startswith("for the person: ")}
    named = [re.findall(r"`(\w+): (.*?)`", one) for one in free]

    assert [one for one in free if re.search(r"(^|[\s`(])--?[a-z]|agentconv [a-z]", one)] == []
    for name, value in (pair for pairs in named for pair in pairs):
        needed = {key: ["codex"] for key in desk.schema(tool)["required"]}
        Draft202012Validator(desk.schema(tool)).validate({**needed, name: json.loads(value)})
    if tool.name == "convert":
        assert (any('`with: ["all"]`' in one for one in free), "--allow-widening" in str(ways - free)) == (True, True)


def test_a_bug_of_ours_is_told_as_everything_else_is(project, monkeypatch):
    """A command that fails where it should not says so in the report, so that its hint has the words of the tool, too."""

    def fails(_options):
        raise RuntimeError("no such luck")

    monkeypatch.setattr("agentconv.cli.rule.run", fails)
    answer = Desk(Confinement([str(project)], write=False), printed).answer("rule", {"code": "AC101"})
    told = answer.report["diagnostics"][0]

    assert (answer.failed, answer.report["exit_code"], told["code"]) == (True, 3, "internal")
    assert told["message"] == "a bug in agentconv: RuntimeError: no such luck"
    assert told["hint"] == "for the person: run it again with --debug, and report what it prints"
    assert main(["rule", "AC101"]) == 3


def test_the_instructions_say_what_hints_say():
    """How an argument and a person's part are written in hints is what an assistant is told."""
    assert '`with: ["needed", "hooks"]`' in INSTRUCTIONS
    assert hints.said("--with needed,hooks", {"with": {"type": "array"}}) in INSTRUCTIONS
    assert f'"{hints.said("--x", {}).removesuffix(" --x")}"' in INSTRUCTIONS


def test_a_word_for_a_list(project):
    """A model that says one word where a list is asked for is answered as if it had said a list of it."""
    _, (one, several) = asked(project, ("inspect", {"for": "codex"}), ("inspect", {"for": ["codex"]}))

    assert (one.is_error, one.structured_content) == (False, several.structured_content)


def test_a_server_that_may_write(project):
    """Where a person allows it, files are written; one that is there with other content is kept, and that is told."""
    ask = ("convert", {"to": ["codex", "opencode"], "write": True})
    kept = project / ".codex/agents/a.toml"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine = 1\n")
    tools, (answer, mended) = asked(project, ask, ("lint", {"fix": True}), write=True)
    fates = {one["target"]: one["fate"] for one in answer.structured_content["results"]}

    assert [tool.name for tool in tools if not tool.annotations.read_only_hint] == ["lint", "convert"]
    assert (fates, kept.read_text()) == ({"codex": "kept", "opencode": "created"}, "mine = 1\n")
    assert (mended.is_error, 'description: "Reviews: a change"' in (project / ".claude/agents/a.md").read_text()) == (False, True)


WRONG = [
    ("{not json", (None, -32700)),
    ("[" * 100_000, (None, -32700)),
    ("[]", (None, -32600)),
    ('{"id": 5, "method": "tools/list"}', (5, -32600)),
    ('{"jsonrpc": "2.0", "id": true, "method": "tools/list", "params": {}}', None),
    ('{"jsonrpc": "2.0", "id": 6, "method": "tools/call", "params": []}', (6, -32602)),
    ('{"jsonrpc": "2.0", "id": "seven", "method": "tools/list", "params": 7}', ("seven", -32602)),
    ('{"jsonrpc": "2.0", "method": "notifications/roots/list_changed", "params": []}', None),
    ('{"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}', None),
    ('{"jsonrpc": "2.0", "id": 9, "result": 5}', None),
    ("", None),
    ('{"jsonrpc": "2.0", "id": 10, "method": "none/such"}', (10, -32601)),
]
"""A line, and the number and the code of its answer: what nobody waits for an answer to has none."""


def test_a_line_that_is_no_message_is_answered(project):
    """With the code that JSON-RPC has for it, and with its number where it has one; what comes after it is answered, too."""
    said = {"protocolVersion": "2025-06-18", "capabilities": {"roots": {"listChanged": True}}, "clientInfo": {"name": "x", "version": "1"}}
    begun = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": said})
    server = subprocess.Popen(
        [sys.executable, "-m", "agentconv", "mcp"],
        cwd=project,
        env={"PYTHONPATH": str(SOURCE), "HOME": str(project)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    server.stdin.write("\n".join((begun, *(line for line, _ in WRONG), "")).encode())
    server.stdin.flush()
    answers = [json.loads(server.stdout.readline()) for _ in range(1 + sum(1 for _, told in WRONG if told))]
    rest = server.communicate(timeout=60)[0]

    assert {(one["id"], one["error"]["code"]) for one in answers if "error" in one} == {told for _, told in WRONG if told}
    assert [one["id"] for one in answers if "result" in one] == [1]
    assert rest == b""
