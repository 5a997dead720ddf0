"""Where the fixtures are, and agent files made from keys and values."""

from __future__ import annotations

from pathlib import Path

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

__all__ = [
    "BODY",
    "FIXTURES",
    "FOLDERS",
    "ROOT",
    "agent_of",
    "as_held",
    "convert_agent",
    "convert_file",
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
