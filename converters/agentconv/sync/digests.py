"""Checksums of what fields mean, which are enough to tell who changed what: a lock holds them, and no value.

Sixteen digits are the first 64 bits of a SHA-256 over canonical JSON of the portable value. Nothing is deleted or replaced on
their word alone.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from agentconv.core import credentials, fields, restrictions
from agentconv.core import dataclass as dataclasses
from agentconv.core.meant import Text
from agentconv.sync import rule_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.ir import Agent

DIGITS = 16
HIDDEN = "*"
"""Stands for a field with a credential in it, of which not even a checksum is kept."""
STRANGE = "?"
"""Stands for a field of a file that was not ours, of which nobody said whose word counts: nothing is settled of it yet."""
ABSENT = hashlib.sha256(b"null").hexdigest()[:DIGITS]
"""Stands for a field that a target's file does not have, where the source says something, and keeps so."""
SECURITY = ("tools", "permissions", "mcp_servers", "hooks", "delegates")
"""Fields that only mean something together: what an agent may do."""
GROUP = "what it may do"
"""What the fields that only mean something together are called."""
TEXTS = ("prompt.text", "description")
"""Fields that are merged by lines."""
LISTS = ("skills",)
"""Fields that are merged by their elements."""


def values(agent: Agent) -> dict[str, Any]:
    """Return what an agent's fields mean, by path; those that are absent, or say no more than that, are left out."""
    found = {}
    for path in fields.PATHS:
        value = said(agent, path)
        if not fields.is_absent(path, value):
            found[path] = value
    return found | {path: fields.get(agent, path) for path in fields.extra_paths(agent)}


def said(agent: Agent, path: str) -> Any:
    """Return what a field says.

    Where a text ends, no number of line breaks says anything, and files are closed in different ways; nor does the order of rules, each
    about another tool.
    """
    value = fields.get(agent, path)
    if path == "permissions.rules" and value:
        return rule_order.settled(value, agent.permissions.resolution)
    return value.rstrip("\r\n") if path in TEXTS and isinstance(value, str) else value


def of(agent: Agent) -> dict[str, str]:
    """Return the checksum of each field of an agent that says something."""
    return {path: digest(value) for path, value in values(agent).items()}


def bare(agent: Agent) -> dict[str, str]:
    """Return the same with the checksums of fields with a credential in them, to compare within a run: no lock holds them."""
    return {path: _checksum(_spelled(value)) for path, value in values(agent).items()}


def digest(value: object) -> str:
    """Return the checksum of what a value means; `HIDDEN` where there is a credential in it."""
    text = _spelled(value)
    return HIDDEN if credentials.find(text) else _checksum(text)


def _spelled(value: object) -> str:
    return json.dumps(_canonical(fields.portable(value)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def left(settled: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the checksums of a file as it was left: what is settled, and what it says beside that or in its place."""
    return {path: one for path, one in {**settled, **own}.items() if one != ABSENT}


def _canonical(value: Any) -> Any:
    """Return a value as JSON has it, the same for everything that is equal."""
    if isinstance(value, Text):
        return [_canonical(part) for part in value.parts]
    if isinstance(value, str):
        return str(value)
    if dataclasses.is_dataclass(value):
        rows = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _canonical(one) for name, one in rows if one is not None and one != ()}
    if isinstance(value, frozenset):
        return sorted((_canonical(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True, default=str))
    if isinstance(value, (tuple, list)):
        return [_canonical(one) for one in value]
    if hasattr(value, "items"):
        return {str(key): _canonical(one) for key, one in value.items()}
    return value


def restrains(path: str) -> bool:
    """Whether a field is one of those that say what an agent may do."""
    if not path.startswith("extras."):
        return fields.head_of(path) in SECURITY
    _, format_id, key = path.split(".", 2)
    return restrictions.is_about_grants(format_id, key)


def grouped(digests: Mapping[str, str]) -> dict[str, str]:
    """Return checksums with one for all the fields that say what an agent may do."""
    group = {path: one for path, one in digests.items() if restrains(path)}
    rest = {path: one for path, one in digests.items() if path not in group}
    return rest | ({GROUP: _joined(group)} if group else {})


def rights(agent: Agent) -> str:
    """Return one checksum of all that says what an agent may do."""
    return grouped(of(agent)).get(GROUP, ABSENT)


def members(paths: Iterable[str]) -> list[str]:
    """Return those of these fields that say what an agent may do."""
    return [path for path in paths if restrains(path)]


def _joined(group: Mapping[str, str]) -> str:
    """Return one checksum of several; a credential in one of them is one in all."""
    if HIDDEN in group.values():
        return HIDDEN
    return hashlib.sha256(json.dumps(group, sort_keys=True).encode()).hexdigest()[:DIGITS]
