"""Instructions of Codex 0.169.0 (asked): `AGENTS.md` in each folder from the root down, as they stand.

https://developers.openai.com/codex/guides/agents-md

`AGENTS.override.md` takes its place in its folder. Nothing is imported, and no header is read.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_MAIN = Files(Place("", "AGENTS.md", unless=("AGENTS.override.md",)), main=True)
_OVERRIDE = Files(Place("", "AGENTS.override.md"), main=True)
_OWN = Files(Place(".codex", "AGENTS.md", unless=("AGENTS.override.md",)), main=True)
BY_FORMAT = {
    "codex": Client(
        "codex",
        "Codex",
        (_MAIN, _OVERRIDE, _MAIN.nested(), _OVERRIDE.nested()),
        (_OWN, Files(Place(".codex", "AGENTS.override.md"), main=True)),
    )
}
