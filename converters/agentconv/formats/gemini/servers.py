"""The MCP servers of Gemini CLI 0.61.0 and Qwen Code 0.24.4 (asked), in the map `mcpServers` of settings.json, JSON with comments.

https://geminicli.com/docs/tools/mcp-server

`httpUrl` goes before `url`; in Qwen an address in `url` is spoken to with server-sent events, in Gemini as `type` says. What
`mcp.excluded` names, and what a list `mcp.allowed` does not, is switched off. A file that does not parse keeps Gemini from starting.
References are filled in in all of the file; no folder that is not trusted has servers.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import server_variables
from agentconv.core.dataclass import replace
from agentconv.core.part_format import Place
from agentconv.formats.gemini import mcp_servers, qwen
from agentconv.json.jsonc import Syntax
from agentconv.parts.servers.files import JsonServers, json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import NOTHING, Client

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.parts.servers.files import ServerFile

GEMINI = mcp_servers.Spelling("httpUrl", "includeTools", "excludeTools", url="http", typed=True)


def _read(spelling: mcp_servers.Spelling, name: str, config: dict[str, Json]) -> McpServer | Complaint:
    return mcp_servers.read_server(spelling, name, config) or NOTHING


def _is_off(file: ServerFile, name: str) -> bool:
    """Whether the file itself says that a server is not to be started."""
    lists: Any = file.value("mcp") if isinstance(file, JsonServers) else None
    if not isinstance(lists, dict):
        return False
    allowed, excluded = lists.get("allowed"), lists.get("excluded")
    return _names(excluded, name) or (isinstance(allowed, list) and bool(allowed) and not _names(allowed, name))


def _names(patterns: Any, name: str) -> bool:
    return isinstance(patterns, list) and any(isinstance(one, str) and fnmatchcase(name, one) for one in patterns)


def _client(format_id: str, title: str, folder: str, spelling: mcp_servers.Spelling) -> Client:
    return Client(
        format_id,
        title,
        partial(_read, spelling),
        partial(mcp_servers.write_server, spelling),
        is_off=_is_off,
        switches_off=f"add its name to `mcp.excluded` in {folder}/settings.json, and define it there by hand",
    )


def _format(
    format_id: str, title: str, folder: str, spelling: mcp_servers.Spelling, *, stops: bool, others: tuple[Place, ...] = ()
) -> ServerFormat:
    return ServerFormat(
        _client(format_id, title, folder, spelling),
        json_servers("/mcpServers", Syntax(comments=True), stops=stops, marked=not stops),
        (Place(f"{folder}/settings.json", trusted=True, mixed=True), *others),
        (Place(f"{folder}/settings.json", mixed=True),),
    )


def _read_contained(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    """Read a server of an extension, of which the client takes no trust."""
    return _read(GEMINI, name, {key: value for key, value in config.items() if key != "trust"})


EXTENSION = "gemini-extension.json"
BY_FORMAT: dict[str, PartFormat[Server]] = {
    "gemini-cli": _format("gemini-cli", "Gemini CLI", ".gemini", GEMINI, stops=True),
    "gemini-extension": ServerFormat(
        Client(
            "gemini-extension",
            "Gemini CLI",
            _read_contained,
            partial(mcp_servers.write_server, GEMINI),
            words="gemini-cli",
            spoken=replace(server_variables.configured("gemini-cli"), language="extension"),
            switches_off="add its name to `mcp.excluded` in .gemini/settings.json, and define it in the extension by hand",
        ),
        json_servers("/mcpServers"),
        (Place(EXTENSION, mixed=True),),
    ),
    "qwen-code": _format(
        "qwen-code",
        "Qwen Code",
        ".qwen",
        qwen.SERVERS,
        stops=False,
        others=(Place(".mcp.json", native=False),),  # asked: listed as pending until the user approves of it
    ),
}
