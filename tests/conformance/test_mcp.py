"""A real assistant, whose model is ours, with `agentconv mcp` as one of its servers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drivers import claude_code
from driving import Place
from installed import CLIENTS
from model_server import serve

if TYPE_CHECKING:
    from model_server import Call, Request

pytestmark = pytest.mark.conformance
SOURCE = Path(__file__).parents[2] / "converters"
TOOLS = ["inspect", "lint", "convert", "rule", "formats"]


@pytest.mark.parametrize("client", ["claude-code"], indirect=True)
def test_an_assistant_asks(client: str, tmp_path: Path) -> None:
    """Claude Code offers its model all the tools, and a call of `inspect` gives it what each assistant makes of the project's agents."""
    place = Place.make(tmp_path)
    place.write("project/.claude/agents/a.md", "---\nname: a\ndescription: Reviews\ntools: Read\n---\nRead it.\n")
    environment = {"PYTHONPATH": str(SOURCE), "HOME": str(place.home)}
    server = {"command": sys.executable, "args": ["-m", "agentconv", "mcp", str(place.project)], "env": environment}
    offered: set[str] = set()
    given: dict[str, str] = {}

    def answer(request: Request) -> list[Call]:
        offered.update(name.removeprefix("mcp__agentconv__") for name in request.tools if name.startswith("mcp__agentconv__"))
        given.update(request.results)
        return [] if given or not offered else [("mcp__agentconv__inspect", {"for": ["codex"]})]

    servers = place.write("servers.json", {"mcpServers": {"agentconv": server}})
    with serve(answer) as model:
        words = ["-p", "Go.", "--strict-mcp-config", "--mcp-config", servers, "--allowedTools", "mcp__agentconv__inspect"]
        done = place.run([CLIENTS[client].path, *words], **claude_code._environment(model.url))
    (report,) = (json.loads(text) for text in given.values())

    assert sorted(offered) == sorted(TOOLS), done.stderr
    assert [(one["agents"], one["readings"][0]["client"]) for one in report["results"]] == [(["a"], "codex")]
