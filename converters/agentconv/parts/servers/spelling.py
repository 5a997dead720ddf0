"""How a client spells a server: the keys of its schema, and the definition, of which several keys only mean something together.

The schema of a client's entries is `schemas/parts/servers/<format id>.schema.json`. A row's `x-field` is a field of `Server`, or
`definition.` and one of `McpServer`; `x-unit` is what a time is counted in, and `x-negated` says that true means false there. Of a key
without a field, `x-closes` has the words that close a tool, and `x-restrains` those that have one ask.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files, server_variables
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import McpServer
from agentconv.core.parts import Server
from agentconv.core.schema_files import part_schema
from agentconv.projecting import mcp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from agentconv.core.ir import Json, Rule
    from agentconv.core.part_format import Scope
    from agentconv.core.server_variables import Variables
    from agentconv.parts.servers.files import ServerFile

KIND = "servers"
_DEFINITION = "definition."
_SECONDS = {"s": 1, "ms": 1000}
NOTHING = Complaint("it has no `command` and no `url`")


def _any_name(_name: str) -> Complaint | None:
    return None


def _is_on(_file: ServerFile, _name: str) -> bool:
    return False


def _as_it_is(server: McpServer) -> McpServer:
    return server


def _nothing(_config: dict[str, Json]) -> Collection[str]:
    return ()


def _no_rules(_server: McpServer) -> tuple[Rule, ...] | None:
    return None


@dataclass(frozen=True, slots=True)
class Client:
    """How one client spells a server's definition. `read` and `write` have no part in what stands beside it, such as times."""

    format: str
    """Its format id."""
    title: str
    """Its name, for messages."""
    read: Callable[[str, dict[str, Json]], McpServer | Complaint]
    """Returns the server of a name and of what the schema takes of a configuration; what no field holds is in its `options`.
    Or what keeps the client from taking it."""
    write: Callable[[McpServer], dict[str, Json]]
    transports: tuple[str, ...] = ("stdio", "http", "sse")
    tried: tuple[str, ...] = ()
    """Those that it finds out by itself, at an address that is written like one over HTTP."""
    bad_name: Callable[[str], Complaint | None] = _any_name
    """Why the client does not take a server of this name."""
    legal_name: Callable[[str], str] = str
    """Returns the nearest name that the client takes."""
    is_off: Callable[[ServerFile, str], bool] = _is_on
    """Whether something else in its file switches a server of a name off."""
    settled: Callable[[McpServer], McpServer] = _as_it_is
    """Returns a server that says nothing where the client says nothing, such as an empty list of arguments."""
    words: str = ""
    """The name of its schema, where its files differ in what they take."""
    read_by: str = ""
    """The schema of another client that reads its file in a project, and holds a server to no more than that has a key for."""
    spoken: Variables | None = None
    """How values refer to variables, where that is not as the client's vocabulary says."""
    switches_off: str | None = None
    """How a server is switched off elsewhere, where its entry has no key for that."""
    closing: Callable[[McpServer], tuple[Rule, ...] | None] = _no_rules
    """Returns rules of the whole set that close the tools which a server has closed, and no others; None where none do."""
    passed_over: Callable[[dict[str, Json]], Collection[str]] = _nothing
    """Returns the keys of a configuration that count for nothing beside the others, whatever they say."""
    limits: str | None = None
    """How tools of a server are closed elsewhere, where its entry cannot say that."""

    @property
    def schema(self) -> str:
        """The name of its schema."""
        return self.words or self.format

    def restrains(self, field: str, scope: Scope = "project") -> bool:
        """Whether what a field keeps closed is closed in every client that reads its file."""
        readers = (self.schema, self.read_by) if self.read_by and scope == "project" else (self.schema,)
        return all(holds(reader, field) for reader in readers)

    def variables(self, scope: Scope = "project") -> Variables:
        """Return how the values of a server refer to variables."""
        return self.spoken or server_variables.configured(self.format, scope)


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a client's entries that holds a field of a server."""

    key: str
    field: str
    unit: str
    negated: bool

    def value(self, given: Any) -> Any:
        """Return what the field holds for a value of the key."""
        if self.unit:
            return given / _SECONDS[self.unit]
        return (not given) if self.negated else tuple(given) if isinstance(given, list) else given

    def spelled(self, value: Any) -> Json:
        """Return what the key holds for a value of the field."""
        if self.unit:
            counted = value * _SECONDS[self.unit]
            return int(counted) if counted == int(counted) else counted
        return (not value) if self.negated else list(value) if isinstance(value, tuple) else value


@cache
def rows(format_id: str) -> dict[str, Row]:
    """Return the keys of a client's entries that hold a field of a server."""
    properties: dict[str, Any] = schema_files.load(part_schema(KIND, format_id))["properties"]
    return {
        key: Row(key, row["x-field"], row.get("x-unit", ""), row.get("x-negated", False))
        for key, row in properties.items()
        if row["x-field"] != "extras"
    }


def code_without(format_id: str, key: str, value: Json) -> str:
    """Return the code of the loss that it is to drop a key that no field holds on the way to another client."""
    rows_of = _documented(format_id)
    if rows_of is None:
        return "server-key-dropped"  # of a client that is not known here, nobody can say what it makes of the key
    row = rows_of.get(key)
    if row is None:
        return "server-key-ignored"
    return "server-restraint" if _says_one(value, row.get("x-restrains", ())) else "server-key-dropped"


def _documented(format_id: str) -> Mapping[str, Any] | None:
    """Return the rows of a client's entries; None of a client that is not known here."""
    try:
        found: Mapping[str, Any] = schema_files.load(part_schema(KIND, format_id))["properties"]
    except KeyError:
        return None
    return found


