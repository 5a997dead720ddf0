"""How the program is typed where it is run without being installed: `agentconv` alone is no command there.

Told from the environment that Python runs in: `uvx` makes one in its cache, `archive-v0/HASH`, and `pipx run` one in
`pipx/HASH`; what is installed for good lies in other folders (`uv/tools/NAME`, `pipx/venvs/NAME`). Asked of uv 0.13.9 and pipx 1.18.4.
"""

from __future__ import annotations

import sys
from pathlib import PurePath

NAME = "agentconv"
_PACKAGE = "agentconv-toolkit"


def here(command: str) -> str:
    """Return a command line as it is to be typed here."""
    words = command.split(" ", 1)
    return " ".join((_program(), *words[1:])) if words[0] == NAME else command


def _program() -> str:
    around = PurePath(sys.prefix).parent.name
    if around.startswith("archive-v"):
        return f"uvx --from {_PACKAGE} {NAME}"
    return f"pipx run --spec {_PACKAGE} {NAME}" if around == "pipx" else NAME
