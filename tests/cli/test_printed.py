"""Law 7: whatever stands in a file, a name or a path, nothing that is printed drives a terminal, a log or a CI runner, or tells a secret.

Every command is driven in every form that its output has, in a project in which everything is hostile.
"""

import json
import re
import unicodedata

import pytest

import pack_files
from agent_files import dealt
from agentconv.cli import COMMANDS, main
from agentconv.cli.linting import report as lint_report
from thorough import crossed, in_turns

TOKEN = "ghp_" + "Zk3vQ9xT7mW2pL8sR4nB6cY1dF5gH0jKqUaE"
KEY = "q7Zk2mB9xTr4LwPd8sVnHc3eYf6uJg1a"
PASSWORD = "zanycobaltwombat"  # noqa: S105 - nobody's
SECRETS = (TOKEN, KEY, PASSWORD)

NAMES = {
    "command": "::add-mask::e",
    "blank": " \u00a0::stop-commands::pause",
    "group": "a##[error]b##vso[task.setvariable variable=x]y",
    "escape": "a\x1b[2J\x1b]0;title\x07b\x9b31mc\x85d",
    "lines": "a\u2028::error::x\u2029::notice::y",
    "bidi": "a\u202eb\u2066c\u061cd\u200fe\ufefff\u200bg",
    "tags": "a\U000e0041\U000e0042",
    "secret": f"x{TOKEN}_y",
}
"""Names of agents, tools, servers, files: one kind of hostility each."""
WIDTHS = range(20, 120, 7)
LONG = " ".join("w" * width + "::warning::cut" for width in WIDTHS)
"""Words that a line is broken in, so that the rest of one may begin a line."""
PROMPT = "\n".join(["::add-mask::b", "  ::set-output name=x::y", *NAMES.values(), LONG, f"password: {PASSWORD}", f"API_KEY={KEY}"])


def quoted(text):
    """Return a text as a scalar of YAML, and a string of JSON and of TOML, in which it is spelled as it is where that is possible."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def header(name):
    return f"""\
name: {quoted(name)}
description: {quoted(f"{name} {LONG}")}
model: {quoted(name)}
color: {quoted(name)}
tools: [Read, {quoted(f"mcp__{name}__x")}, {quoted(name)}]
{quoted(name)}: {quoted(name)}
mcpServers:
  - {quoted(name)}:
      command: {quoted(name)}
      args: ["--api-key", "{KEY}", "--password={PASSWORD}", "https://host.internal/?token={KEY}&x=1"]
      env: {{API_KEY: "{KEY}", DB_PASSWORD: {PASSWORD}, OTHER: {TOKEN}}}
      headers: {{Authorization: "Bearer {KEY}"}}
hooks:
  PreToolUse:
    - matcher: {quoted(name)}
      hooks: [{{type: command, command: {quoted(f"{name} --token {KEY}")}}}]
