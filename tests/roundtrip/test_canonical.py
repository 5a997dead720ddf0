"""Law 3: canonical JSON and canonical TOML hold every value exactly, and their schemas describe exactly that."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import agentconv
from agentconv.core import ir, meant, parts, references, schema_files
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from strategies import agent_sets, json_values, slips, texts

NOTHING = SourceText("agents", b"")

CANONICAL = ("json", "toml")


def _validator() -> Draft202012Validator:
    schemas = [schema_files.load(name) for name in ("bundle", "agent", "skill", "command", "server")]
    resources: Any = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas])
    return Draft202012Validator(schemas[0], registry=resources)


VALIDATOR = _validator()


def _exact(agents: ir.AgentSet) -> str:
    """Return a set with its types: 1, 1.0 and true are different values; plain text of servers stands for itself, as documents have it."""
    own = tuple(dataclasses.replace(agent, mcp_servers=_literal(agent.mcp_servers)) for agent in agents.agents)
    shared = tuple(dataclasses.replace(one, definition=(_literal((one.definition,)) or ())[0]) for one in agents.servers)
    return repr(dataclasses.replace(agents, diagnostics=(), agents=own, servers=shared))


def _literal(servers: tuple[ir.McpServer, ...] | None) -> tuple[ir.McpServer, ...] | None:
    def made(_place: str, _key: str | int | None, value: str) -> str:
        return value if isinstance(value, meant.Text) else references.as_it_stands(value)

    return None if servers is None else tuple(references._with_values(server, made) for server in servers)


@pytest.mark.parametrize("format_id", CANONICAL)
@given(agents=agent_sets())
def test_canonical_form_is_exact(format_id: str, agents: ir.AgentSet) -> None:
    """What is written is read back exactly: every field, every extra, every byte of every source."""
    module = registry.load(format_id)
    result = module.read(SourceText("agents", module.write(agents, NOTHING).data))

    assert _exact(agents) == _exact(result.set), result.diagnostics


@pytest.mark.parametrize("format_id", CANONICAL)
@given(agents=agent_sets())
def test_canonical_form_is_deterministic(format_id: str, agents: ir.AgentSet) -> None:
    """Writing what was read gives the same bytes."""
    module = registry.load(format_id)
    data = module.write(agents, NOTHING).data

    assert data == module.write(module.read(SourceText("agents", data)).set, NOTHING).data


@pytest.mark.parametrize("format_id", CANONICAL)
@given(agent=slips())
def test_a_slip_is_refused_with_its_reason(format_id: str, agent: ir.Agent) -> None:
    """What no agent can mean is nowhere lost in silence: a set of a program and a bundle are refused for it, in the same words."""
    agents, module = ir.AgentSet((agent,)), registry.load(format_id)
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.write(agents, format_id)
    result = module.read(SourceText("agents", module.write(agents, NOTHING).data))

    assert result.set.agents == ()
    assert raised.value.diagnostic.message in [one.message for one in result.diagnostics]


@given(agents=agent_sets())
def test_every_set_follows_the_schema(agents: ir.AgentSet) -> None:
    """Each set that the representation can hold is a valid document."""
    assert [error.message for error in VALIDATOR.iter_errors(documents.to_document(agents))] == []


SHAPES = {
    "agent": ir.Agent,
    "agent.prompt": ir.Prompt,
    "agent.invocation": ir.Invocation,
    "agent.tool_grant": ir.ToolGrant,
    "agent.tools": ir.Tools,
    "agent.rule": ir.Rule,
    "agent.sandbox": ir.Sandbox,
    "agent.permissions": ir.Permissions,
    "agent.model": ir.Model,
    "agent.mcp_server": ir.McpServer,
    "agent.hook": ir.Hook,
    "agent.limits": ir.Limits,
    "skill": parts.Skill,
    "skill.folder_file": parts.FolderFile,
    "command": parts.Command,
    "server": parts.Server,
    "bundle": ir.AgentSet,
}
SPELLED = {
    "further": [],  # what a later version may add
    "definition": [field.name for field in dataclasses.fields(ir.McpServer)],
    "data": ["sha256", "text", "base64"],
}
"""What fields are called in a bundle."""


@pytest.mark.parametrize("name", SHAPES)
def test_schema_and_representation_have_the_same_fields(name: str) -> None:
    """Each property of a schema is a field, and each field a property, in the same order."""
    schema_name, _, part = name.partition(".")
    schema = schema_files.load(schema_name)
    properties = (schema["$defs"][part] if part else schema)["properties"]
    names = [field.name for field in dataclasses.fields(SHAPES[name]) if field.name != "diagnostics"]
    if name == "bundle":
        properties = [key for key in properties if key not in ("$schema", "mcp_servers")]  # the version, and a name of version 1
    names = [key for field in names for key in SPELLED.get(field, [field])]

    assert names == list(properties)


def test_origin_in_schema_has_the_same_fields() -> None:
    """The origin's properties are its fields."""
    properties = schema_files.load("agent")["properties"]["origin"]["properties"]

    assert [field.name for field in dataclasses.fields(ir.Origin)] == list(properties)


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] + [place for key, child in children for place in _places(child, (*path, key))]


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    """Return a bundle with one value replaced, one key added, or one removed."""
    document = json.loads(json.dumps(documents.to_document(draw(agent_sets()))))
    places = _places(document)
    *path, last = places[draw(st.integers(1, len(places) - 1))]
    parent = document
    for step in path:
        parent = parent[step]
    kind = draw(st.sampled_from(["replace", "add", "remove"]))
    if kind == "remove":
        del parent[last]
    elif kind == "add" and isinstance(parent, dict):
        parent[draw(texts(min_size=1))] = draw(json_values())
    else:
        parent[last] = draw(json_values())
    return document


@given(document=_mutated())
def test_a_broken_bundle_is_a_diagnostic(document: Any) -> None:
    """A document that violates the schema is rejected with a diagnostic that has a place; a valid one is read; nothing raises."""
    result = registry.load("json").read(SourceText("agents.json", json.dumps(document, ensure_ascii=False).encode("utf-8")))
    if not VALIDATOR.is_valid(document):
        assert result.diagnostics
        assert all(diagnostic.span and diagnostic.message for diagnostic in result.diagnostics)
        assert ir.AgentSet() == result.set


@given(document=_mutated())
def test_a_broken_toml_bundle_is_a_diagnostic(document: Any) -> None:
    """The same holds for a document in TOML."""
    from agentconv.formats.canonical.toml_values import prepared

    try:
        data = tomli_w.dumps(prepared(document)).encode("utf-8")
    except (TypeError, AttributeError):
        return  # no table: TOML cannot say it
    result = registry.load("toml").read(SourceText("agents.toml", data))
    if not VALIDATOR.is_valid(document):
        assert result.diagnostics
        assert ir.AgentSet() == result.set


@pytest.mark.parametrize("format_id", CANONICAL)
@given(data=st.one_of(st.binary(max_size=60), texts().map(lambda text: text.encode())))
def test_any_bytes_are_a_diagnostic(format_id: str, data: bytes) -> None:
    """Reading a bundle raises nothing, whatever the bytes."""
    result = registry.load(format_id).read(SourceText("agents", data))

    assert result.diagnostics


@given(text=texts())
def test_prompts_in_toml_are_for_people(text: str) -> None:
    """A prompt of several lines stands over several lines in canonical TOML."""
    agents = ir.AgentSet((ir.Agent(id="a", prompt=ir.Prompt(f"one\ntwo\n{text}")),))

    assert b"one\ntwo\n" in registry.load("toml").write(agents, NOTHING).data
