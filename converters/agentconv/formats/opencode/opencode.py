"""OpenCode 1.18.33: markdown agents in `.opencode/agents`, modes in `.opencode/modes`, and the same keys in `opencode.json`.

https://opencode.ai/docs/agents

A file's place names the agent unless its header does; what other agents call is written `mode: subagent`. One wrong value in
one file of an agent, or in the configuration, keeps OpenCode from starting; a bad mode is passed over. Unknown keys are sent to
the provider of the model as options. In `opencode.json` the map `agents` of OpenCode 2 counts too, but for its `permissions`
(`families/opencode_native.py`); a header with its keys is read as any other.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.core.format import FormatSpec, State
from agentconv.families import markdown
from agentconv.formats.opencode import agent_keys
from agentconv.formats.opencode.dialect import Client, Repair, is_configuration
from agentconv.formats.opencode.permission_maps import Permissions

if TYPE_CHECKING:
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.includes import Include
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText
    from agentconv.formats.opencode.config_file import Configuration
    from agentconv.formats.opencode.merging import Merging

ID = "opencode"
PERMISSIONS = Permissions(ID, agent_keys.WHOLE)
KEYS = agent_keys.table(PERMISSIONS)
SWITCHES = agent_keys.SWITCHES


def _essence(source: SourceText) -> SourceText:
    return _configuration().essence(source) if is_configuration(source.path) else source


SPEC = FormatSpec(
    id=ID,
    client="OpenCode",
    holds=frozenset({"prompt.text", "prompt.mode", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=agent_keys.legal_name,
    reserved=frozenset({"build", "plan", "general", "explore", "scout", "compaction", "title", "summary"}),
    duplicates="the last one that it reads",
    essence=_essence,
)
CLIENT = Client(SPEC, Repair(lambda key, value: (f"{key}: |-", f"  {value}")), PERMISSIONS, (".opencode",), KEYS)
AGENTS, MODES = CLIENT.dialect(), CLIENT.dialect(mode=True)


@cache
def _configuration() -> Configuration:
    """Return what reads a configuration, which most projects have no agents in."""
    from agentconv.formats.opencode.config_file import Configuration

    return Configuration(CLIENT, State.STOPS, trusted=True, native=True)


def _includes(source: SourceText) -> list[Include]:
    """Return where a configuration names files whose text the client fills in."""
    return _configuration().includes(source) if is_configuration(source.path) else []


INCLUDES = _includes


def merging() -> Merging:
    """Return how what several files say of an agent is put together."""
    from agentconv.formats.opencode import configurations
    from agentconv.formats.opencode.merging import Merging

    return Merging(KEYS, configurations.OPENCODE, CLIENT.roots)


def _dialect(path: str) -> markdown.Dialect:
    return MODES if CLIENT.is_mode(path) else AGENTS


def read(source: SourceText) -> ReadResult:
    """Read a file as OpenCode does."""
    if is_configuration(source.path):
        return _configuration().read(source)
    return markdown.read(_dialect(source.path), source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file that OpenCode loads."""
    if is_configuration(original.path):
        return _configuration().write(agents, original)
    return markdown.write(_dialect(original.path), agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what an OpenCode file can hold."""
    if is_configuration(projection.path):
        _configuration().project(projection)
        return
    agent_keys.project_body(projection)
    agent_keys.project(projection, PERMISSIONS, AGENTS)
