"""Docker Agent (docker/docker-agent at 0d76412, schema 7): a YAML file of agents by name, which lies anywhere.

https://docs.docker.com/ai/docker-agent/

By its schema and its code: a key that it does not know costs the whole file, and so does one value of a wrong type. The first agent is
the one that a person works with. An agent has the tools of its `toolsets`, of which some may leave out some, and none without; it hands
work to its `sub_agents`, which must be in the file, so that those of an agent from elsewhere go. What the file's own `permissions` deny,
each of its agents may not; a tool that is denied in part closes elsewhere. An MCP server is one of its toolsets: it stays as it is spelled,
and goes nowhere else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.format import FormatSpec, ReadResult
from agentconv.core.ir import Model, ToolGrant
from agentconv.core.losses import listed
from agentconv.families import keys, records, tool_tokens, yaml_records
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.record_file import Roster
from agentconv.families.value_checks import is_texts
from agentconv.formats.docker import agent_hooks
from agentconv.projecting import hooks, mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml import emitter, nodes
from agentconv.yaml.grammar import YAML_2
from agentconv.yaml.nodes import YamlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.format import Projection, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Absent
    from agentconv.families.record_file import RecordFile

ID = "docker-agent"
ROSTER = Roster("/agents", by_name=True)
AUTO = "auto"
RULES = "/permissions"
"""What the rules of the whole file are called among the keys of each of its agents."""
HINT = "add a toolset of the type `mcp` to the agent"


def _grants(toolset: Mapping[str, Json]) -> Iterator[ToolGrant]:
    """Yield what a toolset opens: all of it, or the tools that it lists."""
    kind = toolset.get("type")
    listed_ones = toolset.get("tools")
    words = listed_ones if isinstance(listed_ones, list) else None
    if kind == "mcp":
        server = _server(toolset)
        for word in [None] if words is None else [str(one) for one in words]:
            yield ToolGrant(f"mcp/{server}" + (f"/{word}" if word else ""), ID, "mcp", None, server, word)
    elif words is None:
        yield tool_tokens.own(ID, str(kind))
    else:
        yield from (tool_tokens.own(ID, f"{kind}/{word}") for word in words)


def _toolsets(value: Any) -> Mapping[str, object]:
    if not isinstance(value, list) or _complaint(value):
        raise Refused("`toolsets` is a list of maps, each with a type that there is")
    return tool_tokens.listed(dict.fromkeys(grant for toolset in value for grant in _grants(toolset)))


def _server(toolset: Mapping[str, Json]) -> str:
    """Return what a toolset of the type `mcp` is called."""
    reference = str(toolset.get("ref") or "").removeprefix("docker:")
    return str(toolset.get("name") or reference or toolset.get("command") or "mcp")


def _says_more(value: Any) -> bool:
    """Whether toolsets say more than which tools there are."""
    return any(set(toolset) - {"type", "tools"} or toolset.get("type") == "mcp" for toolset in value)


def _own_toolsets(agent: Agent) -> list[dict[str, Json]]:
    """Return the toolsets as an agent's own file spells them; none, where it has no such file."""
    kept = agent.extras.get(ID, {}).get("toolsets")
    return [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) and not _complaint(kept) else []


def _complaint(value: Json) -> object:
    return schema_files.complaint(ID, "toolsets", value)


def _write_toolsets(agent: Agent) -> Json | Absent:
    """Write the toolsets; of an agent without tools there is none."""
    kept = _own_toolsets(agent)
    if kept and _toolsets(kept)["tools.allow"] == agent.tools.allow:
        return list(kept)
    found: dict[tuple[str, bool], dict[str, Json]] = {}
    for grant in agent.tools.allow:
        kind, _, word = grant.native.partition("/")
        own = next((one for one in kept if one["type"] == "mcp" and _server(one) == grant.server), {}) if grant.server else {}
        part = grant.tool if grant.server else word
        whole: dict[str, Json] = {"type": kind, **{key: value for key, value in own.items() if key != "tools"}}
        toolset = found.setdefault(_toolset_of(grant), whole)
        words = toolset.setdefault("tools", []) if part else None
        if isinstance(words, list):
            words.append(part)
    return list(found.values()) or ABSENT


def _named(word: str) -> Model:
    """Return the model that a word names, behind its provider."""
    provider, _, model = word.partition("/")
    return Model("id", model, provider) if provider and model else Model("id", word)


def _model(value: Any) -> Mapping[str, object]:
    word = keys.text("model")(value)
    return {} if word == AUTO else {"model": _named(word)}


def _write_model(agent: Agent) -> Json | Absent:
    """Write the model; a file must name one, be it that which the client finds."""
    model = agent.model
    if model is None or model.value is None:
        return AUTO
    return f"{model.provider}/{model.value}" if model.provider else model.value


