"""Servers of which tools are closed, where only rules of the whole set can say so: they come with their rules, or not at all."""

import json
import os

import pytest

SERVERS = """\
[mcp_servers.my_srv]
command = "srv"
enabled_tools = ["ping"]

[mcp_servers.other]
command = "other"
disabled_tools = ["drop"]
"""
LISTED = {"other_*": "ask", "my_srv_*": "deny", "my_srv_ping": "ask", "other_drop": "deny"}
AGENT = 'name = "helper"\ndescription = "Helps"\ndeveloper_instructions = "Help."\n'
TARGETS = 'source = "codex"\ntargets = ["opencode"]\nwith = ["servers"]\n'


def configuration(folder, path="opencode.json"):
    place = folder / path
    return json.loads(place.read_text()) if place.exists() else {}


def write(folder, files):
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


@pytest.fixture
def source(project):
    """A project of Codex whose servers are kept in step with OpenCode."""
    write(project, {"agentconv.toml": TARGETS, ".codex/config.toml": SERVERS, ".codex/agents/helper.toml": AGENT})
    return project


@pytest.fixture
def wheel(project, run, monkeypatch, tmp_path_factory):
    """A function that makes a pack of servers, and returns its path."""

    def wheel(servers=SERVERS, name="servers", version="1.0"):
        home = tmp_path_factory.mktemp("pack")
        write(home, {".codex/config.toml": servers})
        monkeypatch.chdir(home)
        run("pack", ".", "-f", "codex", "--with", "all", "--name", name, "--version", version, "-o", os.fspath(home))
        monkeypatch.chdir(project)
        return os.fspath(next(home.glob("*.whl")))

    return wheel


def test_sync_keeps_rules_in_step_with_their_servers(source, run):
    """They come with the servers, the second run changes nothing, they follow a change, and go when no server is left."""
    run("sync")
    first = configuration(source)["permission"]
    run("sync", "--check")
    write(source, {".codex/config.toml": SERVERS.replace('"drop"', '"drop", "wipe"')})
    run("sync")
    second = configuration(source)["permission"]
    write(source, {".codex/config.toml": '[mcp_servers.other]\ncommand = "other"\n'})
    run("sync")
    third = configuration(source)["permission"]
    write(source, {".codex/config.toml": ""})
    run("sync", "--yes")

    assert first == LISTED
    assert second == {**LISTED, "other_wipe": "deny"}
    assert third == {"other_*": "ask"}
    assert configuration(source).keys().isdisjoint({"mcp", "permission"})


def test_rules_are_put_back_among_what_the_user_wrote(source, run):
    """What the user says of other tools stays; a rule that was taken out comes back, and so does one that was opened."""
    run("sync")
    changed = configuration(source)
    changed["permission"] = {"bash": "ask", "my_srv_*": "deny", "my_srv_ping": "ask", "other_drop": "allow"}
    (source / "opencode.json").write_text(json.dumps(changed))
    run("sync")

    rules = configuration(source)["permission"]
    assert rules == {"bash": "ask", **LISTED}
    assert list(rules).index("other_*") < list(rules).index("other_drop")  # the last that matches decides
    run("sync", "--check")


def test_an_agent_of_the_source_opens_no_closed_tool(source, run):
    """Rules of an agent's own count before those of the whole set in OpenCode: the limit stands there, too."""
    gemini = {"mcpServers": {"my_srv": {"command": "srv", "includeTools": ["ping"]}}}
    agent = "---\nname: helper\ndescription: Helps\ntools: [read_file, mcp_my_srv_ping, mcp_my_srv_search]\n---\nHelp.\n"
    config = 'source = "gemini-cli"\ntargets = ["opencode"]\nwith = ["servers"]\n'
    write(source, {"agentconv.toml": config, ".gemini/settings.json": json.dumps(gemini), ".gemini/agents/helper.md": agent})
    run("sync", code=1)  # for Codex has an agent of that name, which may do more, and is no target now
    text = (source / ".opencode/agents/helper.md").read_text()

    assert configuration(source)["permission"] == {"my_srv_*": "deny", "my_srv_ping": "ask"}
    assert "my_srv_search" not in text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("opencode.json", "{"),
        ("opencode.json", '{"permission": 3}'),
        ("opencode.jsonc", '{"permission": {"my_srv_*": "allow", "other_*": "allow"}}'),
    ],
)
def test_a_server_does_not_come_without_its_rules(source, run, wheel, path, text):
    """A file that takes none in, or another one that opens what they close: no server is written, and it is said."""
    pack = wheel()
    write(source, {path: text})
    run("sync", code=1)
    run("install", pack, "--to", "opencode", "--accept", code=1)

    assert (source / path).read_text() == text
    assert path == "opencode.json" or "mcp" not in configuration(source)


