"""Continue (`@continuedev/config-yaml` 1.42.0): markdown files in `.continue/agents`, one agent a file.

https://docs.continue.dev/

Its parser cuts the text at lines of `---` and blanks, wherever the first one is: what stands before it is passed over, and in the prompt
the blanks and empty lines behind each such line go. The package `yaml` reads the header; a name that is not there or empty, and a value
of a known key that is no text, drop the file. `tools` are names with commas: the client's own, `built_in` for all of those, and MCP
servers by the hub's `owner/package` or by address, each with `:tool` for one of its tools; a text without a name is no limit.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names, vocabulary
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import ToolGrant
from agentconv.families import javascript, keys, markdown, model_words, name_lists, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, Refused, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.source import SourceText

ID = "continue"
HINT = "add it to your configuration on Continue's hub"
BUILT_IN = "built_in"
_ENDS = "\n\r\u2028\u2029"
_FENCE = expression(rf"(?:\A|(?<=[{_ENDS}]))---[{SPACE}]*(?=[{_ENDS}]|\Z)")
_LONE = expression(r"[0-9]+(?:[/?#].*)?")
_TOOL = expression(r"[A-Za-z0-9_-]*")


def find(source: SourceText) -> Header | Complaint:
    """Find the header of any of the client's files."""
    opened = _FENCE.search(source.text)
    closed = _FENCE.search(source.text, opened.end()) if opened else None
    if opened is None or closed is None:
        return Complaint("the file has no header between two lines `---`")
    start = opened.end() + (source.text.startswith("\r", opened.end()))
    start += source.text.startswith("\n", start)
    return Header(source, min(start, closed.start()), closed.start(), closed.end())


def _body(text: str) -> str:
    """Return a prompt as the client puts it together again from what it cut."""
    return _FENCE.sub("---", javascript.without_crlf(text))


def _name(value: Any) -> str:
    if not keys.text("name")(value):
        raise Refused("`name` must not be empty")
    return str(value)


def _grant(word: str) -> ToolGrant:
    """Read one word.

    Raises:
        Refused: The client takes it for no tool.
    """
    if word.startswith(("http://", "https://")):
        server, _, tool = word.rpartition(":")
        alone = server in ("http", "https") or _LONE.fullmatch(tool)
        if alone:
            return ToolGrant(word, ID, "mcp", None, word, None)
        if not _TOOL.fullmatch(tool):
            raise Refused(f"`{word}` has no name of a tool behind its last colon")
    elif "/" in word:
        server, colon, tool = word.partition(":")
        if not colon or not server:
            return ToolGrant(word, ID, "mcp", None, word, None)
    else:
        return tool_tokens.own(ID, word)
    if re.search(rf"[{SPACE}]", word):
        raise Refused(f"`{word}` must not hold blanks")
    return ToolGrant(word, ID, "mcp", None, server, tool or None)


def _tools(value: Any) -> Mapping[str, object]:
    words = name_lists.words("tools", keys.text("tools")(value)) or []
    grants = list(dict.fromkeys(map(_grant, words)))
    if not grants:
        return {"tools.mode": "inherit"}
    if BUILT_IN in words:
        named = {one.native for one in grants}
        grants += [tool_tokens.own(ID, word) for word in vocabulary.tool_words(ID) if word not in named]
    return tool_tokens.listed(one for one in grants if one.native != BUILT_IN)


def _names_all(value: Any) -> bool:
    """Whether a list has the word for all of the client's own tools, for which their names stand in the fields."""
    return BUILT_IN in (name_lists.words("tools", value) or ())


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", keys.text("description")),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": Key(("tools.mode", "tools.allow"), _tools, name_lists.with_commas, _names_all),
}
SPEC = FormatSpec(
    id=ID,
    client="Continue",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=str,
    duplicates="the first in path order",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=("name",),
    name_of=partial(names.stem_of, suffixes=(".md",)),
    says_name=True,
    grammar=YAML_2,
    body=_body,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a Continue file can hold."""
    texts.require(projection, "name")
    texts.body(projection)
    prompt = projection.get("prompt.text")
    if prompt and "\r\n" in prompt:
        prompt = javascript.without_crlf(prompt)
        projection.change("prompt.text", prompt, "line-ends", "CRLF")
    if prompt and prompt != _body(prompt):
        projection.change("prompt.text", _body(prompt), "text-approximated", "Continue drops what is blank behind a line `---`")
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=False)
    tool_lists.refuse_none(projection, surely=True)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, HINT)


def _reads_back(grant: ToolGrant) -> bool:
    return grant.native != BUILT_IN and "," not in grant.native and grant.native.strip(SPACE) == grant.native != "" and _same(grant)


def _same(grant: ToolGrant) -> bool:
    try:
        return _grant(grant.native) == grant
    except Refused:
        return False
