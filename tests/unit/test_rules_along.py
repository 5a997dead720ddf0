"""Closed tools of MCP servers whose entries cannot say so: rules of the whole set do, or the server stays behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import agentconv
from agentconv.cli import main
from agentconv.formats.opencode.among_agents import among
from agentconv.formats.opencode.permission_maps import rules_of

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.core.ir import Rule

SERVERS = """\
[mcp_servers.my_srv]
command = "srv"
enabled_tools = ["ping", "get.all"]
disabled_tools = ["ping"]

[mcp_servers.other]
command = "other"
disabled_tools = ["drop"]
"""
LISTED = {"other_*": "ask", "my_srv_*": "deny", "my_srv_get_all": "ask", "other_drop": "deny"}
AGENT = """\
---
name: helper
description: Helps
tools: Read, mcp__my_srv__ping, mcp__my_srv__search, mcp__other
---
Help.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of Codex, two servers of which have tools closed."""
    folder = tmp_path / "project"
    (folder / ".codex").mkdir(parents=True)
    (folder / ".codex/config.toml").write_text(SERVERS)
    return folder


def convert(project: Path, target: str, *more: str) -> int:
    """Convert the servers of a project into it."""
    return main(["convert", str(project), "-f", "codex", "-t", target, "-o", str(project), "--with", "servers", *more])


def configuration(project: Path, path: str = "opencode.json") -> Any:
    """Return what stands in a file of the project."""
    return json.loads((project / path).read_text())


@pytest.mark.parametrize(("target", "path"), [("opencode", "opencode.json"), ("kilo", "kilo.json")])
def test_open_tools_stand_behind_the_denial_of_all(project: Path, target: str, path: str) -> None:
    """Where the last rule decides, all tools are denied, and those that are open ask; a denied one is denied."""
    assert convert(project, target) == 0

    assert list(configuration(project, path)["permission"].items()) == list(LISTED.items())
    assert set(configuration(project, path)["mcp"]) == {"my_srv", "other"}


def test_settings_deny_what_is_closed_and_cannot_leave_a_few_open(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Claude Code is told what a server may not; one of which only some tools are open stays behind."""
    assert convert(project, "claude-code") == 1

    assert configuration(project, ".claude/settings.json") == {"permissions": {"deny": ["mcp__other__drop"]}}
    assert set(configuration(project, ".mcp.json")["mcpServers"]) == {"other"}
    assert "server-limit-as-rules" in capsys.readouterr().err


def test_rules_name_tools_as_the_client_does(tmp_path: Path) -> None:
    """A dot in a name is none in the rule: Claude Code knows the tool by another letter there."""
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_text('[mcp_servers."two.x"]\ncommand = "x"\ndisabled_tools = ["get.all"]\n')
    result = agentconv.write(agentconv.read(tmp_path, format="codex"), "claude-code", with_="servers")
    settings = next(json.loads(file.data) for file in result.files if file.path == ".claude/settings.json")

    assert settings["permissions"]["deny"] == ["mcp__two_x__get_all"]


@pytest.mark.parametrize("before", [{"permission": {"bash": "ask"}}, {"permission": {"*": "allow", "my_srv_ping": "allow"}}, {}])
def test_they_come_to_what_is_there(project: Path, before: dict[str, Any]) -> None:
    """What a user has stays, and is no way around them."""
    (project / "opencode.json").write_text(json.dumps(before))
    assert convert(project, "opencode") == 0
    rules = configuration(project)["permission"]

    assert {name: rule for name, rule in rules.items() if not name.startswith(("my_srv", "other"))} == {
        name: rule for name, rule in before.get("permission", {}).items() if name != "my_srv_ping"
    }
    open_as_before = before.get("permission", {}).get("*", "ask")
    assert {name: rule for name, rule in rules.items() if name in LISTED} == {**LISTED, "my_srv_get_all": open_as_before}
    assert list(rules).index("my_srv_*") < list(rules).index("my_srv_get_all")
    assert "my_srv_ping" not in rules


@pytest.mark.parametrize(
    ("path", "text", "target"),
    [
        (".claude/settings.json", "{", "claude-code"),
        (".claude/settings.json", '{"permissions": {"defaultMode": "free"}}', "claude-code"),
        (".opencode/opencode.json", '{"permission": {"*": "allow"}}', "opencode"),
        ("opencode.jsonc", '{"permission": {"other_*": "allow", "my_srv_ping": "ask"}}', "opencode"),
    ],
)
def test_a_server_stays_behind_where_they_would_not_hold(project: Path, path: str, text: str, target: str) -> None:
    """A file that takes no rules, or another one that opens what they close: no server is written without its limit."""
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text(text)
    before = {one for one in project.rglob("*") if one.is_file()}

    assert convert(project, target) == 1
    assert (project / path).read_text() == text
    assert {one for one in project.rglob("*") if one.is_file()} == before


