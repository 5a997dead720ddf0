r"""Canonical TOML: the same document as canonical JSON, with prompts as multi-line strings wherever that is exact.

TOML has no null; `{"$null" = true}` stands for it. It writes tables after plain values; where a user's map has another
order, `{"$key" = [[key, value], ...]}` stands for it. Written with tomli-w, whose multi-line strings lose carriage returns:
they travel as a stand-in character and become the escape `\r`, which a multi-line string holds exactly.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core import fields
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.format import FormatSpec, ReadResult, WriteResult
from agentconv.formats.canonical import bundle, documents, toml_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText

SPEC = FormatSpec(id="toml", client="canonical TOML", holds=frozenset(fields.PATHS), legal_name=lambda name: name)


def read(source: SourceText) -> ReadResult:
    """Read a bundle. Errors name the place in the user's file."""
    import tomli

    def place(path: Sequence[str | int]) -> Span:
        return source.span(toml_values.locate(source.text, path))

    if source.undecodable is not None:
        return _failed(source, "not UTF-8", source.undecodable)
    try:
        document = tomli.loads(source.text.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError as error:
        return _failed(source, f"not TOML: {error.msg[0].lower()}{error.msg[1:]}", error.pos)
    except (RecursionError, ValueError) as error:
        return _failed(source, f"not read: {str(error) or 'nested too deep'}", 0)
    return bundle.read(toml_values.restored(document), place)


def _failed(source: SourceText, message: str, offset: int) -> ReadResult:
    hint = "bundles are made with `agentconv convert -t toml`"
    option = 'bundles are made with agentconv.write(agents, "toml")'
    return ReadResult(diagnostics=(Diagnostic(Code.SYNTAX, Severity.ERROR, message, source.span(offset), hint, option=option),))


def write(agents: AgentSet, original: SourceText) -> WriteResult:  # noqa: ARG001 - always whole
    """Write a bundle."""
    import tomli_w

    document = documents.to_document(agents)
    kept = {key: document.pop(key) for key in agents.further}
    document = {**toml_values.prepared(document), **{key: toml_values.prepared(items, verbatim=True) for key, items in kept.items()}}
    text = json.dumps(document, ensure_ascii=False)
    if "\\r" not in text:
        return WriteResult(tomli_w.dumps(document, multiline_strings=True).encode("utf-8"))
    stand_in = next(char for char in map(chr, range(0xE000, 0xF8FF)) if char not in text)
    written = tomli_w.dumps(_replaced(document, stand_in), multiline_strings=True)
    return WriteResult(written.replace(stand_in, "\\r").encode("utf-8"))


def _replaced(value: Any, stand_in: str) -> Any:
    if isinstance(value, str):
        return value.replace("\r", stand_in)
    if isinstance(value, dict):
        return {_replaced(key, stand_in): _replaced(item, stand_in) for key, item in value.items()}
    return [_replaced(item, stand_in) for item in value] if isinstance(value, list) else value


def project(projection: Projection) -> None:
    """Keep everything: the canonical forms hold every value."""
