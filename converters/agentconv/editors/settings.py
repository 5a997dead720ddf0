"""What stands in `agentconv.toml`, as its schema describes it: for hovering and completing there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.editors import cursor, plain
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.sources.settings_file import FILE, PYTHON, TABLE

if TYPE_CHECKING:
    from agentconv.editors.cursor import Cursor
    from agentconv.editors.document import Document

_FORMATS = ("source", "source-format", "targets", "for")
_RULES = ("select", "ignore")


def is_of(document: Document) -> bool:
    """Whether a file has settings."""
    return os.path.basename(document.location) in (FILE, PYTHON)


def at(document: Document, offset: int) -> tuple[Cursor, dict[str, Any]] | None:
    """Return what is typed, and what the schema says of the table that it is in; None where that is none of ours."""
    found = cursor.in_toml(document.text, document.positions, offset)
    prefix = () if os.path.basename(document.location) == FILE else TABLE
    if found is None or found.table[: len(prefix)] != prefix:
        return None
    row: Any = schema_files.load("config")
    for name in found.table[len(prefix) :]:
        row = row.get("properties", {}).get(name, row.get("additionalProperties", {}))
        if not isinstance(row, dict):
            return None
    return found, row


def hover(document: Document, offset: int) -> str | None:
    """Return what a setting is for."""
    end = document.positions.line(document.positions.line_of(offset))[1]
    found = at(document, end)
    if found is None or found[0].key is None:
        return None
    told = found[1].get("properties", {}).get(found[0].key, {}).get("description")
    return f"{plain.code(found[0].key)}: {plain.words(told)}" if told else None


def keys(row: dict[str, Any]) -> dict[str, str]:
    """Return the keys of a table, each with what it is for."""
    return {name: str(one.get("description", "")) for name, one in row.get("properties", {}).items()}


def words(row: dict[str, Any], key: str) -> dict[str, str]:
    """Return what a setting may be, each with what it means."""
    if key in _FORMATS:
        return {client: registry.FORMATS[client].title for client in registry.CLIENTS}
    if key in _RULES:
        return {rule.code: f"{rule.name}: {rule.summary}" for rule in catalogue.rules().values()}
    return dict.fromkeys(enumerated(row.get("properties", {}).get(key, {})), "")


def enumerated(row: Any) -> list[str]:
    """Return the words that a schema lists for a value, or for those in it."""
    if not isinstance(row, dict):
        return []
    own = [one for one in (*row.get("enum", ()), *([row["const"]] if "const" in row else ())) if isinstance(one, str)]
    own += ["true", "false"] if row.get("type") == "boolean" else []
    inner = [*row.get("anyOf", ()), *row.get("oneOf", ()), row.get("items")]
    return list(dict.fromkeys([*own, *(word for one in inner for word in enumerated(one))]))
