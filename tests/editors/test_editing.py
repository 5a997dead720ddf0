"""A session of an editor with `agentconv lsp`, over standard input and output."""

import io
import json
import subprocess
import sys
import threading

import pygls.io_
import pytest
from editor import Editor, applied, as_linted, plain
from pygls.io_ import StdoutWriter

from agentconv.cli import main
from agentconv.cli.linting.texts import LintTexts
from agentconv.core import links, losses
from agentconv.core.diagnostics import Detail
from agentconv.editors import hover, server
from agentconv.editors import looked as looked_at
from agentconv.editors.framing import Framed
from agentconv.lint import catalogue

AGENT = ".claude/agents/a.md"
OTHER = ".claude/agents/b.md"
FILES = {
    AGENT: """\
---
name: a
description: 😀 Reviews: a change.
tools: Read, Bash(git:*)
model: opus
color: Purple
skills: [drafts]
---
Look at it.
""",
    OTHER: "---\nname: b\ndescription: Writes a change\n---\nWrite it.\n",
    ".claude/skills/drafts/SKILL.md": "---\nname: drafts\ndescription: How drafts look\n---\nShort.\n",
    ".mcp.json": '{"mcpServers": {"tracker": {"command": "tracker"}}}\n',
    ".claude/settings.json": '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "watcher"}]}]}}\n',
    ".codex/agents/c.toml": 'name = "c"\ndescription = "d"\ndeveloper_instructions = "x"\n',
    "opencode.json": '{"agent": {"d": {"description": "Reads a file", "mode": "subagent", "prompt": "Read it."}}}\n',
    "README.md": "---\nname: readme\ndescription: None of an agent: it is not where one would be\n---\n",
}


@pytest.fixture
def agentconv(folder, monkeypatch, capfdbinary):
    """Run a command in the project, and return what it prints."""

    def run(*words, given=""):
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        main(words)
        return capfdbinary.readouterr().out.decode()

    return run


def saved(folder, path):
    return (folder / path).read_bytes().decode()


@pytest.mark.parametrize("path", [AGENT, OTHER, ".codex/agents/c.toml", "opencode.json", ".claude/skills/drafts/SKILL.md", "README.md"])
def test_marks_are_what_lint_finds(editor, folder, agentconv, path):
    """What an editor marks in a saved file is what `agentconv lint` finds in it, at places counted in UTF-16."""
    found = as_linted(agentconv("lint", "--output-format", "json"), saved(folder, path)) if path == AGENT else []

    assert plain(editor.open(path)) == found


def test_a_mark_leads_to_its_rule(editor):
    """A mark has the severity and the words of its finding, and leads to the page of its rule."""
    mark = next(one for one in editor.open(AGENT) if one.code == "AC101")

    assert (mark.source, mark.severity.name, mark.code_description.href) == ("agentconv", "Error", links.rule("AC101"))


def test_what_is_typed_is_marked(editor, folder):
    """What is not saved yet is what counts: for the file itself, and for those that are read together with it."""
    editor.open(AGENT)
    editor.open(OTHER)
    twice = editor.type(OTHER, saved(folder, OTHER).replace("name: b", "name: a"))
    again = editor.type(OTHER, saved(folder, OTHER))

    assert ([str(one.code) for one in twice], again) == (["AC203", "AC205"], [])


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_fixes_are_those_of_lint(editor, folder, agentconv, ends):
    """What an editor mends is what `agentconv lint --fix` mends, byte for byte."""
    text = saved(folder, AGENT).replace("\n", ends)
    editor.open(AGENT)
    editor.type(AGENT, text)

    assert applied(text, editor.actions(AGENT)["Make all safe fixes"]) == agentconv(
        "lint", "-", "--fix", "--stdin-filename", AGENT, given=text
    )


def test_one_fix(editor, folder):
    """A safe fix is offered as the one to take, for its own line alone, and does what it says to the version that it is for."""
    text = saved(folder, AGENT)
    editor.open(AGENT)
    found = editor.actions(AGENT, 5, 5, only=["quickfix"])
    (title, action), *rest = found.items()

    assert (title, action.is_preferred, applied(text, action)) == ("Write `purple`", True, text.replace("Purple", "purple"))
    assert [(other, one.is_preferred) for other, one in rest] == [("Leave out AC405 illegal-color in this file", None)]


def test_an_unsafe_fix_says_so(editor, folder):
    """A fix that may change more than it says is marked as such, is none to take unasked, and is not among those made together."""
    unsafe = next(
        rule for rule in catalogue.rules().values() if rule.fix == "unsafe" and rule.example == "claude-code" and not rule.clients
    )
    editor.open(AGENT)
    editor.type(AGENT, unsafe.bad)
    found = [action for title, action in editor.actions(AGENT).items() if "unsafe: it may change more than it says" in title]

    assert [action.is_preferred for action in found] == [None]


