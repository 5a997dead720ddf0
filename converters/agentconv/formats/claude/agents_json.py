"""Claude Code 2.1.329: the object of agents that `claude --agents` takes, as text or as a file, and the Agent SDK sends.

https://code.claude.com/docs/en/sub-agents

The file is strict JSON (a byte order mark may stand before it), a map of names to agents. All of it is validated, and one
wrong value keeps Claude Code from starting: `Invalid --agents configuration: a.tools: expected array, received string`.
Texts are taken as they stand: no trimming, no unescaping. Unknown keys, `color` among them, are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import fields, vocabulary
from agentconv.core.diagnostics import Complaint
from agentconv.core.format import FormatSpec, State
from agentconv.families import json_records, keys, model_words, records
from agentconv.families.keys import Ignored, Key, Refused, simple
from agentconv.families.record_file import Roster
from agentconv.families.value_checks import is_bool, is_filled, is_text, is_texts
from agentconv.formats.claude import mcp_servers, spelling
from agentconv.projecting import hooks, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import AgentSet, Hook, Json, McpServer, Model
    from agentconv.core.source import SourceText

ID = "claude-agents-json"
WORDS = "claude-code"
"""The format whose words these are: it is the same client."""
EFFORTS = ("low", "medium", "high", "xhigh", "max")
ROSTER = Roster("", by_name=True)


def _checked(name: str, takes: Callable[[Json], bool], what: str, read: Callable[[Any], Any] | None = None) -> Callable[[Json], Any]:
    """Make a reader that refuses what the client's schema does not take."""

    def checked(value: Json) -> Any:
        if not takes(value):
            raise Refused(f"`{name}` must be {what}")
        try:
            return read(value) if read else value
        except Ignored as reason:
            raise Refused(f"`{name}`: {reason.reason}") from None

    return checked


def _list_key(name: str, key: Key) -> Key:
    """Hold a key of names to be a list of text; what no name is in it, the client passes over."""

    def read(value: Json) -> Mapping[str, object]:
        if not is_texts(value):
            raise Refused(f"`{name}` must be a list of text")
        return key.read(value)

    return Key(key.fields, read, key.write)


def _effort(value: Json) -> str | int:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and value in EFFORTS:
        return value
    raise Refused("`effort` must be " + ", ".join(EFFORTS) + " or a whole number")


def _model(value: Json) -> Model:
    return spelling.model(WORDS, value)


def _mode(value: Json) -> str:
    return spelling.mode(WORDS, value)


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    return mcp_servers.read(value)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    if not isinstance(value, dict):
        raise Refused("`hooks` must be a map of events")
    return hooks.read(WORDS, value, searched=False)


def _any(value: Json) -> bool:  # noqa: ARG001 - the reader itself judges
    return True


_PROMPT = _checked("prompt", is_text, "text")
KEYS: dict[str, Key] = {
    "description": simple("description", _checked("description", is_filled, "text that is not empty")),
    "prompt": Key(("prompt.text",), lambda value: {"prompt.text": _PROMPT(value)}, lambda agent: fields.get(agent, "prompt.text") or ""),
    "tools": _list_key("tools", spelling.allowed(WORDS, as_list=True)),
    "disallowedTools": _list_key("disallowedTools", spelling.denied(WORDS, as_list=True)),
    "model": simple("model", _checked("model", is_filled, "text that is not blank", _model), model_words.write),
    "permissionMode": simple(
        "permissions.mode", _checked("permissionMode", _any, "", _mode), lambda mode: vocabulary.native_mode(WORDS, mode)
    ),
    "maxTurns": simple("limits.max_turns", keys.count("maxTurns")),
    "skills": simple("skills", _checked("skills", is_texts, "a list of text", spelling.skills), list),
    "mcpServers": simple("mcp_servers", _checked("mcpServers", _any, "", _read_servers), mcp_servers.write),
    "hooks": simple("hooks", _checked("hooks", _any, "", _read_hooks), hooks.write),
    "background": simple("background", _checked("background", is_bool, "true or false")),
    "effort": simple("effort", _effort),
}
SPEC = FormatSpec(
    id=ID,
    client="Claude Code (--agents)",
    holds=frozenset({"name", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name.lstrip("-"),
    duplicates="the last one",
)
DIALECT = records.Dialect(
    SPEC,
    KEYS,
    lambda source: json_records.parse(source, ROSTER),
    required=("description", "prompt"),
    bad_name=lambda name: Complaint("a name must not start with `-`") if name.startswith("-") else None,
    all_or_nothing=True,
    dropped=State.STOPS,
)


def read(source: SourceText) -> ReadResult:
    """Read the agents as `claude --agents` does."""
    return records.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write the agents so that `claude --agents` takes them."""
    return records.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what the object can hold."""
    texts.require(projection, "name", "description")
    if projection.get("prompt.text") is None:
        projection.translate("prompt.text", "")
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, spelling.spell_server, spelling.allowed_reads_back, denied_reads_back=spelling.reads_back)
    spelling.project_delegates(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, EFFORTS, numbers=True)
    mcp_servers.project(projection)
    hooks.project(projection, _read_hooks)
    spelling.project_skills(projection)
