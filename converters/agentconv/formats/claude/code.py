r"""Claude Code 2.1.329: markdown files in `.claude/agents`, read as its own loader reads them.

https://code.claude.com/docs/en/sub-agents

The file must start with `---`; the header ends at the first `---` anywhere after it, even inside a value. YAML that
does not parse is rewritten once, line by line, with values in quotes (`loader.requoted`); if it still does not parse, the agent
is dropped. A literal backslash-n in a description is a line break. The body is trimmed as JavaScript trims.
"""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.diagnostics import Cause, Complaint
from agentconv.core.format import FormatSpec
from agentconv.families import javascript, markdown, model_words
from agentconv.families.keys import Key, Refused, simple
from agentconv.formats.claude import loader, spelling
from agentconv.projecting import hooks, models, permissions, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import AgentSet, Hook, Json, McpServer
    from agentconv.core.source import SourceText

ID = "claude-code"


def _name(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`name` must be text")
    if value.startswith("-") or ":" in unicodedata.normalize("NFKC", value):
        raise Refused("`name` must not start with `-` or contain `:`")
    if javascript.length(value) > 256:
        raise Refused("`name` must not be longer than 256 characters")
    return value


def _legal_name(name: str) -> str:
    if ":" in unicodedata.normalize("NFKC", name):
        name = "".join("-" if ":" in unicodedata.normalize("NFKC", char) else char for char in name)
    name = name.lstrip("-")
    while javascript.length(name) > 256:
        name = name[:-1]
    return name


def _description(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text that is not empty")
    return value.replace("\\n", "\n")


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    from agentconv.formats.claude import mcp_servers

    return mcp_servers.read(value)


def _write_servers(servers: tuple[McpServer, ...]) -> Json:
    from agentconv.formats.claude import mcp_servers

    return mcp_servers.write(servers)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read(ID, value)


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", _description),
    "tools": spelling.allowed(ID),
    "disallowedTools": spelling.denied(ID),
    "model": simple("model", partial(spelling.model, ID), model_words.write),
    "permissionMode": simple("permissions.mode", partial(spelling.mode, ID), lambda mode: vocabulary.native_mode(ID, mode)),
    "maxTurns": simple("limits.max_turns", javascript.count),
    "skills": simple("skills", spelling.skills, list),
    "mcpServers": simple("mcp_servers", _read_servers, _write_servers),
    "hooks": simple("hooks", _read_hooks, hooks.write),
    "background": simple("background", javascript.boolean),
    "effort": simple("effort", loader.effort),
    "color": simple("color", loader.color),
}
SPEC = FormatSpec(
    id=ID,
    client="Claude Code",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    reserved=frozenset({"claude", "explore", "general-purpose", "plan", "statusline-setup"}),
    duplicates="the one that the file system lists first",
    max_bytes=1_048_576,
)


def _refuses(header: Mapping[str, Json]) -> Complaint | None:
    stray = hooks.stray_guard(ID, header)
    return Complaint(f"`{stray}` holds a hook that may be a guard, outside `hooks`", stray, cause=Cause.GUARD) if stray else None


DIALECT = markdown.Dialect(SPEC, KEYS, loader.find, loader.requoted, refuses=_refuses)


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Claude Code does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Claude Code, and every strict YAML loader, reads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Claude Code file can hold."""
    texts.require(projection, "name", "description")
    _project_texts(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    from agentconv.projecting import tool_lists

    tool_lists.tool_list(projection, spelling.spell_server, spelling.allowed_reads_back, denied_reads_back=spelling.reads_back)
    spelling.project_delegates(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, loader.EFFORTS, numbers=True)
    loader.project_color(projection)
    from agentconv.formats.claude import mcp_servers

    mcp_servers.project(projection)
    hooks.project(projection, _read_hooks)
    spelling.project_skills(projection)


def _project_texts(projection: Projection) -> None:
    description = projection.get("description")
    if description and "\\n" in description:
        projection.change(
            "description", description.replace("\\n", "\n"), "text-approximated", "Claude Code turns a backslash and n into a line break"
        )
    texts.body(projection)
    texts.prompt(projection, "replace")