def test_what_becomes_of_a_line(editor, folder):
    """A line shows what its key is, on which version that was seen, and what the project's other assistants make of it."""
    editor.open(AGENT)
    model, name = editor.hover(AGENT, 4, 2), editor.hover(AGENT, 1, 2)

    assert "Seen with Claude Code 2." in model
    assert "**Codex**\n\n- warning `model-dropped`: Codex does not serve this model" in model
    assert '```toml\nname = "a"\n```' in name


def test_a_tool_is_told(editor):
    """A tool's word shows what it is for."""
    editor.open(AGENT)

    assert "`Bash` is the tool for `shell`" in editor.hover(AGENT, 3, 15)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("---\nname: a\nto|\n---\n", "tools: "),
        ("---\nname: a\ntools: Re|\n---\n", "Read"),
        ("---\nname: a\ntools:\n  - |\n---\n", "mcp__tracker"),
        ("---\nname: a\nmcpServers: [|]\n---\n", "tracker"),
        ("---\nname: a\nskills:\n- d|\n---\n", "drafts"),
        ("---\nname: a\nmodel: |\n---\n", "sonnet"),
        ("---\nname: a\ncolor: '|\n---\n", "purple"),
        ("---\nname: a\npermissionMode: |\n---\n", "plan"),
    ],
    ids=lambda text: text if text.isidentifier() else None,
)
def test_completion(editor, typed, offered):
    """Keys are completed, and what they take: the client's tools, models and modes, and the servers and skills of the project."""
    before, _, after = typed.partition("|")
    editor.open(AGENT, before + after)
    line = before.count("\n")
    found = editor.offered(AGENT, line, len(before.rpartition("\n")[2]))

    assert offered in found


@pytest.mark.parametrize(
    ("path", "typed", "offered"),
    [
        (".codex/agents/c.toml", 'name = "c"\nmo|\n', "model = "),
        (".codex/agents/c.toml", 'name = "c"\nmodel_reasoning_summary = |\n', '"concise"'),
        ("opencode.json", '{"agent": {"d": {"mode": "|"}}}', "subagent"),
        ("opencode.json", '{"agent": {"d": {"mode": "all", |}}}', '"description": '),
        ("agentconv.toml", 'targets = ["|"]\n', "codex"),
        ("agentconv.toml", "[lint]\nig|\n", "ignore = "),
        ("agentconv.toml", "[lint]\nignore = [\n  |\n]\n", '"AC101"'),
    ],
    ids=range(7),
)
def test_completion_in_other_files(editor, path, typed, offered):
    """So are keys and words of clients with TOML and JSON, quoted where that is needed, and those of the configuration."""
    before, _, after = typed.partition("|")
    editor.open(path, before + after)
    found = editor.offered(path, before.count("\n"), len(before.rpartition("\n")[2]))

    assert offered in found


def test_a_key_that_is_there_is_not_offered(editor, folder):
    """A key is completed once."""
    text = saved(folder, OTHER).replace("---\nWrite", "to\n---\nWrite")
    editor.open(OTHER, text)

    assert {"name: ", "description: "}.isdisjoint(editor.offered(OTHER, 3, 2))


def test_the_configuration_is_marked_where_it_is_wrong(editor, folder):
    """A setting that is none is marked while it is typed; on the disk it is marked in its file, and keeps no agent from being looked at."""
    typed = editor.open("agentconv.toml", 'source = "claude-code"\ntargets = ["codex"]\n[lint]\nfro = 1\n')
    editor.close("agentconv.toml")
    (folder / "agentconv.toml").write_text("[lint]\nfro = 1\n")
    try:
        kept = editor.open(AGENT)
        (mark,) = editor.marks("agentconv.toml", until=bool)
    finally:
        (folder / "agentconv.toml").unlink()

    assert ([one.range.start.line for one in typed], mark.range.start.line, bool(kept)) == ([3], 1, True)


def test_the_configuration_holds(editor, folder):
    """What the project's settings leave out is not marked, as soon as they are on the disk, whoever has put them there."""
    editor.open(AGENT)
    (folder / "agentconv.toml").write_text('[lint]\nignore = ["AC101"]\n')
    try:
        editor.touch("agentconv.toml")
        found = editor.marks(AGENT, until=lambda marks: all(one.code != "AC101" for one in marks))
    finally:
        (folder / "agentconv.toml").unlink()
    editor.save(AGENT)
    again = editor.marks(AGENT, until=lambda marks: any(one.code == "AC101" for one in marks))

    assert (len(again) - len(found), "AC405" in [one.code for one in found]) == (1, True)


