"""Reports as JSON, for other programs: typed, sorted by nothing but the order of events, without absolute paths."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core import credentials
from agentconv.core.dataclass import fields
from agentconv.formats import registry
from agentconv.render import printable

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic, Loss, Span


_OURS = frozenset(
    {"closes", "key", "effect", "cause", "names", "reason", "general", "data", "beyond", "keepable", "shuts", "option", "called"}
)
"""What tells the parts of a message: it is for this program, and may become another."""


def plain(value: Diagnostic | Loss) -> dict[str, Any]:
    """Return a diagnostic or a loss as a map without what is absent."""
    found = {name: item for name, item in _values(value).items() if name not in _OURS}
    found["message"] = value.message
    if value.span:
        found["span"] = {key: item for key, item in _values(value.span).items() if item is not None}
    return {key: item for key, item in found.items() if item is not None}


def _values(of: Diagnostic | Loss | Span) -> dict[str, Any]:
    return {one.name: getattr(of, one.name) for one in fields(of)}


def report(found: dict[str, Any]) -> str:
    """Write a report on files, with what looks like a credential cut to its first characters.

    Among its diagnostics is why formats of other distributions are not there: a program has nothing else to tell it by.
    """
    if "diagnostics" in found:
        known = {one["message"] for one in found["diagnostics"]}
        gone = [plain(one) for one in registry.broken() if one.message not in known]
        found = found | {"diagnostics": [*found["diagnostics"], *gone]}
    return dumps(_masked(found))


def listed(found: list[dict[str, Any]]) -> str:
    """Write a report that is a list."""
    return printable.in_json(json.dumps(_masked(found), ensure_ascii=False, indent=2)) + "\n"


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return credentials.masked(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, (list, tuple)) else value


def dumps(data: dict[str, Any]) -> str:
    """Write data of our own, such as a schema."""
    return printable.in_json(json.dumps(data, ensure_ascii=False, indent=2))
