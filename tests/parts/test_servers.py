"""MCP servers of every client are held to the same: read as it reads them, merged byte for byte, never freer than before."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from server_files import CLIENTS, client, files, fixture, made, place_of, plain, projected, read, rows, source, written

from agentconv.core.format import State
from agentconv.core.ir import McpServer, Origin
from agentconv.core.meant import Reference, Text
from agentconv.core.part_format import PartSource, difference
from agentconv.core.parts import Server
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.core.part_format import PartProjection

ACCEPT = os.environ.get("AGENTCONV_ACCEPT") == "1"
FILES = files()
IDS = ["/".join(path.parts[-2:]) for path in FILES]
_LOCAL: dict[str, Any] = {"type": "local", "command": ["npx"]}
_REMOTE: dict[str, Any] = {"type": "remote", "url": "https://mcp.example.com/mcp"}
_ADDRESS: dict[str, Any] = {"url": "https://mcp.example.com/mcp"}
COMMANDS: dict[str, dict[str, Any]] = {
    **{one: _LOCAL if one in ("opencode", "kilo") else {"command": "npx"} for one in CLIENTS},
    "goose": {"enabled": True, "type": "stdio", "cmd": "npx", "args": []},
    "vibe": {"transport": "stdio", "command": "npx"},
}
ADDRESSES: dict[str, dict[str, Any]] = {
    **{one: {"type": "http", **_ADDRESS} for one in CLIENTS},
    "codex": _ADDRESS,
    "cursor": _ADDRESS,
    "opencode": _REMOTE,
    "kilo": _REMOTE,
    "roo": {"type": "streamable-http", **_ADDRESS},
    "cline": {"type": "streamableHttp", **_ADDRESS},
    "qwen-code": {"httpUrl": "https://mcp.example.com/mcp"},
    "goose": {"enabled": True, "type": "streamable_http", "uri": "https://mcp.example.com/mcp"},
    "vibe": {"transport": "http", **_ADDRESS},
    "antigravity": {"serverUrl": "https://mcp.example.com/mcp"},
    **dict.fromkeys(("kimi", "kiro", "kiro-ide", "junie"), _ADDRESS),
}
STARTED = Server("db", McpServer("db", "stdio", "npx", ("-y", "db-mcp")), origin=Origin("json", "agents.json"))


def _golden(path: Path, found: Any) -> Any:
    if ACCEPT:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return json.loads(path.read_text("utf-8"))


def _codes(projection: PartProjection[Server]) -> list[str]:
    return [loss.code for loss in projection.losses]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_fixture_is_read_as_its_client_reads_it(path: Path) -> None:
    """Each server of a file has the values and the state that its client gives it, and what is wrong has a line."""
    result = client(path.parent.name).read(fixture(path))
    told = [f"{one.span.line if one.span else 0}: {one.message}" for one in result.diagnostics]
    servers = [{"state": str(state), **plain(server)} for server, state in zip(result.parts, result.states, strict=True)]

    assert {"servers": servers, "told": told} == _golden(path.with_name(f"{path.name}.expected.json"), {"servers": servers, "told": told})


SEVERAL = [path for path in FILES if path.parts[-2:] != ("continue", "beds.yaml")]
"""Those that may hold more than one server."""


@pytest.mark.parametrize("path", SEVERAL, ids=["/".join(path.parts[-2:]) for path in SEVERAL])
def test_file_keeps_each_byte_that_did_not_change(path: Path) -> None:
    """Servers that are written back leave the file as it was; one that is changed, added or taken out leaves the rest as it was."""
    format_id, original = path.parent.name, fixture(path)
    servers = client(format_id).read(original).parts
    first = servers[0]
    changed = replace(first, definition=replace(first.definition, command="other-mcp"))
    added = replace(STARTED, definition=replace(STARTED.definition, name="added"))
    texts = [written(format_id, found, original).decode() for found in (list(servers), [changed], [added])]
    (less,) = client(format_id).write((), original.text.path, original, without=[first.name])

    again = client(format_id).read(source(format_id, texts[1].encode(), original.place)).parts
    assert texts[0] == original.text.text
    assert plain(again[0])["definition"]["command"] == "other-mcp"
    assert list(map(plain, again[1:])) == list(map(plain, servers[1:]))
    assert [one.name for one in client(format_id).read(source(format_id, texts[2].encode(), original.place)).parts] == [
        *(one.name for one in servers),
        "added",
    ]
    assert [one.name for one in client(format_id).read(source(format_id, less.data, original.place)).parts] == [
        one.name for one in servers[1:]
    ]

    kept = {line for line in original.text.text.splitlines() if "//" in line or "#" in line or "other" in line}
    assert all(line in texts[2] for line in kept)


BLOCK = "# of the garden\nname: Two\nversion: 1.0.0\nmcpServers:\n  - name: beds\n    command: npx  # the first\n"


def test_block_of_continue_keeps_each_byte_that_did_not_change() -> None:
    """A file with one server is written back as it was; where that is changed, the rest stays; one with two holds none."""
    place = next(place for place in client("continue").project if place.pattern.endswith("yaml"))
    original = PartSource(SourceText(f"{place.path}/two.yaml", BLOCK.encode()), place)
    (server,) = client("continue").read(original).parts
    other = replace(server, definition=replace(server.definition, command="uvx", args=("beds",)))
    two = replace(original, text=SourceText(original.text.path, f"{BLOCK}  - name: b\n    url: https://x.example.com\n".encode()))

    assert written("continue", [server], original).decode() == BLOCK
    assert written("continue", [other], original).decode() == BLOCK.replace("npx", "uvx") + "    args:\n      - beds\n"
    assert [str(state) for state in client("continue").read(two).states] == ["not loaded", "not loaded"]


def test_a_file_of_continue_without_a_map_of_servers_is_one() -> None:
    """It is called as its file is, and keeps each byte that did not change; a map that is there is what counts."""
    place = next(place for place in client("continue").project if place.pattern.endswith("json"))
    one = '{\n  // of the garden\n  "command": "npx"\n}\n'
    original = PartSource(SourceText(f"{place.path}/garden/beds.json", one.encode()), place)
    (server,) = client("continue").read(original).parts
    other = replace(server, definition=replace(server.definition, command="uvx"))
    both = replace(original, text=SourceText(original.text.path, b'{"command": "npx", "mcpServers": {"a": {"command": "npx"}}}'))

    assert (server.name, server.definition.command) == ("beds", "npx")
    assert written("continue", [server], original).decode() == one
    assert written("continue", [other], original).decode() == one.replace("npx", "uvx")
    assert [found.name for found in client("continue").read(both).parts] == ["a"]


@pytest.mark.parametrize("target", CLIENTS)
def test_what_is_lost_is_declared_and_nothing_is_freer(target: str) -> None:
    """What a server becomes differs from what it was in declared fields alone, is read back as written, and may do no more."""
    for path in FILES:
        result = client(path.parent.name).read(fixture(path))
        loaded = [server for server, state in zip(result.parts, result.states, strict=True) if not state.dropped]
        done = {server.name: projected(server, target) for server in loaded}
        wanted = [one.part for one in done.values() if not one.is_refused()]
        again = {one.name: one for one in read(target, written(target, wanted)).parts} if wanted else {}
        for one in wanted:
            was = done[one.name]
            assert set(difference(was.source, one)) <= was.declared, (path.name, one.name, _codes(was))
            assert difference(one, again[one.name]) == [], (path.name, one.name)
            assert not again[one.name].trusted or was.at_home
            assert not again[one.name].unasked_tools or was.at_home
            assert (was.source.definition.enabled is False) <= (again[one.name].definition.enabled is False)
            assert again[one.name].definition.enabled_tools is not None or was.source.definition.enabled_tools is None


@pytest.mark.parametrize("format_id", CLIENTS)
def test_examples_are_taken_and_bad_ones_cost_what_the_schema_says(format_id: str) -> None:
    """A server with an example of a key loads as written; a bad one costs the key, the server, the file or the client."""
    wrong = []
    for key, row in rows(format_id).items():
        base = {**(ADDRESSES if row["x-field"] in ("definition.url", "definition.headers") else COMMANDS)[format_id]}
        if key in ("http_headers", "env_http_headers", "bearer_token_env_var", "scopes", "oauth_resource", "headersHelper", "oauth"):
            base = dict(ADDRESSES[format_id])
        for value in [] if row["x-field"] == "definition.transport" or key == "transport" else row["examples"]:
            result = read(format_id, made(format_id, {"db": {**base, key: value}}))
            if result.states != (State.LOADS,):
                wrong.append((key, value, [one.message for one in result.diagnostics]))
        for value in row.get("x-bad-examples", ()):
            result = read(format_id, made(format_id, {"db": {**base, key: value}, "other": COMMANDS[format_id]}))
            states = {"drop-key": ("degraded", "loads"), "skip-file": ("not loaded", "loads"), "skip-all": ("not loaded",) * 2}
            if tuple(map(str, result.states)) != states.get(row["x-invalid"], ("stops the client",) * 2) or not result.diagnostics:
                wrong.append((key, value, list(map(str, result.states))))

    assert wrong == []


BROKEN = {
    "empty": b"",
    "truncated": b'{"mcpServers": {"db": {"command": "npx"',
    "list": b"[]",
    "list of servers": b'{"mcpServers": [], "mcp": [], "mcp_servers": []}',
    "comments": b'// ours\n{"mcpServers": {"db": {"command": "npx"}}}',
    "not text": b'\xff\xfe{"mcpServers": {"\xff": {"command": "\xff"}}}',
    "deep": b'{"mcpServers": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "twice": b'{"mcpServers": {"db": {"command": "a"}, "db": {"command": "b", "command": "c"}}}',
    "wrong kinds": b'{"mcpServers": {"a": 5, "b": null, "c": {"command": ["x"], "args": {}, "env": [], "timeout": "x", "type": {}}}}',
    "up": b'{"mcpServers": {"../../x": {"command": "../../y", "cwd": "/"}, "": {"command": "x"}, "$x": {"command": "x"}}}',
    "toml": b"[mcp_servers.db]\ncommand = 5\n[mcp_servers.db]\n",
    "toml types": b'[mcp_servers]\na = 5\nb = {}\n[mcp_servers.c]\ncommand = ["x"]\nargs = 1979-05-27\ntimeout = nan\n',
    "opencode": b'{"mcp": {"a": {"type": "local", "command": [5]}, "b": {"type": "remote"}, "c": [], "d": {"command": []}}}',
}  # fmt: skip


@pytest.mark.parametrize("format_id", CLIENTS)
def test_no_input_raises(format_id: str) -> None:
    """Whatever is in a file, its servers are read, taken to every client and written back into it, or left out with a reason."""
    for name, data in BROKEN.items():
        result = read(format_id, data)
        assert len(result.states) == len(result.parts), name
        assert written(format_id, list(result.parts), source(format_id, data)) == data, name
        for target in CLIENTS:
            done = [projected(server, target) for server in result.parts]
            assert all(one.losses for one in done if one.is_refused()), name
            written(target, [one.part for one in done if not one.is_refused()])


def test_server_that_no_client_could_start_is_refused() -> None:
    """A server without a command and an address is told of where it is read, and written nowhere."""
    result = read("claude-code", b'{"mcpServers": {"none": {}}}')

    assert result.states == (State.NOT_LOADED,)
    assert [one.span.line for one in result.diagnostics if one.span] == [1]
    assert {tuple(_codes(projected(result.parts[0], target))) for target in CLIENTS} == {("server-undefined",)}


@pytest.mark.parametrize("command", [[], [""], ["", "-y"]])
def test_command_without_a_program_is_none(command: list[str]) -> None:
    """A list that names no program starts nothing: the server is told at its line, stays in its file, and is written nowhere else."""
    data = made("opencode", {"db": {"type": "local", "command": command}, "other": {"type": "local", "command": ["x"]}})
    result = read("opencode", data)

    assert result.states == (State.NOT_LOADED, State.LOADS)
    assert [one.key for one in result.diagnostics] == ["command"]
    assert written("opencode", list(result.parts), source("opencode", data)) == data
    assert {tuple(_codes(projected(result.parts[0], target))) for target in CLIENTS if target != "opencode"} == {("server-undefined",)}


@pytest.mark.parametrize("target", CLIENTS)
def test_credential_is_never_copied(target: str) -> None:
    """A credential beyond doubt becomes a reference to a variable, or is left to be written by hand: no byte of it is in the file."""
    token = "ghp_" + "9aXk3LmQ7RtVw2YzB5CdEfGhJ8KnP4sUv1Wx"
    servers = {
        "db": {"command": "npx", "args": ["--token", token], "env": {"GITHUB_TOKEN": token, "NAME": "plain"}},
        "web": {"type": "http", "url": f"https://mcp.example.com/mcp?key={token}", "headers": {"Authorization": f"Bearer {token}"}},
        "one": {"command": "npx", "env": {"GITHUB_TOKEN": token}},
    }
    done = [projected(server, target) for server in read("claude-code", made("claude-code", servers)).parts]
    found = written(target, [one.part for one in done if not one.is_refused()]).decode()
    told = [f"{loss.detail} {loss.hint}" for one in done for loss in one.losses]

    if target != "claude-code":
        assert token[4:] not in found
        assert all("server-credential" in _codes(one) for one in done)
        assert not any(token[5:] in one for one in told)


@pytest.mark.parametrize("target", CLIENTS)
def test_limits_hold_or_the_server_stays_behind(target: str) -> None:
    """A server some of whose tools are closed keeps them closed, or is not written; so does one that is switched off."""
    limits: list[dict[str, Any]] = [
        {"enabled_tools": ("query",)},
        {"enabled_tools": ()},
        {"disabled_tools": ("drop",)},
        {"enabled_tools": ("query", "drop"), "disabled_tools": ("drop",)},
        {"enabled": False},
    ]
    for limit in limits:
        one = projected(replace(STARTED, definition=replace(STARTED.definition, **limit)), target)
        if one.is_refused():
            assert {"server-limit", "server-disabled", "server-unheld"} & set(_codes(one)), limit
            continue
        held = read(target, written(target, [one.part])).parts[0].definition
        opened = set(held.enabled_tools) - set(held.disabled_tools or ()) if held.enabled_tools is not None else None
        assert opened is None or opened <= {"query"}, limit
        assert opened is not None or "enabled_tools" not in limit
        assert opened is not None or "disabled_tools" not in limit or held.disabled_tools == ("drop",)
        assert (held.enabled is False) is (limit.get("enabled") is False)


@pytest.mark.parametrize("target", CLIENTS)
def test_grant_is_never_carried(target: str) -> None:
    """That tools run unasked is told, and left to the user of the other client."""
    server = replace(STARTED, trusted=True, unasked_tools=("query",), timeout_seconds=1.5, startup_timeout_seconds=20.0)
    one = projected(server, target)
    again = read(target, written(target, [one.part])).parts[0]

    assert (again.trusted, again.unasked_tools) == (None, None)
    assert _codes(one).count("server-grant-dropped") == 2
    assert again.timeout_seconds in (1.5, 2.0, None)  # some count whole seconds
    assert again.startup_timeout_seconds in (20.0, None)


@pytest.mark.parametrize("target", [one for one in CLIENTS if one != "claude-code"])
def test_tool_that_a_key_closes_stays_closed(target: str) -> None:
    """What is denied in a key of the source's own is in the target's list of closed tools, or the server is refused; so is what asks."""
    policies = {"drop_db": "always_deny", "read": "always_allow"}
    tools = [{"name": name, "permission_policy": policy} for name, policy in policies.items()]
    closing, asking = read(
        "claude-code",
        made(
            "claude-code",
            {"db": {"command": "db", "tools": tools}, "it": {"command": "it", "tools": [{"name": "a", "permission_policy": "always_ask"}]}},
        ),
    ).parts
    one, other = projected(closing, target), projected(asking, target)
    held = None if one.is_refused() else read(target, written(target, [one.part])).parts[0].definition.disabled_tools

    assert held == ("drop_db",) or "server-limit" in _codes(one)
    assert set(_codes(other)) & {"server-asks", "server-restraint"}


def test_list_without_what_is_closed_is_declared() -> None:
    """What a list of open tools closes already needs no second list, and its loss is declared."""
    limits: dict[str, Any] = {"enabled_tools": ("query",), "disabled_tools": ("drop",)}
    one = projected(replace(STARTED, definition=replace(STARTED.definition, **limits)), "copilot", "user")

    assert set(difference(one.source, one.part)) == {"definition.disabled_tools"} == one.declared
    assert _codes(one) == ["server-limit-moved"]


SPELLED = {
    "claude-code": "${TOKEN}",
    "claude-plugin": "${TOKEN}",
    "copilot": "${TOKEN}",
    "gemini-cli": "${TOKEN}",
    "qwen-code": "${TOKEN}",
    "opencode": "{env:TOKEN}",
    "roo": "${env:TOKEN}",
    "cursor": "${env:TOKEN}",
    "droid": "${TOKEN}",
    "auggie": "${TOKEN}",
    "codebuddy": "${TOKEN}",
    "deepagents": "${TOKEN}",
    "kiro": "${TOKEN}",
    "kiro-ide": "${TOKEN}",
}


@pytest.mark.parametrize("target", CLIENTS)
def test_reference_is_said_in_the_clients_words_or_the_line_is_named(target: str) -> None:
    """A server gets the value of the variable, or a loss names the line that a person writes."""
    env = {"KEY": Text("$", (Reference("TOKEN"),)), "TOKEN": Text("$", (Reference("TOKEN"),)), "NOTE": Text("$TOKEN", ("$TOKEN",))}
    one = projected(replace(STARTED, definition=replace(STARTED.definition, env=env)), target)
    held = read(target, written(target, [one.part])).parts[0].definition.env or {}
    dropped = [loss for loss in one.losses if loss.code == "server-reference-dropped"]
    lines = [loss.hint for loss in dropped if loss.hint and loss.hint != "write it by hand"]

    assert str(held.get("KEY")) == SPELLED.get(target, "None")
    assert all(key in held or any(key in line for line in lines) or (key != "KEY" and dropped) for key in env)
    assert all("db-mcp" in line or "[mcp_servers." in line for line in lines)
    assert not (isinstance(held.get("NOTE"), Text) and any(isinstance(part, Reference) for part in held["NOTE"].parts))


@pytest.mark.parametrize("target", CLIENTS)
def test_full_set_is_written_as_the_client_has_it(target: str) -> None:
    """What the servers of a Claude Code project become, and each loss, is what was looked at."""
    path = next(path for path in FILES if path.parent.name == "claude-code")
    done = [projected(server, target) for server in client("claude-code").read(fixture(path)).parts]
    text = written(target, [one.part for one in done if not one.is_refused()]).decode()
    losses = [f"{loss.severity} {loss.code} {loss.agent} {loss.field}: {loss.detail}" for one in done for loss in one.losses]
    found = {"path": place_of(target).path, "file": text.splitlines(), "losses": losses}

    assert found == _golden(path.with_name(f"{target}.out.json"), found)


def test_name_that_the_client_does_not_take_becomes_the_nearest_legal_one() -> None:
    """Codex starts no server whose name has a blank, so it gets another one, which is told."""
    one = projected(replace(STARTED, definition=replace(STARTED.definition, name="our db")), "codex")
    (again,) = read("codex", written("codex", [one.part])).parts

    assert (again.name, _codes(one)) == ("our-db", ["server-renamed"])


@pytest.mark.parametrize("target", [one for one in CLIENTS if one != "claude-plugin"])
def test_folder_of_a_plugin_is_nobody_elses(target: str) -> None:
    """What only a plugin's own files know is told with the line to write, and never copied as text or as a variable."""
    path = next(path for path in FILES if path.parent.name == "claude-plugin")
    (server,) = client("claude-plugin").read(fixture(path)).parts
    one = projected(server, target)

    assert _codes(one) == ["server-reference"]


