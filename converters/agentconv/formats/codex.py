"""OpenAI Codex CLI 0.169.0: one agent role a TOML file in `.codex/agents`.

https://developers.openai.com/codex/subagents

A role file is a configuration layer with a name, a description and developer instructions: an unknown key or a wrong
value drops the role. There is no tool list. What an agent may do is set by the sandbox, the web search and the shell
switch, so a list of tools becomes the settings that leave the same effects. (Measured: 0.169.0 checks the sandbox, the
approval policy and the web search of a role, but a spawned agent keeps those of its caller; each loss says so.)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentconv import effects, schema_files
from agentconv.families import hooks, projecting, toml_file
from agentconv.families.keys import Key, Refused, simple
from agentconv.format_base import FormatSpec
from agentconv.ir import Hook, McpServer, Model, Sandbox, ToolGrant, escape_key, unescape_key

if TYPE_CHECKING:
    from agentconv.format_base import Projection, ReadResult
    from agentconv.ir import Agent, AgentSet, Json
    from agentconv.source import SourceText

ID = "codex"
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Codex trims: Unicode's White_Space."""
EFFORTS = ("low", "medium", "high", "xhigh")
"""Efforts that every model of Codex takes; with another one, a known model refuses to be spawned."""
SANDBOXES = {"read-only": "read-only", "workspace-write": "workspace-write", "danger-full-access": "full"}
_SHELL = ToolGrant("shell_tool", ID, "shell")
_WEB = ToolGrant("web_search", ID, "web.search")


def _text(name: str) -> Any:
    def read(value: Json) -> str:
        if not isinstance(value, str) or not value.strip(BLANKS):
            raise Refused(f"`{name}` must be text that is not blank")
        return value if name == "developer_instructions" else value.strip(BLANKS)

    return read


def _model(value: Json) -> Model:
    if not isinstance(value, str):
        raise Refused("`model` must be text")
    return Model("id", value)


