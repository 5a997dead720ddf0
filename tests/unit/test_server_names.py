"""Names that join a server and its tool by one `_`: what they forbid is forbidden wherever both stand apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_files import read
from agentconv.core import server_names
from agentconv.core.format import Projection
from agentconv.core.ir import Rule
from agentconv.formats import registry


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
