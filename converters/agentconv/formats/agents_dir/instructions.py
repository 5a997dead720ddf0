"""`AGENTS.md`, which all readers of the folder `.agents` read (asked), and Antigravity, too (documented).

https://agents.md
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_MAIN = (Files(Place("", "AGENTS.md"), main=True),)
BY_FORMAT = {
    "agents-dir": Client("agents-dir", "a reader of .agents", _MAIN),
    "antigravity": Client("antigravity", "Antigravity", _MAIN, (Files(Place(".gemini", "GEMINI.md", native=False), main=True),)),
}
