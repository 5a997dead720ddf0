"""Junie CLI: markdown files in `.junie/agents`, one agent a file.

https://junie.jetbrains.com/docs/junie-cli-subagents.html

By its documentation: without a description there is no agent; a file has the name of its stem unless it gives one. Lists of tools are
lists, or names with commas, in Claude Code's words. What an empty list means is not said, so that none is written; what a value of a
wrong type costs neither: it is taken for one that the client drops the file for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.format import FormatSpec
from agentconv.families import keys, markdown, model_words, name_lists, plain_fences
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, simple
from agentconv.families.value_checks import is_texts
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.format import Projection

ID = "junie"
HINT = "define it in .junie/mcp/mcp.json, for all agents"
EFFORTS = ("low", "medium", "high")


def _effort(value: Any) -> str:
    if value not in EFFORTS:
        raise Ignored("`reasoningLevel` is low, medium or high")
    return str(value)


def _skills(value: Any) -> tuple[str, ...]:
    if not is_texts(value):
        raise Ignored("`skills` is a list of names")
    return tuple(value)


KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "tools": name_lists.allowed(ID, empty=True),
    "disallowedTools": name_lists.denied(ID),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "reasoningLevel": simple("effort", _effort),
    "skills": simple("skills", _skills, list),
}
SPEC = FormatSpec(
    id=ID,
    client="Junie",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the one in the project",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    plain_fences.find,
    required=("description",),
    name_of=partial(names.stem_of, suffixes=(".md",)),
    says_name=True,
    grammar=JS_YAML_4,
    least_prompt=1,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Junie file can hold."""
    texts.require(projection, "name", "description")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, name_lists.spell_whole_server, partial(name_lists.reads_back, ID))
    tool_lists.refuse_none(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, EFFORTS)
    mcp.drop(projection, HINT)
