r"""Factory Droid 0.215.0: markdown files in `.factory/droids`, one droid a file.

https://docs.factory.ai/cli/configuration/custom-droids

The file must start with `---`, without a byte order mark; else all of it is the prompt of a droid that has the file's name and every
tool. js-yaml 4 reads the header; where it fails, or finds no map, a line reader of the client's own takes over (`lines`). One value of
a wrong type in any key that it knows voids the whole header: what is left is the file's name, the prompt, and every tool.

A word that is no tool is dropped in silence, and a list in which nothing is left opens no tool but those that every droid has. Text
may name a group of tools. With `mcpServers`, a droid has all tools of these servers, whatever `tools` says, and none of others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv.core import fields, known_models, names, vocabulary
from agentconv.core.diagnostics import Code, Complaint, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult, State
from agentconv.core.ir import AgentSet, Model, Origin, ToolGrant
from agentconv.core.losses import listed
from agentconv.core.source import client_text
from agentconv.families import keys, markdown, model_words, reading, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key, Refused, simple
from agentconv.families.value_checks import is_text, is_texts
from agentconv.formats.droid import lines
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection, WriteResult
    from agentconv.core.ir import Agent, Json
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Absent

ID = "droid"
HINT = "define it in .factory/mcp.json, for all droids"
EFFORTS = ("low", "medium", "high")
"""The efforts that are written for any model."""
GROUPS = {
    "read-only": ("Read", "LS", "Grep", "Glob", "FetchUrl", "WebSearch", "TodoWrite", "Execute", "Skill", "ToolSearch"),
    "edit": ("Edit", "Create", "ApplyPatch"),
    "execute": ("Execute",),
    "execution": ("Execute",),
    "web": ("WebSearch", "FetchUrl"),
    "mcp": (),
}
"""Words that stand for several tools, where `tools` is that word alone."""
_FRONTMATTER = expression(r"---\r?\n(.*?)(\r?\n)---\r?\n?", re.DOTALL)
_NAME = expression(r"[a-z0-9_-]+")
_MCP_TOOL = expression(r"([^*]+?)___([^*]+)", re.DOTALL)


def find(source: SourceText) -> Header | Complaint:
    """Find the header: between a first line `---` and the next one."""
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]))


def _stem(path: str) -> str:
    return names.stem_of(path, (".md",))


def _bare(source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
    """Return the droid that is nothing but a prompt: the whole text of a file without a header."""
    text = client_text(source.text).strip(SPACE)
    if isinstance(find(source), Header):
        return None
    if not text:
        return ReadResult(absence=reading.absent(SPEC, reading.EMPTY, span))
    agent = fields.build({"name": _stem(source.path), "prompt.text": text}, {}, Origin(ID, source.path))
    found = reading.remark(
        SPEC,
        Code.SYNTAX,
        lambda client: f"{client} takes the whole file for the prompt, and the agent has all tools: {problem.reason}",
        span,
        "write a header with a name and a description",
        name=agent.name,
        severity=Severity.NOTE,
        reason=problem.reason,
    )
    return ReadResult(AgentSet((agent,)), (State.LOADS,), (found,))


def _is_names(value: Json) -> bool:
    return is_text(value) or is_texts(value)


def _name(value: Json) -> Mapping[str, object]:
    return {"name": keys.text("name")(value)} if value != "" else {}


def _model(value: Json) -> Model:
    word = keys.text("model")(value)
    return Model("inherit") if word in ("", "inherit") else Model("id", word)


def _grant(word: str) -> ToolGrant:
    """Read one word of a list of tools."""
    found = _MCP_TOOL.fullmatch(word)
    return ToolGrant(word, ID, "mcp", None, found[1], found[2]) if found else tool_tokens.own(ID, word)


def _server(name: str) -> ToolGrant:
    return ToolGrant(name, ID, "mcp", None, name)


def _words(value: Json) -> tuple[str, ...]:
    """Return the words of a list of tools, or of text that is one, a group's own in its place."""
    if not _is_names(value):
        raise Refused("`tools` is a list of names, or names with commas", key="tools")
    if value == "all":
        raise Ignored("`all` is no tool, and leaves none; without the key, there are all of them", {"tools.mode": "none"})
    if isinstance(value, str):
        value = list(GROUPS.get(value, (value,))) if "," not in value else list(value.split(","))
    return tuple(filter(None, dict.fromkeys(word.strip(SPACE) for word in value)))  # type: ignore[union-attr]


def _tools(value: Json) -> Mapping[str, object]:
    return tool_tokens.listed(map(_grant, _words(value)))


def _write_tools(agent: Agent) -> Json | Absent:
    """Write the list of tools; servers whose tools are all open are in `mcpServers`."""
    return ABSENT if agent.tools.mode == "inherit" else [one.native for one in agent.tools.allow if not _is_whole(one)]


