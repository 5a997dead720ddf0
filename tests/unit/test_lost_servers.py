"""Why an MCP server is lost: what of it the target cannot say, rather than that it cannot."""

from __future__ import annotations

import pytest

from agentconv import write
from agentconv.core.ir import Agent, AgentSet, McpServer, Origin, Prompt, Tools

STDIO = {"transport": "stdio", "command": "run", "args": ()}
HTTP = {"transport": "http", "url": "https://mcp.example.com/x"}
REASONS = [
    ("copilot", {**STDIO, "options": {"oauth": {}}}, "nothing stands there for its `oauth`"),
    ("copilot", {"transport": "ws", "url": "wss://mcp.example.com/x"}, "nothing there takes a server over ws"),
    ("claude-code", {**STDIO, "enabled": False}, "it is switched off, which cannot be said there"),
]


@pytest.mark.parametrize(("target", "server", "reason"), REASONS)
def test_reason(target, server, reason):
    """Each server that is lost is told with what of it stands in the way."""
    agent = Agent(
        "a",
        "a",
        description="d",
        prompt=Prompt("p"),
        tools=Tools(),
        mcp_servers=(McpServer("s", **server),),
        origin=Origin("gemini-cli", "a"),
    )
    told = [loss.detail for loss in write(AgentSet((agent,)), target).losses if loss.code == "mcp-dropped"]

    assert told == [f"s: {reason}"]
