"""TOML agents: one table a file. Reading, recovering, patching and writing, the same for every client that has them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Complaint
from agentconv.core.format import ReadResult, State, Whole, WriteResult
from agentconv.core.ir import AgentSet, Origin, unescape_key
from agentconv.core.source import encode
from agentconv.families import keys, plain_toml, reading, toml_text
from agentconv.families.keys import no_lift, no_lower

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, Json
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Decoded, Key
    from agentconv.families.toml_values import Broken


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one client does with a TOML agent."""

    spec: FormatSpec
    keys: Mapping[str, Key]
    required: tuple[str, ...]
    lift: Callable[[dict[str, Json]], Mapping[str, object]] = no_lift
    """Takes keys that only mean something together out of a header and returns their fields; what it refuses names its key."""
    lower: Callable[[Agent], Mapping[str, Json]] = no_lower
    """Writes those fields back as keys."""
    given: Mapping[str, Json] = field(default_factory=dict)
    """Keys that another file gives the agent, where its own does not have them."""
    name_of: Callable[[str], str] | None = None
    """The name of an agent, by the path of its file, where the client takes it from there."""

    def encode(self, agent: Agent) -> dict[str, Json]:
        """Return the keys of a file for an agent, in documented order."""
        return keys.encode_header(self, agent)

    def decode_written(self, values: dict[str, Json]) -> Decoded:
        """Return what the client makes of a file's keys once they are written: TOML holds what the fields do."""
        return keys.decode_header(self, values)


def read(dialect: Dialect, source: SourceText) -> ReadResult:
    """Read one TOML file as the client does; what the client drops is recovered."""
    found = _as_it_stands(dialect, source)
    if not any(state.dropped for state in found.states):
        return found
    from agentconv.families import slipped_limits

    return slipped_limits.as_meant(dialect.spec, source, found, partial(_as_it_stands, dialect), toml=True)


def _as_it_stands(dialect: Dialect, source: SourceText) -> ReadResult:
    at = source.undecodable
    if at is not None:
        return _recovered(dialect, source, None, Complaint("the file is not UTF-8"), source.span(at))
    text = source.text.removeprefix("\ufeff")
    skipped = len(source.text) - len(text)
    plainly = plain_toml.read(text)
    header = _parsed(text) if plainly is None else plainly
    if not isinstance(header, dict):
        end = header.at + skipped if header.deep else None
        return _recovered(dialect, source, None, header.complaint, source.span(header.at + skipped), end=end)
    header = {**dialect.given, **header}
    decoded = keys.decode_header(dialect, header)
    span = partial(_span, dialect, source)
    if decoded.refused:
        key, complaint = next(iter(decoded.refused.items()))
        return _recovered(dialect, source, header, complaint, span(complaint.instead or key, *complaint.within))
    agent = _agent(dialect, source, decoded)
    diagnostics = tuple(reading.remarks(dialect.spec, dialect.keys, agent, decoded, span))
    state = State.DEGRADED if diagnostics else State.LOADS
    return ReadResult(AgentSet((agent,)), (state,), diagnostics, partial(_place, dialect, source.text))


def _parsed(text: str) -> dict[str, Json] | Broken:
    from agentconv.families import toml_values

    return toml_values.parsed(text)


def _place(dialect: Dialect, text: str, _number: int, key: str, *within: str | int) -> tuple[int, int] | None:
    """Return where a key's value stands, behind the `=` to the next key or table at the start of a line, or one of its strings."""
    name = key or next((name for name, row in dialect.keys.items() if "prompt.text" in row.fields), "")
    from agentconv.families import toml_values

    match = re.search(rf'(?m)^[ \t]*"?{re.escape(unescape_key(name))}"?[ \t]*=[ \t]*', text)
    if match is None:
        return None
    following = re.compile(r"(?m)^[ \t]*(?:\[|[A-Za-z0-9_.\"-]+[ \t]*=)").search(text, match.end())
    end = following.start() if following else len(text)
    strings = [one.span() for one in toml_values.STRINGS.finditer(text, match.end(), end) if not one[0].startswith("#")]
    if within and isinstance(within[0], int) and within[0] < len(strings):
        return strings[within[0]]
    return match.end(), match.end() + len(text[match.end() : end].rstrip())


def _span(dialect: Dialect, source: SourceText, key: str, *within: str | int) -> Span:
    """Return where a key's value, or one of its strings, stands; the key's line where that is a table."""
    place = _place(dialect, source.text, 0, key, *within) if key else None
    return source.span(*place) if place else source.span(_key_offset(source.text, key))


