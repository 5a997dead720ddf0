"""What keeps a server from being what its author meant, though its client takes it: seen in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import references
from agentconv.core.expressions import expression
from agentconv.core.meant import Foreign, Reference, Text
from agentconv.parts.fault import Fault
from agentconv.parts.servers import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import Server
    from agentconv.parts.servers.spelling import Client

LONG, SHORT = 1000, 1.0
"""Seconds from which on a time is one in milliseconds to whoever wrote it; and those in which no server has answered."""
_REFERENCE = expression(r"\$\{[^}]*\}|\{env:[^}]*\}|\$[A-Z][A-Z0-9_]*")
_VARIABLE = expression(r"\$\{[A-Z][A-Z0-9_]*\}")
"""What is the name of a variable to whoever wrote it, and of nothing that an editor fills in."""
_SHELLS = expression(r"(?:.*/)?(?:ba|z|da|k)?sh(?:\.exe)?")
_OTHERS = ("editor", "env", "braces")
"""The languages in which a reference may be meant, that of the most of its form first."""
_TRANSPORTS = ("type", "transport", "transportType")
_WORDS = {"sse": "sse", "ws": "ws", "websocket": "ws"}


def of(server: Server, client: Client) -> Iterator[Fault]:
    """Yield what is wrong with a server that a client takes."""
    yield from of_references(server, client)
    yield from _of_transport(server, client)
    yield from _of_times(server, client)


def of_references(server: Server, client: Client | None = None) -> Iterator[Fault]:
    """Yield what looks like a reference to a variable, and is handed on as it stands."""
    run_by_shell = bool(_SHELLS.fullmatch(str(server.definition.command or "")))
    for place, key, value in references.values(server.definition):
        hit = None if place == "args" and run_by_shell else _unfilled(value)
        if hit:
            where = place if key is None else f"{place}.{key}"
            instead = _meant(hit, client) if client else None
            hint = f"write `{instead}`" if instead else "set it where the client takes variables from, or write the value there"
            yield Fault("reference", hit, f"{where}: `{hit}` stays as it stands", hint, instead, key if isinstance(key, str) else place)


def _unfilled(value: str) -> str | None:
    """Return the first of what looks like a reference in a value, and is text, or nothing that the client has a value for."""
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, str) and (match := _REFERENCE.search(part)):
            return match[0]
        if isinstance(part, Foreign) and part.language == "editor" and _VARIABLE.fullmatch(part.text):
            return part.text
    return None


def _meant(word: str, client: Client) -> str | None:
    """Return a reference as a client takes it, where it says in one of the languages what it refers to."""
    own = client.variables().language
    for language in _OTHERS:
        parts = references.read(language, word).parts
        if len(parts) == 1 and isinstance(parts[0], Reference) and own not in (None, references.KEYS):
            found = references.write(str(own), parts)
            return None if found is None else str(found)
    return None


def _of_transport(server: Server, client: Client) -> Iterator[Fault]:
    """Yield a transport that the client has not, and that it passes over."""
    extras: Any = server.extras.get(client.format, {})
    known = (*client.transports, *client.tried)
    for key in _TRANSPORTS:
        word = extras.get(key)
        if isinstance(word, str) and _WORDS.get(word.lower(), known[0]) not in known:
            told = f"has no `{word}`: it speaks HTTP to `{server.name}`"
            yield Fault("transport", word, told, "name an address of it that speaks HTTP, or run it as a program")
            return
    address = str(server.definition.url or "")
    if "sse" not in known and address.rstrip("/").endswith("/sse"):
        told = f"has no SSE, which the address of `{server.name}` seems to speak"
        yield Fault("transport", address, told, "name an address of it that speaks HTTP, or run it as a program")


def _of_times(server: Server, client: Client) -> Iterator[Fault]:
    """Yield times that are counted in another unit than the client's."""
    for field in ("timeout_seconds", "startup_timeout_seconds"):
        seconds, row = getattr(server, field), spelling.row_for(client.schema, field)
        if seconds is None or row is None:
            continue
        given = row.spelled(seconds)
        if row.unit == "s" and seconds >= LONG and seconds % LONG == 0:
            told = f"counts `{row.key}` in seconds: {given} are {seconds / 3600:.1f} hours"
            yield Fault("timeout", row.key, told, f"write {int(seconds) // LONG}, if {given} milliseconds were meant")
        elif row.unit == "ms" and 0 < seconds < SHORT:
            told = f"counts `{row.key}` in milliseconds: it gives up after {given}"
            yield Fault("timeout", row.key, told, f"write {int(seconds * 1_000_000)}, if seconds were meant")
