"""What an assistant asks for before it calls tools of MCP servers stays asked for, by a rule that comes with the server, or is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agentconv.cli import main
from agentconv.core import asks, vocabulary
from agentconv.core.ir import McpServer, Origin
from agentconv.core.part_format import PartProjection
from agentconv.core.parts import Server
from agentconv.formats import registry
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = [one for one in registry.CLIENTS if part_format(one, "servers") is not None]
ENTRY = {"mcpServers": {"tracker": {"command": "tracker-mcp"}}}


def _projected(home: str, target: str, *, takes_rules: bool, trusted: bool | None = None) -> PartProjection[Server]:
    server = Server("tracker", McpServer("tracker", "stdio", "tracker-mcp"), trusted=trusted, origin=Origin(home, "servers"))
    projection: PartProjection[Server] = PartProjection(server, target, takes_rules=takes_rules)
    part_format(target, "servers").to_project(projection)  # type: ignore[union-attr]
    return projection


def _is_kept_or_told(home: str, target: str, *, takes_rules: bool) -> bool:
    done = _projected(home, target, takes_rules=takes_rules)
    kept = any(rule.effect == "ask" for rule in done.rules)
    told = any(loss.code == "server-unasked" for loss in done.losses)
    lost = asks.are_lost(home, target, asks.SERVERS) and not vocabulary.unenforced(target).servers
    return done.is_refused() or (lost == (kept or told) and (takes_rules or not kept))


@pytest.mark.parametrize("takes_rules", [True, False])
@pytest.mark.parametrize("target", TARGETS)
def test_a_question_is_kept_or_told(target: str, *, takes_rules: bool) -> None:
    """Where one client asks for tools of servers and another does not, a rule asks there, or it is told; else there is neither."""
    others = [one for one in registry.CLIENTS if vocabulary.words_of(one) != vocabulary.words_of(target)]

    assert [home for home in others if not _is_kept_or_told(home, target, takes_rules=takes_rules)] == []


@pytest.mark.parametrize("target", ["opencode", "kilo", "qwen-code"])
def test_what_its_author_trusts_asks_for_nothing(target: str) -> None:
    """Of a server that its author lets run unasked, no question is lost."""
    done = _projected("gemini-cli", target, takes_rules=True, trusted=True)

    assert done.rules == ()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of Claude Code with a server."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".mcp.json").write_text(json.dumps(ENTRY, indent=2) + "\n")
    return folder


def _convert(source: Path, home: str, target: str, out: Path, kinds: str = "servers,permissions") -> int:
    return main(["convert", str(source), "-f", home, "-t", target, "-o", str(out), "--with", kinds])


def _permission(folder: Path, name: str = "opencode.json") -> Any:
    return json.loads((folder / name).read_text()).get("permission")


@pytest.mark.parametrize(("target", "name"), [("opencode", "opencode.json"), ("kilo", "kilo.json")])
def test_the_rule_is_gone_on_the_way_back(project: Path, tmp_path: Path, target: str, name: str) -> None:
    """A server brings its rule, and comes back without it, byte for byte: Claude Code asks by itself."""
    assert _convert(project, "claude-code", target, tmp_path / "there") == 0
    assert _permission(tmp_path / "there", name) == {"tracker_*": "ask"}
    assert _convert(tmp_path / "there", target, "claude-code", tmp_path / "back") == 0

    assert [one.name for one in (tmp_path / "back").iterdir()] == [".mcp.json"]
    assert (tmp_path / "back/.mcp.json").read_bytes() == (project / ".mcp.json").read_bytes()


def test_what_asks_alone_is_not_told_to_stay_where_all_is_asked_for(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is told that a rule which asks stays behind, where the target asks without it."""
    _convert(project, "claude-code", "opencode", tmp_path / "there")
    capsys.readouterr()
    _convert(tmp_path / "there", "opencode", "claude-code", tmp_path / "back", "servers")

    assert "set-restrictions-stay" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tracker_close": "deny"}, [("tracker_*", "ask"), ("tracker_close", "deny")]),
        ({"*": "allow"}, [("*", "allow"), ("tracker_*", "ask")]),
        ({"*_*": "ask", "edit": "deny"}, [("*_*", "ask"), ("edit", "deny")]),
        ({"bash": "ask"}, [("bash", "ask"), ("tracker_*", "ask")]),
    ],
)
def test_it_opens_nothing_of_what_is_there(project: Path, before: dict[str, str], after: list[tuple[str, str]]) -> None:
    """The last rule that matches decides: one that asks stands before what denies a tool, and behind what allows everything."""
    (project / "opencode.json").write_text(json.dumps({"permission": before}))
    _convert(project, "claude-code", "opencode", project, "servers")

    assert list(_permission(project).items()) == after


