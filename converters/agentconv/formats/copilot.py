"""GitHub Copilot CLI 1.0.102: markdown files in `.github/agents`, one agent a file.

https://docs.github.com/en/copilot/reference/custom-agents-configuration

An agent is called by its file's stem (`reviewer.agent.md`, or `reviewer.md`; `team/reviewer.md` is `team--reviewer`), and
`name` is only shown. The header is strict YAML with strict types: a value of another type, null too, drops the file; a key
that is not known is passed over with a warning. There is a list of tools and none of denied ones. VS Code and github.com
read the same files, and what only they use stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentconv import losses, vocabulary
from agentconv.diagnostics import Severity
from agentconv.families import hooks, keys, markdown, mcp, names, projecting, reading, tool_lists
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.format_base import FormatSpec, ReadResult, State
from agentconv.frontmatter import Header
from agentconv.ir import Hook, McpServer, Model, ToolGrant, escape_key, unescape_key
from agentconv.yaml_grammar import SERDE_YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.families.keys import Absent
    from agentconv.format_base import Projection
    from agentconv.ir import Agent, AgentSet, Json
    from agentconv.source import SourceText

ID = "copilot"
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
LONGEST_PROMPT = 30_000
"""Characters of a prompt that github.com takes; the CLI has no such limit."""
_IGNORED_NAME = "general-purpose"
"""A file of this stem is passed over; other agents of the client's own give way to a file."""

_S = r"[^\S\n\x1c-\x1f]"
_OPEN = re.compile(rf"---{_S}*\n")
_CLOSE = re.compile(rf"^---{_S}*(?:\n|\Z)", re.MULTILINE)


def _find(source: SourceText) -> Header | str:
    """Find the header: between a first line `---` and the next one, blanks behind the dashes passed over."""
    if not source.decodable:
        return "the file is not valid UTF-8"
    text = source.text
    opened = _OPEN.match(text, markdown.strip_bom(text))
    if opened is None:
        return "the file does not start with a line `---`"
    closed = _CLOSE.search(text, opened.end())
    if closed is None:
        return "the header is never closed by a line `---`"
    return Header(source, opened.end(), closed.start(), closed.end())


_HOMES = re.compile(r"(?:.*/)?(?:\.github/(?:agents|chatmodes)|\.copilot/agents|\.claude/agents)/")


def _name_of(path: str) -> str:
    """Return an agent's id: the stem of its file, with the folders below the client's own before it."""
    home = _HOMES.match(path)
    rest = path[home.end() :] if home else path
    suffixes = (".agent.md",) if home and home[0].endswith("/agents/") else (".agent.md", ".chatmode.md")
    folder, _, file = rest.rpartition("/")
    return "--".join([*filter(None, folder.split("/")), names.stem_of(file, suffixes)])


def _text(name: str) -> Any:
    def read(value: Json) -> str:
        if not isinstance(value, str):
            raise Refused(f"`{name}` must be text")
        return value

    return read


def _shown_name(value: Json) -> str | None:
    return _text("name")(value) or None


_TOOL_SETS = frozenset({"vscode", "execute", "read", "edit", "search", "web", "agent", "todo", "new", "runCommands", "runTasks"})
"""VS Code's own sets of tools, written before a slash as a server is."""


def grant(token: str) -> ToolGrant:
    """Read one word. What follows the last slash counts alone where it is a tool of the client: `any/edit` is `edit`."""
    word = vocabulary.tool_word(ID, token)
    if word is None or word.how not in ("exact", "alias", "retired"):
        prefix, slash, last = token.rpartition("/")
        own = vocabulary.tool_word(ID, last) if slash and prefix else None
        if own is not None and own.how in ("exact", "alias"):
            return ToolGrant(token, ID, own.capability)
        if slash and prefix and last and prefix not in _TOOL_SETS:
            return ToolGrant(token, ID, "mcp", None, prefix, None if last == "*" else last)
    return ToolGrant(token, ID, word.capability if word else None)