def test_hovering_over_a_setting(editor):
    """A setting says what it is for."""
    editor.open("agentconv.toml", "[lint]\nmax-description = 9\n")

    assert "How many characters a description may have" in editor.hover("agentconv.toml", 1, 3)


def test_rules_of_the_whole_project_are_marked(editor):
    """A file of settings that guards the project is looked at as well, as it is typed."""
    path = ".claude/settings.json"
    sound = editor.open(path)
    idle = editor.type(path, catalogue.find("AC512").bad)

    assert (sound, [one.code for one in idle]) == ([], ["AC512"])


def test_a_file_that_lists_agents_is_marked(editor, tmp_path):
    """A file that makes a folder a plugin is looked at as that: what it lists and is not there is marked where it stands."""
    place = tmp_path / ".claude-plugin/plugin.json"
    place.parent.mkdir()
    place.write_text("{}")

    assert plain(editor.open(place, '{"name": "p",\n "agents": ["./agents/none.md"]}')) == [(1, 12, "AC199")]


def test_closing_takes_the_marks_away(editor):
    """Nothing stays marked in a file that is closed."""
    editor.open(AGENT)
    editor.close(AGENT)

    assert editor.marks(AGENT, until=lambda marks: not marks) == []


HOSTILE = (
    "---\nname: [a\ntools: {: - &x *y\n\t---\n",
    "---\nname: a\ntools: " + "[" * 500,
    "",
    "---\nname: \ud800a\ndescription: \udc80\n---\nx\n",
    "---\nname: a\x00\u2028\x0b\x85b\ndescription: \u202e<img src=x>[a](b)`\n---\n",
    f"---\n{'k' * 100_000}: 1\n---\n",
)


@pytest.mark.parametrize("path", [AGENT, ".codex/agents/c.toml", "opencode.json", "agentconv.toml", ".claude/settings.json"])
def test_whatever_is_typed_is_answered(editor, path):
    """No text keeps the server from answering what is asked about it, or makes it say that it failed."""
    editor.open(path, "")
    told = []
    for text in HOSTILE:
        told += editor.type(path, text)
        for line in range(1, 3):
            editor.hover(path, line, 3)
            editor.offered(path, line, 3)
        editor.actions(path)

    assert "internal" not in {one.code for one in told}


def test_what_is_shown_of_a_hostile_file_is_no_markup(editor):
    """No text of a file becomes HTML, a picture or a link in what is shown."""
    editor.open(AGENT, "---\nname: a\ndescription: a\nskills: ['<img src=x>', '![a](b)']\n---\nx\n")
    shown = editor.hover(AGENT, 3, 3)

    assert ("<img" in shown.replace("\\<img", ""), "![a]" in shown) == (False, False)


def test_a_secret_is_not_shown(editor):
    """What looks like a credential is shown by its first characters alone, be it in a line that another assistant gets."""
    token = "ghp_" + "Zk3vQ9xT7mW2pL8sR4nB6cY1dF5gH0jKqUaE"
    marks = editor.open(AGENT, f"---\nname: a\ndescription: a {token}\nmodel: {token}\nskills: [{token}]\n---\nx\n")
    shown = [one.message for one in marks] + [editor.hover(AGENT, line, 3) for line in (1, 2, 3, 4)]

    assert (any("ghp_" in one for one in shown), any(token in one for one in shown)) == (True, False)


def test_a_huge_file_is_left_alone(editor):
    """Of a file that is too large to be read at each key, that alone is said."""
    (mark,) = editor.open(AGENT, "---\nname: a\n---\n" + "x" * looked_at.MOST_BYTES)

    assert (mark.code, mark.severity.name) == ("too-large", "Information")


def test_a_file_that_is_nowhere(editor, tmp_path):
    """A file without a place ends nothing, and one outside of the editor's folders is looked at where it lies among an assistant's."""
    outside = tmp_path / ".claude/agents/x.md"
    text = "---\nname: x\ndescription: a: b\n---\nx\n"
    editor.send_open("untitled:Untitled-1", text)
    editor.send_open((tmp_path / "notes.md").as_uri(), text)

    assert [one.code for one in editor.open(outside, text)] == ["AC101"]


def test_an_editor_that_counts_otherwise_and_goes_away(folder):
    """Places are counted as an editor asks for, in bytes of UTF-8, too; a server whose editor went away ends, and says nothing."""
    other = Editor(folder, encodings=["utf-8"])
    found = {str(one.code): one.range for one in other.open(AGENT)}["AC101"]

    assert (found.end.character - found.start.character, other.leave()) == (len("😀 Reviews: a change.".encode()), (0, ""))


