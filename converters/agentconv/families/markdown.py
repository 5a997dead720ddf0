"""Markdown agents: a YAML header between fences, and the system prompt as the body.

A format gives its `Dialect` (how it finds the header, its fallback, its keys, what it requires); reading, recovering,
patching and writing are the same for all of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from agentconv.core import fields, schema_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Cause, Complaint, Diagnostic, Effect, Severity
from agentconv.core.format import ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import BOM, SourceText, client_text, encode
from agentconv.families import frontmatter, javascript, keys, known_headers, reading
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import no_lift, no_lower
from agentconv.yaml.grammar import BUN
from agentconv.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Mapping as MappingType

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json
    from agentconv.families.frontmatter import Edit, Rewritten
    from agentconv.families.keys import Decoded, Key
    from agentconv.yaml.grammar import Grammar


class Template(Protocol):
    """What a client fills in in a prompt."""

    def syntax_of(self, text: str) -> str:
        """Return what `prompt.syntax` says of a prompt."""

    def complaint(self, text: str) -> str | None:
        """Say why the client drops an agent with such a prompt."""

    def remarks(self, spec: FormatSpec, text: str, source: SourceText, start: int) -> Iterator[Diagnostic]:
        """Say what the client cannot fill in; the text stands in the source from `start` on."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one client does with a markdown agent."""

    spec: FormatSpec
    keys: MappingType[str, Key]
    find: Callable[[SourceText], Header | Complaint]
    """Finds the header as the client does, or says why there is none."""
    fallback: Callable[[str], Rewritten | None] | None = None
    """The client's own repair of a header that does not parse."""
    required: tuple[str, ...] = ("name", "description")
    """Keys without which the client drops the agent."""
    lift: Callable[[dict[str, Json]], MappingType[str, object]] = no_lift
    """Takes keys that only mean something together out of a header and returns their fields; what it refuses names its key."""
    lower: Callable[[Agent], MappingType[str, Json]] = no_lower
    """Writes those fields back as keys."""
    name_of: Callable[[str], str] | None = None
    """The name that the client gives an agent whose header has none, by the path of its file."""
    says_name: bool = False
    """Whether a file is written with its agent's name even where the file's own says the same."""
    grammar: Grammar = BUN
    """The YAML library that the client reads headers with."""
    body: Callable[[str], str] = str
    """What the client makes of a body, once its ends are trimmed as JavaScript trims."""
    unparsed: Callable[[SourceText, Complaint, Span], ReadResult | None] | None = None
    """What the client makes of a file without a header that it can read (and why, and where); None where it drops it."""
    stops: bool = True
    """Whether the client does not start where the schema says so; else it drops the file."""
    repairs_all: bool = False
    """Whether the client turns to its repair for YAML that is no map, too."""
    refuses: Callable[[MappingType[str, Json]], Complaint | None] | None = None
    """Finds what makes the client drop a header whose single values it takes."""
    bodiless: Callable[[MappingType[str, Json]], bool] | None = None
    """Whether an agent with such a header has no prompt, and the client does not look at the body."""
    complete: Callable[[dict[str, object]], None] | None = None
    """Adds to the fields what the client makes of keys that are not there."""
    template: Template | None = None
    """The placeholders that the client fills in in a prompt."""
    spelled: frozenset[str] = frozenset()
    """Keys whose values the client takes as they are spelled, whatever type YAML gives them; null is null."""
    least_prompt: int = 0
    """The shortest prompt, in UTF-16 units, with which the client loads an agent."""
    known: known_headers.Known = field(default_factory=dict, init=False, repr=False, compare=False)
    """What the client makes of headers whose like came by before. What `lift` takes depends on no name and no description, but for
    whether it is there and says anything."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a header for an agent, in documented order; one that the client passes over stays as long as it may."""
        named = self.name_of is not None and agent.origin is not None and agent.name == self.name_of(agent.origin.source)
        if named and keys.is_lost(self, agent):
            return dict(agent.extras[self.spec.id])
        return keys.encode_header(self, agent)

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of a header's keys once they are written: a key may mean something to YAML itself."""
        from agentconv.yaml import emitter

        text = emitter.mapping(values)
        header = Header(SourceText("", encode(text)), 0, len(text), len(text))
        frontmatter.parse(header, None, self.grammar)
        return decode_header(self, _values(self, header))


