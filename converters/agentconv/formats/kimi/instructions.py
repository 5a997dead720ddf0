"""Instructions of Kimi Code 2.1.0 and kimi-cli 1.52.0 (their code read): `AGENTS.md` and that of their own folder, as they stand.

https://moonshotai.github.io/kimi-code/en/customization/agents.html

Both are read, in each folder from the repository's root to the one that it is started in. `agents.md` is read where there is no
`AGENTS.md`. kimi-cli has `.kimi` for its folder, and reads none of the user's.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.kimi import kimi, kimi_cli
from agentconv.parts.instructions.client import Client, Files

_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)
_OTHER = Files(Place("", "agents.md", native=False, unless=("AGENTS.md",)), main=True)
_OWN = Files(Place(".kimi-code", "AGENTS.md"), main=True)
_OF_CLI = Files(Place(".kimi", "AGENTS.md"), main=True)
BY_FORMAT = {
    kimi.ID: Client(
        kimi.ID,
        "Kimi Code",
        (_MAIN, _OWN, _OTHER, _MAIN.nested()),
        (_OWN, Files(Place(".agents", "AGENTS.md", native=False), main=True)),
    ),
    kimi_cli.ID: Client(kimi_cli.ID, "kimi-cli", (_MAIN, _OF_CLI, _OTHER, _MAIN.nested()), ()),
}
