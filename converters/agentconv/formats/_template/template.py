"""Name of the client and version: markdown files in `.template/agents`, one agent a file.

https://example.com/docs/agents

Here stands what was measured: how the client finds the header and which YAML library reads it, what it repairs, and what it makes of a
value of a wrong type, of a tool that it does not have, and of a file without a header.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.families import keys, markdown, model_words, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.value_checks import is_texts
from agentconv.projecting import models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import ToolGrant
    from agentconv.core.source import SourceText

ID = "template"
_FILE = expression(r"---\r?\n(.*?)(\r?\n)---(?:\r?\n|\Z)", re.DOTALL)


def _find(source: SourceText) -> Header | Complaint:
    found = _FILE.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]))


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
}
SPEC = FormatSpec(
    id=ID,
    client="Template",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the first in path order",
)
DIALECT = markdown.Dialect(SPEC, KEYS, _find, grammar=JS_YAML_4)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what the client's file can hold."""
    texts.require(projection, "name", "description")
    texts.body(projection)
    texts.prompt(projection, "replace")
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=False)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    finish(projection, DIALECT)


def _reads_back(grant: ToolGrant) -> bool:
    return tool_tokens.own(ID, grant.native) == grant