def _judge_prompt(dialect: Dialect, header: Header, decoded: Decoded) -> None:
    """Say why a client does not take a prompt: too short, or no template that it can fill in."""
    if dialect.least_prompt and javascript.length(_prompt(dialect, header)) < dialect.least_prompt:
        least = dialect.least_prompt
        short = f"the prompt is shorter than {least} characters" if least > 1 else "there is no prompt"
        remedy = f"write {least} characters or more below the header" if least > 1 else "write the prompt below the header"
        decoded.refused.setdefault(_PROMPT, Complaint(short, remedy=remedy))
    problem_of_prompt = dialect.template.complaint(_prompt(dialect, header)) if dialect.template else None
    if problem_of_prompt:
        decoded.refused.setdefault(_PROMPT, Complaint(problem_of_prompt))


def read(dialect: Dialect, source: SourceText, found: Header | Complaint | None = None) -> ReadResult:
    """Read one markdown file as the client does; what the client drops is recovered.

    Args:
        dialect: The client.
        source: The file.
        found: What `dialect.find` says of it, where that is known.
    """
    limit = dialect.spec.max_bytes
    if limit is not None and source.size > limit:
        problem = Complaint(f"the file is larger than {limit:,} bytes")
        return _recovered(dialect, source, None, _Drop(problem, source.span()))
    header = found or dialect.find(source)
    if not isinstance(header, Complaint):
        plainly = _as_known(dialect, source, header)
        if plainly is not None and not plainly.states[0].dropped:
            return plainly
    from agentconv.families import slipped_limits

    return slipped_limits.as_meant(dialect.spec, source, _as_it_stands(dialect, source, header), partial(_as_it_stands, dialect))


def _as_it_stands(dialect: Dialect, source: SourceText, found: Header | Complaint | None = None) -> ReadResult:
    """Read a file without another look at what stands there with a slip."""
    header = found or dialect.find(source)
    return _unusable(dialect, source, None, header, source.span()) if isinstance(header, Complaint) else _read(dialect, source, header)


def _as_known(dialect: Dialect, source: SourceText, header: Header) -> ReadResult | None:
    """Read a file of whose header all but the texts is known; None where there is more to say of it."""
    if source.text[header.end - 1 : header.end] != "\n" or source.text[header.start - 1 : header.start] != "\n":
        return None
    rest = known_headers.known(dialect, header, partial(_without_texts, dialect))
    if rest is None:
        return None
    if not rest.state.dropped:
        if dialect.refuses and dialect.refuses(header.values):
            return None
        _judge_prompt(dialect, header, rest.decoded)
        if rest.decoded.refused:
            return None
    agent = _agent(dialect, source, header, rest.decoded, rest.built)
    if not rest.state.dropped and any(_prompt_remarks(dialect, header, agent)):
        return None
    return ReadResult(AgentSet((agent,)), (rest.state,), rest.told_of(header, agent.name), partial(_place, header), like=rest.like)


def _without_texts(dialect: Dialect, header: Header) -> known_headers.Rest | None:
    """Return what is to be known of a header that stands for those with other texts; None where there is more to say of these."""
    frontmatter.parse(header, None, dialect.grammar)
    values = _values(dialect, header)
    decoded = keys.decode_header(dialect, values)
    if decoded.lost or {"name", "description"} & {*decoded.refused, *decoded.ignored}:
        return None
    if decoded.refused:
        drop = _drop(dialect, header, decoded)
        if drop.state is not State.STOPS and not _names_an_agent(dialect, header):
            return None
        told = reading.not_loaded(dialect.spec, None, drop.state, drop.problem, drop.span)
        return known_headers.Rest(values, _meant(dialect, header), drop.state, (told,))
    if dialect.refuses and dialect.refuses(values):
        return None
    agent = _agent(dialect, header.source, header, replace(decoded, values={**decoded.values}))
    said = tuple(reading.remarks(dialect.spec, dialect.keys, agent, decoded, header.span))
    return known_headers.Rest(values, decoded, _state(said), said)


