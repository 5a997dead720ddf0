"""The MCP servers of a project or user of GitHub Copilot CLI 1.0.102 (asked): strict JSON, each entry taken or dropped alone.

https://docs.github.com/copilot/how-tos/copilot-cli

Nothing is taken of a file that begins with a byte order mark.
Of `.mcp.json` and `.github/mcp.json`, only the first that is there is read, and only in a folder that the user trusts. An address without
a type is spoken to over HTTP. References are filled in everywhere, but what a `url` says has to be an address before that.
Copilot in VS Code reads another file, `.vscode/mcp.json` (its documents): `servers`, with comments, and `${env:X}` and `${input:x}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import server_variables
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.ir import escape_key
from agentconv.core.part_format import Place
from agentconv.core.server_variables import Variables
from agentconv.families.value_checks import is_url
from agentconv.formats.copilot import mcp_servers
from agentconv.json import jsonc
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import NOTHING, Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    if not config.get("command") and not config.get("url"):
        return NOTHING
    if config.get("url") and not is_url(config["url"]):
        return Complaint("`url` is no address, before variables are filled in", "url")
    return mcp_servers.read_server(escape_key(name), config)


def _write(server: McpServer) -> dict[str, Json]:
    """Write a server so that Claude Code, whose file it may be as well, takes it too."""
    found = mcp_servers.write_server(server)
    if server.transport == "stdio":
        found["type"] = "stdio"
    said = {"args": server.args, "tools": server.enabled_tools}
    return {key: value for key, value in found.items() if key not in said or said[key] is not None}


_BY_HAND = "define it in ~/.copilot/mcp-config.json by hand: Claude Code reads .mcp.json too, and holds it to nothing"
_CLIENT = Client("copilot", "GitHub Copilot", _read, _write, read_by="claude-code", switches_off=_BY_HAND, limits=_BY_HAND)
_IN_PLUGINS = replace(_CLIENT, spoken=replace(server_variables.configured("copilot"), language="plugins"))
_EDITOR = Typed("vscode", {"stdio": "stdio", "http": "http", "sse": "sse"})
_IN_EDITOR = Client(
    "copilot",
    "GitHub Copilot in VS Code",
    _EDITOR.read,
    _EDITOR.write,
    words="vscode",
    spoken=Variables("editor", ("command", "args", "env", "cwd", "url", "headers")),
)
BY_FORMAT: dict[str, PartFormat[Server]] = {
    "copilot": ServerFormat(
        _CLIENT,
        json_servers("/mcpServers", marked=False),
        (Place(".mcp.json", trusted=True, native=False), Place(".github/mcp.json", trusted=True, alone=True), Place(".vscode/mcp.json")),
        (Place(".copilot/mcp-config.json"),),
        elsewhere=((".vscode/mcp.json", ServerFormat(_IN_EDITOR, json_servers("/servers", jsonc.JSONC))),),
        contained=ServerFormat(_IN_PLUGINS, json_servers("/mcpServers")),
    )
}