def _effort(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`model_reasoning_effort` must be text that is not empty")
    return value


_SERVER_KEYS = {
    "command": "command",
    "args": "args",
    "env": "env",
    "cwd": "cwd",
    "url": "url",
    "http_headers": "headers",
    "enabled_tools": "enabled_tools",
    "disabled_tools": "disabled_tools",
}


def _checked(key: str, value: Json) -> dict[str, Any]:
    """Return a table that the client's schema takes.

    Raises:
        Refused: The client drops the role for it.
    """
    complaint = schema_files.complaint(ID, key, value)
    if complaint or not isinstance(value, dict):
        raise Refused(complaint[1] if complaint else f"`{key}` is a table")
    return value


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    return tuple(_read_server(name, config) for name, config in _checked("mcp_servers", value).items())


def _read_server(name: str, config: dict[str, Any]) -> McpServer:
    values: dict[str, Any] = {}
    options: dict[str, Json] = {}
    for key, item in config.items():
        field = _SERVER_KEYS.get(key)
        if field is None:
            options[key] = item
        else:
            values[field] = tuple(item) if isinstance(item, list) else item
    return McpServer(unescape_key(name), "stdio" if "command" in config else "http", **values, options=options or None)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read_checked(ID, _checked("hooks", value))


def _write_servers(servers: tuple[McpServer, ...]) -> Json:
    table: dict[str, Json] = {}
    for server in servers:
        config: dict[str, Json] = {}
        for key, field in _SERVER_KEYS.items():
            value = getattr(server, field)
            if value is not None:
                config[key] = list(value) if isinstance(value, tuple) else value
        table[escape_key(server.name)] = {**config, **(server.options or {})}
    return table


KEYS: dict[str, Key] = {
    "name": simple("name", _text("name")),
    "description": simple("description", _text("description")),
    "developer_instructions": simple("prompt.text", _text("developer_instructions")),
    "model": simple("model", _model, lambda model: model.value),
    "model_reasoning_effort": simple("effort", _effort),
    "mcp_servers": simple("mcp_servers", _read_servers, _write_servers),
    "hooks": simple("hooks", _read_hooks, hooks.write),
}

SWITCHES = {
    "sandbox_mode": "permissions.sandbox",
    "sandbox_workspace_write": "permissions.sandbox",
    "approval_policy": "permissions.mode",
    "web_search": "tools.deny",
    "features": "tools.deny",
}
"""Keys that only mean something together, or in part: `_lift` reads them, `_lower` writes them."""


def _lift(header: dict[str, Json]) -> dict[str, object]:
    """Take the switches (`SWITCHES`) that decide what an agent may do out of a header; what has no neutral meaning stays."""
    found: dict[str, object] = {"prompt.mode": "append"} if isinstance(header.get("developer_instructions"), str) else {}
    files = header.get("sandbox_mode")
    if isinstance(files, str) and files in SANDBOXES:
        del header["sandbox_mode"]
        network = _lift_network(header) if files == "workspace-write" else None
        found["permissions.sandbox"] = Sandbox(SANDBOXES[files], network)  # type: ignore[arg-type]
    policy = header.get("approval_policy")
    if policy == "untrusted" or (policy == "never" and files == "danger-full-access"):
        del header["approval_policy"]
        found["permissions.mode"] = "default" if policy == "untrusted" else "bypass"
    denied = []
    features = header.get("features")
    if isinstance(features, dict) and features.get("shell_tool") is False:
        denied.append(_SHELL)
        rest = {name: value for name, value in features.items() if name != "shell_tool"}
        header["features"] = rest
        if not rest:
            del header["features"]
    if header.get("web_search") == "disabled":
        del header["web_search"]
        denied.append(_WEB)
    if denied:
        found["tools.deny"] = tuple(denied)
    return found


def _lift_network(header: dict[str, Json]) -> bool | None:
    details = header.get("sandbox_workspace_write")
    if not isinstance(details, dict) or not isinstance(details.get("network_access"), bool):
        return None
    rest = {name: value for name, value in details.items() if name != "network_access"}
    header["sandbox_workspace_write"] = rest
    if not rest:
        del header["sandbox_workspace_write"]
    return bool(details["network_access"])


def _lower(agent: Agent) -> dict[str, Json]:
    """Write those switches, together with what `extras` keeps in the same tables."""
    extras = agent.extras.get(ID, {})
    header: dict[str, Json] = {}
    sandbox = agent.permissions.sandbox
    if sandbox is not None:
        header["sandbox_mode"] = next(word for word, files in SANDBOXES.items() if files == sandbox.files)
        if sandbox.network is not None:
            header["sandbox_workspace_write"] = {"network_access": sandbox.network, **_table(extras.get("sandbox_workspace_write"))}
    if agent.permissions.mode == "default":
        header["approval_policy"] = "untrusted"
    elif agent.permissions.mode == "bypass":
        header["approval_policy"] = "never"
    denied = {grant.capability for grant in agent.tools.deny}
    if "web.search" in denied:
        header["web_search"] = "disabled"
    if "shell" in denied:
        header["features"] = {"shell_tool": False, **_table(extras.get("features"))}
    return header


def _table(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


SPEC = FormatSpec(
    id=ID,
    client="Codex",
    holds=frozenset({"prompt.mode", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    duplicates="the first in path order",
    legal_name=lambda name: name.strip(BLANKS),
)
DIALECT = toml_file.Dialect(SPEC, KEYS, ("name", "description", "developer_instructions"), _lift, _lower)


def read(source: SourceText) -> ReadResult:
    """Read a role file as Codex does."""
    return toml_file.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText | None) -> bytes:
    """Write a role file that Codex loads."""
    return toml_file.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Codex role can hold."""
    projecting.require(projection, "name", "description", "prompt.text", blanks=BLANKS)
    projecting.trim(projection, "description", BLANKS)
    projecting.prompt_shape(projection, "append")
    _project_tools(projection)
    _project_mode(projection)
    projecting.permission_rules(projection)
    projecting.model(projection)
    projecting.effort(projection, EFFORTS, any_text=True)
    _project_servers(projection)
    hooks.project(projection, _read_hooks)
    projecting.drop_rest(projection)
    projecting.settle(projection, KEYS)
    projecting.own_extras(
        projection, lambda agent: toml_file.encode_header(DIALECT, agent), lambda header: toml_file.decode_header(DIALECT, header)
    )


def _project_tools(projection: Projection) -> None:
    """Turn tools into the sandbox and switches that leave the same effects."""
    tools, mode = projection.source.tools, projection.get("permissions.mode")
    sandbox = projection.get("permissions.sandbox")
    if sandbox is not None and sandbox.network is not None and sandbox.files != "workspace-write":
        sandbox = Sandbox(sandbox.files)
        projection.change("permissions.sandbox", sandbox, "tools-approximated", f"the network of a {sandbox.files} sandbox")
    if tools.allow and tools.mode != "list":
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    own = [grant for grant in (_SHELL, _WEB) if grant in tools.deny]
    if tools.mode == "inherit" and mode not in ("plan", "read-only") and tools.deny == tuple(own):
        return
    may = effects.effects(projection.source).levels
    confined = not may["run"]
    no_search = _WEB.capability in {grant.capability for grant in tools.deny}
    deny = [_WEB] if no_search else []
    if confined:
        sandbox = Sandbox("workspace-write", network=False) if may["write"] else Sandbox("read-only")
        deny = [grant for grant, needed in ((_SHELL, may["read"]), (_WEB, may["network"] and not no_search)) if not needed]
    values = {
        "tools.mode": "inherit",
        "tools.allow": (),
        "tools.deny": tuple(deny),
        "permissions.sandbox": sandbox,
        "permissions.mode": None if mode in ("plan", "read-only") else mode,
    }
    if confined:
        projection.change_together(values, "tools-approximated", _settings(sandbox, deny), hint=_NOT_HELD)
    else:
        projection.change_together(values, "tools-unlisted", "it may run commands, so nothing narrower fits")


_NOT_HELD = "Codex 0.169.0 spawns agents with the sandbox of their caller: start it with the sandbox that they need"


def _settings(sandbox: Sandbox | None, deny: list[ToolGrant]) -> str:
    words = [f"sandbox_mode {sandbox.files}"] if sandbox else []
    return ", ".join([*words, *(f"no {grant.native}" for grant in deny)])


def _project_mode(projection: Projection) -> None:
    mode = projection.get("permissions.mode")
    if mode == "bypass" and not projection.at_home:
        sandbox = projection.get("permissions.sandbox")
        if sandbox is None:
            full = Sandbox("full")
            projection.change("permissions.sandbox", full, "permission-mode", "bypass is danger-full-access without approval")
            return
    if mode in ("bypass", "default") and (mode == "default" or projection.get("permissions.sandbox") == Sandbox("full")):
        return
    if mode is not None:
        projection.change("permissions.mode", None, "permission-mode", f"`{mode}`; Codex asks as its approval_policy says")


def _reads_back(server: McpServer) -> bool:
    try:
        return _read_servers(_write_servers((server,))) == (server,)
    except Refused:
        return False


def _with_tools(server: McpServer, projection: Projection) -> McpServer:
    """Return a server with the tools that the agent's own list leaves of it, since the role has no such list."""
    tools = projection.source.tools
    if server.transport is None:
        return server
    if tools.mode != "inherit":
        granted = [grant.tool for grant in tools.allow if grant.server == server.name]
        if None not in granted:
            allowed = [tool for tool in granted if tool and (server.enabled_tools is None or tool in server.enabled_tools)]
            server = replace(server, enabled_tools=tuple(dict.fromkeys(allowed)))
    denied = [grant.tool for grant in tools.deny if grant.server == server.name]
    if None in denied:
        return replace(server, enabled_tools=())
    added = [tool for tool in dict.fromkeys(denied) if tool and tool not in (server.disabled_tools or ())]
    return replace(server, disabled_tools=(*(server.disabled_tools or ()), *added)) if added else server


def _project_servers(projection: Projection) -> None:
    servers: tuple[McpServer, ...] | None = projection.get("mcp_servers")
    if servers is None:
        return
    kept: list[McpServer] = []
    named, lost, moved = [], [], []
    for given in servers:
        server = _with_tools(given, projection)
        if server != given:
            moved.append(server.name)
        if server.transport is None:
            named.append(server.name)
        elif (server.options and not projection.at_home) or not _reads_back(server) or server.name in [other.name for other in kept]:
            lost.append(server.name)
        else:
            kept.append(server)
    after = tuple(kept) if kept or not servers else None
    if moved:
        projection.change("mcp_servers", after, "mcp-tools", ", ".join(moved))
    if lost:
        projection.change("mcp_servers", after, "mcp-dropped", ", ".join(lost))
    if named:
        hint = f"add [mcp_servers.{named[0]}] with its command or url to ~/.codex/config.toml"
        projection.change("mcp_servers", after, "mcp-undefined", ", ".join(named), hint=hint)