def _state(said: Iterable[Diagnostic]) -> State:
    """Return what becomes of an agent that the client loads, and says something about."""
    return State.DEGRADED if any(one.severity is Severity.WARNING for one in said) else State.LOADS


def _read(dialect: Dialect, source: SourceText, header: Header) -> ReadResult:
    """Read a file whose header was found."""
    from agentconv.families import header_remarks

    frontmatter.parse(header, dialect.fallback, dialect.grammar, maps_only=dialect.repairs_all)
    if header.error and not header.fallback:
        fault = header.fault()
        problem = Complaint(f"the header is not valid YAML: {fault.problem}", cause=Cause.SYNTAX, remedy=fault.remedy)
        return _unusable(dialect, source, header, problem, source.span(fault.offset))
    decoded = decode_header(dialect, _values(dialect, header))
    _judge_prompt(dialect, header, decoded)
    if decoded.refused:
        return _recovered(dialect, source, header, _drop(dialect, header, decoded))
    agent = _agent(dialect, source, header, decoded)
    diagnostics = [
        *header_remarks.remarks(dialect.spec, header),
        *_prompt_remarks(dialect, header, agent),
        *reading.remarks(dialect.spec, dialect.keys, agent, decoded, header.span),
    ]
    return ReadResult(
        AgentSet((agent,)),
        (_state(diagnostics),),
        tuple(replace(d, agent=agent.name) for d in diagnostics),
        partial(_place, header),
    )


_PROMPT = "/prompt"
"""What stands for a key where the prompt is refused: no key is called so."""


def _place(header: Header, _number: int, key: str, *within: str | int) -> tuple[int, int] | None:
    if header.root is None and header.error is None:  # it was known, and nobody has looked into it yet
        frontmatter.parse(header)
    return header.extent(key, *within) if key else _prompt_place(header)


def _values(dialect: Dialect, header: Header) -> dict[str, Json]:
    """Return a header's values as the client types them."""
    values = dict(header.values)
    for key in dialect.spelled & values.keys() if dialect.spelled else ():
        node = header.nodes.get(key)
        if isinstance(node, Scalar) and values[key] is not None and not isinstance(values[key], str):
            values[key] = node.text
    return values


def decode_header(dialect: Dialect, values: MappingType[str, Json]) -> Decoded:
    """Return what the client makes of a header's keys."""
    decoded = keys.decode_header(dialect, values)
    refused = dialect.refuses(values) if dialect.refuses else None
    if refused:
        decoded.refused.setdefault(refused.key or "", refused)
    return decoded


def _agent(dialect: Dialect, source: SourceText, header: Header, decoded: Decoded, built: fields.Built | None = None) -> Agent:
    if dialect.bodiless is None or not dialect.bodiless(header.values):
        decoded.values["prompt.text"] = text = _prompt(dialect, header)
        if dialect.template is not None:
            decoded.values["prompt.syntax"] = dialect.template.syntax_of(text)
    if dialect.name_of is not None and "name" not in decoded.values:
        decoded.values["name"] = dialect.name_of(source.path)
    if dialect.complete is not None:
        dialect.complete(decoded.values)
    extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
    return fields.build(decoded.values, extras, Origin(dialect.spec.id, source.path), built)


def _prompt_place(header: Header) -> tuple[int, int]:
    body = header.source.text[header.body :].rstrip(SPACE)
    end = header.body + len(body)
    return end - len(body.lstrip(SPACE)), end


def _prompt(dialect: Dialect, header: Header) -> str:
    start, end = _prompt_place(header)
    text = header.source.text[start:end]
    if not header.source.decodable:
        text = client_text(text)
    return dialect.body(text)


def _prompt_remarks(dialect: Dialect, header: Header, agent: Agent) -> Iterator[Diagnostic]:
    """Say which of the prompt's placeholders the client cannot fill in."""
    if dialect.template is not None and agent.prompt:
        start, _ = _prompt_place(header)
        yield from dialect.template.remarks(dialect.spec, agent.prompt.text, header.source, start)


def _encoded(dialect: Dialect, agent: Agent, path: str) -> dict[str, Json]:
    """Return the keys of a file: without the name where the file's own says it."""
    header = dialect.encode(agent)
    by_file = dialect.name_of is not None and not dialect.says_name and "name" in dialect.keys["name"].fields
    if by_file and dialect.name_of and header.get("name") == dialect.name_of(path) and not keys.is_lost(dialect, agent):
        header.pop("name", None)
    return header


