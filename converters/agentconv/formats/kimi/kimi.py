"""Kimi Code 2.1.0: markdown files in `.kimi-code/agents`, up to eight folders deep, one agent a file.

https://moonshotai.github.io/kimi-code/en/customization/agents.html

A fence is a line of `---` and blanks, the first line and the next such one; js-yaml 4 reads what is between them, without the blanks at
its ends. A value of a wrong type, or a list of tools with an item that is no text, drops the file, and so does a missing description or
prompt. Lists are lists, or names with commas; `["*"]` is all tools, an empty list none. In the prompt, `${name}` of a name that the
client knows is filled in, and stays as it is for any other. No key chooses a model.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.families import javascript, markdown, name_lists, reading
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.projecting import mcp, models, permissions, placeholders, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.source import SourceText

ID = "kimi"
HINT = "define it in .kimi-code/mcp.json"
_BLANK = "[" + SPACE.replace("\n", "") + "]"
_CLOSE = expression(rf"^{_BLANK}*---{_BLANK}*(?:\n|\Z)", re.MULTILINE)
_OPEN = expression(rf"{_BLANK}*---{_BLANK}*\n")
_NAME = expression(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILLED_IN = (
    "additional_dirs_info",
    "additional_dirs_section",
    "agents_md",
    "base_prompt",
    "cwd",
    "cwd_listing",
    "notify_user_guidance",
    "os",
    "plugin_sections",
    "product_name",
    "reply_style_guide",
    "role_additional",
    "shell",
    "skills",
    "skills_section",
    "windows_notes",
)
TEMPLATE = placeholders.Template(ID, expression(rf"\$\{{({'|'.join(_FILLED_IN)})\}}"), frozenset(_FILLED_IN), fails=False)


def find(source: SourceText) -> Header | Complaint:
    """Find the header of an agent or a skill: between two lines of `---` and blanks, the first of them the first line."""
    text = source.text
    opened = _OPEN.match(text)
    if opened is None:
        return reading.UNOPENED
    closed = _CLOSE.search(text, opened.end())
    if closed is None:
        return Complaint("the header is never closed by a line `---`")
    between = text[opened.end() : closed.start()]
    start = opened.end() + len(between) - len(between.lstrip(SPACE))
    tail = len(between) - len(between.rstrip(SPACE))
    return Header(source, min(start, closed.start()), closed.start(), closed.end(), tail=min(tail, closed.start() - start))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _filled(name: str, value: Any) -> str | None:
    """Return a text without the blanks at its ends; nothing, where there is none."""
    if value is not None and not isinstance(value, str):
        raise Refused(f"`{name}` must be text")
    return (value or "").strip(SPACE) or None


def _name(value: Any) -> Mapping[str, object]:
    name = _filled("name", value)
    if name is not None and not _NAME.fullmatch(name):
        raise Refused("`name` is small letters and digits, with single dashes between them")
    return {"name": name} if name else {}


def _description(value: Any) -> str:
    found = _filled("description", value)
    if found is None:
        raise Refused("`description` must not be blank")
    return found


def _delegates(value: Any) -> tuple[str, ...] | None:
    words = name_lists.words("subagents", value)
    return None if words is None else tuple(dict.fromkeys(words))


KEYS: dict[str, Key] = {
    "name": Key(("name",), _name, lambda agent: ABSENT if agent.name is None else agent.name),
    "description": simple("description", _description),
    "tools": name_lists.allowed(ID, empty=True),
    "disallowedTools": name_lists.denied(ID),
    "subagents": simple("delegates", _delegates, list),
}
SPEC = FormatSpec(
    id=ID,
    client="Kimi Code",
    holds=frozenset({"prompt.text", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the first in path order",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=("description",),
    name_of=_stem,
    says_name=True,
    grammar=JS_YAML_4,
    template=TEMPLATE,
    least_prompt=1,
    body=javascript.without_crlf,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Kimi Code file can hold."""
    texts.trim(projection, "description", SPACE)
    texts.require(projection, "name", "description")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    prompt = projection.get("prompt.text")
    if prompt and "\r\n" in prompt:
        projection.change("prompt.text", javascript.without_crlf(prompt), "line-ends", "CRLF")
    placeholders.project(projection, TEMPLATE)
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, name_lists.spell_server, partial(name_lists.reads_back, ID))
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.drop(projection, HINT)