BROKEN = [
    (b"{not json", (None, -32700)),
    (b"\xff\xfe", (None, -32700)),
    (b"[" * 100_000, (None, -32700)),
    (b"[]", (None, -32600)),
    (b'"x"', (None, -32600)),
    (b'{"id": 7, "method": "shutdown"}', (7, -32600)),
    (b'{"jsonrpc": "2.0", "id": 9, "method": "textDocument/hover", "params": {"x": 1}}', (9, -32602)),
    (b'{"jsonrpc": "2.0", "id": 10, "method": "none/such", "params": {}}', (10, -32601)),
    (b'{"jsonrpc": "2.0", "id": 11, "method": "none/such"}', (11, -32601)),
]


def answered(stream):
    """Return what a server answers to what an editor sends."""
    told = io.BytesIO()
    session = server.made(LintTexts())
    session.protocol.set_writer(StdoutWriter(told), include_headers=False)
    pygls.io_.run(threading.Event(), Framed(io.BytesIO(stream)), session.protocol, error_handler=session.report_server_error)
    return [json.loads(line) for line in told.getvalue().decode().replace("}{", "}\n{").splitlines()]


def sent(text, length=None):
    """Return a message as it is sent, with a length that may be wrong."""
    return b"Content-Length: %b\r\n\r\n%b" % (length or b"%d" % len(text), text)


def test_a_message_that_cannot_be_read_is_answered():
    """With the code that JSON-RPC has for it, and with its number where it has one; what comes after it is answered, too."""
    given = [b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}', *(one for one, _ in BROKEN)]
    answers = answered(b"".join(map(sent, reversed(given))))

    assert [(one["id"], one["error"]["code"]) for one in answers[:-1]] == [want for _, want in reversed(BROKEN)]
    assert (answers[-1]["id"], answers[-1]["result"]) == (1, None)


ASKED = [b'{"jsonrpc": "2.0", "id": %d, "method": "none/such", "params": {"x": "}Content-Length: 8"}}' % number for number in range(3)]
TOO_LONG = [b"%d" % (len(ASKED[1]) + more) for more in (*range(1, 26), 60, 10**12)]
TOO_SHORT = [b"%d" % (len(ASKED[1]) - less) for less in (1, 5, 40, len(ASKED[1]))]


@pytest.mark.parametrize(
    ("length", "numbers"),
    [
        *((length, [0, 1, 2]) for length in TOO_LONG),
        *((length, [0, None, 2]) for length in TOO_SHORT[:-1]),
        *((length, [0, 2]) for length in (TOO_SHORT[-1], b"-1", b"x", b"9" * 30, b"9" * 5000)),
    ],
    ids=lambda one: one.decode()[:20] if isinstance(one, bytes) else "",
)
def test_a_wrong_length_costs_no_other_message(length, numbers):
    """Be it too great by a part of the next header, or by all that comes, or too small, or none: what comes after it is answered."""
    given = sent(ASKED[0]) + sent(ASKED[1], length) + sent(ASKED[2])

    assert [one["id"] for one in answered(given)] == numbers


def test_a_message_without_a_text_ends_nothing():
    """A header that another one follows at once is a message that is no JSON."""
    assert [one["id"] for one in answered(sent(b"", b"7") + sent(ASKED[2]))] == [None, 2]


NEVER_OPENED = {"textDocument": {"uri": "file:///never.md", "version": 1}, "contentChanges": [{"text": "x"}]}
UNASKED = [
    {"method": "none/such"},
    {"method": "textDocument/didOpen", "params": 5},
    {"method": "textDocument/didChange", "params": NEVER_OPENED},
]


def test_a_notification_that_says_nothing_costs_a_line_of_the_log():
    """Of what an editor says wrong and waits for no answer to, it is told nothing; the log has one line, and no traceback."""
    given = [
        json.dumps({"jsonrpc": "2.0", **one}).encode()
        for one in ({"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}, *UNASKED)
    ]
    stream = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(one), one) for one in (*given, b"{"))
    done = subprocess.run([sys.executable, "-m", "agentconv", "lsp"], input=stream, capture_output=True, check=False, timeout=60)
    lines = done.stderr.decode().splitlines()

    assert [line.split(": ")[:2] for line in lines] == [["agentconv lsp", of] for of in ("warning", "error", "warning", "error")]
    assert "was never opened" in lines[2]
    assert done.stdout.count(b'"jsonrpc"') == 2


def test_what_an_editor_shows_names_no_flag():
    """Nobody types a command there: a loss is told with what its options are."""
    told = losses.loss("widening", "a", "tools", "codex", Detail("writing files"), hint=losses.rule("widening").hint)

    assert "--" in losses.rule("widening").hint
    assert "--" not in hover.loss(told)
