"""Markdown agents with a header of lines (`line_header`): reading, recovering, patching and writing.

The client decodes the file itself (`line_encoding`): it turns CRLF into LF where it is common, and does not read what looks like
no text. A file in UTF-16 or UTF-32 that is changed is written anew, in UTF-8.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Cause, Code, Complaint, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import keys, reading
from agentconv.families.frontmatter import apply
from agentconv.families.javascript import SPACE
from agentconv.families.keys import no_lift, no_lower
from agentconv.formats.cursor import line_encoding, line_header
from agentconv.formats.cursor.line_encoding import guessed, has_crlf, no_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.diagnostics import Diagnostic, Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json
    from agentconv.families.frontmatter import Edit
    from agentconv.families.keys import Decoded, Key
    from agentconv.formats.cursor.line_header import Line, LineHeader


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one client does with such a file."""

    spec: FormatSpec
    keys: Mapping[str, Key]
    name_of: Callable[[str], str]
    """The name that the client gives an agent whose header has none, by the path of its file."""
    required: tuple[str, ...] = ()
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = no_lift
    """Takes keys that only mean something together out of a header and returns their fields; what it refuses names its key."""
    lower: Callable[[Agent], Mapping[str, Json]] = no_lower
    """Writes those fields back as keys."""
    stronger: Mapping[str, str] = field(default_factory=dict)
    """Another word for a key, which counts where both are given."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a header for an agent, in documented order."""
        return keys.encode_header(self, agent)

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of a header's keys once they are written."""
        text = line_header.entries(values)
        return keys.decode_header(self, line_header.parse(text, SourceText("", encode(text))).values)


def read(dialect: Dialect, source: SourceText) -> ReadResult:
    """Read one file as the client does; what the client drops is recovered."""
    text = line_encoding.decoded(source)
    if text is None:
        return _read(dialect, source)
    result = _read(dialect, text, wide=True)
    found = reading.remark(
        dialect.spec,
        Code.UNDECODABLE,
        lambda client: f"{client} reads UTF-16 and UTF-32; other clients, and other tools, do not",
        text.span(),
        "save the file as UTF-8",
        name=next((agent.name for agent in result.set.agents), None),
        severity=Severity.NOTE,
    )
    return ReadResult(result.set, result.states, (found, *result.diagnostics))


def _read(dialect: Dialect, source: SourceText, *, wide: bool = False) -> ReadResult:
    problem = None if wide else no_text(source.data)
    if problem:
        return _recovered(dialect, source, Complaint(f"it is taken for no text: {problem}"), source.span())
    header = line_header.find(source)
    if isinstance(header, Complaint):
        return _recovered(dialect, source, header, source.span())
    if not source.text[header.body :].strip(SPACE):
        return _recovered(dialect, source, Complaint("there is no prompt behind the header"), source.span(header.start))
    decoded = keys.decode_header(dialect, header.values)
    agent = _agent(dialect, header, decoded, wide=wide)
    found = [*_remarks(dialect.spec, header), *reading.remarks(dialect.spec, dialect.keys, agent, decoded, header.span)]
    state = State.DEGRADED if any(one.severity is Severity.WARNING for one in found) else State.LOADS
    return ReadResult(AgentSet((agent,)), (state,), tuple(replace(one, agent=agent.name) for one in found), partial(_place, header))


def _place(header: LineHeader, _number: int, key: str, *_within: str | int) -> tuple[int, int] | None:
    return header.extent(key) if key else _prompt_place(header)


def _agent(dialect: Dialect, header: LineHeader, decoded: Decoded, *, wide: bool = False) -> Agent:
    """Build the agent; the client finds no CRLF in a wide encoding, since it looks for two bytes."""
    source = header.source
    start, end = _prompt_place(header)
    prompt = client_text(source.text[start:end])
    decoded.values["prompt.text"] = prompt.replace("\r\n", "\n") if has_crlf(source.text) and not wide else prompt
    decoded.values.setdefault("name", dialect.name_of(source.path))
    extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
    return fields.build(decoded.values, extras, Origin(dialect.spec.id, source.path))


def _prompt_place(header: LineHeader) -> tuple[int, int]:
    body = header.source.text[header.body :]
    start = header.body + len(body) - len(body.lstrip(SPACE))
    return start, start + len(body.strip(SPACE))


_BLOCK = expression(r"[|>][0-9+-]*")
_QUOTED = expression(r"\"[^\"]*\"|'[^']*'")