def test_a_server_whose_name_begins_another_one_stays_behind(project: Path) -> None:
    """A rule for all tools of `my` would be one for those of `my_srv`, which nobody closed."""
    more = '\n[mcp_servers.my]\ncommand = "my"\nenabled_tools = ["a"]\n\n[mcp_servers.mine]\ncommand = "mine"\n'
    (project / ".codex/config.toml").write_text(SERVERS + more)

    assert convert(project, "opencode") == 1
    assert set(configuration(project)["mcp"]) == {"my_srv", "other", "mine"}
    assert configuration(project)["permission"] == {**LISTED, "mine_*": "ask"}


def test_whoever_insists_gets_rules_all_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--allow-widening` opens nothing that rules can close."""
    assert convert(project, "opencode", "--allow-widening") == 0

    assert configuration(project)["permission"] == LISTED
    assert "part-widened" not in capsys.readouterr().err


def test_rules_of_the_set_and_of_servers_are_one(tmp_path: Path) -> None:
    """Where rules go along anyway, those of servers stand among them."""
    servers = {"db": {"command": "db", "includeTools": ["query"]}}
    (tmp_path / ".gemini").mkdir()
    (tmp_path / ".gemini/settings.json").write_text(json.dumps({"mcpServers": servers, "tools": {"exclude": ["run_shell_command"]}}))
    words = ["convert", str(tmp_path), "-f", "gemini-cli", "-t", "opencode", "-o", str(tmp_path), "--with", "servers,permissions"]

    assert main(words) == 0
    assert [pair for pair in configuration(tmp_path)["permission"].items() if pair[1] != "ask"] == [("bash", "deny"), ("db_*", "deny")]
    assert list(configuration(tmp_path)["permission"].items())[-1] == ("db_query", "ask")


def test_an_agent_opens_no_tool_that_is_closed(tmp_path: Path) -> None:
    """Rules of an agent's own go before the set's: what is closed for all is closed there, and what it has of the rest stays."""
    (tmp_path / ".gemini/agents").mkdir(parents=True)
    servers = {"my_srv": {"command": "srv", "includeTools": ["ping"]}, "other": {"command": "other", "excludeTools": ["drop"]}}
    (tmp_path / ".gemini/settings.json").write_text(json.dumps({"mcpServers": servers}))
    tools = "[read_file, mcp_my_srv_ping, mcp_my_srv_search, mcp_other_*]"
    (tmp_path / ".gemini/agents/helper.md").write_text(f"---\nname: helper\ndescription: Helps\ntools: {tools}\n---\nHelp.\n")
    result = agentconv.write(agentconv.read(tmp_path, format="gemini-cli"), "opencode", with_="all")
    text = next(file.data for file in result.files if file.path.endswith("helper.md"))
    own = [(rule.native, rule.effect) for rule in agentconv.reads(text, "opencode").agents[0].permissions.rules]

    assert own[-4:] == [("other_*", "ask"), ("other_drop", "deny"), ("my_srv_*", "deny"), ("my_srv_ping", "ask")]


@pytest.mark.parametrize("target", ["opencode", "kilo"])
def test_a_word_for_tools_of_several_kinds_stays_whole(project: Path, target: str) -> None:
    """An agent that asks before any tool of a server asks so behind the limits of two servers, too, and is written."""
    (project / ".codex/agents").mkdir()
    (project / ".codex/agents/helper.toml").write_text('name = "helper"\ndescription = "Helps"\ndeveloper_instructions = "Help."\n')

    assert convert(project, target) == 0
    (written,) = [one.read_text() for one in project.rglob("helper.md")]
    assert '"*_*": ask\n' in written
    assert "  other_drop: deny\n  my_srv_*: deny\n  my_srv_get_all: ask\n" in written


def rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    """Return rules of OpenCode."""
    return tuple(rule for word, effect in pairs for rule in rules_of("opencode", word, effect, None))


OWN = [
    ((("*", "allow"),), (("*", "allow"), ("s_*", "deny"), ("s_a", "allow"))),
    ((("*", "deny"), ("s_*", "allow")), (("*", "deny"), ("s_*", "deny"), ("s_a", "allow"))),
    ((("s_b", "allow"),), (("s_*", "deny"), ("s_a", "ask"))),
    ((("s*", "allow"), ("s_a", "deny")), (("s*", "allow"), ("s_*", "deny"), ("s_a", "deny"))),
    ((("*", "deny"), ("read", "allow")), (("*", "deny"), ("read", "allow"))),
    ((("t_*", "allow"),), (("t_*", "allow"),)),
]


@pytest.mark.parametrize(("own", "expected"), OWN)
def test_limits_among_other_rules(own: tuple[tuple[str, str], ...], expected: tuple[tuple[str, str], ...]) -> None:
    """What opens a closed tool gives way, what says less of an open one counts, and what is about others stays."""
    limits = rules(("s_*", "deny"), ("s_a", "ask"))

    assert among(rules(*own), limits) == rules(*expected)


def test_a_denied_tool_is_so_behind_a_pattern_that_opens_it() -> None:
    """A rule for all tools of a server is about the one that is denied for the whole set."""
    assert among(rules(("s_*", "allow")), rules(("s_b", "deny"))) == rules(("s_*", "allow"), ("s_b", "deny"))
    assert among(rules(("s_*", "deny")), rules(("s_b", "ask"))) == rules(("s_*", "deny"))
