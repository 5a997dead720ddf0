"""Markdown agents with a header of lines (`line_header`): reading, recovering, patching and writing.

A format gives its `Dialect`: how it finds the header and its lines, its keys, what it makes of a prompt and of the file's bytes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Complaint, Severity
from agentconv.core.format import ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import keys, line_header, reading
from agentconv.families.frontmatter import apply
from agentconv.families.javascript import SPACE
from agentconv.families.keys import no_lift, no_lower
from agentconv.families.known_headers import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from agentconv.core.diagnostics import Diagnostic, Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json
    from agentconv.families.frontmatter import Edit
    from agentconv.families.keys import Decoded, Key
    from agentconv.families.line_header import LineHeader


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one client does with such a file."""

    spec: FormatSpec
    keys: Mapping[str, Key]
    find: Callable[[SourceText], LineHeader | Complaint]
    """Finds the header and its lines as the client does, or says why there is none."""
    parse: Callable[[SourceText], LineHeader]
    """Reads the lines of a header without its fences."""
    name_of: Callable[[str], str]
    """The name that the client gives an agent whose header has none, by the path of its file."""
    required: tuple[str, ...] = ()
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = no_lift
    """Takes keys that only mean something together out of a header and returns their fields; what it refuses names its key."""
    lower: Callable[[Agent], Mapping[str, Json]] = no_lower
    """Writes those fields back as keys."""
    stronger: Mapping[str, str] = field(default_factory=dict)
    """Another word for a key, which counts where both are given."""
    unclosed: Callable[[SourceText], LineHeader | None] = lambda _source: None
    """Finds the header that a person sees in a file without one."""
    unread: Callable[[bytes], str | None] = lambda _data: None
    """Says why the client takes a file's bytes for no text."""
    body: Callable[[str, str], str] = lambda _text, prompt: prompt
    """What the client makes of a prompt, in a file's text."""
    line_end: Callable[[str], str] = lambda _text: "\n"
    """How lines of a prompt end that is put into a file's text."""
    padding: Callable[[str], str] = lambda _text: ""
    """What is written behind a file's text, so that the client reads that as it stands."""
    remarks: Callable[[LineHeader], Iterator[Diagnostic]] = lambda _header: iter(())
    """Says what the header's own shape means to the client."""
    spell: Callable[[Json], str] = line_header.spelled
    """Writes a value behind its key."""
    says_name: bool = False
    """Whether a file is written with its agent's name even where the file's own says the same."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a header for an agent, in documented order."""
        return keys.encode_header(self, agent)

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of a header's keys once they are written."""
        return keys.decode_header(self, self.parse(SourceText("", encode(line_header.entries(values, self.spell)))).values)


def read(dialect: Dialect, source: SourceText) -> ReadResult:
    """Read one file as the client does; what the client drops is recovered."""
    from agentconv.families import slipped_limits

    return slipped_limits.as_meant(dialect.spec, source, _as_it_stands(dialect, source), partial(_as_it_stands, dialect))


def _as_it_stands(dialect: Dialect, source: SourceText) -> ReadResult:
    problem = dialect.unread(source.data)
    if problem:
        return _recovered(dialect, source, Complaint(f"it is taken for no text: {problem}"), source.span())
    header = dialect.find(source)
    if isinstance(header, Complaint):
        return _recovered(dialect, source, header, source.span())
    if not source.text[header.body :].strip(SPACE):
        return _recovered(dialect, source, Complaint("there is no prompt behind the header"), source.span(header.start))
    decoded = keys.decode_header(dialect, header.values)
    if decoded.refused:
        key, complaint = next(iter(decoded.refused.items()))
        return _recovered(dialect, source, complaint, header.span(complaint.instead or key))
    agent = _agent(dialect, header, decoded)
    found = [*dialect.remarks(header), *reading.remarks(dialect.spec, dialect.keys, agent, decoded, header.span)]
    state = State.DEGRADED if any(one.severity is Severity.WARNING for one in found) else State.LOADS
    told, like = tuple(replace(one, agent=agent.name) for one in found), _but_for_texts(dialect, header.values, decoded)
    return ReadResult(AgentSet((agent,)), (state,), told, partial(_place, header), like=like)


def _but_for_texts(dialect: Dialect, values: Mapping[str, Json], decoded: Decoded) -> Hashable:
    """Return what a header says besides its texts, and which of them are there; None where more depends on these."""
    texts = {name for name, key in dialect.keys.items() if key.fields in TEXTS}
    if not texts.isdisjoint(decoded.ignored) or any(isinstance(value, list) for value in values.values()):
        return None
    return tuple((name, bool(value) if name in texts else value) for name, value in values.items())


def _place(header: LineHeader, _number: int, key: str, *_within: str | int) -> tuple[int, int] | None:
    return header.extent(key) if key else _prompt_place(header)


def _agent(dialect: Dialect, header: LineHeader, decoded: Decoded) -> Agent:
    source = header.source
    start, end = _prompt_place(header)
    decoded.values["prompt.text"] = dialect.body(source.text, client_text(source.text[start:end]))
    decoded.values.setdefault("name", dialect.name_of(source.path))
    extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
    return fields.build(decoded.values, extras, Origin(dialect.spec.id, source.path))


def _prompt_place(header: LineHeader) -> tuple[int, int]:
    body = header.source.text[header.body :]
    start = header.body + len(body) - len(body.lstrip(SPACE))
    return start, start + len(body.strip(SPACE))


def _recovered(dialect: Dialect, source: SourceText, problem: Complaint, span: Span) -> ReadResult:
    """Make the best of a file that the client drops: an agent if it has a header with two known keys, else nothing."""
    found = dialect.find(source)
    header = dialect.unclosed(source) if isinstance(found, Complaint) else found
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
    header = dialect.find(original)
    if isinstance(header, Complaint):
        return None
    before, after = (_encoded(dialect, one, original.path) for one in (old, agent))
    changes: dict[str, Json | None] = {key: value for key, value in after.items() if before.get(key) != value}
    changes.update(dict.fromkeys(before.keys() - after.keys()))
    changes = {dialect.stronger[key] if dialect.stronger.get(key) in header.values else key: value for key, value in changes.items()}
    text = apply(original.text, [*line_header.patch(header, changes, dialect.spell), *_prompt_edit(dialect, header, old, agent)])
    again = read(dialect, SourceText(original.path, encode(text)))
    good = again.set.agents and not again.states[0].dropped and fields.same(again.set.agents[0], agent)
    return text if good else None


def _prompt_edit(dialect: Dialect, header: LineHeader, old: Agent, agent: Agent) -> list[Edit]:
    before, after = fields.get(old, "prompt.text"), fields.get(agent, "prompt.text") or ""
    if before == after:
        return []
    start, end = _prompt_place(header)
    return [(start, end, after.replace("\n", dialect.line_end(header.source.text)))]


def _encoded(dialect: Dialect, agent: Agent, path: str) -> dict[str, Json]:
    """Return the keys of a file: without the name where the file's own says it."""
    header = keys.encode_header(dialect, agent)
    if not dialect.says_name and header.get("name") == dialect.name_of(path):
        del header["name"]
    return header


def rendered(dialect: Dialect, agent: Agent, path: str = "") -> bytes:
    """Write a file from nothing: the keys in the client's documented order, then the prompt; a header needs a line."""
    header = line_header.entries(_encoded(dialect, agent, path), dialect.spell)
    header = header or line_header.entries({"name": agent.name or ""}, dialect.spell)
    text = f"---\n{header}---\n\n{fields.get(agent, 'prompt.text') or ''}\n"
    return encode(text + dialect.padding(text))
