"""The MCP servers of a project or user of Continue (its code read, its schema asked): JSON files in `.continue/mcpServers`.

https://docs.continue.dev/customize/deep-dives/mcp

One wrong entry costs the servers of its file. An entry with an address is no program, whatever else it says, and what is not in the
schema is passed over. `${X}` in `env` becomes a secret of the user's account, which nothing fills in for these files, so that no
reference is written. Servers in YAML files, each with a name of its own, are another shape: none of those is read or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.formats.continuedev.continuedev import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.servers.files import json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed(ID, {"stdio": "stdio", "http": "http", "sse": "sse"}, effect=Effect.DROPS_ALL)
_OF_PROGRAMS, _OF_ADDRESSES = ("command", "args", "env"), ("url", "headers")


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    """Read a definition, in which the keys of the other kind are passed over."""
    kind = config.get("type")
    if "url" in config and kind != "stdio":
        return _TYPED.read(name, _without(config, _OF_PROGRAMS))
    if "command" in config and kind not in ("http", "sse"):
        return _TYPED.read(name, _without(config, _OF_ADDRESSES))
    needed = "`command`" if kind == "stdio" else "`url`" if kind else "`command` and no `url`"
    return Complaint(f"it has no {needed}", effect=Effect.DROPS_ALL)


def _without(config: dict[str, Json], keys: tuple[str, ...]) -> dict[str, Json]:
    return {key: value for key, value in config.items() if key not in keys}


_PLACES = (Place(".continue/mcpServers/mcp.json"),)
BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(Client(ID, "Continue", _read, _TYPED.write), json_servers("/mcpServers", JSONC), _PLACES, _PLACES)
}
