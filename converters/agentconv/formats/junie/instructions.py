"""Instructions of Junie (documented): the first that is there of `.junie/AGENTS.md`, `AGENTS.md` and `.junie/guidelines.md`.

https://junie.jetbrains.com/docs/guidelines-and-memory.html
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_OWN = Files(Place(".junie", "AGENTS.md"), main=True)
BY_FORMAT = {
    "junie": Client(
        "junie",
        "Junie",
        (
            Files(Place("", "AGENTS.md", native=False, unless=(".junie/AGENTS.md",)), main=True),
            _OWN,
            Files(Place(".junie", "guidelines.md", unless=("AGENTS.md", "../AGENTS.md")), main=True),
        ),
        (_OWN,),
    )
}
