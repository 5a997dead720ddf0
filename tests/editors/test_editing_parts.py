"""What an editor is told of skills, commands, MCP servers, hooks, permissions and instructions."""

import json
import subprocess
import sys

import pytest
from editor import applied, as_linted, environment, plain

SKILL, COMMAND, SERVERS, RULES = ".claude/skills/drafts/SKILL.md", ".claude/commands/go.md", ".mcp.json", ".claude/settings.json"
FILES = {
    "agentconv.toml": 'source = "claude-code"\ntargets = ["codex", "opencode"]\n',
    ".claude/agents/a.md": "---\nname: a\ndescription: Reads a change\n---\nRead it.\n",
    SKILL: "---\nname: drafts\ndescription: How drafts look\ndisallowedTool: [Bash]\n---\nShort.\n",
    COMMAND: "---\ndescription: Goes on\nallowed-tool: Bash\n---\nGo on with $1.\n",
    SERVERS: '{\n "mcpServers": {\n  "tracker": {\n   "comand": "tracker",\n   "env": {"LEVEL": "a"}\n  }\n }\n}\n',
    RULES: '{"permissions": {"allow": ["Bsh(x)"]},\n "hooks": {"PreToolUs": [{"hooks": [{"type": "command", "command": "true"}]}]}}\n',
    "CLAUDE.md": "See @missing.md\n",
    "opencode.json": '{"mcp": {"t": {"type": "local", "command": "t"}}}\n',
    ".codex/config.toml": '[mcp_servers.x]\ncommand = "x"\n',
}


@pytest.fixture(scope="module")
def linted(folder):
    """What `agentconv lint` finds in the project, by file."""
    words = (sys.executable, "-m", "agentconv", "lint", ".", "--output-format", "json")
    done = subprocess.run(words, cwd=folder, env=environment(folder), capture_output=True, check=False)
    found = json.loads(done.stdout)["findings"]
    return {path: json.dumps({"findings": [one for one in found if one["path"] == path]}) for path in FILES}


@pytest.mark.parametrize("path", [SKILL, COMMAND, SERVERS, RULES, "CLAUDE.md", "opencode.json"])
def test_marks_are_what_lint_finds(editor, linted, path):
    """What an editor marks in a file of parts is what `agentconv lint` finds in it in the project, and there is something."""
    found = as_linted(linted[path], FILES[path])

    assert (plain(editor.open(path)), bool(found)) == (found, True)


@pytest.mark.parametrize(("path", "code"), [(SKILL, "AC564"), (SERVERS, "AC536"), (RULES, "AC511")])
def test_what_is_typed_is_marked(editor, path, code):
    """What is not saved yet is what counts."""
    before = [one.code for one in editor.open(path)]
    mended = {"disallowedTool:": "disallowed-tools:", '"comand"': '"command"', "PreToolUs": "PreToolUse"}
    text = FILES[path]
    for wrong, right in mended.items():
        text = text.replace(wrong, right)

    assert (code in before, code in [one.code for one in editor.type(path, text)]) == (True, False)


@pytest.mark.parametrize(
    ("path", "typed", "offered"),
    [
        (SKILL, "---\nname: drafts\ndis|\n---\nx\n", "disallowed-tools: "),
        (SKILL, "---\nname: drafts\nallowed-tools: [Re|]\n---\nx\n", "Read"),
        (COMMAND, "---\ndescription: x\nmo|\n---\nx\n", "model: "),
        (COMMAND, "---\ndescription: x\nmodel: |\n---\nx\n", "haiku"),
        (SERVERS, '{"mcpServers": {"a": {"command": "x", |}}}', '"args": '),
        (SERVERS, '{"mcpServers": {"a": {"type": "|"}}}', "stdio"),
        (RULES, '{"hooks": {"|": []}}', "PreToolUse"),
        (RULES, '{"hooks": {"PreToolUse": [{"matcher": "|"}]}}', "Bash"),
        (RULES, '{"hooks": {"PreToolUse": [{"hooks": [{"|"}]}]}}', "timeout"),
        (RULES, '{"permissions": {"deny": ["|"]}}', "WebFetch"),
        (".codex/config.toml", '[mcp_servers.x]\ncommand = "y"\nst|\n', "startup_timeout_sec = "),
        ("opencode.json", '{"mcp": {"t": {"type": "local", |}}}', '"environment": '),
        ("opencode.json", '{"agent": {"d": {"mode": "|"}}}', "subagent"),
    ],
    ids=range(13),
)
def test_completion(editor, path, typed, offered):
    """Keys of parts are completed, and what they take: tools, models, events, and words that a client lists; in files with agents, too."""
    before, _, after = typed.partition("|")
    editor.open(path, before + after)

    assert offered in editor.offered(path, before.count("\n"), len(before.rpartition("\n")[2]))


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (SERVERS, '{"mcpServers": {"a": {"env": {"|"}}}}'),
        (SKILL, "---\nname: a\nmetadata:\n  |\n---\nx\n"),
        (SKILL, "---\nname: a\n---\nna|\n"),
    ],
)
def test_nothing_is_offered_where_keys_are_the_users(editor, path, typed):
    """Names of variables, of entries, and words of a text are the user's."""
    before, _, after = typed.partition("|")
    editor.open(path, before + after)

    assert editor.offered(path, before.count("\n"), len(before.rpartition("\n")[2])) == {}


