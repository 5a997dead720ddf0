"""How the MCP servers of each client refer to variables of the environment."""

from __future__ import annotations

from functools import cache
from typing import Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, replace


@dataclass(frozen=True, slots=True)
class Variables:
    """How the values of MCP servers refer to variables of the environment."""

    language: str | None = None
    places: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    """Fields in which the client documents references, and hands them on as they stand."""
    inherits: bool = False
    """Whether the server is handed all variables that the client has."""
    configured: str | None = None
    """The language of the client's configuration."""
    configured_places: tuple[str, ...] = ("command", "args", "env", "cwd", "url", "headers")
    """The fields of a server in the configuration whose values may do so."""
    refused: bool = False
    """Whether a project's configuration that refers to a variable is left out as a whole."""
    keyed: tuple[str, ...] = ("env", "headers", "bearer")
    """Which values have keys in which variables are named, where that is how it is done: those of `env`, headers, or a bearer's token."""
    file: str = ""
    """The file in which a project's servers are configured."""
    key: str = "mcpServers"
    http: str = "http"
    """What the type of a server over HTTP is called there."""
    http_key: str = "url"
    """The key of its address."""
    shape: str = "mcpServers"
    """How a server is written there: `mcpServers` as most do, `opencode` with a list that is command and arguments, `toml`."""


@cache
def variables(format_id: str) -> Variables:
    """Return how the MCP servers of a client refer to variables; nothing where that is not known."""
    found: dict[str, Any] = vocabulary.tables(format_id).get("variables", {})
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return Variables(**values)


@cache
def configured(format_id: str, scope: str = "project") -> Variables:
    """Return how the servers of a client's configuration refer to variables; a user's may do so where a project's may not."""
    known = variables(format_id)
    refused = known.refused and scope == "project"
    return replace(known, language=known.configured, places=known.configured_places, meant=(), refused=refused)
