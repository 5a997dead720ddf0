"""Cline 3.0.65 (@cline/core 0.0.86): YAML files in `.cline/agents` that hold a header between fences and a prompt.

https://docs.cline.bot

The suffix is `.yaml` or `.yml`; a file that is nothing but YAML is none. The header ends at the last line `---` for which what
is before it parses and has the right types. (A line `---` starts a document, and two documents do not parse, so that is the
first with anything before it but comments and directives.) Whatever is wrong with the header, the client says that the
closing fence is missing. Unknown keys, `model` among them, are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import Model
from agentconv.core.losses import quoted
from agentconv.families import keys, markdown, reading, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.value_checks import is_text, is_texts
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json, ToolGrant
    from agentconv.core.source import SourceText

ID = "cline"

_BLANK = "[" + SPACE.replace("\n", "").replace("\r", "") + "]"
_OPEN = expression(rf"---{_BLANK}*(?:\r?\n|\Z)")
_CLOSE = expression(rf"(?:^|(?<=[\r\u2028\u2029]))---{_BLANK}*(?:\r?\n|(?=[\r\u2028\u2029])|\Z)", re.MULTILINE)
_NOTHING_YET = expression(r"(?:[ \t]*(?:#[^\r\n]*)?|%[^\r\n]*|---[ \t]*(?:#[^\r\n]*)?)(?:\r?\n|\Z)")


def _find(source: SourceText) -> Header | Complaint:
    """Find the header: up to the first line `---` that something stands before, since the client takes none after it."""
    text = source.text
    opened = _OPEN.match(text, markdown.strip_bom(text))
    if opened is None:
        return reading.UNOPENED
    start = begun = opened.end()
    while begun < len(text) and (line := _NOTHING_YET.match(text, begun)):
        begun = line.end()
    closed = _CLOSE.search(text, begun)
    if closed is None:
        return Complaint("the header is never closed by a line `---`")
    if not text[closed.end() :].strip(SPACE):
        return Complaint("there is no prompt after the header")
    return Header(source, start, closed.start(), closed.end())


def _filled(name: str) -> Any:
    def read(value: Json) -> str:
        if not isinstance(value, str) or not value.strip(SPACE):
            raise Refused(f"`{name}` must be text that is not blank", key=name)
        return value.strip(SPACE)

    return read


def _names(name: str, value: Any) -> tuple[str, ...]:
    """Read a list of names, or names with commas: trimmed, and each once."""
    if not is_text(value) and not is_texts(value):
        raise Refused(f"`{name}` is a list of names, or names with commas")
    found = (part.strip(SPACE) for part in (value.split(",") if isinstance(value, str) else value))
    return tuple(dict.fromkeys(filter(None, found)))


def _read_tools(value: Json) -> Mapping[str, object]:
    return tool_tokens.listed(tool_tokens.own(ID, word) for word in _names("tools", value))


def _no_server(_server: str, _tool: str | None) -> str:
    """Write an MCP server: a configured agent gets no tools of any."""
    return ""


def _reads_back(value: ToolGrant) -> bool:
    return _names("tools", [value.native]) == (value.native,) and tool_tokens.own(ID, value.native) == value


KEYS: dict[str, Key] = {
    "name": simple("name", _filled("name")),
    "description": simple("description", _filled("description")),
    "tools": Key(("tools.mode", "tools.allow"), _read_tools, tool_tokens.write),
    "skills": simple("skills", lambda value: _names("skills", value), list),
    "maxIterations": simple("limits.max_turns", keys.count("maxIterations")),
}
SWITCHES = dict.fromkeys(("providerId", "modelId"), "model")
"""Keys that only mean something together: `_lift` reads them, `_lower` writes them."""


def _lift(header: dict[str, Json]) -> dict[str, object]:
    """Take the model out; a provider alone says none."""
    found = {key: _filled(key)(header[key]) for key in SWITCHES if key in header}
    if "modelId" not in found:
        return {}
    for key in found:
        del header[key]
    return {"model": Model("id", found["modelId"], found.get("providerId"))}


def _lower(agent: Agent) -> dict[str, Json]:
    model = agent.model
    if model is None:
        return {}
    return {**({"providerId": model.provider} if model.provider else {}), "modelId": model.value}


SPEC = FormatSpec(
    id=ID,
    client="Cline",
    holds=frozenset({"prompt.text", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name.strip(SPACE),
    duplicates="the one that the file system lists first",
)
DIALECT = markdown.Dialect(SPEC, KEYS, _find, lift=_lift, lower=_lower, grammar=YAML_2)


def read(source: SourceText) -> ReadResult:
    """Read an agent file as Cline does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write an agent file that Cline loads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Cline file can hold."""
    texts.require(projection, "name", "description", "prompt.text", blanks=SPACE)
    texts.trim(projection, "description", SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, _no_server, _reads_back, denies=False)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    _project_model(projection)
    mcp.drop(projection, "define it in Cline's configuration, for all agents")


def _project_model(projection: Projection) -> None:
    """Keep a model only as its id, with its provider."""
    model: Model | None = projection.get("model")
    if model is None:
        return
    texts = [model.value, *([model.provider] if model.provider is not None else [])]
    if model.kind != "id" or model.fallbacks or not all(text and text == text.strip(SPACE) for text in texts):
        projection.change("model", None, "model-dropped", quoted(model.value))