def _is_whole(grant: ToolGrant) -> bool:
    """Whether a grant is of a whole server."""
    return grant.server is not None and grant.tool is None


def _servers(value: Any) -> tuple[str, ...]:
    if not _is_names(value):
        raise Refused("`mcpServers` is a list of names, or names with commas", key="mcpServers")
    found = (name.strip(SPACE) for name in (value.split(",") if isinstance(value, str) else value))
    return tuple(name for name in dict.fromkeys(found) if name not in ("", "*"))


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take the servers out with the tools, and the effort where there is a model of the droid's own to have it."""
    found: dict[str, object] = {}
    if "mcpServers" in header:
        servers = tuple(map(_server, _servers(header["mcpServers"])))
        found.update(tool_tokens.listed((*_beside(header), *servers)))
        del header["mcpServers"]
    effort, model = header.get("reasoningEffort"), header.get("model")
    if effort and is_text(effort) and is_text(model) and model not in ("", "inherit"):
        found["effort"] = header.pop("reasoningEffort")
    return found


def _beside(header: dict[str, Json]) -> Iterable[ToolGrant]:
    """Take the tools out of a header with `mcpServers`, which alone says what is open of any server."""
    if "tools" not in header:
        return [tool_tokens.own(ID, word) for word in vocabulary.tool_words(ID)]
    if header["tools"] == "all":
        return []
    return [grant for grant in map(_grant, _words(header.pop("tools"))) if grant.server is None]


def _lower(agent: Agent) -> Mapping[str, Json]:
    servers: list[Json] = [grant.native for grant in agent.tools.allow if _is_whole(grant)]
    return {
        **({"mcpServers": servers} if servers and agent.tools.mode == "list" else {}),
        **({} if agent.effort is None else {"reasoningEffort": agent.effort}),
    }


KEYS: dict[str, Key] = {
    "name": Key(("name",), _name, lambda agent: ABSENT if agent.name is None else agent.name),
    "description": simple("description", keys.text("description")),
    "model": simple("model", _model, model_words.write),
    "tools": Key(("tools.mode", "tools.allow"), _tools, _write_tools),
}
SWITCHES = {"reasoningEffort": "effort", "mcpServers": "tools.allow"}
"""Keys that only mean something beside others: `_lift` reads them, `_lower` writes them."""
SPEC = FormatSpec(
    id=ID,
    client="Factory Droid",
    holds=frozenset({"prompt.text", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name if _NAME.fullmatch(name) else names.slug(name),
    reserved=frozenset({"scrutiny-feature-reviewer", "user-testing-flow-validator"}),
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    lines.rewritten,
    required=(),
    lift=_lift,
    lower=_lower,
    name_of=_stem,
    says_name=True,
    grammar=JS_YAML_4,
    unparsed=_bare,
    repairs_all=True,
    least_prompt=1,
)


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Factory Droid does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Factory Droid loads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a droid's file can hold."""
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, _spell_server, _reads_back, denies=False)
    _project_servers(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    _project_model(projection)
    mcp.drop(projection, HINT)


def _spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools; there is no word for all servers beside a list of tools."""
    return "" if server == "*" else server if tool is None else f"{server}___{tool}"


def _reads_back(grant: ToolGrant) -> bool:
    if _is_whole(grant):
        return _servers([grant.native]) == (grant.native,) and _server(grant.native) == grant
    return _words([grant.native]) == (grant.native,) and _grant(grant.native) == grant


def _project_servers(projection: Projection) -> None:
    """List whole servers last, as they are read; beside them, the client opens no single tools of others."""
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow")
    whole = tuple(grant for grant in allow if _is_whole(grant))
    if not whole:
        return
    own = tuple(grant for grant in allow if grant.server is None)
    single = [grant for grant in allow if grant.server and grant.tool is not None]
    lost = [grant.native for grant in single if all(grant.server != one.server for one in whole)]
    if lost:
        projection.change("tools.allow", (*own, *whole), "tools-narrowed", listed(lost, "beside whole MCP servers, {} closes"))
    elif single:
        projection.change("tools.allow", (*own, *whole), "default-dropped", "tools of an MCP server that is open as a whole")
    else:
        projection.translate("tools.allow", (*own, *whole))


def _project_model(projection: Projection) -> None:
    """Keep a model that is on the client's own list, and an effort beside such a model only."""
    models.model(projection, _model)
    model: Model | None = projection.get("model")
    more = known_models.efforts(ID, (model.value if model else None) or "")
    models.effort(projection, (*EFFORTS, *more), any_text=True)
    if projection.get("effort") is not None and (model is None or model.kind == "inherit" or not model.value):
        projection.change("effort", None, "effort-dropped", "it counts beside a model only, and the agent has the caller's")