def _spell_server(server: str, tool: str | None) -> str:
    return "" if server == "*" else f"{server}/{tool or '*'}"


def _reads_back(value: ToolGrant) -> bool:
    return value.native not in ("", "*") and grant(value.native) == value


def _read_tools(value: Json) -> Mapping[str, object]:
    keys.checked(ID, "tools", value)
    tokens: Any = [token for token in (part.strip(SPACE) for part in value.split(",")) if token] if isinstance(value, str) else value
    if "*" in tokens:
        return {}
    if not tokens:
        return {"tools.mode": "none"}
    return {"tools.mode": "list", "tools.allow": tuple(map(grant, tokens))}


def _write_tools(agent: Agent) -> Json | Absent:
    return ABSENT if agent.tools.mode == "inherit" else [one.native for one in agent.tools.allow]


def _read_model(value: Json) -> Model:
    keys.checked(ID, "model", value)
    first, *others = value if isinstance(value, list) else [value]
    word = str(first)
    return Model("alias" if vocabulary.model_kind(ID, word) == "alias" else "id", word, fallbacks=tuple(map(str, others)))


def _write_model(model: Model) -> Json:
    return [model.value, *model.fallbacks] if model.fallbacks else model.value


def _read_skills(value: Json) -> tuple[str, ...]:
    keys.checked(ID, "skills", value)
    return tuple(value)  # type: ignore[arg-type]


_LOCAL = {"command": "command", "args": "args", "env": "env", "cwd": "cwd", "tools": "enabled_tools"}
_REMOTE = {"url": "url", "headers": "headers", "tools": "enabled_tools"}


def _read_servers(value: Json) -> tuple[McpServer, ...] | None:
    if value is None:
        return None
    return tuple(_read_server(name, config) for name, config in keys.checked_table(ID, "mcp-servers", value).items())


def _read_server(name: str, config: Any) -> McpServer:
    remote = "url" in config or config.get("type") in ("http", "sse")
    values, options = mcp.read_config({key: item for key, item in config.items() if key != "type"}, _REMOTE if remote else _LOCAL)
    if "*" in values["enabled_tools"]:
        del values["enabled_tools"]
    if isinstance(options.get("disabled"), bool):
        values["enabled"] = not options.pop("disabled")
    return McpServer(unescape_key(name), config["type"] if remote else "stdio", **values, options=options or None)


def _write_server(server: McpServer) -> Json:
    config: dict[str, Json] = {"type": "local" if server.transport == "stdio" else server.transport}
    whole = replace(server, args=server.args or (), enabled_tools=("*",) if server.enabled_tools is None else server.enabled_tools)
    config.update(mcp.write_config(whole, _LOCAL if server.transport == "stdio" else _REMOTE))
    return config if server.enabled is None else {**config, "disabled": not server.enabled}


def _write_servers(servers: tuple[McpServer, ...]) -> Json:
    return {escape_key(server.name): _write_server(server) for server in servers}


def _keeps_server(server: McpServer) -> bool:
    try:
        return _read_servers(_write_servers((server,))) == (server,)
    except (Refused, KeyError):
        return False


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read_actions(ID, keys.checked_table(ID, "hooks", value))


KEYS: dict[str, Key] = {
    "name": simple("display_name", _shown_name),
    "description": simple("description", _text("description")),
    "tools": Key(("tools.mode", "tools.allow"), _read_tools, _write_tools),
    "model": simple("model", _read_model, _write_model),
    "reasoning-effort": simple("effort", _text("reasoning-effort")),
    "mcp-servers": simple("mcp_servers", _read_servers, _write_servers),
    "skills": simple("skills", _read_skills, list),
    "hooks": simple("hooks", _read_hooks, hooks.write),
}
SWITCHES = dict.fromkeys(("user-invocable", "disable-model-invocation", "infer"), "invocation.by")
"""Keys that only mean something together: `_lift` reads them, `_lower` writes them. `infer` is retired."""
