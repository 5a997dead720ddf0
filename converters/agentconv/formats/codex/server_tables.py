"""The tables `[mcp_servers.NAME]` of a config.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.ir import unescape_key
from agentconv.families import toml_text
from agentconv.families.toml_records import TomlRecords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Json
    from agentconv.families.record_file import Record


class ServerTables(TomlRecords):
    """A config.toml as it was read."""

    key = "mcp_servers"
    kind = dict
    wrong_kind = "no map"

    def entries(self, found: Any) -> Iterator[tuple[str, str, Json]]:
        return ((plain, plain, config) for name, config in found.items() for plain in (unescape_key(name),))

    def place(self, record: Record) -> str:
        return record.token

    def head(self, name: str) -> str:
        return f"[{self.key}.{toml_text.key(name)}]"

    def put_within(self, found: Any, name: str, value: Any) -> bool:
        import tomlkit

        if not isinstance(found, tomlkit.items.InlineTable):
            return False
        found[name] = value
        return True
