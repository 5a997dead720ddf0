"""One agent a JSON file, as Amazon Q Developer CLI (at 15cc8f3) and Kiro CLI 1 and 2, which comes from it, read it.

https://kiro.dev/docs/cli/custom-agents/configuration-reference

serde reads the file, denies keys that it does not know, and wants a name. Without a list of tools an agent has none; each call is
asked for, unless `allowedTools` or the settings of a tool say otherwise. A prompt `file://...` is the text of a file beside it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import fields, names
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import Model
from agentconv.core.meant import Foreign, Text
from agentconv.families import included_prompts, json_records, keys, model_words, records
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.record_file import Roster
from agentconv.families.value_checks import is_text
from agentconv.formats.kiro import hook_lists, mcp_servers, tool_settings, tool_words
from agentconv.projecting import hooks, mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json, ToolGrant
    from agentconv.families.keys import Absent

ROSTER = Roster("", by_name=False, document=True)
PROMPTS = included_prompts.Scheme("prompt", expression(r"file://(.*)", re.DOTALL), lambda source: json_records.parse(source, ROSTER))
_NAME = expression(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def legal_name(name: str) -> str:
    """Return the nearest name that the command line takes."""
    return name if _NAME.fullmatch(name) else names.slug(name)


def _optional(path: str, name: str, read: Callable[[str], object] = str) -> Key:
    """Make a key of text, or null for nothing."""
    of_text = keys.text(name)
    get = fields.getter(path)

    def to_fields(value: Json) -> Mapping[str, object]:
        return {} if value is None else {path: read(of_text(value))}

    def from_fields(agent: Agent) -> Json | Absent:
        value = get(agent)
        return ABSENT if value is None else model_words.write(value) if isinstance(value, Model) else value

    return Key((path,), to_fields, from_fields)


def _prompt(format_id: str) -> Key:
    """Make the key of the prompt; where it names a file that is not read, it is no text that anybody else has."""

    def read(value: Any) -> Mapping[str, object]:
        if value is None:
            return {}
        if not is_text(value):
            raise Refused("`prompt` must be text")
        live = isinstance(value, Text) and any(isinstance(part, Foreign) for part in value.parts)
        return {"prompt.text": value, "prompt.syntax": format_id if live else "literal"}

    def write(agent: Agent) -> Json | Absent:
        text = fields.get(agent, "prompt.text")
        return ABSENT if text is None else text

    return Key(("prompt.text", "prompt.syntax"), read, write)


def key_table(format_id: str) -> dict[str, Key]:
    """Return the keys of a file."""
    return {
        "name": simple("name", keys.text("name")),
        "description": _optional("description", "description"),
        "prompt": _prompt(format_id),
        "mcpServers": mcp_servers.key(format_id),
        "tools": tool_words.key(format_id),
        "toolsSettings": tool_settings.key(format_id, "toolsSettings"),
        "hooks": hook_lists.key(format_id),
        "model": _optional("model", "model", partial(model_words.read, format_id)),
    }


def spec(format_id: str, client: str) -> FormatSpec:
    """Return what is particular to one of the clients."""
    held = frozenset(path for key in key_table(format_id).values() for path in key.fields)
    return FormatSpec(format_id, client, held, legal_name, duplicates="the one in the project")


def dialect(spec: FormatSpec) -> records.Dialect:
    """Return what one of the clients does with a file."""
    return records.Dialect(spec, key_table(spec.id), partial(included_prompts.filled, PROMPTS), required=("name",), lift=tool_words.lift)


def project(dialect: records.Dialect, hint: str, projection: Projection) -> None:
    """Turn an agent into what a file can hold."""
    texts.require(projection, "name")
    included_prompts.refuse_named(PROMPTS, projection)
    syntax = projection.target.id if projection.get("prompt.syntax") == projection.target.id else "literal"
    texts.prompt(projection, "replace", syntax)
    once(projection, _project_shape, hint)
    finish(projection, dialect)


def _project_shape(projection: Projection, hint: str) -> None:
    """Project all but the texts."""
    format_id = projection.target.id

    def reads_back(grant: ToolGrant) -> bool:
        return tool_words.reads_back(format_id, grant)

    def is_part(grant: ToolGrant) -> bool:
        return tool_settings.reads_back(format_id, grant)

    denied = projection.get("tools.deny")
    parts = bool(denied) and all(map(is_part, denied))
    denies = is_part if parts else None
    tool_lists.tool_list(projection, tool_words.spell_server, reads_back, denies=parts, denied_reads_back=denies)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.project_servers(projection, partial(mcp_servers.reads_back, format_id), hint, mcp_servers.without_on)
    hooks.keep_own(projection)
