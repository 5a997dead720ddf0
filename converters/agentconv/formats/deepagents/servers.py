"""The MCP servers of a project or user of deepagents-code 0.1.88 (its code read), `.deepagents/.mcp.json`: strict JSON.

https://docs.langchain.com/oss/python/deepagents/cli/mcp-tools

An entry that is wrong is left out. `type` and `transport` are one key; what has an address is spoken to over HTTP where neither says
otherwise. `${X}` is filled in. A server of the same name in `.mcp.json` wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.formats.deepagents.deepagents import ID
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_LEGAL, _ILLEGAL = expression(r"[A-Za-z0-9_-]+"), expression(r"[^A-Za-z0-9_-]+")
_WORDS = {"stdio": "stdio", "http": "http", "sse": "sse", "streamable_http": "http", "streamable-http": "http"}
_TYPED = Typed(ID, _WORDS)


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    if "url" in config and "command" in config:
        return Complaint("`url` cannot stand beside `command`", "url")
    if "allowedTools" in config and "disabledTools" in config:
        return Complaint("`disabledTools` cannot stand beside `allowedTools`", "disabledTools")
    given = dict(config)
    if "type" not in given and isinstance(given.get("transport"), str):
        given["type"] = given.pop("transport")
    return _TYPED.read(name, given)


def _bad_name(name: str) -> Complaint | None:
    return None if _LEGAL.fullmatch(name) else Complaint(f"a name has letters, digits, `_` and `-` alone: `{name}`")


BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(
            ID,
            "deepagents-code",
            _read,
            _TYPED.write,
            bad_name=_bad_name,
            legal_name=lambda name: _ILLEGAL.sub("-", name).strip("-"),
        ),
        json_servers("/mcpServers"),
        (Place(".deepagents/.mcp.json"), Place(".mcp.json", native=False, wins=True)),
        (Place(".deepagents/.mcp.json"),),
    )
}
