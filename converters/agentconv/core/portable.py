"""The portable words: what any client's capability, event, permission mode or tier is called here."""

from __future__ import annotations

from functools import cache
from typing import get_args

from agentconv.core import access, known_models, schema_files, vocabulary
from agentconv.core.ir import PermissionMode

MODES: tuple[str, ...] = get_args(PermissionMode)
TIERS = known_models.TIERS


@cache
def capabilities() -> tuple[str, ...]:
    """Return what tools may be capable of: our own words, and those of formats that other distributions bring."""
    further = {meaning for client in vocabulary.clients() for meaning in vocabulary.capabilities(client)}
    return tuple(dict.fromkeys((*access.CAPABILITIES, *sorted(further), access.EVERY_CAPABILITY)))


@cache
def events() -> tuple[str, ...]:
    """Return the events of which more than one client tells its hooks."""
    found = (meaning for client in vocabulary.clients() for meaning in vocabulary.tables(client).get("events", {}).values())
    return tuple(sorted({event for event in found if event}))


@cache
def languages() -> tuple[str, ...]:
    """Return the languages in which patterns may be."""
    spelled = schema_files.load("agent")["$defs"]["pattern"]["anyOf"][1]
    return tuple(spelled["properties"]["language"]["enum"])