@pytest.mark.parametrize("value", ["{env:HOME}", "{file:/etc/passwd}", "key-{env:HOME}"])
def test_no_line_to_write_says_what_the_client_would_fill_in(value: str) -> None:
    """A text that is meant as it stands is in no line for a person where the client would fill something in for it."""
    servers = {"db": {"command": "db", "args": [value]}, "web": {"command": "db", "env": {"A": value, "B": "${HOME:-x}"}}}
    done = [projected(server, "opencode") for server in read("claude-code", made("claude-code", servers)).parts]
    told = [loss for one in done for loss in one.losses if loss.code in ("server-reference", "server-reference-dropped")]

    assert len(told) == 2
    assert not any(value in (loss.hint or "") for loss in told)


def test_variable_keeps_kilo_from_reading_a_projects_file() -> None:
    """Kilo passes over a project's whole file for one reference, and takes it in the user's own."""
    data = made("kilo", {"db": {**COMMANDS["kilo"], "environment": {"TOKEN": "{env:TOKEN}"}}, "other": COMMANDS["kilo"]})
    of_user = client("kilo").read(source("kilo", data, place_of("kilo", "user")))

    assert read("kilo", data).states == (State.NOT_LOADED, State.NOT_LOADED)
    assert of_user.states == (State.LOADS, State.LOADS)


