r"""Cursor (SDK 1.0.32): markdown files in `.cursor/agents` and below, read line by line.

https://cursor.com/docs/subagents

The header is no YAML (`families/line_header.py`): quotes and comments are part of a value, a value ends with its line. Only a
file with a header and a prompt is an agent; no key is required. The client sends an agent's `tools` to its server and holds it
to nothing of them. What it does enforce is `readonly`: writing, deleting, every shell and every MCP tool are then refused;
fetching from the network is not. So a list of tools becomes that flag, or nothing. It reads UTF-16 and UTF-32 too
(`line_encoding`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Detail, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult, Whole, WriteResult
from agentconv.core.names import stem_of
from agentconv.families import javascript, keys, line_file, model_words, reading
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, simple
from agentconv.families.line_header import folded
from agentconv.formats.cursor import line_encoding, line_header, line_remarks
from agentconv.projecting import mcp, models, permissions, switches, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, AgentSet, Json, Model
    from agentconv.core.source import SourceText

ID = "cursor"
_NO_NAME = expression(rf"[{SPACE}_]+")


def _name_of(path: str) -> str:
    """Return the name of an agent whose header has none: the file's, with dashes for blanks and underscores."""
    return _NO_NAME.sub("-", stem_of(path, ()))


def _line(value: Json) -> str:
    return folded(value) if isinstance(value, str) else ""


def _name(value: Json) -> Mapping[str, object]:
    return {"name": _line(value)} if _line(value) else {}


def _model(value: Json) -> Model:
    word = _line(value)
    if not word:
        raise Ignored("a model is a word")
    return model_words.read(ID, word)


def _flag(value: Json, key: str) -> bool:
    """Read `true` or `false`; the client takes whatever is not `true` for false."""
    word = _line(value).lower()
    if word not in ("true", "false"):
        raise Ignored(f"only `true` sets `{key}`")
    return word == "true"


def _readonly(value: Json) -> str | None:
    return "read-only" if _flag(value, "readonly") else None


KEYS: dict[str, Key] = {
    "name": Key(("name",), _name, lambda agent: keys.ABSENT if agent.name is None else agent.name),
    "description": simple("description", _line),
    "model": simple("model", _model, model_words.write),
    "readonly": simple("permissions.mode", _readonly, lambda mode: "true" if mode == "read-only" else "false"),
}
SWITCHES = {"is_background": "background", "background": "background"}
"""Two words for one thing, of which the second one decides: `_lift` reads them, `_lower` writes the documented one."""


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    key = next((name for name in ("background", "is_background") if name in header), None)
    if key is None or _line(header[key]).lower() not in ("true", "false"):
        return {}
    value = _line(header[key]).lower() == "true"
    for name in SWITCHES:
        header.pop(name, None)
    return {"background": value}


def _lower(agent: Agent) -> Mapping[str, Json]:
    key = "background" if "background" in agent.extras.get(ID, {}) else "is_background"
    return {} if agent.background is None else {key: "true" if agent.background else "false"}


SPEC = FormatSpec(
    id=ID,
    client="Cursor",
    holds=frozenset({"prompt.text", "background", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=folded,
    reserved=frozenset(
        {"explore", "bash", "shell", "debug", "browser-use", "computer-use", "cursor-guide", "generalpurpose", "claude-code-tutor"}
    ),
    duplicates="both, or with several workspace roots the first",
)


def _body(text: str, prompt: str) -> str:
    return prompt.replace("\r\n", "\n") if line_encoding.has_crlf(text) else prompt


def _line_end(text: str) -> str:
    return "\r\n" if line_encoding.has_crlf(text) else "\n"


def _padding(text: str) -> str:
    """Return as many LF as let a prompt keep the CRLF that it has among its line breaks."""
    return "\n" * max(0, 20 * text.count("\r\n") - text.count("\n") + 1) if line_encoding.has_crlf(text) else ""


DIALECT = line_file.Dialect(
    SPEC,
    KEYS,
    line_header.find,
    line_header.parse,
    _name_of,
    lift=_lift,
    lower=_lower,
    stronger={"is_background": "background"},
    unclosed=line_header.never_closed,
    unread=line_encoding.no_text,
    body=_body,
    line_end=_line_end,
    padding=_padding,
    remarks=partial(line_remarks.remarks, SPEC),
)
_WIDE = replace(DIALECT, unread=lambda _data: None, body=lambda _text, prompt: prompt)
"""In a wide encoding the client finds no CRLF, since it looks for two bytes."""


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Cursor does."""
    text = line_encoding.decoded(source)
    if text is None:
        return line_file.read(DIALECT, source)
    result = line_file.read(_WIDE, text)
    found = reading.remark(
        SPEC,
        Code.UNDECODABLE,
        lambda client: f"{client} reads UTF-16 and UTF-32; other clients, and other tools, do not",
        text.span(),
        "save the file as UTF-8",
        name=next((agent.name for agent in result.set.agents), None),
        severity=Severity.NOTE,
    )
    return ReadResult(result.set, result.states, (found, *result.diagnostics))


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Cursor reads; one in UTF-16 or UTF-32 that is changed is written anew, in UTF-8."""
    if line_encoding.decoded(original) is None:
        return line_file.write(DIALECT, agents, original)
    old = read(original).set.agents
    if not agents.agents or (old and fields.same(old[0], agents.agents[0])):
        return WriteResult(original.data)
    return WriteResult(line_file.rendered(DIALECT, agents.agents[0], original.path), whole=Whole.HEADER if old else None)


def project(projection: Projection) -> None:
    """Turn an agent into what a Cursor file can hold."""
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    _project_texts(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)
    _refuse_no_text(projection)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    permissions.mode(projection)
    switches.read_only_flag(projection)
    models.model(projection)
    mcp.drop(projection, "define it in .cursor/mcp.json, for all agents")


def _project_texts(projection: Projection) -> None:
    description = projection.get("description")
    if description is not None and "\n" in description:
        projection.change(
            "description", folded(description), "text-approximated", "several lines become one, since a value ends with its line"
        )
    texts.trim(projection, "description", SPACE)
    texts.body(projection)
    prompt = projection.get("prompt.text")
    if prompt and "\r\n" in prompt and not projection.at_home:
        projection.change("prompt.text", javascript.without_crlf(prompt), "text-approximated", "CRLF becomes LF, as Cursor reads it")
    texts.prompt(projection, "replace")


def _refuse_no_text(projection: Projection) -> None:
    """Refuse what Cursor would not take for text, or not for UTF-8, be the name in the file or the file's own."""
    agent = projection.result()
    files = [line_file.rendered(DIALECT, agent, path) for path in ("", f"{agent.name}.md")]
    problem = next(filter(None, map(line_encoding.no_text, files)), None)
    if problem:
        projection.refuse("refused-text", "prompt.text", Detail("Cursor would not take the file for text: {}", (problem,)))
    elif line_encoding.guessed(files[0]) and not projection.at_home:
        projection.refuse("refused-text", "prompt.text", "an escape character lets Cursor guess the encoding")