def test_hovering_over_a_key(editor):
    """A key of a skill says what it is and when that was seen, and what becomes of it in the project's other assistants."""
    editor.open(SKILL)
    editor.type(SKILL, FILES[SKILL].replace("disallowedTool:", "disallowed-tools:"))
    shown = editor.hover(SKILL, 3, 4)

    assert "`disallowed-tools`: a key of each skill of Claude Code" in shown
    assert "Seen with Claude Code 2." in shown
    assert "**OpenCode**: it is not written\n\n- refusal `skill-refused-restraint`" in shown


def test_hovering_over_a_server(editor):
    """A server's key shows the lines that others get, and its name where they have it."""
    editor.open(SERVERS)
    editor.type(SERVERS, FILES[SERVERS].replace("comand", "command"))

    assert '**OpenCode**\n\n```\n"environment": {\n  "LEVEL": "a"\n}\n```' in editor.hover(SERVERS, 4, 5)
    assert "**Codex**: `.codex/config.toml`" in editor.hover(SERVERS, 2, 5)
    assert editor.hover(SERVERS, 4, 13) is None


def test_a_rule_is_left_out_in_a_file(editor):
    """What a file may leave out for itself can be left out there: a comment in its header, which a second rule is added to."""
    text = FILES[COMMAND]
    editor.open(COMMAND)
    once = applied(text, editor.actions(COMMAND, 2, 2)["Leave out AC544 unread-command-key in this file"])
    left = [one.code for one in editor.type(COMMAND, once)]
    twice = applied(once, editor.actions(COMMAND, 5, 5)["Leave out AC543 shifted-argument in this file"])

    assert once == text.replace("---\n", "---\n# agentconv: ignore[AC544]\n", 1)
    assert (set(left), editor.type(COMMAND, twice)) == ({"AC543"}, [])
    assert "# agentconv: ignore[AC544, AC543]\n" in twice


def test_what_protects_is_not_left_out(editor):
    """No file leaves out a rule that protects who reads it, nor is there a comment in JSON: neither is offered."""
    editor.open(".claude/agents/a.md")
    editor.type(".claude/agents/a.md", "---\nname: a\ndescription: Reads\u200b a change\n---\nRead it.\n")
    editor.open(SERVERS)
    offered = [*editor.actions(".claude/agents/a.md"), *editor.actions(SERVERS)]

    assert [title for title in offered if "Leave out" in title] == []


HOSTILE = (
    '{"mcpServers": {"' + "a" * 50_000,
    "{" * 5_000,
    '{"mcpServers": [[{"a": "',
    "---\nname: [\n" * 500,
    "\x00\u202e---",
    "[[[mcp_servers.\n",
)


@pytest.mark.parametrize("path", [SKILL, COMMAND, SERVERS, RULES, ".codex/config.toml", "CLAUDE.md"])
def test_whatever_is_typed_is_answered(editor, path):
    """No text keeps the server from answering, or makes it say that it failed."""
    editor.open(path)
    told = []
    for text in HOSTILE:
        told += editor.type(path, text)
        for line, character in ((0, 0), (0, 12), (1, 3)):
            editor.hover(path, line, character)
            editor.offered(path, line, character)
        editor.actions(path)

    assert "internal" not in {one.code for one in told}
