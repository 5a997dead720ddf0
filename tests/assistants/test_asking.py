"""A session of an assistant with `agentconv mcp`, with the client of the protocol's own SDK, over standard input and output."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from agentconv.cli import main

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


def test_what_a_hint_names_and_a_tool_takes_is_said(project):
    """An assistant is told which flags it may say itself, and each of them is there; what insists is a person's."""
    from agentconv.assistants.server import INSTRUCTIONS
    from agentconv.assistants.tools import TOOLS

    ours, _, theirs = INSTRUCTIONS.partition("same names; everything")
    taken = {name for tool in TOOLS for name in tool.schema(write=True)["properties"]}

    assert {word.strip("`,-") for word in ours.split() if word.startswith("`--")} == {"from", "to", "for", "select", "with", "fix"}
    assert {word.strip("`,-") for word in ours.split() if word.startswith("`--")} <= taken
    assert "`--allow-widening`" in theirs


def test_a_word_for_a_list(project):
    """A model that says one word where a list is asked for is answered as if it had said a list of it."""
    _, (one, several) = asked(project, ("inspect", {"for": "codex"}), ("inspect", {"for": ["codex"]}))

    assert (one.is_error, one.structured_content) == (False, several.structured_content)


def test_what_an_assistant_is_told_names_no_flag(project, monkeypatch, capsys):
    """It types no command: hints are of options, of losses and of what is wrong, and the same report has flags for who types one."""
    from agentconv.assistants.asked import Desk
    from agentconv.assistants.confinement import Confinement
    from agentconv.cli.mcp import printed

    (project / ".claude/agents/a.md").write_text(AGENT.replace("Read, Bash", "Read"))
    monkeypatch.chdir(project)
    desk = Desk(Confinement([str(project)], write=False), printed)
    answers = [desk.answer("convert", {"to": ["cursor"]}), desk.answer("rule", {"code": "widening"})]
    main(["convert", ".", "--to=cursor", "--output=.", "--diff", "--output-format=json"])

    assert "allow_widening=True" in answers[0].text
    assert [one.text.count("--allow-widening") for one in answers] == [0, 0]
    assert "--allow-widening" in capsys.readouterr().out


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
