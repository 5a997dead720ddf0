"""Instructions of Mistral Vibe 3.0.3 (documented, and its code read): `AGENTS.md` as it stands, and the user's own.

https://docs.mistral.ai/mistral-vibe

Those in folders below are read once a file there is. A project's are read where its folder is trusted.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_MAIN = Files(Place("", "AGENTS.md", trusted=True, native=False), main=True)
BY_FORMAT = {"vibe": Client("vibe", "Mistral Vibe", (_MAIN, _MAIN.nested()), (Files(Place(".vibe", "AGENTS.md"), main=True),))}
