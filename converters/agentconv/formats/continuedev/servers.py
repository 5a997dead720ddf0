"""The MCP servers of a project or user of Continue (its code read, its schema asked): JSON files in `.continue/mcpServers`, and blocks.

https://docs.continue.dev/customize/deep-dives/mcp

One wrong entry costs the servers of its file. An entry with an address is no program, whatever else it says, and what is not in the
schema is passed over. `${X}` in `env` becomes a secret of the user's account, which nothing fills in for these files, so that no
reference is written. A file without a map of servers may be one server, called as the file is. A server in a YAML file of its own is a
block (`server_blocks`): none is written for another client's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.families.record_file import Roster, as_written
from agentconv.families.value_checks import is_text_map
from agentconv.formats.continuedev import server_blocks
from agentconv.formats.continuedev.continuedev import ID
from agentconv.json.jsonc import JSONC, Object
from agentconv.parts.servers.files import JsonServers, json_servers
from agentconv.parts.servers.format import ServerFormat
from agentconv.parts.servers.spelling import Client, Typed

if TYPE_CHECKING:
    from agentconv.core.ir import Json, McpServer
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import Server
    from agentconv.core.source import SourceText
    from agentconv.parts.servers.files import ServerFile

_TYPED = Typed(ID, {"stdio": "stdio", "http": "http", "sse": "sse"}, effect=Effect.DROPS_ALL)
_BLOCKS = ("yaml", "yml")
_OF_PROGRAMS, _OF_ADDRESSES = ("command", "args", "env"), ("url", "headers")


def _passed_over(config: dict[str, Json]) -> tuple[str, ...]:
    """Return the keys of the other kind, whatever they say: what is a whole address is one, and what is none may be a program."""
    kind, headers = config.get("type"), config.get("headers")
    if isinstance(config.get("url"), str) and kind in (None, "http", "sse") and ("headers" not in config or is_text_map(headers)):
        return _OF_PROGRAMS
    return _OF_ADDRESSES if isinstance(config.get("command"), str) and kind in (None, "stdio") else ()


def _read(name: str, config: dict[str, Json]) -> McpServer | Complaint:
    kind = config.get("type")
    if ("url" in config and kind != "stdio") or ("command" in config and kind not in ("http", "sse")):
        return _TYPED.read(name, config)
    needed = "`command`" if kind == "stdio" else "`url`" if kind else "`command` and no `url`"
    return Complaint(f"it has no {needed}", effect=Effect.DROPS_ALL)


class _OneServer(JsonServers):
    """A file that is one server."""

    def __init__(self, source: SourceText) -> None:
        super().__init__(source, Roster("", by_name=False, document=True), JSONC, as_written(source))
        self.records[0].name = source.path.rpartition("/")[2].replace(".json", "", 1)


_several = json_servers("/mcpServers", JSONC)


def _parse(source: SourceText) -> ServerFile:
    """Read a file of several servers, or, where it has no map of them, of one."""
    file = _several(source)
    root = file.document.root if isinstance(file, JsonServers) and not file.problem else None
    keys = root.entries() if isinstance(root, Object) else {}
    return _OneServer(source) if "mcpServers" not in keys and not keys.keys().isdisjoint(("command", "url")) else file


_FOLDER = ".continue/mcpServers"
_PLACES = (Place(f"{_FOLDER}/mcp.json"), *(Place(_FOLDER, f"**/*.{ending}") for ending in ("json", *_BLOCKS)))
BY_FORMAT: dict[str, PartFormat[Server]] = {
    ID: ServerFormat(
        Client(ID, "Continue", _read, _TYPED.write, passed_over=_passed_over),
        _parse,
        _PLACES,
        _PLACES,
        elsewhere=tuple((f".{ending}", server_blocks.FORMAT) for ending in _BLOCKS),
    )
}