def _agent(dialect: Dialect, source: SourceText, decoded: Decoded) -> Agent:
    extras = {dialect.spec.id: decoded.extras} if decoded.extras else {}
    if dialect.name_of is not None:
        decoded.values["name"] = dialect.name_of(source.path)
    return fields.build(decoded.values, extras, Origin(dialect.spec.id, source.path))


def _key_offset(text: str, key: str) -> int:
    match = re.search(rf'(?m)^[ \t]*(?:\[+[ \t]*)?"?{re.escape(unescape_key(key))}"?[ \t]*[=.\]]', text)
    return match.start() if match else 0


def _recovered(
    dialect: Dialect, source: SourceText, header: dict[str, Json] | None, problem: Complaint, at: Span, *, end: int | None = None
) -> ReadResult:
    """Make the best of a file that the client drops: an agent if it holds two known keys, one that names it.

    Where a file names its agent by its own name, any table is one.
    """
    named = dialect.name_of is not None and bool(header)
    if header is None:
        header = _read_lines(dialect, source, end)
    known = [key for key in header if key in dialect.keys]
    if not named and (len(known) < 2 or not {"name", "description"} & set(known)):
        return ReadResult(diagnostics=(reading.no_agent(dialect.spec, problem, at),))
    agent = _agent(dialect, source, keys.decode_header(dialect, header, lenient=True))
    diagnostic = reading.not_loaded(dialect.spec, agent.name, State.NOT_LOADED, problem, at)
    return ReadResult(AgentSet((agent,)), (State.NOT_LOADED,), (diagnostic,), partial(_place, dialect, source.text))


def _read_lines(dialect: Dialect, source: SourceText, end: int | None) -> dict[str, Json]:
    """Read a file that does not parse piece by piece, up to the line of `end`: from each known key to the next one."""
    import tomli

    from agentconv.families.toml_values import plain

    text = source.text if end is None else source.text[: source.text.rfind("\n", 0, end) + 1]
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    starts = list(re.finditer(rf"(?m)^({'|'.join(map(re.escape, dialect.keys))})[ \t]*=", text))
    header: dict[str, Json] = {}
    for index, match in enumerate(starts):
        stop = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        piece = text[match.start() : stop]
        try:
            header.update({name: plain(value) for name, value in tomli.loads(piece).items() if name in dialect.keys})
        except (ValueError, RecursionError):
            value = piece.split("=", 1)[1].strip()
            header.setdefault(match[1], value.strip("\"'").strip("\n"))
    return header


def write(dialect: Dialect, agents: AgentSet, original: SourceText) -> WriteResult:
    """Write one TOML agent; with an original, only what changed, and a file without an agent as it was."""
    if not agents.agents:
        return WriteResult(original.data)
    (agent,) = agents.agents
    result = read(dialect, original) if original.size else None
    if result is None or not result.set.agents:
        return WriteResult(_render(dialect, agent))
    (old,) = result.set.agents
    if fields.same(old, agent):
        return WriteResult(original.data)
    patched = _patched(dialect, old, agent, original) if not result.states[0].dropped else None
    if patched is not None:
        again = read(dialect, type(original)(original.path, patched)).set.agents
        if again and fields.same(again[0], agent):
            return WriteResult(patched)
    return WriteResult(_render(dialect, agent), whole=Whole.FILE)


def _render(dialect: Dialect, agent: Agent) -> bytes:
    return encode(toml_text.document(keys.encode_header(dialect, agent)))


def _patched(dialect: Dialect, old: Agent, agent: Agent, original: SourceText) -> bytes | None:
    """Change only the keys that differ; tomlkit keeps comments, order and spelling of the rest."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    before, after = keys.encode_header(dialect, old), keys.encode_header(dialect, agent)
    bom = "\ufeff" if original.text.startswith("\ufeff") else ""
    try:
        document = tomlkit.parse(original.text.removeprefix("\ufeff"))
        for name in before.keys() - after.keys():
            document.remove(unescape_key(name))
        for name, value in after.items():
            if name not in before or before[name] != value:
                spelled = tomlkit.parse(toml_text.document({name: value}))
                document[unescape_key(name)] = spelled[unescape_key(name)]
        return encode(bom + tomlkit.dumps(document))
    except (TOMLKitError, ValueError):
        return None