def closed_by(format_id: str, key: str, value: Json) -> list[str]:
    """Return the tools that a key which no field holds closes: those of a map by name, or of a list of maps with a `name`."""
    words = (_documented(format_id) or {}).get(key, {}).get("x-closes", ())
    pairs = (
        value.items()
        if isinstance(value, dict)
        else [(one.get("name"), one) for one in value or () if isinstance(one, dict)]
        if isinstance(value, list)
        else ()
    )
    return [name for name, said in pairs if isinstance(name, str) and _says_one([said], words)]


def _says_one(value: Json, words: list[Json]) -> bool:
    """Whether a value, or one that is in it, is among some."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value in words or any(_says_one(one, words) for one in inside)


def row_for(format_id: str, field: str) -> Row | None:
    """Return the key of a client's entries that holds a field; None where there is none."""
    return next((row for row in rows(format_id).values() if row.field == field), None)


def nearest(format_id: str, row: Row, seconds: float) -> float | None:
    """Return the time nearest to one that a client takes; None where it takes none."""
    for counted in (row.spelled(seconds), max(1, round(seconds * _SECONDS[row.unit]))):
        if schema_files.complaint(part_schema(KIND, format_id), row.key, counted) is None:
            return row.value(counted)  # type: ignore[no-any-return]
    return None


def holds(format_id: str, field: str) -> bool:
    """Whether a client's entries have a key for a field."""
    return row_for(format_id, field) is not None


def defined_by(format_id: str) -> dict[str, str]:
    """Return the keys that say a server's definition as it stands, with the fields of `McpServer`."""
    found = {key: row.field.removeprefix(_DEFINITION) for key, row in rows(format_id).items() if row.field.startswith(_DEFINITION)}
    return {key: field for key, field in found.items() if field != "transport" and not rows(format_id)[key].negated}


def lifted(client: Client, definition: McpServer) -> Server:
    """Return a server of what a client makes of its definition: what the options say beside it is in fields, the rest in extras."""
    rest = dict(definition.options or {})
    values: dict[str, Any] = {}
    for key, row in rows(client.schema).items():
        if key in rest and row.field not in values and _is_unsaid(definition, row):
            values[row.field] = row.value(rest.pop(key))
    inside = {field.removeprefix(_DEFINITION): value for field, value in values.items() if field.startswith(_DEFINITION)}
    outside = {field: value for field, value in values.items() if not field.startswith(_DEFINITION)}
    extras: dict[str, dict[str, Json]] = {client.format: rest} if rest else {}
    return Server(definition=replace(definition, options=None, **inside), **outside, extras=extras)


def _is_unsaid(definition: McpServer, row: Row) -> bool:
    name = row.field.removeprefix(_DEFINITION)
    return name != "transport" and (name == row.field or getattr(definition, name) is None)


def lowered(client: Client, server: Server) -> dict[str, Json]:
    """Return the configuration that says a server, its keys in the order in which the schema has them."""
    known = rows(client.schema)
    found = client.write(replace(server.definition, options=server.extras.get(client.format) or None))
    for row in reversed(known.values()):  # of several keys for a field, the first is written
        value = _value(server, row.field) if row.negated or not row.field.startswith(_DEFINITION) else None
        if value is not None:
            found = {key: item for key, item in found.items() if key not in known or known[key].field != row.field}
            found[row.key] = row.spelled(value)
    found.update({key: value for key, value in server.extras.get(client.format, {}).items() if key not in found})
    documented: Mapping[str, Any] = schema_files.load(part_schema(KIND, client.schema))["properties"]
    return {**{key: found[key] for key in documented if key in found}, **found}


def _value(server: Server, field: str) -> Any:
    name = field.removeprefix(_DEFINITION)
    return getattr(server, name) if name == field else getattr(server.definition, name)


@dataclass(frozen=True, slots=True)
class Typed:
    """How most clients spell a definition: in keys of the fields' names, with the transport in `type`."""

    format: str
    words: Mapping[str, Any]
    """The transport for each word of `type`; the first word for one is written."""
    url: Any = "http"
    """What an address without a type means."""
    named: bool = True
    """Whether a server that is no command is written with its type."""
    effect: Effect = Effect.DROPS
    """What the client does about an entry that is none."""
    key: str = "type"
    """The key of the transport."""

    def read(self, name: str, config: dict[str, Json]) -> McpServer | Complaint:
        """Read a definition."""
        given = dict(config)
        word: Any = given.pop(self.key, None)
        fallback: Any = self.url if "url" in given and "command" not in given else "stdio" if "command" in given else None
        transport = self.words.get(word, fallback) if isinstance(word, str) else fallback
        needed = "url" if transport not in (None, "stdio") else "command"
        if needed not in given:
            return replace(NOTHING if transport is None else Complaint(f"it has no `{needed}`"), effect=self.effect)
        strange = ("url", "headers") if needed == "command" else ("command", "args", "env", "cwd")
        known = {key: field for key, field in defined_by(self.format).items() if field not in strange}
        values, options = mcp.read_config(given, known)
        return McpServer(name, transport, **values, options=options or None)

    def write(self, server: McpServer) -> dict[str, Json]:
        """Write a definition."""
        word = next((word for word, transport in self.words.items() if transport == server.transport), None)
        typed: dict[str, Json] = {self.key: word} if server.transport != "stdio" and (self.named or server.transport != self.url) else {}
        return {**typed, **mcp.write_config(replace(server, options=None), defined_by(self.format))}
