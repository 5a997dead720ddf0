"""Instructions of Factory Droid 0.215.0 (names found in its code): `AGENTS.md` and `CLAUDE.md`, as they stand.

https://docs.factory.ai/cli/configuration/agents-md
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)
BY_FORMAT = {
    "droid": Client(
        "droid",
        "Factory Droid",
        (_MAIN, Files(Place("", "CLAUDE.md", native=False), main=True), Files(Place(".factory", "AGENTS.md"), main=True), _MAIN.nested()),
        (Files(Place(".factory", "AGENTS.md"), main=True),),
    )
}