def _unusable(dialect: Dialect, source: SourceText, header: Header | None, problem: Complaint, span: Span) -> ReadResult:
    """Read a file without a header that the client can read."""
    found = dialect.unparsed(source, problem, span) if dialect.unparsed else None
    recovered = _recovered(dialect, source, header, _Drop(problem, span))
    if found is None or not found.set.agents or not recovered.set.agents:
        return found or recovered
    told = tuple(replace(one, severity=Severity.WARNING, hint=_AS_MEANT) for one in found.diagnostics)
    if _opens(found.set.agents[0], recovered.set.agents[0]):
        said = tuple(replace(one, severity=Severity.WARNING, effect=Effect.GRANTS_ALL) for one in found.diagnostics)
        found = replace(found, diagnostics=said, states=(State.DEGRADED,))
    return replace(found, meant=replace(recovered, diagnostics=told))


def _opens(found: Agent, meant: Agent) -> bool:
    """Whether an agent has every tool, though its header limits it as a person reads it."""
    limited = meant.tools.mode != "inherit" or bool(meant.tools.deny) or meant.permissions is not None
    return limited and found.tools.mode == "inherit" and not found.tools.deny


_AS_MEANT = "the values of the header were recovered as a person reads them; mend it so that the client does too"


@dataclass(frozen=True, slots=True)
class _Drop:
    """Why the client has no such agent."""

    problem: Complaint
    span: Span
    state: State = State.NOT_LOADED


def _drop(dialect: Dialect, header: Header, decoded: Decoded) -> _Drop:
    """Return why the client has no agent of a header with values that it refuses: the first of them."""
    key, complaint = next(iter(decoded.refused.items()))
    state = keys.state_for(dialect.spec.id, key, State.NOT_LOADED)
    state = State.NOT_LOADED if state is State.STOPS and not dialect.stops else state
    span = header.source.span(*_prompt_place(header)) if key == _PROMPT else header.span(complaint.instead or key, *complaint.within)
    return _Drop(complaint, span, state)


def _recovered(dialect: Dialect, source: SourceText, header: Header | None, drop: _Drop) -> ReadResult:
    """Make the best of a file that the client drops: an agent if it has a header with two known keys (its name is one), else nothing."""
    from agentconv.families import person_header

    broken = header is not None and header.error is not None
    if header is None or not header.values:
        header = person_header.find(source)
        if header is None:
            return _nothing(dialect, drop, told=broken)
        frontmatter.parse(header, None, dialect.grammar)
        if not header.values:
            frontmatter.recover(header, schema_files.load(dialect.spec.id)["properties"])
    if drop.state is not State.STOPS and not _names_an_agent(dialect, header):
        return _nothing(dialect, drop, told=broken)
    agent = _agent(dialect, source, header, _meant(dialect, header))
    remark = reading.not_loaded(dialect.spec, agent.name, drop.state, drop.problem, drop.span)
    return ReadResult(AgentSet((agent,)), (drop.state,), (remark,), partial(_place, header))


def _meant(dialect: Dialect, header: Header) -> Decoded:
    """Return what a person makes of a header that the client drops."""
    from agentconv.families import person_header

    return keys.decode_header(dialect, person_header.values(header), lenient=True)


def _nothing(dialect: Dialect, drop: _Drop, *, told: bool) -> ReadResult:
    """Read nothing of a file; what was meant for a header is told wherever the file lies."""
    if told:
        return ReadResult(diagnostics=(reading.no_agent(dialect.spec, drop.problem, drop.span),))
    return ReadResult(absence=reading.absent(dialect.spec, drop.problem, drop.span))


def _names_an_agent(dialect: Dialect, header: Header) -> bool:
    """Whether a header has two known keys, one of which says what it is; a file's place may say that as well."""
    known = header.values.keys() & schema_files.load(dialect.spec.id)["properties"].keys()
    return bool(known) if dialect.name_of else len(known) > 1 and bool({"name", "description"} & known)


