"""goose 1.52.0: markdown files in `.goose/agents`, one agent a file.

https://goose-docs.ai/docs/guides/context-engineering/subagents

The header is what stands between the first two `---`, wherever they are, in a line too, and whatever is before them. serde_yaml reads
it: a value of three keys that is one word is text as it is spelled, a list or a map drops the file, and so does such a key twice; all
other keys, `tools` among them, are passed over, so that an agent has all that its session has. Without a prompt there is no agent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.format import FormatSpec, ReadResult
from agentconv.families import keys, markdown, model_words
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.rust import SPACE
from agentconv.projecting import mcp, models, permissions, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from agentconv.core.format import Projection
    from agentconv.core.source import SourceText

ID = "goose"
_FENCE = "---"


def _find(source: SourceText) -> Header | Complaint:
    if not source.decodable:
        return Complaint("the file is not valid UTF-8")
    text = source.text
    opened = text.find(_FENCE)
    closed = text.find(_FENCE, opened + len(_FENCE)) if opened >= 0 else -1
    if closed < 0:
        return Complaint("the file has no header between two `---`")
    block = text[opened + len(_FENCE) : closed].lstrip(SPACE)
    tail = len(block) - len(block.rstrip(SPACE))
    return Header(source, closed - len(block), closed, closed + len(_FENCE), tail=tail)


def _stem(path: str) -> str:
    """Return what a person takes an agent's name for that the client drops because it has none."""
    return names.stem_of(path, (".md",))


def _optional(name: str, value: Any) -> str | None:
    return None if value is None else keys.text(name)(value)


def _named(value: Any) -> str:
    if value is None:
        raise Refused("`name` must be text")
    return keys.text("name")(value)


KEYS: dict[str, Key] = {
    "name": simple("name", _named),
    "description": simple("description", partial(_optional, "description")),
    "model": simple("model", lambda value: None if value is None else model_words.read(ID, keys.text("model")(value)), model_words.write),
}
SPEC = FormatSpec(
    id=ID,
    client="goose",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the first in path order",
)
DIALECT = markdown.Dialect(
    SPEC, KEYS, _find, required=("name",), name_of=_stem, says_name=True, grammar=SERDE_YAML, spelled=frozenset(KEYS), least_prompt=1
)
write = partial(markdown.write, DIALECT)


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as goose does."""
    return markdown.read(DIALECT, source)


def project(projection: Projection) -> None:
    """Turn an agent into what a goose file can hold."""
    if not projection.at_home:
        texts.trim(projection, "description", "\n")  # at the header's end it would lose them
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    _refuse_fences(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)
    permissions.unasked(projection)  # with its list gone, an agent has every tool


def _refuse_fences(projection: Projection) -> None:
    """Refuse what would end the header."""
    for path in ("name", "description"):
        if _FENCE in (projection.get(path) or "") and not projection.at_home:
            projection.refuse("refused-text", path, Detail("`---` in it would end the header", ()))


def _project_shape(projection: Projection) -> None:
    """Project all but the texts; an agent that is limited in any way is one that goose would not hold to it."""
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.drop(projection, "add it with `goose configure`")