"""


def files():
    """Return a project's files by path: agents of all clients, whose names, values, texts and paths are hostile."""
    found = {}
    for number, name in enumerate(NAMES.values()):
        path = name.replace("/", "_")
        found[f".claude/agents/{path}.md"] = f"---\n{header(name)}---\n{PROMPT}\n"
        others = {
            f".claude/agents/broken-{path}.md": f"---\nname: {name}: x\ndescription: [{name}\n---\n::add-mask::b\n{PROMPT}\n",
            f".opencode/agent/{path}.md": f"---\ndescription: {quoted(name)}\ntools: {{{quoted(name)}: true}}\n---\n{PROMPT}\n",
            f".codex/agents/{path}.toml": f"name = {quoted(name)}\n{quoted(name)} = 1\ndeveloper_instructions = {quoted(PROMPT)}\n",
            f".cursor/agents/{number}.md": f"---\nname: {name}\nmodel: {name}\n---\n{PROMPT}\n",
        }
        found |= in_turns(list(others.items()), 2, number)
    modes = [{"slug": name, "name": name, "roleDefinition": PROMPT, "groups": ["read", name]} for name in NAMES.values()]
    found[".roomodes"] = json.dumps({"customModes": modes}, ensure_ascii=False)
    found["opencode.json"] = json.dumps(
        {"agent": {name: {"prompt": PROMPT, "mode": name, "x": {"api_key": KEY}} for name in NAMES.values()}}, ensure_ascii=False
    )
    found["pyproject.toml"] = "[project]\nname = 'shop'\n"
    return found


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A hostile project, which is the current folder, and a home without anything."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "shop"
    for path, text in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode("utf-8", "surrogatepass"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def told(capfd):
    """A function that runs a command line, and returns all that it prints."""

    def told(*words):
        code = main([str(word) for word in words])
        captured = capfd.readouterr()
        assert code in (0, 1, 2), captured.err
        return captured.out, captured.err

    return told


_COLORS = re.compile("\x1b\\[(?:31;1|33;1|36|0)m")
_ANNOTATION = re.compile(r"::(?:error|warning|notice) file=[^:]*,title=AC\d+ [a-z-]+::")
_INVISIBLE = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def driving(printed, *, color=False, github=False):
    """Return what of something printed would drive a terminal, a log or a runner, or tells more of a secret than its beginning."""
    plain = _COLORS.sub("", printed) if color else printed
    lines = plain.split("\n")
    found = [line for line in lines if line.lstrip().startswith("::") and not (github and _ANNOTATION.match(line))]
    found += [line for line in lines if re.search(r"##[a-z]*\[", line, re.IGNORECASE)]
    found += [char for char in plain if char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    found += [char for char in plain if char in _INVISIBLE or 0xE0000 <= ord(char) < 0xE1000]
    found += [secret for secret in SECRETS if any(secret[at : at + 5] in plain for at in range(len(secret) - 4))]
    return list(dict.fromkeys(found))


CLAUDE = ".claude/agents"
SOME = ",".join(dealt(0))
READING = [
    ("inspect", ".", "--for", "all"),
    *(("inspect", ".", "--for", SOME, *more) for more in (("-v",), ("--output-format", "json"), ("--color", "always"))),
    *(("inspect", f"{CLAUDE}/{name}.md") for name in NAMES.values()),
    ("lint", ".", "--for", SOME, "--color", "always"),
    *(("lint", ".", "--output-format", form) for form in lint_report.FORMATS),
    ("lint", ".", "--baseline", "known.json", "--update-baseline"),
    ("lint", ".", "--diff", "--unsafe-fixes"),
    ("lint", ".", "--check", "--unsafe-fixes"),
    ("report", ".", "-t", "codex,roo", "-o", "-"),
    ("overview",),
    ("doctor", "--no-programs"),
    ("doctor", "--no-programs", "--output-format", "json"),
]
CONVERTING = [
    *(
        ("convert", CLAUDE, "-t", target, "-o", "out", *more)
        for more, target in crossed(
            [("-v",), ("--diff",), ("--check",), ("--dry-run",), ("--diff", "--output-format", "json"), ("--allow-widening",)],
            ["codex,opencode,roo,copilot", "claude-code,claude-plugin", "json,toml"],
            2,
        )
    ),
    ("convert", CLAUDE, "-t", "all", "-o", "out", "-v"),
    ("convert", ".", "-t", "codex", "-o", "out"),
    ("convert", ".roomodes", "-t", "claude-code,codex", "-o", "out", "--color", "always", "-v"),
    ("convert", "opencode.json", "-t", "kilo,cursor", "-o", "out", "-v"),
    ("to-json", ".", "-o", "all.json"),
    ("to-json", ".", "-o", "all.json", "--output-format", "json"),
]


def mistakes(name):
    """Return command lines with a mistake that is called so."""
    return [
        (name,),
        ("convert", name),
        ("convert", ".", "-t", name),
        ("convert", ".", f"--{name}"),
        ("convert", CLAUDE, "-t", "codex", "-o", f"{CLAUDE}/{name}.md/{name}"),
        ("lint", ".", "--select", name),
        ("lint", ".", "--config", f"{name}.toml"),
        ("rule", name),
        ("formats", name),
        ("schema", name),
        ("completion", name),
        ("init", "-f", name),
        ("init", "-t", name),
        ("init", "--project", name),
        ("sync", "--project", name),
        ("sync", "--prefer", name),
        ("install", name),
        ("uninstall", name),
        ("list", "--python", name),
        ("install", name, "--debug"),
        ("convert", name, "--output-format", "json"),
    ]


PACKING = [
    ("pack", ".", *more, "-o", "dist")
    for more in (
        (),  # agents of several assistants, of which none is chosen
        ("-f", "claude-code"),
        ("-f", "claude-code", "--output-format", "json"),
        ("-f", "claude-code", "--no-lint"),
        ("-f", "claude-code", "--no-lint", "--dry-run"),
        ("-f", "claude-code", "--no-lint", "--output-format", "json"),
    )
]
MISTAKES = [words for number, name in enumerate(NAMES.values()) for words in in_turns(mistakes(name), 2, number)]


def _named(words):
    return " ".join(words).encode("ascii", "backslashreplace").decode().replace("\\", "/")


@pytest.mark.parametrize("words", [*READING, *CONVERTING], ids=_named)
def test_reading_and_converting(words, project, told):
    """What is read, checked and converted drives nothing, in any form of the report."""
    out, err = told(*(() if words == ("overview",) else words))

    assert out + err
    assert driving(out, color="always" in words, github="github" in words) == []
    assert driving(err, color="always" in words) == []


def test_bundles(project, told):
    """A bundle is data; what is said of it on the way back drives nothing."""
    told("to-json", CLAUDE, "-o", "all.json")
    printed = [
        text for target in ("claude-code", "codex", "opencode") for text in told("from-json", "all.json", "-t", target, "-o", "x", "-v")
    ]

    assert KEY in (project / "all.json").read_text("utf-8")
    assert [driving(text) for text in printed] == [[]] * len(printed)


def test_packs(project, told):
    """A pack of hostile agents is built only with --no-lint, and whatever is done with it drives nothing."""
    pack_files.venv(project / ".venv")
    options = ("--name", "shop-agents", "--version", "1.0.0")
    printed = [text for words in PACKING for text in told(*words, *options)]
    wheel = next((project / "dist").glob("*.whl"))
    for form in ("text", "json"):
        for words in (
            ("install", wheel, "--to", "claude-code,codex,opencode,roo", "--accept"),
            ("status", "-v"),
            ("list", "-v"),
            ("uninstall", "shop-agents", "--dry-run"),
            ("uninstall", "shop-agents"),
        ):
            printed += told(*[word for word in words if form == "text" or word != "-v"], "--output-format", form)

    assert [driving(text) for text in printed if driving(text)] == []


def test_installed(project, told):
    """What an installed pack says of itself, and what is deployed of it, drives nothing."""
    agents = {f"a{number}.md": f"---\n{header(name)}---\n{PROMPT}\n".encode() for number, name in enumerate(NAMES.values())}
    site = pack_files.venv(project / ".venv")
    pack_files.install(site, pack_files.distribution(pack_files.packed(agents)))
    printed = []
    for words in (("list", "-v"), ("list",), ("install", "backend-agents", "--to", "auto"), ("status",), ("uninstall", "backend-agents")):
        printed += [*told(*words), *told(*[word for word in words if word != "-v"], "--output-format", "json")]

    assert [driving(text) for text in printed if driving(text)] == []


def test_starting(project, told):
    """What is proposed for a project, and what comes of another program's agents, drives nothing, whatever they are called."""
    folder = project / ".rulesync" / "subagents"
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES.values()):
        more = f"targets: [codexcli]\ncodexcli: {{model: x}}\n{header(name)}"
        (folder / f"{number}.md").write_text(f"---\n{more}---\n{PROMPT}\n", "utf-8")
    words = ("init", "--from", "rulesync", "-t", "copilot,roo")
    printed = [*told("init", "-f", "claude-code", "-t", "codex", "--dry-run"), *told(*words, "--dry-run"), *told(*words), *told("init")]

    assert "skip = true" in printed[2]
    assert "says already" in printed[-2]
    assert [driving(text) for text in printed if driving(text)] == []


def test_synced(project, told):
    """What is kept in step, edited on the other side, in conflict, or nobody's drives nothing, whatever it is called."""
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex", "roo", "cursor"]\n[sync.cursor]\nown = true\n')
    printed = [*told("sync", "--dry-run"), *told("sync", "-v"), *told("sync")]
    for file in sorted((project / ".codex/agents").glob("*.toml"))[::2]:
        file.write_bytes(file.read_bytes() + b"# edited\nmodel = '::add-mask::x'\n")
    for file in sorted((project / CLAUDE).glob("*.md"))[:3]:
        file.write_bytes(file.read_bytes() + "::error::\u202e\n".encode())
    for words in (("--diff",), (), ("--carry-back",), ("--output-format", "json"), ("--prefer", "source"), ("--adopt",), ("--check", "-v")):
        printed += told("sync", *words)

    assert any(printed)
    assert [driving(text) for text in printed if driving(text)] == []


@pytest.mark.parametrize("words", MISTAKES, ids=_named)
def test_mistakes(words, project, told):
    """What a command line itself says drives nothing where it is told what is wrong with it."""
    out, err = told(*words)

    assert out + err
    assert driving(out) == driving(err) == []


def test_every_command_is_driven():
    """No command is left out."""
    driven = {words[0] for words in (*READING, *CONVERTING, *PACKING, *MISTAKES)}

    assert set(COMMANDS) - driven == {"from-json", "status", "lsp", "mcp"}  # in tests of their own above, and of what is no terminal
