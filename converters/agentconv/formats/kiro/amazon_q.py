"""Amazon Q Developer CLI (aws/amazon-q-developer-cli at 15cc8f3): JSON files in `.amazonq/cli-agents`, one agent a file.

https://github.com/aws/amazon-q-developer-cli/tree/main/docs

By its schema and its code (`agent_json`); the client itself needs a login.
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

ID = "amazon-q"
HINT = "define {} in .amazonq/mcp.json, and set useLegacyMcpJson"
KEYS = agent_json.key_table(ID)
SPEC = agent_json.spec(ID, "Amazon Q")
DIALECT = agent_json.dialect(SPEC)


def _includes(source: SourceText) -> list[Include]:
    return included_prompts.found(agent_json.PROMPTS, source)


INCLUDES = _includes


def read(source: SourceText) -> ReadResult:
    """Read a JSON file as Amazon Q does."""
    return included_prompts.read(agent_json.PROMPTS, DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a JSON file that Amazon Q loads."""
    return included_prompts.write(agent_json.PROMPTS, DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a JSON file can hold."""
    agent_json.project(DIALECT, HINT, projection)