def write(dialect: Dialect, agents: AgentSet, original: SourceText) -> WriteResult:
    """Write one markdown agent; with an original, only what changed, and a file without an agent as it was."""
    if not agents.agents:
        return WriteResult(original.data)
    (agent,) = agents.agents
    result = read(dialect, original) if original.size else None
    if result is None or not result.set.agents:
        return WriteResult(encode(_render(dialect, agent, original.path)))
    (old,) = result.set.agents
    if fields.same(old, agent):
        return WriteResult(original.data)
    patched = _patched(dialect, old, agent, original)
    return patched or WriteResult(encode(_render(dialect, agent, original.path)), whole=Whole.HEADER)


def _patched(dialect: Dialect, old: Agent, agent: Agent, original: SourceText) -> WriteResult | None:
    """Change only what differs; where that flips the reading of other values, spell those anew as well."""
    header = dialect.find(original)
    if isinstance(header, Complaint):
        return None
    frontmatter.parse(header, dialect.fallback, dialect.grammar, maps_only=dialect.repairs_all)
    wanted = _encoded(dialect, agent, original.path)
    changes = _differences(_encoded(dialect, old, original.path), wanted)
    meant = set(changes)
    for _ in range(3):
        edits = frontmatter.patch(header, changes) if changes else []  # a prompt changes below any header, a broken one too
        if edits is None:
            return None
        data = encode(frontmatter.apply(original.text, [*edits, *_prompt_edit(header, old, agent, original.text)]))
        result = read(dialect, SourceText(original.path, data))
        again = result.set.agents[0] if result.set.agents and not result.states[0].dropped else None
        if again is not None and fields.same(again, agent):
            return WriteResult(data, tuple(key for key in changes if key not in meant))
        flipped = _differences(_encoded(dialect, again, original.path), wanted) if again else dict(wanted)
        if flipped.keys() <= changes.keys():
            # a deprecated key may say what another one now says: none is left beside the new one
            flipped = dict.fromkeys(header.values.keys() - wanted.keys() - changes.keys())
            if not flipped:
                return None
        changes.update(flipped)
    return None


def _differences(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json | None]:
    changed: dict[str, Json | None] = {key: value for key, value in new.items() if key not in old or old[key] != value}
    changed.update(dict.fromkeys(old.keys() - new.keys()))
    return changed


def _prompt_edit(header: Header, old: Agent, agent: Agent, text: str) -> list[Edit]:
    """Return what makes of one prompt another; a first one stands below a blank line, which goes with the last one."""
    before, after = fields.get(old, "prompt.text") or "", fields.get(agent, "prompt.text") or ""
    if before == after:
        return []
    start, end = _prompt_place(header)
    if not before:
        gap = "\n" if text[:start].endswith("\n") else "\n\n"
        return [(start, end, f"{gap}{after}\n")]
    if not after and not text[end:].strip():
        closed = len(text[:start].rstrip())
        return [(text.find("\n", closed, start) + 1 or start, len(text), "")]
    return [(start, end, after)]


def _render(dialect: Dialect, agent: Agent, path: str) -> str:
    """Write a file from nothing: the keys in the client's documented order, then the prompt."""
    from agentconv.yaml import emitter

    values = _encoded(dialect, agent, path)
    header = emitter.mapping(values)
    if last_text(values).endswith("\n"):
        header += "\n"  # some clients read a header without its last line break, which a block scalar at its end would lose
    prompt = fields.get(agent, "prompt.text") or ""
    return f"---\n{header}---\n\n{prompt}\n" if prompt else f"---\n{header}---\n"


def last_text(value: Json) -> str:
    """Return the last scalar in a value, where it is text."""
    while isinstance(value, (dict, list)) and value:
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return value if isinstance(value, str) else ""


def strip_bom(text: str) -> int:
    """Return how many characters a single leading byte order mark takes."""
    return 1 if text.startswith(BOM) else 0


def header_of(dialect: Dialect, source: SourceText) -> Header | None:
    """Return a file's header as the client reads it; None where it finds none."""
    header = dialect.find(source)
    return None if isinstance(header, Complaint) else frontmatter.parse(header, dialect.fallback, dialect.grammar)


def is_mapping(header: Header) -> bool:
    """Whether the header holds a map."""
    return isinstance(header.root, Mapping)
