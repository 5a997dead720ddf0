"""Rules about tools, permissions, servers and skills, beyond their own examples: other clients, other spellings."""

import json
import shlex

import pytest
from test_rules import subject

import agentconv
from agentconv.cli import main
from agentconv.core.diagnostics import Severity
from agentconv.lint import catalogue, checking, fixing, project
from agentconv.lint.subject import Settings

RULES = catalogue.select(("AC3", "AC5"))

CONFIGURATIONS = [
    *(f"{folder}{name}" for folder in ("", ".opencode/") for name in ("opencode.json", "opencode.jsonc")),
    *(f"{folder}{name}" for folder in ("", ".kilo/", ".kilocode/") for name in ("kilo.json", "kilo.jsonc")),
    *(f"{folder}{name}" for folder in (".kilo/", ".kilocode/") for name in ("opencode.json", "opencode.jsonc")),
]
"""The configurations of OpenCode and Kilo in a project."""


def agent(*lines, name="reviewer"):
    """Return an agent's file with more lines in its header."""
    return "".join(
        f"{line}\n" for line in ("---", f"name: {name}", "description: Reviews changes", *lines, "---", "", "You review changes.")
    )


def findings(text, format_id="claude-code", asked=(), settings=None):
    """Return what the rules find in a file."""
    looked_at = subject(text, format_id=format_id, asked=asked)
    looked_at.settings = settings or Settings()
    (checked,) = checking.check([looked_at], RULES)

    assert checked.failures == ()
    return checked.findings


def codes(text, format_id="claude-code", asked=(), settings=None):
    """Return the codes and severities of what the rules find."""
    return [(finding.rule.code, finding.severity.value) for finding in findings(text, format_id, asked, settings)]


@pytest.mark.parametrize(
    ("tools", "client"),
    [(tools, client) for tools in ("Read, Grep", "Read, Grep, WebSearch, WebFetch") for client in ("cursor", "goose", "deepagents")],
)
def test_a_conversion_is_advised_where_it_would_write_the_agent(tools, client):
    """To let `convert` write a file is no advice where it refuses to: then the help says why, and what else there is to do."""
    text = agent(f"tools: {tools}")
    told = [finding for finding in findings(text, asked=(client,)) if finding.rule.code == "AC305"]
    done = agentconv.convert(text, "claude-code", client)

    assert told
    for finding in told:
        assert (f"`agentconv convert .claude/agents/reviewer.md -f claude-code -t {client} -o .`" in finding.help) == (not done.refused)
        assert ("which no file holds to" in finding.help) == bool(done.refused)


@pytest.mark.parametrize("folder", [".", "team work"])
def test_the_command_that_is_advised_runs(folder, tmp_path, monkeypatch, capsys):
    """It names the file from where lint was run, whose it is and where the new one belongs, and writes it."""
    path = tmp_path / folder / ".claude/agents/a b.md"
    path.parent.mkdir(parents=True)
    path.write_text(agent("tools: Read, Grep, WebSearch, WebFetch"))
    (tmp_path / ".cursor/agents").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    main(["lint", folder, "--for", "cursor", "--select", "AC305", "--output-format", "json"])
    (told,) = json.loads(capsys.readouterr().out)["findings"]
    command = shlex.split(told["help"].split("`")[1])

    assert command[:2] == ["agentconv", "convert"]
    assert main(command[1:]) == 0
    assert (tmp_path / folder / ".cursor/agents/reviewer.md").exists()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["tools: Read, Grep"], []),
        (["tools: []"], []),
        (['tools: "*"'], []),
        (["tools: Read, Agent(helper)"], []),
        (["tools: [Read, Grepp]"], [("AC301", "warning")]),
        (["tools:", "  - Read", "  - LS"], [("AC304", "warning")]),
        (["tools: Foo"], [("AC301", "warning"), ("AC307", "warning")]),
        (["tools: [Read, '*']"], [("AC310", "error")]),
        (["tools: {read: true}"], [("AC306", "warning")]),
        (['disallowedTools: "*"'], [("AC306", "error")]),
        (["disallowedTools: bash"], [("AC303", "warning")]),
        (["tools: mcp__x__y, Read", "disallowedTools: mcp__x"], [("AC308", "warning"), ("AC552", "note")]),
        (["tools: mcp__x__y, Read", "mcpServers: [x]"], [("AC552", "note")]),
        (["permissionMode: plan"], []),
        (["permissionMode: acceptedits"], [("AC503", "warning")]),
        (["hooks: []"], [("AC505", "error")]),
        (["skills: [style]"], [("AC553", "note")]),
        (["skills: ['plugin:style', '*']"], []),
    ],
)
def test_claude_code(lines, found):
    """What Claude Code makes of lists, modes, hooks and skills."""
    assert codes(agent(*lines)) == found


def test_a_tool_that_drops_the_agent():
    """Where a client drops the agent for a word that is no tool, each such word is an error, and is told once."""
    text = agent("tools:", "  - read_file", "  - google_serch", "  - Bash")

    assert codes(text, "gemini-cli") == [("AC301", "error"), ("AC302", "error")]
    assert all("Gemini CLI" in finding.message and "drops" in finding.message for finding in findings(text, "gemini-cli"))


def test_a_tool_of_a_server_that_is_taken_for_an_own_one():
    """Copilot gives its own tool for `server/edit`; what it has no tool for is the server's."""
    found = codes(agent("tools: [read, linter/edit, linter/check, edit/editFiles, linter-edit]"), "copilot")

    assert [one for one in found if one[0] == "AC311"] == [("AC311", "warning")]