@pytest.mark.parametrize("chosen", ["servers", "servers/tracker"])
def test_it_says_nothing_of_a_server_of_the_users_own(project: Path, capsys: pytest.CaptureFixture[str], chosen: str) -> None:
    """A server of that name which is kept is the user's: nothing is written that asks about it, nor is that told; with `--force`, it is."""
    mine = '{\n  // mine\n  "mcp": {"tracker": {"type": "local", "command": ["mine"]}}\n}\n'
    (project / "opencode.jsonc").write_text(mine)
    _convert(project, "claude-code", "opencode", project, chosen)

    assert (project / "opencode.jsonc").read_text() == mine
    assert sorted(one.name for one in project.iterdir()) == [".mcp.json", "opencode.jsonc"]
    assert "server-asks-as-rules" not in capsys.readouterr().err

    main(["convert", str(project), "-f", "claude-code", "-t", "opencode", "-o", str(project), "--with", chosen, "--force"])

    assert '"tracker_*": "ask"' in (project / "opencode.jsonc").read_text()


COMMENTED = """\
{
  // mine
  "permission": {
    "bash": "ask", // since it may do a lot
    /* files */ "edit": {"*": "allow", "*.env": "deny"} // of all kinds
  }
}
"""


def test_comments_among_the_users_own_rules_stay(project: Path) -> None:
    """What comes stands where it has to, and no byte of the user's own rules changes."""
    (project / "opencode.jsonc").write_text(COMMENTED)
    _convert(project, "claude-code", "opencode", project, "servers")
    text = (project / "opencode.jsonc").read_text()

    kept = '"bash": "ask", // since it may do a lot\n    /* files */ "edit": {"*": "allow", "*.env": "deny"}, // of all kinds\n'

    assert kept in text
    assert text.index('"edit"') < text.index('"tracker_*": "ask"') < text.index('"mcp"')
    assert "// mine" in text


@pytest.mark.parametrize(
    "permission", [{"*": "deny", "bash": "allow"}, {"*_*": "ask"}, {"tracker_*": "deny"}, {"*": "ask", "edit": {"*": "allow"}}, "ask"]
)
def test_what_is_held_already_gets_no_rule(project: Path, permission: Any) -> None:
    """A file that asks about all tools of the server, or denies them, says no more than before."""
    (project / "opencode.json").write_text(json.dumps({"permission": permission}))
    _convert(project, "claude-code", "opencode", project, "servers")

    assert _permission(project) == permission


def test_a_set_asks_for_the_tools_of_all_servers(project: Path, tmp_path: Path) -> None:
    """Rules of a set that no server goes along with ask for the tools of any, before what they deny."""
    (project / ".claude").mkdir()
    (project / ".claude/settings.json").write_text(json.dumps({"permissions": {"deny": ["mcp__tracker__close"]}}))
    _convert(project, "claude-code", "opencode", tmp_path / "out", "permissions")
    rules = _permission(tmp_path / "out")

    assert rules["*_*"] == "ask"
    assert list(rules).index("*_*") < list(rules).index("tracker_close")


def test_an_agent_comes_back_as_it_was(tmp_path: Path) -> None:
    """What asks in the rules of an agent from Claude Code is its mode there, and the same rules again on the way back."""
    folder = tmp_path / "agents"
    folder.mkdir()
    (folder / "helper.md").write_text("---\nname: helper\ndescription: Helps\n---\n\nHelp.\n")
    for home, target, source, out in (
        ("claude-code", "opencode", folder, tmp_path / "one"),
        ("opencode", "claude-code", tmp_path / "one", tmp_path / "two"),
        ("claude-code", "opencode", tmp_path / "two", tmp_path / "three"),
    ):
        assert _convert(source, home, target, out, "none") == 0
    first, again = (tmp_path / name / ".opencode/agents/helper.md" for name in ("one", "three"))

    assert first.read_bytes() == again.read_bytes()
    assert '"*_*": ask' in first.read_text()
