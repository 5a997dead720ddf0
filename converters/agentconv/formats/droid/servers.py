"""The MCP servers of a project or user of Factory Droid 0.215.0 (its code), `mcp.json`: JSON with comments, each entry taken alone.

https://docs.factory.ai/cli/configuration/mcp

An address needs a `type`. `${X}` and `${X:-default}` are filled in in `env` and `headers`; a server that refers to a variable that is
not set is not started. An empty `enabledTools` opens all tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import Place
from agentconv.json.jsonc import Syntax
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed("droid", {"stdio": "stdio", "http": "http", "sse": "sse"})


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    if "url" in config and "command" not in config and "type" not in config:
        return Complaint("an address needs a `type`: `http` or `sse`")
    return _TYPED.read(name, config)


BY_FORMAT: dict[str, PartFormat[Server]] = {
    "droid": ServerFormat(
        Client("droid", "Factory Droid", _read, _TYPED.write),
        json_servers("/mcpServers", Syntax(comments=True)),
        (Place(".factory/mcp.json"),),
        (Place(".factory/mcp.json"),),
    )
}
