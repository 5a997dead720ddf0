"""One contract for every client format: what its schema says about each key is what its reader and writer do.

The cases come from the schema (`examples`, `x-bad-examples`), so a new format, or a new key, is tested without a new test.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent_files import agent_of, as_held, holds, make, minimal, read, state_of, suffix, unlike, written
from agentconv.conversion import compare
from agentconv.core import fields, schema_files
from agentconv.core.diagnostics import Cause
from agentconv.core.format import Projection, State
from agentconv.core.ir import escape_key
from agentconv.core.source import SourceText
from agentconv.formats import registry
from template_format import CLIENTS, registered

UNKNOWN = "no_client_has_this_key"
DROPS = {"skip-file": State.NOT_LOADED, "stop-client": State.STOPS}


@registered()
def _cases(which: str) -> list[Any]:
    """List every example of every key of every client, with an id that names it."""
    return [
        pytest.param(format_id, key, value, id=f"{format_id}-{key}-{number}")
        for format_id in CLIENTS
        for key, row in schema_files.load(format_id)["properties"].items()
        for number, value in enumerate(row.get(which, ()))
        if holds(format_id, value)
    ]


def _row(format_id: str, key: str) -> dict[str, Any]:
    row: dict[str, Any] = schema_files.load(format_id)["properties"][key]
    return row


def _raw(format_id: str, agent: Any, key: str) -> Any:
    return agent.extras.get(format_id, {}).get(escape_key(key), "nothing")


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("examples"))
def test_example_loads_and_counts(format_id: str, key: str, value: Any) -> None:
    """An example of the schema loads as written, and the agent holds it: in its field, or verbatim in `extras`."""
    result = read(format_id, make(format_id, {**minimal(format_id, key), key: value}))
    (agent,) = result.set.agents
    row = _row(format_id, key)
    module: Any = registry.load(format_id)
    paths = [*(module.KEYS[key].fields if key in module.KEYS else ()), *({row["x-field"]} - {"extras"})]
    in_field = any(fields.get(agent, path) not in (None, fields.DEFAULTS.get(path)) for path in paths)
    accounted = in_field or _raw(format_id, agent, key) == value or value == row.get("default")

    assert (result.states[0], accounted) == (State.LOADS, True), result.diagnostics


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("x-bad-examples"))
def test_bad_example_has_the_effect_that_is_declared(format_id: str, key: str, value: Any) -> None:
    """A bad example does what `x-invalid` says: the file or the client stops, the key is dropped, or no tools are left."""
    header = {**minimal(format_id, key), key: value}
    result = read(format_id, make(format_id, header))
    (agent,) = result.set.agents
    effect = _row(format_id, key)["x-invalid"]
    path = _row(format_id, key)["x-field"]
    if effect in DROPS:
        found: Any = result.states[0]
        expected: Any = DROPS[effect]
    elif effect == "grant-none":
        found = (result.states[0], agent.tools.mode, agent.tools.allow, _raw(format_id, agent, key))
        expected = (State.DEGRADED, "none", (), value)
    elif effect == "drop-header":
        paths = {_row(format_id, name)["x-field"] for name in header} - {"name", "extras"}
        said = [path for path in paths if not fields.is_absent(path, fields.get(agent, path))]
        found = (result.states[0], agent.tools.mode, said, {name: _raw(format_id, agent, name) for name in header})
        expected = (State.DEGRADED, "inherit", [], header)
    elif effect == "grant-all":
        found = (result.states[0], agent.tools.mode, _raw(format_id, agent, key))
        expected = (State.DEGRADED, "inherit", value)
    else:
        bare = read(format_id, make(format_id, minimal(format_id, key))).set.agents
        unset = path == "extras" or fields.get(agent, path) in (None, (), *(fields.get(one, path) for one in bare))
        found = (result.states[0], unset, _raw(format_id, agent, key))
        expected = (State.DEGRADED, True, value)

    assert expected == found, result.diagnostics


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("x-bad-examples"))
def test_what_is_said_of_a_bad_example_names_its_key(format_id: str, key: str, value: Any) -> None:
    """What the reader says of a bad example is about that key, as data, and says whether the client has such an agent."""
    result = read(format_id, make(format_id, {**minimal(format_id, key), key: value}))
    said = [one for one in result.diagnostics if one.effect is not None]

    assert {one.key for one in said} == {escape_key(key)}, result.diagnostics
    assert {one.effect.drops for one in said if one.effect} == {result.states[0].dropped}


@pytest.mark.parametrize("format_id", CLIENTS)
def test_unknown_key(format_id: str) -> None:
    """A key that the client does not know does what `x-unknown` says; where it is ignored, it is kept."""
    source = make(format_id, {**minimal(format_id), UNKNOWN: {"a": [1, "b"]}})
    result = read(format_id, source)
    (agent,) = result.set.agents
    rejected = schema_files.load(format_id)["x-unknown"] == "rejected"

    assert rejected == result.states[0].dropped
    assert rejected == any(one.cause is Cause.UNKNOWN_KEY and one.key == UNKNOWN for one in result.diagnostics)
    assert _raw(format_id, agent, UNKNOWN) == as_held(format_id, {"a": [1, "b"]})


@pytest.mark.parametrize("format_id", CLIENTS)
def test_module_and_schema_know_the_same_keys(format_id: str) -> None:
    """Each key with a field is known to both, with the same field; what the schema files under extras, no table has."""
    module: Any = registry.load(format_id)
    switches: dict[str, str] = getattr(module, "SWITCHES", {})
    of_module = {key: row.fields for key, row in module.KEYS.items()} | {key: (path,) for key, path in switches.items()}
    properties = schema_files.load(format_id)["properties"]
    of_schema = {key: row["x-field"] for key, row in properties.items() if row["x-field"] != "extras"}

    assert of_module.keys() == of_schema.keys()
    assert [key for key, path in of_schema.items() if path not in of_module[key]] == []


@pytest.mark.parametrize("format_id", CLIENTS)
def test_what_a_format_holds_is_what_its_keys_hold(format_id: str) -> None:
    """Each field of a key is held, and what is held besides comes from the file's shape (the body, its use, the name it stands under)."""
    module: Any = registry.load(format_id)
    of_keys = {path for key in module.KEYS.values() for path in key.fields} | set(getattr(module, "SWITCHES", {}).values())

    assert set() == of_keys - module.SPEC.holds
    assert module.SPEC.holds - of_keys <= {"name", "prompt.text", "prompt.mode", "prompt.syntax", "invocation.by"}


