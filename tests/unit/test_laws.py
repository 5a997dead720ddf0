"""The laws defend themselves: what breaks one is seen, is not written, and loses nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, make, minimal, read, suffix
from agentconv.cli.run import run
from agentconv.conversion import compare, converting, naming
from agentconv.core import access, effects, fields, losses, schema_files, widening
from agentconv.core.access import Level
from agentconv.core.diagnostics import InternalError
from agentconv.core.format import Projection, ReadResult
from agentconv.core.ir import Agent, Hook, McpServer, Model, Permissions, Prompt, Rule, Sandbox, ToolGrant, Tools
from agentconv.core.names import stem_of
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import loading
from thorough import crossed
from together import together

PACKAGE = Path(losses.__file__).parents[1]
each_client = pytest.mark.parametrize("format_id", registry.CLIENTS)
PLAIN = Agent(id="a", name="a", description="Does one thing.", prompt=Prompt("You do one thing."))


def _grants(*capabilities: str) -> tuple[ToolGrant, ...]:
    return tuple(ToolGrant(capability, "some-client", capability) for capability in capabilities)


# --- law 4: nothing is lost in silence


@each_client
def test_undeclared_change_is_not_written(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A projection that changes a field without a declared loss is a bug that the comparison sees."""
    module = registry.load(format_id)
    honest = module.project

    def silent(projection: Projection) -> None:
        honest(projection)
        projection.translate("description", "Something else.")

    monkeypatch.setattr(module, "project", silent)
    done = convert_agent(PLAIN, format_id)

    assert (done.file, done.failed) == (None, True)
    assert "description changed without a declared loss" in done.diagnostics[0].message


