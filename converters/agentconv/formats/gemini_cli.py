r"""Gemini CLI 0.61.0: markdown files in `.gemini/agents`, read as its own loader reads them.

https://geminicli.com/docs/core/subagents

The file must start with `---` (a byte order mark counts), and the first line that starts with `---` ends the header: what
follows on that line takes the whole body with it. js-yaml 4 reads the header, and a strict schema drops the file for any key,
value or tool name that it does not know. A body is a template: `${name}` with a name that the client has no value for fails
every call. An agent with an A2A card is a remote one, without a prompt; a list of them may stand in one header.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv import vocabulary
from agentconv.families import javascript, keys, markdown, mcp, names, placeholders, projecting, remote_agents
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Absent, Ignored, Key, Refused, simple
from agentconv.format_base import FormatSpec
from agentconv.frontmatter import Header
from agentconv.ir import McpServer, Model, ToolGrant, escape_key, unescape_key
from agentconv.yaml_grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.format_base import Projection, ReadResult
    from agentconv.ir import Agent, AgentSet, Json
    from agentconv.source import SourceText

ID = "gemini-cli"
BUILT_IN = frozenset({"codebase_investigator", "cli_help", "generalist", "browser_agent"})
TEMPLATE = placeholders.Template(
    ID, re.compile(r"\$\{(\w+)\}", re.ASCII), frozenset({"query", "cliVersion", "activeModel", "today"})
)
_FRONTMATTER = re.compile(r"---\r?\n([\s\S]*?)(\r?\n)---(?:\r?\n([\s\S]*))?")
_NO_SLUG = re.compile(r"[^a-z0-9_-]+")


def _find(source: SourceText) -> Header | str:
    if source.path.rpartition("/")[2].startswith("_"):
        return "a file whose name starts with `_` is passed over"
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return "the file does not start with a header between two lines `---`"
    body = len(source.text) if found[3] is None else found.start(3)
    return Header(source, found.start(1), found.end(2), body, tail=len(found[2]))


def _name(value: Json) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_-]+", value):
        raise Refused("`name` must be lower-case letters, digits, `-` and `_`")
    return value


def _legal_name(name: str) -> str:
    if re.fullmatch(r"[a-z0-9_-]+", name):
        return names.avoiding(name, BUILT_IN)
    return names.avoiding(names.slug(name), BUILT_IN)


def _text(name: str) -> Any:
    def read(value: Json) -> str:
        if not isinstance(value, str) or (name == "description" and not value):
            raise Refused(f"`{name}` must be text" + (" that is not empty" if name == "description" else ""))
        return value

    return read


_MCP_TOOL = re.compile(r"mcp_([A-Za-z0-9.:-]+)_(\*|(?!_*$)[A-Za-z0-9_.:-]+)")


def _grant(token: str) -> ToolGrant:
    if token == "mcp_*":
        return ToolGrant(token, ID, "mcp", None, "*")
    found = _MCP_TOOL.fullmatch(token)
    if found:
        return ToolGrant(token, ID, "mcp", None, found[1], None if found[2] == "*" else found[2])
    word = vocabulary.tool_word(ID, token)
    return ToolGrant(token, ID, word.capability if word else None)


def _is_known(grant: ToolGrant) -> bool:
    word = vocabulary.tool_word(ID, grant.native)
    return grant.server is not None or (word is not None and word.how in ("exact", "alias"))


def _spell_server(server: str, tool: str | None) -> str:
    return "mcp_*" if server == "*" and not tool else f"mcp_{server}_{tool or '*'}"


def _reads_back(grant: ToolGrant) -> bool:
    return _grant(grant.native) == grant and _is_known(grant)


def _read_tools(value: Json) -> Mapping[str, object]:
    tokens = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    grants = tuple(_grant(token.strip()) for token in tokens if isinstance(token, str))
    found = {"tools.mode": "list" if grants else "none", "tools.allow": grants}
    if not isinstance(value, list) or not all(isinstance(token, str) for token in value):
        raise Refused("`tools` must be a list of names", found)
    unknown = [grant.native for grant in grants if grant.native != "*" and not _is_known(grant)]
    if unknown:
        raise Refused(f"`tools` names what is no tool of Gemini CLI: {', '.join(unknown[:5])}", found)
    return {} if "*" in value else found


def _write_tools(agent: Agent) -> Json | Absent:
    return ABSENT if agent.tools.mode == "inherit" else [grant.native for grant in agent.tools.allow]


def _model(value: Json) -> Model:
    if not isinstance(value, str):
        raise Refused("`model` must be text")
    if value in ("", "inherit"):
        return Model("inherit")
    return Model("alias" if vocabulary.model_kind(ID, value) == "alias" else "id", value)


def _temperature(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if isinstance(value, dict) and value.get("$float") in ("inf", "-inf"):
            raise Ignored("it is no finite number")
        raise Refused("`temperature` must be a number")
    return value


def _count(name: str, scale: int = 1) -> Any:
    def read(value: Json) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0 or not float(value).is_integer():
            raise Refused(f"`{name}` must be a positive whole number")
        return int(value) * scale

    return read


SERVERS = mcp_gemini.Spelling("http_url", "include_tools", "exclude_tools", url="http", typed=True)


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    return mcp_gemini.read(SERVERS, keys.checked_table(ID, "mcp_servers", value))


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "display_name": simple("display_name", _text("display_name")),
    "description": simple("description", _text("description")),
    "model": simple("model", _model, lambda model: "inherit" if model.kind == "inherit" else model.value),
    "temperature": simple("temperature", _temperature),
    "max_turns": simple("limits.max_turns", _count("max_turns")),
    "timeout_mins": simple("limits.timeout_seconds", _count("timeout_mins", 60), lambda seconds: int(seconds / 60)),
    "tools": Key(("tools.mode", "tools.allow"), _read_tools, _write_tools),
    "mcp_servers": simple("mcp_servers", _read_servers, lambda servers: mcp_gemini.write(SERVERS, servers)),
}
_CARDS = ("agent_card_url", "agent_card_json")
_OF_REMOTE = frozenset({"kind", "name", "display_name", "description", "auth", *_CARDS})
_OF_LOCAL = frozenset({"kind", *KEYS})


def _is_remote(values: Mapping[str, Json]) -> bool:
    return values.get("kind") == "remote" or ("kind" not in values and any(card in values for card in _CARDS))


def _refuses(values: Mapping[str, Json]) -> tuple[str, str] | None:
    """Find what makes the client drop a header whose single values it takes: keys of the other kind of agent."""
    remote = _is_remote(values)
    for key in values:
        if key in _OF_LOCAL | _OF_REMOTE and key not in (_OF_REMOTE if remote else _OF_LOCAL):
            return key, f"`{key}` has no place in an agent that is {'remote' if remote else 'local'}"
    if remote and sum(card in values for card in _CARDS) != 1:
        return "agent_card_url", "a remote agent has either `agent_card_url` or `agent_card_json`"
    if not remote and not values.get("description"):
        return "description", "`description` is missing" if "description" not in values else "`description` is empty"
    return None


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    if header.get("kind") == "local":
        del header["kind"]
    return {}


SPEC = FormatSpec(
    id=ID,
    client="Gemini CLI",
    holds=frozenset({"prompt.text", "prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    duplicates="the one that the file system lists first",
)
DIALECT = markdown.Dialect(
    SPEC, KEYS, _find, required=("name",), lift=_lift, grammar=JS_YAML_4, refuses=_refuses, template=TEMPLATE, bodiless=_is_remote
)
