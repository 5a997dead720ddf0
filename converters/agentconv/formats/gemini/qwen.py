r"""Qwen Code 0.24.4: markdown files in `.qwen/agents`, read as its own loader reads them.

https://qwenlm.github.io/qwen-code-docs/en/users/features/sub-agents

A byte order mark goes, every line end is a line feed, and both fences are lines of their own. The package yaml reads the
header; where it fails, or finds no map, a line reader of the client's own takes over (`line_reader`). Null is absent, and
names, descriptions and models of any type become text. A file that does not load is passed over in silence: among others for
a body shorter than ten characters, a reserved name or an unknown approval mode. No list of tools, or an empty one, is all of
them; without an approval mode, an agent in a trusted folder edits files and fetches pages unasked. A body is a template:
`${name}` with a name that the client has no value for fails every call.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import access
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import Hook, Tools
from agentconv.core.losses import quoted
from agentconv.families import javascript, markdown
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, simple
from agentconv.formats.gemini import mcp_servers, qwen_lines, qwen_spelling, qwen_switches
from agentconv.projecting import hooks, mcp, models, permissions, placeholders, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import AgentSet, Json, McpServer
    from agentconv.core.source import SourceText
    from agentconv.families.frontmatter import Rewritten

ID = qwen_spelling.ID
HINT = "add {} to mcpServers in ~/.qwen/settings.json"
COLORS = frozenset({"red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"})
SWITCHES = qwen_switches.SWITCHES
TEMPLATE = placeholders.Template(ID, expression(r"\$\{([a-zA-Z_]\w*)\}", re.ASCII), frozenset({"task_prompt", "hook_context"}))
SERVERS = mcp_servers.Spelling("httpUrl", "includeTools", "excludeTools", url="sse", typed=False)
_OUTSIDE = expression(r"^[ \t]*[\"']?(?:executor|executionBackend)[\"']?[ \t]*:", re.MULTILINE)
_END = r"(?:\r\n|\r|\n)"
_FRONTMATTER = expression(rf"\ufeff?---{_END}([\s\S]*?)({_END})---{_END}")


def _find(source: SourceText) -> Header | Complaint:
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]), lone_cr=True)


def _repaired(text: str) -> Rewritten | None:
    """Turn to the line reader, but for a file that names an executor or a container: the client trusts no repair with those."""
    return None if _OUTSIDE.search(text) else qwen_lines.rewritten(text)


def _complete(values: dict[str, object]) -> None:
    """Add what a missing approval mode means: in a trusted folder, files are edited, and pages fetched, without asking."""
    tools = Tools(values.get("tools.mode", "inherit"), values.get("tools.allow", ()), values.get("tools.deny", ()))  # type: ignore[arg-type]
    if values.get("permissions.mode") is None and _is_asked_for(tools):
        values["permissions.mode"] = "accept-edits"


def _is_asked_for(tools: Tools) -> bool:
    """Whether a mode decides if some of these tools are asked for."""
    unasked = access.unattended(ID, "accept-edits")
    return any(access.EFFECT_OF.get(capability) in unasked for capability in access.capabilities_of(tools, ID))


def _color(value: Json) -> str | None:
    if value == "auto":
        return None
    if isinstance(value, str) and value in COLORS:
        return value
    raise Ignored("a colour is auto or one of " + ", ".join(sorted(COLORS)))


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    if not isinstance(value, dict) or not value:
        raise Ignored("it is a map from name to server")
    return mcp_servers.read(SERVERS, value)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read_loose(ID, value)


KEYS: dict[str, Key] = {
    "name": simple("name", qwen_spelling.name),
    "description": simple("description", qwen_spelling.description),
    "model": simple("model", qwen_spelling.model, qwen_spelling.write_model),
    "tools": Key(("tools.mode", "tools.allow"), qwen_spelling.read_tools, qwen_spelling.write_tools),
    "disallowedTools": Key(("tools.deny",), qwen_spelling.read_denied, qwen_spelling.write_denied),
    "background": simple("background", javascript.boolean),
    "color": simple("color", _color),
    "mcpServers": simple("mcp_servers", _read_servers, lambda servers: mcp_servers.write(SERVERS, servers)),
    "hooks": simple("hooks", _read_hooks, hooks.write),
}
SPEC = FormatSpec(
    id=ID,
    client="Qwen Code",
    holds=frozenset({"prompt.text", "prompt.syntax", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=qwen_spelling.legal_name,
    reserved=frozenset({"general-purpose", "explore", "statusline-setup", "review-agent", "claude-code", "codex", "fork"}),
    duplicates="the one that the file system lists first",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    _find,
    _repaired,
    lift=qwen_switches.lift,
    lower=qwen_switches.lower,
    grammar=YAML_2,
    repairs_all=True,
    complete=_complete,
    template=TEMPLATE,
    least_prompt=10,
    body=javascript.line_feeds,
)


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Qwen Code does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a markdown file that Qwen Code loads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Qwen Code file can hold."""
    texts.require(projection, "name", "description", "prompt.text", blanks=SPACE)
    _project_line_ends(projection)
    texts.body(projection)
    placeholders.project(projection, TEMPLATE)
    if 0 < javascript.length(projection.get("prompt.text") or "") < DIALECT.least_prompt:
        projection.refuse("refused-prompt", "prompt.text", Detail("shorter than {} characters", (DIALECT.least_prompt,)))
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    qwen_spelling.project_servers(projection)
    tool_lists.tool_list(projection, qwen_spelling.spell_server, qwen_spelling.reads_back, spell_denied=qwen_spelling.spell_denied)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    qwen_switches.project_limits(projection)
    mcp.project_with_tools(projection, partial(mcp_servers.reads_back, SERVERS), HINT, narrows=False, closes=True)
    hooks.project(projection, _read_hooks)
    color = projection.get("color")
    if color is not None and color not in COLORS:
        projection.change("color", None, "looks-dropped", quoted(color))
    _project_mode(projection)


def _project_line_ends(projection: Projection) -> None:
    """End each line of the prompt with a line feed, as Qwen Code reads it."""
    text = projection.get("prompt.text")
    if isinstance(text, str) and "\r" in text:
        projection.change("prompt.text", javascript.line_feeds(text), "line-ends", "CRLF or CR")


def _project_mode(projection: Projection) -> None:
    """Have an agent ask before it edits or fetches, or runs commands where its own client asks, unless its author chose otherwise."""
    if projection.get("permissions.mode") is not None:
        return
    tools = projection.result().tools
    if _is_asked_for(tools):
        projection.change("permissions.mode", "default", "asks", "without an approval mode, files are edited and pages fetched unasked")
    elif "run" in permissions.asks_first(projection) and "shell" in access.capabilities_of(tools, ID):
        projection.change("permissions.mode", "default", "asks", "without an approval mode, commands run as the session has it")
