"""Google Antigravity 2.0: `agent.md` in a folder for each agent in `.agents/agents`, by what is told of its documentation.

https://antigravity.google/docs/subagents

A name and a description are wanted. What its tools are called is not known, nor whether an empty list, which is said to be the default,
is none or all: such a list is taken for none, no list for all, and none is ever written for an agent from elsewhere, so that one
which is limited in any way is refused. It is written only where it is named, since the folder is everybody's: Kimi Code and Auggie
read these files, too.
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

ID = "antigravity"
HINT = "define it in .agents/mcp_config.json, for all agents"

KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    "description": simple("description", keys.text("description")),
    "tools": name_lists.allowed(ID, empty=True),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
}
SPEC = FormatSpec(
    id=ID,
    client="Antigravity",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="one of them",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    plain_fences.find,
    required=("name", "description"),
    name_of=partial(names.stem_of, suffixes=("/agent.md", ".md")),
    says_name=True,
    grammar=JS_YAML_4,
    least_prompt=1,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what an Antigravity file can hold."""
    shared_folder.project(DIALECT, HINT, projection)
