"""Variables that are named in keys of their own, for a client that expands nothing: `env_vars`, `bearer_token_env_var`, `env_http_headers`.

A key of another form, or beside a value of the same name, is the client's own business: it stays among the options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import references
from agentconv.core.dataclass import replace
from agentconv.core.meant import Reference, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json, McpServer
    from agentconv.core.references import Part

HANDED_ON, _BEARER, _HEADERS = "env_vars", "bearer_token_env_var", "env_http_headers"
_AUTHORIZATION = "Authorization"


def lifted(server: McpServer) -> McpServer:
    """Return a server of which version 0.1.0 kept those keys among the options."""
    values: dict[str, Any] = {"env": server.env, "headers": server.headers}
    options = dict(server.options or {})
    lift(values, options, local=server.transport == "stdio")
    return replace(server, **values, options=options or None) if options != (server.options or {}) else server


def lift(values: dict[str, Any], options: dict[str, Json], *, local: bool) -> None:
    """Take the keys that name variables out of a server's options, and put references into its values."""
    if local:
        names: Any = options.get(HANDED_ON)
        if isinstance(names, list) and _are_names(names) and len(set(names)) == len(names):
            _put(values, options, HANDED_ON, {"env": {name: (Reference(name),) for name in names}})
        return
    variable, variables = options.get(_BEARER), options.get(_HEADERS)
    if isinstance(variable, str) and variable:
        _put(values, options, _BEARER, {"headers": {_AUTHORIZATION: ("Bearer ", Reference(variable))}})
    if isinstance(variables, dict) and _are_names(list(variables.values())):
        _put(values, options, _HEADERS, {"headers": {name: (Reference(str(found)),) for name, found in variables.items()}})


def _are_names(found: list[Any]) -> bool:
    return bool(found) and all(isinstance(name, str) and name for name in found)


def _put(values: dict[str, Any], options: dict[str, Json], key: str, added: Mapping[str, Mapping[str, tuple[Part, ...]]]) -> None:
    """Put what a key says beside a server's values, unless one of them goes before it."""
    ((field, entries),) = added.items()
    held = values.get(field) or {}
    if isinstance(held, dict) and not held.keys() & entries.keys():
        del options[key]
        values[field] = {**held, **{name: Text(references.common(parts), parts) for name, parts in entries.items()}}


def lower(server: McpServer) -> tuple[dict[str, dict[str, str]], dict[str, Json]]:
    """Return the variables and headers of a server whose values are texts, and the keys that name the variables of the others."""
    plain: dict[str, dict[str, str]] = {}
    keys: dict[str, Any] = {}
    for field in ("env", "headers"):
        for name, value in (getattr(server, field) or {}).items():
            parts = references.parts_of(value)
            if not references.has_key(field, name, parts):
                plain.setdefault(field, {})[name] = value
                continue
            variable = parts[-1].env  # type: ignore[union-attr]
            if field == "env":
                keys.setdefault(HANDED_ON, []).append(variable)
            elif len(parts) > 1:
                keys[_BEARER] = variable
            else:
                keys.setdefault(_HEADERS, {})[name] = variable
    return plain, keys
