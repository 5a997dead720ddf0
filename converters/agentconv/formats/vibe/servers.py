"""The MCP servers of a project or user of Mistral Vibe 3.0.3 (its code read): the tables `[[mcp_servers]]` of config.toml.

https://docs.mistral.ai/mistral-vibe/configuration

One wrong value, and two of one name, keep the client from starting. A shell takes a command apart that is one text. Nothing is filled in, a
program gets few variables but its own, and `api_key_env` names the one that is sent. In a name, whatever is no letter, digit, `_` or `-` is
`_`. A project's are only read where its folder is trusted.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from agentconv.core import references
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.meant import Reference, Text
from agentconv.core.part_format import Place
from agentconv.formats.vibe.server_list import ServerList
from agentconv.formats.vibe.vibe import ID
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server

_TYPED = Typed(ID, {"stdio": "stdio", "streamable-http": "http", "http": "http"}, url=None, effect=Effect.STOPS, key="transport")
_ILLEGAL = expression(r"[^a-zA-Z0-9_-]")
_BEARER, _HEADER = "api_key_env", "Authorization"
_OF_TOKEN = (_BEARER, "api_key_header", "api_key_format")


def _legal_name(name: str) -> str:
    return _ILLEGAL.sub("_", name).strip("_-")[:256]


def _bad_name(name: str) -> Complaint | None:
    return None if _legal_name(name) else Complaint("`name` has no letter and no digit", "name", Effect.STOPS)


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    given = {key: value for key, value in config.items() if key != "name"}
    if "transport" not in given:
        return Complaint("it has no `transport`", effect=Effect.STOPS)
    auth: Any = given.get("auth")
    if isinstance(auth, dict) and any(key in given for key in ("headers", *_OF_TOKEN)):
        return Complaint("what is in `auth` stands beside it, too", "auth", Effect.STOPS)
    if isinstance(auth, dict) and auth.get("type", "static") == "static":
        del given["auth"]
        given.update({key: value for key, value in auth.items() if key != "type"})
    command = given.get("command")
    words = shlex.split(command) if isinstance(command, str) else list(command) if isinstance(command, list) else []
    if words:
        args = given.get("args")
        given["command"] = words[0]
        given.update({"args": [*words[1:], *(args if isinstance(args, list) else [])]} if len(words) > 1 or args else {})
    found = _TYPED.read(_legal_name(name) or name, given)
    return found if isinstance(found, Complaint) or found.transport == "stdio" else _with_token(found)


def _with_token(server: McpServer) -> McpServer:
    """Return a server with the variable of its token where that is sent as most do."""
    options = dict(server.options or {})
    said = {key: options[key] for key in _OF_TOKEN if key in options}
    plain = {"api_key_header": _HEADER, "api_key_format": "Bearer {token}"}
    if not said.get(_BEARER) or any(said.get(key, value) != value for key, value in plain.items()):
        return server
    token = ("Bearer ", Reference(str(said[_BEARER])))
    headers = {key: value for key, value in (server.headers or {}).items() if key.lower() != _HEADER.lower()}
    rest = {key: value for key, value in options.items() if key not in _OF_TOKEN}
    return replace(server, headers={**headers, _HEADER: Text(references.common(token), token)}, options=rest or None)


def _write(server: McpServer) -> dict[str, Json]:
    """Write a definition: a command in quotes where a shell would take it apart, what is sent along in `auth`."""
    headers = dict(server.headers or {})
    *_, last = parts = references.parts_of(headers.get(_HEADER, ""))
    auth: dict[str, Json] = {}
    if isinstance(last, Reference) and references.has_key("headers", _HEADER, parts, ("bearer",)):
        del headers[_HEADER]
        auth[_BEARER] = last.env
    if headers:
        auth["headers"] = {key: str(value) for key, value in headers.items()}
    command = shlex.quote(server.command) if server.command else server.command
    found = _TYPED.write(replace(server, headers=None, command=command))
    kind = {"transport": "stdio"} if server.transport == "stdio" else {}
    return {"name": server.name, **kind, **found, **({"auth": {"type": "static", **auth}} if auth else {})}


_PLACES = (Place(".vibe/config.toml", trusted=True, mixed=True),)
BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "Mistral Vibe", _read, _write, transports=("stdio", "http"), bad_name=_bad_name, legal_name=_legal_name),
        ServerList,
        _PLACES,
        (Place(".vibe/config.toml", mixed=True),),
    )
}
