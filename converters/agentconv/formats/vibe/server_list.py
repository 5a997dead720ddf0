"""The servers in files of Mistral Vibe: `[[mcp_servers]]` of a config.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.families.table_list import TableList

if TYPE_CHECKING:
    from agentconv.core.source import SourceText


class ServerList(TableList):
    """A config.toml as it was read."""

    key = "mcp_servers"

    def __init__(self, source: SourceText) -> None:
        super().__init__(source)
        names = [record.name for record in self.records]
        twice = next((record for number, record in enumerate(self.records) if record.name in names[:number]), None)
        if twice is not None:
            self.problem = Complaint(f"two servers are called `{twice.name}`", "name", Effect.STOPS), twice.place[0]
