"""Agent files made from keys and values: knows how a header is written, and nothing about any client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import tomli_w

from agentconv.conversion.converting import Options, convert
from agentconv.core import fields, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import Agent, AgentSet
from agentconv.core.source import SourceText
from agentconv.families import line_file, records, toml_file
from agentconv.formats import registry
from agentconv.sources.loaded import Loaded
from agentconv.sources.loading import load_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.conversion.converting import Converted
    from agentconv.families.record_file import Roster

BODY = "You help with one thing, and you do it well.\n"


def _markdown(header: Mapping[str, Any]) -> str:
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in header.items()]
    return f"---\n{''.join(lines)}---\n\n{BODY}"


def _lines(header: Mapping[str, Any]) -> str:
    lines = [f"{key}: {value if isinstance(value, str) else json.dumps(value)}\n" for key, value in header.items()]
    return f"---\n{''.join(lines)}---\n\n{BODY}"


def _shared(roster: Roster, header: Mapping[str, Any]) -> str:
    steps = roster.pointer.split("/")[1:]
    if roster.document and steps:
        lines = [f"{'  ' * number}{step}:\n" for number, step in enumerate(steps)]
        lines += [f"{'  ' * len(steps)}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in header.items()]
        return "".join(lines)
    document: Any = header if roster.document else {"an-agent": header} if roster.by_name else [header]
    for step in reversed(steps):
        document = {step: document}
    return json.dumps(document, ensure_ascii=False)


def _written(format_id: str, header: Mapping[str, Any]) -> str:
    """Return a file with these keys, whatever they are, as the family of the format writes one; JSON is YAML."""
    dialect = getattr(registry.load(format_id), "DIALECT", None)
    if isinstance(dialect, records.Dialect):
        return _shared(dialect.parse(SourceText("", b"")).roster, header)
    if isinstance(dialect, toml_file.Dialect):
        return tomli_w.dumps(header)
    return _lines(header) if isinstance(dialect, line_file.Dialect) else _markdown(header)


def as_held(format_id: str, value: Any) -> Any:
    """Return a value as a format's files hold it: text, where they are no YAML."""
    is_lines = isinstance(getattr(registry.load(format_id), "DIALECT", None), line_file.Dialect)
    return json.dumps(value) if is_lines and not isinstance(value, str) else value


def suffix(format_id: str) -> str:
    """Return what a format's files end in."""
    return registry.FORMATS[format_id].suffixes[0]


def minimal(format_id: str, beside: str | None = None) -> dict[str, Any]:
    """Return the smallest header that the client takes: its required keys, each with the schema's first example.

    With the name of another key, this also holds what that key needs beside it (`x-needs`).
    """
    schema = schema_files.load(format_id)
    needed = schema["properties"][beside].get("x-needs", {}) if beside else {}
    return {**{key: schema["properties"][key]["examples"][0] for key in schema["required"]}, **needed}


def make(format_id: str, header: Mapping[str, Any]) -> SourceText:
    """Make a file of a format from the keys of its header."""
    return SourceText(f"agent{suffix(format_id)}", _written(format_id, header).encode("utf-8"))


def holds(format_id: str, value: Any) -> bool:
    """Whether the format's files can hold a value at all (TOML has no null, and a line no other line)."""
    if isinstance(value, str) and "\n" in value:
        return not isinstance(getattr(registry.load(format_id), "DIALECT", None), line_file.Dialect)
    if value is None:
        return suffix(format_id) != ".toml"
    if isinstance(value, dict):
        return all(holds(format_id, item) for item in value.values())
    return all(holds(format_id, item) for item in value) if isinstance(value, list) else True


def read(format_id: str, source: SourceText | str | bytes) -> ReadResult:
    """Read a file with a format's reader."""
    if not isinstance(source, SourceText):
        source = SourceText(f"agent{suffix(format_id)}", source.encode("utf-8") if isinstance(source, str) else source)
    return registry.load(format_id).read(source)


def agent_of(format_id: str, source: SourceText | str | bytes) -> Agent:
    """Read a file that holds one agent."""
    (agent,) = read(format_id, source).set.agents
    return agent


def state_of(format_id: str, source: SourceText | str | bytes) -> State:
    """Return what the client makes of a file."""
    result = read(format_id, source)
    return result.states[0] if result.states else State.NO_AGENT


def convert_agent(agent: Agent, target: str, options: Options | None = None) -> Converted:
    """Convert one agent that stands alone to another format."""
    agent = agent if agent.id else replace(agent, id=agent.name or "agent")
    piece = Loaded("agent", agent.origin.format if agent.origin else "json", None, (agent,), (State.LOADS,))
    (done,) = (done for done in with_shared_file(convert([piece], target, options or Options())) if done.agents)
    return done


def with_shared_file(results: Iterable[Converted]) -> list[Converted]:
    """Give each agent that went into a file with others that file, which comes last."""
    found = list(results)
    shared = {done.file.path: done.file for done in found if done.file}
    return [replace(done, file=shared.get(done.path)) if done.path else done for done in found]


def output(done: Converted) -> SourceText:
    """Return the file that a conversion gave, with its path, which may name the agent."""
    if done.file is None:
        raise AssertionError(f"nothing was written: {[loss.code for loss in done.losses]}")
    return SourceText(done.file.path, done.file.data)


def convert_file(source: SourceText, format_id: str, target: str, options: Options | None = None) -> list[Converted]:
    """Convert one file to a format."""
    pieces = [_with_ids(piece) for piece in load_source(format_id, source)]
    return list(convert(pieces, target, options or Options()))


def _with_ids(piece: Loaded) -> Loaded:
    ids = [agent.name or "agent" for agent in piece.agents]
    agents = tuple(
        replace(agent, id=f"{ids[number]}~{number + 1}" if ids.count(ids[number]) > 1 else ids[number])
        for number, agent in enumerate(piece.agents)
    )
    return replace(piece, agents=agents)


def unlike(first: Agent, second: Agent) -> dict[str, tuple[Any, Any]]:
    """Return the fields in which two agents differ apart from where they stand, extras among them, each with both values."""
    if fields.same(first, second):
        return {}
    paths = dict.fromkeys([*fields.PATHS, *fields.extra_paths(first), *fields.extra_paths(second)])
    values = {path: (fields.get(first, path), fields.get(second, path)) for path in paths}
    return {path: pair for path, pair in values.items() if pair[0] != pair[1]} or {"all of it": (first, second)}


def written(format_id: str, agent: Agent, original: SourceText | None = None) -> bytes:
    """Write one agent with a format's writer."""
    return registry.load(format_id).write(AgentSet((agent,)), original or SourceText(f"agent{suffix(format_id)}", b"")).data