def test_install_brings_rules_and_uninstall_takes_them(project, run, asked, wheel, tree):
    """They are the pack's own: written, up to date, told when they were edited, and gone with the servers."""
    before = tree().keys()
    pack = wheel()
    run("install", pack, "--to", "opencode", "--accept")
    there = configuration(project)["permission"]
    fine = asked("status").states()
    run("uninstall", "servers", "--accept")

    assert there == LISTED
    assert {*fine.values()} == {"up-to-date"}
    assert tree().keys() - {"agentconv.lock"} == before


def test_rules_among_the_users_own(project, run, wheel):
    """The user's rules stay as they are, before and after."""
    mine = '{"permission": {"bash": "ask"}}\n'
    write(project, {"opencode.json": mine})
    run("install", wheel(), "--to", "opencode", "--accept")
    there = configuration(project)["permission"]
    run("uninstall", "servers", "--accept")

    assert there == {"bash": "ask", **LISTED}
    assert (project / "opencode.json").read_text() == mine


def test_two_packs_close_tools_in_one_file(project, run, wheel):
    """Neither is a reason to leave the other's rules out, and what the one needs stays when the other goes."""
    run("install", wheel(), "--to", "opencode", "--accept")
    second = wheel('[mcp_servers.third]\ncommand = "third"\ndisabled_tools = ["drop"]\n', "more")
    run("install", second, "--to", "opencode", "--accept")
    both = configuration(project)["permission"]
    run("uninstall", "servers", "--accept")

    assert both == {**LISTED, "third_*": "ask", "third_drop": "deny"}
    assert list(both).index("third_*") < list(both).index("third_drop")
    assert configuration(project)["mcp"].keys() == {"third"}
    assert configuration(project)["permission"]["third_drop"] == "deny"


def test_a_server_of_the_users_own_stays_open(project, run, wheel):
    """Of a server that the user has under that name, the pack closes nothing."""
    mine = {"type": "local", "command": ["mine"], "enabled": True}
    write(project, {"opencode.json": json.dumps({"mcp": {"my_srv": mine}})})
    run("install", wheel(), "--to", "opencode", "--accept", code=1)

    assert configuration(project)["permission"] == {"other_*": "ask", "other_drop": "deny"}
    assert configuration(project)["mcp"]["my_srv"] == mine


ASKING = '[mcp_servers.my_srv]\ncommand = "srv"\n\n[mcp_servers.other]\ncommand = "other"\n'
MINE = '{\n  // mine\n  "mcp": {"my_srv": {"type": "local", "command": ["mine"], "enabled": true}}\n}\n'


def test_a_server_of_the_users_own_is_not_asked_about(project, run, wheel):
    """No rule is written for it, and the other's goes with its pack: the file is as it was."""
    write(project, {"opencode.json": MINE})
    run("install", wheel(ASKING), "--to", "opencode", "--accept", code=1)
    text = (project / "opencode.json").read_text()
    run("uninstall", "servers", "--accept")

    assert '"other_*": "ask"' in text
    assert "my_srv_" not in text
    assert (project / "opencode.json").read_text() == MINE


def test_sync_asks_about_no_server_of_the_users_own(source, run, asked):
    """Neither in the file that it is in, nor in that of another assistant which reads it; and the next run changes nothing."""
    targets = TARGETS.replace('"opencode"', '"opencode", "kilo"')
    write(source, {"agentconv.toml": targets, ".codex/config.toml": ASKING, "opencode.jsonc": MINE})
    run("sync", code=1)
    texts = [(source / name).read_text() for name in ("opencode.jsonc", "kilo.json")]
    again = asked("sync", code=1).report["parts"]["entries"]
    write(source, {".codex/config.toml": ""})
    run("sync", "--yes")

    assert ["my_srv_*" in text for text in texts] == [False, False]
    assert ['"other_*": "ask"' in text for text in texts] == [True, True]
    assert {entry["action"] for entry in again} == {"same", "foreign"}
    assert (source / "opencode.jsonc").read_text() == MINE
    assert not (source / "kilo.json").exists()


def test_settings_of_claude_code(project, run, wheel):
    """There, denials of single tools stand in the settings; a server of which only some tools are open stays behind."""
    run("install", wheel(), "--to", "claude-code", "--accept", code=1)

    assert configuration(project, ".claude/settings.json") == {"permissions": {"deny": ["mcp__other__drop"]}}
    assert configuration(project, ".mcp.json")["mcpServers"].keys() == {"other"}


@pytest.mark.parametrize("there", [False, True])
def test_assistants_that_read_one_file(source, run, asked, tree, there):
    """Kilo reads OpenCode's file, too: what both would have in it is there once, and each run comes to the same."""
    write(source, {"agentconv.toml": TARGETS.replace('"opencode"', '"opencode", "kilo"')})
    if there:
        write(source, {"opencode.json": '{"mcp": {"mine": {"type": "local", "command": ["mine"]}}}\n'})
    run("sync")
    after = tree()
    run("sync", "--check")
    again = asked("sync").report["parts"]["entries"]

    assert tree() == after
    assert {entry["action"] for entry in again} == {"same"}
    assert configuration(source)["permission"] == LISTED
    assert there or configuration(source, "kilo.json")["permission"] == LISTED
