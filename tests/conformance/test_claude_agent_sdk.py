"""The recipe of docs/library.md, with the real package: agents of every assistant as objects of the Claude Agent SDK."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import pytest

import agentconv
from agent_files import FOLDERS, ROOT, suffix
from agentconv.formats import registry

pytestmark = pytest.mark.conformance
GUIDE = ROOT / "docs" / "library.md"
TARGET = "claude-agents-json"


def definitions(agents: agentconv.AgentSet) -> dict[str, Any]:
    """Run the recipe."""
    (code,) = re.findall(r"(?s)<!-- claude-agent-sdk -->\n```python\n(.*?)```", GUIDE.read_text("utf-8"))
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the recipe is ours
    found: dict[str, Any] = names["definitions"](agents)
    return found


def sent(found: dict[str, Any]) -> str:
    """Return what the SDK sends to Claude Code: what is not None of each, as JSON."""
    return json.dumps({name: {key: value for key, value in asdict(one).items() if value is not None} for name, one in found.items()})


@pytest.mark.parametrize("client", [client for client in registry.CLIENTS if client != TARGET])
def test_agents_are_the_same_as_objects(client: str) -> None:
    """What the SDK sends reads as what was written for Claude Code; only what has a hook is refused, and says so."""
    for path in sorted((FOLDERS[client] / "valid").glob(f"*{suffix(client)}")):
        agents = agentconv.read(path, format=client)
        written = agentconv.write(agents, TARGET).files
        if not written:
            continue
        (wanted,) = (agentconv.reads(file.data, TARGET) for file in written)
        if any(agent.hooks for agent in wanted):
            with pytest.raises(TypeError, match="hooks"):
                definitions(agents)
            continue
        again = agentconv.reads(sent(definitions(agents)), TARGET)

        assert [(one.name, one.prompt, one.tools, one.permissions, one.model) for one in again] == [
            (one.name, one.prompt, one.tools, one.permissions, one.model) for one in wanted
        ], path
