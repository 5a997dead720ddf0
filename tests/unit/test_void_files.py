"""Files of settings that a client takes as a whole or not at all: what of them still counts beside one fault, as the clients were asked."""

import json
import os

import pytest
from jsonschema import Draft202012Validator

from agentconv.cli import main
from agentconv.core import schema_files
from agentconv.core.diagnostics import Effect
from agentconv.sources.parts_on_disk import PartsOnDisk

_GUARD = [{"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}]
_CLAUDE = {"permissions": {"deny": ["Bash(rm:*)"]}, "hooks": {"PreToolUse": _GUARD}}
_OPENCODE = {"permission": {"bash": {"rm *": "deny"}}, "mcp": {"db": {"type": "local", "command": ["db"]}}}
_GEMINI = {"tools": {"exclude": ["glob"]}, "hooks": {"BeforeTool": _GUARD}, "mcpServers": {"db": {"command": "db"}}}
_CODEX = """
web_search = "disabled"
{}
[mcp_servers.db]
command = "db"
[[hooks.PreToolUse]]
matcher = "Bash"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "exit 2"
"""
_FILES = {
    "claude-code": (".claude/settings.json", _CLAUDE),
    "opencode": ("opencode.json", _OPENCODE),
    "kilo": ("kilo.json", _OPENCODE),
    "gemini-cli": (".gemini/settings.json", _GEMINI),
    "qwen-code": (".qwen/settings.json", {**_CLAUDE, "mcpServers": {"db": {"command": "db"}}}),
}
_ALL = {"claude-code": "hooks permissions", "opencode": "servers permissions", "kilo": "servers permissions"}
_ALL |= {"qwen-code": "servers hooks permissions", "gemini-cli": "servers hooks permissions", "codex": "servers hooks permissions"}
SCHEMAS = sorted(schema_files.FOLDER.glob("settings/*.schema.json"))


def counting(folder, client):
    """Return the kinds of which a client takes anything."""
    disk = PartsOnDisk(folder)
    return " ".join(kind for kind in ("servers", "hooks", "permissions") if any(one.taken for one in disk.of(client, kind)))


def put(folder, path, text):
    """Write a file."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


def with_value(whole, keys, value):
    """Return a document with another value at a path of keys."""
    if not keys:
        return value
    return {**whole, keys[0]: with_value(whole.get(keys[0], {}), keys[1:], value)}


@pytest.mark.parametrize(
    ("client", "keys", "value", "left"),
    [
        ("claude-code", "unknown", 5, "hooks permissions"),
        ("claude-code", "env", {"A": 5}, "hooks permissions"),
        ("claude-code", "theme", 5, "hooks permissions"),
        ("claude-code", "hooks.Stop", 5, "hooks permissions"),
        ("claude-code", "hooks", [], "permissions"),
        ("claude-code", "permissions.deny", ["Bash(rm:*)", 5], "hooks permissions"),
        ("claude-code", "permissions.defaultMode", "sideways", ""),
        ("claude-code", "permissions.allow", None, ""),
        ("claude-code", "hooks.PreToolUse", 5, ""),
        ("claude-code", "hooks.PermissionRequest", [{"hooks": [{"type": "no"}]}], ""),
        ("claude-code", "sandbox.network.httpProxyPort", None, ""),
        ("claude-code", "statusLine", {}, ""),
        ("claude-code", "model", 5, ""),
        ("opencode", "unknown", 5, "servers permissions"),
        ("opencode", "username", "{env:NOBODY}", "servers permissions"),
        ("opencode", "username", "{file:absent.txt}", ""),
        ("opencode", "username", "{file:../absent.txt}", "servers permissions"),  # what lies elsewhere is not looked at
        ("opencode", "model", 5, ""),
        ("opencode", "mcp.bad", {"type": "no"}, ""),
        ("opencode", "permission.edit", "no", ""),
        ("opencode", "command.bad", {}, ""),
        ("opencode", "agent.bad", {"mode": "no"}, ""),
        ("kilo", "username", "{file:absent.txt}", ""),
        ("kilo", "username", "{env:NOBODY}", ""),
        ("kilo", "mcp.bad", {"type": "no"}, ""),
        ("kilo", "command.bad", {}, "servers permissions"),
        ("kilo", "command.bad", {"template": 5}, ""),
        ("qwen-code", "disableAllHooks", "no", "servers permissions"),
        ("qwen-code", "permissions.deny", ["Glob", 5], ""),
        ("qwen-code", "tools", 5, "servers hooks permissions"),
        ("qwen-code", "ui", 5, "servers hooks permissions"),
        ("qwen-code", "ui", {"theme": 5}, ""),
        ("gemini-cli", "hooks", 5, "servers permissions"),
        ("gemini-cli", "mcpServers.bad", 5, "servers hooks permissions"),
        ("gemini-cli", "general", {"vimMode": "no"}, "servers hooks permissions"),
        ("gemini-cli", "context", {"fileName": 5}, ""),
        ("gemini-cli", "tools.exclude", ["glob", 5], ""),
    ],
)
def test_what_counts_beside_a_fault(tmp_path, client, keys, value, left):
    """One value that is wrong costs what it costs the client: itself, its kind, or all that is in the file."""
    path, whole = _FILES[client]
    put(tmp_path, path, json.dumps(whole))
    assert counting(tmp_path, client) == _ALL[client]
    put(tmp_path, path, json.dumps(with_value(whole, keys.split("."), value)))

    assert counting(tmp_path, client) == left


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("unknown = 5", True),
        ("notify = 5", True),
        ("model = 5", False),
        ("[tui]\ntheme = 5", False),
        ('[[agents]]\nname = "a"', False),
        ("[mcp_servers.bad]\nnope = 5", False),
        ("[[hooks.Stop]]\nhooks = 5", False),
        ('[features]\nshell_tool = "no"', False),
        ('default_permissions = "strict"', False),
        ('default_permissions = ":workspace"', True),
        ('[permissions.strict.filesystem]\n":workspace_roots" = { "./.env" = "deny" }', True),
        ('default_permissions = "s"\n[permissions.s.filesystem]\n":workspace_roots" = { "./.env" = "deny" }', False),
        ('default_permissions = "s"\n[permissions.s.filesystem]\n":workspace_roots" = { ".env" = "deny", "." = "write" }', True),
        ('default_permissions = "s"\n[permissions.s.filesystem]\n"data" = "read"', False),
    ],
)
def test_codex_does_not_start_with_one_wrong_value(tmp_path, line, counts):
    """In its configuration, that is: what it reads of the user's own alone, and what it does not know, it passes over."""
    put(tmp_path, ".codex/config.toml", _CODEX.format(line))

    assert counting(tmp_path, "codex") == (_ALL["codex"] if counts else "")


def test_what_is_void_switches_nothing_off_and_costs_no_other_file(tmp_path):
    """Of such a file, what closes does not count either; what stands in the next one does."""
    servers = {"mcpServers": {"db": {"command": "db"}}}
    put(tmp_path, ".mcp.json", json.dumps(servers))
    put(tmp_path, ".claude/settings.json", json.dumps(_CLAUDE))
    off = {"disabledMcpjsonServers": ["db"], "disableAllHooks": True}
    found = []
    for value in ("opus", 5):
        put(tmp_path, ".claude/settings.local.json", json.dumps({**off, "model": value}))
        found.append(counting(tmp_path, "claude-code"))

    assert found == ["permissions", "servers hooks permissions"]


def test_what_a_void_file_forbids_is_still_meant(tmp_path, monkeypatch, capsys):
    """Its rules and guards go where the set goes, or refuse what they would hold back; and each is told with its line."""
    put(tmp_path, ".claude/agents/a.md", "---\nname: a\ndescription: Does it\ntools: Bash\n---\nDo it.\n")
    put(tmp_path, ".claude/settings.json", json.dumps({**_CLAUDE, "model": 5}, indent=1))
    monkeypatch.chdir(tmp_path)
    status = main(["convert", ".", "-f", "claude-code", "-t", "opencode", "-o", "out", "--with", "permissions,hooks"])
    told = capsys.readouterr().err
    assert main(["lint", "."]) == 1

    assert status == 1
    assert "refusal[set-restraint]" in told
    assert json.loads((tmp_path / "out/opencode.json").read_text())["permission"]["bash"]["rm *"] == "deny"
    assert "Claude Code takes nothing of this file: `model` is text" in told
    assert "--> .claude/settings.json:20:" in capsys.readouterr().out
    assert not os.path.exists(tmp_path / "out/.opencode/agents/a.md")


@pytest.mark.parametrize("path", SCHEMAS, ids=[path.name.partition(".")[0] for path in SCHEMAS])
def test_schemas_of_settings(path):
    """Each is a JSON Schema, says what was asked of which version, and of each of its keys takes no value of another type."""
    schema = json.loads(path.read_text("utf-8"))
    name = path.name.removesuffix(".schema.json")
    Draft202012Validator.check_schema(schema)
    effects = {Effect(row["x-invalid"]) for row in schema["properties"].values()}

    assert schema["$id"] == f"urn:agentconv:settings:{name}"
    assert schema["x-verified"].keys() == {"client", "version", "date", "page"}
    assert effects <= {Effect.STOPS, Effect.DROPS_ALL}
    assert len(effects) == 1
    for key, row in schema["properties"].items():
        inner = dict.fromkeys(row.get("properties", ()), 5)
        wrong = inner if "type" not in row and inner else {"": None} if "object" not in str(row) else 5
        assert schema_files.complaint(f"settings/{name}", key, wrong), key
