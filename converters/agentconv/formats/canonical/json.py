"""Canonical JSON: a whole AgentSet in one document, exact both ways.

UTF-8, LF, two-space indent, keys in schema order; `schemas/bundle.schema.json` describes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.format import FormatSpec, ReadResult, WriteResult
from agentconv.formats.canonical import bundle, documents, strict_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText

SPEC = FormatSpec(id="json", client="canonical JSON", holds=frozenset(fields.PATHS), legal_name=lambda name: name)


def read(source: SourceText) -> ReadResult:
    """Read a bundle. Errors name the place in the user's file."""

    def place(path: Sequence[str | int]) -> Span:
        return source.span(strict_json.locate(source.text, path))

    if source.undecodable is not None:
        return _failed(source, "not UTF-8", source.undecodable)
    surrogate = strict_json.lone_surrogate(source.text)
    if surrogate is not None:
        return _failed(source, "half a character: a lone surrogate escape", surrogate)
    try:
        document = strict_json.loads(source.text.removeprefix("\ufeff"))
    except strict_json.TextError as error:
        return _failed(source, str(error), error.offset)
    return bundle.read(document, place)


def _failed(source: SourceText, message: str, offset: int) -> ReadResult:
    hint = "bundles are made with `agentconv to-json`; what is no bundle goes to `agentconv convert`"
    option = 'bundles are made with agentconv.write(agents, "json")'
    return ReadResult(diagnostics=(Diagnostic(Code.SYNTAX, Severity.ERROR, message, source.span(offset), hint, option=option),))


def write(agents: AgentSet, original: SourceText) -> WriteResult:  # noqa: ARG001 - always whole
    """Write a bundle."""
    return WriteResult(strict_json.dumps(documents.to_document(agents)).encode("utf-8"))


def project(projection: Projection) -> None:
    """Keep everything: the canonical forms hold every value."""
