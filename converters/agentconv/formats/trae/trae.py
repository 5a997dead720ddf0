"""Trae: markdown files in `.trae/agents`, one agent a file, which its SOLO agent hands work to.

https://docs.trae.cn/ide_subagents

By its documentation: a name is a letter, then letters, digits and dashes, and without it or a description there is no agent; lists of
tools are names with commas, those of its terminal client, which has Claude Code's. What an empty list means is not said, so that none
is written; what a value of a wrong type costs neither: it is taken for one that the client drops the file for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.families import keys, markdown, model_words, name_lists, plain_fences
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, Refused, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.format import Projection

ID = "trae"
HINT = "define it in .trae/mcp.json, for all agents"
_NAME = expression(r"[A-Za-z][A-Za-z0-9-]*")


def _name(value: Any) -> str:
    if not _NAME.fullmatch(keys.text("name")(value)):
        raise Refused("`name` is a letter, then letters, digits and dashes")
    return str(value)


def _legal_name(name: str) -> str:
    found = name if _NAME.fullmatch(name) else names.slug(name).replace("_", "-")
    return found if _NAME.fullmatch(found) else f"a-{found}" if found else ""


def _description(value: Any) -> str:
    if not keys.text("description")(value):
        raise Refused("`description` must not be empty")
    return str(value)


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", _description),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": name_lists.allowed(ID, empty=True, write=name_lists.with_commas),
    "disallowedTools": name_lists.denied(ID, commas=True),
}
SPEC = FormatSpec(
    id=ID,
    client="Trae",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    duplicates="the one in the project",
)
DIALECT = markdown.Dialect(SPEC, KEYS, plain_fences.find, grammar=JS_YAML_4, least_prompt=1)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Trae file can hold."""
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
    mcp.drop(projection, HINT)
