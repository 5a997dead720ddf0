"""Reports as JSON, for other programs: typed, sorted by nothing but the order of events, without absolute paths."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconv.diagnostics import Diagnostic, Loss


def plain(value: Diagnostic | Loss) -> dict[str, Any]:
    """Return a diagnostic or a loss as a map without what is absent."""
    found = dataclasses.asdict(value)
    if found.get("span"):
        found["span"] = {key: item for key, item in found["span"].items() if item is not None}
    return {key: item for key, item in found.items() if item is not None}


def dumps(report: dict[str, Any]) -> str:
    """Write a report."""
    return json.dumps(report, ensure_ascii=False, indent=2)
