"""Names that join a server and its tool by one `_`: what they forbid is forbidden wherever both stand apart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from agent_files import read
from agentconv.cli import main
from agentconv.core import server_names
from agentconv.core.format import Projection
from agentconv.core.ir import Rule
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("native", "ways", "further"),
    [
        ("db_get", [("db", "get")], []),
        ("db_*", [("db", None)], [("db_*", None)]),
        ("my_db_get", [("my", "db_get"), ("my_db", "get")], []),
        ("my_db_*", [("my", "db_*"), ("my_db", None)], [("my_db_*", None)]),
        ("tracker_g*", [("tracker", "g*")], [("tracker_g*", None)]),
        ("*_get", [("*", "get")], [("*", "*_get")]),
        ("mcp__my_db__get_all", [("my_db", "get_all")], []),
    ],
)
def test_every_way_to_read_a_name(native: str, ways: list[object], further: list[object]) -> None:
    """A server's name may end at each `_`, and within what a star stands for; where both stand apart, there is one way."""
    server, _, tool = native.removeprefix("mcp__").partition("__" if native.startswith("mcp__") else "_")
    rule = Rule("deny", native, "opencode", "mcp", None, server, None if tool == "*" else tool)

    assert list(server_names.ways(rule)) == ways
    assert list(server_names.further(rule)) == further


@pytest.mark.parametrize("target", ["claude-code", "qwen-code"])
@pytest.mark.parametrize(
    ("rules", "denied", "told"),
    [
        ("tracker_get: deny", ["mcp__tracker__get"], set()),
        ("tracker_*: deny", ["mcp__tracker"], set()),
        ("my_db_get: deny", ["mcp__my__db_get", "mcp__my_db__get"], set()),
        ("tracker_g*: deny", ["mcp__tracker"], {"tools-narrowed"}),
        ("tracker_get: ask", [], set()),
    ],
)
def test_an_agents_denied_tools_stay_denied(target: str, rules: str, denied: list[str], told: set[str]) -> None:
    """Of an agent that has all other tools, the target denies what its rules deny: the tool, or all of its server."""
    text = f"---\ndescription: Does it\nmode: subagent\npermission:\n  {rules}\n---\nDo it.\n"
    agent = read("opencode", text).set.agents[0]
    projection = Projection(replace(agent, id="a"), registry.load(target).SPEC)
    registry.load(target).project(projection)

    assert [one.native for one in projection.result().tools.deny] == denied
    assert {loss.code for loss in projection.losses} & {"tools-narrowed"} == told


@pytest.mark.parametrize("target", ["claude-code", "qwen-code"])
@pytest.mark.parametrize(
    ("rules", "denied"),
    [
        ('  "my_*": deny\n', ["mcp__my", "mcp__my_db"]),
        ('  "my*": deny\n', ["mcp__my", "mcp__my_db"]),
        ('  "m?_*": deny\n', ["mcp__*"]),
        ('  "*_get": deny\n', ["mcp__*"]),
        ('  "my_*_get": deny\n', ["mcp__*"]),
        ('  "my_*": deny\n  "my_db_*": allow\n', ["mcp__my"]),
    ],
)
def test_a_pattern_closes_each_server_of_the_project_that_it_covers(tmp_path: Path, target: str, rules: str, denied: list[str]) -> None:
    """`my_*` is of the tools of `my_db`, too; what is a pattern where the server's name stands closes every server."""
    (tmp_path / ".opencode/agents").mkdir(parents=True)
    (tmp_path / ".opencode/agents/helper.md").write_text(
        f"---\ndescription: a\nmode: subagent\npermission:\n{rules}---\nDo as you are told.\n"
    )
    servers = {name: {"type": "local", "command": ["x"]} for name in ("my", "my_db", "other")}
    (tmp_path / "opencode.json").write_text(json.dumps({"mcp": servers}))
    out = tmp_path / "out"

    assert main(["convert", str(tmp_path), "-t", target, "--with", "none", "-o", str(out)]) == 0

    (file,) = out.rglob("helper.md")
    agent = registry.load(target).read(SourceText(f".{target.partition('-')[0]}/agents/helper.md", file.read_bytes())).set.agents[0]
    assert [grant.native for grant in agent.tools.deny] == denied


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("my_*", [("my", None), ("my_db", None)]),
        ("my_db_get", [("my", "db_get"), ("my_db", "get")]),
        ("m*_get", [("my", "*_get"), ("my", "get"), ("my_db", "*_get"), ("my_db", "get")]),
        ("other_*", []),
    ],
)
def test_what_a_pattern_covers_of_known_servers(pattern: str, ways: list[object]) -> None:
    """Each star stands for any text, a `_` among it."""
    assert sorted(server_names.covered(pattern, ["my", "my_db"])) == ways
