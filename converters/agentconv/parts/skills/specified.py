"""Names and descriptions of skills as the Agent Skills specification has them, for the clients that hold skills to it.

https://agentskills.io/specification
"""

from __future__ import annotations

import re

from agentconv.core import names
from agentconv.core.expressions import expression

LONGEST_NAME, LONGEST_DESCRIPTION = 64, 1024
_NAME = expression(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def bad_name(name: str) -> str | None:
    """Say what is wrong with a name; nothing, where it is legal."""
    legal = len(name) <= LONGEST_NAME and _NAME.fullmatch(name)
    return None if legal else f"`name` must be up to {LONGEST_NAME} lower-case letters, digits and single `-`"


def legal_name(name: str) -> str:
    """Return the nearest legal name; empty where there is none."""
    return name if bad_name(name) is None else re.sub(r"[_-]+", "-", names.slug(name))[:LONGEST_NAME].strip("-")
