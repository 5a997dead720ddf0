"""The MCP servers of a project or user of CodeBuddy Code 2.163.0 (what it ships says so): `.mcp.json`, JSON with comments.

https://www.codebuddy.ai/docs/cli/mcp

A type is found by what an entry has: a command, or an address, which is one over HTTP. `${X}` and `${X:-default}` are filled in
everywhere, and a project's server waits for its user to agree. `mcp.json` is read where there is no `.mcp.json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed(ID, {"stdio": "stdio", "http": "http", "sse": "sse"})
BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "CodeBuddy", _TYPED.read, _TYPED.write),
        json_servers("/mcpServers", JSONC),
        (Place(".mcp.json", native=False),),
        (Place(".codebuddy/.mcp.json"),),
    )
}
