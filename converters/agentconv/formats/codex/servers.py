"""The MCP servers of Codex 0.169.0 (asked): the tables `[mcp_servers.NAME]` of config.toml.

https://developers.openai.com/codex/mcp

One wrong value, or a server without a command and an address, keeps the client from starting. Nothing is expanded: variables are named
in `env_vars`, `bearer_token_env_var` and `env_http_headers`, and a server gets few others. There is no SSE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import references
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key
from agentconv.core.part_format import Place
from agentconv.core.server_variables import Variables
from agentconv.formats.codex import codex
from agentconv.formats.codex.server_tables import ServerTables
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_LEGAL = expression(r"[a-zA-Z0-9_:@/.-]+")
_ILLEGAL = expression(r"[^a-zA-Z0-9_:@/.-]+")
_LOCAL = ("args", "env", "env_vars", "cwd")
_REMOTE = ("url", "http_headers", "bearer_token_env_var", "env_http_headers", "scopes", "oauth_resource")


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    if "command" not in config and "url" not in config:
        return Complaint("invalid transport: it has no `command` and no `url`", effect=Effect.STOPS)
    kind, others = ("stdio", _REMOTE) if "command" in config else ("streamable_http", _LOCAL)
    strange = next((key for key in others if key in config), None)
    if strange:
        return Complaint(f"{strange} is not supported for {kind}", strange, Effect.STOPS)
    return codex.read_server(escape_key(name), config)


def _bad_name(name: str) -> Complaint | None:
    return None if _LEGAL.fullmatch(name) else Complaint(f"a name has letters, digits and `_:@/.-` alone: `{name}`")


def _legal_name(name: str) -> str:
    return _ILLEGAL.sub("-", name).strip("-")


_TYPED = Typed("codex-plugin", {"stdio": "stdio", "streamable_http": "http", "http": "http"})
_IN_PLUGINS = Client(
    "codex", "Codex", _TYPED.read, _TYPED.write, transports=("stdio", "http"), words="codex-plugin", spoken=Variables(references.KEYS)
)
"""JSON as others have it, in which nothing is filled in."""
BY_FORMAT: dict[str, PartFormat[Server]] = {
    "codex": ServerFormat(
        Client("codex", "Codex", _read, codex.write_server, transports=("stdio", "http"), bad_name=_bad_name, legal_name=_legal_name),
        ServerTables,
        (Place(".codex/config.toml", trusted=True, mixed=True),),
        (Place(".codex/config.toml", mixed=True),),
        contained=ServerFormat(_IN_PLUGINS, json_servers("/mcpServers")),
    )
}
