"""deepagents-code 0.1.88: `AGENTS.md` in a folder for each agent in `.deepagents/agents`.

https://docs.langchain.com/oss/python/deepagents/cli/overview

The header stands between a first line of three dashes and the next line that starts so and goes on with blanks alone; PyYAML's safe
loader reads it. A name, where there is one, and a description are text that is not blank, and a model is text, or else the client drops
the agent; the folder's name is the default. All other keys, `tools` among them, are passed over, so that an agent has all that its
session has. An empty model is none; without a provider the client may not find one.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import Model
from agentconv.families import javascript, markdown
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Key, Refused, simple
from agentconv.projecting import mcp, models, permissions, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from agentconv.core.format import Projection
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

ID = "deepagents"
FILE = "/AGENTS.md"
_FILE = expression(r"---\s*\n(.*?)(\n)---\s*(?:\n|\Z)", re.DOTALL)
_LONE_CR = expression(r"\r(?!\n)")


def find(source: SourceText) -> Header | Complaint:
    """Find the header as the client does, to which any line end is a line feed."""
    if not source.decodable:
        return Complaint("the file is not valid UTF-8")
    text = _LONE_CR.sub("\n", source.text)
    found = _FILE.match(text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=1, lone_cr=True)


def _filled(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"`{name}` must be text that is not blank")
    return value.strip()


def _model(value: Json) -> Model | None:
    if value is not None and not isinstance(value, str):
        raise Refused("`model` must be text")
    return _named(value) if value else None


def _named(word: str) -> Model:
    """Return the model that a word names, behind its provider."""
    provider, _, model = word.partition(":")
    return Model("id", model, provider) if provider and model else Model("id", word)


def _write_model(model: Model) -> Json:
    return f"{model.provider}:{model.value}" if model.provider else model.value


KEYS: dict[str, Key] = {
    "name": simple("name", partial(_filled, "name")),
    "description": simple("description", partial(_filled, "description")),
    "model": simple("model", _model, _write_model),
}
SPEC = FormatSpec(
    id=ID,
    client="deepagents-code",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="one of them",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=("description",),
    name_of=partial(names.stem_of, suffixes=(FILE,)),
    says_name=True,
    grammar=PYYAML,
    body=javascript.line_feeds,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a deepagents-code file can hold."""
    texts.trim(projection, "description")
    texts.require(projection, "name", "description")
    texts.body(projection)
    texts.line_feeds(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts; an agent that is limited in any way is one that the client would not hold to it."""
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection, _named, providers=True)
    mcp.drop(projection, "define it in .mcp.json, for all agents")