def test_widening_elsewhere():
    """A client that passes over a restriction is named, with what it lets the agent do; one that keeps it, or drops the agent, is not."""
    text = agent("tools: Read, Grep")
    (finding,) = findings(text, asked=("cursor", "gemini-cli"))

    assert (finding.rule.code, finding.severity, finding.clients) == ("AC305", Severity.ERROR, ("cursor",))
    assert "running commands" in finding.message
    assert text[finding.start : finding.end] == "Read, Grep"
    assert codes(agent("tools: Read, Bash"), asked=("cursor",)) == []
    assert codes(agent(), asked=("cursor", "gemini-cli", "opencode")) == []


@pytest.mark.parametrize(
    ("lines", "mended"),
    [
        (["tools: Read, MultiEdit  # two"], ["tools: Read, Edit  # two"]),
        (["tools: Read, Edit, MultiEdit"], ["tools: Read, Edit"]),
        (["tools:", "  - Read", "  - LS", "model: sonnet"], ["tools:", "  - Read", "  - Glob", "model: sonnet"]),
        (["disallowedTools: LS"], ["disallowedTools: Glob"]),
        (["tools: Read, KillShell"], ["tools: Read, KillShell"]),
    ],
)
def test_retired_tools_are_renamed(lines, mended):
    """A retired tool becomes what took over, in place and once; one that nothing took over stays."""
    looked_at = subject(agent(*lines))
    fixed = fixing.fix(looked_at, lambda one: next(checking.check([one], catalogue.select(("AC304",)))).findings)

    assert fixed.unproven == ()
    assert fixed.data.decode() == agent(*mended)


def test_what_a_project_defines(tmp_path):
    """Servers and skills that the project has are not missed; what cannot be read defines nothing."""
    (tmp_path / ".mcp.json").write_text('{"mcpServers": {"tracker": {"command": "npx"}}} // more', "utf-8")
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex" / "config.toml").write_text('[mcp_servers.docs]\ncommand = "npx"\n', "utf-8")
    (tmp_path / "opencode.json").write_text("[1", "utf-8")
    skill = tmp_path / ".agents" / "skills" / "style" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("Style\n", "utf-8")
    (tmp_path / ".claude" / "agents").mkdir(parents=True)
    names = project.names(str(tmp_path / ".claude" / "agents" / "a.md"))

    assert names == {"tracker", "docs", "style"}
    text = agent("tools: Read, mcp__tracker__find, mcp__docs, mcp__other__a", "skills: [style, prose]")
    found = findings(text, settings=Settings(names=names))
    assert [finding.message.split("`")[1] for finding in found] == ["other", "prose"]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        *((place, '{"mcp": {"tracker": {"type": "local", "command": ["npx"]}}}') for place in CONFIGURATIONS),
        *(
            (place, '{"mcpServers": {"tracker": {"command": "npx"}}}')
            for place in (".kilo/mcp.json", ".kilocode/mcp.json", ".cursor/mcp.json")
        ),
        (".vscode/mcp.json", '{"servers": {"tracker": {"command": "npx"}}}'),
        (".vibe/config.toml", '[[mcp_servers]]\nname = "tracker"\ntransport = "stdio"\ncommand = "npx"\n'),
    ],
)
def test_each_file_that_a_client_looks_for_servers_in(place, text, tmp_path):
    """A server is known wherever a client of the project has it, under the key of that file."""
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")

    assert project.servers(str(tmp_path / ".claude/agents/a.md")) == {"tracker"}


@pytest.mark.parametrize(
    ("client", "tools", "way"),
    [
        ("claude-code", "mcp__tracker__find", 'define it in .mcp.json: {"mcpServers": {"tracker": {"command": "..."}}}'),
        ("copilot", '["tracker/find"]', 'define it in .mcp.json: {"mcpServers": {"tracker": {"command": "..."}}}'),
        ("gemini-cli", "[mcp_tracker_find]", "define it in .gemini/settings.json"),
    ],
)
def test_a_server_is_defined_where_the_client_of_the_file_looks(client, tools, way):
    """Nobody is sent to the file of another assistant."""
    assert [one.help for one in findings(agent(f"tools: {tools}"), client) if one.rule.code == "AC552"] == [way]


def test_servers_that_a_client_brings():
    """A server that the client itself brings along is not missed."""
    assert codes(agent("tools: [read, github/*, playwright/*]"), "copilot") == []


def test_unattended():
    """What the file itself says is told; what the client does anyway is not."""
    assert codes(agent(name="reviewer"), "qwen-code") == []
    assert ("AC502", "note") in codes(agent("permission:", "  edit: allow", "  bash: ask"), "opencode")


def test_an_unattended_effect_stands_at_the_rule_that_gives_it():
    """Of several rules the last that fits decides, and the finding is at that one, not at the first of the map."""
    text = agent("permission:", '  "*": deny', "  read: allow", "  edit: allow")
    (found,) = (one for one in findings(text, "opencode") if one.rule.code == "AC502")

    assert text[found.start : found.end].startswith("edit")


@pytest.mark.parametrize("line", ["tools: Read, Edit", "tools: [Read, Edit]"])
def test_words_of_a_list_where_the_client_takes_none(line):
    """That is what is told, at the list: not how its words are spelled, and nothing of the prompt, which has them, too."""
    text = f"---\ndescription: Fixes types\nmode: subagent\n{line}\n---\nDo Edit what you Read.\n"
    (found,) = findings(text, "opencode")

    assert (found.rule.code, text[found.start : found.end]) == ("AC503", line.removeprefix("tools: "))
