"""The folder `.agents/agents`, which goose, Auggie, Kimi Code and OpenHands read: markdown files, one agent a file.

https://github.com/agentsfolder

Only three things mean the same to all of them: a name, a description and the prompt; without a name goose has no agent, and without a
description Kimi Code. A list of tools holds nothing in goose, and is spelled otherwise in each of the others, so that an agent which is
limited in any way is not written here. What a file says of tools, in Claude Code's words, is what its author means: an agent that is
taken elsewhere may do no more. The header is read as js-yaml 4 reads it, which two of the four do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.format import FormatSpec
from agentconv.core.losses import listed
from agentconv.families import keys, markdown, model_words, name_lists, plain_fences
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.format import Projection

ID = "agents-dir"

KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "tools": name_lists.allowed(ID, empty=True),
    "disallowedTools": name_lists.denied(ID),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
}
SPEC = FormatSpec(
    id=ID,
    client="the clients of .agents",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="one of them",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    plain_fences.find,
    required=(),
    name_of=partial(names.stem_of, suffixes=(".md",)),
    says_name=True,
    grammar=JS_YAML_4,
    least_prompt=1,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what all clients of the folder take alike."""
    if not projection.at_home:
        texts.trim(projection, "description", SPACE)
        texts.require(projection, "description")
    texts.require(projection, "name", "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts; an agent that is limited in any way is one that not all clients of the folder would hold to it."""
    if projection.at_home:
        tool_lists.tool_list(projection, name_lists.spell_server, partial(name_lists.reads_back, ID))
    else:
        _drop_lists(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, "define it in each client that reads the folder")


def _drop_lists(projection: Projection) -> None:
    """Leave lists of tools out."""
    if projection.get("tools.mode") != "inherit" or projection.get("tools.deny"):
        named = [grant.native for path in ("tools.allow", "tools.deny") for grant in projection.get(path)]
        values = {"tools.mode": "inherit", "tools.allow": (), "tools.deny": ()}
        projection.change_together(values, "field-dropped", listed(named, nothing="none"))
