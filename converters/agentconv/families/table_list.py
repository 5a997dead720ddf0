"""Lists of tables in TOML files, each table with its name, where it has one: `[[mcp_servers]]`, `[[hooks]]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.families.toml_records import TomlRecords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Json
    from agentconv.families.record_file import Record


class TableList(TomlRecords):
    """A file with one such list as it was read."""

    kind = list
    wrong_kind = "no list"

    def entries(self, found: Any) -> Iterator[tuple[int, str, Json]]:
        for number, config in enumerate(found):
            given = config.get("name") if isinstance(config, dict) else None
            yield number, given if isinstance(given, str) else "", config

    def place(self, record: Record) -> int:
        return int(record.token)

    def head(self, name: str) -> str:  # noqa: ARG002
        return f"[[{self.key}]]"

    def put_within(self, found: Any, name: str, value: Any) -> bool:  # noqa: ARG002
        import tomlkit

        if not isinstance(found, tomlkit.items.Array):
            return False
        found.append(value)
        return True
