r"""Canonical TOML: the same document as canonical JSON, with prompts as multi-line strings wherever that is exact.

TOML has no null; `{"$null" = true}` stands for it. It writes tables after plain values; where a user's map has another
order, `{"$key" = [[key, value], ...]}` stands for it. Written with tomli-w, whose multi-line strings lose carriage returns:
they travel as a stand-in character and become the escape `\r`, which a multi-line string holds exactly.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from agentconv import fields
from agentconv.diagnostics import Code, Diagnostic, Severity
from agentconv.families import bundle, canonical
from agentconv.format_base import FormatSpec, ReadResult
from agentconv.ir import float_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.diagnostics import Span
    from agentconv.format_base import Projection
    from agentconv.ir import AgentSet
    from agentconv.source import SourceText

SPEC = FormatSpec(id="toml", client="canonical TOML", holds=frozenset(fields.PATHS), legal_name=lambda name: name)
_NULL = {"$null": True}
_PAIRS = "$key"
_VERBATIM = frozenset({"extras", "options", "handlers"})
"""Fields whose maps are the user's: their order counts."""


def read(source: SourceText) -> ReadResult:
    """Read a bundle. Errors name the place in the user's file."""
    import tomli

    def place(path: Sequence[str | int]) -> Span:
        return source.span(_locate(source.text, path))

    if source.undecodable is not None:
        return _failed(source, "not UTF-8", source.undecodable)
    try:
        document = tomli.loads(source.text.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError as error:
        return _failed(source, f"not TOML: {error.msg[0].lower()}{error.msg[1:]}", error.pos)
    except (RecursionError, ValueError) as error:
        return _failed(source, f"not read: {str(error) or 'nested too deep'}", 0)
    return bundle.read(_restored(document), place)


def _failed(source: SourceText, message: str, offset: int) -> ReadResult:
    hint = "bundles are made with `agentconv convert -t toml`"
    return ReadResult(diagnostics=(Diagnostic(Code.SYNTAX, Severity.ERROR, message, source.span(offset), hint),))


def _locate(text: str, path: Sequence[str | int]) -> int:
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


def _restored(value: Any) -> Any:
    """Turn what TOML cannot hold back; a date becomes its canonical map."""
    if isinstance(value, dict):
        if value.keys() == {_PAIRS}:
            return _from_pairs(value[_PAIRS])
        return None if value == _NULL else {key: _restored(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, float):
        return float_value(value)
    if hasattr(value, "isoformat"):
        return {"$datetime": value.isoformat()}
    return value


def _from_pairs(pairs: Any) -> Any:
    if isinstance(pairs, list) and all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        return {key: _restored(item) for key, item in pairs}
    return {_PAIRS: _restored(pairs)}


def _prepared(value: Any, *, verbatim: bool = False) -> Any:
    """Spell what TOML cannot hold: null, and inside verbatim values the order of tables before plain values."""
    if value is None:
        return dict(_NULL)
    if isinstance(value, list):
        return [_prepared(item, verbatim=verbatim) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _prepared(item, verbatim=verbatim or key in _VERBATIM) for key, item in value.items()}
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


def write(agents: AgentSet, original: SourceText, respelled: list[str] | None = None) -> bytes:  # noqa: ARG001 - always whole
    """Write a bundle."""
    import tomli_w

    document = _prepared(canonical.to_document(agents))
    text = json.dumps(document, ensure_ascii=False)
    if "\\r" not in text:
        return tomli_w.dumps(document, multiline_strings=True).encode("utf-8")
    stand_in = next(char for char in map(chr, range(0xE000, 0xF8FF)) if char not in text)
    return tomli_w.dumps(_replaced(document, stand_in), multiline_strings=True).replace(stand_in, "\\r").encode("utf-8")


def _replaced(value: Any, stand_in: str) -> Any:
    if isinstance(value, str):
        return value.replace("\r", stand_in)
    if isinstance(value, dict):
        return {_replaced(key, stand_in): _replaced(item, stand_in) for key, item in value.items()}
    return [_replaced(item, stand_in) for item in value] if isinstance(value, list) else value


def project(projection: Projection) -> None:
    """Keep everything: the canonical forms hold every value."""
