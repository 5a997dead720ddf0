"""Kiro CLI 1 and 2: JSON files in `.kiro/agents`, one agent a file, which version 3 still reads.

https://kiro.dev/docs/cli/custom-agents/configuration-reference

By the code that it comes from, Amazon Q (`agent_json`), and its documentation; the client itself needs a login.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.families import included_prompts
from agentconv.formats.kiro import agent_json

if TYPE_CHECKING:
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.includes import Include
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText

ID = "kiro"
HINT = "define {} in .kiro/settings/mcp.json, and set includeMcpJson"
KEYS = agent_json.key_table(ID)
SPEC = agent_json.spec(ID, "Kiro CLI")
DIALECT = agent_json.dialect(SPEC)


def _includes(source: SourceText) -> list[Include]:
    return included_prompts.found(agent_json.PROMPTS, source)


INCLUDES = _includes


def read(source: SourceText) -> ReadResult:
    """Read a JSON file as Kiro CLI does."""
    return included_prompts.read(agent_json.PROMPTS, DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a JSON file that Kiro CLI loads."""
    return included_prompts.write(agent_json.PROMPTS, DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a JSON file can hold."""
    agent_json.project(DIALECT, HINT, projection)
