"""OpenAI Codex CLI 0.169.0: one agent role a TOML file in `.codex/agents`.

https://developers.openai.com/codex/subagents

A role file is a configuration layer with a name, a description and developer instructions: an unknown key or a wrong
value drops the role. There is no tool list. What an agent may do is set by the sandbox, the web search and the shell
switch, so a list of tools becomes the settings that leave the same effects. (Measured: 0.169.0 checks the sandbox, the
approval policy, the web search and the MCP servers of a role, but a spawned agent keeps those of its caller: `unenforced`
in the vocabulary.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail
from agentconv.core.format import FormatSpec
from agentconv.core.ir import Hook, McpServer, Model, Sandbox, ToolGrant, escape_key, unescape_key
from agentconv.families import keys, toml_file
from agentconv.families.keys import Key, Refused, simple
from agentconv.formats.codex import config_file
from agentconv.projecting import hooks, mcp, models, permissions, switches, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.source import SourceText

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
    "enabled": "enabled",
}


def _read_servers(value: Json) -> tuple[McpServer, ...]:
    return tuple(read_server(name, _table(config)) for name, config in keys.checked_table(ID, "mcp_servers", value).items())


def read_server(name: str, config: dict[str, Json]) -> McpServer:
    """Read one server's configuration; the name is as a canonical map has it."""
    from agentconv.core import variable_keys

    values, options = mcp.read_config(config, _SERVER_KEYS)
    variable_keys.lift(values, options, local="command" in config)
    return McpServer(unescape_key(name), "stdio" if "command" in config else "http", **values, options=options or None)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read_checked(ID, keys.checked_table(ID, "hooks", value))


def _write_servers(servers: tuple[McpServer, ...]) -> Json:
    return {escape_key(server.name): write_server(server) for server in servers}


def write_server(server: McpServer) -> dict[str, Json]:
    """Write one server's configuration."""
    from agentconv.core import variable_keys

    plain, variables = variable_keys.lower(server)
    texts = replace(server, env=plain.get("env", server.env and None), headers=plain.get("headers", server.headers and None), options=None)
    return {**mcp.write_config(texts, _SERVER_KEYS), **variables, **(server.options or {})}


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
        _take(header, "features", "shell_tool")
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
    return bool(_take(header, "sandbox_workspace_write", "network_access"))


def _take(header: dict[str, Json], table: str, key: str) -> Json:
    """Take one key out of a table, and the table when nothing is left in it."""
    rest = dict(_table(header[table]))
    value = rest.pop(key)
    header[table] = rest
    if not rest:
        del header[table]
    return value


def _lower(agent: Agent) -> dict[str, Json]:
    """Write those switches, together with what `extras` keeps in the same tables."""
    extras = agent.extras.get(ID, {})
    header: dict[str, Json] = {}
    sandbox = agent.permissions.sandbox
    if sandbox is not None:
        header["sandbox_mode"] = next(word for word, files in SANDBOXES.items() if files == sandbox.files)
        if sandbox.network is not None:
            header["sandbox_workspace_write"] = {**_table(extras.get("sandbox_workspace_write")), "network_access": sandbox.network}
    if agent.permissions.mode == "default":
        header["approval_policy"] = "untrusted"
    elif agent.permissions.mode == "bypass":
        header["approval_policy"] = "never"
    denied = {grant.capability for grant in agent.tools.deny}
    if "web.search" in denied:
        header["web_search"] = "disabled"
    if "shell" in denied:
        header["features"] = {**_table(extras.get("features")), "shell_tool": False}
    return header


def _table(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


SPEC = FormatSpec(
    id=ID,
    client="Codex",
    holds=frozenset({"prompt.mode", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    reserved=frozenset({"default", "explorer", "worker"}),
    duplicates="the first in path order",
    legal_name=lambda name: name.strip(BLANKS),
)
DIALECT = toml_file.Dialect(SPEC, KEYS, ("name", "description", "developer_instructions"), _lift, _lower)

DECLARED, OF_SETTINGS, MISSING = config_file.declared, config_file.remarks, config_file.missing


def read(source: SourceText) -> ReadResult:
    """Read a role file as Codex does."""
    return toml_file.read(DIALECT, source)


def read_declared(source: SourceText, given: Mapping[str, Json]) -> ReadResult:
    """Read a role file that the configuration names, and gives what it does not say itself."""
    return toml_file.read(replace(DIALECT, given=given), source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a role file that Codex loads."""
    return toml_file.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Codex role can hold."""
    texts.require(projection, "name", "description", "prompt.text", blanks=BLANKS)
    texts.trim(projection, "description", BLANKS)
    texts.prompt(projection, "append")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    switches.sandbox_for_list(projection, {"read": _SHELL, "network": _WEB})
    _project_mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    models.effort(projection, EFFORTS, any_text=True)
    _project_servers(projection)
    hooks.project(projection, _read_hooks)


_DEFINED = "add [mcp_servers.{}] with its command or url to .codex/config.toml"


def _project_servers(projection: Projection) -> None:
    """Leave servers in roles of Codex's own alone: it starts none of a role's (0.169.0), and a table without a server costs the role."""
    if projection.at_home:
        mcp.project_with_tools(projection, _reads_back, _DEFINED)
    else:
        mcp.drop_unheld(projection, "add it to [mcp_servers] in .codex/config.toml, with its command or url")


def _project_mode(projection: Projection) -> None:
    mode = projection.get("permissions.mode")
    if mode == "bypass" and not projection.at_home:
        sandbox = projection.get("permissions.sandbox")
        if sandbox is None:
            full = Sandbox("full")
            projection.change("permissions.sandbox", full, "permission-mode", "bypass is danger-full-access without approval")
            return
    if mode is None or (mode == "bypass" and projection.get("permissions.sandbox") == Sandbox("full")):
        return
    origin = projection.source.origin
    written = vocabulary.mode_word(origin.format if origin else None, mode)
    if mode in ("default", "dont-ask") and not projection.at_home:
        projection.change(
            "permissions.mode",
            None,
            "not-enforced",
            Detail("`{}`: an agent asks as its caller does", (written,)),
            hint=vocabulary.unenforced(ID).instead,
        )
    elif mode != "default":
        projection.change("permissions.mode", None, "permission-mode", Detail("`{}`; Codex asks as its approval_policy says", (written,)))


def _reads_back(server: McpServer) -> bool:
    try:
        return _read_servers(_write_servers((server,))) == (server,)
    except Refused:
        return False
