"""Reports as JSON, for other programs: typed, sorted by nothing but the order of events, without absolute paths."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from agentconv.core import credentials
from agentconv.render import printable

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic, Loss


def plain(value: Diagnostic | Loss) -> dict[str, Any]:
    """Return a diagnostic or a loss as a map without what is absent."""
    found = dataclasses.asdict(value)
    if found.get("span"):
        found["span"] = {key: item for key, item in found["span"].items() if item is not None}
    return {key: item for key, item in found.items() if item is not None}


def report(found: dict[str, Any]) -> str:
    """Write a report on files, with what looks like a credential cut to its first characters."""
    return dumps(_masked(found))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return credentials.masked(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, (list, tuple)) else value


def dumps(data: dict[str, Any]) -> str:
    """Write data of our own, such as a schema."""
    return printable.in_json(json.dumps(data, ensure_ascii=False, indent=2))
