"""The recipe of docs/library.md, with the real package: agents of every assistant as objects of the Claude Agent SDK."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from recipes import EVERY, TARGET, fixtures, recipe

import agentconv
from agentconv.formats import registry

pytestmark = pytest.mark.conformance


def sent(found: dict[str, Any]) -> str:
    """Return what the SDK sends to Claude Code: what is not None of each, as JSON."""
    return json.dumps({name: {key: value for key, value in asdict(one).items() if value is not None} for name, one in found.items()})


@pytest.mark.parametrize("client", [client for client in registry.CLIENTS if client != TARGET])
def test_agents_are_the_same_as_objects(client: str) -> None:
    """What the SDK sends reads as what was written for Claude Code; only what has a hook is refused, and says so."""
    definitions = recipe("claude-agent-sdk")["definitions"]
    for path, agents, wanted in fixtures(client):
        if any(agent.hooks for agent in wanted):
            with pytest.raises(TypeError, match=r": nothing here holds it to hooks$"):
                definitions(agents, accept=EVERY)
            continue
        again = agentconv.reads(sent(definitions(agents, accept=EVERY)), TARGET)

        assert [(one.name, one.prompt, one.tools, one.permissions, one.model) for one in again] == [
            (one.name, one.prompt, one.tools, one.permissions, one.model) for one in wanted
        ], path
