"""Lists of tables in files of Mistral Vibe, each table with its name: `[[mcp_servers]]` of a config.toml, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.families.toml_records import TomlRecords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
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


class ServerList(TableList):
    """A config.toml as it was read."""

    key = "mcp_servers"

    def __init__(self, source: SourceText) -> None:
        super().__init__(source)
        names = [record.name for record in self.records]
        twice = next((record for number, record in enumerate(self.records) if record.name in names[:number]), None)
        if twice is not None:
            self.problem = Complaint(f"two servers are called `{twice.name}`", "name", Effect.STOPS), twice.place[0]
