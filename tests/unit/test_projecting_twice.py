"""What a target holds of an agent, it holds whole: projecting what was projected changes nothing more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_files import convert_agent
from agentconv.conversion.converting import Options
from agentconv.core import fields, vocabulary
from agentconv.core.ir import Agent, McpServer, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.conversion.converting import Converted

WORDS = ("Read", "Grep", "Bash", "Edit", "WebFetch")


def _tool(word: str) -> ToolGrant:
    return ToolGrant(word, "claude-code", vocabulary.grants("claude-code", word)[0])


def _of_server(server: str, tool: str | None) -> ToolGrant:
    return ToolGrant(f"mcp__{server}__{tool or '*'}", "claude-code", "mcp", None, server, tool)


NAMES = st.sampled_from(["own", "other", "o_x"])
GRANTS = st.one_of(st.sampled_from(WORDS).map(_tool), st.builds(_of_server, NAMES, st.sampled_from([None, "t"])))
SERVERS = st.builds(
    lambda name, enabled, disabled: McpServer(name, "stdio", command="serve", enabled_tools=enabled, disabled_tools=disabled),
    NAMES,
    st.sampled_from([None, ("t",), ()]),
    st.sampled_from([None, ("t",)]),
)
TOOLS = st.one_of(
    st.builds(lambda deny: Tools("inherit", (), tuple(deny)), st.lists(GRANTS, max_size=2, unique=True)),
    st.builds(
        lambda allow, deny: Tools("list", tuple(allow), tuple(deny)),
        st.lists(GRANTS, min_size=1, max_size=3, unique=True),
        st.lists(GRANTS, max_size=2, unique=True),
    ),
)


def _written(agent: Agent, target: str) -> tuple[Agent | None, Converted]:
    """Return an agent as it is read from what is written of it."""
    done = convert_agent(replace(agent, id="a"), target, Options(allow_widening=True))
    if done.file is None:
        return None, done
    return registry.load(target).read(SourceText(done.file.path, done.file.data)).set.agents[0], done


@pytest.mark.parametrize("target", registry.CLIENTS)
@settings(max_examples=settings().max_examples // 2)
@given(tools=TOOLS, servers=st.lists(SERVERS, max_size=2, unique_by=lambda one: one.name))
def test_written_again_it_is_the_same(tools: Tools, servers: list[McpServer], target: str) -> None:
    """An agent read from a client's file is written to that client as it is, also where its tools alone still say whose file it was."""
    agent = Agent("a", "a", None, "Does work.", Prompt("You do the work well enough."), tools=tools, mcp_servers=tuple(servers) or None)
    first, _ = _written(agent, target)
    if first is None:
        return
    alone = replace(first, origin=None)
    for one in (first, alone) if fields.client_of(alone) else (first,):
        again, done = _written(one, target)

        assert again is not None, [str(loss) for loss in done.losses]
        assert fields.same(first, again)
