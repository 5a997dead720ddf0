"""The MCP servers of a project or user of Auggie 0.36.0 (its code read), in `.augment/settings.json`: JSON with comments.

https://docs.augmentcode.com/cli/integrations

One wrong entry costs the servers of all files. `${X}` and `${X:-default}` are filled in everywhere, and a server that refers to a variable
that is not set is not started. A shell takes the command and its arguments apart, in one line.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core import server_variables
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.formats.auggie.auggie import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed(ID, {"stdio": "stdio", "http": "http", "sse": "sse"}, effect=Effect.DROPS_ALL)
_REFERS = "${"


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    found = _TYPED.read(name, config)
    if isinstance(found, Complaint) or not found.args:
        return found
    return replace(found, args=tuple(word for text in found.args for word in _words(text)))


def _words(text: str) -> list[str]:
    """Return the words that the shell takes an argument apart into; what refers to a variable is taken for one."""
    try:
        return [text] if _REFERS in text else shlex.split(text)
    except ValueError:
        return [text]


def _write(server: McpServer) -> dict[str, Json]:
    """Write a definition, each argument so that the shell takes it for one word."""
    quoted = tuple(text if _REFERS in text else shlex.quote(text) for text in server.args or ())
    return _TYPED.write(replace(server, args=quoted) if server.args else server)


_CLIENT = Client(ID, "Auggie", _read, _write)
_IN_PLUGINS = replace(_CLIENT, spoken=replace(server_variables.configured(ID), language="rooted"))
BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        _CLIENT,
        json_servers("/mcpServers", JSONC),
        (Place(".augment/settings.json", mixed=True), Place(".augment/settings.local.json", mixed=True)),
        (Place(".augment/settings.json", mixed=True),),
        contained=ServerFormat(_IN_PLUGINS, json_servers("/mcpServers", JSONC)),
    )
}
