"""Instructions of deepagents-code 0.1.88 (its code read): `.deepagents/AGENTS.md` and `AGENTS.md`, both of them, as they stand.

https://docs.langchain.com/oss/python/deepagents/cli/overview
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.deepagents.deepagents import ID
from agentconv.parts.instructions.client import Client, Files

BY_FORMAT = {
    ID: Client(
        ID,
        "deepagents-code",
        (Files(Place("", "AGENTS.md", native=False), main=True), Files(Place(".deepagents", "AGENTS.md"), main=True)),
        (Files(Place(".deepagents/agent", "AGENTS.md"), main=True),),
    )
}
