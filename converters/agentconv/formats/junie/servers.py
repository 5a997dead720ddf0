"""The MCP servers of a project or user of Junie (documented), `.junie/mcp/mcp.json`: a command, or an address over HTTP.

https://junie.jetbrains.com/docs/junie-cli-mcp-configuration.html

No more is documented: how values refer to variables, how tools are closed and how a server is switched off is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed("junie", {"http": "http"}, named=False)
_PLACE = (Place(".junie/mcp/mcp.json"),)
BY_FORMAT: dict[str, PartFormat[Server]] = {
    "junie": ServerFormat(
        Client("junie", "Junie", _TYPED.read, _TYPED.write, transports=("stdio", "http")), json_servers("/mcpServers"), _PLACE, _PLACE
    )
}