def test_shared_file_is_written_for_both_who_read_it() -> None:
    """What is written for Copilot into `.mcp.json` is loaded by Claude Code, whose file that is, too."""
    servers = [STARTED, Server("web", McpServer("web", "http", url="https://mcp.example.com/mcp"), origin=STARTED.origin)]
    again = read("claude-code", written("copilot", [projected(server, "copilot").part for server in servers]))

    assert again.states == (State.LOADS, State.LOADS)


@pytest.mark.parametrize(("limit", "code"), [({"enabled": False}, "server-disabled"), ({"enabled_tools": ("query",)}, "server-limit")])
def test_shared_file_has_no_limit_that_one_of_its_readers_ignores(limit: dict[str, Any], code: str) -> None:
    """What Claude Code would start, or open, is not written into its file for Copilot; in the file of Copilot alone it is."""
    server = replace(STARTED, definition=replace(STARTED.definition, **limit))

    assert _codes(projected(server, "copilot")) == [code]
    assert _codes(projected(server, "copilot", "user")) == []


def test_entry_that_only_switches_off_stays_at_home() -> None:
    """What switches a server of another file off is kept in its own client, and is nothing to another."""
    (server,) = read("opencode", made("opencode", {"db": {"enabled": False}})).parts

    assert json.loads(written("opencode", [projected(server, "opencode").part]))["mcp"] == {"db": {"enabled": False}}
    assert _codes(projected(server, "codex")) == ["server-undefined"]