@pytest.mark.parametrize("format_id", CLIENTS)
def test_schema_agrees_with_its_own_examples(format_id: str) -> None:
    """The schema takes each example and refuses each bad one."""
    from jsonschema import Draft202012Validator

    schema = schema_files.load(format_id)
    wrong = []
    for key, row in schema["properties"].items():
        validator = Draft202012Validator({**schema, "required": [], "properties": {key: row, **schema["properties"]}})
        wrong += [f"{key}: {value!r}" for value in row["examples"] if not validator.is_valid({key: value})]
        wrong += [f"{key}: not {value!r}" for value in row.get("x-bad-examples", ()) if validator.is_valid({key: value})]

    assert wrong == []


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("examples") + _cases("x-bad-examples"))
def test_unchanged_file_keeps_its_bytes(format_id: str, key: str, value: Any) -> None:
    """Reading a file and writing it back gives the same bytes."""
    source = make(format_id, {**minimal(format_id, key), key: value})

    assert source.data == registry.load(format_id).write(read(format_id, source).set, source).data


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("examples"))
def test_written_from_nothing_reads_back(format_id: str, key: str, value: Any) -> None:
    """An agent that is written without its original is read back as the same agent."""
    agent = agent_of(format_id, make(format_id, {**minimal(format_id, key), key: value}))
    data = written(format_id, agent)

    assert unlike(agent, agent_of(format_id, data)) == {}, data.decode()


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("examples") + _cases("x-bad-examples"))
def test_what_a_format_reads_projects_to_itself(format_id: str, key: str, value: Any) -> None:
    """A format holds all of what it reads from its own files: nothing is lost but what its client does not enforce."""
    source = make(format_id, {**minimal(format_id, key), key: value})
    agent = agent_of(format_id, source)
    module = registry.load(format_id)
    projection = Projection(agent, module.SPEC)
    module.project(projection)
    if state_of(format_id, source).dropped:
        assert compare.differences(agent, projection.result()) == projection.declared
        return

    told = [("not-enforced", f"`{key}`") for key in registry.unheld(format_id, agent)]
    losses = [(loss.code, loss.detail) for loss in projection.losses]
    assert (unlike(agent, projection.result()), losses, projection.declared) == ({}, told, set())


@pytest.mark.parametrize(("format_id", "key", "value"), _cases("examples") + _cases("x-bad-examples"))
def test_project_is_idempotent_everywhere(format_id: str, key: str, value: Any) -> None:
    """Projecting twice is projecting once, in every format: a projection is already all that the target holds."""
    from dataclasses import replace

    agent = replace(agent_of(format_id, make(format_id, {**minimal(format_id, key), key: value})), id="a")
    for target in registry.CLIENTS:
        module = registry.load(target)
        first = Projection(agent, module.SPEC)
        module.project(first)
        if any(loss.severity == "refusal" for loss in first.losses):
            continue
        second = Projection(first.result(), module.SPEC)
        module.project(second)

        assert unlike(first.result(), second.result()) == {}, target


@pytest.mark.parametrize("format_id", CLIENTS)
def test_key_order_and_unknown_values_survive(format_id: str) -> None:
    """All examples of the keys together, in reverse order, are read and written back to the same bytes."""
    properties = schema_files.load(format_id)["properties"]
    header = {key: row["examples"][0] for key, row in reversed(properties.items()) if row["examples"]}
    source = SourceText(f"agent{suffix(format_id)}", make(format_id, header).data)

    assert source.data == registry.load(format_id).write(read(format_id, source).set, source).data
    assert json.dumps(header)  # the examples are plain values
