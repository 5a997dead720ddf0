"""JSON values in TOML and back, exactly: what TOML cannot hold is a map of one key.

TOML has no null; `{"$null" = true}` stands for it. It writes tables after plain values; where a user's map has another
order, `{"$key" = [[key, value], ...]}` stands for it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from agentconv.core.ir import float_value

if TYPE_CHECKING:
    from collections.abc import Sequence

_NULL = {"$null": True}
_PAIRS = "$key"
_VERBATIM = frozenset({"extras", "options", "handlers", "metadata"})
"""Fields whose maps are the user's: their order counts."""


def locate(text: str, path: Sequence[str | int]) -> int:
    """Return the offset of the table that a path leads to: the n-th `[[agents]]`, then its key."""
    start = 0
    if len(path) > 1 and isinstance(path[1], int):
        index = path[1]
        headers = list(re.finditer(rf"(?m)^\[\[{re.escape(str(path[0]))}\]\]", text))
        start = headers[index].start() if index < len(headers) else 0
        path = path[2:]
    if path and isinstance(path[0], str):
        key = re.compile(rf'(?m)^"?{re.escape(path[0])}"?[ .]').search(text, start)
        return key.start() if key else start
    return start


def restored(value: Any) -> Any:
    """Turn what TOML cannot hold back; a date becomes its canonical map."""
    if isinstance(value, dict):
        if value.keys() == {_PAIRS}:
            return _from_pairs(value[_PAIRS])
        return None if value == _NULL else {key: restored(item) for key, item in value.items()}
    if isinstance(value, list):
        return [restored(item) for item in value]
    if isinstance(value, float):
        return float_value(value)
    if hasattr(value, "isoformat"):
        return {"$datetime": value.isoformat()}
    return value


def _from_pairs(pairs: Any) -> Any:
    if isinstance(pairs, list) and all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        found = {key: restored(item) for key, item in pairs}
        if len(found) == len(pairs):
            return found
    return {_PAIRS: restored(pairs)}


def prepared(value: Any, *, verbatim: bool = False) -> Any:
    """Spell what TOML cannot hold: null, and inside verbatim values the order of tables before plain values."""
    if value is None:
        return dict(_NULL)
    if isinstance(value, list):
        return [prepared(item, verbatim=verbatim) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: prepared(item, verbatim=verbatim or key in _VERBATIM) for key, item in value.items()}
    if verbatim and _loses_order(found):
        return {_PAIRS: [[key, item] for key, item in found.items()]}
    return found


def _loses_order(value: dict[str, Any]) -> bool:
    """Whether TOML would write these entries in another order: plain values, then tables; lists of maps are either."""
    kinds = ["table" if isinstance(item, dict) else "either" if _holds_map(item) else "plain" for item in value.values()]
    return any(
        (before == "table" and after != "table") or before == "either" or (before != "plain" and after == "either")
        for before, after in pairwise(kinds)
    )


def _holds_map(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