def _delegates(value: Any) -> tuple[str, ...]:
    if not is_texts(value):
        raise Refused("`sub_agents` is a list of names")
    return tuple(value)


def _turns(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused("`max_iterations` is a whole number")
    return value or None


KEYS: dict[str, Key] = {
    "model": Key(("model",), _model, _write_model),
    "description": simple("description", keys.text("description")),
    "instruction": simple("prompt.text", keys.text("instruction")),
    "toolsets": Key(("tools.mode", "tools.allow"), _toolsets, _write_toolsets, _says_more),
    "sub_agents": simple("delegates", _delegates, list),
    "max_iterations": simple("limits.max_turns", _turns),
    "hooks": agent_hooks.KEY,
}


def _lift(record: dict[str, Json]) -> Mapping[str, object]:
    """Say that there is no tool where no toolset is."""
    return {} if "toolsets" in record else {"tools.mode": "none"}


def _parse(source: SourceText) -> RecordFile:
    return yaml_records.parse(source, ROSTER, KEYS, YAML_2)


SPEC = FormatSpec(
    id=ID,
    client="Docker Agent",
    holds=frozenset({"name", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="none of them",
)
DIALECT = records.Dialect(SPEC, KEYS, _parse, ("model",), _lift, all_or_nothing=True)


def read(source: SourceText) -> ReadResult:
    """Read a file of agents as Docker Agent does; what its permissions say holds each of them."""
    result = records.read(DIALECT, source)
    rules = _file_rules(source) if result.set.agents else None
    return (
        result if rules is None else replace(result, set=replace(result.set, agents=tuple(_ruled(one, rules) for one in result.set.agents)))
    )


def _ruled(agent: Agent, rules: Json) -> Agent:
    """Return an agent with the rules of its file; without them for none."""
    own = {key: value for key, value in agent.extras.get(ID, {}).items() if key != RULES}
    own = own if rules is None else {**own, RULES: rules}
    others = {format_id: table for format_id, table in agent.extras.items() if format_id != ID}
    return replace(agent, extras={**others, ID: own} if own else others)


def _file_rules(source: SourceText) -> Json:
    """Return the rules of the whole file; nothing, where there are none, or the client does not take them."""
    try:
        root = nodes.parse(source.text, YAML_2)
        value = nodes.value(root, None, YAML_2) if root is not None else None
    except YamlError:
        return None
    rules = value.get("permissions") if isinstance(value, dict) else None
    return None if not rules or schema_files.complaint(ID, RULES, rules) else rules


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file of agents that Docker Agent loads; the rules of a file stand in it once, and a new file gets those that all have."""
    there = _file_rules(original)
    every = [one.extras.get(ID, {}).get(RULES) for one in agents.agents]
    shared = there if original.size else every[0] if every and all(one == every[0] for one in every) else None
    if shared is None:
        return records.write(DIALECT, agents, original)
    bare = [_ruled(one, None) if rules == shared else one for one, rules in zip(agents.agents, every, strict=True)]
    done = records.write(DIALECT, replace(agents, agents=tuple(bare)), original)
    return done if original.size else replace(done, data=done.data + emitter.entry("permissions", shared).encode())


def project(projection: Projection) -> None:
    """Turn an agent into what an entry of such a file can hold."""
    texts.require(projection, "name", *(() if projection.at_home else ("prompt.text",)))
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, lambda _server, _tool: "", partial(_reads_back, projection.source), denies=False, inherits=False)
    tool_lists.group(projection, _toolset_of)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    hooks.keep_own(projection)
    models.model(projection, _named, providers=True)
    _leave_delegates(projection)
    mcp.drop(projection, HINT)


def _toolset_of(grant: ToolGrant) -> tuple[str, bool]:
    """Return the toolset that a grant is written in, and whether that lists its tools."""
    kind, _, word = grant.native.partition("/")
    return (grant.server, bool(grant.tool)) if grant.server else (kind, bool(word))


def _leave_delegates(projection: Projection) -> None:
    """Leave out the agents that it hands work to: one that is not in the file costs all of it."""
    delegates = projection.get("delegates")
    if delegates and not projection.at_home:
        projection.change("delegates", None, "field-dropped", listed(delegates))


def _reads_back(agent: Agent, grant: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself: a server must be defined by one of the agent's own toolsets."""
    if grant.server:
        return any(found.server == grant.server for toolset in _own_toolsets(agent) for found in _grants(toolset))
    kind, _, word = grant.native.partition("/")
    toolset: dict[str, Json] = {"type": kind, **({"tools": [word]} if word else {})}
    return not _complaint([toolset]) and list(_grants(toolset)) == [grant]
