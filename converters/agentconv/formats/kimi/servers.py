"""The MCP servers of a project or user of Kimi Code 2.1.0 (its code read): strict JSON, `.kimi-code/mcp.json`.

https://moonshotai.github.io/kimi-code/en/customization/mcp.html

One wrong entry costs the servers of all files. What has a command is started, what has an address spoken to over HTTP, where nothing says
otherwise; `type` means nothing. Nothing is filled in, a program gets all variables that the client has, and `bearerTokenEnvVar` names
the one that is sent. A project's are only read where its folder is trusted, and those of `.mcp.json` give way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import references
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.meant import Reference, Text
from agentconv.core.part_format import Place
from agentconv.formats.kimi.kimi import ID
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_WORDS = {"stdio": "stdio", "http": "http", "sse": "sse"}
_TYPED = Typed(ID, _WORDS, named=False, effect=Effect.DROPS_ALL, key="transport")
_BEARER, _HEADER = "bearerTokenEnvVar", "Authorization"


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    """Read a definition; the variable that is named takes the place of any other token."""
    found = _TYPED.read(name, config)
    if isinstance(found, Complaint) or found.transport == "stdio" or _BEARER not in (found.options or {}):
        return found
    options = dict(found.options or {})
    token = ("Bearer ", Reference(str(options.pop(_BEARER))))
    headers = {key: value for key, value in (found.headers or {}).items() if key.lower() != _HEADER.lower()}
    return replace(found, headers={**headers, _HEADER: Text(references.common(token), token)}, options=options or None)


def _write(server: McpServer) -> dict[str, Json]:
    headers = dict(server.headers or {})
    *_, last = parts = references.parts_of(headers.get(_HEADER, ""))
    if not isinstance(last, Reference) or not references.has_key("headers", _HEADER, parts, ("bearer",)):
        return _TYPED.write(server)
    del headers[_HEADER]
    return {**_TYPED.write(replace(server, headers=headers or None)), _BEARER: last.env}


BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "Kimi Code", _read, _write),
        json_servers("/mcpServers"),
        (Place(".kimi-code/mcp.json", trusted=True), Place(".mcp.json", trusted=True, native=False)),
        (Place(".kimi-code/mcp.json"),),
    )
}
