"""Where the fixtures are, and agent files made from keys and values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import template_format
from agentconv.formats import registry
from agentconv.testing.files import (
    BODY,
    agent_of,
    as_held,
    convert_agent,
    convert_file,
    holds,
    make,
    minimal,
    output,
    read,
    state_of,
    suffix,
    unlike,
    with_shared_file,
    written,
)
from thorough import THOROUGH

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BODY",
    "FIXTURES",
    "FOLDERS",
    "ROOT",
    "agent_of",
    "as_held",
    "convert_agent",
    "convert_file",
    "dealt",
    "holds",
    "make",
    "minimal",
    "output",
    "read",
    "state_of",
    "suffix",
    "unlike",
    "with_shared_file",
    "written",
]
ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
FOLDERS = {format_id: FIXTURES / format_id for format_id in registry.CLIENTS} | {template_format.ID: template_format.FOLDER / "fixtures"}
"""Where the fixtures of each client are."""
_DEALT = 3
"""Clients that are dealt at once, or somewhat more."""


def dealt(to: object, of: Sequence[str] = registry.CLIENTS) -> Sequence[str]:
    """Return some of the clients, others to whom comes next: what is tried on much, on the way to each of them, meets all between them.

    A thorough run deals all of them to everybody.

    Args:
        to: The place in a row of what is tried; of anything else, its `repr` decides.
        of: The clients.
    """
    steps = 1 if THOROUGH else max(len(of) // _DEALT, 1)
    number = to if isinstance(to, int) else crc32(repr(to).encode("utf-8", "surrogatepass"))
    return of[number % steps :: steps]