def _remarks(spec: FormatSpec, header: LineHeader) -> Iterator[Diagnostic]:
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
    for line in header.duplicates():
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
    elif guessed(source.data):
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
    span = source.span(line.value_start, line.value_end)
    if _BLOCK.fullmatch(line.value):
        yield reading.remark(
            spec,
            Code.INVALID_VALUE,
            lambda client: f"`{line.key}` is `{line.value}` to {client}, which reads no block of lines",
            span,
            "write the value in one line",
            key=line.key,
            signed=False,
        )
    elif _QUOTED.fullmatch(line.value):
        yield reading.remark(
            spec,
            Code.INVALID_VALUE,
            lambda client: f"the quotes are part of `{line.key}` for {client}",
            span,
            "write the value without quotes",
            key=line.key,
            signed=False,
        )


def _recovered(dialect: Dialect, source: SourceText, problem: Complaint, span: Span) -> ReadResult:
    """Make the best of a file that the client drops: an agent if it has a header with two known keys, else nothing."""
    found = line_header.find(source)
    header = line_header.never_closed(source) if isinstance(found, Complaint) else found
    if header is None:
        return ReadResult(absence=reading.absent(dialect.spec, problem, span))
    known = [key for key in header.values if key in dialect.keys]
    if len(known) < 2 or not {"name", "description"} & set(known):
        if known:
            return ReadResult(diagnostics=(reading.no_agent(dialect.spec, problem, span),))
        return ReadResult(absence=reading.absent(dialect.spec, problem, span))
    agent = _agent(dialect, header, keys.decode_header(dialect, header.values, lenient=True))
    diagnostic = reading.not_loaded(dialect.spec, agent.name, State.NOT_LOADED, problem, span)
    return ReadResult(AgentSet((agent,)), (State.NOT_LOADED,), (diagnostic,), partial(_place, header))


def write(dialect: Dialect, agents: AgentSet, original: SourceText) -> WriteResult:
    """Write one agent; over an original, only what changed, and a file without an agent as it was."""
    if not agents.agents:
        return WriteResult(original.data)
    (agent,) = agents.agents
    result = read(dialect, original)
    if not result.set.agents:
        return WriteResult(rendered(dialect, agent, original.path))
    (old,) = result.set.agents
    if fields.same(old, agent):
        return WriteResult(original.data)
    patched = None if result.states[0].dropped else _patched(dialect, old, agent, original)
    if patched is not None:
        return WriteResult(encode(patched))
    return WriteResult(rendered(dialect, agent, original.path), whole=Whole.HEADER)


def _patched(dialect: Dialect, old: Agent, agent: Agent, original: SourceText) -> str | None:
    """Change only what differs; None where the result would not read as meant."""
    header = line_header.find(original)
    if isinstance(header, Complaint):
        return None
    before, after = (_encoded(dialect, one, original.path) for one in (old, agent))
    changes: dict[str, Json | None] = {key: value for key, value in after.items() if before.get(key) != value}
    changes.update(dict.fromkeys(before.keys() - after.keys()))
    changes = {dialect.stronger[key] if dialect.stronger.get(key) in header.values else key: value for key, value in changes.items()}
    text = apply(original.text, [*line_header.patch(header, changes), *_prompt_edit(header, old, agent)])
    again = read(dialect, SourceText(original.path, encode(text)))
    good = again.set.agents and not again.states[0].dropped and fields.same(again.set.agents[0], agent)
    return text if good else None


def _prompt_edit(header: LineHeader, old: Agent, agent: Agent) -> list[Edit]:
    before, after = fields.get(old, "prompt.text"), fields.get(agent, "prompt.text") or ""
    if before == after:
        return []
    start, end = _prompt_place(header)
    return [(start, end, after.replace("\n", "\r\n") if has_crlf(header.source.text) else after)]


def _encoded(dialect: Dialect, agent: Agent, path: str) -> dict[str, Json]:
    """Return the keys of a file: without the name where the file's own says it."""
    header = keys.encode_header(dialect, agent)
    if header.get("name") == dialect.name_of(path):
        del header["name"]
    return header


def rendered(dialect: Dialect, agent: Agent, path: str = "") -> bytes:
    """Write a file from nothing: the keys in the client's documented order, then the prompt.

    A header needs a line. A prompt with some CRLF among its line breaks is followed by as many LF as let it keep them.
    """
    header = line_header.entries(_encoded(dialect, agent, path)) or line_header.entries({"name": agent.name or ""})
    text = f"---\n{header}---\n\n{fields.get(agent, 'prompt.text') or ''}\n"
    if has_crlf(text):
        text += "\n" * max(0, 20 * text.count("\r\n") - text.count("\n") + 1)
    return encode(text)
