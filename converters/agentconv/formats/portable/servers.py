"""MCP servers of an Agent Plugin 1.0.0: `mcp.json` at its root, strict JSON that names its schema, each entry taken or dropped alone.

https://agent-plugins.org/specification

Each entry has a `type`, and no key that is another one's. A command is a bare name, or a path in the plugin from `./`; `args`, `env` and
`cwd` have `${PLUGIN_ROOT}` and `${PLUGIN_DATA}` filled in, and nothing else is. Without `cwd`, a server starts in the plugin's folder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentconv.core import server_variables
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import Place
from agentconv.core.source import BOM, encode
from agentconv.json import jsonc
from agentconv.parts.servers.files import JsonServers, json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.core.source import SourceText
    from agentconv.parts.servers.files import ServerFile

ID = "agent-plugin"
SCHEMA = "https://agent-plugins.org/schemas/1.0.0/mcp.schema.json"
ROOT = "${PLUGIN_ROOT}"
_STARTS = ("./", ROOT, "${PLUGIN_DATA}")
_LOCAL = {"stdio": ("command", "args", "env", "cwd"), "streamable-http": ("url", "headers"), "sse": ("url", "headers")}
_TYPED = Typed(ID, {"stdio": "stdio", "streamable-http": "http", "sse": "sse"})
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    kind = config.get("type")
    if not isinstance(kind, str) or kind not in _LOCAL:
        return Complaint(f"`type` must be one of {', '.join(_LOCAL)}", "type")
    strange = next((key for key in config if key != "type" and key not in _LOCAL[kind]), None)
    if strange is not None:
        return Complaint(f"`{strange}` is no key of a server of the type `{kind}`", strange)
    found = _TYPED.read(name, config)
    if isinstance(found, Complaint):
        return found
    return _wrong(found) or replace(found, command=_from_root(found.command))


def _wrong(server: McpServer) -> Complaint | None:
    """Say what the specification does not take of a server."""
    command = server.command or ""
    if "${" in command or (("/" in command or "\\" in command) and (not command.startswith("./") or ".." in command.split("/"))):
        return Complaint("`command` must be a bare name, or a path in the plugin from `./`", "command")
    if server.cwd is not None and (not server.cwd.startswith(_STARTS) or ".." in server.cwd.split("/")):
        return Complaint("`cwd` must start with `./`, `${PLUGIN_ROOT}` or `${PLUGIN_DATA}`", "cwd")
    if {"PLUGIN_ROOT", "PLUGIN_DATA"} & set(server.env or ()):
        return Complaint("`env` must not set PLUGIN_ROOT or PLUGIN_DATA", "env")
    address = urlsplit(server.url) if server.url and "[" not in server.url else None
    safe = address is None or address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    return None if safe else Complaint("`url` must be https, but for the own machine", "url")


def _from_root(command: str | None) -> str | None:
    """Return a command of the plugin's own with the folder that it is in."""
    return f"{ROOT}/{command[2:]}" if command and command.startswith("./") else command


def _write(server: McpServer) -> dict[str, Json]:
    command = str(server.command) if server.command is not None else None
    if command is not None and command.startswith(f"{ROOT}/"):
        command = f"./{command.removeprefix(f'{ROOT}/')}"
    found = _TYPED.write(replace(server, command=command))
    return {"type": "stdio", **found} if server.transport == "stdio" else found


_PARSE = json_servers("/mcpServers", template=encode(json.dumps({"$schema": SCHEMA})))


def _parse(source: SourceText) -> ServerFile:
    """Read a file; one that does not name the schema of this version is taken for none."""
    file = _PARSE(source)
    if isinstance(file, JsonServers) and not file.problem and source.text.strip(f" \t\r\n{BOM}"):
        root = file.document.root
        said = root.entries().get("$schema") if isinstance(root, jsonc.Object) else None
        if said is None or jsonc.value(said) != SCHEMA:
            file.problem = Complaint(f"`$schema` must be `{SCHEMA}`", "$schema"), said.start if said else 0
    return file


_CLIENT = Client(
    ID,
    "an Agent Plugin's reader",
    _read,
    _write,
    spoken=replace(server_variables.variables(ID), language="portable", places=("command", "args", "env", "cwd"), meant=()),
    switches_off="it has no key for that; leave it out, and define it in the client",
    limits="close its other tools in the client",
)
BY_FORMAT: dict[str, PartFormat[Server]] = {ID: ServerFormat(_CLIENT, _parse, (Place("mcp.json"),))}