@each_client
def test_deleted_reason_is_not_written(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleting any one declared reason from a projection with losses makes the comparison object."""
    agent = replace(PLAIN, display_name="A", temperature=0.5, model=Model("id", "gemini-9"), delegates=("b",))
    module = registry.load(format_id)
    honest = module.project
    whole = Projection(agent, module.SPEC)
    honest(whole)
    assert whole.declared
    for path in whole.declared:

        def forgetful(projection: Projection, path: str = path) -> None:
            honest(projection)
            projection.declared.discard(path)

        monkeypatch.setattr(module, "project", forgetful)

        assert convert_agent(agent, format_id).failed, path


@each_client
def test_loss_that_did_not_happen_is_not_written(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declaring a loss of a field that stayed is a bug, too."""
    module = registry.load(format_id)
    honest = module.project

    def pessimist(projection: Projection) -> None:
        honest(projection)
        projection.declare("field-dropped", "description", "it is still there")

    monkeypatch.setattr(module, "project", pessimist)
    done = convert_agent(PLAIN, format_id)

    assert done.failed
    assert "description, which did not change" in done.diagnostics[0].message


@each_client
def test_crash_in_one_agent_is_a_bug_of_that_agent(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in a format is reported as a bug with the agent's name; it is not raised."""

    def crash(projection: Projection) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(registry.load(format_id), "project", crash)
    done = convert_agent(PLAIN, format_id)

    assert done.failed
    assert done.diagnostics[0].agent == "a"


@each_client
def test_bug_loses_one_agent_and_sets_the_exit_code(
    format_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line a broken law leaves one agent unwritten, writes the others, and exits with 3."""
    source = next(client for client in registry.CLIENTS if client != format_id)
    key = next(key for key, row in schema_files.load(source)["properties"].items() if row["x-field"] == "name")
    folder = tmp_path / registry.FORMATS[source].folders[0]
    folder.mkdir(parents=True)
    for name in ("one", "two", "three"):
        (folder / f"{name}{suffix(source)}").write_bytes(make(source, {**minimal(source), key: name}).data)
    module = registry.load(format_id)
    honest = module.project

    def silent(projection: Projection) -> None:
        honest(projection)
        if projection.source.name == "two":
            projection.translate("description", "Something else.")

    monkeypatch.setattr(module, "project", silent)
    code = run(["convert", str(tmp_path), "-f", source, "-t", format_id, "-o", str(tmp_path / "out")])
    capsys.readouterr()
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    results = [read(format_id, SourceText(path.relative_to(tmp_path / "out").as_posix(), path.read_bytes())) for path in files]

    assert (code, sorted(agent.name or "" for result in results for agent in result.set.agents)) == (3, ["one", "three"])


@pytest.mark.parametrize(
    "words",
    [["convert", "-f", "claude-code", "-t", "codex", "-o", "out"], ["to-json", "-o", "out/all.json"], ["inspect"], ["lint"]],
    ids=lambda words: words[0],
)
def test_crash_in_a_reader_is_a_bug_of_that_file(
    words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that a reader breaks on is named and left out, the others are worked on, and the exit code says that a bug was met."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        place = tmp_path / f".claude/agents/{name}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(make("claude-code", {**minimal("claude-code"), "name": name}).data)
    module = registry.load("claude-code")
    honest = module.read

    def brittle(source: SourceText) -> ReadResult:
        return {}["oops"] if source.path.endswith("two.md") else honest(source)

    monkeypatch.setattr(module, "read", brittle)
    code = run([words[0], ".", *words[1:]])
    captured = capsys.readouterr()
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]

    assert code == 3
    assert "two.md:1:1: error: internal error while it was read: KeyError: 'oops'" in captured.err
    assert "hint: the file was left out; please report this with the file" in captured.err
    assert len(written) == (1 if "-o" in words else 0)
    assert all(b"two" not in path.read_bytes() for path in written)


def test_comparison_sees_every_field() -> None:
    """Each field, changed alone, is a difference; equal agents have none."""
    changes: dict[str, Any] = {
        "name": "b",
        "display_name": "B",
        "description": "d",
        "prompt": Prompt("p"),
        "tools": Tools("none"),
        "permissions": Permissions("plan"),
        "model": Model("id", "m"),
        "effort": "low",
        "temperature": 1.0,
        "top_p": 0.5,
        "mcp_servers": (McpServer("s"),),
        "skills": ("s",),
        "hooks": (Hook("e", "f"),),
        "delegates": ("d",),
        "background": True,
        "color": "red",
        "extras": {"f": {"k": None}},
    }

    assert set() == compare.differences(PLAIN, PLAIN)
    assert [field for field, value in changes.items() if not compare.differences(PLAIN, replace(PLAIN, **{field: value}))] == []


def test_read_back_names_the_field() -> None:
    """When the output reads otherwise, the error names the field."""
    with pytest.raises(InternalError, match="description"):
        compare.check_read_back(PLAIN, replace(PLAIN, description="Else."))


# --- fault injection: the reader accounts for every line that we write

VARIED = (
    PLAIN,
    replace(PLAIN, tools=Tools("list", _grants("fs.read", "fs.search")), effort="high"),
    replace(PLAIN, tools=Tools("none"), model=Model("alias", "sonnet"), color="red"),
    replace(PLAIN, model=Model("id", "gpt-6.1-sol"), permissions=Permissions("plan")),
    replace(PLAIN, permissions=Permissions("default", sandbox=Sandbox("workspace-write", network=False))),
    replace(PLAIN, permissions=Permissions("bypass", sandbox=Sandbox("full"))),
    replace(PLAIN, mcp_servers=(McpServer("s", "stdio", "run", ("-x",), {"A": "b"}), McpServer("w", "http", url="https://x.example"))),
    replace(PLAIN, skills=("one", "two"), background=True, description="Two\nlines: here.\n"),
    replace(PLAIN, hooks=(Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"type": "command", "command": "./c"},)),)),
    replace(PLAIN, hooks=(Hook("PreToolUse", "codex", "before-tool", "Bash", ({"type": "command", "command": "./c"},)),)),
    replace(PLAIN, tools=Tools(deny=_grants("shell", "web.search"))),
    replace(PLAIN, extras={"claude-code": {"memory": "user"}, "codex": {"personality": "none", "tools": {"web_search": False}}}),
)


def _altered(line: bytes) -> list[bytes]:
    """Return a line without itself, with another key, and with another value."""
    match = re.match(rb"(\s*(?:- )?)([\w.\"-]+)(\s*[:=]\s*)(.*)(\n?)", line)
    if not match:
        return [b"", line.replace(b"e", b"E", 1) if b"e" in line else b"x" + line[1:]]
    indent, key, between, value, end = match.groups()
    return [b"", indent + key + b"x" + between + value + end, indent + key + between + b'"another"' + end]


@pytest.mark.parametrize(("format_id", "varied"), crossed(registry.CLIENTS, range(len(VARIED)), 3))
def test_no_line_of_the_output_is_unread(format_id: str, varied: int) -> None:
    """Deleting or altering any line that says something changes what is read back, or the file does not load.

    A name that the file has too may be taken out of it, where the client then takes the file's.
    """
    done = convert_agent(VARIED[varied], format_id)
    if done.file is None:
        return
    written = agent_of(format_id, done.file.data)
    lines = done.file.data.splitlines(keepends=True)
    unseen = []
    for number, line in enumerate(lines):
        for new in _altered(line) if line.strip() else []:
            data = b"".join([*lines[:number], new, *lines[number + 1 :]])
            result = read(format_id, SourceText(done.file.path, data))
            loads = bool(result.set.agents) and not result.states[0].dropped
            stem = stem_of(done.file.path, registry.FORMATS[format_id].suffixes)
            named_by_file = line.strip() == f"name: {stem}".encode() and not new.startswith(line[:5] + b" ")
            if data != done.file.data and loads and fields.same(written, result.set.agents[0]) and not named_by_file:
                unseen.append((number, new))

    assert unseen == []


# --- law 5: effects

NO, ASK, INHERIT, ALLOW = Level
CASES: list[tuple[str, Agent, dict[str, Level]]] = [
    ("everything", Agent(), {"read": ALLOW, "write": INHERIT, "network": INHERIT, "run": INHERIT}),
    ("no tools", Agent(tools=Tools("none")), {}),
    ("grants that no list takes", Agent(tools=Tools("none", _grants("shell"))), {}),
    ("read", Agent(tools=Tools("list", _grants("fs.read"))), {"read": ALLOW}),
    ("search", Agent(tools=Tools("list", _grants("fs.search", "fs.list"))), {"read": ALLOW}),
    ("edit", Agent(tools=Tools("list", _grants("fs.edit"))), {"write": INHERIT}),
    ("notebook", Agent(tools=Tools("list", _grants("notebook.edit"))), {"write": INHERIT}),
    ("web", Agent(tools=Tools("list", _grants("web.fetch"))), {"network": INHERIT}),
    ("shell covers reading", Agent(tools=Tools("list", _grants("shell"))), {"read": ALLOW, "run": INHERIT}),
    ("harmless", Agent(tools=Tools("list", _grants("delegate", "todo", "skill", "ask"))), {}),
    ("unknown", Agent(tools=Tools("list", (ToolGrant("Teleport", "some-client"),))), {}),
    ("pattern", Agent(tools=Tools("list", (ToolGrant("Bash", "claude-code", "shell", "git:*"),))), {"read": ALLOW, "run": INHERIT}),
    ("denied shell", Agent(tools=Tools(deny=_grants("shell"))), {"read": ALLOW, "write": INHERIT, "network": INHERIT}),
    ("denied part", Agent(tools=Tools("list", _grants("shell"), (ToolGrant("Bash", "claude-code", "shell", "git:*"),))), {}),
    ("plan", Agent(permissions=Permissions("plan")), {"read": ALLOW, "network": INHERIT}),
    ("read-only mode", Agent(permissions=Permissions("read-only")), {"read": ALLOW, "network": INHERIT}),
    ("bypass", Agent(permissions=Permissions("bypass")), dict.fromkeys(access.EFFECTS, ALLOW)),
    ("auto", Agent(permissions=Permissions("auto")), dict.fromkeys(access.EFFECTS, ALLOW)),
    ("accept edits", Agent(permissions=Permissions("accept-edits")), {"read": ALLOW, "write": ALLOW, "network": INHERIT, "run": INHERIT}),
    ("ask", Agent(permissions=Permissions("default")), {"read": ALLOW, "write": ASK, "network": ASK, "run": ASK}),
    ("read-only sandbox", Agent(permissions=Permissions(sandbox=Sandbox("read-only"))), {"read": ALLOW, "network": INHERIT}),
    (
        "workspace without network",
        Agent(
            permissions=Permissions(sandbox=Sandbox("workspace-write", network=False)), tools=Tools(deny=_grants("web.fetch", "web.search"))
        ),
        {"read": ALLOW, "write": INHERIT},
    ),
    (
        "workspace with network",
        Agent(permissions=Permissions(sandbox=Sandbox("workspace-write", network=True))),
        {"read": ALLOW, "write": INHERIT, "network": INHERIT},
    ),
    (
        "no sandbox",
        Agent(permissions=Permissions(sandbox=Sandbox("full"))),
        {"read": ALLOW, "write": INHERIT, "network": INHERIT, "run": INHERIT},
    ),
    (
        "allow rule",
        Agent(permissions=Permissions(rules=(Rule("allow", "Write", "x", "fs.write"),))),
        {"read": ALLOW, "write": ALLOW, "network": INHERIT, "run": INHERIT},
    ),
]


@pytest.mark.parametrize(("agent", "levels"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_levels(agent: Agent, levels: dict[str, Level]) -> None:
    """Tools, modes, rules and sandboxes give these levels, and no others."""
    assert {**dict.fromkeys(access.EFFECTS, NO), **levels} == effects.effects(agent).levels


_READ = Tools("list", _grants("fs.read"))
_SERVER = (McpServer("s", "stdio", "run"),)
_SPACED = (McpServer("a b", "stdio", "run"),)


def _mcp(server: str, tool: str | None = None) -> ToolGrant:
    return ToolGrant(f"mcp__{server}", "some-client", "mcp", None, server, tool)


def _mcp_rule(effect: Any) -> Rule:
    return Rule(effect, "mcp__s", "some-client", "mcp", None, "s")


_GUARD = (Hook("PreToolUse", "x", "before-tool", "Bash", ("check",)),)
WIDENINGS: list[tuple[str, Agent, Agent, bool]] = [
    ("same", Agent(), Agent(), False),
    ("less", Agent(), Agent(tools=_READ), False),
    ("more", Agent(tools=_READ), Agent(), True),
    ("write beyond read", Agent(tools=_READ), Agent(tools=Tools("list", _grants("fs.write"))), True),
    (
        "shell covers write and web",
        Agent(tools=Tools("list", _grants("shell"))),
        Agent(tools=Tools("list", _grants("fs.write", "web.fetch"))),
        False,
    ),
    ("unattended", Agent(), Agent(permissions=Permissions("bypass")), True),
    ("attended", Agent(permissions=Permissions("bypass")), Agent(), False),
    ("asking is dropped", Agent(permissions=Permissions("default")), Agent(), True),
    ("plan is dropped", Agent(permissions=Permissions("plan")), Agent(), True),
    ("sandbox is dropped", Agent(permissions=Permissions(sandbox=Sandbox("read-only"))), Agent(), True),
    ("harmless tools", Agent(tools=Tools("none")), Agent(tools=Tools("list", _grants("todo", "ask", "delegate"))), False),
    ("denied tool", Agent(tools=Tools(deny=_grants("web.fetch", "web.search", "shell"))), Agent(tools=Tools(deny=_grants("shell"))), True),
    (
        "server",
        Agent(tools=_READ, mcp_servers=_SERVER),
        Agent(tools=Tools("inherit", deny=_grants(*access.EFFECT_OF)), mcp_servers=_SERVER),
        True,
    ),
    ("server of an open agent", Agent(mcp_servers=_SERVER), Agent(mcp_servers=_SERVER), False),
    ("server tools", Agent(mcp_servers=(replace(_SERVER[0], enabled_tools=("a",)),)), Agent(mcp_servers=_SERVER), True),
    ("fewer server tools", Agent(mcp_servers=_SERVER), Agent(mcp_servers=(replace(_SERVER[0], enabled_tools=("a",)),)), False),
    ("server switched off", Agent(mcp_servers=(replace(_SERVER[0], enabled=False),)), Agent(mcp_servers=_SERVER), True),
    ("every server denied", Agent(tools=Tools(deny=(_mcp("*"),)), mcp_servers=_SERVER), Agent(mcp_servers=_SERVER), True),
    ("server denied as its tools spell it", Agent(tools=Tools(deny=(_mcp("a_b"),)), mcp_servers=_SPACED), Agent(mcp_servers=_SPACED), True),
    (
        "server tools denied by a pattern",
        Agent(tools=Tools(deny=(_mcp("s", "del_*"),)), mcp_servers=_SERVER),
        Agent(mcp_servers=_SERVER),
        True,
    ),
    (
        "denied server without tools",
        Agent(tools=Tools(deny=(_mcp("s"),)), mcp_servers=_SERVER),
        Agent(mcp_servers=(replace(_SERVER[0], enabled_tools=()),)),
        False,
    ),
    ("grants that count for nothing", Agent(tools=Tools("none", (_mcp("s"),)), mcp_servers=_SERVER), Agent(mcp_servers=_SERVER), True),
    ("server rule", Agent(permissions=Permissions(rules=(_mcp_rule("deny"),)), mcp_servers=_SERVER), Agent(mcp_servers=_SERVER), True),
    ("server asked", Agent(permissions=Permissions(rules=(_mcp_rule("ask"),)), mcp_servers=_SERVER), Agent(mcp_servers=_SERVER), True),
    (
        "plan in a sandbox",
        Agent(permissions=Permissions("plan", sandbox=Sandbox("workspace-write"))),
        Agent(permissions=Permissions(sandbox=Sandbox("workspace-write"))),
        True,
    ),
    ("guard that runs nothing", Agent(hooks=(Hook("PreToolUse", "some-client", "before-tool", "Bash"),)), Agent(), False),
    ("disabled server tool", Agent(mcp_servers=(replace(_SERVER[0], disabled_tools=("a",)),)), Agent(mcp_servers=_SERVER), True),
    (
        "one command allowed, all unattended",
        Agent(permissions=Permissions(rules=(Rule("allow", "Bash", "x", "shell", "git *"),))),
        Agent(permissions=Permissions("bypass")),
        True,
    ),
    (
        "writes unattended beyond one command",
        Agent(permissions=Permissions(rules=(Rule("allow", "Bash", "x", "shell", "git *"),))),
        Agent(permissions=Permissions("accept-edits")),
        True,
    ),
    ("guard", Agent(hooks=_GUARD), Agent(), True),
    ("guard kept", Agent(hooks=_GUARD), Agent(hooks=_GUARD), False),
    ("denied pattern", Agent(permissions=Permissions(rules=(Rule("deny", "Bash", "x", "shell", "rm *"),))), Agent(), True),
    (
        "denied pattern, no shell",
        Agent(permissions=Permissions(rules=(Rule("deny", "Bash", "x", "shell", "rm *"),))),
        Agent(tools=_READ),
        False,
    ),
]


@pytest.mark.parametrize(("source", "result", "wider"), [case[1:] for case in WIDENINGS], ids=[case[0] for case in WIDENINGS])
def test_widenings(source: Agent, result: Agent, wider: bool) -> None:
    """What goes beyond the source is found, and only that."""
    found = widening.widenings(effects.effects(source), effects.effects(result))

    assert wider == bool(found), found


@each_client
@pytest.mark.parametrize("tools", [Tools(), Tools("list", _grants("shell")), Tools("list", _grants("fs.read", "fs.write", "shell"))])
def test_no_agent_with_a_shell_is_refused_for_its_tools(format_id: str, tools: Tools) -> None:
    """Agents with all tools, or with a shell, are written for every client."""
    assert convert_agent(replace(PLAIN, tools=tools), format_id).file


@pytest.mark.parametrize("deny", ["mcp__*", "mcp__my_srv", "mcp__my_srv__del_*"])
def test_denied_server_is_closed_where_there_is_no_tool_list(deny: str) -> None:
    """What names a server's tools closes it under its own name too; a pattern that the target lacks closes all of it."""
    header = {**minimal("claude-code"), "disallowedTools": deny, "mcpServers": [{"my srv": {"command": "run"}}]}
    done = convert_agent(replace(agent_of("claude-code", make("claude-code", header)), id="a"), "gemini-cli")

    assert done.file
    assert agent_of("gemini-cli", done.file.data).mcp_servers == (McpServer("my srv", "stdio", "run", enabled_tools=()),)


def test_granted_server_tool_is_kept_under_the_servers_own_name() -> None:
    header = {**minimal("claude-code"), "tools": "Read, mcp__my_srv__get", "mcpServers": [{"my srv": {"command": "run"}}]}
    done = convert_agent(replace(agent_of("claude-code", make("claude-code", header)), id="a"), "gemini-cli")

    assert done.file
    assert agent_of("gemini-cli", done.file.data).mcp_servers == (McpServer("my srv", "stdio", "run", enabled_tools=("get",)),)


def test_grants_of_an_agent_without_tools_open_no_server() -> None:
    agent = replace(PLAIN, tools=Tools("none", (_mcp("s"),)), mcp_servers=_SERVER)
    done = convert_agent(agent, "gemini-cli")

    assert done.file
    assert agent_of("gemini-cli", done.file.data).mcp_servers == (replace(_SERVER[0], enabled_tools=()),)


def test_server_that_is_switched_off_stays_off() -> None:
    header = {**minimal("codex"), "mcp_servers": {"s": {"command": "run", "enabled": False}}}
    done = convert_agent(replace(agent_of("codex", make("codex", header)), id="a"), "claude-code")

    assert done.file
    assert agent_of("claude-code", done.file.data).mcp_servers is None
    assert "mcp-dropped" in [loss.code for loss in done.losses]


@pytest.mark.parametrize("sandbox", [None, "read-only"])
def test_tools_that_a_server_closes_are_denied_to_the_agent(sandbox: str | None) -> None:
    """Where a server has no selection of tools, the agent's own list has one: nothing is refused or dropped for it."""
    header = {**minimal("codex"), "mcp_servers": {"my srv": {"command": "run", "disabled_tools": ["del"]}}}
    header |= {"sandbox_mode": sandbox} if sandbox else {}
    done = convert_agent(replace(agent_of("codex", make("codex", header)), id="a"), "claude-code")

    assert done.file
    again = agent_of("claude-code", done.file.data)
    assert again.mcp_servers == (McpServer("my srv", "stdio", "run"),)
    assert [(grant.server, grant.tool) for grant in again.tools.deny] == [("my_srv", "del")]


def test_tools_that_a_server_opens_are_granted_to_the_agent() -> None:
    agent = replace(PLAIN, tools=Tools("list", (_mcp("s"),)), mcp_servers=(replace(_SERVER[0], enabled_tools=("a", "b")),))
    done = convert_agent(agent, "claude-code")

    assert done.file
    assert [grant.native for grant in agent_of("claude-code", done.file.data).tools.allow] == ["mcp__s__a", "mcp__s__b"]


@pytest.mark.parametrize("deny", ["mcp__s", "mcp__*", "mcp__s__del"])
def test_denied_server_of_the_user_is_reported(deny: str) -> None:
    """A server of the user's own configuration cannot be closed to a role: that is said as of every limit that does not hold."""
    header = {**minimal("claude-code"), "disallowedTools": deny}
    done = convert_agent(replace(agent_of("claude-code", make("claude-code", header)), id="a"), "codex")

    assert done.file
    assert [(loss.field, loss.detail) for loss in done.losses if loss.code == "not-enforced"] == [
        ("mcp_servers", f"a choice of MCP servers: not {deny}")
    ]


_SMUGGLED = [
    ("codex", {"features": {"shell_tool": True}, "sandbox_workspace_write": {"network_access": True}}),
    ("claude-code", {"<<": {"permissionMode": "bypassPermissions"}, "hint": {"<<": {"a": 1}}}),
    ("gemini-cli", {"tools": ["*"], "kind": "local"}),
    ("qwen-code", {"tools": ["*"], "permissionMode": "bypassPermissions", "modelConfig": {"model": "fast"}}),
    ("claude-agents-json", {"tools": ["Read", "Bash"], "permissionMode": "bypassPermissions"}),
    ("claude-plugin", {"<<": {"tools": "Read, Bash"}, "tools": "Read, Bash"}),
    ("cursor", {"READONLY": "false", "note\nreadonly": "false"}),
    ("cline", {"tools": ["run_commands"], "Tools": ["run_commands"]}),
    ("kilo", {"tools": {"bash": True, "edit": True}, "<<": {"permission": "allow"}}),
    ("opencode", {"tools": {"bash": True, "edit": True}, "<<": {"permission": "allow"}}),
]
_RESTRICTING = [
    (format_id, {key: value})
    for format_id in registry.CLIENTS
    for key, row in schema_files.load(format_id)["properties"].items()
    for value in row["examples"]
    if row["x-field"].startswith(("tools.", "permissions.")) and "x-grants" not in row  # which says more than its field
]


def _with_extras(format_id: str, tools: Tools, extras: dict[str, Any]) -> tuple[list[str], effects.Effects, effects.Effects]:
    """Write an agent with extras of a format; return the losses, and what it may do there without these and with them."""
    asked = converting.Options(allow_widening=True)  # some clients cannot hold such tools at all
    plain = convert_agent(replace(PLAIN, tools=tools), format_id, asked)
    done = convert_agent(replace(PLAIN, tools=tools, extras={format_id: extras}), format_id, asked)
    assert plain.file
    assert done.file
    without, beside = (effects.effects(agent_of(format_id, file.data), (), format_id) for file in (plain.file, done.file))
    return [loss.code for loss in done.losses], without, beside


def _refused(format_id: str, tools: Tools, extras: dict[str, Any] | None = None) -> bool:
    """Whether a client has no word for such tools, so that nothing is written."""
    asked = converting.Options(allow_widening=True)
    done = convert_agent(replace(PLAIN, tools=tools, extras=extras or {}), format_id, asked)
    return done.file is None and "refused-tools" in {loss.code for loss in done.losses}


LISTS = (Tools("none"), Tools("list", _grants("fs.read", "fs.write")))
each_list = pytest.mark.parametrize("tools", LISTS, ids=["none", "write"])


@each_list
@pytest.mark.parametrize(("format_id", "extras"), _SMUGGLED)
def test_extra_that_says_otherwise_than_the_fields_is_overridden(format_id: str, extras: dict[str, Any], tools: Tools) -> None:
    """Also inside a table that fields and extras share, and where YAML itself gives a key a meaning."""
    codes, without, beside = _with_extras(format_id, tools, extras)

    assert ("extra-overridden" in codes, beside) == (True, without)


@together([(format_id, extras, tools) for (format_id, extras), tools in product(_RESTRICTING, LISTS)])
def test_extra_under_a_key_of_a_field_changes_nothing(format_id: str, extras: dict[str, Any], tools: Tools) -> None:
    """Whatever a client's own key for tools and permissions says in the extras, the fields decide: also on what is refused."""
    if tools.mode == "none" and _refused(format_id, tools):
        assert _refused(format_id, tools, {format_id: extras})
        return
    _, without, beside = _with_extras(format_id, tools, extras)

    assert without == beside


# --- losses


def test_catalogue_and_code_agree() -> None:
    """Each code of the catalogue is used, and each code used is in the catalogue."""
    text = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    text += "".join(path.read_text("utf-8") for path in schema_files.FOLDER.glob("formats/*.json"))
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', text))
    patterns = {f"refused-{path}" for path in ("name", "description", "prompt")}

    assert [code for code in losses.codes() if code not in used | patterns] == []
    called = re.findall(r'(?:losses\.loss|\.declare|\.refuse)\(\s*"([^"]+)"|\.change\([^"()]*"[^"]*",\s*[^"]*?"([a-z]+-[a-z-]+)"', text)
    assert [code for pair in called for code in pair if code and code not in losses.codes()] == []


@together([(code.partition("-")[0], code) for code in losses.codes()])
def test_loss_is_worded_once(about: str, code: str) -> None:
    """Each loss has a severity, a kind and one line that speaks to the user."""
    rule = losses.rule(code)
    made = losses.loss(code, "a", "name", "codex", "d")

    assert (rule.severity, rule.kind) == (made.severity, made.kind)
    assert rule.summary
    assert "\n" not in rule.summary
    assert not rule.summary.endswith(".")
    assert (rule.severity == "refusal") == (rule.kind == "refused")


def test_deployed_agents_get_names_and_files_of_their_own_in_their_own_format_too():
    first, second = (f"---\nname: Reviewer\ndescription: Reviews {what}.\n---\n\nReview.\n".encode() for what in ("code", "text"))
    pieces = list(
        loading.with_ids(
            piece
            for path, data in (("a/one.md", first), ("b/two.md", second))
            for piece in loading.load_source("claude-code", SourceText(path, data))
        )
    )
    files = {one.file.path: one.file.data for one in converting.convert(pieces, "claude-code", converting.Options(deploy=True)) if one.file}
    renamed = second.replace(b"name: Reviewer", b"name: Reviewer-2")
    assert files == {".claude/agents/Reviewer.md": first, ".claude/agents/Reviewer-2.md": renamed}


@pytest.mark.parametrize("text", ["a\r\r\nb", "a\r\r\r\nb\r", "\r\r\na", "a\rb\r\n\r\r\nc"])
@pytest.mark.parametrize("target", registry.CLIENTS)
def test_any_line_ends_are_written_so_that_they_are_read_as_declared(target, text):
    done = convert_agent(Agent("a", "a", description="d", prompt=Prompt(f"One line.{text}Another line.")), target)

    assert not done.failed, done.diagnostics
    assert done.file


@pytest.mark.parametrize("names", [["Review-2", "Review", "Review"], ["review", "Review", "REVIEW"], ["a-2", "A", "a", "A-3", "a"]])
def test_no_two_files_are_one_where_case_does_not_count(names: list[str]) -> None:
    """Each agent gets a file of its own on a disk that makes no difference between `Review` and `review`, numbered names included."""
    taken: dict[str, int] = {}
    found = [naming.unique_stem(name, taken) for name in names]

    assert len({stem.casefold() for stem in found}) == len(names)