def test_an_inline_table_takes_servers_in() -> None:
    """Where all servers stand in one line, beside which no table may stand, new ones come into it, and go again."""
    for data in (b"mcp_servers = {}\n", b'a = 1\nmcp_servers = { db = { command = "x" } } # mine\n'):
        new = STARTED.__class__("n", McpServer("n", "stdio", "n", args=("-a",)))
        text = written("codex", [new], source("codex", data))

        assert read("codex", text).parts[-1].definition.args == ("-a",)
        assert not read("codex", text).diagnostics
        gone = client("codex").write((), ".codex/config.toml", source("codex", text), without=("n",))[0].data
        assert [one.name for one in read("codex", gone).parts] == [one.name for one in read("codex", data).parts]


def test_tables_of_toml_are_made_and_changed_where_they_are() -> None:
    """A server is changed within its tables, dotted keys and comments included, and a new one comes last."""
    data = b'a = 1 # one\r\n[mcp_servers]\r\ndb.command = "x" # its program\r\ndb.env = { A = "1" }\r\n[other]\r\nb = 2\r\n'
    (server,) = read("codex", data).parts
    changed = replace(server, definition=replace(server.definition, command="y", env={"A": "1", "B": "2"}))
    text = written("codex", [changed, STARTED.__class__("n", McpServer("n", "stdio", "n"))], source("codex", data)).decode()

    assert text.startswith("a = 1 # one\r\n[mcp_servers]\r\n")
    assert "[other]\r\nb = 2\r\n" in text
    assert text.endswith('[mcp_servers.n]\r\ncommand = "n"\r\n')
    assert [plain(one.definition)["command"] for one in read("codex", text.encode()).parts] == ["y", "n"]


