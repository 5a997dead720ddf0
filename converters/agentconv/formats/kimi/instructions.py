"""Instructions of Kimi Code 2.1.0 (its code read): `.kimi-code/AGENTS.md` and `AGENTS.md`, both of them, as they stand.

https://moonshotai.github.io/kimi-code/en/customization/agents.html

They are read in each folder from the repository's root to the one that it is started in. `agents.md` is read where there is no `AGENTS.md`.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.kimi.kimi import ID
from agentconv.parts.instructions.client import Client, Files

_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)
_OTHER = Files(Place("", "agents.md", native=False, unless=("AGENTS.md",)), main=True)
_OWN = Files(Place(".kimi-code", "AGENTS.md"), main=True)
BY_FORMAT = {
    ID: Client(
        ID,
        "Kimi Code",
        (_MAIN, _OWN, _OTHER, _MAIN.nested()),
        (_OWN, Files(Place(".agents", "AGENTS.md", native=False), main=True)),
    )
}
