"""MCP servers as a person writes them into a client's configuration, where no agent's file can hold them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core import references, server_variables, variable_keys
from agentconv.core.ir import McpServer
from agentconv.core.meant import Reference, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.references import Part
    from agentconv.core.server_variables import Variables

_KEYS = ("command", "args", "env", "cwd", "url", "headers")


def hint(format_id: str, servers: Iterable[McpServer]) -> str | None:
    """Say where servers go in a client's configuration, with the line; None where there is none, or it is not known where."""
    defined = [server for server in servers if server.transport is not None and can_be_said(format_id, server)]
    file = server_variables.variables(format_id).file
    if not (defined and file):
        return None
    return f"write it to {file}: {snippet(format_id, defined)}{_values_of(format_id, defined)}{_unsaid(defined)}"


def _unsaid(servers: Iterable[McpServer]) -> str:
    """Name what such a line says nothing of: keys whose name or unit is the source client's own, and what closes tools."""
    found: dict[str, None] = {}
    for server in servers:
        found |= dict.fromkeys(sorted(server.options or {}))
        found |= dict.fromkeys(key for key in ("enabled_tools", "disabled_tools") if getattr(server, key) is not None)
        found |= {"enabled": None} if server.enabled is False else {}
    return f", which says nothing of {', '.join(f'`{key}`' for key in found)}" if found else ""


def can_be_said(format_id: str, server: McpServer) -> bool:
    """Whether no text of a server, as a line for a person has it, would be filled in by the client although it was meant as it stands."""
    language = server_variables.variables(format_id).configured or references.KEYS
    meant = [value.parts for _, _, value in references.values(server) if isinstance(value, Text)]
    hard = [_for_a_person(parts) for parts in meant if references.write(language, parts) is None]
    return all(references.literal(references.read(language, text).parts) is not None for text in hard)


def hint_within(
    format_id: str, server: McpServer, left: Iterable[tuple[str, str | int | None]], place: Callable[[str], Span | None] = lambda _key: None
) -> str | None:
    """Say what is to be added to a server that stands in a client's configuration: the values of some keys of its fields.

    `place` finds where the server's own file says a key of its environment.
    Where a server is one value, that is the whole of it; where it is a table, keys are added to that.
    """
    known = server_variables.variables(format_id)
    if known.shape != "toml":
        return hint(format_id, [server])
    places = set(left)
    held = {
        field: {key: item for key, item in (getattr(server, field) or {}).items() if (field, key) in places} for field in ("env", "headers")
    }
    (added,) = _said(known, [_only(server, held)]).values()
    lines = "; ".join(f"{key} = {_toml(value)}" for key, value in added.items())
    line = f"add to [{known.key}.{_toml(server.name)}] in {known.file}: {lines}{_values_of(format_id, [_only(server, held)])}"
    alike = _alike(held["env"], place)
    return f"{alike}; or {line}" if alike else line


def _only(server: McpServer, held: dict[str, dict[str, str]]) -> McpServer:
    return McpServer(server.name, env=held["env"] or None, headers=held["headers"] or None)


def _alike(env: dict[str, str], place: Callable[[str], Span | None]) -> str:
    """Say how variables reach a server whose client hands them on under their own names alone: by that name on both sides."""
    found = {key: parts for key, value in env.items() if isinstance(value, Text) and len(parts := value.parts) == 1}
    names = {key: parts[0].env for key, parts in found.items() if isinstance(parts[0], Reference)}
    if not names or len(names) < len(env):
        return ""
    where = {key: f" at {span.path}:{span.line}" if (span := place(key)) else "" for key in names}
    said = ", ".join(f"${{{key}}} in place of ${{{name}}}{where[key]}" for key, name in names.items())
    return f"write {said}, so that one name is on both sides and `{variable_keys.HANDED_ON}` hands it on"


def _values_of(format_id: str, servers: Iterable[McpServer]) -> str:
    """Say of a line in which a person puts values of variables what stands for them: no secret belongs where others read it."""
    language = server_variables.variables(format_id).configured or references.KEYS
    texts = [value.parts for one in servers for _, _, value in references.values(one) if isinstance(value, Text)]
    hard = [part for parts in texts if references.write(language, parts) is None for part in parts]
    names = dict.fromkeys(part.env for part in hard if isinstance(part, Reference))
    if not names:
        return ""
    return f", with the value of {', '.join(names)} for {', '.join(f'<{name}>' for name in names)}, and not in a file that you commit"


def _said(known: Variables, servers: Iterable[McpServer]) -> dict[str, dict[str, Json]]:
    shape = _SHAPES[known.shape]
    return {server.name: shape(known, references.written(known.configured, server, _for_a_person)) for server in servers}


def snippet(format_id: str, servers: Iterable[McpServer]) -> str:
    """Write servers as a client's configuration has them, in one line: what refers to a variable does so in the client's language."""
    known = server_variables.variables(format_id)
    said = _said(known, servers)
    if known.shape == "toml":
        return f"{known.key} = {_toml(said)}"
    return json.dumps({known.key: said}, ensure_ascii=False)


def _for_a_person(parts: tuple[Part, ...]) -> str:
    """Spell a value that the client has no words for, with the names of the variables whose values a person puts there."""
    return "".join(part if isinstance(part, str) else f"<{part.env if isinstance(part, Reference) else part.text}>" for part in parts)


def _common(known: Variables, server: McpServer) -> dict[str, Json]:
    found = {key: value for key in _KEYS if (value := getattr(server, key)) is not None}
    if server.transport == "http":
        return {"type": known.http, known.http_key: found.pop("url", ""), **found}
    return {"type": server.transport, **found} if server.transport in ("sse", "ws") else found


def local_or_remote(server: McpServer) -> dict[str, Json]:
    """Write a server that is `local`, with its command in one list, or `remote`."""
    if server.transport != "stdio":
        found: dict[str, Any] = {"type": "remote", "url": server.url, "headers": server.headers}
    else:
        found = {"type": "local", "command": [server.command or "", *(server.args or ())], "environment": server.env, "cwd": server.cwd}
    return {key: value for key, value in found.items() if value}


def _with_variable_keys(_known: Variables, server: McpServer) -> dict[str, Json]:
    """Write a server with the names of its variables in keys of their own."""
    plain, variables = variable_keys.lower(server)
    held = {"command": server.command, "args": server.args, "env": plain.get("env"), "cwd": server.cwd, "url": server.url}
    found: dict[str, Any] = {**held, "http_headers": plain.get("headers"), **variables}
    return {key: value for key, value in found.items() if value}


_SHAPES = {"mcpServers": _common, "local-remote": lambda _known, server: local_or_remote(server), "toml": _with_variable_keys}
"""By the word that a client's vocabulary has for it (`[variables] shape`)."""


def _toml(value: Any) -> str:
    """Write a value in one line of TOML, whose texts JSON spells as well."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
