"""The MCP servers of a project, a plugin or a user of Claude Code 2.1.329 (asked): strict JSON, each entry taken or dropped alone.

https://code.claude.com/docs/en/mcp

What is not there or no map in `mcpServers` costs the whole file; any name will do, and unknown keys (`disabled` and `cwd` among them)
do nothing. An address needs a `type`. References are filled in in `command`, `args`, `env`, `url` and `headers`. No key closes a tool;
rules of the settings do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import server_variables
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import Place
from agentconv.formats.claude import mcp_servers, permissions
from agentconv.json import jsonc
from agentconv.parts.servers.files import JsonServers, json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import NOTHING, Client

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer, Rule
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.core.source import SourceText
    from agentconv.parts.servers.files import ServerFile


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    found = mcp_servers.read_config(name, config)
    if found is not None:
        return found
    return Complaint("an address needs a `type`: `http` or `sse`") if "url" in config and "type" not in config else NOTHING


def _closing(server: McpServer) -> tuple[Rule, ...] | None:
    """Return rules that close tools of a server (asked; in a session that asks for nothing, too). No rule closes all but some of them."""
    tools = server.disabled_tools or ()
    if server.enabled_tools is not None or any("*" in tool for tool in tools):
        return None
    words = dict.fromkeys(permissions.CLIENT.server(server.name, tool) for tool in tools)
    return tuple(rule for word in words if word for rule in permissions.CLIENT.rule("deny", word, None))


def _client(format_id: str, language: str) -> Client:
    return Client(
        format_id,
        "Claude Code",
        _read,
        mcp_servers.write_config,
        transports=("stdio", "http", "sse", "ws"),
        spoken=replace(server_variables.configured("claude-code"), language=language),
        closing=_closing,
        switches_off="add its name to `disabledMcpjsonServers` in .claude/settings.json, and define it in .mcp.json by hand",
        limits="deny its other tools in .claude/settings.json (`mcp__server__tool`), and define it in .mcp.json by hand",
    )


_FILE, _BARE = json_servers("/mcpServers"), json_servers("")


def _file_of_plugin(source: SourceText) -> ServerFile:
    """Read a file of a plugin, which may be the map of servers itself."""
    file = _FILE(source)
    bare = isinstance(file, JsonServers) and file.missing and isinstance(file.document.root, jsonc.Object) and file.document.root.members
    return _BARE(source) if bare else file


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "claude-code": ServerFormat(
        _client("claude-code", "braces"),
        _FILE,
        (Place(".mcp.json"),),
        (Place(".claude.json", mixed=True),),
        off=tuple((f".claude/settings{which}.json", "disabledMcpjsonServers") for which in ("", ".local")),
    ),
    "claude-plugin": ServerFormat(_client("claude-plugin", "plugin"), _file_of_plugin, (Place(".mcp.json"),)),
}
