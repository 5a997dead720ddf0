r"""Claude Code 2.1.329: agents of a plugin, the markdown files that `.claude-plugin/plugin.json` lists, or those of `agents/`.

https://code.claude.com/docs/en/plugins-reference

The header is found and repaired as for a project's agents, but no file is dropped: one without a header, or whose header
does not parse, is an agent named after the file with all tools; so is one with a bad value. A name is any value as
JavaScript spells it, a description is trimmed and not unescaped, `when_to_use` stands in for one. What would restrict an
agent beyond its tools (`permissionMode`, `hooks`) and its MCP servers are ignored. In the body, `${CLAUDE_PLUGIN_ROOT}` and
its like are filled in.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, Index, ReadResult, State
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.losses import listed, quoted
from agentconv.core.names import stem_of
from agentconv.core.source import client_text
from agentconv.families import javascript, keys, markdown, model_words, reading
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, simple
from agentconv.formats.claude import loader, marketplace, plugin_index, spelling
from agentconv.projecting import models, permissions, placeholders, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Complaint, Span
    from agentconv.core.format import Projection, WriteResult
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

ID = "claude-plugin"
WORDS = "claude-code"
"""The format whose words these are: it is the same client."""
LONGEST_NAME = 256
TEMPLATE = placeholders.Template(
    ID,
    expression(r"\$\{(CLAUDE_PLUGIN_ROOT|CLAUDE_PROJECT_DIR|CLAUDE_PLUGIN_DATA|user_config\.[^}]+)\}"),
    frozenset({"CLAUDE_PLUGIN_ROOT", "CLAUDE_PROJECT_DIR", "CLAUDE_PLUGIN_DATA"}),
    fails=False,
)
SWITCHES = dict.fromkeys(("when_to_use", "when-to-use"), "description")
"""What stands in for a description that is not there, or is no text."""


def _name(value: Json) -> Mapping[str, object]:
    """Read a name; for nothing, and for more than the client takes, the file's own name is used."""
    name = "" if value is None else nodes.js_text(value)
    return {"name": name} if 0 < javascript.length(name) <= LONGEST_NAME else {}


def _legal_name(name: str) -> str:
    while javascript.length(name) > LONGEST_NAME:
        name = name[:-1]
    return name


def _description(value: Json) -> str:
    if isinstance(value, (str, int, float)):
        text = nodes.js_text(value).strip(SPACE) if not isinstance(value, str) else value.strip(SPACE)
        if text:
            return text
    raise Ignored("a description is text that is not blank")


def _says(value: Json) -> bool:
    return isinstance(value, (str, int, float)) and bool(nodes.js_text(value).strip(SPACE))


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take what stands in for a description out of a header that has none."""
    if _says(header.get("description")):
        return {}
    key = next((key for key in SWITCHES if _says(header.get(key))), None)
    return {} if key is None else {"description": _description(header.pop(key))}


KEYS: dict[str, Key] = {
    "name": Key(("name",), _name, lambda agent: agent.name if agent.name is not None else keys.ABSENT),
    "description": simple("description", _description),
    "tools": spelling.allowed(WORDS),
    "disallowedTools": spelling.denied(WORDS),
    "model": simple("model", partial(spelling.model, WORDS), model_words.write),
    "maxTurns": simple("limits.max_turns", javascript.count),
    "skills": simple("skills", spelling.skills, list),
    "background": simple("background", javascript.boolean),
    "effort": simple("effort", loader.effort),
    "color": simple("color", loader.color),
}
SPEC = FormatSpec(
    id=ID,
    client="Claude Code (plugins)",
    holds=frozenset({"prompt.text", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    duplicates="the last one that plugin.json lists",
    max_bytes=1_048_576,
)


def _bare(source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
    """Return the agent that has nothing but a prompt: the whole file, or what follows a header that does not parse."""
    if not source.size:
        return ReadResult(absence=reading.absent(SPEC, reading.EMPTY, span))
    header = loader.find(source)
    broken = isinstance(header, Header)
    text = client_text(source.text[header.body :] if isinstance(header, Header) else source.text).strip(SPACE)
    values: dict[str, object] = {"name": _stem(source.path), "prompt.text": text, "prompt.syntax": TEMPLATE.syntax_of(text)}
    agent = fields.build(values, {}, Origin(ID, source.path))
    what = "takes nothing from the header" if broken else "takes the whole file for the prompt"
    found = reading.remark(
        SPEC,
        Code.SYNTAX,
        lambda client: f"{client} {what}, and the agent has all tools: {problem.reason}",
        span,
        problem.remedy or "mend the header" if broken else "write a header with a description",
        name=agent.name,
        severity=Severity.WARNING if broken else Severity.NOTE,
        reason=problem.reason,
        remedy=problem.remedy,
    )
    return ReadResult(AgentSet((agent,)), (State.DEGRADED if broken else State.LOADS,), (found,))


def _stem(path: str) -> str:
    return stem_of(path, (".md",))


DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    loader.find,
    loader.requoted,
    required=(),
    lift=_lift,
    name_of=_stem,
    says_name=True,
    template=TEMPLATE,
    unparsed=_bare,
)
INDEX = Index(plugin_index.read, plugin_index.write, plugin_index.held, plugin_index.listed_places, plugin_index.DEFAULT_NAME)

CATALOG = marketplace.offered
"""Finds what a repository's marketplace offers of it (`registry.Row.catalog`)."""


MARKETPLACE = marketplace.written
"""Writes the file at `registry.Row.catalog` that offers a plugin."""


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Claude Code reads a plugin's; of `plugin.json` and `marketplace.json`, what they say of the plugins."""
    if marketplace.is_marketplace(source.path):
        return marketplace.report(SPEC, source)
    return plugin_index.report(SPEC, source) if plugin_index.is_index(source.path) else markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Claude Code reads as an agent of a plugin, and every strict YAML loader reads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a plugin's file can hold."""
    texts.require(projection, "name")
    _project_texts(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, spelling.spell_server, spelling.allowed_reads_back, denied_reads_back=spelling.reads_back)
    spelling.project_delegates(projection)
    permissions.mode(projection, held=False)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, loader.EFFORTS, numbers=True)
    loader.project_color(projection)
    _project_servers(projection)
    spelling.project_skills(projection)


def _project_texts(projection: Projection) -> None:
    description = projection.get("description")
    if description is not None and not description.strip(SPACE):
        projection.change("description", None, "text-trimmed", "there is nothing but blanks")
    texts.trim(projection, "description", SPACE)
    if projection.get("description") is None:
        for key in SWITCHES:
            if _says(projection.get(f"extras.{ID}.{key}")):
                projection.change(f"extras.{ID}.{key}", None, "extra-overridden", quoted(key))
    texts.body(projection)
    placeholders.project(projection, TEMPLATE)


def _project_servers(projection: Projection) -> None:
    """Say where the servers of an agent go: a plugin has servers of its own, which all its agents share."""
    servers = projection.get("mcp_servers")
    if servers:
        code = "mcp-dropped" if any(server.transport for server in servers) else "mcp-undefined"
        named = listed(server.name for server in servers)
        projection.change("mcp_servers", None, code, named, hint="define it for the whole plugin, under `mcpServers` in plugin.json")