@pytest.mark.parametrize(
    ("url", "loads"),
    [
        ("https://${HOST}/x", True),
        ("localhost:80/x", True),
        ("ftp://x/y", True),
        ("https://me@x.example:8080/y", True),
        ("http://[::1]:80/", True),
        ("${URL}", False),
        ("${URL:-https://x.example}", False),
        ("/x", False),
        ("//x", False),
        ("https://", False),
        ("https://x y/z", False),
        ("https://<HOST>/mcp", False),
    ],
)
def test_copilot_takes_what_is_an_address_before_it_is_filled_in(url: str, loads: bool) -> None:
    """A server whose address is none as it stands is dropped (asked), and none such is written."""
    data = made("copilot", {"web": {"type": "http", "url": url}})
    one = projected(read("claude-code", made("claude-code", {"web": {"type": "http", "url": url}})).parts[0], "copilot")

    assert (read("copilot", data).states[0] is State.LOADS) is loads
    assert one.is_refused() is not loads


NEW = """\
  new:
    enabled: true
    type: stdio
    name: new
    cmd: npx
    args: []
"""


@pytest.mark.parametrize(
    ("text", "added", "expected"),
    [
        ("extensions:\n  db:\n    enabled: true\nother: 1", "", "extensions: {}\nother: 1"),
        ("extensions:\n  db:\n    enabled: true\n    args:\n    - x\nother: 1", NEW, f"extensions:\n{NEW}other: 1"),
        ("extensions: {}  # none\nother: 1\n", NEW, f"extensions:\n{NEW.rstrip()}  # none\nother: 1\n"),
        ("extensions:\n  mine:\n    type: builtin", NEW, f"extensions:\n  mine:\n    type: builtin\n{NEW.rstrip()}"),
        ("extensions: {mine: {type: builtin}, db: {a: 1}}\nother: 1\n", "", "extensions: {mine: {type: builtin}}\nother: 1\n"),
    ],
)
def test_other_keys_of_a_users_configuration_stay(text: str, added: str, expected: str) -> None:
    """What of goose's config.yaml is no server is left alone, where the last server goes, and where the first one comes."""
    original = source("goose", text.encode())
    new = [replace(STARTED, definition=replace(STARTED.definition, name="new", args=()))] if added else []

    (file,) = client("goose").write(new, original.text.path, original, ["db"])

    assert file.data.decode() == expected


@pytest.mark.parametrize(
    ("format_id", "state"),
    [("claude-code", State.LOADS), ("copilot", None), ("gemini-cli", None), ("qwen-code", State.LOADS), ("opencode", State.LOADS)],
)
def test_byte_order_mark_costs_what_it_costs_the_client(format_id: str, state: State | None) -> None:
    """Some clients take a file that begins with one, others nothing of it (asked)."""
    key, value = ("mcp", {"type": "local", "command": ["run"]}) if format_id == "opencode" else ("mcpServers", {"command": "run"})
    found = read(format_id, ("\ufeff" + json.dumps({key: {"db": value}})).encode())

    assert [one for one in found.states if not one.dropped] == ([state] if state else [])
    assert bool(found.diagnostics) == (state is None)
