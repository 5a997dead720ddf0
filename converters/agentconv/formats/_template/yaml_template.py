"""Name of the client and version: YAML files in `.template/agents`, one agent a file, its prompt a key of it.

https://example.com/docs/agents

Here stands what was measured: which YAML library reads the file, what it repairs, and what the client makes of a value of a wrong type,
of a tool that it does not have, and of a file without a prompt.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.format import FormatSpec
from agentconv.families import keys, model_words, records, tool_tokens, yaml_records
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.record_file import Roster
from agentconv.families.value_checks import is_texts
from agentconv.projecting import models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import ToolGrant

ID = "template"
ROSTER = Roster("", by_name=False, document=True)
"""The document is the agent."""


def _tools(value: Any) -> Mapping[str, object]:
    if not is_texts(value):
        raise Refused("`tools` is a list of names")
    return tool_tokens.listed(tool_tokens.own(ID, word) for word in value)


KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "maxTurns": simple("limits.max_turns", keys.count("maxTurns")),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": Key(("tools.mode", "tools.allow"), _tools, tool_tokens.write),
    "prompt": simple("prompt.text", keys.text("prompt")),
}
SPEC = FormatSpec(
    id=ID,
    client="Template",
    holds=frozenset(path for key in KEYS.values() for path in key.fields),
    legal_name=names.slug,
    duplicates="the first in path order",
)
DIALECT = records.Dialect(
    SPEC, KEYS, lambda source: yaml_records.parse(source, ROSTER, KEYS, JS_YAML_4), required=("name", "description", "prompt")
)
read = partial(records.read, DIALECT)
write = partial(records.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what the client's file can hold."""
    texts.require(projection, "name", "description", "prompt.text")
    texts.prompt(projection, "replace")
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=False)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    finish(projection, DIALECT)


def _reads_back(grant: ToolGrant) -> bool:
    return tool_tokens.own(ID, grant.native) == grant
