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
from agentconv.families import keys, markdown, model_words, name_lists, plain_fences
from agentconv.families.keys import Key, simple
from agentconv.formats.agents_dir import shared_folder
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
    shared_folder.project(DIALECT, "define it in each client that reads the folder", projection)
