"""What the shape of a header means to Cursor: lines that look like YAML, fences in odd places, bytes that it guesses at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.diagnostics import Cause, Code
from agentconv.core.expressions import expression
from agentconv.families import reading
from agentconv.families.javascript import SPACE
from agentconv.formats.cursor.line_encoding import guessed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import FormatSpec
    from agentconv.core.source import SourceText
    from agentconv.families.line_header import Line, LineHeader

_MARKS = frozenset("|>\"'")
"""What a value begins with that one of these may match."""
_BLOCK = expression(r"[|>][0-9+-]*")
_QUOTED = expression(r"""\"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")


def remarks(spec: FormatSpec, header: LineHeader) -> Iterator[Diagnostic]:
    """Say what the header's own shape means to the client."""
    source = header.source
    if source.text[: header.fence].strip(SPACE):
        yield reading.remark(
            spec,
            Code.SYNTAX,
            lambda client: f"{client} takes this line for the header's first; what stands before it is no part of the prompt",
            source.span(header.fence),
            "move the header to the first line",
            signed=False,
        )
    if source.text[header.body : header.body + 1].strip(SPACE):
        yield reading.remark(
            spec,
            Code.SYNTAX,
            lambda client: f"a line that starts with `---` ends the header for {client}; what follows in it is read as the prompt",
            source.span(header.end + 1, header.body),
            "end the header with a line of three dashes",
            cause=Cause.HEADER_END,
            signed=False,
        )
    yield from _of_bytes(spec, source)
    taken = {key.lower() for key in schema_files.load(spec.id)["properties"]}
    for line in header.duplicates():
        if line.key.lower() not in taken:
            continue  # a key below another one, as in YAML: the client makes nothing of either
        yield reading.given_twice(spec, line.key, source.span(line.start), signed=False)
    for offset in header.passed_over:
        yield reading.remark(
            spec,
            Code.SYNTAX,
            lambda client: f"{client} passes over a line that has no key: a value ends with its line",
            source.span(offset),
            "write the value in one line",
            signed=False,
        )
    for line in header.lines:
        yield from _misleading(spec, source, line)


def _of_bytes(spec: FormatSpec, source: SourceText) -> Iterator[Diagnostic]:
    """Say what makes the client guess how the file is encoded."""
    if source.undecodable is not None:
        yield reading.remark(
            spec,
            Code.UNDECODABLE,
            lambda client: f"bytes that are not UTF-8; {client} guesses how they are meant",
            source.span(source.undecodable),
            "save the file as UTF-8",
            signed=False,
        )
    elif "\x1b" in source.text and guessed(source.data):
        yield reading.remark(
            spec,
            Code.UNDECODABLE,
            lambda client: f"an escape character lets {client} guess the encoding, which may garble other characters",
            source.span(source.text.index("\x1b")),
            "write it as text",
            signed=False,
        )


def _misleading(spec: FormatSpec, source: SourceText, line: Line) -> Iterator[Diagnostic]:
    """Say what a line that looks like YAML means instead."""
    if str(line.value)[:1] not in _MARKS:
        return
    span = source.span(line.value_start, line.value_end)
    if _BLOCK.fullmatch(str(line.value)):
        yield reading.remark(
            spec,
            Code.INVALID_VALUE,
            lambda client: f"`{line.key}` is `{line.value}` to {client}, which reads no block of lines",
            span,
            "write the value in one line",
            key=line.key,
            signed=False,
        )
    elif _QUOTED.fullmatch(str(line.value)):
        yield reading.remark(
            spec,
            Code.INVALID_VALUE,
            lambda client: f"the quotes are part of `{line.key}` for {client}",
            span,
            "write the value without quotes",
            key=line.key,
            signed=False,
        )
