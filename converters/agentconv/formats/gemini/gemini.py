r"""Gemini CLI 0.61.0: markdown files in `.gemini/agents`, read as its own loader reads them.

https://geminicli.com/docs/core/subagents

The file must start with `---` (a byte order mark counts), and the first line that starts with `---` ends the header: what
follows on that line takes the whole body with it. js-yaml 4 reads the header, and a strict schema drops the file for any key,
value or tool name that it does not know. A body is a template: `${name}` with a name that the client has no value for fails
every call. An agent with an A2A card is a remote one, without a prompt; a list of them may stand in one header.
"""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import known_models, names
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, State
from agentconv.core.ir import Model
from agentconv.families import keys, markdown, model_words, reading, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, Refused, simple
from agentconv.families.value_checks import whole
from agentconv.formats.gemini import mcp_servers, remote_agents, spelling
from agentconv.projecting import mcp, models, permissions, placeholders, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import AgentSet, Json, McpServer
    from agentconv.core.source import SourceText
    from agentconv.families.markdown import Dialect

ID = spelling.ID
HINT = "add {} to mcpServers in ~/.gemini/settings.json"
TEMPLATE = placeholders.Template(ID, expression(r"\$\{(\w+)\}", re.ASCII), frozenset({"query", "cliVersion", "activeModel", "today"}))
_FRONTMATTER = expression(r"---\r?\n(.*?)(\r?\n)---(\r?\n)?", re.DOTALL)
_SLUG = expression(r"[a-z0-9_-]+")


def _find(source: SourceText) -> Header | Complaint:
    if source.path.rpartition("/")[2].startswith("_"):
        return Complaint("a file whose name starts with `_` is passed over")
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    body = len(source.text) if found[3] is None else found.end()
    return Header(source, found.start(1), found.end(2), body, tail=len(found[2]))


def _name(value: Json) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise Refused("`name` must be lower-case letters, digits, `-` and `_`")
    return value


def _model(value: Json) -> Model:
    if not isinstance(value, str):
        raise Refused("`model` must be text")
    if value in ("", "inherit"):
        return Model("inherit")
    return Model("alias" if known_models.model_kind(ID, value) == "alias" else "id", value)


def _temperature(value: Json) -> float:
    if isinstance(value, dict) and value.get("$float") in ("inf", "-inf"):
        raise Ignored("it is no finite number")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused("`temperature` must be a number")
    return value


def _count(name: str, scale: int = 1) -> Any:
    def read(value: Json) -> int:
        number = whole(value)
        if number is None:
            raise Refused(f"`{name}` must be a positive whole number")
        return number * scale

    return read


SERVERS = mcp_servers.Spelling("http_url", "include_tools", "exclude_tools", url="http", typed=True)


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    return mcp_servers.read(SERVERS, keys.checked_table(ID, "mcp_servers", value))


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "display_name": simple("display_name", keys.text("display_name")),
    "description": simple("description", keys.text("description")),
    "model": simple("model", _model, model_words.write),
    "temperature": simple("temperature", _temperature),
    "max_turns": simple("limits.max_turns", _count("max_turns")),
    "timeout_mins": simple("limits.timeout_seconds", _count("timeout_mins", 60), lambda seconds: int(seconds / 60)),
    "tools": Key(("tools.mode", "tools.allow"), spelling.read_tools, tool_tokens.write),
    "mcp_servers": simple("mcp_servers", _read_servers, lambda servers: mcp_servers.write(SERVERS, servers)),
}
_LOCAL = frozenset(KEYS)


def _refuses(values: Mapping[str, Json]) -> Complaint | None:
    """Find what makes the client drop a header whose single values it takes."""
    if remote_agents.is_remote(values):
        return remote_agents.refuses(values, _LOCAL)
    for key in remote_agents.ONLY_REMOTE:
        if key in values:
            return remote_agents.no_place(key)
    if "description" not in values:
        return keys.missing("description", values.keys() - KEYS.keys())
    return None if values["description"] else Complaint("`description` must not be empty", "description")


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out the word for the usual kind of agent."""
    if header.get("kind") == "local":
        del header["kind"]
    return {}


SPEC = FormatSpec(
    id=ID,
    client="Gemini CLI",
    holds=frozenset({"prompt.text", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name if _SLUG.fullmatch(name) else names.slug(name),
    reserved=frozenset({"codebase_investigator", "cli_help", "generalist", "browser_agent"}),
    duplicates="the one that the file system lists first",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    _find,
    required=("name",),
    lift=_lift,
    grammar=JS_YAML_4,
    refuses=_refuses,
    bodiless=remote_agents.is_remote,
    template=TEMPLATE,
)


def read(source: SourceText, dialect: Dialect = DIALECT) -> ReadResult:
    """Read a markdown file as Gemini CLI does."""
    header = _find(source)
    if isinstance(header, Complaint):
        return markdown.read(dialect, source)
    listed = remote_agents.read_list(dialect, header)
    return listed or _with_remark(markdown.read(dialect, source), header)


def _with_remark(result: ReadResult, header: Header) -> ReadResult:
    """Say of an agent without a prompt that it cannot be called."""
    agent = next(iter(result.set.agents), None)
    if agent is None or agent.prompt is None or agent.prompt.text or result.states[0].dropped:
        return result
    lost = header.body == len(header.source.text) and header.source.text[header.end + 3 :].strip()
    cause = "text follows `---` on its line, and takes the body with it" if lost else "it has no prompt"
    found = reading.call_fails(SPEC, cause, header.source.span(header.end), name=agent.name)
    return replace(result, states=(State.DEGRADED,), diagnostics=(*result.diagnostics, found))


def write(agents: AgentSet, original: SourceText, dialect: Dialect = DIALECT) -> WriteResult:
    """Write a markdown file that Gemini CLI loads."""
    header = _find(original)
    if isinstance(header, Header) and remote_agents.is_list(dialect, header, agents):
        return remote_agents.write_list(dialect, agents, header)
    return markdown.write(dialect, agents, original)


def project(projection: Projection, dialect: Dialect = DIALECT, template: placeholders.Template = TEMPLATE) -> None:
    """Turn an agent into what a Gemini CLI file can hold."""
    own = remote_agents.said(projection.source, dialect.spec.id)
    if remote_agents.is_remote({key: value for key, (_, value) in own.items()}):
        texts.require(projection, "name")
        remote_agents.project(projection)
        finish(projection, dialect)
        return
    remote_agents.refuse_in_local(projection)
    texts.require(projection, "name", "description")
    if not projection.at_home:
        texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    placeholders.project(projection, template)
    once(projection, _project_shape)
    finish(projection, dialect)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    spelling.move_own_servers(projection)
    tool_lists.tool_list(projection, spelling.spell_server, spelling.reads_back, denies=False)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    _project_minutes(projection)
    mcp.project_with_tools(projection, partial(mcp_servers.reads_back, SERVERS), HINT, closes=True)


def _project_minutes(projection: Projection) -> None:
    """Round a bound on time up to whole minutes."""
    seconds = projection.get("limits.timeout_seconds")
    if seconds is None:
        return
    whole = 60 * max(1, math.ceil(seconds / 60))
    if whole != seconds:
        detail = Detail("{:g} seconds become {} minutes", (seconds, whole // 60))
        projection.change("limits.timeout_seconds", whole, "limit-approximated", detail)
    elif not isinstance(seconds, int):
        projection.translate("limits.timeout_seconds", whole)
