"""Instructions of OpenHands (SDK 1.58.2, its code read): `AGENTS.md`, `CLAUDE.md`, `GEMINI.md` and `.cursorrules`, all of them.

https://docs.openhands.dev/overview/skills/repo

Those in folders below are read when a file there is touched. `AGENT.md` takes the place of `AGENTS.md`, of which it is another name.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.openhands.openhands import ID
from agentconv.parts.instructions.client import Client, Files


def _main(name: str, unless: tuple[str, ...] = ()) -> Files:
    return Files(Place("", name, native=False, unless=unless), main=True)


_MAIN = (_main("AGENTS.md", ("AGENT.md",)), _main("AGENT.md"), _main("CLAUDE.md"), _main("GEMINI.md"), _main(".cursorrules"))
BY_FORMAT = {ID: Client(ID, "OpenHands", (*_MAIN, *(one.nested() for one in _MAIN)))}
