"""What the shape of a markdown file's header means to its client, besides what its keys say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Cause, Code, Severity
from agentconv.families import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import FormatSpec
    from agentconv.families.frontmatter import Header


def remarks(spec: FormatSpec, header: Header) -> Iterator[Diagnostic]:
    """Say what the header's own shape means to the client."""
    source = header.source
    if header.fallback and header.error:
        fault = header.fault()
        yield reading.remark(
            spec,
            Code.FALLBACK,
            lambda client: f"not valid YAML ({fault.problem}); {client} loads it through its own repair, and clients without one drop it",
            source.span(fault.offset),
            fault.remedy or "put the value in double quotes",
            severity=Severity.NOTE,
            cause=Cause.SYNTAX,
            signed=False,
        )
    if header.end > header.start and source.text[header.end - 1] != "\n":
        yield reading.remark(
            spec,
            Code.SYNTAX,
            lambda client: f"`---` inside a line ends the header for {client}; what follows is read as the prompt",
            source.span(header.end, header.end + 3),
            "write another dash in its place, or a double-quoted value with `\\x2d--`",
            cause=Cause.HEADER_END,
            signed=False,
        )
    if source.undecodable is not None:
        yield reading.remark(
            spec,
            Code.UNDECODABLE,
            lambda client: f"bytes that are not UTF-8; {client} shows U+FFFD in their place",
            source.span(source.undecodable),
            "save the file as UTF-8",
            signed=False,
        )
    for name, node in header.duplicates():
        yield reading.given_twice(spec, name, source.span(header.place(node.start), header.place(node.end)), signed=False)
